import TradingModel

/// A session of one venue's dialect, compiled for it alone: it hands every call to the session that is the
/// same for all venues.
///
/// What a generic class does when it is called through a protocol is compiled once for all its types, and
/// asks the runtime for them at every step: some 5,000 instructions for a message of market data. Each venue
/// therefore has a class of its own without parameters, which the compiler follows down to the dialect.
protocol DialectSession: VenueSession {
  associatedtype Common: VenueSession
  var common: Common { get }
}

extension DialectSession {
  var name: String { common.name }
  var channels: [SessionChannel] { common.channels }
  var nextTime: Int64 { common.nextTime }
  var lastFault: String? { common.lastFault }
  var stopCause: VenueStopCause? { common.stopCause }

  var outbox: SessionOutbox {
    _read { yield common.outbox }
    _modify { yield &common.outbox }
  }

  var records: RecordBuffer {
    _read { yield common.records }
    _modify { yield &common.records }
  }

  func nextCommand() -> SessionCommand? { common.nextCommand() }

  func takeRecords(_ body: (borrowing RecordBuffer) -> Void) -> Bool { common.takeRecords(body) }

  func start(at now: SessionTime) { common.start(at: now) }
  func opened(_ channel: Int, at now: SessionTime) { common.opened(channel, at: now) }
  func closed(_ channel: Int, at now: SessionTime) { common.closed(channel, at: now) }

  func received(
    _ channel: Int, _ message: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {
    common.received(channel, message, received: received, at: now)
  }

  func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime
  ) {
    common.answered(channel, tag: tag, answer, received: received, at: now)
  }

  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {
    common.unsent(channel, tag: tag, at: now)
  }

  func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) {
    common.unanswered(channel, tag: tag, at: now)
  }

  func advance(to now: SessionTime) { common.advance(to: now) }
  func fallBehind(at now: SessionTime) { common.fallBehind(at: now) }
  func catchUp(at now: SessionTime) { common.catchUp(at: now) }
}

// Of sessions that enter orders.
extension DialectSession where Self: OrderSession, Common: OrderSession {
  func send(_ request: VenueRequest, at now: SessionTime) { common.send(request, at: now) }
  func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime) {
    common.send(requests, at: now)
  }
  func disarm(at now: SessionTime) { common.disarm(at: now) }
  var isDisarming: Bool { common.isDisarming }
  func takeWarnings() -> [String] { common.takeWarnings() }
}
