import Links
import LowLatency
import TradingModel
import Venues

/// Orders that are decided and recorded and go nowhere. So that strategies go on deciding, an order is
/// told to stand, and to be changed or canceled as asked; nothing is ever filled, and what could only be
/// filled at once expires.
public final class ShadowRoute: OrderRoute {
  public weak var taker: (any RecordTaker)?
  public let health: [LinkHealth] = []
  private let session: ShadowSession
  private var isStarted = false

  public init(venue: VenueIndex, name: String) {
    session = ShadowSession(venue: venue, name: name)
  }

  public func start(at now: SessionTime) {
    session.tell(VenueReport(kind: .connected, venue: session.venue, venueTime: now.wall), now)
  }

  public func send(_ request: VenueRequest, at now: SessionTime) { session.take(request, now) }

  public func follow(_ record: UnsafeRawPointer, at now: SessionTime) {}

  public func turn(at now: SessionTime) -> Int {
    let count = session.records.recordCount
    guard count > 0 else { return 0 }
    let records = session.takeRecords()
    taker?.take(records, from: session, at: now)
    taker?.taken(at: now)
    return count
  }

  public func stop(at now: SessionTime) {}
}

/// What answers in place of a venue.
private final class ShadowSession: VenueSession {
  let venue: VenueIndex
  let name: String
  let channels: [SessionChannel] = []
  var outbox = SessionOutbox(capacity: 64)
  var records = RecordBuffer(capacity: 1 << 20)
  let nextTime = Int64.max
  private var nextOrderID: VenueOrderID = 1

  init(venue: VenueIndex, name: String) {
    self.venue = venue
    self.name = name
  }

  func start(at now: SessionTime) {}
  func opened(_ channel: Int, at now: SessionTime) {}
  func closed(_ channel: Int, at now: SessionTime) {}
  func received(
    _ channel: Int, _ message: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {}
  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {}
  func advance(to now: SessionTime) {}

  /// The records so far, in exchange for an empty buffer.
  func takeRecords() -> RecordBuffer {
    var empty = RecordBuffer(capacity: records.capacity)
    swap(&empty, &records)
    return empty
  }

  func tell(_ report: VenueReport, _ now: SessionTime) {
    guard
      let record = records.append(
        kind: .venueReport, byteCount: VenueReport.byteCount, isOutput: false, time: now.wall)
    else { return }
    report.store(at: record)
  }

  func take(_ request: VenueRequest, _ now: SessionTime) {
    var report = VenueReport(
      kind: .accepted, listing: request.listing, venue: venue, side: request.side,
      orderID: request.orderID, venueOrderID: request.venueOrderID, version: request.version,
      venueTime: now.wall)
    report.cumulativeQuantity = 0
    switch request.kind {
    case .newOrder:
      report.venueOrderID = nextOrderID
      nextOrderID += 1
      tell(report, now)
      if request.type == .market || request.timeInForce == .immediateOrCancel
        || request.timeInForce == .fillOrKill
      {
        report.kind = .expired
        tell(report, now)
      }
    case .replace:
      report.kind = .replaced
      report.price = request.price
      report.quantity = request.quantity
      tell(report, now)
    case .cancel:
      report.kind = .canceled
      tell(report, now)
    case .queryOrder:
      report.kind = .notFound
      tell(report, now)
    case .querySnapshot:
      tell(
        VenueReport(
          kind: .snapshotBegin, venue: venue, version: request.version, venueTime: now.wall), now)
      tell(
        VenueReport(
          kind: .snapshotEnd, venue: venue, version: request.version, venueTime: now.wall), now)
    }
  }
}
