/// One endpoint of OKX, and what it costs of `OKX.rateLimits`: endpoints have limits of their own, from 5
/// to 60 requests in two seconds; weights are scaled to the most generous, so that none is exceeded.
struct OKXRoute {
  var method: RequestMethod
  var path: StaticString
  /// The operation over the private WebSocket connection; empty where there is none.
  var operation: StaticString
  var isSigned: Bool
  var cost: RequestCost

  init(
    _ method: RequestMethod, _ path: StaticString, _ operation: StaticString = "",
    isSigned: Bool = true, weight: Int = 0, orders: Int = 0, isUrgent: Bool = false
  ) {
    self.method = method
    self.path = path
    self.operation = operation
    self.isSigned = isSigned
    cost = RequestCost(weight: weight, orders: orders, isUrgent: isUrgent)
  }

  // 60 in two seconds each, of one user and instrument.
  static let place = OKXRoute(.post, "/api/v5/trade/order", "order", orders: 1)
  static let amend = OKXRoute(.post, "/api/v5/trade/amend-order", "amend-order", orders: 1)
  static let cancel = OKXRoute(
    .post, "/api/v5/trade/cancel-order", "cancel-order", weight: 1, isUrgent: true)
  // 300 orders in two seconds, and a batch of one counts as the single request: here the orders of batches
  // are counted as single ones, so neither limit is exceeded.
  static let placeBatch = OKXRoute(
    .post, "/api/v5/trade/batch-orders", "batch-orders", orders: 1)
  static let amendBatch = OKXRoute(
    .post, "/api/v5/trade/amend-batch-orders", "batch-amend-orders", orders: 1)
  static let cancelBatch = OKXRoute(
    .post, "/api/v5/trade/cancel-batch-orders", "batch-cancel-orders", weight: 1, isUrgent: true)
  // Once a second.
  static let deadManSwitch = OKXRoute(
    .post, "/api/v5/trade/cancel-all-after", weight: 30, isUrgent: true)
  static let query = OKXRoute(.get, "/api/v5/trade/order", weight: 1)
  static let openOrders = OKXRoute(.get, "/api/v5/trade/orders-pending", weight: 1)
  /// Of the last three days.
  static let fills = OKXRoute(.get, "/api/v5/trade/fills", weight: 1)
  /// Of the last three months: 10 in two seconds.
  static let fillsHistory = OKXRoute(.get, "/api/v5/trade/fills-history", weight: 6)
  static let balances = OKXRoute(.get, "/api/v5/account/balance", weight: 6)
  static let positions = OKXRoute(.get, "/api/v5/account/positions", weight: 6)
  /// What changed balances in the last seven days: 5 in a second; in the last three months: 5 in two.
  static let bills = OKXRoute(.get, "/api/v5/account/bills", weight: 6)
  static let billsArchive = OKXRoute(.get, "/api/v5/account/bills-archive", weight: 12)
  // 5 in two seconds.
  static let configuration = OKXRoute(.get, "/api/v5/account/config", weight: 12)
  static let serverTime = OKXRoute(.get, "/api/v5/public/time", isSigned: false, weight: 6)
  static let instruments = OKXRoute(
    .get, "/api/v5/public/instruments", isSigned: false, weight: 3)
  static let depth = OKXRoute(.get, "/api/v5/market/books", isSigned: false, weight: 2)
  // 480 an hour of one connection.
  static let logOn = OKXRoute(.get, "", "login")
  static let subscribe = OKXRoute(.get, "", "subscribe")
}
