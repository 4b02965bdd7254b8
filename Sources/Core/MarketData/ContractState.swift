import TradingModel

/// What was last told of a contract beside its book: mark price, index price and funding.
public struct ContractState: Equatable, BitwiseCopyable, Sendable {
  /// Longer silence than this means that what is held may no longer be so, in nanoseconds. Venues tell
  /// mark prices every 0.1 to 3 s.
  public static let staleAfter: Int64 = 30_000_000_000

  /// What positions are valued at, in the venue's own decimals; nil before it was told, as all of these.
  public private(set) var markPrice: Decimal?
  /// The price of what lies under the contract, over several markets.
  public private(set) var indexPrice: Decimal?
  /// Of the next funding, as a part of the position's value; positive is paid by longs to shorts.
  public private(set) var fundingRate: Decimal?
  /// When funding is exchanged next, ns since the epoch.
  public private(set) var nextFundingTime: Timestamp?
  /// The venue's time of the last update, and when it came in; 0 before the first.
  public private(set) var venueTime: Timestamp = 0
  public private(set) var receiveTime: Timestamp = 0
  /// Whether the feed was lost after the last update.
  public private(set) var isLost = false

  public init() {}

  /// Whether mark and index price, as far as they were told, can be taken for what the venue says at
  /// `now`: something was told, the feed was not lost since, and it was not silent for longer than
  /// `staleAfter`. Of funding, `isFundingCurrent` speaks.
  public func isCurrent(at now: Timestamp) -> Bool {
    guard receiveTime != 0, !isLost else { return false }
    let (age, overflow) = now.subtractingReportingOverflow(receiveTime)
    return !overflow && age <= Self.staleAfter
  }

  /// Whether `fundingRate` and `nextFundingTime` are those of the funding that comes next: both were
  /// told, that time lies ahead of `now`, and `isCurrent`. From a funding time until the venue tells the
  /// next, what is held is of the one that was.
  public func isFundingCurrent(at now: Timestamp) -> Bool {
    guard isCurrent(at: now), fundingRate != nil, let nextFundingTime else { return false }
    return nextFundingTime > now
  }

  /// Takes in what an update tells; what it does not tell stays.
  public mutating func take(_ update: ContractUpdate, at receiveTime: Timestamp) {
    markPrice = update.markPrice ?? markPrice
    indexPrice = update.indexPrice ?? indexPrice
    fundingRate = update.fundingRate ?? fundingRate
    nextFundingTime = update.nextFundingTime ?? nextFundingTime
    venueTime = update.venueTime
    self.receiveTime = receiveTime
    isLost = false
  }

  /// Takes a feed's change of state in. The values stay, as what was last known; a gap is one of the
  /// book alone.
  public mutating func take(_ state: FeedState) {
    if state == .disconnected || state == .stale { isLost = true }
  }

  /// Takes every field into a state hash.
  public func hash(into hash: inout RecordHash) {
    for value in [markPrice, indexPrice, fundingRate] {
      hash.combine(value.map { UInt64($0.decimals) } ?? .max)
      hash.combine(value?.units ?? 0)
    }
    hash.combine(nextFundingTime ?? .min)
    hash.combine(venueTime)
    hash.combine(receiveTime)
    hash.combine(isLost ? 1 as UInt64 : 0)
  }
}
