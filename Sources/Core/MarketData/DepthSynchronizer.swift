import TradingModel

/// How a venue numbers its book updates.
public enum SequenceRule: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Binance spot, "How to manage a local order book correctly": drop `u <= lastUpdateId`; the
  /// first applied has `U <= lastUpdateId + 1 <= u`; then `U == previous u + 1`.
  case binanceSpot
  /// Binance USD-M and COIN-M futures, same chapter: drop `u < lastUpdateId`; the first applied has
  /// `U <= lastUpdateId <= u`; then `pu == previous u`.
  case binanceFutures
  /// Bybit v5, "Orderbook": a snapshot in the stream, then `u == previous u + 1`. A new snapshot
  /// (`u == 1` after a restart of the service) replaces the book.
  case bybit
  /// Every message is a whole book, or the capture is complete by itself: nothing to join.
  case wholeBooks
}

/// What is to be done with one book update.
public enum SequenceDecision: Equatable, Sendable, BitwiseCopyable {
  /// Continues the book.
  case apply
  /// Already in the book.
  case dropOld
  /// Cannot be placed before the next snapshot: keep it until then (Binance), or forget it (where
  /// the snapshot comes through the same stream).
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
    if rule == .wholeBooks {
      last = final
      state = .synced
      return .apply
    }
    guard state == .synced else { return .buffer }
    switch rule {
    case .binanceSpot:
      if final <= last { return .dropOld }
      let joins = isFirst ? first <= last &+ 1 : first == last &+ 1
      return joins ? accept(final) : gap(first, final)
    case .binanceFutures:
      if isFirst ? final < last : final <= last { return .dropOld }
      // `pu == lastUpdateId` is continuous too, when the update that ended there came before the
      // capture did.
      let joins = isFirst ? first <= last || previous == last : previous == last
      return joins ? accept(final) : gap(first, final)
    case .bybit:
      if final <= last { return .dropOld }
      return final == last &+ 1 ? accept(final) : gap(first, final)
    case .wholeBooks:
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
