import TradingModel

/// What Binance's answers say of the limits
/// (developers.binance.com/docs/binance-spot-api-docs/rest-api/limits).
enum BinanceLimits {
  private static let second: Timestamp = 1_000_000_000

  /// Takes the used counts over, and a ban: 429 asks us to back off, 418 shuts our address out.
  static func observe(
    _ answer: SessionAnswer, _ budget: inout RateBudget, at now: Timestamp
  ) {
    if let used = number(answer.header("x-mbx-used-weight-1m")) {
      budget.observe(.weight, interval: 60 * second, used: used, at: now)
    }
    if let used = number(answer.header("x-mbx-order-count-10s")) {
      budget.observe(.orders, interval: 10 * second, used: used, at: now)
    }
    if let used = number(answer.header("x-mbx-order-count-1d")) {
      budget.observe(.orders, interval: 86_400 * second, used: used, at: now)
    }
    if answer.status == 429 || answer.status == 418 {
      // Without a word from the venue: until the next minute's count.
      let pause = number(answer.header("retry-after")).map { Timestamp($0) * second } ?? 60 * second
      budget.ban(until: now + pause)
    }
  }

  /// A whole number of at most nine digits.
  private static func number(_ bytes: UnsafeRawBufferPointer?) -> Int? {
    guard let bytes, (1...9).contains(bytes.count) else { return nil }
    var value = 0
    for byte in bytes {
      guard byte &- 0x30 <= 9 else { return nil }
      value = value * 10 + Int(byte &- 0x30)
    }
    return value
  }
}
