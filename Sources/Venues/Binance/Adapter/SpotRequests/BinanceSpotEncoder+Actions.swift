import TradingModel

// Requests by hand, and the account's, which are not hot.
extension BinanceSpotEncoder {
  /// Puts the parameters of an action in place of those before; gives where they go.
  mutating func fill(
    _ action: VenueAction, _ input: RequestInput, timestamp: UInt64
  ) throws(RequestError) -> BinanceSpotRoute {
    parameters.removeAll()
    let isWebSocket = input.channel == .webSocket
    let route = try Self.route(action, input)
    if isWebSocket && route.security == .signed { addKey() }
    switch action {
    case .cancelAll: parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    case .openOrders:
      if let symbol = input.symbol { parameters.add("symbol", text: symbol) }
    case .fills:
      if let id = input.firstTradeID { parameters.add("fromId", number: id) }
      if let limit = input.limit { parameters.add("limit", number: limit) }
      if let id = input.venueOrderID { parameters.add("orderId", number: id) }
      if let time = input.startTime { parameters.add("startTime", number: time) }
      parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    case .query:
      parameters.add("orderId", number: try Self.needed(input.venueOrderID, "order-id"))
      parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    case .balances: parameters.add("omitZeroBalances", true)
    case .instruments:
      if let symbol = input.symbol { parameters.add("symbol", text: symbol) }
    case .depth:
      parameters.add("limit", number: input.limit ?? 1_000)
      parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    default: break
    }
    if route.security == .signed {
      parameters.add("recvWindow", number: input.receiveWindow)
      parameters.add("timestamp", number: timestamp)
    }
    parameters.sort()
    return route
  }

  private static func route(
    _ action: VenueAction, _ input: RequestInput
  ) throws(RequestError) -> BinanceSpotRoute {
    let route: BinanceSpotRoute
    switch action {
    case .cancelAll: route = .cancelAll
    case .openOrders: route = input.symbol == nil ? .allOpenOrders : .openOrders
    case .fills: route = .fills
    case .query: route = .query
    case .balances: route = .account
    case .keyPermissions: route = .keyPermissions
    case .userStream: route = .subscribeUserStream
    case .logOn: route = .logOn
    case .serverTime: route = .serverTime
    case .instruments: route = .instruments
    case .depth: route = .depth
    default: throw .notOffered(action, reason: BinanceSpot.reason(notOffering: action))
    }
    let isWebSocket = input.channel == .webSocket
    let name = isWebSocket ? route.webSocketMethod : route.path
    if name.utf8CodeUnitCount == 0 {
      throw .notOffered(
        action,
        reason: isWebSocket
          ? "over REST only (--channel rest)"
          : "over the WebSocket API only (--channel websocket)")
    }
    return route
  }

  static func needed<Value>(
    _ value: Value?, _ name: String
  ) throws(RequestError) -> Value {
    guard let value else { throw .missing(name) }
    return value
  }
}
