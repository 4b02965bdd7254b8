/// Why bytes are no request that we serve; the connection is answered so and closed.
enum HTTPRefusal: Int, Error {
  case badRequest = 400
  case contentTooLarge = 413
  case headTooLarge = 431
  case versionNotSupported = 505
}

/// Bytes of one connection in; HTTP/1.1 requests out (RFC 9112). Any bytes are safe.
struct HTTPRequestParser {
  static let headBytesMax = 64 << 10
  static let bodyBytesMax = 4 << 20

  /// The client waits for `100 Continue` before it sends the body: set once a request.
  private(set) var awaitsContinue = false
  private var bytes: [UInt8] = []
  private var offset = 0
  private var request: HTTPRequest?
  private var framing = Framing.length(0)

  private enum Framing {
    case length(Int)
    /// The size line of a chunk comes next.
    case chunkSize
    /// That many bytes of a chunk, then CRLF.
    case chunk(Int)
    case trailer
  }

  /// Bytes that arrived and belong to no request yet.
  var pendingCount: Int { bytes.count - offset }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    if offset > 0 {
      bytes.removeFirst(offset)
      offset = 0
    }
    bytes.append(contentsOf: more)
  }

  /// All bytes after the last whole request, taken away: what follows a handshake.
  mutating func takeRest() -> [UInt8] {
    defer {
      bytes = []
      offset = 0
    }
    return Array(bytes[offset...])
  }

  /// The next whole request; nil while it is not all there.
  mutating func next() throws(HTTPRefusal) -> HTTPRequest? {
    if request == nil { try readHead() }
    guard request != nil, try readBody() else { return nil }
    defer { request = nil }
    awaitsContinue = false
    return request
  }

  mutating func continueSent() { awaitsContinue = false }

  // MARK: Head

  private mutating func readHead() throws(HTTPRefusal) {
    while offset < bytes.count, bytes[offset] == 0x0D || bytes[offset] == 0x0A { offset += 1 }
    guard let end = headEnd() else {
      if pendingCount > Self.headBytesMax { throw .headTooLarge }
      return
    }
    let lines = bytes[offset..<end].split(separator: 0x0A, omittingEmptySubsequences: true)
      .map { $0.last == 0x0D ? $0.dropLast() : $0 }
      .filter { !$0.isEmpty }
    guard let first = lines.first else { throw .badRequest }
    var head = try Self.requestLine(first)
    for line in lines.dropFirst() { try Self.addField(line, to: &head.headers) }
    offset = end
    framing = try Self.framing(head.headers)
    awaitsContinue = head.headers["Expect"]?.lowercased() == "100-continue"
    request = head
  }

  /// Where the empty line ends that ends the head.
  private func headEnd() -> Int? {
    var index = offset
    while index < bytes.count {
      guard bytes[index] == 0x0A else {
        index += 1
        continue
      }
      if index + 1 < bytes.count, bytes[index + 1] == 0x0A { return index + 2 }
      if index + 2 < bytes.count, bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A {
        return index + 3
      }
      index += 1
    }
    return nil
  }

  private static func requestLine(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPRequest {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isTokenByte) else {
      throw .badRequest
    }
    let version = String(decoding: parts[2], as: UTF8.self)
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
      throw version.hasPrefix("HTTP/") ? .versionNotSupported : .badRequest
    }
    var target = parts[1]
    // The absolute form, as proxies are sent it: what stands before the path is the host again.
    if target.first != UInt8(ascii: "/"), let scheme = target.firstIndex(of: UInt8(ascii: "/")) {
      target = target[scheme...].dropFirst(2)
      target = target[(target.firstIndex(of: UInt8(ascii: "/")) ?? target.endIndex)...]
    }
    guard target.first == UInt8(ascii: "/") else { throw .badRequest }
    let mark = target.firstIndex(of: UInt8(ascii: "?"))
    var request = HTTPRequest(
      method: String(decoding: parts[0], as: UTF8.self),
      path: String(decoding: target[..<(mark ?? target.endIndex)], as: UTF8.self),
      query: mark.map { String(decoding: target[($0 + 1)...], as: UTF8.self) })
    request.isVersion10 = version == "HTTP/1.0"
    return request
  }

  private static func addField(
    _ line: ArraySlice<UInt8>, to headers: inout HTTPHeaders
  ) throws(HTTPRefusal) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(isTokenByte)
    else { throw .badRequest }
    var value = line[(colon + 1)...]
    while let byte = value.first, byte == 0x20 || byte == 0x09 { value = value.dropFirst() }
    while let byte = value.last, byte == 0x20 || byte == 0x09 { value = value.dropLast() }
    headers.add(
      String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
  }

  /// RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func framing(_ headers: HTTPHeaders) throws(HTTPRefusal) -> Framing {
    if let coding = headers["Transfer-Encoding"] {
      guard coding.lowercased() == "chunked", headers["Content-Length"] == nil else {
        throw .badRequest
      }
      return .chunkSize
    }
    let lengths = headers.all("Content-Length")
    guard let text = lengths.first else { return .length(0) }
    guard lengths.allSatisfy({ $0 == text }), let length = Int(text), length >= 0 else {
      throw .badRequest
    }
    if length > bodyBytesMax { throw .contentTooLarge }
    return .length(length)
  }

  // MARK: Body

  /// True when the body is whole.
  private mutating func readBody() throws(HTTPRefusal) -> Bool {
    while true {
      switch framing {
      case .length(let count):
        guard pendingCount >= count else { return false }
        request?.body = Array(bytes[offset..<offset + count])
        offset += count
        return true
      case .chunkSize:
        guard let line = takeLine() else { return false }
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
          throw .badRequest
        }
        if size + (request?.body.count ?? 0) > Self.bodyBytesMax { throw .contentTooLarge }
        framing = size == 0 ? .trailer : .chunk(size)
      case .chunk(let size):
        guard pendingCount >= size + 2 else { return false }
        request?.body.append(contentsOf: bytes[offset..<offset + size])
        guard bytes[offset + size] == 0x0D, bytes[offset + size + 1] == 0x0A else {
          throw .badRequest
        }
        offset += size + 2
        framing = .chunkSize
      case .trailer:
        guard let line = takeLine() else { return false }
        if line.isEmpty { return true }
      }
    }
  }

  /// A line without its end; nil while its end is not there.
  private mutating func takeLine() -> ArraySlice<UInt8>? {
    guard let end = bytes[offset...].firstIndex(of: 0x0A) else { return nil }
    let line = bytes[offset..<end]
    offset = end + 1
    return line.last == 0x0D ? line.dropLast() : line
  }
}
