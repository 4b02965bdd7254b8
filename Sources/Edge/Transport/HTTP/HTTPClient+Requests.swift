/// Writing requests: `beginRequest`, any number of `addField`, `endRequest`. Only the last one refuses,
/// and then nothing of the request is kept.
extension HTTPClient {
  /// Begins a request; one that was begun and not ended is forgotten.
  ///
  /// - Parameter target: path and query, from "/" on.
  public mutating func beginRequest(_ method: HTTPMethod, target: UnsafeRawBufferPointer) {
    request.removeAll()
    refusal = nil
    hasBegunRequest = true
    requestMethod = method
    var isGood = !target.isEmpty
    for byte in target where byte <= 32 || byte == 127 { isGood = false }
    guard isGood else {
      refusal = .badRequest(part: .target)
      return
    }
    append(method.text)
    append(" ")
    append(target)
    append(" HTTP/1.1\r\n")
    fixedFields.withUnsafeBytes { append($0) }
  }

  /// Begins a request, as the other.
  public mutating func beginRequest(_ method: HTTPMethod, target: StaticString) {
    beginRequest(method, target: target.bytes)
  }

  /// Begins a request, as the other; for those that may allocate.
  public mutating func beginRequest(_ method: HTTPMethod, target: String) {
    var target = target
    target.withUTF8 { beginRequest(method, target: UnsafeRawBufferPointer($0)) }
  }

  /// Adds a field to the request that was begun.
  public mutating func addField(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    var isGood = name.utf8CodeUnitCount > 0
    for byte in name.bytes where !byte.isTokenCharacter { isGood = false }
    guard isGood else {
      refuse(.badRequest(part: .fieldName))
      return
    }
    for byte in value where !byte.isFieldCharacter { isGood = false }
    guard isGood else {
      refuse(.badRequest(part: .fieldValue))
      return
    }
    append(name)
    append(": ")
    append(value)
    append("\r\n")
  }

  /// Adds a field to the request that was begun.
  public mutating func addField(_ name: StaticString, _ value: StaticString) {
    addField(name, value.bytes)
  }

  /// Adds a field to the request that was begun; for those that may allocate.
  public mutating func addField(_ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { addField(name, UnsafeRawBufferPointer($0)) }
  }

  /// Adds whole lines, `Name: value` and CRLF each, to the request that was begun.
  public mutating func addFields(_ lines: UnsafeRawBufferPointer) {
    var start = 0
    while start < lines.count {
      var end = start
      while end < lines.count, lines[end] != 0x0D { end += 1 }
      guard end + 1 < lines.count, lines[end + 1] == 0x0A,
        Self.isField(UnsafeRawBufferPointer(rebasing: lines[start..<end]))
      else { return refuse(.badRequest(part: .fieldValue)) }
      start = end + 2
    }
    append(lines)
  }

  /// `Name: value`.
  private static func isField(_ line: UnsafeRawBufferPointer) -> Bool {
    var colon = 0
    while colon < line.count, line[colon].isTokenCharacter { colon += 1 }
    guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else { return false }
    for index in colon + 1..<line.count where !line[index].isFieldCharacter { return false }
    return true
  }

  /// Ends the request with its body and puts it in `output`.
  ///
  /// - Parameter stamp: comes back with the response.
  /// - Returns: the request's number, 0 for the first and one more for each.
  /// - Throws: `HTTPRequestError`; nothing of the request is then sent.
  public mutating func endRequest(
    body: UnsafeRawBufferPointer = .init(start: nil, count: 0), stamp: Int64 = 0
  ) throws(HTTPRequestError) -> UInt64 {
    defer {
      request.removeAll()
      hasBegunRequest = false
    }
    guard hasBegunRequest else { throw .badRequest(part: .target) }
    if !body.isEmpty || requestMethod.tellsEmptyBody {
      append("Content-Length: ")
      append(decimal: body.count)
      append("\r\n")
    }
    append("\r\n")
    append(body)
    guard state == .open, !hasPeerEnded else { throw .notOpen }
    if let refusal { throw refusal }
    guard !outstanding.isFull else { throw .tooManyOutstanding(limit: outstanding.capacity) }
    guard output.append(request.bytes) else { throw .outputFull(limit: output.limit) }
    let number = nextNumber
    _ = outstanding.push(Outstanding(number: number, stamp: stamp, method: requestMethod))
    nextNumber += 1
    return number
  }

  private mutating func refuse(_ error: HTTPRequestError) {
    if refusal == nil { refusal = error }
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if !request.append(bytes) { refuse(.tooLong(limit: request.limit)) }
  }

  private mutating func append(_ text: StaticString) { append(text.bytes) }

  private mutating func append(decimal number: Int) {
    var digits: UInt64 = 0
    var count = 0
    var rest = number
    // Lengths below 10^8 in one word; longer bodies do not fit in the output anyway.
    repeat {
      digits = digits << 8 | UInt64(0x30 + rest % 10)
      rest /= 10
      count += 1
    } while rest > 0 && count < 8
    guard rest == 0 else {
      refuse(.tooLong(limit: request.limit))
      return
    }
    withUnsafeBytes(of: digits.littleEndian) { append(.init(rebasing: $0.prefix(count))) }
  }
}

extension StaticString {
  /// Its UTF-8, which lives as long as the program.
  var bytes: UnsafeRawBufferPointer { .init(start: utf8Start, count: utf8CodeUnitCount) }
}
