import LowLatency
import MatchingEngine
import TradingModel

/// A generated market's feed: a snapshot, then numbered differences at an interval, and trades as
/// they happen. With faults it loses a message now and then, finds that out, and takes a snapshot.
struct MarketFeed: Sendable {
  private enum State: Equatable {
    /// The connection is down.
    case down
    case synced
    /// A message was lost, and nobody noticed yet.
    case lossy
    /// The gap is known; a snapshot comes at `recoveryTime`.
    case recovering
  }

  private let listing: ListingIndex
  private let interval: Int64
  private let faults: VenueFaults
  private var line: DelayLine
  private var random: SeededRandom
  private var state = State.down
  private var sequence: UInt64 = 0
  private var publishTime = Timestamp.max
  private var gapTime = Timestamp.max
  private var recoveryTime = Timestamp.max

  init(
    listing: ListingIndex, interval: Int64, latency: VenueLatency, faults: VenueFaults,
    seed: UInt64, startTime: Timestamp
  ) {
    precondition(interval >= 0, "A feed's interval is not negative")
    self.listing = listing
    self.interval = interval
    self.faults = faults
    var seeds = SeededRandom(seed: seed)
    line = DelayLine(delay: latency.feed, jitter: latency.jitter, seed: seeds.next())
    random = seeds.split()
  }

  /// When there is something to publish; `Timestamp.max` for never.
  var nextTime: Timestamp { state == .down ? .max : min(publishTime, recoveryTime) }

  /// The book may have changed at `time`: it is published at the next interval, or at once.
  mutating func noteChange(at time: Timestamp) {
    if publishTime == .max {
      publishTime = interval == 0 ? time : (time / interval + 1) * interval
    }
  }

  /// Prints a trade.
  mutating func print(_ trade: Trade, in turn: VenueTurn) {
    if state == .down { return }
    turn.deliveries.push(trade, arrival: line.arrival(of: turn.time))
  }

  /// Comes up: a snapshot, and the feed is synced.
  mutating func connect(
    _ book: inout MatchingBook, _ levels: UnsafeMutableBufferPointer<LevelView>,
    _ listing: Listing, _ turn: VenueTurn
  ) {
    state = .recovering
    if faults.feedGapInterval > 0 && gapTime == .max { planGap(after: turn.time) }
    sendSnapshot(&book, levels, listing, turn)
  }

  /// Goes down.
  mutating func disconnect(in turn: VenueTurn) {
    sendStatus(.disconnected, turn)
    state = .down
    recoveryTime = .max
  }

  /// Publishes what is due.
  mutating func publish(
    _ book: inout MatchingBook, _ levels: UnsafeMutableBufferPointer<LevelView>,
    _ listing: Listing, _ turn: VenueTurn
  ) {
    if recoveryTime <= turn.time {
      recoveryTime = .max
      planGap(after: turn.time)
      return sendSnapshot(&book, levels, listing, turn)
    }
    publishTime = .max
    if book.changeCount == 0 && !book.hasMissedChanges { return }
    switch state {
    case .down: break
    case .synced where gapTime <= turn.time:
      state = .lossy
      sequence += 1
    case .synced: sendChanges(&book, levels, listing, turn)
    case .lossy:
      sequence += 1
      sendStatus(.gap, turn)
      state = .recovering
      recoveryTime = turn.time + max(1, faults.feedGapDuration)
    case .recovering: sequence += 1
    }
    book.clearChanges()
  }

  private mutating func planGap(after time: Timestamp) {
    let wait = Int64(min(random.exponential() * Double(faults.feedGapInterval), 1e18))
    gapTime = time + max(1, wait)
  }

  // MARK: Messages

  private mutating func sendChanges(
    _ book: inout MatchingBook, _ levels: UnsafeMutableBufferPointer<LevelView>,
    _ listing: Listing, _ turn: VenueTurn
  ) {
    if book.hasMissedChanges { return sendSnapshot(&book, levels, listing, turn) }
    let count = book.changeCount
    let record = begin(isSnapshot: false, levelCount: count, turn)
    for place in 0..<count {
      let change = book.change(at: place)
      store(
        TradingModel.LevelChange(
          side: change.side, price: change.price * listing.tick, quantity: change.quantity),
        at: place, of: record)
    }
  }

  private mutating func sendSnapshot(
    _ book: inout MatchingBook, _ levels: UnsafeMutableBufferPointer<LevelView>,
    _ listing: Listing, _ turn: VenueTurn
  ) {
    let bids = book.depth(.buy, into: levels)
    let asks = book.depth(
      .sell, into: UnsafeMutableBufferPointer(rebasing: levels[bids...]))
    let record = begin(isSnapshot: true, levelCount: bids + asks, turn)
    for place in 0..<(bids + asks) {
      store(
        TradingModel.LevelChange(
          side: place < bids ? .buy : .sell, price: levels[place].price * listing.tick,
          quantity: levels[place].quantity),
        at: place, of: record)
    }
    book.clearChanges()
    let wasSynced = state == .synced
    state = .synced
    if !wasSynced { sendStatus(.synced, turn) }
  }

  private mutating func begin(
    isSnapshot: Bool, levelCount: Int, _ turn: VenueTurn
  ) -> UnsafeMutableRawPointer {
    sequence += 1
    let record = turn.deliveries.push(
      kind: .bookUpdate, byteCount: BookUpdate.byteCount(levelCount: levelCount),
      arrival: line.arrival(of: turn.time))
    BookUpdate(
      listing: listing, isSnapshot: isSnapshot, levelCount: levelCount, venueSequence: sequence,
      venueTime: turn.time
    ).store(at: record)
    return record
  }

  private func store(
    _ change: TradingModel.LevelChange, at place: Int, of record: UnsafeMutableRawPointer
  ) {
    change.store(
      at: record + BookUpdate.levelsOffset + place * TradingModel.LevelChange.byteCount)
  }

  private mutating func sendStatus(_ newState: FeedState, _ turn: VenueTurn) {
    turn.deliveries.push(
      FeedStatus(
        listing: listing, state: newState, venueSequence: sequence, venueTime: turn.time),
      arrival: line.arrival(of: turn.time))
  }
}
