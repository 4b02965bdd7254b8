/// Eight text bytes in one 64-bit word, the first in the lowest byte, and what can be asked of all
/// of them at once.
///
/// The byte tests are exact at the lowest marked byte ("Bit Twiddling Hacks": zero in a word); the
/// digit conversion is three multiplications (D. Lemire, "Quickly parsing eight digits", 2022).
struct DigitWord {
  var bits: UInt64

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// Loads 8 bytes at `base`, which must be there.
  @inline(__always)
  init(at base: UnsafePointer<UInt8>) {
    bits = UInt64(littleEndian: UnsafeRawPointer(base).loadUnaligned(as: UInt64.self))
  }

  /// The bytes from `place` on, of which there are `count` from `base`: where fewer than 8 are left, zeros
  /// stand for the others. Nothing is read in front of `base` or behind `count`.
  ///
  /// - Precondition: `count` is 8 or more, `place` 0 or more.
  @inline(__always)
  init(at place: Int, of base: UnsafePointer<UInt8>, _ count: Int) {
    if place &+ 8 <= count {
      self.init(at: base + place)
    } else {
      self.init(endingAt: place, base, count)
    }
  }

  @inline(__always)
  private init(endingAt place: Int, _ base: UnsafePointer<UInt8>, _ count: Int) {
    self.init(at: base + (count &- 8))
    let missing = place &+ 8 &- count
    bits = missing >= 8 ? 0 : bits &>> UInt64(truncatingIfNeeded: missing &* 8)
  }

  /// The place of the first byte equal to `byte`; 8 when there is none.
  @inline(__always)
  func first(_ byte: UInt8) -> Int {
    let marked = bits ^ (Self.ones &* UInt64(byte))
    return Self.place((marked &- Self.ones) & ~marked)
  }

  /// The place of the first quote, backslash or control character; 8 when there is none.
  @inline(__always)
  var firstSpecial: Int {
    // With bit 1 turned over a quote is 0x20, next to the control characters, and a space is not.
    let low = bits ^ (Self.ones &* 0x02)
    let slash = bits ^ (Self.ones &* 0x5C)
    return Self.place(
      ((low &- (Self.ones &* 0x21)) & ~low) | ((slash &- Self.ones) & ~slash))
  }

  @inline(__always)
  private static func place(_ found: UInt64) -> Int {
    (found & (ones &* 0x80)).trailingZeroBitCount &>> 3
  }

  /// Whether all eight bytes are digits.
  @inline(__always)
  var isAllDigits: Bool {
    let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    return (bits & high) | (((bits &+ 0x0606_0606_0606_0606) & high) &>> 4)
      == 0x3333_3333_3333_3333
  }

  /// How many bytes from the first on are digits.
  @inline(__always)
  var digitCount: Int {
    let values = bits ^ (Self.ones &* 0x30)
    // Above 9 the seven low bits reach the top one; nothing is carried to the next byte.
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let marked = ((values & low) &+ (Self.ones &* 0x76)) | values
    return (marked & (Self.ones &* 0x80)).trailingZeroBitCount &>> 3
  }

  /// The number that the first `count` (0 to 8) bytes spell; nil when one is no digit.
  @inline(__always)
  func number(_ count: Int) -> UInt64? {
    if count == 0 { return 0 }
    // Digit values move to the high bytes; the zeros behind them are leading zeros.
    let digits = (bits ^ (Self.ones &* 0x30)) &<< UInt64(truncatingIfNeeded: (8 &- count) &* 8)
    let isWrong = ((digits &+ (Self.ones &* 0x76)) | digits) & (Self.ones &* 0x80)
    return isWrong == 0 ? Self.convert(digits) : nil
  }

  /// The number that the first `count` (1 to 8) bytes spell, which must be digits.
  @inline(__always)
  func value(_ count: Int) -> UInt64 {
    Self.convert((bits & 0x0F0F_0F0F_0F0F_0F0F) &<< UInt64(truncatingIfNeeded: (8 &- count) &* 8))
  }

  /// Eight digits as a number; they must all be digits.
  @inline(__always)
  var eightDigits: UInt64 { Self.convert(bits & 0x0F0F_0F0F_0F0F_0F0F) }

  @inline(__always)
  private static func convert(_ digits: UInt64) -> UInt64 {
    let pairs = (digits &* 2_561) &>> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
    return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
  }

  /// Whether the bytes from `start` up to `end` (0 to 8) are all the digit zero.
  @inline(__always)
  func isZeros(from start: Int, to end: Int) -> Bool {
    if start >= end { return true }
    let values = bits ^ (Self.ones &* 0x30)
    let upToEnd = values &<< UInt64(truncatingIfNeeded: (8 &- end) &* 8)
    return upToEnd &>> UInt64(truncatingIfNeeded: (8 &- end &+ start) &* 8) == 0
  }
}
