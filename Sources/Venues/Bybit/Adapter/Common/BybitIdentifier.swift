/// Ids as the engine keeps them.
///
/// Spot numbers its orders and trades; linear names them with UUIDs. A number stays itself; any other
/// text becomes 63 bits of its FNV-1a hash with the top bit set, so that it is never a number of
/// spot's. Two of a million trades share one with a chance of 1 in 18 million.
enum BybitIdentifier {
  /// The id that `text` says; 0 for an empty one.
  static func number(_ text: UnsafeRawBufferPointer) -> UInt64 {
    if text.isEmpty { return 0 }
    if text.count <= 18 {
      var value: UInt64 = 0
      var place = 0
      while place < text.count, text[place] &- 0x30 <= 9 {
        value = value &* 10 &+ UInt64(text[place] &- 0x30)
        place &+= 1
      }
      if place == text.count { return value }
    } else if text.count == 19, let value = nineteenDigits(text) {
      return value
    }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    // The last bytes have reached only some of the bits.
    hash ^= hash &>> 32
    hash = hash &* 0xD6E8_FEB8_6659_FD93
    hash ^= hash &>> 32
    return hash | 1 &<< 63
  }

  /// Nil for what is no number, and for one that needs the top bit.
  private static func nineteenDigits(_ text: UnsafeRawBufferPointer) -> UInt64? {
    var value: UInt64 = 0
    for byte in text {
      guard byte &- 0x30 <= 9 else { return nil }
      value = value &* 10 &+ UInt64(byte &- 0x30)
    }
    return value &>> 63 == 0 ? value : nil
  }
}
