/// From bytes to responses (RFC 9112, sections 6 and 7).
extension HTTPClient {
  /// The next whole response; nil where more bytes are needed.
  ///
  /// - Throws: `HTTPError`; the client is then `.failed`.
  public mutating func next() throws(HTTPError) -> HTTPResponse? {
    if isDelivered { forgetDelivered() }
    guard state == .open else { return nil }
    do throws(HTTPError) {
      while true {
        switch try step() {
        case .moved: continue
        case .response(let response): return response
        case .needsBytes:
          if hasPeerEnded { return try end() }
          return nil
        }
      }
    } catch {
      state = .failed
      input.removeAll()
      throw error
    }
  }

  private enum Step {
    case moved
    case needsBytes
    case response(HTTPResponse)
  }

  private mutating func forgetDelivered() {
    isDelivered = false
    consume(deliveredByteCount)
    deliveredByteCount = 0
    body.removeAll()
  }

  private mutating func step() throws(HTTPError) -> Step {
    switch stage {
    case .head: return try readHead()
    case .length(let left): return try readLength(left)
    case .chunkSize: return try readChunkSize()
    case .chunk(let left):
      let count = min(left, input.count)
      if count == 0 { return .needsBytes }
      try take(count)
      stage = left == count ? .chunkEnd : .chunk(left: left - count)
      return .moved
    case .chunkEnd:
      if input.count < 2 { return .needsBytes }
      guard input.bytes[0] == 13, input.bytes[1] == 10 else {
        throw .malformed(expected: "CR LF behind a chunk", byteOffset: consumed)
      }
      consume(2)
      stage = .chunkSize
      return .moved
    case .trailer: return try readTrailer()
    case .rest:
      if input.isEmpty { return .needsBytes }
      try take(input.count)
      return .moved
    }
  }

  /// The connection has ended where more bytes would be needed.
  private mutating func end() throws(HTTPError) -> HTTPResponse? {
    if stage == .rest {
      state = .closed
      return try complete()
    }
    guard outstanding.isEmpty, stage == .head, input.isEmpty else {
      throw .truncated(unanswered: outstanding.count, byteOffset: receivedByteCount)
    }
    state = .closed
    return nil
  }

  private mutating func readHead() throws(HTTPError) -> Step {
    guard let length = HTTPHead.length(in: input.bytes, searched: &searched) else {
      if input.count > limits.headByteCountMax {
        throw .headTooLong(limit: limits.headByteCountMax, byteOffset: consumed)
      }
      return .needsBytes
    }
    searched = 0
    headBytes.removeAll()
    guard headBytes.append(UnsafeRawBufferPointer(rebasing: input.bytes.prefix(length))) else {
      throw .headTooLong(limit: limits.headByteCountMax, byteOffset: consumed)
    }
    try head.read(headBytes.bytes, at: consumed)
    // The server may say why it closes before anything was asked (408); that is for nobody.
    guard !outstanding.isEmpty, head.status != 101 else {
      throw .unasked(status: head.status, byteOffset: consumed)
    }
    let offset = consumed
    consume(length)
    if head.status < 200 { return .moved }
    try chooseCoding(at: offset)
    stage = try bodyStage(at: offset)
    if stage == .length(left: 0) { return .response(try complete()) }
    return .moved
  }

  /// How the body's end is found (RFC 9112, section 6.3), stricter: what could be read in two ways
  /// is refused.
  private mutating func bodyStage(at offset: Int) throws(HTTPError) -> Stage {
    sentBodyByteCount = 0
    trailerByteCount = 0
    let bytes = headBytes.bytes
    let length = try head.contentLength(in: bytes, at: offset)
    let transfer = head.value("transfer-encoding", in: bytes)
    if outstanding[0].method == .head || head.status == 204 || head.status == 304 {
      return .length(left: 0)
    }
    if let transfer {
      guard length == nil, head.minorVersion == 1,
        head.count(of: "transfer-encoding", in: bytes) == 1
      else {
        throw .malformed(expected: "one way to find the body's end", byteOffset: offset)
      }
      guard transfer.equalsIgnoringCase("chunked", in: 0..<transfer.count) else {
        throw .unsupported(coding: String(decoding: transfer, as: UTF8.self), byteOffset: offset)
      }
      return .chunkSize
    }
    guard let length else { return .rest }
    guard length <= limits.bodyByteCountMax else {
      throw .bodyTooLong(limit: limits.bodyByteCountMax, byteOffset: offset)
    }
    return .length(left: length)
  }

