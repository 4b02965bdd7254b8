import TradingModel

/// Decodes the public frames of Binance spot, USD-M and COIN-M: diff depth, trade, aggregate
/// trade, book ticker, mark price, and the REST depth snapshot; wrapped in a stream envelope or not.
///
/// Fields after "Web Socket Streams for Binance" (spot) and "Websocket Market Streams" (futures).
/// A frame of another kind is `.other`: its numbers are not looked at.
struct BinanceDecoder {
  private var fields = Fields()

  /// Values whose meaning depends on the kind, which may stand behind them: only their places are
  /// noted on the way.
  private struct Fields {
    var event = Event.none
    var eventTime: Timestamp = 0
    var tradeTime: Timestamp = 0
    var isSnapshot = false
    var isBuyerMaker = false
    var tradeID: UInt64 = 0
    var bid = NotedNumber()
    var ask = NotedNumber()
    var bidQuantity = NotedNumber()
    var askQuantity = NotedNumber()
    var price = NotedNumber()
    var quantity = NotedNumber()
    var index = -1
    var rate = -1
    /// Depth arrays were read on the way, their kind and symbol being known.
    var readBids = false
    var readAsks = false
  }

  private enum Event { case none, depth, trade, aggregateTrade, bookTicker, markPrice, other }

  /// Reads the frame that begins at the scanner's place, to its end.
  ///
  /// - Parameter fallback: the symbol of a message that names none (a REST snapshot); -1 if open.
  mutating func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, fallback: Int,
    into message: inout VenueMessage
  ) throws(ScanError) {
    fields = Fields()
    try object(&scanner, &scales, &message)
    try scanner.expectEnd()
    let end = scanner.offset
    try finish(&scanner, &scales, fallback, &message)
    scanner.offset = end
  }

  private mutating func object(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if key.count == 1 {
        try letter(scanner.base[key.offset], &scanner, &scales, &message)
      } else {
        try word(key, &scanner, &scales, &message)
      }
    }
  }

  /// A key of one letter, as the streams have them.
  private mutating func letter(
    _ key: UInt8, _ scanner: inout FieldScanner, _ scales: inout SymbolScales,
    _ message: inout VenueMessage
  ) throws(ScanError) {
    switch key {
    case UInt8(ascii: "e"): fields.event = event(scanner, try scanner.string())
    case UInt8(ascii: "E"): fields.eventTime = try scanner.milliseconds()
    case UInt8(ascii: "T"): fields.tradeTime = try scanner.milliseconds()
    case UInt8(ascii: "s"):
      let name = try scanner.string()
      try message.take(symbol: scales.find(scanner.bytes(name)), at: name.offset)
    case UInt8(ascii: "U"): message.first = try scanner.unsigned()
    case UInt8(ascii: "u"): message.final = try scanner.unsigned()
    case UInt8(ascii: "t"): fields.tradeID = try optionalNumber(&scanner)
    case UInt8(ascii: "m"): fields.isBuyerMaker = try scanner.boolean()
    case UInt8(ascii: "b"): try bidsOrBid(&scanner, &scales, &message)
    case UInt8(ascii: "a"): try asksOrAsk(&scanner, &scales, &message)
    case UInt8(ascii: "B"):
      fields.bidQuantity = try scales.noteQuantity(&scanner, message.symbol)
    case UInt8(ascii: "A"):
      fields.askQuantity = try scales.noteQuantity(&scanner, message.symbol)
    case UInt8(ascii: "p"): fields.price = try scales.notePrice(&scanner, message.symbol)
    case UInt8(ascii: "q"): fields.quantity = try scales.noteQuantity(&scanner, message.symbol)
    case UInt8(ascii: "i"): try note(&fields.index, &scanner)
    case UInt8(ascii: "r"): try note(&fields.rate, &scanner)
    default: try scanner.skipValue()
    }
  }

  /// A longer key: envelopes, `pu`, and the REST snapshot's.
  private mutating func word(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ scales: inout SymbolScales,
    _ message: inout VenueMessage
  ) throws(ScanError) {
    if scanner.matches(key, "pu") {
      message.previous = try scanner.unsigned()
    } else if scanner.matches(key, "data"), scanner.peek() == UInt8(ascii: "{") {
      try object(&scanner, &scales, &message)
    } else if scanner.matches(key, "lastUpdateId") {
      fields.isSnapshot = true
      message.final = try scanner.unsigned()
    } else if scanner.matches(key, "bids") {
      fields.bid = try scales.notePrice(&scanner, message.symbol)
    } else if scanner.matches(key, "asks") {
      fields.ask = try scales.notePrice(&scanner, message.symbol)
    } else if scanner.matches(key, "symbol"), scanner.peek() == UInt8(ascii: "\"") {
      message.symbol = scales.find(scanner.bytes(try scanner.string()))
    } else {
      try scanner.skipValue()
    }
  }

  private func event(_ scanner: FieldScanner, _ name: FieldRange) -> Event {
    if scanner.matches(name, "depthUpdate") { return .depth }
    if scanner.matches(name, "bookTicker") { return .bookTicker }
    if scanner.matches(name, "trade") { return .trade }
    if scanner.matches(name, "aggTrade") { return .aggregateTrade }
    if scanner.matches(name, "markPriceUpdate") { return .markPrice }
    return .other
  }

  private func optionalNumber(_ scanner: inout FieldScanner) throws(ScanError) -> UInt64 {
    if scanner.peek() &- 0x30 <= 9 { return try scanner.unsigned() }
    try scanner.skipValue()
    return 0
  }

  @inline(__always)
  private func note(_ place: inout Int, _ scanner: inout FieldScanner) throws(ScanError) {
    scanner.skipSpace()
    place = scanner.offset
    try scanner.skipValue()
  }

  private mutating func bidsOrBid(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    if fields.event == .depth, message.symbol >= 0 {
      fields.readBids = true
      try LevelArrays.pairs(&scanner, &scales, message.symbol, .buy, &message.levels)
    } else {
      fields.bid = try scales.notePrice(&scanner, message.symbol)
    }
  }

  private mutating func asksOrAsk(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    if fields.event == .depth, message.symbol >= 0 {
      fields.readAsks = true
      try LevelArrays.pairs(&scanner, &scales, message.symbol, .sell, &message.levels)
    } else {
      if fields.event == .aggregateTrade, scanner.peek() &- 0x30 <= 9 {
        fields.tradeID = try scanner.unsigned()
        return
      }
      fields.ask = try scales.notePrice(&scanner, message.symbol)
    }
  }
}

