import MarketData
import TradingModel

/// Binance spot's public streams: diff depth every 100 ms, trades, best quotes, over one combined
/// connection; snapshots over REST.
///
/// developers.binance.com/docs/binance-spot-api-docs/web-socket-streams: at most 1,024 streams and 5
/// messages a second to the venue on one connection.
struct BinanceSpotMarket: BinanceMarket {
  private static let second: Int64 = 1_000_000_000
  /// Symbols of one subscription message: three streams each.
  private static let symbolsPerMessage = 60
  /// Symbols of one connection: three streams each.
  static let symbolCountMax = 1_024 / 3

  let environment: VenueEnvironment
  /// Levels a side of a snapshot, 1 to 5,000.
  let snapshotLimit: UInt64
  var decoder = BinanceDecoder()
  private var nextID: UInt64 = 0

  init(_ environment: VenueEnvironment, snapshotLimit: UInt64 = 1_000) {
    self.environment = environment
    self.snapshotLimit = snapshotLimit
  }

  var name: String { "\(BinanceSpot.description.name) market" }

  var channels: [SessionChannel] {
    [
      SessionChannel(
        .webSocket, address: environment.publicStream, purpose: "market data",
        silenceMax: 60 * Self.second),
      SessionChannel(.http, address: environment.rest, purpose: "book snapshots"),
    ]
  }

  var rule: SequenceRule { .binanceSpot }
  // One less than allowed: the venue counts pings and pongs too.
  var subscriptionsPerSecond: Int { 4 }

  var snapshotCost: RequestCost? {
    RequestCost(weight: BinanceRoute.Spot.depthWeight(limit: snapshotLimit))
  }

  mutating func writeSubscription(
    _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int {
    let count = min(Self.symbolsPerMessage, symbols.count - start)
    nextID += 1
    text += "{\"method\":\"SUBSCRIBE\",\"params\":[".utf8
    for index in start..<start + count {
      let name = symbols[index].symbol.lowercased()
      if index > start { text.append(UInt8(ascii: ",")) }
      text += "\"\(name)@depth@100ms\",\"\(name)@trade\",\"\(name)@bookTicker\"".utf8
    }
    text += "],\"id\":\(nextID)}".utf8
    return count
  }

  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError) -> StreamMessage {
    if BinanceDecoder.tightQuote(bytes, &scales, into: &message) { return .data }
    // Nearly every message is `{"stream":...`; the others are answers to subscriptions.
    if bytes.count > 3, bytes[2] == UInt8(ascii: "s") || bytes[3] == UInt8(ascii: "\"") {
      var scanner = FieldScanner(bytes)
      try decoder.decode(&scanner, &scales, fallback: -1, into: &message)
      return message.kind == .other ? .other : .data
    }
    return try answer(bytes)
  }

  func snapshotTarget(_ symbol: String) -> String {
    "/api/v3/depth?symbol=\(symbol)&limit=\(snapshotLimit)"
  }
}
