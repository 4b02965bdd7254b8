import LowLatency
import TradingModel

/// Sees each input once it and its outputs are recorded: screens, event printers, counters.
public protocol RunObserver: AnyObject {
  func applied(_ input: UnsafeRawPointer, _ engine: borrowing JournaledCore)
}

/// A journaled core in a run, whoever feeds it: each input is applied, recorded and shown; commands,
/// signals and timers become inputs here.
public final class RunningCore {
  public var engine: JournaledCore
  /// Called after each input.
  public weak var observer: (any RunObserver)?
  /// Time from handing an input to the core until its outputs are in the journal, of inputs that led
  /// to requests; counter ticks. Only kept when `readCounter` is set.
  public var decisionTicks = Histogram()
  /// The processor's time-stamp counter; nil leaves latency unmeasured.
  public var readCounter: (() -> UInt64)?
  private var input = RecordBuffer(capacity: 4_096)
  private var timerNumber: UInt64 = 0

  public init(_ engine: consuming JournaledCore) { self.engine = engine }

  /// Applies an input, and records it with its outputs.
  ///
  /// - Parameters:
  ///   - record: a whole record; gets its sequence number.
  ///   - send: is given each request that was decided, once it is recorded.
  public func apply(
    _ record: UnsafeMutableRawPointer, send: (VenueRequest) -> Void
  ) throws(EngineError) {
    let begin = readCounter?() ?? 0
    try engine.apply(record)
    try engine.commit()
    var offset = 0
    var found = false
    while offset < engine.outputs.byteCount {
      let output = UnsafeRawPointer(engine.outputs.base + offset)
      offset += Int(output.load32(0))
      guard output.load16(4) == RecordKind.venueRequest.rawValue,
        let request = VenueRequest(at: output)
      else { continue }
      found = true
      send(request)
    }
    if found, let readCounter { decisionTicks.record(readCounter() &- begin) }
    observer?.applied(UnsafeRawPointer(record), engine)
  }

  /// Gives the core a command.
  public func give(
    _ command: Command, at time: Timestamp, send: (VenueRequest) -> Void
  ) throws(EngineError) {
    input.removeAll()
    guard
      let record = input.append(
        kind: .command, byteCount: Command.byteCount, isOutput: false, time: time)
    else { return }
    command.store(at: record)
    try apply(record, send: send)
  }

  /// Gives the core a signal, at the time of its making.
  public func give(_ signal: Signal, send: (VenueRequest) -> Void) throws(EngineError) {
    input.removeAll()
    guard
      let record = input.append(
        kind: .signal, byteCount: Signal.byteCount, isOutput: false, time: signal.createdAt)
    else { return }
    signal.store(at: record)
    try apply(record, send: send)
  }

  /// Tells the core that time has passed.
  public func tick(at time: Timestamp, send: (VenueRequest) -> Void) throws(EngineError) {
    input.removeAll()
    guard
      let record = input.append(
        kind: .timer, byteCount: TimerTick.byteCount, isOutput: false, time: time)
    else { return }
    timerNumber += 1
    TimerTick(number: timerNumber).store(at: record)
    try apply(record, send: send)
  }
}
