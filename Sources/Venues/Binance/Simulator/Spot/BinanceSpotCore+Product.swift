import Exchange
import VenueServer

typealias BinanceSpotFront = BinanceFront<BinanceSpotCore>
typealias BinanceSpotSettings = BinanceSettings

extension BinanceSpotCore: BinanceProduct {
  static let requestPaths: Set<String> = ["/ws-api/v3", "/ws-api/v3/"]
  static let hasUserSubscriptions = true
  static let methodPrefixes = ["v3/"]
  static let refusesUnknownParameters = true

  func countsOrders(_ action: BinanceSpotAction) -> Bool {
    switch action {
    case .place, .cancelReplace, .placeOCO, .placeOTO, .placeOTOCO, .placeOldOCO: true
    default: false
    }
  }

  func orderCountHeaders(of account: AccountIndex) -> HTTPHeaders {
    orderLimits[account].headers(at: now.milliseconds)
  }

  func orderCountEntries(of account: AccountIndex) -> [JSONValue] {
    orderLimits[account].entries(at: now.milliseconds)
  }

  func isStream(_ name: String) -> Bool { BinanceSpotStreamName.isStream(name) }

  static func timeUnit(_ text: String?) throws(BinanceError) -> TimeUnit {
    try TimeUnit(binance: text)
  }

  func streamNames(_ request: HTTPRequest) -> [String]? {
    let parts = request.path.split(separator: "/").map(String.init)
    switch parts.first {
    case "ws": return Array(parts.dropFirst()).map { FormFields.decoded($0.utf8) }
    case "stream" where parts.count == 1:
      return (request.queryFields["streams"] ?? "").split(separator: "/").map(String.init)
    default: return nil
    }
  }
}
