import Engine
import LowLatency
import TradingModel
import VenueSimulator
import Venues

/// Why a run stopped before its end.
public enum RunError: Error, CustomStringConvertible {
  case engine(EngineError)
  case feed(FeedError)

  public var description: String {
    switch self {
    case .engine(let error): "\(error)"
    case .feed(let error): "\(error)"
    }
  }
}

/// Core and venues in lockstep on one line of time, turned from one loop.
///
/// Of what is due at the same moment, recorded data happens at its venue first, then venues act (in
/// their order), then things arrive at the core: recorded market data before reports, and then
/// signals and timers. So a run is a function of its inputs alone, however fast time goes by outside.
public final class Lockstep {
  public let running: RunningCore
  public let deliveries = DeliveryQueue()

  private let venues: [any SimulatedVenue]
  private var venueTimes: [Timestamp]
  private let sources: [(source: CaptureSource, venue: RecordedVenue)]
  private let captures: [CaptureSource]
  private var received: RecordBuffer
  private var signals: [Signal] = []
  private var nextSignal = 0
  private let timerInterval: Int64
  private var nextTimer: Timestamp

  /// - Parameters:
  ///   - venues: by their `venue` index, none left out.
  ///   - sources: recorded feeds, and the venue each happens at.
  public init(
    engine: consuming JournaledCore, venues: [any SimulatedVenue],
    sources: [(source: CaptureSource, venue: RecordedVenue)] = [],
    startTime: Timestamp, timerInterval: Int64 = 100_000_000
  ) {
    running = RunningCore(engine)
    self.venues = venues
    self.sources = sources
    self.timerInterval = timerInterval
    captures = sources.map(\.source)
    nextTimer = startTime + timerInterval
    venueTimes = venues.map(\.nextEventTime)
    received = RecordBuffer(capacity: 1 << 20)
  }

  /// Messages read from recorded feeds so far.
  public var readLineCount: Int { captures.reduce(0) { $0 + $1.lineCount } }

  /// Adds a signal; signals come in the order of their arrival.
  public func add(_ signal: Signal) { signals.append(signal) }

  /// When the next thing is due; `Timestamp.max` when nothing is. Timers alone keep no run alive.
  public func nextTime() throws(RunError) -> Timestamp {
    var time = deliveries.nextTime
    for next in venueTimes { time = min(time, next) }
    for entry in sources {
      time = min(time, try nextVenueTime(entry.source), entry.source.nextArrival)
    }
    if nextSignal < signals.count { time = min(time, signals[nextSignal].createdAt) }
    return time
  }

  private func nextVenueTime(_ source: CaptureSource) throws(RunError) -> Timestamp {
    do throws(FeedError) {
      return try source.nextVenueTime()
    } catch {
      throw .feed(error)
    }
  }

  /// Does the one thing that is due next, if it is due by `limit`. Returns whether there was one.
  public func step(upTo limit: Timestamp) throws(RunError) -> Bool {
    let next = try nextTime()
    if nextTimer <= min(next, limit), next != .max || limit != .max {
      // A timer of the same moment comes last.
      if nextTimer < next || next == .max { return try tick() }
    }
    guard next <= limit, next != .max else { return false }
    for entry in sources where try nextVenueTime(entry.source) == next {
      publish(entry, at: next)
      return true
    }
    for index in venues.indices where venueTimes[index] == next {
      advance(index, to: next)
      return true
    }
    try arrive(next)
    return true
  }

  /// Runs until nothing is due by `limit`, or `shouldStop` says so; it is asked every 1024 steps.
  public func run(
    upTo limit: Timestamp, shouldStop: () -> Bool = { false }
  ) throws(RunError) {
    var count = 0
    while try step(upTo: limit) {
      count &+= 1
      if count & 1023 == 0, shouldStop() { return }
    }
  }

  private func advance(_ index: Int, to time: Timestamp) {
    venues[index].advance(to: time, into: deliveries)
    venueTimes[index] = venues[index].nextEventTime
  }

  private func publish(
    _ entry: (source: CaptureSource, venue: RecordedVenue), at time: Timestamp
  ) {
    entry.source.publish { entry.venue.follow(record: $0, at: time, into: deliveries) }
    let index = Int(entry.venue.venue)
    venueTimes[index] = venues[index].nextEventTime
  }

  /// What reaches the core at `time`: recorded market data, reports, signals.
  private func arrive(_ time: Timestamp) throws(RunError) {
    if let index = CaptureMerge.earliest(captures), captures[index].nextArrival == time,
      let record = captures[index].arriving
    {
      try apply(record)
      captures[index].removeArrived()
    } else if deliveries.nextTime == time {
      received.removeAll()
      precondition(deliveries.pop(into: &received), "a delivery fits in the buffer")
      received.base.storeSigned64(time, 16)
      try apply(received.base)
    } else {
      let signal = signals[nextSignal]
      try engine { () throws(EngineError) in try running.give(signal, send: send) }
      nextSignal += 1
    }
  }

  private func tick() throws(RunError) -> Bool {
    let time = nextTimer
    nextTimer += timerInterval
    try engine { () throws(EngineError) in try running.tick(at: time, send: send) }
    return true
  }

  /// Gives the core a command now.
  public func give(_ command: Command, at time: Timestamp) throws(RunError) {
    try engine { () throws(EngineError) in try running.give(command, at: time, send: send) }
  }

  private func apply(_ record: UnsafeMutableRawPointer) throws(RunError) {
    try engine { () throws(EngineError) in try running.apply(record, send: send) }
  }

  private func engine(_ body: () throws(EngineError) -> Void) throws(RunError) {
    do throws(EngineError) {
      try body()
    } catch {
      throw .engine(error)
    }
  }

  /// Hands a request just decided to its venue.
  private func send(_ request: VenueRequest) {
    guard Int(request.venue) < venues.count else { return }
    let index = Int(request.venue)
    venues[index].send(request, at: running.engine.core.now, into: deliveries)
    venueTimes[index] = venues[index].nextEventTime
  }
}
