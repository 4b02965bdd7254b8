import Credentials
import TradingModel

/// Writes the requests of Bybit v5 in one category: whole HTTP/1.1 requests, their parts for a session's
/// outbox, or messages of its streams, in memory taken once. Order entry allocates nothing after `init`
/// and `add` (with an HMAC key; OpenSSL takes memory for an RSA signature).
///
/// REST signs timestamp, key, receive window and the query or body as they are sent
/// (https://bybit-exchange.github.io/docs/v5/guide); the streams sign `GET/realtime` and the time at which
/// the log-on expires, once a connection (https://bybit-exchange.github.io/docs/v5/ws/connect).
public struct BybitEncoder: ~Copyable {
  /// The longest client order id: `A-Z a-z 0-9 - _`.
  public static let clientOrderIDByteCountMax = 36
  /// Room for a payload, and for all that stands around it but key and host.
  private static let byteCountMax = ParameterList.spelledByteCountMax * 2 + 16_384
  /// Header lines without the key; the longest signature (RSA) has 2,732 bytes.
  private static let lineByteCountMax = 4_096

  public let category: BybitCategory
  let receiveWindow: UInt64
  private let signer: MessageSigner
  private let prefix: UnsafeMutableRawBufferPointer
  private let key: UnsafeMutableRawBufferPointer
  private let host: UnsafeMutableRawBufferPointer
  var names: ListingNames
  var parameters = ParameterList()
  /// Where messages, or HTTP requests, are written.
  private let room: UnsafeMutableRawPointer
  /// The query or body.
  private let payloadRoom: UnsafeMutableRawPointer
  /// What is signed, then the header lines.
  private let signingRoom: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - clientOrderIDPrefix: what every client order id begins with; of `A-Z a-z 0-9 - _`, at most 22,
  ///     so that an order's number still fits into the venue's 36.
  ///   - receiveWindow: milliseconds after its timestamp in which a request is still taken.
  ///   - host: for the `Host` header of REST requests.
  public init(
    _ category: BybitCategory, apiKey: String, signer: consuming MessageSigner,
    clientOrderIDPrefix: String, receiveWindow: UInt64, host: String, listingCapacity: Int
  ) {
    precondition(
      clientOrderIDPrefix.utf8.count <= Self.clientOrderIDByteCountMax,
      "client order ids have at most 36 bytes")
    self.category = category
    self.receiveWindow = receiveWindow
    self.signer = signer
    prefix = Self.kept(clientOrderIDPrefix)
    key = Self.kept(apiKey)
    self.host = Self.kept(host)
    names = ListingNames(capacity: listingCapacity)
    // A key is as long as it is; in JSON each of its bytes may take six.
    let keyByteCountMax = apiKey.utf8.count * 6
    room = .allocate(
      byteCount: Self.byteCountMax + keyByteCountMax + host.utf8.count, alignment: 64)
    payloadRoom = .allocate(byteCount: Self.byteCountMax, alignment: 64)
    signingRoom = .allocate(
      byteCount: Self.byteCountMax + Self.lineByteCountMax + keyByteCountMax, alignment: 64)
  }

  deinit {
    prefix.deallocate()
    key.deallocate()
    host.deallocate()
    room.deallocate()
    payloadRoom.deallocate()
    signingRoom.deallocate()
  }

  /// Makes a listing known under the venue's symbol for it.
  public mutating func add(_ listing: Listing, symbol: String) {
    names.add(listing, symbol: symbol)
  }

  private static func kept(_ text: String) -> UnsafeMutableRawBufferPointer {
    let bytes = Array(text.utf8)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    room.copyBytes(from: bytes)
    return UnsafeMutableRawBufferPointer(rebasing: room[..<bytes.count])
  }

  // MARK: Payloads

  /// The parameters at hand as the route wants them: a query, or a JSON body.
  mutating func payload(
    _ route: BybitRoute
  ) throws(RequestError) -> UnsafeRawBufferPointer {
    guard parameters.isComplete else { throw .tooLong }
    var writer = RequestWriter(at: payloadRoom)
    if route.method == .get {
      parameters.writePlain(&writer)
    } else {
      parameters.writeJSON(&writer)
    }
    return UnsafeRawBufferPointer(start: payloadRoom, count: writer.end - payloadRoom)
  }

