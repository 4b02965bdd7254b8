import TradingModel

/// What Binance's answers say of the limits
/// (developers.binance.com/docs/binance-spot-api-docs/rest-api/limits).
enum BinanceLimits {
  private static let second: Timestamp = 1_000_000_000
  private static var headers: [StaticString] {
    [
      "x-mbx-used-weight-1m", "x-mbx-order-count-10s", "x-mbx-order-count-1m",
      "x-mbx-order-count-1d",
    ]
  }

  /// Takes the used counts over.
  ///
  /// - Parameter now: by the venue's clock.
  static func observe(_ usage: BinanceUsage, _ budget: inout RateBudget, at now: Timestamp) {
    for index in 0..<usage.count {
      let limit = usage[index]
      let kind: RateLimitKind
      switch limit.kind {
      case .requestWeight: kind = .weight
      case .orders: kind = .orders
      case .rawRequests: kind = .requests
      case .connections, .other: continue
      }
      if limit.used >= 0 {
        budget.observe(kind, interval: limit.interval, used: Int(clamping: limit.used), at: now)
      }
    }
  }

  /// Takes the used counts of an answer over HTTP over, and a ban: 429 asks us to back off, 418 shuts
  /// our address out.
  static func observe(_ answer: SessionAnswer, _ budget: inout RateBudget, at now: Timestamp) {
    var usage = BinanceUsage()
    for name in headers {
      guard let value = answer.header(name) else { continue }
      _ = usage.take(
        header: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount),
        value: value)
    }
    observe(usage, &budget, at: now)
    if answer.status == 429 || answer.status == 418 {
      // Without a word from the venue: until the next minute's count.
      let seconds = answer.header("retry-after").flatMap {
        Int64(String(decoding: $0, as: UTF8.self))
      }
      // Bans are of three days at most; a month leaves room, and no sum of times overflows.
      let pause = seconds.map { min(max(0, $0), 30 * 86_400) } ?? 60
      // "The limits on the API are based on the IPs, not the API keys."
      budget.ban(until: now + pause * second, by: .address)
    }
  }
}
