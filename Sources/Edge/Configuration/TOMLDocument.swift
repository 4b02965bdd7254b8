/// The strict reader of TOML 1.0 documents: <https://toml.io/en/v1.0.0>.
///
/// Every rule of the specification is kept and nothing beyond it is taken: a document that this
/// refuses is no TOML. Each value and key knows its line and column.
public enum TOMLDocument {
  /// How many levels of tables and arrays there may be. TOML sets no bound; this one keeps the
  /// recursion of any document within the stack.
  public static let depthMax = 64

  /// Reads a whole document.
  ///
  /// - Throws: `TOMLError` at the first mistake; any bytes are safe to pass.
  /// - Complexity: O(bytes).
  public static func parse(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
    try TOMLUTF8.check(bytes)
    var reader = TOMLReader(bytes)
    return try reader.document()
  }
}

/// The encoding of a document, checked before anything is read.
enum TOMLUTF8 {
  /// - Throws: at the first byte that is not UTF-8: overlong forms, surrogates, scalars above
  ///   U+10FFFF, and sequences that are cut.
  static func check(_ bytes: [UInt8]) throws(TOMLError) {
    var place = TOMLPlace(line: 1, column: 1)
    var index = 0
    while index < bytes.count {
      let length = length(bytes, at: index)
      guard length > 0 else { throw TOMLError(.invalidUTF8(byte: bytes[index]), at: place) }
      if bytes[index] == UInt8(ascii: "\n") {
        place = TOMLPlace(line: place.line + 1, column: 1)
      } else {
        place.column += 1
      }
      index += length
    }
  }

  /// The length of the well-formed sequence at `index` (Unicode 15, table 3-7); 0 for none.
  private static func length(_ bytes: [UInt8], at index: Int) -> Int {
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xbf) -> Bool {
      index + offset < bytes.count && range.contains(bytes[index + offset])
    }
    switch bytes[index] {
    case 0x00...0x7f: return 1
    case 0xc2...0xdf: return follows(1) ? 2 : 0
    case 0xe0: return follows(1, 0xa0...0xbf) && follows(2) ? 3 : 0
    case 0xed: return follows(1, 0x80...0x9f) && follows(2) ? 3 : 0
    case 0xe1...0xef: return follows(1) && follows(2) ? 3 : 0
    case 0xf0: return follows(1, 0x90...0xbf) && follows(2) && follows(3) ? 4 : 0
    case 0xf1...0xf3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    case 0xf4: return follows(1, 0x80...0x8f) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
  }
}
