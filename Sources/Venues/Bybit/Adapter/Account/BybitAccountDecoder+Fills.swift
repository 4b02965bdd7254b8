import TradingModel

// Fills and funding: elements of the topic `execution` and of `/v5/execution/list`.
// https://bybit-exchange.github.io/docs/v5/websocket/private/execution
extension BybitAccountDecoder {
  private struct FillPlaces {
    var symbol = FieldRange.none
    var category = FieldRange.none
    var orderID = FieldRange.none
    var client = FieldRange.none
    var trade = FieldRange.none
    var kind = FieldRange.none
    var feeCoin = FieldRange.none
    var price = -1
    var quantity = -1
    var fee = -1
    var side = FieldRange.none
    var isMaker: Bool?
    var isRebateRate = false
    var time: Timestamp = 0
  }

  mutating func fill(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) {
    var places = FillPlaces()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      try Self.field(key, &scanner, &places)
    }
    guard places.symbol.isPresent else { throw ScanError(scanner.offset, "a field \"symbol\"") }
    guard isOurs(scanner, places.category) else { return }
    if category == .linear, scanner.matches(places.kind, "Funding") {
      return try payment(scanner, places, &news)
    }
    guard Self.isTrade(scanner, places.kind) else {
      otherExecutionCount += 1
      return
    }
    guard places.orderID.isPresent, places.trade.isPresent else {
      throw ScanError(scanner.offset, "fields \"orderId\" and \"execId\"")
    }
    let side = try scanner.bybitSide(places.side)
    guard places.price >= 0, places.quantity >= 0 else {
      throw ScanError(scanner.offset, "fields \"execPrice\" and \"execQty\"")
    }
    let end = scanner.offset
    var told = OrderNews(
      VenueReport(kind: .fill, venue: venue, side: side, venueTime: places.time))
    told.report.venueOrderID = BybitIdentifier.number(scanner.bytes(places.orderID))
    told.report.tradeID = BybitIdentifier.number(scanner.bytes(places.trade))
    if let isMaker = places.isMaker { told.report.liquidity = isMaker ? .maker : .taker }
    identify(scanner, places.client, &told)
    let symbol = scales.find(scanner.bytes(places.symbol))
    told.isFollowed = symbol >= 0
    if symbol >= 0 {
      told.report.listing = listing(symbol)
      told.report.lastPrice = try price(&scanner, at: places.price, symbol)
      told.report.lastQuantity = try quantity(&scanner, at: places.quantity, symbol)
      try book(places, scanner, symbol, &told)
    }
    scanner.offset = end
    news.orders.append(told)
  }

  /// Funding, an execution of the type `Funding` (https://bybit-exchange.github.io/docs/v5/enum#exectype):
  /// what was paid is its fee, so that it is below zero where funding was received. Its `execId` is the
  /// payment's, in pushes and in lists.
  private mutating func payment(
    _ scanner: FieldScanner, _ places: FillPlaces, _ news: inout TradingNews
  ) throws(ScanError) {
    guard places.trade.count > 0, places.time > 0 else {
      throw ScanError(scanner.offset, "fields \"execId\" and \"execTime\" of funding")
    }
    let symbol = scales.find(scanner.bytes(places.symbol))
    guard symbol >= 0, places.fee >= 0, !scanner.isZeroNumber(at: places.fee) else { return }
    var currency = currencies(of: symbol).settlement
    if places.feeCoin.count > 0 {
      guard let coin = currencies.find(scanner.bytes(places.feeCoin)) else {
        news.unknownPaymentCurrency = VenueText(scanner.bytes(places.feeCoin))
        return
      }
      currency = coin
    }
    news.payments.append(
      FundingPayment(
        listing: listing(symbol), currency: currency,
        paymentID: BybitIdentifier.number(scanner.bytes(places.trade)), venueTime: places.time,
        amount: -(try Self.fee(scanner, places))))
  }

  @inline(__always)
  private static func field(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ places: inout FillPlaces
  ) throws(ScanError) {
    switch key.count {
    case 4 where scanner.matches(key, "side"): places.side = try scanner.word()
    case 6 where scanner.matches(key, "symbol"): places.symbol = try scanner.string()
    case 6 where scanner.matches(key, "execId"): places.trade = try scanner.string()
    case 7: try middleField(key, &scanner, &places)
    case 8 where scanner.matches(key, "category"): places.category = try scanner.string()
    case 8 where scanner.matches(key, "execType"): places.kind = try scanner.string()
    case 8 where scanner.matches(key, "execTime"): places.time = try scanner.quotedMilliseconds()
    case 9 where scanner.matches(key, "execPrice"): places.price = try scanner.place()
    case 11 where scanner.matches(key, "orderLinkId"): places.client = try scanner.word()
    case 11 where scanner.matches(key, "feeCurrency"):
      if try !scanner.null() { places.feeCoin = try scanner.string() }
    default: try scanner.skipValue()
    }
  }

  @inline(__always)
  private static func middleField(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ places: inout FillPlaces
  ) throws(ScanError) {
    if scanner.matches(key, "orderId") {
      places.orderID = try scanner.string()
    } else if scanner.matches(key, "execQty") {
      places.quantity = try scanner.place()
    } else if scanner.matches(key, "execFee") {
      places.fee = try scanner.place()
    } else if scanner.matches(key, "feeRate") {
      let place = try scanner.place()
      places.isRebateRate =
        place + 1 < scanner.count && scanner.base[place + 1] == UInt8(ascii: "-")
    } else if scanner.matches(key, "isMaker") {
      places.isMaker = try scanner.boolean()
    } else {
      try scanner.skipValue()
    }
  }

  /// `Trade`, and the trades that the venue makes for a position: `AdlTrade`, `BustTrade`, `BlockTrade`.
  /// Some answers leave the kind empty.
  @inline(__always)
  private static func isTrade(_ scanner: FieldScanner, _ word: FieldRange) -> Bool {
    !word.isPresent || word.count == 0 || scanner.matches(word, "Trade")
      || scanner.matches(word, "AdlTrade") || scanner.matches(word, "BustTrade")
      || scanner.matches(word, "BlockTrade") || scanner.matches(word, "UNKNOWN")
  }

  /// Puts the fee into the report. Without `feeCurrency` linear charges the settlement coin, and spot
  /// what the order received; a maker with a rebate gets the other coin.
  /// https://bybit-exchange.github.io/docs/v5/enum, "Spot Fee Currency Instruction"
  @inline(__always)
  private mutating func book(
    _ places: FillPlaces, _ scanner: FieldScanner, _ symbol: Int, _ told: inout OrderNews
  ) throws(ScanError) {
    guard places.fee >= 0, !scanner.isZeroNumber(at: places.fee) else { return }
    let own = currencies(of: symbol)
    if places.feeCoin.count > 0 {
      guard let coin = currencies.find(scanner.bytes(places.feeCoin)) else {
        told.isFeeBooked = false
        return
      }
      told.report.feeCurrency = coin
    } else if category == .linear {
      told.report.feeCurrency = own.settlement
    } else {
      let isRebate = places.isRebateRate && places.isMaker == true
      told.report.feeCurrency = (told.report.side == .buy) != isRebate ? own.base : own.quote
    }
    told.report.fee = try Self.fee(scanner, places)
  }

  /// What an execution cost, in a coin of the run's: of others the amount is not looked at.
  @inline(__always)
  private static func fee(
    _ scanner: FieldScanner, _ places: FillPlaces
  ) throws(ScanError) -> Money {
    var scanner = scanner
    scanner.offset = places.fee
    return try scanner.optionalMoney()
  }
}
