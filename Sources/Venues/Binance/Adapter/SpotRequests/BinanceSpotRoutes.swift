/// The endpoints of Binance spot. Weights: developers.binance.com/docs/binance-spot-api-docs/rest-api,
/// "Request weight" of each endpoint.
extension BinanceRoute {
  enum Spot {
    static let place = BinanceRoute(.post, "/api/v3/order", "order.place", weight: 1, orders: 1)
    /// Lowers the quantity in place.
    static let amend = BinanceRoute(
      .put, "/api/v3/order/amend/keepPriority", "order.amend.keepPriority", weight: 4)
    static let cancel = BinanceRoute(
      .delete, "/api/v3/order", "order.cancel", weight: 1, isUrgent: true)
    static let cancelAll = BinanceRoute(
      .delete, "/api/v3/openOrders", "openOrders.cancelAll", weight: 1, isUrgent: true)
    static let query = BinanceRoute(.get, "/api/v3/order", "order.status", weight: 4)
    static let openOrders = BinanceRoute(
      .get, "/api/v3/openOrders", "openOrders.status", weight: 6)
    static let allOpenOrders = BinanceRoute(
      .get, "/api/v3/openOrders", "openOrders.status", weight: 80)
    static let fills = BinanceRoute(.get, "/api/v3/myTrades", "myTrades", weight: 20)
    static let account = BinanceRoute(.get, "/api/v3/account", "account.status", weight: 20)
    static let keyPermissions = BinanceRoute(
      .get, "/sapi/v1/account/apiRestrictions", "", weight: 1)
    static let subscribeUserStream = BinanceRoute(
      .get, "", "userDataStream.subscribe.signature", weight: 2)
    static let logOn = BinanceRoute(.get, "", "session.logon", weight: 2)
    static let serverTime = BinanceRoute(.get, "/api/v3/time", "time", .none, weight: 1)
    static let instruments = BinanceRoute(
      .get, "/api/v3/exchangeInfo", "exchangeInfo", .none, weight: 20)
    /// The weight of a depth of 5,000 levels; see `depthWeight`.
    static let depth = BinanceRoute(.get, "/api/v3/depth", "depth", .none, weight: 250)

    /// What a book snapshot of `limit` levels costs.
    static func depthWeight(limit: UInt64) -> Int {
      limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1_000 ? 50 : 250
    }
  }
}
