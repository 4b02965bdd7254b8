/// One endpoint of Binance: how it is reached over REST and over the WebSocket API, and what it costs.
struct BinanceRoute: Sendable {
  /// What the venue wants to see.
  enum Security: Sendable {
    case none
    /// The key alone.
    case key
    /// The key, a timestamp and a signature.
    case signed
  }

  var method: RequestMethod
  /// Empty where it cannot be had over REST.
  var path: StaticString
  /// Of the WebSocket API; empty where there is none.
  var webSocketMethod: StaticString
  var security: Security
  var cost: RequestCost

  init(
    _ method: RequestMethod, _ path: StaticString, _ webSocketMethod: StaticString,
    _ security: Security = .signed, weight: Int, orders: Int = 0, isUrgent: Bool = false
  ) {
    self.method = method
    self.path = path
    self.webSocketMethod = webSocketMethod
    self.security = security
    cost = RequestCost(weight: weight, orders: orders, isUrgent: isUrgent)
  }
}
