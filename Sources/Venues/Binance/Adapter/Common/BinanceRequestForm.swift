import Credentials
import TradingModel

/// Spells and signs the requests of Binance, whatever the product: whole HTTP/1.1 requests, the targets
/// of requests, and messages of the WebSocket API. Memory is taken once.
///
/// Whoever fills `parameters` adds them sorted by name, as the WebSocket API signs them
/// (developers.binance.com/docs/derivatives/usds-margined-futures/websocket-api-general-info); REST
/// takes any order.
struct BinanceRequestForm: ~Copyable {
  /// Room for the longest request: parameters, their signature, path and headers.
  private static let byteCountMax = ParameterList.spelledByteCountMax * 2 + 16_384

  var parameters = ParameterList()
  private let signer: MessageSigner
  private let key: UnsafeMutableRawBufferPointer
  private let headers: UnsafeMutableRawBufferPointer
  private let room: UnsafeMutableRawPointer
  private let signingRoom: UnsafeMutableRawPointer

  /// - Parameter host: for the `Host` header of whole requests.
  init(apiKey: String, signer: consuming MessageSigner, host: String) {
    self.signer = signer
    key = Self.kept(apiKey)
    headers = Self.kept(" HTTP/1.1\r\nHost: \(host)\r\n")
    room = .allocate(byteCount: Self.byteCountMax, alignment: 64)
    signingRoom = .allocate(byteCount: ParameterList.spelledByteCountMax, alignment: 64)
  }

  deinit {
    key.deallocate()
    headers.deallocate()
    room.deallocate()
    signingRoom.deallocate()
  }

  /// The key, as a parameter of the WebSocket API.
  @inline(__always)
  mutating func addKey() { parameters.add("apiKey", UnsafeRawBufferPointer(key)) }

  /// The parameters at hand as a whole HTTP request; valid until the next one.
  mutating func http(_ route: BinanceRoute) throws(RequestError) -> UnsafeRawBufferPointer {
    var writer = RequestWriter(at: room)
    writer.write(route.method.text)
    writer.write(byte: UInt8(ascii: " "))
    try writeTarget(route, &writer)
    writer.write(UnsafeRawBufferPointer(headers))
    if route.security != .none {
      writer.write("X-MBX-APIKEY: ")
      writer.write(UnsafeRawBufferPointer(key))
      writer.write("\r\n")
    }
    if route.method == .post || route.method == .put { writer.write("Content-Length: 0\r\n") }
    writer.write("\r\n")
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  /// The parameters at hand as path and query; valid until the next request. The key goes into a header.
  mutating func target(_ route: BinanceRoute) throws(RequestError) -> UnsafeRawBufferPointer {
    var writer = RequestWriter(at: room)
    try writeTarget(route, &writer)
    return UnsafeRawBufferPointer(start: room, count: writer.end - room)
  }

  private func writeTarget(
    _ route: BinanceRoute, _ writer: inout RequestWriter
  ) throws(RequestError) {
    guard parameters.isComplete else { throw .tooLong }
    writer.write(route.path)
    if parameters.count > 0 { writer.write(byte: UInt8(ascii: "?")) }
    let start = writer.end
    parameters.writeQuery(&writer)
    guard route.security == .signed else { return }
    let text = UnsafeRawBufferPointer(start: start, count: writer.end - start)
    writer.write("&signature=")
    let spelling: SignatureText = signer.algorithm.isHMAC ? .hex : .percentEncodedBase64
    writer.end += signer.sign(text, as: spelling, into: writer.end)
  }

  /// The parameters at hand as a message of the WebSocket API; valid until the next request.
  ///
  /// - Parameters:
  ///   - id: comes back in the response.
  ///   - isSigned: false where the connection is logged on.
  mutating func message(
    _ route: BinanceRoute, id: UInt64, isSigned: Bool
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

  /// Checks a whole client order id by the venue's rule, `^[\.A-Z\:/a-z0-9_-]{1,36}$`
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api, and the text
  /// of spot's error -1100).
  static func check(clientOrderID: String) throws(RequestError) {
    let isGood = clientOrderID.utf8.allSatisfy { byte in
      byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
        || [".", ":", "/", "_", "-"].contains { UInt8(ascii: $0) == byte }
    }
    guard isGood, (1...36).contains(clientOrderID.utf8.count) else {
      throw .unsuitable(
        "client-order-id", reason: "1 to 36 letters, digits and of '.', ':', '/', '_', '-'")
    }
  }

  /// A copy of a text that lives as long as its owner.
  static func kept(_ text: String) -> UnsafeMutableRawBufferPointer {
    let bytes = Array(text.utf8)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    room.copyBytes(from: bytes)
    return UnsafeMutableRawBufferPointer(rebasing: room[..<bytes.count])
  }
}
