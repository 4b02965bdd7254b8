import TradingModel

/// How long a venue waits for us before it cancels our orders by itself.
public struct DeadManSetting: Equatable, Sendable {
  /// Of a run that says nothing, where the venue takes it.
  public static let usualSeconds = 60

  /// Within the `deadManSeconds` of the venue's description.
  public var seconds: Int
  /// Whether nothing is entered where the account is refused the switch. Otherwise the run goes on without
  /// it, and says so.
  public var isRequired: Bool

  public init(seconds: Int, isRequired: Bool = false) {
    self.seconds = seconds
    self.isRequired = isRequired
  }

  /// The usual one of a venue; nil where it has none.
  public static func usual(_ venue: VenueDescription) -> DeadManSetting? {
    venue.deadManSeconds.map { range in
      DeadManSetting(seconds: min(max(usualSeconds, range.lowerBound), range.upperBound))
    }
  }
}

/// A venue's dead-man switch, as its dialect has it.
struct DeadManSwitch: Sendable {
  enum Kind: Sendable {
    /// A countdown, which every question sets anew; where it comes to its end, the venue cancels.
    case countdown
    /// The venue counts from the loss of a connection. The steps of logging on that are `isProtection`
    /// set it, each time the connection comes up; nothing is renewed.
    case connection
  }

  var kind: Kind
  var setting: DeadManSetting
  /// The channel over which a countdown is set, and either kind is ended.
  var channel: Int
  /// Questions that set a countdown, one for each symbol or one for the account, and as many that end it.
  var partCount: Int
  /// Of one question.
  var cost: RequestCost

  init(
    _ kind: Kind, _ setting: DeadManSetting, channel: Int, partCount: Int = 1, cost: RequestCost
  ) {
    self.kind = kind
    self.setting = setting
    self.channel = channel
    self.partCount = partCount
    self.cost = cost
    // It protects the account.
    self.cost.isUrgent = true
  }

  /// Nanoseconds until the venue cancels.
  var countdown: Int64 { Int64(setting.seconds) * 1_000_000_000 }
  /// Nanoseconds after which a countdown is set anew.
  var renewal: Int64 { countdown / 3 }
}

/// What a session knows of its venue's dead-man switch. Times are of the monotonic clock.
struct DeadManState {
  struct Part: BitwiseCopyable {
    /// When the last question that the venue said yes to was sent: the countdown began then or later. Nil
    /// where there is none.
    var confirmedAt: Int64?
    /// When the question that is due was sent; nil for none.
    var askedAt: Int64?
    /// When the question is given up, or the next one is asked.
    var dueAt = Int64.max
    /// Questions in a row without a yes.
    var failureCount = 0
    /// The venue does not give it: nothing is asked.
    var isRefused = false
  }

  enum Stage: Equatable {
    /// Nothing is asked.
    case idle
    case arming
    case disarming
  }

  var parts: [Part]
  var stage = Stage.idle
  /// When the present stage began: answers to earlier questions are of no use.
  var since: Int64 = 0
  /// Why the account has no switch, in the venue's words; nil where it has one.
  var refusal: String?

  init(partCount: Int) { parts = Array(repeating: Part(), count: partCount) }

  /// Begins a stage: every part is due at once, but for those that cannot be ended because they never began.
  mutating func begin(_ stage: Stage, at now: Int64) {
    self.stage = stage
    since = now
    for index in parts.indices {
      let isRefused = stage != .arming && parts[index].isRefused
      parts[index] = Part(dueAt: stage == .idle || isRefused ? .max : now, isRefused: isRefused)
    }
  }

  /// The venue does not give a part.
  mutating func refuse(_ part: Int) { parts[part] = Part(isRefused: true) }

  /// Whether the venue has decided on every part in this stage, and said yes to those that it gives.
  var isDone: Bool { parts.allSatisfy { $0.confirmedAt != nil || $0.isRefused } }

  /// When the first of the countdowns may be over; `Int64.max` where none runs.
  func end(_ countdown: Int64) -> Int64 {
    var end = Int64.max
    guard stage == .arming else { return end }
    for part in parts {
      if let confirmed = part.confirmedAt { end = min(end, confirmed + countdown) }
    }
    return end
  }

  /// When something is to be done.
  var nextTime: Int64 { parts.reduce(Int64.max) { min($0, $1.dueAt) } }
}
