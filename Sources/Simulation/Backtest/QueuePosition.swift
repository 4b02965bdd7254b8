import TradingModel

/// Who is assumed to have gone when a level shrinks by more than the trades printed there.
public enum QueueModel: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Orders behind ours, as long as there can be any: only trades move us forward.
  case conservative = 0
  /// Orders ahead of and behind ours alike, in proportion; what does not divide was behind.
  case proportional = 1
}

/// The place of one resting order of ours in the queue of a followed level. Our orders are not in the
/// followed book, so everything counted here is other people's.
///
/// What is known: the level's displayed quantity, and the trades printed at its price. Both tell of
/// the same event, in either order. A trade that comes first explains the decrease that follows it;
/// a trade that comes after the update which shows it takes back what the decrease had been put down
/// to. Whichever comes first, the place ends the same (see `tradeAndUpdateInEitherOrder` in tests).
public struct QueuePosition: Equatable, BitwiseCopyable, Sendable {
  /// What stands before the order; `Int64.max` while nobody can know, because the price is beyond
  /// what the feed shows.
  public private(set) var ahead: Int64
  /// The level's displayed quantity at the last update; nil while unknown.
  public private(set) var level: Int64?
  /// Printed at this price since then, and when the last of it was.
  private var traded: Int64 = 0
  private var tradedTime = Timestamp.min
  /// What of the last decrease no trade explained, and how far that moved the order forward.
  private var unexplained: Int64 = 0
  private var credited: Int64 = 0

  /// At the back of a level that shows `level`; nil where the feed does not show it.
  public init(behind level: Int64?) {
    ahead = level ?? .max
    self.level = level
  }

  /// A trade of `volume` was printed at this price, hitting this side.
  ///
  /// - Parameters:
  ///   - taken: how much of it orders of ours that stand before this one got.
  ///   - time: the trade's venue time.
  ///   - bookTime: the venue time of the last update of the book.
  /// - Returns: how much of the volume reaches the order.
  public mutating func trade(
    volume: Int64, taken: Int64, at time: Timestamp, bookTime: Timestamp
  ) -> Int64 {
    if time <= bookTime && unexplained > 0 { takeBack(min(volume, unexplained)) }
    // At equal times nobody knows whether the update has the trade: both are assumed, because both
    // only keep the order further back.
    if time >= bookTime {
      traded += volume
      tradedTime = time
    }
    if ahead == .max { return 0 }
    let rest = max(0, volume - taken)
    let gone = min(ahead, rest)
    ahead -= gone
    return rest - gone
  }

  private mutating func takeBack(_ late: Int64) {
    let back = Int64(divide(Int128(credited) * Int128(late), by: Int128(unexplained), .up))
    credited -= back
    unexplained -= late
    if ahead != .max { ahead += back }
  }

  /// A trade went through the price: nobody is left before the order.
  public mutating func tradeThrough() {
    ahead = 0
    credited = 0
  }

  /// An update at venue time `time` shows `quantity` at the price.
  public mutating func update(
    to quantity: Int64, at time: Timestamp, by model: QueueModel
  ) {
    guard let level, ahead != .max else { return resync(to: quantity) }
    let decrease = max(0, level - quantity)
    let explained = min(decrease, traded)
    let standing = level - explained
    unexplained = decrease - explained
    credited = 0
    if model == .proportional && unexplained > 0 {
      // Rounded down: against us. More than the level cannot be ahead.
      let share = Int128(unexplained) * Int128(min(ahead, standing))
      credited = Int64(divide(share, by: Int128(standing), .down))
      ahead -= credited
    }
    if ahead > quantity {
      credited += ahead - quantity
      ahead = quantity
    }
    traded = time >= tradedTime ? 0 : traded - explained
    self.level = quantity
  }

  /// A snapshot shows `quantity` at the price: what happened in between is unknown, so the order
  /// moves only as far forward as it must.
  public mutating func resync(to quantity: Int64) {
    ahead = min(ahead, quantity)
    level = quantity
    traded = 0
    unexplained = 0
    credited = 0
  }
}
