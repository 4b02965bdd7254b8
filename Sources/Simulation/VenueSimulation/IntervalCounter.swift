/// Counts requests in intervals that begin at whole multiples of their length, as the venue does.
struct IntervalCounter {
  let seconds: Int64
  let limit: Int
  private var interval: Int64 = -1
  private var used = 0

  init(seconds: Int64, limit: Int) {
    self.seconds = seconds
    self.limit = limit
  }

  mutating func count(at milliseconds: Int64) -> Int {
    let now = milliseconds / (seconds * 1000)
    if now != interval {
      interval = now
      used = 0
    }
    return used
  }

  mutating func add(_ amount: Int, at milliseconds: Int64) -> Int {
    _ = count(at: milliseconds)
    used += amount
    return used
  }

  /// Whole seconds until the count begins anew.
  func secondsLeft(at milliseconds: Int64) -> Int {
    Int(seconds - milliseconds / 1000 % seconds)
  }
}