  /// A JSON body that is no plain object.
  mutating func payload(text: String) throws(RequestError) -> UnsafeRawBufferPointer {
    let bytes = Array(text.utf8)
    guard bytes.count <= ParameterList.spelledByteCountMax else { throw .tooLong }
    payloadRoom.copyMemory(from: bytes, byteCount: bytes.count)
    return UnsafeRawBufferPointer(start: payloadRoom, count: bytes.count)
  }

  // MARK: REST

  /// Writes the header lines of a request: key, time, window and signature.
  private func headers(
    _ route: BybitRoute, _ payload: UnsafeRawBufferPointer, timestamp: UInt64
  ) -> UnsafeRawBufferPointer {
    // What is signed stands behind the lines.
    var writer = RequestWriter(at: signingRoom)
    if route.isSigned {
      var text = RequestWriter(at: signingRoom + (Self.lineByteCountMax + key.count))
      let start = text.end
      text.write(timestamp)
      text.write(UnsafeRawBufferPointer(key))
      text.write(receiveWindow)
      text.write(payload)
      writer.write("X-BAPI-API-KEY: ")
      writer.write(UnsafeRawBufferPointer(key))
      writer.write("\r\nX-BAPI-TIMESTAMP: ")
      writer.write(timestamp)
      writer.write("\r\nX-BAPI-RECV-WINDOW: ")
      writer.write(receiveWindow)
      writer.write("\r\nX-BAPI-SIGN: ")
      writer.end += sign(
        UnsafeRawBufferPointer(start: start, count: text.end - start), into: writer.end)
      writer.write("\r\n")
    }
    if route.method == .post { writer.write("Content-Type: application/json\r\n") }
    return UnsafeRawBufferPointer(start: signingRoom, count: writer.end - signingRoom)
  }

  private func sign(
    _ text: UnsafeRawBufferPointer, into place: UnsafeMutableRawPointer
  ) -> Int {
    signer.sign(text, as: signer.algorithm.isHMAC ? .hex : .base64, into: place)
  }