  private mutating func chooseCoding(at offset: Int) throws(HTTPError) {
    isCompressed = false
    let bytes = headBytes.bytes
    guard let coding = head.value("content-encoding", in: bytes), !coding.isEmpty else { return }
    let all = 0..<coding.count
    if coding.equalsIgnoringCase("identity", in: all) { return }
    let isGzip =
      coding.equalsIgnoringCase("gzip", in: all) || coding.equalsIgnoringCase("x-gzip", in: all)
    guard isGzip || coding.equalsIgnoringCase("deflate", in: all),
      head.count(of: "content-encoding", in: bytes) == 1
    else { throw .unsupported(coding: String(decoding: coding, as: UTF8.self), byteOffset: offset) }
    isCompressed = true
    inflater.begin(isGzip: isGzip)
  }

  private mutating func readLength(_ left: Int) throws(HTTPError) -> Step {
    if !isCompressed, body.isEmpty {
      // The usual case: a short body, here at once, is handed out where it lies.
      if input.count >= left {
        deliveredByteCount = left
        return .response(try complete())
      }
      if left <= 65_536 { return .needsBytes }
    }
    let count = min(left, input.count)
    if count == 0 { return .needsBytes }
    try take(count)
    stage = .length(left: left - count)
    return left == count ? .response(try complete()) : .moved
  }

  /// "1a;extension" CR LF (RFC 9112, section 7.1).
  private mutating func readChunkSize() throws(HTTPError) -> Step {
    guard let end = try line() else { return .needsBytes }
    let bytes = input.bytes
    var size = 0
    var place = 0
    while place < end, let digit = bytes[place].hexDigit {
      guard size <= limits.bodyByteCountMax else { break }
      size = size << 4 | digit
      place += 1
    }
    guard place > 0 else {
      throw .malformed(expected: "a chunk's size in hexadecimal", byteOffset: consumed)
    }
    guard size <= limits.bodyByteCountMax - sentBodyByteCount else {
      throw .bodyTooLong(limit: limits.bodyByteCountMax, byteOffset: consumed)
    }
    let rest = bytes.trimmed(place..<end)
    guard rest.isEmpty || bytes[rest.lowerBound] == UInt8(ascii: ";") else {
      throw .malformed(expected: "';' or CR LF behind a chunk's size", byteOffset: consumed + place)
    }
    consume(end + 2)
    stage = size == 0 ? .trailer : .chunk(left: size)
    return .moved
  }

  /// Fields behind the last chunk are checked for their form and skipped (RFC 9112, section 7.1.2).
  private mutating func readTrailer() throws(HTTPError) -> Step {
    guard let end = try line() else { return .needsBytes }
    if end > 0 {
      try HTTPHead.checkField(input.bytes, 0..<end, at: consumed)
      trailerByteCount += end + 2
      guard trailerByteCount <= limits.headByteCountMax else {
        throw .headTooLong(limit: limits.headByteCountMax, byteOffset: consumed)
      }
    }
    consume(end + 2)
    return end == 0 ? .response(try complete()) : .moved
  }

  /// The length of the line at the front, without its CR LF; nil when it is not whole.
  private mutating func line() throws(HTTPError) -> Int? {
    let bytes = input.bytes
    var place = searched
    while place < bytes.count, bytes[place] != 10, place <= limits.headByteCountMax { place += 1 }
    guard place <= limits.headByteCountMax else {
      throw .headTooLong(limit: limits.headByteCountMax, byteOffset: consumed)
    }
    searched = place
    if place == bytes.count { return nil }
    guard place > 0, bytes[place - 1] == 13 else {
      throw .malformed(expected: "a line that ends with CR LF", byteOffset: consumed + place)
    }
    searched = 0
    for index in 0..<place - 1 where !bytes[index].isFieldCharacter {
      throw .malformed(expected: "a printable character", byteOffset: consumed + index)
    }
    return place - 1
  }

