import Credentials
import TradingModel

/// Writes the requests of Binance USD-M futures, in memory taken once: order entry allocates nothing
/// after `init` and `add`.
public struct BinanceUSDMEncoder: ~Copyable {
  let receiveWindow: UInt64
  private let prefix: UnsafeMutableRawBufferPointer
  var names: ListingNames
  var form: BinanceRequestForm

  /// - Parameters:
  ///   - clientOrderIDPrefix: what every client order id begins with; of `A-Z a-z 0-9 . : / _ -`, at
  ///     most 22, so that an order's number still fits into the venue's 36.
  ///   - receiveWindow: milliseconds after its timestamp in which a request is still taken, up to
  ///     60,000.
  ///   - host: for the `Host` header of whole requests.
  public init(
    apiKey: String, signer: consuming MessageSigner, clientOrderIDPrefix: String,
    receiveWindow: UInt64, host: String, listingCapacity: Int
  ) {
    precondition(clientOrderIDPrefix.utf8.count <= 36, "client order ids have at most 36 bytes")
    self.receiveWindow = receiveWindow
    prefix = BinanceRequestForm.kept(clientOrderIDPrefix)
    names = ListingNames(capacity: listingCapacity)
    form = BinanceRequestForm(apiKey: apiKey, signer: signer, host: host)
  }

  deinit { prefix.deallocate() }

  /// Makes a listing known under the venue's symbol for it.
  public mutating func add(_ listing: Listing, symbol: String) {
    names.add(listing, symbol: symbol)
  }

  /// Writes an order request for REST.
  ///
  /// - Parameter timestamp: milliseconds since the epoch.
  /// - Returns: the whole HTTP request; valid until the next request is written.
  public mutating func rest(
    _ request: VenueRequest, timestamp: UInt64
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    let route = try fill(
      request, OrderName(orderID: request.orderID), timestamp: timestamp, hasKey: false)
    return try form.http(route)
  }

  /// Writes an order request for the WebSocket API.
  ///
  /// - Parameters:
  ///   - id: comes back in the response.
  ///   - isLoggedOn: the connection was logged on with `session.logon`: no key, no signature.
  public mutating func webSocket(
    _ request: VenueRequest, timestamp: UInt64, id: UInt64, isLoggedOn: Bool
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    try webSocket(
      request, OrderName(orderID: request.orderID), timestamp: timestamp, id: id,
      isLoggedOn: isLoggedOn)
  }

  /// The same, for an order that has another name at the venue.
  mutating func webSocket(
    _ request: VenueRequest, _ name: OrderName, timestamp: UInt64, id: UInt64, isLoggedOn: Bool
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    let route = try fill(request, name, timestamp: timestamp, hasKey: !isLoggedOn)
    return try form.message(route, id: id, isSigned: !isLoggedOn)
  }

  /// What a request costs of the venue's limits.
  public static func cost(of request: VenueRequest) -> RequestCost {
    switch request.kind {
    case .newOrder: BinanceRoute.USDM.place.cost
    case .replace: BinanceRoute.USDM.modify.cost
    case .cancel: BinanceRoute.USDM.cancel.cost
    case .queryOrder: BinanceRoute.USDM.query.cost
    case .querySnapshot:
      request.listing == .max
        ? BinanceRoute.USDM.allOpenOrders.cost : BinanceRoute.USDM.openOrders.cost
    }
  }

  // MARK: Parameters, sorted by name

  /// Puts the parameters of `request` in place of those before; gives where they go.
  @inline(__always)
  mutating func fill(
    _ request: VenueRequest, _ name: OrderName, timestamp: UInt64, hasKey: Bool
  ) throws(RequestError) -> BinanceRoute {
    if request.kind != .querySnapshot || request.listing != .max {
      guard names.isKnown(request.listing) else { throw .unknownListing(request.listing) }
    }
    form.parameters.removeAll()
    if hasKey { form.addKey() }
    switch request.kind {
    case .newOrder:
      try fillNewOrder(request, name, timestamp: timestamp)
      return BinanceRoute.USDM.place
    case .replace:
      try fillModification(request, name, timestamp)
      return BinanceRoute.USDM.modify
    case .cancel:
      fillIdentified(request, name, timestamp)
      return BinanceRoute.USDM.cancel
    case .queryOrder:
      fillIdentified(request, name, timestamp)
      return BinanceRoute.USDM.query
    case .querySnapshot:
      form.parameters.add("recvWindow", number: receiveWindow)
      let isForAll = request.listing == .max
      if !isForAll { form.parameters.add("symbol", names.symbol(request.listing)) }
      form.parameters.add("timestamp", number: timestamp)
      return isForAll ? BinanceRoute.USDM.allOpenOrders : BinanceRoute.USDM.openOrders
    }
  }

