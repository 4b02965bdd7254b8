import TradingModel

/// A candle (`GET /api/v3/klines`), in the symbol's units.
public struct BinanceCandle: Equatable, BitwiseCopyable, Sendable {
  public var openTime: Timestamp = 0
  /// The last moment that it covers.
  public var closeTime: Timestamp = 0
  public var open: Int64 = 0
  public var high: Int64 = 0
  public var low: Int64 = 0
  public var close: Int64 = 0
  /// Base asset.
  public var volume: Int64 = 0
  public var tradeCount: UInt64 = 0
}

// Public market data: the streams, and what is asked for.
extension BinanceSpotDecoder {
  /// Decodes a frame of the public streams, or the answer to `GET /api/v3/depth`.
  ///
  /// - Parameter fallback: the symbol's place of an answer that names none; -1 if open.
  mutating func decode(
    market bytes: UnsafeRawBufferPointer, fallback: Int, into message: inout VenueMessage
  ) throws(ScanError) {
    message.clear()
    var scanner = FieldScanner(bytes)
    try market.decode(&scanner, &scales, fallback: fallback, into: &message)
  }

  /// Decodes `GET /api/v3/ticker/bookTicker` of one symbol.
  mutating func decode(
    bookTicker bytes: UnsafeRawBufferPointer, into message: inout VenueMessage
  ) throws(ScanError) {
    message.clear()
    // What stands in no field is none, and not the last message's.
    message.quote.venueSequence = 0
    message.quote.venueTime = 0
    var scanner = FieldScanner(bytes)
    var report = BinanceSpotReport(venue: venue)
    var symbol = -2
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "symbol") {
        symbol = try self.symbol(&scanner, &report)
        continue
      }
      if symbol == -2,
        scanner.matches(key, "bidPrice") || scanner.matches(key, "askPrice")
          || scanner.matches(key, "bidQty") || scanner.matches(key, "askQty")
      {
        try findSymbol(scanner, "symbol", &report, &symbol)
      }
      if scanner.matches(key, "bidPrice") {
        message.quote.bidPrice = try price(&scanner, symbol)
        found |= 1
      } else if scanner.matches(key, "bidQty") {
        message.quote.bidQuantity = try quantity(&scanner, symbol)
        found |= 2
      } else if scanner.matches(key, "askPrice") {
        message.quote.askPrice = try price(&scanner, symbol)
        found |= 4
      } else if scanner.matches(key, "askQty") {
        message.quote.askQuantity = try quantity(&scanner, symbol)
        found |= 8
      } else if scanner.matches(key, "lastUpdateId") {
        message.quote.venueSequence = try scanner.unsigned()
      } else if scanner.matches(key, "time") {
        message.quote.venueTime = try scanner.milliseconds()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard found == 15, symbol > -2 else {
      throw ScanError(scanner.offset, "a symbol's best bid and ask")
    }
    message.final = message.quote.venueSequence
    message.venueTime = message.quote.venueTime
    message.symbol = symbol
    if symbol >= 0 { message.kind = .bestQuote }
  }

  /// Decodes `{"symbol":..,"price":..}`: the last price, in the symbol's units.
  ///
  /// - Returns: the symbol's place, -1 where it is not followed.
  mutating func lastPrice(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> (symbol: Int, price: Int64) {
    var scanner = FieldScanner(bytes)
    var report = BinanceSpotReport(venue: venue)
    var symbol = -2
    var last: Int64?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "symbol") {
        symbol = try self.symbol(&scanner, &report)
      } else if scanner.matches(key, "price") {
        if symbol == -2 { try findSymbol(scanner, "symbol", &report, &symbol) }
        last = try price(&scanner, symbol)
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard let last, symbol > -2 else {
      throw ScanError(scanner.offset, "a symbol and its last price")
    }
    return (symbol, last)
  }

  /// Decodes `GET /api/v3/trades` and `/historicalTrades` (`id`, `price`, `qty`) and `/aggTrades`
  /// (`a`, `p`, `q`), which do not name their symbol.
  ///
  /// - Parameter symbol: its place in the scales.
  mutating func decode(
    publicTrades bytes: UnsafeRawBufferPointer, symbol: Int, into message: inout VenueMessage
  ) throws(ScanError) {
    message.clear()
    message.symbol = symbol
    message.kind = .trade
    var scanner = FieldScanner(bytes)
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      message.trades.append(try publicTrade(&scanner, symbol, &message.kind))
    }
    try scanner.expectEnd()
  }

  private mutating func publicTrade(
    _ scanner: inout FieldScanner, _ symbol: Int, _ kind: inout MessageKind
  ) throws(ScanError) -> Trade {
    var trade = Trade(
      listing: symbol >= 0 ? listing(symbol) : 0, aggressor: .buy, tradeID: 0, venueTime: 0,
      price: 0, quantity: 0)
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "price") || scanner.matches(key, "p") {
        trade.price = try price(&scanner, symbol)
        found |= 1
      } else if scanner.matches(key, "qty") || scanner.matches(key, "q") {
        trade.quantity = try quantity(&scanner, symbol)
        found |= 2
      } else if scanner.matches(key, "time") || scanner.matches(key, "T") {
        trade.venueTime = try scanner.milliseconds()
        found |= 4
      } else if scanner.matches(key, "isBuyerMaker") || scanner.matches(key, "m") {
        trade.aggressor = try scanner.boolean() ? .sell : .buy
        found |= 8
      } else if scanner.matches(key, "id") {
        trade.tradeID = try scanner.unsigned()
        found |= 16
      } else if scanner.matches(key, "a") {
        trade.tradeID = try scanner.unsigned()
        kind = .aggregateTrade
        found |= 16
      } else {
        try scanner.skipValue()
      }
    }
    guard found == 31 else {
      throw ScanError(scanner.offset, "a trade's id, price, quantity, time and maker")
    }
    return trade
  }

  /// Decodes `GET /api/v3/klines` and `/uiKlines`.
  ///
  /// - Parameter symbol: its place in the scales.
  mutating func candles(
    _ bytes: UnsafeRawBufferPointer, symbol: Int
  ) throws(ScanError) -> [BinanceCandle] {
    var candles: [BinanceCandle] = []
    var scanner = FieldScanner(bytes)
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      candles.append(try candle(&scanner, symbol))
    }
    try scanner.expectEnd()
    return candles
  }

  private mutating func candle(
    _ scanner: inout FieldScanner, _ symbol: Int
  ) throws(ScanError) -> BinanceCandle {
    var candle = BinanceCandle()
    var column = 0
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      switch column {
      case 0: candle.openTime = try scanner.milliseconds()
      case 1: candle.open = try price(&scanner, symbol)
      case 2: candle.high = try price(&scanner, symbol)
      case 3: candle.low = try price(&scanner, symbol)
      case 4: candle.close = try price(&scanner, symbol)
      case 5: candle.volume = try quantity(&scanner, symbol)
      case 6: candle.closeTime = try scanner.milliseconds()
      case 8: candle.tradeCount = try scanner.unsigned()
      default: try scanner.skipValue()
      }
      column += 1
    }
    guard column >= 9 else { throw ScanError(scanner.offset, "a candle of 9 columns or more") }
    return candle
  }
}
