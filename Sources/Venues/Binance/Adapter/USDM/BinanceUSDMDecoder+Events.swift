import TradingModel

/// What an event of the account's own stream is.
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams
enum BinanceUSDMEventKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// None that is known: it is counted in `unknownEvents`.
  case other
  /// `ORDER_TRADE_UPDATE`.
  case order
  /// `ACCOUNT_UPDATE`: balances and positions.
  case account
  /// `listenKeyExpired`: the stream is over, a new key is needed.
  case streamOver
  /// `TRADE_LITE`: a fill, told sooner and without its fee; `ORDER_TRADE_UPDATE` tells it too.
  case liteTrade
  /// `ALGO_UPDATE`: a conditional order, which is not ours, as we enter none.
  case algoOrder
  /// `MARGIN_CALL`, `ACCOUNT_CONFIG_UPDATE`, `STRATEGY_UPDATE`, `GRID_UPDATE`,
  /// `CONDITIONAL_ORDER_TRIGGER_REJECT`: known, and of no use here.
  case unused
}

extension BinanceUSDMDecoder {
  /// Decodes one message of the stream: a bare event, or `{"stream":..,"data":{..}}`.
  ///
  /// - Parameter news: gets what it says of orders, balances and positions.
  /// - Throws: `ScanError` for what is no such message; any bytes are safe.
  /// - Complexity: O(bytes).
  mutating func decode(
    userEvent bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> BinanceUSDMEventKind {
    var scanner = FieldScanner(bytes)
    scanner.skipSpace()
    let start = scanner.offset
    var kind = BinanceUSDMEventKind.other
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if key.count == 1 {
        // No envelope: the whole object is the event.
        scanner.offset = start
        kind = try body(&scanner, &news)
        break
      }
      if scanner.matches(key, "data"), scanner.peek() == UInt8(ascii: "{") {
        kind = try body(&scanner, &news)
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    return kind
  }

  /// The event's object at the scanner's place.
  private mutating func body(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) -> BinanceUSDMEventKind {
    scanner.skipSpace()
    let name = try Self.eventName(scanner)
    let kind = Self.kind(scanner, name)
    switch kind {
    case .order: try orderEvent(&scanner, &news)
    case .account: try accountEvent(&scanner, &news)
    case .streamOver:
      try scanner.skipValue()
      news.isStreamOver = true
    case .liteTrade, .algoOrder, .unused: try scanner.skipValue()
    case .other:
      unknownEvents.count(name.isPresent ? try scanner.kept(name) : VenueText())
      news.unknownCount += 1
      try scanner.skipValue()
    }
    return kind
  }

  /// The value of `e`, wherever it stands; none where there is no such field.
  @inline(__always)
  private static func eventName(_ scanner: FieldScanner) throws(ScanError) -> FieldRange {
    var ahead = scanner
    try ahead.beginObject()
    var isFirst = true
    while let key = try ahead.nextKey(&isFirst) {
      if key.count == 1, ahead.base[key.offset] == UInt8(ascii: "e"),
        ahead.peek() == UInt8(ascii: "\"")
      {
        return try ahead.string()
      }
      try ahead.skipValue()
    }
    return .none
  }

  @inline(__always)
  private static func kind(_ scanner: FieldScanner, _ name: FieldRange) -> BinanceUSDMEventKind {
    switch name.count {
    case 18: return scanner.matches(name, "ORDER_TRADE_UPDATE") ? .order : .other
    case 14: return scanner.matches(name, "ACCOUNT_UPDATE") ? .account : .other
    case 16: return scanner.matches(name, "listenKeyExpired") ? .streamOver : .other
    case 10: return scanner.matches(name, "TRADE_LITE") ? .liteTrade : .other
    case 11:
      if scanner.matches(name, "ALGO_UPDATE") { return .algoOrder }
      return scanner.matches(name, "MARGIN_CALL") || scanner.matches(name, "GRID_UPDATE")
        ? .unused : .other
    case 15: return scanner.matches(name, "STRATEGY_UPDATE") ? .unused : .other
    case 21: return scanner.matches(name, "ACCOUNT_CONFIG_UPDATE") ? .unused : .other
    case 32:
      return scanner.matches(name, "CONDITIONAL_ORDER_TRIGGER_REJECT") ? .unused : .other
    default: return .other
    }
  }

  // MARK: Balances and positions

  /// `ACCOUNT_UPDATE`: only what changed, and why (`m`).
  private mutating func accountEvent(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) {
    var hasContent = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      guard scanner.matches(key, "a"), scanner.peek() == UInt8(ascii: "{") else {
        try scanner.skipValue()
        continue
      }
      hasContent = true
      try scanner.beginObject()
      var isFirstInner = true
      while let inner = try scanner.nextKey(&isFirstInner) {
        if scanner.matches(inner, "B") {
          try balances(&scanner, BinanceUSDMBalanceNames.event, &news.balances)
        } else if scanner.matches(inner, "P") {
          try positions(&scanner, BinanceUSDMPositionNames.event, &news.positions)
        } else if scanner.matches(inner, "m"), scanner.peek() == UInt8(ascii: "\"") {
          if scanner.matches(try scanner.string(), "FUNDING_FEE") { news.hasPayments = true }
        } else {
          try scanner.skipValue()
        }
      }
    }
    if !hasContent { throw ScanError(scanner.offset, "a field \"a\"") }
  }
}
