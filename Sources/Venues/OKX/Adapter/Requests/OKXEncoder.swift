import Credentials
import TradingModel

/// A request over REST, in the encoder's memory: valid until the next one is written.
struct OKXRestRequest {
  var method: RequestMethod
  /// Path and query.
  var target: UnsafeRawBufferPointer
  /// Whole lines.
  var headers: UnsafeRawBufferPointer
  var body: UnsafeRawBufferPointer
}

/// Writes the requests of OKX v5: operations of the private WebSocket connection, and signed requests over
/// REST, in memory taken once. Order entry over the connection allocates nothing after `init` and `add`.
///
/// https://www.okx.com/docs-v5/en/#overview-rest-authentication: the signature is the base64 text of the
/// HMAC-SHA256 of timestamp, method, path with query, and body. Orders over the connection are not
/// signed: it was logged in.
struct OKXEncoder: ~Copyable {
  /// The most bytes of a client order id.
  static let clientOrderIDByteCountMax = 32
  /// Orders of one batch.
  static let batchCountMax = 20
  private static let bodyByteCountMax =
    (ParameterList.spelledByteCountMax + 8) * batchCountMax + 256
  private static let headersByteCountMax = 2_048

  let apiKey: String
  private let signer: MessageSigner
  private let passphrase: SecretBytes?
  private let isDemo: Bool
  private let prefix: UnsafeMutableRawBufferPointer
  var names: ListingNames
  /// By listing: the venue's number of the instrument, 0 while it is not known, and whether it is a swap.
  private let codes: UnsafeMutablePointer<UInt64>
  private let swaps: UnsafeMutablePointer<Bool>
  var parameters = ParameterList()
  private let target: UnsafeMutableRawPointer
  private let headers: UnsafeMutableRawPointer
  /// Where bodies, and messages over the connection, are written.
  let body: UnsafeMutableRawPointer
  private let signed: UnsafeMutableRawPointer
  /// The batch that is being written, and how many orders it has.
  var batch: RequestWriter
  var batchCount = 0

  /// - Parameters:
  ///   - clientOrderIDPrefix: what every client order id begins with; made of letters and digits, as
  ///     `OKX.clientOrderIDPrefix` gives it.
  ///   - isDemo: marks requests over REST as meant for demo trading.
  init(
    apiKey: String, passphrase: SecretBytes?, signer: consuming MessageSigner,
    clientOrderIDPrefix: String, isDemo: Bool, listingCapacity: Int
  ) {
    self.apiKey = apiKey
    self.passphrase = passphrase
    self.signer = signer
    self.isDemo = isDemo
    let bytes = Array(OKX.clientOrderIDPrefix(clientOrderIDPrefix).utf8)
    precondition(bytes.count <= Self.clientOrderIDByteCountMax, "ids have at most 32 bytes")
    prefix = .allocate(byteCount: bytes.count, alignment: 8)
    prefix.copyBytes(from: bytes)
    names = ListingNames(capacity: listingCapacity)
    codes = .allocate(capacity: max(1, listingCapacity))
    codes.initialize(repeating: 0, count: max(1, listingCapacity))
    swaps = .allocate(capacity: max(1, listingCapacity))
    swaps.initialize(repeating: false, count: max(1, listingCapacity))
    target = .allocate(byteCount: ParameterList.spelledByteCountMax + 256, alignment: 64)
    headers = .allocate(byteCount: Self.headersByteCountMax, alignment: 64)
    body = .allocate(byteCount: Self.bodyByteCountMax, alignment: 64)
    batch = RequestWriter(at: body)
    signed = .allocate(
      byteCount: ParameterList.spelledByteCountMax + Self.bodyByteCountMax + 512, alignment: 64)
  }

  deinit {
    prefix.deallocate()
    codes.deallocate()
    swaps.deallocate()
    target.deallocate()
    headers.deallocate()
    body.deallocate()
    signed.deallocate()
  }

  /// Makes a listing known under the venue's instrument id for it.
  mutating func add(_ listing: Listing, symbol: String) {
    names.add(listing, symbol: symbol)
    swaps[Int(listing.index)] = OKX.isSwap(symbol)
  }

  /// Takes over the venue's number of an instrument.
  mutating func setCode(_ listing: ListingIndex, _ code: UInt64) {
    guard names.isKnown(listing) else { return }
    codes[Int(listing)] = code
  }

  func isSwap(_ listing: ListingIndex) -> Bool { swaps[Int(listing)] }
  func code(_ listing: ListingIndex) -> UInt64 { codes[Int(listing)] }

  /// Our id of an order. Number 0, which no order has, stands for a prefix that is a whole id (requests by
  /// hand).
  @inline(__always)
  mutating func addClientOrderID(_ id: OrderID) {
    let prefix = prefix
    parameters.write("clOrdId", isBare: false) { writer in
      writer.write(UnsafeRawBufferPointer(prefix))
      if id != 0 { writer.write(base36: id) }
    }
  }

  // MARK: Over the WebSocket connection

