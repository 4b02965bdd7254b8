import MatchingEngine
import TradingModel

/// Numbers of orders and trades as the venue writes them: spot has long whole numbers, contracts have
/// UUIDs. Both are made of the exchange's own numbers and read back into them.
enum BybitIdentifiers {
  private static let spotOrders: UInt64 = 1_950_000_000_000_000_000
  private static let spotTrades: UInt64 = 2_290_000_000_000_000_000
  private static let bits: UInt64 = (1 << 48) - 1
  /// Odd, so that numbers below 2^48 are exchanged one for one.
  private static let factor: UInt64 = 0x9E37_79B9_7F4B
  private static let inverse: UInt64 = {
    // Newton's method modulo 2^64: every step doubles the bits that are right.
    var value = factor
    for _ in 0..<6 { value = value &* (2 &- factor &* value) }
    return value & bits
  }()

  static func order(_ id: OrderID, _ category: BybitCategory) -> String {
    category == .spot ? "\(spotOrders + id)" : uuid(id, salt: 0x0BDE)
  }

  /// The exchange's number of an order; nil for a text that names none.
  static func order(_ text: String, _ category: BybitCategory) -> OrderID? {
    let id: OrderID
    switch category {
    case .spot:
      guard let number = UInt64(text), number > spotOrders else { return nil }
      id = number - spotOrders
    case .linear:
      guard text.utf8.count == 36, let tail = UInt64(text.suffix(12), radix: 16) else { return nil }
      id = (tail &* inverse) & bits
    }
    return order(id, category) == text ? id : nil
  }

  static func execution(_ id: UInt64, _ instrument: InstrumentIndex, _ category: BybitCategory)
    -> String
  {
    category == .spot
      ? "\(spotTrades + UInt64(instrument) * 1_000_000_000_000_000 + id)"
      : uuid(id, salt: 0xE000 + UInt64(instrument))
  }

  /// A UUID of the random kind's form (RFC 9562, section 5.4).
  static func uuid(_ id: UInt64, salt: UInt64) -> String {
    var high = (id ^ salt << 48) &+ 0x9E37_79B9_7F4A_7C15
    high = (high ^ (high >> 30)) &* 0xBF58_476D_1CE4_E5B9
    high = (high ^ (high >> 27)) &* 0x94D0_49BB_1331_11EB
    high ^= high >> 31
    let tail = (id &* factor) & bits
    let first = hexadecimal(high >> 32, 8)
    let second = hexadecimal((high >> 16) & 0xFFFF, 4)
    let third = hexadecimal(0x4000 | (high & 0x0FFF), 4)
    let fourth = hexadecimal(0x8000 | ((high >> 40) & 0x3FFF), 4)
    return "\(first)-\(second)-\(third)-\(fourth)-\(hexadecimal(tail, 12))"
  }

  private static func hexadecimal(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
