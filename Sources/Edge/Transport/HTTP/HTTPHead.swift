/// The status line and the fields of a response (RFC 9112, sections 4 and 5): places in bytes that
/// lie elsewhere. Reading a second head into it allocates nothing.
struct HTTPHead: ~Copyable {
  struct Field {
    var name: Range<Int>
    var value: Range<Int>
  }

  private(set) var status = 0
  private(set) var minorVersion = 0
  /// How many fields there are.
  private(set) var fieldCount = 0
  let fieldLimit: Int
  // Plain memory: going through an array allocates in debug builds, where the tests count.
  private let fields: UnsafeMutablePointer<Field>

  init(fieldLimit: Int) {
    self.fieldLimit = max(1, fieldLimit)
    fields = .allocate(capacity: self.fieldLimit)
    fields.initialize(repeating: Field(name: 0..<0, value: 0..<0), count: self.fieldLimit)
  }

  deinit { fields.deallocate() }

  /// The field at `index`, below `fieldCount`.
  func field(at index: Int) -> Field {
    precondition(index >= 0 && index < fieldCount, "A field's index is below their count")
    return fields[index]
  }

  /// The length of the head at the front of `bytes`, its empty line included; nil when it is not
  /// whole. `searched` says how many bytes were looked at before, so that bytes one at a time
  /// cost no more than all at once.
  static func length(in bytes: UnsafeRawBufferPointer, searched: inout Int) -> Int? {
    var place = max(3, searched)
    while place < bytes.count {
      if bytes[place] == 10, bytes[place - 1] == 13, bytes[place - 2] == 10, bytes[place - 3] == 13
      {
        return place + 1
      }
      place += 1
    }
    searched = place
    return nil
  }

  /// Reads a whole head, as `length` found it.
  ///
  /// - Parameter offset: where `bytes` begin in the connection, for errors.
  /// - Throws: `.malformed`, `.headTooLong`.
  mutating func read(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(HTTPError) {
    fieldCount = 0
    try readStatusLine(bytes, at: offset)
    var start = try Self.endOfLine(bytes, from: 0, at: offset) + 2
    while start < bytes.count - 2 {
      let end = try Self.endOfLine(bytes, from: start, at: offset)
      guard fieldCount < fieldLimit else {
        throw .headTooLong(limit: fieldLimit, byteOffset: offset + start)
      }
      fields[fieldCount] = try Self.field(bytes, start..<end, at: offset)
      fieldCount += 1
      start = end + 2
    }
  }

  /// The value of the first field called `name` (lower case) in the bytes that were read.
  func value(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    for index in 0..<fieldCount where bytes.equalsIgnoringCase(name, in: fields[index].name) {
      return UnsafeRawBufferPointer(rebasing: bytes[fields[index].value])
    }
    return nil
  }

  /// Whether a field called `name` lists `token` (both lower case), as in `Connection: a, b`.
  func lists(_ token: StaticString, in name: StaticString, of bytes: UnsafeRawBufferPointer)
    -> Bool
  {
    for index in 0..<fieldCount where bytes.equalsIgnoringCase(name, in: fields[index].name) {
      let value = fields[index].value
      var start = value.lowerBound
      for place in value.lowerBound...value.upperBound
      where place == value.upperBound || bytes[place] == UInt8(ascii: ",") {
        if bytes.equalsIgnoringCase(token, in: bytes.trimmed(start..<place)) { return true }
        start = place + 1
      }
    }
    return false
  }

  /// "HTTP/1.1 200 OK"; the reason may be empty, its space may be missing.
  private mutating func readStatusLine(_ bytes: UnsafeRawBufferPointer, at offset: Int)
    throws(HTTPError)
  {
    let end = try Self.endOfLine(bytes, from: 0, at: offset)
    guard end >= 12, bytes.equalsIgnoringCase("http/1.", in: 0..<7), bytes[0] == UInt8(ascii: "H"),
      bytes[7] == 0x30 || bytes[7] == 0x31, bytes[8] == 32, end == 12 || bytes[12] == 32
    else { throw .malformed(expected: "'HTTP/1.1', a status and a reason", byteOffset: offset) }
    var number = 0
    for place in 9..<12 {
      guard bytes[place] >= 0x30, bytes[place] <= 0x39 else {
        throw .malformed(expected: "a status of three digits", byteOffset: offset + place)
      }
      number = number * 10 + Int(bytes[place] & 15)
    }
    guard number >= 100 else {
      throw .malformed(expected: "a status from 100 on", byteOffset: offset + 9)
    }
    minorVersion = Int(bytes[7] & 15)
    status = number
  }

  /// Whether `line` is a field; where it is not, the error says why.
  static func checkField(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, at offset: Int)
    throws(HTTPError)
  { _ = try field(bytes, line, at: offset) }

  private static func field(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, at offset: Int)
    throws(HTTPError) -> Field
  {
    var colon = line.lowerBound
    // No space before the colon and no folded lines: section 5.1 and 5.2 ask to refuse them.
    while colon < line.upperBound, bytes[colon].isTokenCharacter { colon += 1 }
    guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else {
      throw .malformed(expected: "a field's name and a colon", byteOffset: offset + colon)
    }
    for place in colon..<line.upperBound where bytes[place] < 32 && bytes[place] != 9 {
      throw .malformed(expected: "a printable character", byteOffset: offset + place)
    }
    return Field(name: line.lowerBound..<colon, value: bytes.trimmed(colon + 1..<line.upperBound))
  }

  /// The place of the CR LF that ends the line; lone ones are refused.
  private static func endOfLine(_ bytes: UnsafeRawBufferPointer, from start: Int, at offset: Int)
    throws(HTTPError) -> Int
  {
    var place = start
    while place + 1 < bytes.count {
      if bytes[place] == 10 { break }
      if bytes[place] == 13 {
        guard bytes[place + 1] == 10 else { break }
        return place
      }
      place += 1
    }
    throw .malformed(expected: "a line that ends with CR LF", byteOffset: offset + place)
  }
}

extension UInt8 {
  /// Whether it may stand in a token (RFC 9110, section 5.6.2).
  var isTokenCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D,
      0x2E:
      true
    default: false
    }
  }

  var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension UnsafeRawBufferPointer {
  /// Whether `range` holds `text` (lower case ASCII), in whatever case.
  func equalsIgnoringCase(_ text: StaticString, in range: Range<Int>) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    for index in 0..<range.count
    where self[range.lowerBound + index].lowercased != text.utf8Start[index] { return false }
    return true
  }

  /// `range` without spaces and tabs at its ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, self[start] == 32 || self[start] == 9 { start += 1 }
    while end > start, self[end - 1] == 32 || self[end - 1] == 9 { end -= 1 }
    return start..<end
  }
}
