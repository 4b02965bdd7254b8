/// A value of a small JSON document (RFC 8259), with the place where it begins.
///
/// For files that people write: it keeps key order, number texts, and offsets for messages. Hot
/// messages go through `FieldScanner`.
struct JSONNode {
  enum Value {
    case object([(key: String, keyOffset: Int, value: JSONNode)])
    case array([JSONNode])
    case string(String)
    /// The number's own text.
    case number(String)
    case boolean(Bool)
    case null
  }

  var value: Value
  /// Bytes from the document's start.
  var offset: Int

  /// Reads a whole document.
  static func parse(_ bytes: [UInt8]) throws(ScanError) -> JSONNode {
    let result: Result<JSONNode, ScanError> = bytes.withUnsafeBytes { buffer in
      do throws(ScanError) {
        var scanner = FieldScanner(buffer)
        let node = try read(&scanner, depth: 0)
        try scanner.expectEnd()
        return .success(node)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func read(
    _ scanner: inout FieldScanner, depth: Int
  ) throws(ScanError) -> JSONNode {
    guard depth < 32 else { throw ScanError(scanner.offset, "nesting of at most 32") }
    let first = scanner.peek()
    let offset = scanner.offset
    let value: Value
    switch first {
    case UInt8(ascii: "{"): value = .object(try readObject(&scanner, depth))
    case UInt8(ascii: "["): value = .array(try readArray(&scanner, depth))
    case UInt8(ascii: "\""): value = .string(try readString(&scanner))
    case UInt8(ascii: "t"), UInt8(ascii: "f"): value = .boolean(try scanner.boolean())
    case UInt8(ascii: "n"):
      try scanner.skipValue()
      value = .null
    default:
      let range = try scanner.bareNumber()
      value = .number(String(decoding: scanner.bytes(range), as: UTF8.self))
    }
    return JSONNode(value: value, offset: offset)
  }

  private static func readObject(
    _ scanner: inout FieldScanner, _ depth: Int
  ) throws(ScanError) -> [(key: String, keyOffset: Int, value: JSONNode)] {
    var entries: [(key: String, keyOffset: Int, value: JSONNode)] = []
    try scanner.beginObject()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "}")) {
      scanner.skipSpace()
      let keyOffset = scanner.offset
      let key = try readString(&scanner)
      try scanner.expect(UInt8(ascii: ":"), "':'")
      entries.append((key, keyOffset, try read(&scanner, depth: depth + 1)))
    }
    return entries
  }

  private static func readArray(
    _ scanner: inout FieldScanner, _ depth: Int
  ) throws(ScanError) -> [JSONNode] {
    var nodes: [JSONNode] = []
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      nodes.append(try read(&scanner, depth: depth + 1))
    }
    return nodes
  }

  /// Names and numbers need no escapes; one that stands there is refused rather than misread.
  private static func readString(_ scanner: inout FieldScanner) throws(ScanError) -> String {
    let range = try scanner.string()
    for index in range.offset..<range.offset + range.count
    where scanner.base[index] == UInt8(ascii: "\\") {
      throw ScanError(index, "a string without escapes")
    }
    return String(decoding: scanner.bytes(range), as: UTF8.self)
  }
}
