/// The endpoints of Binance USD-M futures. Weights: "Request Weight" of each endpoint's page under
/// https://developers.binance.com/docs/derivatives/usds-margined-futures.
extension BinanceRoute {
  enum USDM {
    static let place = BinanceRoute(.post, "/fapi/v1/order", "order.place", weight: 0, orders: 1)
    /// Price and quantity of a limit order, which goes behind the others at its price.
    static let modify = BinanceRoute(.put, "/fapi/v1/order", "order.modify", weight: 1, orders: 1)
    static let cancel = BinanceRoute(
      .delete, "/fapi/v1/order", "order.cancel", weight: 1, isUrgent: true)
    static let cancelAll = BinanceRoute(
      .delete, "/fapi/v1/allOpenOrders", "", weight: 1, isUrgent: true)
    /// Five orders at most; the 10 s count takes them one by one.
    static let placeBatch = BinanceRoute(
      .post, "/fapi/v1/batchOrders", "", weight: 5, orders: 5)
    static let cancelBatch = BinanceRoute(
      .delete, "/fapi/v1/batchOrders", "", weight: 1, isUrgent: true)
    static let deadManSwitch = BinanceRoute(
      .post, "/fapi/v1/countdownCancelAll", "", weight: 10, isUrgent: true)
    static let query = BinanceRoute(.get, "/fapi/v1/order", "order.status", weight: 1)
    static let openOrders = BinanceRoute(.get, "/fapi/v1/openOrders", "", weight: 1)
    static let allOpenOrders = BinanceRoute(.get, "/fapi/v1/openOrders", "", weight: 40)
    static let fills = BinanceRoute(.get, "/fapi/v1/userTrades", "", weight: 5)
    static let balances = BinanceRoute(
      .get, "/fapi/v3/balance", "v2/account.balance", weight: 5)
    static let positions = BinanceRoute(
      .get, "/fapi/v3/positionRisk", "v2/account.position", weight: 5)
    /// One position a symbol, or a long and a short one.
    static let positionMode = BinanceRoute(.get, "/fapi/v1/positionSide/dual", "", weight: 30)
    /// What came and went beside trades: funding.
    static let income = BinanceRoute(.get, "/fapi/v1/income", "", weight: 30)
    /// Of the wallet's interface, which tells it for all products.
    static let keyPermissions = BinanceRoute(
      .get, "/sapi/v1/account/apiRestrictions", "", weight: 1)
    static let userStream = BinanceRoute(
      .post, "/fapi/v1/listenKey", "userDataStream.start", .key, weight: 1)
    static let keepUserStream = BinanceRoute(
      .put, "/fapi/v1/listenKey", "userDataStream.ping", .key, weight: 1)
    static let closeUserStream = BinanceRoute(
      .delete, "/fapi/v1/listenKey", "userDataStream.stop", .key, weight: 1)
    static let logOn = BinanceRoute(.get, "", "session.logon", weight: 2)
    static let serverTime = BinanceRoute(.get, "/fapi/v1/time", "", .none, weight: 1)
    static let instruments = BinanceRoute(.get, "/fapi/v1/exchangeInfo", "", .none, weight: 1)
    /// The weight of a depth of 1,000 levels; see `depthWeight`.
    static let depth = BinanceRoute(.get, "/fapi/v1/depth", "depth", .none, weight: 20)

    /// What a book snapshot of `limit` levels costs.
    static func depthWeight(limit: UInt64) -> Int {
      limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20
    }
  }
}