  /// The order by the venue's id where it is known, else by ours.
  @inline(__always)
  private mutating func addIdentity(_ request: VenueRequest, _ name: OrderName) {
    if request.venueOrderID != 0 {
      form.parameters.add("orderId", number: request.venueOrderID)
    } else {
      addClientOrderID("origClientOrderId", name)
    }
  }

  @inline(__always)
  private mutating func fillIdentified(
    _ request: VenueRequest, _ name: OrderName, _ timestamp: UInt64
  ) {
    addIdentity(request, name)
    form.parameters.add("recvWindow", number: receiveWindow)
    form.parameters.add("symbol", names.symbol(request.listing))
    form.parameters.add("timestamp", number: timestamp)
  }

  /// "Both quantity and price must be sent":
  /// https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/websocket-api/Modify-Order
  @inline(__always)
  private mutating func fillModification(
    _ request: VenueRequest, _ name: OrderName, _ timestamp: UInt64
  ) throws(RequestError) {
    guard request.type == .limit else { throw .orderType(request.type) }
    addIdentity(request, name)
    form.parameters.add(
      "price", units: request.price, decimals: names.priceDecimals(request.listing))
    form.parameters.add(
      "quantity", units: request.quantity, decimals: names.quantityDecimals(request.listing))
    form.parameters.add("recvWindow", number: receiveWindow)
    addSide(request.side)
    form.parameters.add("symbol", names.symbol(request.listing))
    form.parameters.add("timestamp", number: timestamp)
  }

  /// https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/websocket-api/New-Order
  ///
  /// - Parameter timestamp: nil for an order of a batch, which has one for all.
  @inline(__always)
  mutating func fillNewOrder(
    _ request: VenueRequest, _ name: OrderName, timestamp: UInt64?
  ) throws(RequestError) {
    let isLimit = request.type == .limit
    guard isLimit || request.type == .market else { throw .orderType(request.type) }
    let timeInForce = try Self.timeInForce(request)
    addClientOrderID("newClientOrderId", name)
    form.parameters.add("newOrderRespType", "RESULT")
    if isLimit {
      form.parameters.add(
        "price", units: request.price, decimals: names.priceDecimals(request.listing))
    }
    form.parameters.add(
      "quantity", units: request.quantity, decimals: names.quantityDecimals(request.listing))
    if timestamp != nil { form.parameters.add("recvWindow", number: receiveWindow) }
    if request.instructions.contains(.reduceOnly) { form.parameters.add("reduceOnly", "true") }
    addSide(request.side)
    form.parameters.add("symbol", names.symbol(request.listing))
    if isLimit { form.parameters.add("timeInForce", timeInForce) }
    if let timestamp { form.parameters.add("timestamp", number: timestamp) }
    form.parameters.add("type", isLimit ? "LIMIT" : "MARKET")
  }

  @inline(__always)
  private mutating func addSide(_ side: Side) {
    form.parameters.add("side", side == .buy ? "BUY" : "SELL")
  }

  /// `GTX` is "good till crossing": post only.
  private static func timeInForce(_ request: VenueRequest) throws(RequestError) -> StaticString {
    let others = request.instructions.subtracting([.postOnly, .reduceOnly])
    if !others.isEmpty { throw .instructions(others) }
    if request.instructions.contains(.postOnly) {
      guard request.type == .limit, request.timeInForce == .goodTillCancel else {
        throw .instructions(.postOnly)
      }
      return "GTX"
    }
    switch request.timeInForce {
    case .goodTillCancel: return "GTC"
    case .immediateOrCancel: return "IOC"
    case .fillOrKill: return "FOK"
    case .day, .goodTillDate: throw .timeInForce(request.timeInForce)
    }
  }

  /// Our id of an order, as `OrderName` has it. Number 0, which no order has, stands for a prefix that is
  /// a whole id (requests by hand).
  @inline(__always)
  private mutating func addClientOrderID(_ parameter: StaticString, _ name: OrderName) {
    let prefix = prefix
    form.parameters.write(parameter, isBare: false) { writer in
      writer.write(UnsafeRawBufferPointer(prefix))
      if name.orderID != 0 { name.write(&writer) }
    }
  }
}
