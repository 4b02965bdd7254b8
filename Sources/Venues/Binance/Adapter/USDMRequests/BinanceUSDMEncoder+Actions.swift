import TradingModel

// Requests by hand, and the account's, which are not hot.
extension BinanceUSDMEncoder {
  /// "batchOrders: max 5 orders"; "orderIdList: max length 10".
  static let placeBatchMax = 5
  static let cancelBatchMax = 10

  /// Puts the parameters of an action in place of those before; gives where they go.
  mutating func fill(
    _ action: VenueAction, _ input: RequestInput, timestamp: UInt64
  ) throws(RequestError) -> BinanceRoute {
    // The orders of a batch are written with the same parameter list.
    let batch = action == .placeBatch ? try orders(input) : ""
    form.parameters.removeAll()
    let isWebSocket = input.channel == .webSocket
    let route = try Self.route(action, input)
    if isWebSocket && route.security != .none { form.addKey() }
    switch action {
    case .placeBatch: form.parameters.add("batchOrders", text: batch)
    case .cancelBatch: try fillCancelBatch(input)
    case .cancelAll: try addSymbol(input)
    case .deadManSwitch:
      let seconds = try Self.needed(input.timeout, "timeout")
      guard seconds <= 86_400 else {
        throw .unsuitable("timeout", reason: "at most a day, 86400 seconds")
      }
      form.parameters.add("countdownTime", number: seconds * 1_000)
      try addSymbol(input)
    case .openOrders, .positions, .instruments:
      // `exchangeInfo` of futures has no parameters.
      if action != .instruments, let symbol = input.symbol {
        form.parameters.add("symbol", text: symbol)
      }
    case .fills: try fillFills(input)
    case .query:
      form.parameters.add("orderId", number: try Self.needed(input.venueOrderID, "order-id"))
      try addSymbol(input)
    case .depth:
      form.parameters.add("limit", number: input.limit ?? 1_000)
      try addSymbol(input)
    default: break
    }
    if route.security == .signed {
      form.parameters.add("recvWindow", number: input.receiveWindow)
      form.parameters.add("timestamp", number: timestamp)
    }
    form.parameters.sort()
    return route
  }

  private mutating func addSymbol(_ input: RequestInput) throws(RequestError) {
    form.parameters.add("symbol", text: try Self.needed(input.symbol, "symbol"))
  }

  private mutating func fillFills(_ input: RequestInput) throws(RequestError) {
    if let id = input.firstTradeID { form.parameters.add("fromId", number: id) }
    if let limit = input.limit { form.parameters.add("limit", number: limit) }
    if let id = input.venueOrderID { form.parameters.add("orderId", number: id) }
    if let time = input.startTime { form.parameters.add("startTime", number: time) }
    try addSymbol(input)
  }

  private mutating func fillCancelBatch(_ input: RequestInput) throws(RequestError) {
    let isByVenue = !input.venueOrderIDs.isEmpty
    guard isByVenue || !input.clientOrderIDs.isEmpty else {
      throw .missing("client-order-ids (or --order-ids)")
    }
    guard max(input.clientOrderIDs.count, input.venueOrderIDs.count) <= Self.cancelBatchMax else {
      throw .unsuitable(
        isByVenue ? "order-ids" : "client-order-ids", reason: "at most \(Self.cancelBatchMax)")
    }
    for id in input.clientOrderIDs { try BinanceRequestForm.check(clientOrderID: id) }
    if isByVenue {
      let list = input.venueOrderIDs.map { "\($0)" }.joined(separator: ",")
      form.parameters.add("orderIdList", text: "[\(list)]")
    } else {
      let list = input.clientOrderIDs.map { "\"\($0)\"" }.joined(separator: ",")
      form.parameters.add("origClientOrderIdList", text: "[\(list)]")
    }
    try addSymbol(input)
  }

  /// The orders of a batch: the same one under each of the ids.
  private mutating func orders(_ input: RequestInput) throws(RequestError) -> String {
    guard !input.clientOrderIDs.isEmpty else { throw .missing("client-order-ids") }
    guard input.clientOrderIDs.count <= Self.placeBatchMax else {
      throw .unsuitable("client-order-ids", reason: "at most \(Self.placeBatchMax)")
    }
    let (listing, request) = try input.orderRequest(.place)
    add(listing, symbol: try Self.needed(input.symbol, "symbol"))
    var texts: [String] = []
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: ParameterList.spelledByteCountMax, alignment: 8)
    defer { room.deallocate() }
    for id in input.clientOrderIDs {
      try BinanceRequestForm.check(clientOrderID: id)
      form.parameters.removeAll()
      // In place of the whole id that this encoder would write.
      try fillNewOrder(request, OrderName(orderID: 0), timestamp: nil)
      var writer = RequestWriter(at: room)
      form.parameters.writeJSON(&writer)
      var text = String(
        decoding: UnsafeRawBufferPointer(start: room, count: writer.end - room), as: UTF8.self)
      if let place = Self.clientOrderID(in: text) { text.replaceSubrange(place, with: id) }
      texts.append(text)
    }
    return "[\(texts.joined(separator: ","))]"
  }

  /// Where the client order id stands in an order.
  private static func clientOrderID(in order: String) -> Range<String.Index>? {
    guard let mark = order.firstRange(of: "\"newClientOrderId\":\"") else { return nil }
    let id = order[mark.upperBound...].prefix { $0 != "\"" }
    return id.startIndex..<id.endIndex
  }

  private static func route(
    _ action: VenueAction, _ input: RequestInput
  ) throws(RequestError) -> BinanceRoute {
    typealias Routes = BinanceRoute.USDM
    let route: BinanceRoute
    switch action {
    case .cancelAll: route = Routes.cancelAll
    case .placeBatch: route = Routes.placeBatch
    case .cancelBatch: route = Routes.cancelBatch
    case .deadManSwitch: route = Routes.deadManSwitch
    case .openOrders: route = input.symbol == nil ? Routes.allOpenOrders : Routes.openOrders
    case .fills: route = Routes.fills
    case .query: route = Routes.query
    case .balances: route = Routes.balances
    case .positions: route = Routes.positions
    case .keyPermissions: route = Routes.keyPermissions
    case .userStream: route = Routes.userStream
    case .keepUserStream: route = Routes.keepUserStream
    case .closeUserStream: route = Routes.closeUserStream
    case .logOn: route = Routes.logOn
    case .serverTime: route = Routes.serverTime
    case .instruments: route = Routes.instruments
    case .depth: route = Routes.depth
    default: throw .notOffered(action, reason: BinanceUSDM.reason(notOffering: action))
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

  static func needed<Value>(_ value: Value?, _ name: String) throws(RequestError) -> Value {
    guard let value else { throw .missing(name) }
    return value
  }
}
