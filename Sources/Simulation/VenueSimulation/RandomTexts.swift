/// Texts of letters and digits for ids and keys, drawn from a seed.
struct RandomTexts {
  private var state: UInt64
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  init(seed: UInt64) { state = seed ^ 0x9E37_79B9_7F4A_7C15 }

  /// The next number: SplitMix64 (https://prng.di.unimi.it/splitmix64.c).
  mutating func nextNumber() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A text of `count` characters that is hardly made twice.
  mutating func next(_ count: Int) -> String {
    var bytes: [UInt8] = []
    for _ in 0..<count {
      bytes.append(Self.letters[Int(nextNumber() % UInt64(Self.letters.count))])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
