import LowLatency

/// How long to wait before the next attempt to connect.
///
/// A connection that was open and is lost is made again at once: its peer was there a moment ago. That is
/// granted a few times in a row, and again one after the other as time goes by, so that a peer that lets
/// everybody in and throws them out is not stormed. Whatever else fails is tried again after a pause that is
/// twice as long after each failure, up to a ceiling, and never quite as long as others wait, so that not
/// all come back at once.
///
/// Equal seeds and equal calls give equal waits. Of each step the second half is drawn by chance
/// ("equal jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
public struct Backoff: Hashable, Sendable {
  /// Times in nanoseconds.
  public struct Policy: Hashable, Sendable {
    /// "At once" is this at most.
    public var prompt: Int64 = 10_000_000
    /// How many losses in a row are answered at once.
    public var promptCount: Int64 = 5
    /// After so long one more is. Venues count connections, some 300 in 5 minutes: `docs/venues.md`.
    public var promptInterval: Int64 = 10_000_000_000
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
  /// Attempts that failed, or connections that did not last, in a row; those that were answered at once do
  /// not count.
  public private(set) var failureCount = 0
  private var random: SeededRandom
  private var step: Int64
  private var openedAt: Int64?
  /// When nothing is left of the prompt answers given so far.
  private var promptUntil: Int64 = .min

  /// - Parameter policy: `first` and `prompt` are 1 ns at least and `ceiling` not below `first`.
  public init(policy: Policy = .init(), seed: UInt64) {
    precondition(
      policy.first > 0 && policy.ceiling >= policy.first && policy.stable >= 0 && policy.prompt > 0
        && policy.promptCount >= 0 && policy.promptInterval > 0,
      "Waits grow from above nothing to the ceiling")
    self.policy = policy
    random = SeededRandom(seed: seed)
    step = policy.first
  }

  /// The connection is open, at `now` (ns).
  public mutating func opened(at now: Int64) { openedAt = now }

  /// The attempt failed or the connection ended, at `now` (ns). Returns how many nanoseconds to
  /// wait: up to `prompt` behind a connection that was open; else more than half of the step and at most
  /// all of it.
  public mutating func closed(at now: Int64) -> Int64 {
    let openedAt = self.openedAt
    self.openedAt = nil
    if let openedAt {
      if now - openedAt >= policy.stable { reset() }
      if takePrompt(now) { return random.integer(in: 1...policy.prompt) }
    }
    let half = step / 2
    let wait = half + random.integer(in: 1...(step - half))
    failureCount += 1
    step = step > policy.ceiling / 2 ? policy.ceiling : step * 2
    return wait
  }

  /// Whether one more loss may be answered at once.
  private mutating func takePrompt(_ now: Int64) -> Bool {
    let begin = max(promptUntil, now)
    guard begin - now <= (policy.promptCount - 1) * policy.promptInterval else { return false }
    promptUntil = begin + policy.promptInterval
    return true
  }

  /// Begins with the first step again.
  public mutating func reset() {
    step = policy.first
    failureCount = 0
  }
}
