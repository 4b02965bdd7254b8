import LowLatency
import MarketData
import TradingModel
import VenueSimulator

let startTime: Timestamp = 1_700_000_000_000_000_000
let second: Int64 = 1_000_000_000

/// A spot listing: prices in cents of 1, quantities in thousandths.
func spot(
  venue: VenueIndex = 0, listing: ListingIndex = 0, tick: Int64 = 10, lot: Int64 = 5
) -> Listing {
  Listing(
    index: listing, venue: venue, instrument: 0, base: 1, quote: 2, contractKind: .spot,
    priceDecimals: 2, quantityDecimals: 3, tick: tick, lot: lot, quantityMin: 10,
    quantityMax: 1_000_000, notionalMin: Money(Decimal(units: 5)), makerFee: Rate(parts: -10_000),
    takerFee: Rate(parts: 50_000))
}

func market(
  _ listing: Listing = spot(), seed: UInt64 = 7, startPrice: Double = 500
) -> GeneratedMarketSettings {
  GeneratedMarketSettings(
    listing: listing,
    price: LatentPriceSettings(seed: seed, startTime: startTime, startPrice: startPrice))
}

/// A market in which nobody but us acts after the opening.
func stillMarket(_ listing: Listing = spot()) -> GeneratedMarketSettings {
  var settings = market(listing)
  settings.flow.marketRate = 1e-9
  settings.flow.arbitrageRate = 0
  // The opening book has 4 x levelCountMin orders; the next one comes in some 30 years.
  settings.flow.limitRate = 1e-9
  settings.flow.lifeSeconds = 1e12
  return settings
}

/// Stands where the core stands: takes a venue's deliveries in the order of their arrival.
final class Observer {
  let venue: any SimulatedVenue
  let deliveries = DeliveryQueue(capacity: 16)
  private(set) var reports: [VenueReport] = []
  private(set) var trades: [Trade] = []
  private(set) var states: [FeedState] = []
  private(set) var updates: [BookUpdate] = []
  private(set) var hash = RecordHash()
  private(set) var now = startTime - 1
  private var buffer = RecordBuffer(capacity: 1 << 20)
  private var nextVersions: [OrderID: RequestVersion] = [:]
  /// Called after each record.
  var watch: ((Observer) -> Void)?

  init(_ venue: any SimulatedVenue) { self.venue = venue }

  var lastReport: VenueReport? { reports.last }

  func forgetReports() { reports.removeAll() }

  /// Runs venue and deliveries to `time`, inclusive.
  func run(to time: Timestamp) {
    while true {
      let next = min(venue.nextEventTime, deliveries.nextTime)
      if next > time { break }
      precondition(next >= now, "nothing is delivered into the past")
      now = next
      venue.advance(to: next, into: deliveries)
      while deliveries.nextTime <= next {
        buffer.removeAll()
        precondition(deliveries.pop(into: &buffer))
        take(buffer.base)
      }
    }
    now = time
    venue.advance(to: time, into: deliveries)
  }

  func run(for duration: Int64) { run(to: now + duration) }

  private func take(_ record: UnsafeRawPointer) {
    let header = RecordHeader(at: record)
    hash.combine(record, count: 24)
    hash.combine(record + 40, count: Int(header.byteCount) - 40)
    switch RecordKind(rawValue: header.kind) {
    case .venueReport: reports.append(VenueReport(at: record)!)
    case .trade: trades.append(Trade(at: record))
    case .feedStatus: states.append(FeedStatus(at: record)!.state)
    case .bookUpdate: updates.append(BookUpdate(at: record))
    default: preconditionFailure("a venue delivers nothing else")
    }
    follow?(record)
    watch?(self)
  }

  /// Takes every record as it lies.
  var follow: ((UnsafeRawPointer) -> Void)?

  /// Sends a request with the order's next version, and waits `wait` for the answers.
  @discardableResult
  func request(
    _ kind: VenueRequestKind, _ orderID: OrderID, _ side: Side = .buy, price: Int64 = 0,
    quantity: Int64 = 0, type: OrderType = .limit, timeInForce: TimeInForce = .goodTillCancel,
    instructions: OrderInstructions = [], listing: ListingIndex = 0, wait: Int64 = 3_000_000
  ) -> RequestVersion {
    let version = nextVersions[orderID, default: 0] + 1
    nextVersions[orderID] = version
    venue.send(
      VenueRequest(
        kind: kind, side: side, type: type, timeInForce: timeInForce, listing: listing,
        venue: venue.venue, orderID: orderID, version: version, instructions: instructions,
        price: price, quantity: quantity),
      at: now, into: deliveries)
    run(for: wait)
    return version
  }
}
