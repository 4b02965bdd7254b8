/// The fields of a query or of a form body, in order, duplicates kept
/// (`application/x-www-form-urlencoded`, https://url.spec.whatwg.org/#urlencoded-parsing).
public struct FormFields: Sendable {
  public struct Field: Sendable, Equatable {
    public var name: String
    public var value: String
  }

  public private(set) var fields: [Field] = []

  init(fields: [Field]) { self.fields = fields }

  /// Reads `text`; any text is safe. A field without `=` has an empty value.
  public init(_ text: String) {
    for part in text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
      let equals = part.firstIndex(of: UInt8(ascii: "="))
      let name = part[..<(equals ?? part.endIndex)]
      let value = equals.map { part[part.index(after: $0)...] } ?? part[part.endIndex...]
      fields.append(Field(name: Self.decoded(name), value: Self.decoded(value)))
    }
  }

  /// The first value of that name; names compare exactly.
  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// Every value of that name, in order.
  public func all(_ name: String) -> [String] {
    fields.filter { $0.name == name }.map(\.value)
  }

  /// `%XX` becomes its byte and `+` a space; a `%` without two hexadecimal digits stays.
  public static func decoded(_ text: some Collection<UInt8>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = text.startIndex
    while index != text.endIndex {
      let byte = text[index]
      let rest = text[index...].dropFirst().prefix(2)
      if byte == UInt8(ascii: "%"), rest.count == 2,
        let high = hexadecimal(rest[rest.startIndex]),
        let low = hexadecimal(rest[rest.index(after: rest.startIndex)])
      {
        bytes.append(high << 4 | low)
        index = rest.endIndex
        continue
      }
      bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      text.formIndex(after: &index)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    default: nil
    }
  }
}