// MARK: - Meaning, once the whole frame was seen

extension BinanceDecoder {
  private mutating func finish(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ fallback: Int,
    _ message: inout VenueMessage
  ) throws(ScanError) {
    message.venueTime = fields.eventTime
    if fields.isSnapshot {
      if message.symbol < 0 { message.symbol = fallback }
      message.kind = .snapshot
      message.first = message.final
      // A survey may meet the snapshot before it knows the symbol; the diffs show the decimals.
      if message.symbol >= 0 { try depth(&scanner, &scales, &message) }
      return
    }
    guard message.symbol >= 0 else { return }
    switch fields.event {
    case .depth:
      message.kind = .depth
      try depth(&scanner, &scales, &message)
    case .trade, .aggregateTrade:
      message.kind = fields.event == .trade ? .trade : .aggregateTrade
      try trade(&scanner, &scales, &message)
    case .bookTicker: try bookTicker(&scanner, &scales, &message)
    case .markPrice:
      message.kind = .contract
      try markPrice(&scanner, &message)
    case .none:
      // Spot sends its book ticker without an event name.
      if fields.bid.isPresent, fields.bidQuantity.isPresent, fields.ask.isPresent,
        fields.askQuantity.isPresent
      {
        try bookTicker(&scanner, &scales, &message)
      }
    case .other: break
    }
  }

  private func depth(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    if !fields.readBids {
      try go(to: fields.bid.place, &scanner, "a field of bids")
      try LevelArrays.pairs(&scanner, &scales, message.symbol, .buy, &message.levels)
    }
    if !fields.readAsks {
      try go(to: fields.ask.place, &scanner, "a field of asks")
      try LevelArrays.pairs(&scanner, &scales, message.symbol, .sell, &message.levels)
    }
    if message.final == 0 { throw ScanError(scanner.count, "a field of the update id") }
  }

  private func trade(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    try require(fields.price, scanner, "a field \"p\"")
    let price = try scales.price(fields.price, &scanner, message.symbol)
    try require(fields.quantity, scanner, "a field \"q\"")
    let quantity = try scales.quantity(fields.quantity, &scanner, message.symbol)
    if fields.tradeTime > 0 { message.venueTime = fields.tradeTime }
    var tradeID = fields.tradeID
    if fields.event == .aggregateTrade, fields.ask.isPresent {
      // Its number stood in front of the event's name.
      scanner.offset = fields.ask.place
      tradeID = try optionalNumber(&scanner)
    }
    message.trades.append(
      Trade(
        listing: 0, aggressor: fields.isBuyerMaker ? .sell : .buy, tradeID: tradeID,
        venueTime: message.venueTime, price: price, quantity: quantity))
  }

  private func bookTicker(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    try require(fields.bid, scanner, "a field \"b\"")
    message.quote.bidPrice = try scales.price(fields.bid, &scanner, message.symbol)
    try require(fields.bidQuantity, scanner, "a field \"B\"")
    message.quote.bidQuantity = try scales.quantity(fields.bidQuantity, &scanner, message.symbol)
    try require(fields.ask, scanner, "a field \"a\"")
    message.quote.askPrice = try scales.price(fields.ask, &scanner, message.symbol)
    try require(fields.askQuantity, scanner, "a field \"A\"")
    message.quote.askQuantity = try scales.quantity(fields.askQuantity, &scanner, message.symbol)
    message.quote.venueSequence = message.final
    message.quote.venueTime = message.venueTime
    message.kind = .bestQuote
  }

  /// Mark and index price, and the funding to come at `T`; delivery contracts have none, and an empty rate.
  /// https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Mark-Price-Stream
  private func markPrice(
    _ scanner: inout FieldScanner, _ message: inout VenueMessage
  ) throws(ScanError) {
    try go(to: fields.price.place, &scanner, "a field \"p\"")
    message.contract.markPrice = try scanner.decimal()
    message.contract.indexPrice = try decimal(at: fields.index, &scanner)
    message.contract.fundingRate = try decimal(at: fields.rate, &scanner)
    if fields.tradeTime > 0 { message.contract.nextFundingTime = fields.tradeTime }
  }

  /// Nil where nothing is written.
  private func decimal(
    at place: Int, _ scanner: inout FieldScanner
  ) throws(ScanError) -> Decimal? {
    guard place >= 0 else { return nil }
    scanner.offset = place
    return try scanner.nothing() ? nil : try scanner.decimal()
  }

  @inline(__always)
  private func require(
    _ number: NotedNumber, _ scanner: FieldScanner, _ expected: StaticString
  ) throws(ScanError) {
    guard number.isPresent else { throw ScanError(scanner.count, expected) }
  }

  @inline(__always)
  private func go(
    to place: Int, _ scanner: inout FieldScanner, _ expected: StaticString
  ) throws(ScanError) {
    guard place >= 0 else { throw ScanError(scanner.count, expected) }
    scanner.offset = place
  }
}
