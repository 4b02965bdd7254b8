import LowLatency

/// How long to wait before the next attempt to connect: twice as long after each failure, up to a
/// ceiling, and never quite as long as others wait, so that not all come back at once.
///
/// Equal seeds and equal calls give equal waits. Of each step the second half is drawn by chance
/// ("equal jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
public struct Backoff: Hashable, Sendable {
  /// Times in nanoseconds.
  public struct Policy: Hashable, Sendable {
    /// The first step.
    public var first: Int64 = 250_000_000
    /// No wait is longer.
    public var ceiling: Int64 = 30_000_000_000
    /// A connection open this long was a good one: the next step is the first again.
    public var stable: Int64 = 60_000_000_000

    public init() {}
  }

  /// What it goes by.
  public let policy: Policy
  /// Attempts that failed, or connections that did not last, in a row.
  public private(set) var failureCount = 0
  private var random: SeededRandom
  private var step: Int64
  private var openedAt: Int64?

  /// - Parameter policy: `first` is 1 ns at least and `ceiling` not below it.
  public init(policy: Policy = .init(), seed: UInt64) {
    precondition(
      policy.first > 0 && policy.ceiling >= policy.first && policy.stable >= 0,
      "Waits grow from above nothing to the ceiling")
    self.policy = policy
    random = SeededRandom(seed: seed)
    step = policy.first
  }

  /// The connection is open, at `now` (ns).
  public mutating func opened(at now: Int64) { openedAt = now }

  /// The attempt failed or the connection ended, at `now` (ns). Returns how many nanoseconds to
  /// wait: more than half of the step and at most all of it.
  public mutating func closed(at now: Int64) -> Int64 {
    if let openedAt, now - openedAt >= policy.stable { reset() }
    openedAt = nil
    let half = step / 2
    let wait = half + random.integer(in: 1...(step - half))
    failureCount += 1
    step = step > policy.ceiling / 2 ? policy.ceiling : step * 2
    return wait
  }

  /// Begins with the first step again.
  public mutating func reset() {
    step = policy.first
    failureCount = 0
  }
}