  /// The target of a request: its path, and the query of one that has no body.
  private func target(
    _ route: BybitRoute, _ payload: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    var writer = RequestWriter(at: room)
    writer.write(route.path)
    if route.method == .get, payload.count > 0 {
      writer.write(byte: UInt8(ascii: "?"))
      writer.write(payload)
    }
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  /// Puts the parameters at hand as a request over HTTP into `outbox`.
  mutating func send(
    _ route: BybitRoute, timestamp: UInt64, channel: Int, tag: UInt64,
    into outbox: inout SessionOutbox
  ) throws(RequestError) {
    let payload = try payload(route)
    outbox.request(
      channel, tag: tag, route.method, target: target(route, payload),
      headers: headers(route, payload, timestamp: timestamp),
      body: route.method == .post ? payload : .none)
  }

  /// A payload as a whole HTTP request; valid until the next one is written.
  mutating func http(
    _ route: BybitRoute, _ payload: UnsafeRawBufferPointer, timestamp: UInt64
  ) -> UnsafeRawBufferPointer {
    let lines = headers(route, payload, timestamp: timestamp)
    let targetCount = target(route, payload).count
    // The target stands at the room's start: it moves behind the method.
    let method = route.method.text
    let start = room + (method.utf8CodeUnitCount + 1)
    memmoveBytes(to: start, from: room, count: targetCount)
    var writer = RequestWriter(at: room)
    writer.write(method)
    writer.write(byte: UInt8(ascii: " "))
    writer.end += targetCount
    writer.write(" HTTP/1.1\r\nHost: ")
    writer.write(UnsafeRawBufferPointer(host))
    writer.write("\r\n")
    writer.write(lines)
    if route.method == .post {
      writer.write("Content-Length: ")
      writer.write(UInt64(payload.count))
      writer.write("\r\n")
    }
    writer.write("\r\n")
    if route.method == .post { writer.write(payload) }
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  private func memmoveBytes(
    to place: UnsafeMutableRawPointer, from start: UnsafeMutableRawPointer, count: Int
  ) {
    UnsafeMutableRawBufferPointer(start: place, count: count)
      .copyMemory(from: UnsafeRawBufferPointer(start: start, count: count))
  }

  // MARK: Streams

  /// A payload as a message of the trade stream.
  ///
  /// https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline
  ///
  /// - Parameter tag: comes back as `reqId`; the venue refuses one that it has seen.
  mutating func message(
    _ route: BybitRoute, _ payload: UnsafeRawBufferPointer, timestamp: UInt64, tag: UInt64
  ) -> UnsafeRawBufferPointer {
    var writer = RequestWriter(at: room)
    writer.write("{\"reqId\":\"")
    writer.write(tag)
    writer.write("\",\"header\":{\"X-BAPI-TIMESTAMP\":\"")
    writer.write(timestamp)
    writer.write("\",\"X-BAPI-RECV-WINDOW\":\"")
    writer.write(receiveWindow)
    writer.write("\"},\"op\":\"")
    writer.write(route.operation)
    writer.write("\",\"args\":[")
    writer.write(payload)
    writer.write("]}")
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  /// Logs a connection on.
  ///
  /// - Parameters:
  ///   - expires: milliseconds since the epoch; later than the venue's clock.
  ///   - isTrade: of the trade stream, which spells the number of a request in its own way.
  mutating func logOn(
    expires: UInt64, tag: UInt64, isTrade: Bool
  ) -> UnsafeRawBufferPointer {
    var text = RequestWriter(at: signingRoom)
    text.write("GET/realtime")
    text.write(expires)
    var writer = RequestWriter(at: room)
    if isTrade { writer.write("{\"reqId\":\"") } else { writer.write("{\"req_id\":\"") }
    writer.write(tag)
    writer.write("\",\"op\":\"auth\",\"args\":[\"")
    writer.write(jsonEscaped: UnsafeRawBufferPointer(key))
    writer.write("\",")
    writer.write(expires)
    writer.write(",\"")
    writer.end += sign(
      UnsafeRawBufferPointer(start: signingRoom, count: text.end - signingRoom), into: writer.end)
    writer.write("\"]}")
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  /// Subscribes to the account's own events of the private stream.
  mutating func subscription(tag: UInt64) -> UnsafeRawBufferPointer {
    var writer = RequestWriter(at: room)
    writer.write("{\"req_id\":\"")
    writer.write(tag)
    writer.write("\",\"op\":\"subscribe\",\"args\":[\"order\",\"execution\",\"wallet\"")
    if category == .linear { writer.write(",\"position\"") }
    writer.write("]}")
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  /// Counts the private stream among those without which the venue cancels the category's orders; or no
  /// more.
  ///
  /// https://bybit-exchange.github.io/docs/v5/websocket/private/dcp
  mutating func protection(isOn: Bool, tag: UInt64) -> UnsafeRawBufferPointer {
    var writer = RequestWriter(at: room)
    writer.write("{\"req_id\":\"")
    writer.write(tag)
    if isOn {
      writer.write("\",\"op\":\"subscribe\",\"args\":[\"")
    } else {
      writer.write("\",\"op\":\"unsubscribe\",\"args\":[\"")
    }
    if category == .spot { writer.write("dcp.spot") } else { writer.write("dcp.future") }
    writer.write("\"]}")
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  // MARK: Parameters

  mutating func addCategory() {
    parameters.add("category", category.text)
  }

  /// Our id of an order, as the venue keeps it: the run's prefix, then the number in base 36, then what
  /// tells a later form of it apart (`OrderName`). Number 0, which no order has, stands for a prefix that
  /// is a whole id (requests by hand).
  @inline(__always)
  mutating func addClientOrderID(_ name: OrderName) {
    let prefix = prefix
    parameters.write("orderLinkId", isBare: false) { writer in
      writer.write(UnsafeRawBufferPointer(prefix))
      if name.orderID != 0 { name.write(&writer) }
    }
  }
}
