import Engine
import Links
import LowLatency
import Runtime
import TradingModel
import Venues

/// A core over live sessions, turned from one loop: market sessions feed it, each venue's route takes its
/// requests and tells what came of them. Everything that reaches the core is recorded first.
public final class LiveRun: RecordTaker {
  public let running: RunningCore
  public let feeds: [SessionLink]
  /// By venue index.
  public let routes: [any OrderRoute]
  private let timerInterval: Int64
  private var nextTimer: Int64 = .min
  /// Requests that are decided and not handed on yet. Handing one on may bring records at once, and
  /// those decide more, so that they wait for their turn.
  private var waiting = PlainRun<VenueRequest>(capacity: 256)
  /// Those of them that are handed on together: decided in one turn, one behind the other, for one venue.
  private var leaving = PlainRun<VenueRequest>(capacity: 256)
  private var isSending = false
  private var failure: EngineError?
  /// Nanoseconds from the kernel's receive time of a market message to the return of the send of the
  /// order it caused; only kept while `measuresReactions`.
  public var reactions = Histogram()
  public var measuresReactions = false
  /// Positions that own fills do not explain, of a run at accounts.
  public private(set) var foreignPositions: ForeignPositions?
  private var adjusting = RecordBuffer(capacity: 256)
  /// When the kernel had what the waiting requests were decided on.
  private var cause: Timestamp = 0

  /// - Parameters:
  ///   - engine: has taken all definitions.
  ///   - feeds: sessions that follow markets.
  ///   - routes: where orders go, by venue index, none left out.
  ///   - foreignPositions: what the venues' accounts held before; nil where none are looked at.
  ///   - timerInterval: nanoseconds between two timers.
  public init(
    engine: consuming JournaledCore, feeds: [SessionLink], routes: [any OrderRoute],
    foreignPositions: ForeignPositions? = nil, timerInterval: Int64 = 100_000_000
  ) {
    self.foreignPositions = foreignPositions
    running = RunningCore(engine)
    self.feeds = feeds
    self.routes = routes
    self.timerInterval = timerInterval
    for feed in feeds { feed.taker = self }
    for route in routes { route.taker = self }
  }

  /// Begins to connect.
  public func start(at now: SessionTime) {
    nextTimer = now.monotonic + timerInterval
    for route in routes { route.start(at: now) }
    for feed in feeds { feed.start(at: now) }
  }

  /// Does what there is to do; gives how much that was.
  ///
  /// - Throws: when an input could not be applied or recorded: then nothing more may be sent.
  public func turn(at now: SessionTime) throws(EngineError) -> Int {
    var count = 0
    for feed in feeds { count += feed.turn(at: now) }
    for route in routes { count += route.turn(at: now) }
    if nextTimer <= now.monotonic {
      nextTimer = max(nextTimer + timerInterval, now.monotonic)
      try running.tick(at: now.wall, send: { waiting.append($0) })
      taken(at: now)
      count += 1
    }
    if let failure { throw failure }
    return count
  }

  /// Gives the core a command.
  public func give(_ command: Command, at now: SessionTime) throws(EngineError) {
    try running.give(command, at: now.wall, send: { waiting.append($0) })
    taken(at: now)
    if let failure { throw failure }
  }

  /// Gives the core a signal.
  public func give(_ signal: Signal, at now: SessionTime) throws(EngineError) {
    try running.give(signal, send: { waiting.append($0) })
    taken(at: now)
    if let failure { throw failure }
  }

  /// Has every venue leave alone what stands there when we are gone; go on turning while `isDisarming`.
  public func disarm(at now: SessionTime) {
    for route in routes { route.disarm(at: now) }
  }

  /// Whether a venue has not said yes to that yet.
  public var isDisarming: Bool { routes.contains(where: \.isDisarming) }

  /// What somebody should look at and was not told yet, with the venue's place.
  public func takeWarnings() -> [(venue: VenueIndex, text: String)] {
    let ofRoutes = routes.enumerated().flatMap { index, route in
      route.takeWarnings().map { (venue: VenueIndex(index), text: $0) }
    }
    return (foreignPositions?.takeWarnings() ?? []) + ofRoutes
  }

  /// Closes every connection in order; go on turning for a moment.
  public func stop(at now: SessionTime) {
    for feed in feeds { feed.stop(at: now) }
    for route in routes { route.stop(at: now) }
  }

  /// Whether a connection is still open.
  public var hasOpenConnections: Bool {
    (feeds + routes.compactMap(\.link)).contains { $0.health.contains(where: \.isOpen) }
  }

  // MARK: Records

  public func take(
    _ buffer: borrowing RecordBuffer, at now: SessionTime
  ) {
    var offset = 0
    while offset < buffer.byteCount, failure == nil {
      let record = buffer.base + offset
      offset += Int(record.load(as: UInt32.self))
      do throws(EngineError) {
        try running.apply(record, send: { waiting.append($0) })
      } catch {
        failure = error
        return
      }
      follow(UnsafeRawPointer(record), now)
    }
  }

  /// Shows market records to routes that fill orders by them, and reports to who compares positions.
  private func follow(_ record: UnsafeRawPointer, _ now: SessionTime) {
    let kind = RecordKind(rawValue: record.load(fromByteOffset: 4, as: UInt16.self))
    if kind == .venueReport, foreignPositions?.isWaiting == true,
      let report = VenueReport(at: record)
    {
      return compare(report, now)
    }
    guard kind?.isMarket == true else { return }
    cause = record.load(fromByteOffset: 16, as: Int64.self)
    for route in routes { route.follow(record, at: now) }
  }

  /// Books what is adopted once a venue's account was compared: before anything else is sent there.
  private func compare(_ report: VenueReport, _ now: SessionTime) {
    guard let venue = foreignPositions?.follow(report),
      let found = foreignPositions?.adjustments(at: venue, running.engine.core)
    else { return }
    for adjustment in found where failure == nil {
      adjusting.removeAll()
      guard
        let record = adjusting.append(
          kind: .positionAdjustment, byteCount: PositionAdjustment.byteCount, isOutput: false,
          time: now.wall)
      else { return }
      adjustment.store(at: record)
      do throws(EngineError) {
        try running.apply(record, send: { waiting.append($0) })
      } catch {
        failure = error
      }
    }
  }

  public func taken(at now: SessionTime) {
    guard !isSending else { return }
    isSending = true
    var next = 0
    while next < waiting.count, failure == nil {
      let venue = Int(waiting[next].venue)
      leaving.removeAll()
      repeat {
        leaving.append(waiting[next])
        next += 1
      } while next < waiting.count && Int(waiting[next].venue) == venue
      guard venue < routes.count else { continue }
      routes[venue].send(leaving, at: now)
      guard measuresReactions else { continue }
      let reaction = UInt64(max(0, Clock.realtime - cause))
      for index in 0..<leaving.count where leaving[index].kind == .newOrder {
        reactions.record(reaction)
      }
    }
    waiting.removeAll()
    isSending = false
  }
}
