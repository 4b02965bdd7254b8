import COpenSSL
import LowLatency

/// What a WebSocket connection asks for.
public struct WebSocketRequest: Hashable, Sendable {
  /// The Host field: host, and port where it is not the scheme's own.
  public var host: String
  /// Path and query, from "/" on.
  public var target: String
  /// Subprotocols offered, best first; none as a rule.
  public var subprotocols: [String]
  /// Whether permessage-deflate (RFC 7692) is offered.
  public var offersCompression: Bool
  /// Further fields: names and values.
  public var fields: [Field]

  /// A field of the request beyond those of the protocol.
  public typealias Field = HTTPField

  public init(
    host: String, target: String = "/", subprotocols: [String] = [],
    offersCompression: Bool = false, fields: [Field] = []
  ) {
    self.host = host
    self.target = target
    self.subprotocols = subprotocols
    self.offersCompression = offersCompression
    self.fields = fields
  }
}

/// What server and client agreed on (RFC 6455, section 4; RFC 7692, section 7.1).
struct WebSocketAgreement: Equatable {
  var subprotocol: String?
  var isCompressed = false
  /// The server starts each message with an empty window.
  var serverForgets = false
}

/// The client's opening handshake (RFC 6455, section 4.1).
struct WebSocketHandshake {
  let request: WebSocketRequest
  let key: String

  init(_ request: WebSocketRequest, nonce: [UInt8]) {
    self.request = request
    key = Self.base64(nonce)
  }

  /// The request's bytes.
  ///
  /// - Throws: `.badRequest` for what could add lines or fields of its own.
  func text() throws(WebSocketError) -> String {
    try check("host", request.host, allowsSpace: false)
    try check("target", request.target, allowsSpace: false)
    var lines = [
      "GET \(request.target) HTTP/1.1", "Host: \(request.host)", "Upgrade: websocket",
      "Connection: Upgrade", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
    ]
    if request.offersCompression { lines.append("Sec-WebSocket-Extensions: permessage-deflate") }
    if !request.subprotocols.isEmpty {
      for name in request.subprotocols { try check("subprotocol", name, allowsSpace: false) }
      lines.append("Sec-WebSocket-Protocol: " + request.subprotocols.joined(separator: ", "))
    }
    for field in request.fields {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy({ $0.isTokenCharacter }) else {
        throw .badRequest(field: field.name, reason: "is no field name")
      }
      try check(field.name, field.value, allowsSpace: true)
      lines.append("\(field.name): \(field.value)")
    }
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// What the server's answer agrees to.
  ///
  /// - Throws: `.refused`, `.handshake`.
  func agreement(_ head: borrowing HTTPHead, _ bytes: UnsafeRawBufferPointer) throws(WebSocketError)
    -> WebSocketAgreement
  {
    guard head.status == 101 else { throw .refused(status: head.status) }
    func text(_ name: StaticString) -> String {
      head.value(name, in: bytes).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    guard head.lists("websocket", in: "upgrade", of: bytes) else {
      throw .handshake(field: "Upgrade", expected: "websocket", found: text("upgrade"))
    }
    guard head.lists("upgrade", in: "connection", of: bytes) else {
      throw .handshake(field: "Connection", expected: "Upgrade", found: text("connection"))
    }
    let accept = Self.accept(key: key)
    guard text("sec-websocket-accept") == accept else {
      throw .handshake(
        field: "Sec-WebSocket-Accept", expected: accept, found: text("sec-websocket-accept"))
    }
    var agreement = try extensions(text("sec-websocket-extensions"))
    if let chosen = head.value("sec-websocket-protocol", in: bytes) {
      let name = String(decoding: chosen, as: UTF8.self)
      guard request.subprotocols.contains(name) else {
        throw .handshake(
          field: "Sec-WebSocket-Protocol", expected: "one that was offered", found: name)
      }
      agreement.subprotocol = name
    }
    return agreement
  }

  /// SHA-1 of key and the protocol's own UUID, in Base64 (RFC 6455, section 4.2.2, item 5.4).
  static func accept(key: String) -> String {
    let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: 20)
    SHA1(text, text.count, &digest)
    return base64(digest)
  }

  static func base64(_ bytes: [UInt8]) -> String {
    // EVP_EncodeBlock ends its text with a zero.
    var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
    return String(decoding: text.dropLast(), as: UTF8.self)
  }

  /// What the server chose of the one extension there is. Every window size up to 32 KiB is read,
  /// and nothing we send is compressed, so the sizes need no memory.
  private func extensions(_ text: String) throws(WebSocketError) -> WebSocketAgreement {
    var agreement = WebSocketAgreement()
    if text.isEmpty { return agreement }
    let parts = text.split(separator: ";").map { part in
      String(part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }).lowercased()
    }
    func refusal(_ expected: String) -> WebSocketError {
      .handshake(field: "Sec-WebSocket-Extensions", expected: expected, found: text)
    }
    guard request.offersCompression, parts.first == "permessage-deflate" else {
      throw refusal("only what was offered")
    }
    agreement.isCompressed = true
    var seen: Set<String> = []
    for part in parts.dropFirst() {
      guard seen.insert(String(part.prefix { $0 != "=" })).inserted else {
        throw refusal("each parameter once")
      }
      switch part {
      case "server_no_context_takeover": agreement.serverForgets = true
      case "client_no_context_takeover": break
      default:
        guard part.hasPrefix("server_max_window_bits="), let bits = Int(part.dropFirst(23)),
          (8...15).contains(bits)
        else { throw refusal("a parameter that answers the offer (RFC 7692, section 7.1)") }
      }
    }
    return agreement
  }

  private func check(_ field: String, _ value: String, allowsSpace: Bool) throws(WebSocketError) {
    let least: UInt8 = allowsSpace ? 32 : 33
    guard allowsSpace || !value.isEmpty, value.utf8.allSatisfy({ $0 >= least && $0 != 127 }) else {
      throw .badRequest(field: field, reason: "is empty or holds a control character or space")
    }
  }
}
