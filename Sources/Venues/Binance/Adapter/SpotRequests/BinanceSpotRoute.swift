/// One endpoint of Binance spot: how it is reached over REST and over the WebSocket API, and what it
/// costs. Weights: developers.binance.com/docs/binance-spot-api-docs/rest-api, "Request weight" of
/// each endpoint.
struct BinanceSpotRoute {
  /// What the venue wants to see.
  enum Security {
    case none
    /// The key in a header.
    case key
    /// The key, a timestamp and a signature.
    case signed
  }

  var method: StaticString
  var path: StaticString
  /// Of the WebSocket API; empty where there is none.
  var webSocketMethod: StaticString
  var security: Security
  var cost: RequestCost

  init(
    _ method: StaticString, _ path: StaticString, _ webSocketMethod: StaticString,
    _ security: Security = .signed, weight: Int, orders: Int = 0, isUrgent: Bool = false
  ) {
    self.method = method
    self.path = path
    self.webSocketMethod = webSocketMethod
    self.security = security
    cost = RequestCost(weight: weight, orders: orders, isUrgent: isUrgent)
  }

  static let place = BinanceSpotRoute("POST", "/api/v3/order", "order.place", weight: 1, orders: 1)
  /// Lowers the quantity in place.
  static let amend = BinanceSpotRoute(
    "PUT", "/api/v3/order/amend/keepPriority", "order.amend.keepPriority", weight: 4)
  static let cancel = BinanceSpotRoute(
    "DELETE", "/api/v3/order", "order.cancel", weight: 1, isUrgent: true)
  static let cancelAll = BinanceSpotRoute(
    "DELETE", "/api/v3/openOrders", "openOrders.cancelAll", weight: 1, isUrgent: true)
  static let query = BinanceSpotRoute("GET", "/api/v3/order", "order.status", weight: 4)
  static let openOrders = BinanceSpotRoute(
    "GET", "/api/v3/openOrders", "openOrders.status", weight: 6)
  static let allOpenOrders = BinanceSpotRoute(
    "GET", "/api/v3/openOrders", "openOrders.status", weight: 80)
  static let fills = BinanceSpotRoute("GET", "/api/v3/myTrades", "myTrades", weight: 20)
  static let account = BinanceSpotRoute("GET", "/api/v3/account", "account.status", weight: 20)
  static let keyPermissions = BinanceSpotRoute(
    "GET", "/sapi/v1/account/apiRestrictions", "", weight: 1)
  static let subscribeUserStream = BinanceSpotRoute(
    "", "", "userDataStream.subscribe.signature", weight: 2)
  static let logOn = BinanceSpotRoute("", "", "session.logon", weight: 2)
  static let serverTime = BinanceSpotRoute("GET", "/api/v3/time", "time", .none, weight: 1)
  static let instruments = BinanceSpotRoute(
    "GET", "/api/v3/exchangeInfo", "exchangeInfo", .none, weight: 20)
  /// The weight of a depth of 5,000 levels; see `depthWeight`.
  static let depth = BinanceSpotRoute("GET", "/api/v3/depth", "depth", .none, weight: 250)

  /// What a book snapshot of `limit` levels costs.
  static func depthWeight(limit: UInt64) -> Int {
    limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1_000 ? 50 : 250
  }
}