  /// Writes an order request as an operation.
  ///
  /// - Parameters:
  ///   - id: comes back with the answer.
  ///   - deadline: ns since the epoch, after which the venue refuses a new order or a change; nil for
  ///     none.
  mutating func operation(
    _ request: VenueRequest, id: UInt64, deadline: Timestamp?
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    let route = try fill(request, isOperation: true)
    guard parameters.isComplete else { throw .tooLong }
    var writer = RequestWriter(at: body)
    writer.write("{\"id\":\"")
    writer.write(id)
    writer.write("\",\"op\":\"")
    writer.write(route.operation)
    if let deadline, request.kind != .cancel {
      writer.write("\",\"expTime\":\"")
      writer.write(UInt64(max(0, deadline / 1_000_000)))
    }
    writer.write("\",\"args\":[")
    parameters.writeJSON(&writer)
    writer.write("]}")
    return written(body, writer)
  }

  /// Writes the log-in of a connection.
  ///
  /// https://www.okx.com/docs-v5/en/#overview-websocket-login
  /// - Parameter time: ns since the epoch; the venue takes it for 30 seconds.
  mutating func logOn(at time: Timestamp) throws(RequestError) -> UnsafeRawBufferPointer {
    let seconds = UInt64(max(0, time / 1_000_000_000))
    var text = RequestWriter(at: signed)
    text.write(seconds)
    text.write("GET/users/self/verify")
    parameters.removeAll()
    parameters.add("apiKey", text: apiKey)
    addPassphrase()
    parameters.write("timestamp", isBare: false) { $0.write(seconds) }
    // The signature is spelled in this message's room, whose content it is not yet.
    let count = signer.sign(written(signed, text), as: .base64, into: body)
    parameters.add("sign", UnsafeRawBufferPointer(start: body, count: count))
    guard parameters.isComplete else { throw .tooLong }
    var writer = RequestWriter(at: body)
    writer.write("{\"op\":\"login\",\"args\":[")
    parameters.writeJSON(&writer)
    writer.write("]}")
    return written(body, writer)
  }

  private mutating func addPassphrase() {
    guard let passphrase else { return }
    // No closure with errors of its own: what it adds is checked by the list.
    passphrase.withBytes { bytes in
      parameters.add("passphrase", bytes)
    }
  }

  // MARK: Over REST

  /// Writes an order request.
  mutating func rest(
    _ request: VenueRequest, at time: Timestamp
  ) throws(RequestError) -> OKXRestRequest {
    try rest(try fill(request, isOperation: false), at: time)
  }

  /// The parameters at hand as a request.
  mutating func rest(_ route: OKXRoute, at time: Timestamp) throws(RequestError) -> OKXRestRequest {
    guard parameters.isComplete else { throw .tooLong }
    var writer = RequestWriter(at: body)
    if route.method == .post { parameters.writeJSON(&writer) }
    return finish(route, body: written(body, writer), at: time)
  }

  /// A request with a body that was put together elsewhere: batches.
  mutating func rest(
    _ route: OKXRoute, body: UnsafeRawBufferPointer, at time: Timestamp
  ) -> OKXRestRequest {
    parameters.removeAll()
    return finish(route, body: body, at: time)
  }

  private mutating func finish(
    _ route: OKXRoute, body: UnsafeRawBufferPointer, at time: Timestamp
  ) -> OKXRestRequest {
    var path = RequestWriter(at: target)
    path.write(route.path)
    if route.method == .get, parameters.count > 0 {
      path.write("?")
      parameters.writeQuery(&path)
    }
    let target = written(target, path)
    return OKXRestRequest(
      method: route.method, target: target, headers: headerLines(route, target, body, time),
      body: body)
  }

  /// Writes the headers of a request: key, signature, moment and passphrase where it is signed.
  mutating func headerLines(
    _ route: OKXRoute, _ target: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer,
    _ time: Timestamp
  ) -> UnsafeRawBufferPointer {
    var writer = RequestWriter(at: headers)
    if route.isSigned {
      var text = RequestWriter(at: signed)
      OKXTimeText.write(time, &text)
      text.write(route.method.text)
      text.write(target)
      text.write(body)
      writer.write("OK-ACCESS-KEY: ")
      var key = apiKey
      key.withUTF8 { writer.write(UnsafeRawBufferPointer($0)) }
      writer.write("\r\nOK-ACCESS-SIGN: ")
      writer.end += signer.sign(written(signed, text), as: .base64, into: writer.end)
      writer.write("\r\nOK-ACCESS-TIMESTAMP: ")
      OKXTimeText.write(time, &writer)
      writer.write("\r\nOK-ACCESS-PASSPHRASE: ")
      if let passphrase { passphrase.withBytes { writer.write($0) } }
      writer.write("\r\n")
    }
    if route.method == .post { writer.write("Content-Type: application/json\r\n") }
    if isDemo { writer.write("x-simulated-trading: 1\r\n") }
    return written(headers, writer)
  }

  func written(
    _ start: UnsafeMutableRawPointer, _ writer: RequestWriter
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: writer.end - start)
  }
}
