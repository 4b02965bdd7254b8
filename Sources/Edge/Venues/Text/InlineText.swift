/// A short text in place: up to eight bytes a word, no memory of its own.
///
/// Texts that a message names (a client order id, an asset, a reason) are kept this way, so that the
/// value that holds them stays plain and takes nothing from the allocator.
public struct InlineText<let wordCount: Int>: Sendable, BitwiseCopyable {
  private var words: InlineArray<wordCount, UInt64>
  private var length: UInt16
  /// Whether the whole text was longer than what is kept.
  public private(set) var isCut: Bool

  /// The most bytes that are kept.
  public static var byteCountMax: Int { wordCount * 8 }

  /// An empty text.
  @inline(__always)
  public init() {
    words = InlineArray(repeating: 0)
    length = 0
    isCut = false
  }

  /// A copy of `bytes`, or of as many as there is room for.
  @inline(__always)
  public init(_ bytes: UnsafeRawBufferPointer) {
    self.init()
    let count = min(bytes.count, Self.byteCountMax)
    isCut = count < bytes.count
    length = UInt16(truncatingIfNeeded: count)
    var place = 0
    while place &+ 8 <= count {
      words[place &>> 3] = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      place &+= 8
    }
    var shift: UInt64 = 0
    while place < count {
      words[place &>> 3] |= UInt64(bytes[place]) &<< shift
      shift &+= 8
      place &+= 1
    }
  }

  /// A copy of `text`, or of as much of it as there is room for.
  public init(_ text: String) {
    var text = text
    self = text.withUTF8 { InlineText(UnsafeRawBufferPointer($0)) }
  }

  public var byteCount: Int { Int(length) }
  public var isEmpty: Bool { length == 0 }

  /// The byte at `index`, which is below `byteCount`.
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < byteCount, "a text's bytes are counted from 0")
    return UInt8(truncatingIfNeeded: words[index >> 3] >> (UInt64(index & 7) * 8))
  }

  /// Adds one byte; a text that is full is cut.
  mutating func append(_ byte: UInt8) {
    guard byteCount < Self.byteCountMax else {
      isCut = true
      return
    }
    words[byteCount >> 3] |= UInt64(byte) << (UInt64(byteCount & 7) * 8)
    length += 1
  }

  /// Whether the whole text is `text`.
  public func equals(_ text: StaticString) -> Bool {
    guard text.utf8CodeUnitCount == byteCount, !isCut else { return false }
    for index in 0..<byteCount where self[index] != text.utf8Start[index] { return false }
    return true
  }

  /// Whether `text` stands in it.
  public func contains(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard count <= byteCount else { return false }
    for start in 0...byteCount - count {
      var index = 0
      while index < count, self[start + index] == text.utf8Start[index] { index += 1 }
      if index == count { return true }
    }
    return false
  }
}

extension InlineText: Equatable {
  public static func == (a: InlineText, b: InlineText) -> Bool {
    guard a.length == b.length, a.isCut == b.isCut else { return false }
    for index in 0..<wordCount where a.words[index] != b.words[index] { return false }
    return true
  }
}

extension InlineText: CustomStringConvertible {
  /// The text; bytes that are no UTF-8 are shown as U+FFFD.
  public var description: String {
    String(decoding: (0..<byteCount).map { self[$0] }, as: UTF8.self)
  }
}

/// Up to 48 bytes: ids (36 at most at every venue), assets, symbols, codes.
public typealias VenueText = InlineText<6>
/// Up to 192 bytes: what a venue says about an error.
public typealias VenueMessageText = InlineText<24>
