import Exchange
import VenueServer

typealias BinanceUSDMFront = BinanceFront<BinanceUSDMCore>

extension BinanceUSDMCore: BinanceProduct {
  static let requestPaths: Set<String> = ["/ws-fapi/v1", "/ws-fapi/v1/"]
  static let hasUserSubscriptions = false
  static let methodPrefixes: [String] = []
  static let refusesUnknownParameters = false

  func countsOrders(_ action: BinanceUSDMAction) -> Bool {
    switch action {
    case .place, .modify, .placeBatch, .modifyBatch, .placeAlgo: true
    default: false
    }
  }

  func orderCountHeaders(of account: AccountIndex) -> HTTPHeaders {
    orderLimits[account].headers(at: now.milliseconds)
  }

  func orderCountEntries(of account: AccountIndex) -> [JSONValue] {
    orderLimits[account].entries(at: now.milliseconds)
  }

  func isStream(_ name: String) -> Bool { BinanceUSDMStreamName.isStream(name) }

  /// Times are milliseconds here, whatever is asked for.
  static func timeUnit(_ text: String?) throws(BinanceError) -> TimeUnit { .milliseconds }

  /// Addresses since 2026 say what is streamed: `/public`, `/market` and `/private` stand before `/ws` and
  /// `/stream`, and user streams may be named by `listenKey`
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Important-WebSocket-Change-Notice).
  func streamNames(_ request: HTTPRequest) -> [String]? {
    var parts = request.path.split(separator: "/").map(String.init)
    if let first = parts.first, BinanceUSDMRoute(rawValue: first) != nil {
      parts.removeFirst()
    }
    let keys = request.queryFields.all("listenKey")
    switch parts.first {
    case "ws": return Array(parts.dropFirst()).map { FormFields.decoded($0.utf8) } + keys
    case "stream" where parts.count == 1:
      return (request.queryFields["streams"] ?? "").split(separator: "/").map(String.init) + keys
    default: return nil
    }
  }

  /// "Streams belonging to /market or /private will not push data" at another address
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams).
  /// The venue keeps an address without a route for public streams; here it pushes everything, because
  /// released clients still ask there for all.
  static func pushes(_ stream: String, at path: String) -> Bool {
    guard let first = path.split(separator: "/").first,
      let route = BinanceUSDMRoute(rawValue: String(first))
    else { return true }
    return BinanceUSDMRoute(of: stream) == route
  }

  func state() -> JSONValue { ExchangeRecords.json(exchange) }
}
