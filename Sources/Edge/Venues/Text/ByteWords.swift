/// Comparing bytes a word at a time.
enum ByteWords {
  /// Whether `count` bytes are the same at both places, all of which must be there: words of eight, four or
  /// two bytes, of which the last reaches back over the one before it. With a count that the compiler knows
  /// this is a few instructions.
  @inline(__always)
  static func areSame(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
    if count >= 8 {
      var place = 0
      while place &+ 8 < count {
        if word(a, place, as: UInt64.self) != word(b, place, as: UInt64.self) { return false }
        place &+= 8
      }
      return word(a, count &- 8, as: UInt64.self) == word(b, count &- 8, as: UInt64.self)
    }
    if count >= 4 { return ends(a, b, count, as: UInt32.self, byteCount: 4) }
    if count >= 2 { return ends(a, b, count, as: UInt16.self, byteCount: 2) }
    return count <= 0 || word(a, 0, as: UInt8.self) == word(b, 0, as: UInt8.self)
  }

  @inline(__always)
  private static func ends<Word: FixedWidthInteger & BitwiseCopyable>(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int, as _: Word.Type, byteCount: Int
  ) -> Bool {
    let last = count &- byteCount
    return word(a, 0, as: Word.self) == word(b, 0, as: Word.self)
      && word(a, last, as: Word.self) == word(b, last, as: Word.self)
  }

  @inline(__always)
  private static func word<Word: FixedWidthInteger & BitwiseCopyable>(
    _ base: UnsafeRawPointer, _ place: Int, as _: Word.Type
  ) -> Word {
    base.loadUnaligned(fromByteOffset: place, as: Word.self)
  }
}
