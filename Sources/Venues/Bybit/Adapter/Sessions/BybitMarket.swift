import MarketData
import TradingModel

/// Bybit's public stream of one category: the book, trades, the best quote, and the ticker of linear
/// contracts, over one connection. Snapshots come through the stream, first and after each renewal.
///
/// https://bybit-exchange.github.io/docs/v5/ws/connect: a ping every 20 s; a subscription message has at
/// most 10 topics (spot), 21,000 characters (linear).
struct BybitMarket: MarketDialect {
  private static let second: Int64 = 1_000_000_000

  let category: BybitCategory
  let environment: VenueEnvironment
  /// Levels a side: 50 every 20 ms, 200 every 100 ms (linear) or 200 ms (spot), 1,000 every 200 ms.
  let depth: Int
  private var nextID: UInt64 = 0

  init(_ category: BybitCategory, _ environment: VenueEnvironment, depth: Int = 50) {
    precondition([50, 200, 1_000].contains(depth), "a book of Bybit has 50, 200 or 1,000 levels")
    self.category = category
    self.environment = environment
    self.depth = depth
  }

  var name: String { "\(category.venueName) market" }

  var channels: [SessionChannel] {
    [
      SessionChannel(
        .webSocket, address: environment.publicStream, purpose: "market data",
        silenceMax: 60 * Self.second)
    ]
  }

  var rule: SequenceRule { .bybit }
  var subscriptionsPerSecond: Int { 5 }
  var heartbeat: StreamHeartbeat? {
    StreamHeartbeat(text: "{\"op\":\"ping\"}", interval: 20 * Self.second)
  }

  /// Symbols of one subscription message: three topics each, and a fourth for linear.
  private var symbolsPerMessage: Int { category == .spot ? 3 : 50 }

  mutating func writeSubscription(
    _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int {
    let count = min(symbolsPerMessage, symbols.count - start)
    begin("subscribe", &text)
    for index in start..<start + count {
      let name = symbols[index].symbol
      if index > start { text.append(UInt8(ascii: ",")) }
      text += "\"orderbook.\(depth).\(name)\",\"publicTrade.\(name)\",\"orderbook.1.\(name)\"".utf8
      if category == .linear { text += ",\"tickers.\(name)\"".utf8 }
    }
    text += "]}".utf8
    return count
  }

  mutating func writeRenewal(_ symbol: SymbolScale, into text: inout [UInt8]) {
    for word in ["unsubscribe", "subscribe"] {
      begin(word, &text)
      text += "\"orderbook.\(depth).\(symbol.symbol)\"]}\n".utf8
    }
  }

  private mutating func begin(_ operation: String, _ text: inout [UInt8]) {
    nextID += 1
    text += "{\"req_id\":\"\(nextID)\",\"op\":\"\(operation)\",\"args\":[".utf8
  }

  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError) -> StreamMessage {
    if BybitDecoder.tightQuote(bytes, &scales, into: &message) { return .data }
    var scanner = FieldScanner(bytes)
    guard try BybitDecoder.decode(&scanner, &scales, into: &message) else {
      return try answer(bytes)
    }
    return message.kind == .other ? .other : .data
  }

  private func answer(_ bytes: UnsafeRawBufferPointer) throws(ScanError) -> StreamMessage {
    let reply = try BybitReply(bytes)
    if reply.operation == .heartbeat || reply.message.equals("pong") { return .other }
    if !reply.isSuccess { return .refused(String(decoding: bytes.prefix(300), as: UTF8.self)) }
    return reply.operation == .subscription ? .acknowledged : .other
  }
}
