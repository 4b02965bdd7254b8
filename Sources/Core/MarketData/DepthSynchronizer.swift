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
/// Pure: it holds a few words and knows nothing of levels, bytes or time. The caller keeps what is
/// to be buffered, and offers it again after `snapshot`.
public struct DepthSynchronizer: Equatable, Sendable, BitwiseCopyable {
  /// The venue's rule.
  public let rule: SequenceRule
  /// The book's updates come over several lines, which need not cut them at the same numbers: one that
  /// begins within the book and ends beyond it continues it.
  public let isShared: Bool
  /// Whether the book can be trusted: `.waiting`, `.synced` or `.gap`.
  public private(set) var state: FeedState = .waiting
  /// The number of the last update or snapshot applied.
  public private(set) var last: UInt64 = 0
  /// How often the venue's numbers began anew, as far as lines are compared by it.
  private(set) var restarts: UInt32 = 0
  /// No update was applied since the snapshot.
  private var isFirst = true

  public init(rule: SequenceRule, isShared: Bool = false) {
    self.rule = rule
    self.isShared = isShared
  }

  /// A snapshot numbered `id` replaces the book.
  public mutating func snapshot(_ id: UInt64) {
    last = id
    isFirst = true
    state = .synced
  }

  /// The connection was lost: nothing continues the book before the next snapshot.
  public mutating func disconnect() {
    state = .disconnected
    restarts = 0
  }

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
    let decision = place(first, final, previous)
    switch decision {
    case .apply:
      last = final
      isFirst = false
    case .gap: state = .gap
    case .dropOld, .buffer: break
    }
    return decision
  }

  /// Where an update stands to the book.
  private func place(
    _ first: UInt64, _ final: UInt64, _ previous: UInt64
  ) -> SequenceDecision {
    let continues: Bool
    switch rule.link {
    case .first:
      if final <= last { return .dropOld }
      continues = isFirst || isShared ? first <= last &+ joinDistance : first == last &+ 1
    case .previous:
      let follows = previous == last
      if rule.mayRestart && follows { return .apply }
      if isOld(final) { return .dropOld }
      // An update that tells the snapshot's own number as the one before it is continuous too, when the
      // update that ended there came before we listened.
      continues =
        follows || isFirst && first <= last &+ rule.joinDistance
        || isShared && previous < last && final > last
    case .last:
      if final <= last { return .dropOld }
      continues = final == last &+ 1
    case .none: return .apply
    }
    return continues
      ? .apply : .gap(SequenceGap(last: last, foundFirst: first, foundLast: final))
  }

  /// How far above the book an update may begin: behind the first one, it must not leave one out.
  private var joinDistance: UInt64 { isFirst ? rule.joinDistance : 1 }

  /// Whether an update that does not follow the last one is in the book already. Behind the first, a
  /// lower number tells nothing where numbers may begin anew: an update is missing. Of several lines,
  /// those that bring old numbers are told apart before.
  private func isOld(_ final: UInt64) -> Bool {
    guard rule.mayRestart else { return isFirst ? final < last : final <= last }
    if isShared { return final <= last }
    return isFirst ? final < last : final == last
  }
}

// MARK: - Lines

extension DepthSynchronizer {
  /// Decides over an update that came over one of several lines.
  ///
  /// A line that is behind the book brings what the book holds (`.dropOld`). Where the numbers may
  /// begin anew, that cannot be seen in the number alone: the line's own restarts are counted and
  /// compared. A `.gap` changes nothing yet, for another line may bring what is missing; `giveUp` does.
  public mutating func decide(
    first: UInt64, final: UInt64, previous: UInt64, over line: inout LinePosition
  ) -> SequenceDecision {
    line.take(final: final, previous: previous, of: self)
    return decide(first: first, final: final, previous: previous, restarts: line.restarts)
  }

  /// The same for an update that was kept since its line brought it, with `restarts` of its line then.
  public mutating func decide(
    first: UInt64, final: UInt64, previous: UInt64, restarts found: UInt32
  ) -> SequenceDecision {
    guard rule.link != .none, state == .synced else {
      return decide(first: first, final: final, previous: previous)
    }
    if found < restarts { return .dropOld }
    let missing = SequenceDecision.gap(
      SequenceGap(last: last, foundFirst: first, foundLast: final))
    if found > restarts {
      // Its line began anew, and the book did not yet: it does with this one, or misses some before.
      guard rule.mayRestart, previous == last else { return missing }
      restarts = found
    } else {
      // An update without changes, told by each line.
      if rule.mayRestart, previous == last, final == last { return .dropOld }
      guard case .apply = place(first, final, previous) else {
        return place(first, final, previous)
      }
    }
    last = final
    isFirst = false
    return .apply
  }

  /// No line can bring what is missing: the book is unsynced until the next snapshot.
  public mutating func giveUp() {
    state = .gap
    restarts = 0
  }

  /// Takes a snapshot that came through one of several lines, unless the book holds it already.
  ///
  /// - Returns: whether it was taken.
  public mutating func snapshot(_ id: UInt64, over line: inout LinePosition) -> Bool {
    line.take(snapshot: id, of: self)
    if state == .synced {
      if line.restarts < restarts { return false }
      if line.restarts == restarts, id <= last { return false }
    }
    restarts = line.restarts
    snapshot(id)
    return true
  }
}
