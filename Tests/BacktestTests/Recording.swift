import TradingModel
import VenueSimulator

@testable import Backtest

/// A recorded venue with one listing, fed by hand: times count up by themselves, requests arrive at
/// once, and reports are read as they leave the venue.
final class Recording {
  let venue: RecordedVenue
  let deliveries = DeliveryQueue()
  private(set) var reports: [VenueReport] = []
  private(set) var payments: [FundingPayment] = []
  private(set) var time: Timestamp = 1000
  private var buffer = RecordBuffer(capacity: 1 << 16)
  private var sequence: UInt64 = 0
  private var versions: [OrderID: RequestVersion] = [:]

  static let listing = Listing(
    index: 4, venue: 2, instrument: 0, base: 1, quote: 2, contractKind: .linear, priceDecimals: 0,
    quantityDecimals: 0, makerFee: Rate(parts: 20_000), takerFee: Rate(parts: 50_000))

  init(model: QueueModel = .proportional, position: Int64 = 0) {
    var settings = RecordedVenueSettings(
      venue: 2, seed: 1, startTime: 0, listings: [Self.listing])
    settings.queueModel = model
    settings.pageCapacity = 4
    settings.positions[4] = position
    settings.gateway.latency = VenueLatency(feed: 0, entry: 0, answer: 0)
    venue = RecordedVenue(settings)
    collect()
    reports.removeAll()
  }

  var market: RecordedVenueMarket { venue.markets[0] }
  var kinds: [VenueReportKind] { reports.map(\.kind) }
  var fills: [VenueReport] { reports.filter { $0.kind == .fill } }
  func forgetReports() { reports.removeAll() }

  func position(_ orderID: OrderID) -> Int64? {
    guard let index = venue.gateway.index(of: orderID) else { return nil }
    for side in [market.buys, market.sells] {
      for place in 0..<side.count where side[place].order == index {
        return side[place].position.ahead
      }
    }
    return nil
  }

  // MARK: The market

  func snapshot(bids: [(Int64, Int64)], asks: [(Int64, Int64)]) {
    update(bids: bids, asks: asks, isSnapshot: true)
  }

  func update(
    bids: [(Int64, Int64)] = [], asks: [(Int64, Int64)] = [], isSnapshot: Bool = false
  ) {
    let count = bids.count + asks.count
    sequence += 1
    follow(.bookUpdate, BookUpdate.byteCount(levelCount: count)) { record, time in
      BookUpdate(
        listing: 4, isSnapshot: isSnapshot, levelCount: count, venueSequence: sequence,
        venueTime: time
      ).store(at: record)
      var place = record + BookUpdate.levelsOffset
      for (index, level) in (bids + asks).enumerated() {
        LevelChange(
          side: index < bids.count ? .buy : .sell, price: level.0, quantity: level.1
        ).store(at: place)
        place += LevelChange.byteCount
      }
    }
  }

  func trade(_ aggressor: Side?, _ price: Int64, _ quantity: Int64) {
    follow(.trade, Trade.byteCount) { record, time in
      Trade(
        listing: 4, aggressor: aggressor, tradeID: 5, venueTime: time, price: price,
        quantity: quantity
      ).store(at: record)
    }
  }

  func quote(_ bid: (Int64, Int64), _ ask: (Int64, Int64)) {
    follow(.bestQuote, BestQuote.byteCount) { record, time in
      BestQuote(
        listing: 4, venueSequence: 0, venueTime: time, bidPrice: bid.0, bidQuantity: bid.1,
        askPrice: ask.0, askQuantity: ask.1
      ).store(at: record)
    }
  }

  func state(_ state: FeedState) {
    follow(.feedStatus, FeedStatus.byteCount) { record, time in
      FeedStatus(listing: 4, state: state, venueSequence: 0, venueTime: time).store(at: record)
    }
  }

  func contract(_ update: ContractUpdate) {
    follow(.contractUpdate, ContractUpdate.byteCount) { record, _ in update.store(at: record) }
  }

  private func follow(
    _ kind: RecordKind, _ byteCount: Int, _ fill: (UnsafeMutableRawPointer, Timestamp) -> Void
  ) {
    time += 10
    buffer.removeAll()
    let record = buffer.append(kind: kind, byteCount: byteCount, isOutput: false, time: time)!
    fill(record, time)
    venue.follow(record: record, at: time, into: deliveries)
    collect()
  }

  // MARK: Our orders

  func request(
    _ kind: VenueRequestKind, _ orderID: OrderID, _ side: Side = .buy, _ price: Int64 = 0,
    _ quantity: Int64 = 0, type: OrderType = .limit, timeInForce: TimeInForce = .goodTillCancel,
    instructions: OrderInstructions = []
  ) {
    time += 10
    let version = versions[orderID, default: 0] + 1
    versions[orderID] = version
    venue.send(
      VenueRequest(
        kind: kind, side: side, type: type, timeInForce: timeInForce, listing: 4, venue: 2,
        orderID: orderID, version: version, instructions: instructions, price: price,
        quantity: quantity),
      at: time, into: deliveries)
    collect()
  }

  func buy(_ orderID: OrderID, _ price: Int64, _ quantity: Int64) {
    request(.newOrder, orderID, .buy, price, quantity)
  }

  func sell(_ orderID: OrderID, _ price: Int64, _ quantity: Int64) {
    request(.newOrder, orderID, .sell, price, quantity)
  }

  private func collect() {
    venue.advance(to: time, into: deliveries)
    while let record = deliveries.next {
      if record.load16(4) == RecordKind.fundingPayment.rawValue {
        payments.append(FundingPayment(at: record))
      } else {
        reports.append(VenueReport(at: record)!)
      }
      deliveries.removeNext()
    }
  }
}
