/// One endpoint of Bybit v5: how it is reached over REST and over the trade stream, and what it costs.
///
/// The venue counts each endpoint for itself, per account and second
/// (https://bybit-exchange.github.io/docs/v5/rate-limit). Here new orders are counted as orders, and
/// changes and cancels together as weight, which is never too little.
struct BybitRoute {
  var method: RequestMethod
  var path: StaticString
  /// Of the trade stream; empty where it has none.
  var operation: StaticString
  var isSigned: Bool
  var cost: RequestCost

  init(
    _ method: RequestMethod, _ path: StaticString, _ operation: StaticString = "",
    isSigned: Bool = true, cost: RequestCost = RequestCost(weight: 0)
  ) {
    self.method = method
    self.path = path
    self.operation = operation
    self.isSigned = isSigned
    self.cost = cost
  }

  static let place = BybitRoute(
    .post, "/v5/order/create", "order.create", cost: RequestCost(weight: 0, orders: 1))
  static let amend = BybitRoute(
    .post, "/v5/order/amend", "order.amend", cost: RequestCost(weight: 1))
  static let cancel = BybitRoute(
    .post, "/v5/order/cancel", "order.cancel", cost: RequestCost(weight: 1, isUrgent: true))
  static let cancelAll = BybitRoute(
    .post, "/v5/order/cancel-all", cost: RequestCost(weight: 1, isUrgent: true))
  static let placeBatch = BybitRoute(.post, "/v5/order/create-batch", "order.create-batch")
  static let cancelBatch = BybitRoute(.post, "/v5/order/cancel-batch", "order.cancel-batch")
  /// Disconnect protection: what the venue does when the private stream stays away.
  static let disconnectProtection = BybitRoute(
    .post, "/v5/order/disconnected-cancel-all", cost: RequestCost(weight: 0, isUrgent: true))
  /// What of that the account has.
  static let protection = BybitRoute(.get, "/v5/account/query-dcp-info")
  /// Open orders, and the 500 that ended last.
  static let openOrders = BybitRoute(.get, "/v5/order/realtime")
  /// Orders that ended, for two years.
  static let orderHistory = BybitRoute(.get, "/v5/order/history")
  static let fills = BybitRoute(.get, "/v5/execution/list")
  static let wallet = BybitRoute(.get, "/v5/account/wallet-balance")
  static let positions = BybitRoute(.get, "/v5/position/list")
  static let keyPermissions = BybitRoute(.get, "/v5/user/query-api")
  static let serverTime = BybitRoute(.get, "/v5/market/time", isSigned: false)
  static let instruments = BybitRoute(.get, "/v5/market/instruments-info", isSigned: false)
  static let depth = BybitRoute(.get, "/v5/market/orderbook", isSigned: false)
}
