import VenueServer

/// How many requests the venue takes (https://bybit-exchange.github.io/docs/v5/rate-limit).
public struct BybitLimitSettings: Sendable {
  /// Requests of one address in five seconds.
  public var requestsInFiveSeconds = 600
  /// How long an address is locked out that sent more. The venue says at least ten minutes.
  public var banSeconds: Int64 = 600
  /// Whether each account's requests are counted.
  public var countsAccounts = true

  public init() {}
}

/// Requests that are counted together, for each account and second.
enum BybitLimitGroup: Hashable {
  case create, amend, cancel, cancelAll
  case createBatch, amendBatch, cancelBatch
  case orders, orderHistory, executions, positions, leverage, positionMode, tradingStop
  case wallet, accountInfo, feeRate, transactions, keyInformation, protection

  /// How many there may be in a second.
  func count(_ category: BybitCategory?) -> Int {
    switch self {
    case .create, .amend, .cancel, .cancelAll, .createBatch, .amendBatch, .cancelBatch:
      category == .spot ? 20 : 10
    case .orders, .orderHistory, .executions, .positions, .wallet, .accountInfo: 50
    case .transactions: 30
    case .leverage, .positionMode, .tradingStop, .keyInformation: 10
    case .feeRate: category == .spot ? 5 : 10
    case .protection: 5
    }
  }
}

/// The state of a limit after a request, as the headers of an answer tell it.
struct BybitLimitState {
  var limit: Int
  var left: Int
  /// Milliseconds since the epoch: when it begins anew, where it is used up; else the present time.
  var resetTime: Int64

  /// Of REST answers.
  var headers: HTTPHeaders {
    [
      "X-Bapi-Limit": "\(limit)", "X-Bapi-Limit-Status": "\(left)",
      "X-Bapi-Limit-Reset-Timestamp": "\(resetTime)",
    ]
  }
}

/// The counted requests of one account.
struct BybitAccountLimits {
  private struct Key: Hashable {
    var group: BybitLimitGroup
    var category: BybitCategory?
  }
  private var counts: [Key: (second: Int64, used: Int)] = [:]

  /// Counts `amount` requests: the state after them, and whether they may be carried out.
  mutating func take(
    _ group: BybitLimitGroup, _ category: BybitCategory?, _ amount: Int, at now: ServerTime
  ) -> (state: BybitLimitState, isTaken: Bool) {
    let limit = group.count(category)
    let second = now.milliseconds / 1_000
    let key = Key(group: group, category: category)
    var used = counts[key].map { $0.second == second ? $0.used : 0 } ?? 0
    let isTaken = used + amount <= limit
    if isTaken { used += amount }
    counts[key] = (second, used)
    let state = BybitLimitState(
      limit: limit, left: isTaken ? limit - used : 0,
      resetTime: isTaken ? now.milliseconds : (second + 1) * 1_000)
    return (state, isTaken)
  }
}

/// The requests of one address: all clients of a simulator on loopback have the same.
struct BybitAddressLimits {
  let settings: BybitLimitSettings
  private var interval: Int64 = -1
  private var used = 0
  private var bannedUntil: Int64 = .min

  init(_ settings: BybitLimitSettings) { self.settings = settings }

  /// Counts a request.
  ///
  /// - Throws: 403 with 10018 where the address is locked out.
  mutating func take(at now: ServerTime) throws(BybitError) {
    let present = now.monotonic / 1_000_000_000
    if present < bannedUntil { throw .addressLimit }
    if present / 5 != interval {
      interval = present / 5
      used = 0
    }
    used += 1
    if used > settings.requestsInFiveSeconds {
      bannedUntil = present + settings.banSeconds
      throw .addressLimit
    }
  }
}