  /// Moves `count` bytes from the input to the body, through the decompressor where there is one.
  private mutating func take(_ count: Int) throws(HTTPError) {
    let bytes = UnsafeRawBufferPointer(rebasing: input.bytes.prefix(count))
    sentBodyByteCount += count
    guard sentBodyByteCount <= limits.bodyByteCountMax else {
      throw .bodyTooLong(limit: limits.bodyByteCountMax, byteOffset: consumed)
    }
    if isCompressed {
      switch inflater.inflate(bytes, into: &body) {
      case .done: break
      case .tooLong: throw .bodyTooLong(limit: limits.bodyByteCountMax, byteOffset: consumed)
      case .malformed(let reason): throw .badCompression(reason: reason, byteOffset: consumed)
      }
    } else if !body.append(bytes) {
      throw .bodyTooLong(limit: limits.bodyByteCountMax, byteOffset: consumed)
    }
    consume(count)
  }

  private mutating func consume(_ count: Int) {
    input.consume(count)
    consumed += count
  }

  /// The response is whole. Whether the connection stays open is told by its head (RFC 9112, section
  /// 9.3).
  private mutating func complete() throws(HTTPError) -> HTTPResponse {
    if isCompressed, sentBodyByteCount > 0, !inflater.isWhole {
      throw .badCompression(reason: "it ends too early", byteOffset: consumed)
    }
    stage = .head
    isDelivered = true
    let bytes = headBytes.bytes
    let staysOpen = head.minorVersion == 1 || head.lists("keep-alive", in: "connection", of: bytes)
    if !staysOpen || head.lists("close", in: "connection", of: bytes) { state = .closed }
    guard let asked = outstanding.pop() else {
      preconditionFailure("Invariant: a body is read for a request")
    }
    let content =
      deliveredByteCount > 0
      ? UnsafeRawBufferPointer(rebasing: input.bytes.prefix(deliveredByteCount)) : body.bytes
    return HTTPResponse(
      request: asked.number, stamp: asked.stamp, status: head.status, body: content)
  }
}

extension HTTPHead {
  /// The body's length as told; nil where it is not (RFC 9110, section 8.6). Told twice is refused
  /// unless it is told alike.
  func contentLength(in bytes: UnsafeRawBufferPointer, at offset: Int) throws(HTTPError) -> Int? {
    var found: Int?
    for index in 0..<fieldCount {
      let field = field(at: index)
      guard bytes.equalsIgnoringCase("content-length", in: field.name) else { continue }
      var length = 0
      for place in field.value {
        let byte = bytes[place]
        // Below 10^17, so that no sum overflows.
        guard byte >= 0x30, byte <= 0x39, length < 10_000_000_000_000_000 else {
          throw .malformed(expected: "a length in digits", byteOffset: offset + place)
        }
        length = length * 10 + Int(byte & 15)
      }
      guard !field.value.isEmpty, found == nil || found == length else {
        throw .malformed(expected: "one length", byteOffset: offset + field.value.lowerBound)
      }
      found = length
    }
    return found
  }

  /// How many fields are called `name` (lower case).
  func count(of name: StaticString, in bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for index in 0..<fieldCount where bytes.equalsIgnoringCase(name, in: field(at: index).name) {
      count += 1
    }
    return count
  }
}

extension UInt8 {
  /// Its value as a hexadecimal digit; nil for none.
  fileprivate var hexDigit: Int? {
    switch self {
    case 0x30...0x39: Int(self & 15)
    case 0x41...0x46, 0x61...0x66: Int(self & 15) + 9
    default: nil
    }
  }
}
