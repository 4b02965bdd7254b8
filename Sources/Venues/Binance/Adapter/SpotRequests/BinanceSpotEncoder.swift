import Credentials
import TradingModel

/// Writes the requests of Binance spot: whole HTTP/1.1 requests, or messages of the WebSocket API, in
/// memory taken once. Order entry allocates nothing after `init` and `add`.
///
/// Parameters are written sorted by name, as the WebSocket API signs them
/// (developers.binance.com/docs/binance-spot-api-docs/websocket-api/request-security), and the same
/// way over REST, which takes any order.
public struct BinanceSpotEncoder: ~Copyable {
  /// Room for the longest request: parameters, their signature, path and headers.
  private static let byteCountMax = ParameterList.spelledByteCountMax * 2 + 16_384

  let apiKey: String
  let receiveWindow: UInt64
  private let signer: MessageSigner
  private let prefix: UnsafeMutableRawBufferPointer
  private let key: UnsafeMutableRawBufferPointer
  private let headers: UnsafeMutableRawBufferPointer
  var names: ListingNames
  var parameters = ParameterList()
  private let room: UnsafeMutableRawPointer
  private let signingRoom: UnsafeMutableRawPointer

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
    self.apiKey = apiKey
    self.receiveWindow = receiveWindow
    self.signer = signer
    prefix = Self.kept(clientOrderIDPrefix)
    key = Self.kept(apiKey)
    headers = Self.kept(" HTTP/1.1\r\nHost: \(host)\r\n")
    names = ListingNames(capacity: listingCapacity)
    room = .allocate(byteCount: Self.byteCountMax, alignment: 64)
    signingRoom = .allocate(byteCount: ParameterList.spelledByteCountMax, alignment: 64)
  }

  deinit {
    prefix.deallocate()
    key.deallocate()
    headers.deallocate()
    room.deallocate()
    signingRoom.deallocate()
  }

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
    return try http(route)
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
    return try message(route, id: id, isSigned: !isLoggedOn)
  }

  /// What a request costs of the venue's limits.
  public static func cost(of request: VenueRequest) -> RequestCost {
    switch request.kind {
    case .newOrder: BinanceSpotRoute.place.cost
    case .replace: BinanceSpotRoute.amend.cost
    case .cancel: BinanceSpotRoute.cancel.cost
    case .queryOrder: BinanceSpotRoute.query.cost
    case .querySnapshot:
      request.listing == .max
        ? BinanceSpotRoute.allOpenOrders.cost : BinanceSpotRoute.openOrders.cost
    }
  }

  // MARK: Spelling

  /// The parameters at hand as an HTTP request.
  mutating func http(
    _ route: BinanceSpotRoute
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    guard parameters.isComplete else { throw .tooLong }
    var writer = RequestWriter(at: room)
    writer.write(route.method)
    writer.write(byte: UInt8(ascii: " "))
    writer.write(route.path)
    if parameters.count > 0 { writer.write(byte: UInt8(ascii: "?")) }
    let start = writer.end
    parameters.writeQuery(&writer)
    if route.security == .signed {
      let text = UnsafeRawBufferPointer(start: start, count: writer.end - start)
      writer.write("&signature=")
      let spelling: SignatureText = signer.algorithm.isHMAC ? .hex : .percentEncodedBase64
      writer.end += signer.sign(text, as: spelling, into: writer.end)
    }
    writer.write(UnsafeRawBufferPointer(headers))
    if route.security != .none {
      writer.write("X-MBX-APIKEY: ")
      writer.write(UnsafeRawBufferPointer(key))
      writer.write("\r\n")
    }
    if (route.method.utf8Start)[0] == UInt8(ascii: "P") { writer.write("Content-Length: 0\r\n") }
    writer.write("\r\n")
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  /// The parameters at hand as a message of the WebSocket API.
  mutating func message(
    _ route: BinanceSpotRoute, id: UInt64, isSigned: Bool
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    if isSigned && route.security == .signed {
      var text = RequestWriter(at: signingRoom)
      parameters.writePlain(&text)
      let signed = UnsafeRawBufferPointer(start: signingRoom, count: text.end - signingRoom)
      // The signature is spelled in this message's room, whose content it is not yet.
      let spelling: SignatureText = signer.algorithm.isHMAC ? .hex : .base64
      let count = signer.sign(signed, as: spelling, into: room)
      parameters.add("signature", UnsafeRawBufferPointer(start: room, count: count))
    }
    guard parameters.isComplete else { throw .tooLong }
    var writer = RequestWriter(at: room)
    writer.write("{\"id\":\"")
    writer.write(id)
    writer.write("\",\"method\":\"")
    writer.write(route.webSocketMethod)
    writer.write("\"")
    if parameters.count > 0 {
      writer.write(",\"params\":")
      parameters.writeJSON(&writer)
    }
    writer.write("}")
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  // MARK: Parameters

  /// The key, as a parameter of the WebSocket API.
  mutating func addKey() { parameters.add("apiKey", UnsafeRawBufferPointer(key)) }

  /// Our id of an order, as the venue keeps it: the run's prefix, then what `OrderName` says. Number 0,
  /// which no order has, stands for a prefix that is a whole id (requests by hand).
  @inline(__always)
  mutating func addClientOrderID(_ parameter: StaticString, _ name: OrderName) {
    let prefix = prefix
    parameters.write(parameter, isBare: false) { writer in
      writer.write(UnsafeRawBufferPointer(prefix))
      if name.orderID != 0 { name.write(&writer) }
    }
  }

  private static func kept(_ text: String) -> UnsafeMutableRawBufferPointer {
    let bytes = Array(text.utf8)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    room.copyBytes(from: bytes)
    return UnsafeMutableRawBufferPointer(rebasing: room[..<bytes.count])
  }
}
