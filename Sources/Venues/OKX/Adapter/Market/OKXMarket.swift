import MarketData
import TradingModel

/// OKX's public streams over one connection: order books of 400 levels every 100 ms with their snapshots,
/// trades, best quotes, and, of swaps, mark prices, index prices and funding rates.
///
/// https://www.okx.com/docs-v5/en/#overview-websocket: the venue closes a connection that was silent for
/// 30 seconds, so `ping` is said; subscriptions of a connection are limited to 480 an hour, and one
/// message to 64 KB.
struct OKXMarket: MarketDialect {
  private static let second: Int64 = 1_000_000_000
  /// Symbols of one subscription message: six channels each, some 60 bytes a channel.
  private static let symbolsPerMessage = 60
  static let pingInterval = 20 * second

  let environment: VenueEnvironment
  private(set) var decoder = OKXDecoder()
  /// By the symbol's place; nil until the venue sends a checksum of it.
  private var checks: [OKXBookCheck?] = []
  /// Checksums that were compared.
  private(set) var checkedCount = 0

  init(_ environment: VenueEnvironment) { self.environment = environment }

  var name: String { "\(OKX.description.name) market" }

  var channels: [SessionChannel] {
    [
      SessionChannel(
        .webSocket, address: environment.publicStream, purpose: "market data",
        silenceMax: Self.pingInterval * 2)
    ]
  }

  var rule: SequenceRule { .okx }
  // 480 an hour; a message counts once.
  var subscriptionsPerSecond: Int { 2 }
  var heartbeat: StreamHeartbeat? { StreamHeartbeat(text: "ping", interval: Self.pingInterval) }

  // MARK: Subscriptions

  mutating func writeSubscription(
    _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int {
    let count = min(Self.symbolsPerMessage, symbols.count - start)
    text += "{\"op\":\"subscribe\",\"args\":[".utf8
    for index in start..<start + count {
      let symbol = symbols[index].symbol
      var channels = ["books", "trades", "bbo-tbt"]
      if OKX.isSwap(symbol) { channels += ["mark-price", "funding-rate"] }
      for (place, channel) in channels.enumerated() {
        if index > start || place > 0 { text.append(UInt8(ascii: ",")) }
        Self.write(channel, symbol, into: &text)
      }
      if let name = OKX.index(of: symbol) {
        text.append(UInt8(ascii: ","))
        Self.write("index-tickers", name, into: &text)
      }
    }
    text += "]}".utf8
    return count
  }

  private static func write(_ channel: String, _ symbol: String, into text: inout [UInt8]) {
    text += "{\"channel\":\"\(channel)\",\"instId\":\"\(symbol)\"}".utf8
  }

  mutating func writeRenewal(_ symbol: SymbolScale, into text: inout [UInt8]) {
    for operation in ["unsubscribe", "subscribe"] {
      text += "{\"op\":\"\(operation)\",\"args\":[".utf8
      Self.write("books", symbol.symbol, into: &text)
      text += "]}\n".utf8
    }
  }

  // MARK: Messages

  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError) -> StreamMessage {
    var scanner = FieldScanner(bytes)
    if bytes.count == 4, scanner.matches(FieldRange(offset: 0, count: 4), "pong") { return .other }
    try decoder.decode(&scanner, &scales, into: &message)
    switch decoder.frame {
    case .market: return try takeMarket(bytes, &scales, message)
    case .acknowledged: return .acknowledged
    case .error: return .refused(String(decoding: bytes.prefix(300), as: UTF8.self))
    case .other: break
    }
    return .other
  }

  private mutating func takeMarket(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales, _ message: borrowing VenueMessage
  ) throws(ScanError) -> StreamMessage {
    guard message.kind == .depth || message.kind == .snapshot else { return .data }
    // Older recordings have none; without it nothing can be joined.
    guard decoder.places.hasSequence else { throw ScanError(bytes.count, "a field \"seqId\"") }
    let places = decoder.places
    if places.checksum == 0 {
      if message.symbol < checks.count { checks[message.symbol]?.lose() }
      return .data
    }
    return try isConsistent(bytes, &scales, message, places) ? .data : .inconsistent
  }

  private mutating func isConsistent(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    _ message: borrowing VenueMessage, _ places: OKXDecoder.Places
  ) throws(ScanError) -> Bool {
    let symbol = message.symbol
    while checks.count <= symbol { checks.append(nil) }
    if message.kind == .snapshot {
      if checks[symbol] == nil { checks[symbol] = OKXBookCheck() }
      checks[symbol]?.start(at: message.final)
    } else {
      // A message that is missing is for the sequence rule to find: no checksum fits after it.
      checks[symbol]?.goOn(to: message.final, after: message.previous)
    }
    guard let check = checks[symbol], check.isWhole else { return true }
    var scanner = FieldScanner(bytes, from: places.asks)
    try check.take(&scanner, &scales, symbol, .sell)
    scanner.offset = places.bids
    try check.take(&scanner, &scales, symbol, .buy)
    guard check.isWhole else { return true }
    checkedCount += 1
    if check.checksum() == places.checksum { return true }
    check.lose()
    return false
  }
}
