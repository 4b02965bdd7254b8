import TradingModel

/// How a venue numbers its book updates. The venues' own rules stand in their folders.
public struct SequenceRule: Equatable, Sendable, BitwiseCopyable {
  /// What of an update names the one before it.
  public enum Link: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The number of its first change is one above the last number before it.
    case first
    /// It tells the last number before it.
    case previous
    /// Its own number is one above the one before it.
    case last
    /// Nothing: every message is a whole book, or the capture is complete by itself.
    case none
  }

  public var link: Link
  /// Of snapshots that are asked for beside the stream: the first update applied begins at most this
  /// far above the snapshot's number.
  public var joinDistance: UInt64
  /// The venue may begin its numbers anew: what links on is taken, though its number is lower.
  public var mayRestart: Bool

  public init(_ link: Link, joinDistance: UInt64 = 0, mayRestart: Bool = false) {
    self.link = link
    self.joinDistance = joinDistance
    self.mayRestart = mayRestart
  }

  /// Every message is a whole book, or the capture is complete by itself: nothing to join.
  public static var wholeBooks: SequenceRule { SequenceRule(.none) }
}

/// What is to be done with one book update.
public enum SequenceDecision: Equatable, Sendable, BitwiseCopyable {
  /// Continues the book.
  case apply
  /// Already in the book.
  case dropOld
  /// Cannot be placed before the next snapshot: keep it until then, or forget it where the
  /// snapshot comes through the same stream.
  case buffer
  /// At least one update is missing: the book is unsynced until the next snapshot.
  case gap(SequenceGap)
}

/// Where updates are missing, in the venue's numbers.
public struct SequenceGap: Equatable, Sendable, BitwiseCopyable {
  /// The last number the book holds.
  public var last: UInt64
  /// The first and last number of the update that did not fit.
  public var foundFirst: UInt64
  public var foundLast: UInt64

  public init(last: UInt64, foundFirst: UInt64, foundLast: UInt64) {
    self.last = last
    self.foundFirst = foundFirst
    self.foundLast = foundLast
  }
}

/// Decides, by the venue's published rule, whether an update continues a book.
///
/// Pure: it holds three words and knows nothing of levels, bytes or time. The caller keeps what is
/// to be buffered, and offers it again after `snapshot`.
public struct DepthSynchronizer: Equatable, Sendable, BitwiseCopyable {
  /// The venue's rule.
  public let rule: SequenceRule
  /// Whether the book can be trusted: `.waiting`, `.synced` or `.gap`.
  public private(set) var state: FeedState = .waiting
  /// The number of the last update or snapshot applied.
  public private(set) var last: UInt64 = 0
  /// No update was applied since the snapshot.
  private var isFirst = true

  public init(rule: SequenceRule) { self.rule = rule }

  /// A snapshot numbered `id` replaces the book.
  public mutating func snapshot(_ id: UInt64) {
    last = id
    isFirst = true
    state = .synced
  }

  /// The connection was lost: nothing continues the book before the next snapshot.
  public mutating func disconnect() { state = .disconnected }

  /// Decides over an update.
  ///
  /// - Parameters:
  ///   - first: the number of its first change (`U`); equal to `final` where a venue gives one.
  ///   - final: the number of its last change (`u`).
  ///   - previous: the number of the update before it (`pu`); unused where a venue gives none.
  /// - Complexity: O(1).
  public mutating func decide(
    first: UInt64, final: UInt64, previous: UInt64
  ) -> SequenceDecision {
    if rule.link == .none {
      last = final
      state = .synced
      return .apply
    }
    guard state == .synced else { return .buffer }
    switch rule.link {
    case .first:
      if final <= last { return .dropOld }
      let joins = isFirst ? first <= last &+ rule.joinDistance : first == last &+ 1
      return joins ? accept(final) : gap(first, final)
    case .previous:
      let follows = previous == last
      if rule.mayRestart && follows { return accept(final) }
      if isFirst ? final < last : final <= last { return .dropOld }
      // An update that tells the snapshot's own number as the one before it is continuous too, when the
      // update that ended there came before we listened.
      let joins = isFirst ? first <= last &+ rule.joinDistance || follows : follows
      return joins ? accept(final) : gap(first, final)
    case .last:
      if final <= last { return .dropOld }
      return final == last &+ 1 ? accept(final) : gap(first, final)
    case .none:
      return .apply
    }
  }

  private mutating func accept(_ final: UInt64) -> SequenceDecision {
    last = final
    isFirst = false
    return .apply
  }

  private mutating func gap(_ first: UInt64, _ final: UInt64) -> SequenceDecision {
    state = .gap
    return .gap(SequenceGap(last: last, foundFirst: first, foundLast: final))
  }
}
