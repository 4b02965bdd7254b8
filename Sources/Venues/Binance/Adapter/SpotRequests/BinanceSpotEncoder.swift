import Credentials
import TradingModel

/// Writes the requests of Binance spot: whole HTTP/1.1 requests, or messages of the WebSocket API, in
/// memory taken once. Order entry allocates nothing after `init` and `add`.
///
/// Parameters are written sorted by name, as the WebSocket API signs them
/// (developers.binance.com/docs/binance-spot-api-docs/websocket-api/request-security), and the same
/// way over REST, which takes any order.
public struct BinanceSpotEncoder: ~Copyable {
  let receiveWindow: UInt64
  private let prefix: UnsafeMutableRawBufferPointer
  var names: ListingNames
  var form: BinanceRequestForm

  /// - Parameters:
  ///   - clientOrderIDPrefix: what every client order id begins with; of `A-Z a-z 0-9 . : / _ -`, at
  ///     most 22, so that an order's number still fits into the venue's 36.
  ///   - receiveWindow: milliseconds after its timestamp in which a request is still taken, up to
  ///     60,000.
  ///   - host: for the `Host` header of REST requests.
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

  // MARK: Orders

  /// Writes an order request for REST.
  ///
  /// - Parameter timestamp: milliseconds since the epoch.
  /// - Returns: the whole HTTP request; valid until the next request is written.
  public mutating func rest(
    _ request: VenueRequest, timestamp: UInt64
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    let name = OrderName(orderID: request.orderID)
    let route = try fill(request, name, timestamp: timestamp, hasKey: false)
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

  /// The same for an order that the venue knows under `name`.
  mutating func webSocket(
    _ request: VenueRequest, _ name: OrderName, timestamp: UInt64, id: UInt64, isLoggedOn: Bool
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    let route = try fill(request, name, timestamp: timestamp, hasKey: !isLoggedOn)
    return try form.message(route, id: id, isSigned: !isLoggedOn)
  }

  /// What a request costs of the venue's limits.
  public static func cost(of request: VenueRequest) -> RequestCost {
    switch request.kind {
    case .newOrder: BinanceRoute.Spot.place.cost
    case .replace: BinanceRoute.Spot.amend.cost
    case .cancel: BinanceRoute.Spot.cancel.cost
    case .queryOrder: BinanceRoute.Spot.query.cost
    case .querySnapshot:
      request.listing == .max
        ? BinanceRoute.Spot.allOpenOrders.cost : BinanceRoute.Spot.openOrders.cost
    }
  }

  // MARK: Parameters

  /// Our id of an order, as the venue keeps it: the run's prefix, then what `OrderName` says. Number 0,
  /// which no order has, stands for a prefix that is a whole id (requests by hand).
  @inline(__always)
  mutating func addClientOrderID(_ parameter: StaticString, _ name: OrderName) {
    let prefix = prefix
    form.parameters.write(parameter, isBare: false) { writer in
      writer.write(UnsafeRawBufferPointer(prefix))
      if name.orderID != 0 { name.write(&writer) }
    }
  }
}
