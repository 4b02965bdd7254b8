/// Where a venue is, as its documentation gives it: `wss://host:port/path?query` and the like
/// (RFC 3986, section 3; RFC 6455, section 3).
///
/// A value that exists may be used: plain text (`ws`, `http`) is only for this machine itself.
public struct Endpoint: Hashable, Sendable {
  /// What is spoken.
  public enum Scheme: String, Sendable, CaseIterable {
    case wss, https, ws, http

    /// Whether bytes go through TLS.
    public var isSecure: Bool { self == .wss || self == .https }
    /// Whether it begins with a WebSocket handshake.
    public var isWebSocket: Bool { self == .wss || self == .ws }
    /// The port where the text names none.
    public var standardPort: UInt16 { isSecure ? 443 : 80 }
  }

  /// What is spoken.
  public let scheme: Scheme
  /// A name in lower case, or a numeric address without brackets.
  public let host: String
  /// 1 to 65,535.
  public let port: UInt16
  /// Path and query, from "/" on.
  public let target: String

  /// Reads `text`.
  ///
  /// - Throws: `.malformed`; `.plainText` for `ws` and `http` to another machine.
  public init(_ text: String) throws(EndpointError) {
    var reader = EndpointReader(text)
    scheme = try reader.scheme()
    host = try reader.host()
    port = try reader.port() ?? scheme.standardPort
    target = try reader.target()
    if !scheme.isSecure, !Self.isLoopback(host) { throw .plainText(url: text, host: host) }
  }

  /// Host, and port where it is not the scheme's own: the Host field of a request.
  public var authority: String {
    let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return port == scheme.standardPort ? name : "\(name):\(port)"
  }

  /// Whether `host` is this machine and nothing else: 127.0.0.0/8, ::1 or localhost (RFC 6761,
  /// section 6.3).
  public static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" { return true }
    return SocketAddress(host, port: 1)?.isLoopback ?? false
  }
}

extension Endpoint: CustomStringConvertible {
  /// The text it could be read from.
  public var description: String { "\(scheme.rawValue)://\(authority)\(target)" }
}

/// Why text is no endpoint.
public enum EndpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `expected` is not at `byteOffset`.
  case malformed(url: String, expected: String, byteOffset: Int)
  /// Plain text, to another machine than this.
  case plainText(url: String, host: String)

  /// What, where, what was expected, in one line.
  public var description: String {
    switch self {
    case .malformed(let url, let expected, let offset):
      "'\(url)' at byte \(offset): \(expected) was expected"
    case .plainText(let url, let host):
      "'\(url)': '\(host)' is another machine, to which only wss and https are allowed"
    }
  }
}

/// Takes the parts of an endpoint's text one after the other.
private struct EndpointReader {
  let text: String
  let bytes: [UInt8]
  var place = 0

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  mutating func scheme() throws(EndpointError) -> Endpoint.Scheme {
    for scheme in Endpoint.Scheme.allCases {
      let start = Array("\(scheme.rawValue)://".utf8)
      guard bytes.prefix(start.count).map(\.lowercased) == start else { continue }
      place = start.count
      return scheme
    }
    throw malformed("wss://, https://, ws:// or http://")
  }

  mutating func host() throws(EndpointError) -> String {
    let start = place
    if place < bytes.count, bytes[place] == UInt8(ascii: "[") {
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "]")) else {
        throw malformed("an IPv6 address in brackets")
      }
      let host = String(decoding: bytes[start + 1..<end].map(\.lowercased), as: UTF8.self)
      guard NumericAddress.isIPv6(host) else { throw malformed("an IPv6 address in brackets") }
      place = end + 1
      return host
    }
    while place < bytes.count, bytes[place].isHostCharacter { place += 1 }
    let host = String(decoding: bytes[start..<place].map(\.lowercased), as: UTF8.self)
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard !host.isEmpty, host.utf8.count <= 253,
      labels.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 63 })
    else {
      place = start
      throw malformed("a host name")
    }
    // Resolvers take "127.1" and the like for addresses; we take four numbers and nothing else.
    if labels.last!.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), !NumericAddress.isIPv4(host) {
      place = start
      throw malformed("an IPv4 address of four numbers")
    }
    return host
  }

  mutating func port() throws(EndpointError) -> UInt16? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { return nil }
    place += 1
    let start = place
    while place < bytes.count, bytes[place] >= 0x30, bytes[place] <= 0x39 { place += 1 }
    guard let port = UInt16(String(decoding: bytes[start..<place], as: UTF8.self)), port > 0 else {
      place = start
      throw malformed("a port from 1 to 65535")
    }
    return port
  }

  mutating func target() throws(EndpointError) -> String {
    let start = place
    guard place < bytes.count else { return "/" }
    let first = bytes[place]
    guard first == UInt8(ascii: "/") || first == UInt8(ascii: "?") else {
      throw malformed("':' with a port, '/' or '?'")
    }
    while place < bytes.count {
      // A fragment is never sent (RFC 6455, section 3), so that one here is a mistake.
      guard bytes[place] > 32, bytes[place] < 127, bytes[place] != UInt8(ascii: "#") else {
        throw malformed("a printable ASCII character other than '#'")
      }
      place += 1
    }
    let rest = String(decoding: bytes[start...], as: UTF8.self)
    return first == UInt8(ascii: "/") ? rest : "/" + rest
  }

  private func malformed(_ expected: String) -> EndpointError {
    .malformed(url: text, expected: expected, byteOffset: place)
  }
}

extension UInt8 {
  /// Letters, digits, hyphen, dot, and the underscore that some names have.
  fileprivate var isHostCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
