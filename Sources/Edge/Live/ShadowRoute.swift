import Links
import LowLatency
import TradingModel
import Venues

/// Orders that are decided and recorded and go nowhere. So that strategies go on deciding, an order is
/// told to stand, and to be changed or canceled as asked; nothing is ever filled, and what could only be
/// filled at once expires.
public final class ShadowRoute: OrderRoute {
  public weak var taker: (any RecordTaker)?
  public let link: SessionLink? = nil
  private let venue: VenueIndex
  private var reports = RecordBuffer(capacity: 1 << 20)
  private var nextOrderID: VenueOrderID = 1

  public init(venue: VenueIndex) { self.venue = venue }

  public func start(at now: SessionTime) {
    tell(VenueReport(kind: .connected, venue: venue, venueTime: now.wall), now)
  }

  public func follow(_ record: UnsafeRawPointer, at now: SessionTime) {}

  public func turn(at now: SessionTime) -> Int {
    let count = reports.recordCount
    guard count > 0 else { return 0 }
    taker?.take(reports, at: now)
    reports.removeAll()
    taker?.taken(at: now)
    return count
  }

  public func stop(at now: SessionTime) {}

  public func send(_ request: VenueRequest, at now: SessionTime) {
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
      if request.canOnlyFillAtOnce {
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
      for kind in [VenueReportKind.snapshotBegin, .snapshotEnd] {
        tell(
          VenueReport(kind: kind, venue: venue, version: request.version, venueTime: now.wall), now)
      }
    }
  }

  private func tell(_ report: VenueReport, _ now: SessionTime) {
    guard
      let record = reports.append(
        kind: .venueReport, byteCount: VenueReport.byteCount, isOutput: false, time: now.wall)
    else { return }
    report.store(at: record)
  }
}

extension VenueRequest {
  fileprivate var canOnlyFillAtOnce: Bool {
    type == .market || timeInForce == .immediateOrCancel || timeInForce == .fillOrKill
  }
}
