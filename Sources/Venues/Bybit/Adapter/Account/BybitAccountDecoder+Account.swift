import TradingModel

// Balances and positions.
extension BybitAccountDecoder {
  /// One account: an element of the topic `wallet` and of `/v5/account/wallet-balance`.
  ///
  /// What a coin's owner has is `walletBalance`, and of it `locked` is held for open spot orders; what
  /// positions of a unified account tie up is a margin over all coins and no part of one of them.
  /// https://bybit-exchange.github.io/docs/v5/account/wallet-balance
  mutating func wallet(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) {
    var hasCoins = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "coin") {
        hasCoins = true
        try objects(&scanner, &news) {
          (decoder, scanner, news) throws(ScanError) in try decoder.coin(&scanner, &news)
        }
      } else {
        try scanner.skipValue()
      }
    }
    guard hasCoins else { throw ScanError(scanner.offset, "a field \"coin\"") }
  }

  private mutating func coin(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) {
    var balance = VenueBalance()
    var (total, locked) = (-1, -1)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "coin") {
        let name = try scanner.string()
        balance.asset = try scanner.kept(name)
        balance.currency = currencies.find(scanner.bytes(name))
      } else if scanner.matches(key, "walletBalance") {
        total = try scanner.place()
      } else if scanner.matches(key, "locked") {
        locked = try scanner.place()
      } else {
        try scanner.skipValue()
      }
    }
    guard !balance.asset.isEmpty, total >= 0 else {
      throw ScanError(scanner.offset, "fields \"coin\" and \"walletBalance\"")
    }
    let isOurs = balance.currency != nil
    balance.locked = try Self.amount(scanner, at: locked, isOurs: isOurs)
    balance.free = try Self.amount(scanner, at: total, isOurs: isOurs) - balance.locked
    news.balances.append(balance)
  }

  /// An amount; zero for none. Of coins that the run does not have it may have any number of decimals.
  private static func amount(
    _ scanner: FieldScanner, at place: Int, isOurs: Bool
  ) throws(ScanError) -> Money {
    guard place >= 0 else { return .zero }
    var scanner = scanner
    scanner.offset = place
    if try scanner.nothing() { return .zero }
    return isOurs ? try scanner.money() : try scanner.moneyOfOthers()
  }

  /// One position: an element of the topic `position` and of `/v5/position/list`. Long and short of a
  /// hedged symbol come as two, and are added up.
  /// https://bybit-exchange.github.io/docs/v5/websocket/private/position
  mutating func position(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) {
    var (symbolName, ours, side) = (FieldRange.none, FieldRange.none, FieldRange.none)
    var (size, entry) = (-1, -1)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "symbol") {
        symbolName = try scanner.string()
      } else if scanner.matches(key, "category") {
        ours = try scanner.string()
      } else if scanner.matches(key, "side") {
        side = try scanner.string()
      } else if scanner.matches(key, "size") {
        size = try scanner.place()
      } else if scanner.matches(key, "avgPrice") || scanner.matches(key, "entryPrice") {
        entry = try scanner.place()
      } else {
        try scanner.skipValue()
      }
    }
    guard symbolName.isPresent, side.isPresent, size >= 0 else {
      throw ScanError(scanner.offset, "fields \"symbol\", \"side\" and \"size\"")
    }
    guard isOurs(scanner, ours) else { return }
    let end = scanner.offset
    let symbol = scales.find(scanner.bytes(symbolName))
    var position = AccountPosition(
      symbol: try scanner.kept(symbolName), listing: symbol >= 0 ? listing(symbol) : nil,
      quantity: 0)
    if symbol >= 0, let units = scales.units(symbol) {
      let magnitude = try quantity(&scanner, at: size, symbol)
      position.quantity = scanner.matches(side, "Sell") ? -magnitude : magnitude
      scanner.offset = entry
      if entry >= 0, try !scanner.nothing() {
        scanner.offset = entry
        position.entryPrice = try scanner.floorUnits(decimals: units.priceDecimals)
      }
    }
    scanner.offset = end
    try add(position, &news, end)
  }

  /// - Parameter place: of the position in the message.
  private func add(
    _ position: AccountPosition, _ news: inout TradingNews, _ place: Int
  ) throws(ScanError) {
    for index in 0..<news.positions.count where news.positions[index].symbol == position.symbol {
      var sum = news.positions[index]
      if sum.quantity == 0 { sum.entryPrice = position.entryPrice }
      let (quantity, overflow) = sum.quantity.addingReportingOverflow(position.quantity)
      if overflow { throw ScanError(place, "positions that fit in 64 bits") }
      sum.quantity = quantity
      news.positions[index] = sum
      return
    }
    news.positions.append(position)
  }
}
