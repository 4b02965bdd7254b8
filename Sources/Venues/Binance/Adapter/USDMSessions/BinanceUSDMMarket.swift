import MarketData
import TradingModel

/// Binance USD-M futures' public streams: diff depth every 100 ms and best quotes over one connection,
/// aggregate trades and mark prices over another, as the venue serves them at two addresses; snapshots
/// over REST.
///
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams: at most
/// 1,024 streams and 10 messages a second to the venue on one connection. At an address without a route
/// (`/stream`) everything is asked for over one.
struct BinanceUSDMMarket: BinanceMarket {
  private static let second: Int64 = 1_000_000_000
  /// Symbols of one subscription message: two streams each, or four.
  private static let symbolsPerMessage = 50
  /// Symbols of one connection: two streams each at the venue's routed addresses.
  static let symbolCountMax = 1_024 / 2
  let environment: VenueEnvironment
  /// Levels a side of a snapshot: 5, 10, 20, 50, 100, 500 or 1,000.
  let snapshotLimit: UInt64
  /// The address of trades and mark prices; nil where they come over the first stream.
  let marketStream: String?
  var decoder = BinanceDecoder()
  private var nextID: UInt64 = 0

  init(_ environment: VenueEnvironment, snapshotLimit: UInt64 = 1_000) {
    self.environment = environment
    self.snapshotLimit = snapshotLimit
    marketStream =
      environment.publicStream.hasSuffix("/public/stream")
      ? environment.publicStream.dropLast("/public/stream".count) + "/market/stream" : nil
  }

  var name: String { "\(BinanceUSDM.description.name) market" }

  var channels: [SessionChannel] {
    var channels = [
      SessionChannel(
        .webSocket, address: environment.publicStream, purpose: "books",
        silenceMax: 60 * Self.second),
      SessionChannel(.http, address: environment.rest, purpose: "book snapshots"),
    ]
    if let marketStream {
      channels.append(
        SessionChannel(
          .webSocket, address: marketStream, purpose: "trades and mark prices",
          silenceMax: 60 * Self.second))
    }
    return channels
  }

  var sideStreams: [Int] { marketStream == nil ? [] : [2] }
  var rule: SequenceRule { .binanceFutures }
  // Two less than allowed: the venue counts pings and pongs too.
  var subscriptionsPerSecond: Int { 8 }

  var snapshotCost: RequestCost? {
    RequestCost(weight: BinanceRoute.USDM.depthWeight(limit: snapshotLimit))
  }

  private static let books: [StaticString] = ["@depth@100ms", "@bookTicker"]
  private static let market: [StaticString] = ["@aggTrade", "@markPrice@1s"]

  mutating func writeSubscription(
    _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int {
    subscribe(
      to: marketStream == nil ? Self.books + Self.market : Self.books, of: symbols, from: start,
      into: &text)
  }

  mutating func writeSubscription(
    over channel: Int, _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int { subscribe(to: Self.market, of: symbols, from: start, into: &text) }

  private mutating func subscribe(
    to streams: [StaticString], of symbols: [SymbolScale], from start: Int,
    into text: inout [UInt8]
  ) -> Int {
    let count = min(Self.symbolsPerMessage, symbols.count - start)
    nextID += 1
    text += "{\"method\":\"SUBSCRIBE\",\"params\":[".utf8
    var isFirst = true
    for symbol in symbols[start..<start + count] {
      let name = symbol.symbol.lowercased()
      for stream in streams {
        if !isFirst { text.append(UInt8(ascii: ",")) }
        isFirst = false
        text += "\"\(name)\(stream)\"".utf8
      }
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
    guard bytes.count > 3, bytes[2] == UInt8(ascii: "s") || bytes[3] == UInt8(ascii: "\"") else {
      return try answer(bytes)
    }
    var scanner = FieldScanner(bytes)
    try decoder.decode(&scanner, &scales, fallback: -1, into: &message)
    return message.kind == .other ? .other : .data
  }

  func snapshotTarget(_ symbol: String) -> String {
    "/fapi/v1/depth?symbol=\(symbol)&limit=\(snapshotLimit)"
  }
}
