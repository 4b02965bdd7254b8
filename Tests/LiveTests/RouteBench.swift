import Links
import Live
import LowLatency
import TradingModel
import Venues

/// Takes what a route tells, and gives it requests and a market by hand. Time counts up by itself.
final class RouteBench: RecordTaker {
  static let venue: VenueIndex = 2
  static let listing = Listing(
    index: 4, venue: venue, instrument: 0, base: 1, quote: 2, contractKind: .spot,
    priceDecimals: 0, quantityDecimals: 0, makerFee: Rate(parts: 20_000),
    takerFee: Rate(parts: 50_000))
  let route: any OrderRoute
  private(set) var reports: [VenueReport] = []
  private var time: Timestamp = 1_000_000
  private var buffer = RecordBuffer(capacity: 1 << 16)
  private var sequence: UInt64 = 0
  private var version: RequestVersion = 0

  init(_ route: any OrderRoute) {
    self.route = route
    route.taker = self
    route.start(at: now)
    turn()
  }

  private var now: SessionTime { SessionTime(wall: time, monotonic: time) }
  var kinds: [VenueReportKind] { reports.map(\.kind) }
  var fills: [VenueReport] { reports.filter { $0.kind == .fill } }
  func forgetReports() { reports.removeAll() }

  func take(_ buffer: borrowing RecordBuffer, at now: SessionTime) {
    var offset = 0
    while offset < buffer.byteCount {
      let record = UnsafeRawPointer(buffer.base + offset)
      offset += Int(record.load(as: UInt32.self))
      if let report = VenueReport(at: record) { reports.append(report) }
    }
  }

  /// Long enough for every request and answer to arrive.
  private func turn() {
    for _ in 0..<10 {
      time += 100_000_000
      _ = route.turn(at: now)
    }
  }

  func send(
    _ kind: VenueRequestKind, _ orderID: OrderID = 0, _ side: Side = .buy, _ price: Int64 = 0,
    _ quantity: Int64 = 0, type: OrderType = .limit, timeInForce: TimeInForce = .goodTillCancel
  ) {
    version += 1
    route.send(
      VenueRequest(
        kind: kind, side: side, type: type, timeInForce: timeInForce, listing: 4,
        venue: Self.venue, orderID: orderID, version: version, price: price, quantity: quantity),
      at: now)
    turn()
  }

  func snapshot(of listing: ListingIndex = 4, bid: (Int64, Int64), ask: (Int64, Int64)) {
    sequence += 1
    show(.bookUpdate, BookUpdate.byteCount(levelCount: 2)) { record in
      BookUpdate(
        listing: listing, isSnapshot: true, levelCount: 2, venueSequence: sequence,
        venueTime: time
      ).store(at: record)
      let levels = record + BookUpdate.levelsOffset
      LevelChange(side: .buy, price: bid.0, quantity: bid.1).store(at: levels)
      LevelChange(side: .sell, price: ask.0, quantity: ask.1)
        .store(at: levels + LevelChange.byteCount)
    }
  }

  func trade(_ aggressor: Side, _ price: Int64, _ quantity: Int64) {
    show(.trade, Trade.byteCount) { record in
      Trade(
        listing: 4, aggressor: aggressor, tradeID: 5, venueTime: time, price: price,
        quantity: quantity
      ).store(at: record)
    }
  }

  private func show(
    _ kind: RecordKind, _ byteCount: Int, _ fill: (UnsafeMutableRawPointer) -> Void
  ) {
    time += 10
    buffer.removeAll()
    guard
      let record = buffer.append(kind: kind, byteCount: byteCount, isOutput: false, time: time)
    else { preconditionFailure("the buffer holds one record") }
    fill(record)
    route.follow(UnsafeRawPointer(record), at: now)
    turn()
  }
}
