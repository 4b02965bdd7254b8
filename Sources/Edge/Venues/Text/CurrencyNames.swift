import TradingModel

/// The currencies of a run by the venue's names for them.
///
/// Built once; a look-up compares two words with each name, the one found last first, and allocates
/// nothing.
struct CurrencyNames: ~Copyable {
  private struct Name: BitwiseCopyable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var byteCount = 0
    var currency: CurrencyIndex = 0
  }

  /// Longer names are in no table: no venue has them.
  static let byteCountMax = 16
  private let names: UnsafeMutablePointer<Name>
  private let count: Int
  private var recent = 0

  /// - Precondition: names have 1 to 16 bytes.
  init(_ entries: [(name: String, currency: CurrencyIndex)]) {
    names = .allocate(capacity: max(1, entries.count))
    count = entries.count
    for (index, entry) in entries.enumerated() {
      precondition(
        (1...Self.byteCountMax).contains(entry.name.utf8.count),
        "a currency's name has 1 to 16 bytes, and '\(entry.name)' has not")
      var text = entry.name
      var name = text.withUTF8 { Self.packed(UnsafeRawBufferPointer($0)) }
      name.currency = entry.currency
      (names + index).initialize(to: name)
    }
  }

  deinit { names.deallocate() }

  @inline(__always)
  private static func packed(_ bytes: UnsafeRawBufferPointer) -> Name {
    var name = Name()
    name.byteCount = bytes.count
    for index in 0..<bytes.count {
      let byte = UInt64(bytes[index]) &<< (UInt64(index & 7) &* 8)
      if index < 8 { name.low |= byte } else { name.high |= byte }
    }
    return name
  }

  @inline(__always)
  private static func areSame(_ a: Name, _ b: Name) -> Bool {
    a.low == b.low && a.high == b.high && a.byteCount == b.byteCount
  }

  /// The currency called `bytes`; nil for one that the run does not have.
  @inline(__always)
  mutating func find(_ bytes: UnsafeRawBufferPointer) -> CurrencyIndex? {
    guard bytes.count > 0, bytes.count <= Self.byteCountMax, count > 0 else { return nil }
    let name = Self.packed(bytes)
    if Self.areSame(names[recent], name) { return names[recent].currency }
    for index in 0..<count where Self.areSame(names[index], name) {
      recent = index
      return names[index].currency
    }
    return nil
  }
}
