/// What the addresses of streams are divided into: the first part of their paths
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Important-WebSocket-Change-Notice).
enum BinanceUSDMRoute: String {
  /// Best quotes and books.
  case `public`
  /// All other streams of markets.
  case market
  /// Accounts' own events, named by listen keys.
  case `private`

  /// The one that pushes a stream.
  init(of stream: String) {
    let kind = stream.firstIndex(of: "@").map { stream[stream.index(after: $0)...] } ?? ""
    if stream == "!bookTicker" || kind == "bookTicker" || kind.hasPrefix("depth") {
      self = .public
    } else {
      self = BinanceUSDMStreamName.isStream(stream) ? .market : .private
    }
  }
}
