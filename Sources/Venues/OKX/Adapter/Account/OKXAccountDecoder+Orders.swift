import TradingModel

/// The fields of an order that are looked at once all were met: their meaning hangs on each other.
struct OKXOrderFields: BitwiseCopyable {
  var instrument = FieldRange.none
  var orderID = FieldRange.none
  var clientOrderID = FieldRange.none
  var side = FieldRange.none
  var state = FieldRange.none
  var price = FieldRange.none
  var quantity = FieldRange.none
  var type = FieldRange.none
  var quantityUnit = FieldRange.none
  var filled = FieldRange.none
  var fillPrice = FieldRange.none
  var fillQuantity = FieldRange.none
  var fillFee = FieldRange.none
  var fillFeeCurrency = FieldRange.none
  /// Of all fills together.
  var fee = FieldRange.none
  var feeCurrency = FieldRange.none
  var tradeID = FieldRange.none
  var fillTime = FieldRange.none
  var updateTime = FieldRange.none
  var liquidity = FieldRange.none
  var cancelSource = FieldRange.none
  var requestID = FieldRange.none
  var amendResult = FieldRange.none
  var code = FieldRange.none
}

// Orders: pushed by the channel `orders`, or asked for.
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details
extension OKXAccountDecoder {
  /// Reads pushed orders, an array at the scanner's place: of each the fill that it tells, if any, the
  /// refusal of an amendment, and its state.
  mutating func pushedOrders(
    _ scanner: inout FieldScanner, into news: inout PlainRun<OrderNews>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try order(&scanner, isPushed: true, into: &news)
    }
  }

  /// Reads orders that were asked for, an array at the scanner's place: the state of each.
  mutating func askedOrders(
    _ scanner: inout FieldScanner, into news: inout PlainRun<OrderNews>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try order(&scanner, isPushed: false, into: &news)
    }
  }

  /// Reads one order, an object at the scanner's place.
  mutating func order(
    _ scanner: inout FieldScanner, isPushed: Bool, into news: inout PlainRun<OrderNews>
  ) throws(ScanError) {
    var fields = OKXOrderFields()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      try field(key, &scanner, &fields)
    }
    guard fields.instrument.count > 0, fields.orderID.count > 0, fields.state.count > 0 else {
      throw ScanError(scanner.offset, "an order's \"instId\", \"ordId\" and \"state\"")
    }
    let symbol = scales.find(scanner.bytes(fields.instrument))
    var state = OrderNews(VenueReport(kind: .statusOpen, venue: venue, venueTime: 0))
    state.isFollowed = symbol >= 0
    identify(fields.clientOrderID, scanner, &state)
    try conclude(&state, fields, symbol, scanner)
    if isPushed {
      if fields.tradeID.count > 0, let fill = try fill(state, fields, symbol, scanner) {
        news.append(fill)
      }
      try concludeAmendment(&state, fields, scanner, into: &news)
      state.isState = true
    }
    news.append(state)
  }

  /// Reads the value of one field; those that nobody looks at are read alike.
  @inline(__always)
  private func field(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ fields: inout OKXOrderFields
  ) throws(ScanError) {
    let value = try OKXText.value(&scanner)
    switch key.count {
    case 2 where scanner.matches(key, "px"): fields.price = value
    case 2 where scanner.matches(key, "sz"): fields.quantity = value
    case 3 where scanner.matches(key, "fee"): fields.fee = value
    case 4 where scanner.matches(key, "side"): fields.side = value
    case 4 where scanner.matches(key, "code"): fields.code = value
    case 5 where scanner.matches(key, "ordId"): fields.orderID = value
    case 5 where scanner.matches(key, "state"): fields.state = value
    case 5 where scanner.matches(key, "uTime"): fields.updateTime = value
    case 5 where scanner.matches(key, "reqId"): fields.requestID = value
    case 6 where scanner.matches(key, "instId"): fields.instrument = value
    case 6 where scanner.matches(key, "tgtCcy"): fields.quantityUnit = value
    case 6 where scanner.matches(key, "fillPx"): fields.fillPrice = value
    case 6 where scanner.matches(key, "fillSz"): fields.fillQuantity = value
    case 6 where scanner.matches(key, "feeCcy"): fields.feeCurrency = value
    case 7 where scanner.matches(key, "clOrdId"): fields.clientOrderID = value
    case 7 where scanner.matches(key, "ordType"): fields.type = value
    case 7 where scanner.matches(key, "tradeId"): fields.tradeID = value
    case 7 where scanner.matches(key, "fillFee"): fields.fillFee = value
    case 8 where scanner.matches(key, "fillTime"): fields.fillTime = value
    case 8 where scanner.matches(key, "execType"): fields.liquidity = value
    case 9 where scanner.matches(key, "accFillSz"): fields.filled = value
    case 10 where scanner.matches(key, "fillFeeCcy"): fields.fillFeeCurrency = value
    case 11 where scanner.matches(key, "amendResult"): fields.amendResult = value
    case 12 where scanner.matches(key, "cancelSource"): fields.cancelSource = value
    default: break
    }
  }

  // MARK: Meaning

  @inline(__always)
  private mutating func conclude(
    _ news: inout OrderNews, _ fields: OKXOrderFields, _ symbol: Int, _ scanner: FieldScanner
  ) throws(ScanError) {
    if symbol >= 0 { news.report.listing = listing(symbol) }
    news.report.venueOrderID = try OKXText.number(fields.orderID, scanner)
    news.report.side = try Self.side(fields.side, scanner)
    if isCounted(news, fields, scanner) {
      news.report.price = try price(fields.price, symbol, scanner)
      news.report.quantity = try quantity(fields.quantity, symbol, scanner)
    }
    // What was filled is in the base currency always.
    news.report.cumulativeQuantity = try quantity(fields.filled, symbol, scanner)
    news.report.venueTime = try OKXText.time(fields.updateTime, scanner)
    let source = try OKXText.number(fields.cancelSource, scanner)
    switch fields.state.count {
    case 4 where scanner.matches(fields.state, "live"),
      16 where scanner.matches(fields.state, "partially_filled"):
      news.report.kind = .statusOpen
    case 6 where scanner.matches(fields.state, "filled"): news.report.kind = .statusFilled
    case 8 where scanner.matches(fields.state, "canceled"),
      12 where scanner.matches(fields.state, "mmp_canceled"):
      news.report.kind = OKXCancelSource.isExpiry(source) ? .statusExpired : .statusCanceled
      news.report.reason = OKXCancelSource.reason(source)
    default:
      throw ScanError(fields.state.offset, "a state of an order")
    }
  }

  /// Whether `px` and `sz` count in the listing's units. Market orders of others may be sized in the quote
  /// currency (`tgtCcy`), and what others place besides plain limits has prices of other kinds.
  @inline(__always)
  private func isCounted(
    _ news: OrderNews, _ fields: OKXOrderFields, _ scanner: FieldScanner
  ) -> Bool {
    if scanner.matches(fields.quantityUnit, "quote_ccy") { return false }
    return news.ownership == .own || scanner.matches(fields.type, "limit")
      || scanner.matches(fields.type, "post_only") || scanner.matches(fields.type, "ioc")
      || scanner.matches(fields.type, "fok")
  }

  @inline(__always)
  static func side(
    _ range: FieldRange, _ scanner: FieldScanner
  ) throws(ScanError) -> Side {
    if scanner.matches(range, "buy") { return .buy }
    if scanner.matches(range, "sell") { return .sell }
    throw ScanError(max(0, range.offset), "\"side\": buy or sell")
  }

  /// The fill that a push tells; nil where it tells none. Orders that were not filled have "" or "0".
  @inline(__always)
  private mutating func fill(
    _ state: OrderNews, _ fields: OKXOrderFields, _ symbol: Int, _ scanner: FieldScanner
  ) throws(ScanError) -> OrderNews? {
    let tradeID = try Self.tradeID(fields.tradeID, scanner)
    guard tradeID != 0 else { return nil }
    var fill = state
    fill.report.kind = .fill
    fill.report.reason = .none
    fill.report.tradeID = tradeID
    fill.report.lastPrice = try price(fields.fillPrice, symbol, scanner)
    fill.report.lastQuantity = try quantity(fields.fillQuantity, symbol, scanner)
    if symbol >= 0, fill.report.lastQuantity == 0 { return nil }
    let time = try OKXText.time(fields.fillTime, scanner)
    if time > 0 { fill.report.venueTime = time }
    fill.report.liquidity = Self.liquidity(fields.liquidity, scanner)
    if fields.fillFee.count > 0 {
      try book(fee: fields.fillFee, fields.fillFeeCurrency, scanner, &fill)
    } else if fill.report.lastQuantity == fill.report.cumulativeQuantity {
      // `fee` adds up all fills: of the first it is the same.
      try book(fee: fields.fee, fields.feeCurrency, scanner, &fill)
    }
    return fill
  }

  @inline(__always)
  static func liquidity(_ range: FieldRange, _ scanner: FieldScanner) -> Liquidity {
    if scanner.matches(range, "M") { return .maker }
    return scanner.matches(range, "T") ? .taker : .unknown
  }

  /// What became of an amendment: `reqId` is its version. `amendResult` -1 is a refusal; 1 too, and the
  /// order was canceled for it, which its state says.
  @inline(__always)
  private func concludeAmendment(
    _ state: inout OrderNews, _ fields: OKXOrderFields, _ scanner: FieldScanner,
    into news: inout PlainRun<OrderNews>
  ) throws(ScanError) {
    guard fields.amendResult.count > 0, fields.requestID.count > 0,
      let version = Self.version(fields.requestID, scanner)
    else { return }
    if scanner.matches(fields.amendResult, "0") {
      state.report.version = version
    } else if scanner.matches(fields.amendResult, "-1") || scanner.matches(fields.amendResult, "1")
    {
      var refusal = state
      refusal.report.kind = .replaceRejected
      refusal.report.version = version
      let code = try OKXText.number(fields.code, scanner)
      refusal.report.reason = OKXErrors.meaning(code: code, status: 200).reason
      news.append(refusal)
    }
  }

  /// Ours are numbers; whoever else uses the account may write anything.
  private static func version(_ range: FieldRange, _ scanner: FieldScanner) -> RequestVersion? {
    guard let number = try? OKXText.number(range, scanner), number > 0 else { return nil }
    return RequestVersion(exactly: number)
  }

  /// The number of a trade. The venue numbers its liquidations and deleveraging below zero, apart from
  /// other trades (`tradeId` of the channel `orders` and of the fills): they get the top bit, which no
  /// other has.
  @inline(__always)
  static func tradeID(_ range: FieldRange, _ scanner: FieldScanner) throws(ScanError) -> UInt64 {
    guard range.count > 1, scanner.base[range.offset] == UInt8(ascii: "-") else {
      return try OKXText.number(range, scanner)
    }
    let magnitude = try OKXText.number(
      FieldRange(offset: range.offset + 1, count: range.count - 1), scanner)
    return magnitude == 0 ? 0 : magnitude | 1 &<< 63
  }

  // MARK: Fills

  /// Reads fills that were asked for, an array at the scanner's place, the newest first; they are put in
  /// the order in which they happened.
  ///
  /// https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-days
  /// - Returns: how many there were, and the bill of the oldest, after which the next page begins.
  mutating func fills(
    _ scanner: inout FieldScanner, into news: inout PlainRun<OrderNews>
  ) throws(ScanError) -> (count: Int, oldestBill: VenueText) {
    let first = news.count
    var bill = VenueText()
    var count = 0
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      news.append(try fill(&scanner, &bill))
      count += 1
    }
    var (low, high) = (first, news.count - 1)
    while low < high {
      let kept = news[low]
      news[low] = news[high]
      news[high] = kept
      low += 1
      high -= 1
    }
    return (count, bill)
  }

  /// Reads one fill, an object at the scanner's place.
  mutating func fill(
    _ scanner: inout FieldScanner, _ bill: inout VenueText
  ) throws(ScanError) -> OrderNews {
    var fields = OKXOrderFields()
    var time = FieldRange.none
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "billId") {
        try scanner.text(into: &bill)
      } else if scanner.matches(key, "ts") {
        time = try OKXText.value(&scanner)
      } else {
        try field(key, &scanner, &fields)
      }
    }
    guard fields.instrument.count > 0 else {
      throw ScanError(scanner.offset, "a fill's \"instId\"")
    }
    let symbol = scales.find(scanner.bytes(fields.instrument))
    var news = OrderNews(VenueReport(kind: .fill, venue: venue, venueTime: 0))
    news.isFollowed = symbol >= 0
    if symbol >= 0 { news.report.listing = listing(symbol) }
    identify(fields.clientOrderID, scanner, &news)
    // A block trade has no order: it is not ours, and must not spoil the page.
    if news.ownership != .own, fields.orderID.count == 0 || fields.tradeID.count == 0 {
      news.ownership = .foreign
      return news
    }
    guard fields.orderID.count > 0, fields.tradeID.count > 0, fields.fillPrice.count > 0,
      fields.fillQuantity.count > 0
    else { throw ScanError(scanner.offset, "a fill's ids, price and quantity") }
    news.report.venueOrderID = try OKXText.number(fields.orderID, scanner)
    news.report.tradeID = try Self.tradeID(fields.tradeID, scanner)
    news.report.side = try Self.side(fields.side, scanner)
    news.report.lastPrice = try price(fields.fillPrice, symbol, scanner)
    news.report.lastQuantity = try quantity(fields.fillQuantity, symbol, scanner)
    news.report.liquidity = Self.liquidity(fields.liquidity, scanner)
    news.report.venueTime = try OKXText.time(
      fields.fillTime.count > 0 ? fields.fillTime : time, scanner)
    try book(fee: fields.fee, fields.feeCurrency, scanner, &news)
    return news
  }
}
