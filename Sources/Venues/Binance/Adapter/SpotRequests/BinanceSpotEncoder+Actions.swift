import TradingModel

// Requests by hand, and the account's, which are not hot.
extension BinanceSpotEncoder {
  /// Puts the parameters of an action in place of those before; gives where they go.
  mutating func fill(
    _ action: VenueAction, _ input: RequestInput, timestamp: UInt64
  ) throws(RequestError) -> BinanceRoute {
    form.parameters.removeAll()
    let isWebSocket = input.channel == .webSocket
    let route = try Self.route(action, input)
    if isWebSocket && route.security == .signed { form.addKey() }
    switch action {
    case .cancelAll: form.parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    case .openOrders:
      if let symbol = input.symbol { form.parameters.add("symbol", text: symbol) }
    case .fills:
      if let id = input.firstTradeID { form.parameters.add("fromId", number: id) }
      if let limit = input.limit { form.parameters.add("limit", number: limit) }
      if let id = input.venueOrderID { form.parameters.add("orderId", number: id) }
      if let time = input.startTime { form.parameters.add("startTime", number: time) }
      form.parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    case .query:
      form.parameters.add("orderId", number: try Self.needed(input.venueOrderID, "order-id"))
      form.parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    case .balances: form.parameters.add("omitZeroBalances", true)
    case .instruments:
      if let symbol = input.symbol { form.parameters.add("symbol", text: symbol) }
    case .depth:
      form.parameters.add("limit", number: input.limit ?? 1_000)
      form.parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
    default: break
    }
    if route.security == .signed {
      form.parameters.add("recvWindow", number: input.receiveWindow)
      form.parameters.add("timestamp", number: timestamp)
    }
    form.parameters.sort()
    return route
  }

  private static func route(
    _ action: VenueAction, _ input: RequestInput
  ) throws(RequestError) -> BinanceRoute {
    let route: BinanceRoute
    switch action {
    case .cancelAll: route = BinanceRoute.Spot.cancelAll
    case .openOrders:
      route = input.symbol == nil ? BinanceRoute.Spot.allOpenOrders : BinanceRoute.Spot.openOrders
    case .fills: route = BinanceRoute.Spot.fills
    case .query: route = BinanceRoute.Spot.query
    case .balances: route = BinanceRoute.Spot.account
    case .keyPermissions: route = BinanceRoute.Spot.keyPermissions
    case .userStream: route = BinanceRoute.Spot.subscribeUserStream
    case .logOn: route = BinanceRoute.Spot.logOn
    case .serverTime: route = BinanceRoute.Spot.serverTime
    case .instruments: route = BinanceRoute.Spot.instruments
    case .depth: route = BinanceRoute.Spot.depth
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
