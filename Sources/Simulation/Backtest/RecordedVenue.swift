import LowLatency
import TradingModel
import VenueSimulator

/// What a recorded venue is made of.
public struct RecordedVenueSettings: Sendable {
  /// Of its latency, `feed` is the driver's to use: see `RecordedVenue`.
  public var gateway: OrderGatewaySettings
  public var listings: [Listing]
  public var queueModel = QueueModel.proportional
  /// Pages of 64 prices that each side of a book starts with.
  public var pageCapacity = 256
  /// What is held of contracts when the run begins, in quantity units: funding is paid on it too.
  public var positions: [ListingIndex: Int64] = [:]

  public init(venue: VenueIndex, seed: UInt64, startTime: Timestamp, listings: [Listing]) {
    gateway = OrderGatewaySettings(venue: venue, seed: seed, startTime: startTime)
    self.listings = listings
  }
}

/// A venue whose market is a recording. Our orders do not change the recording; they fill by their
/// place in the recorded queues, and what they take is not there again.
///
/// - Resting orders stand behind what their price shows when they are accepted. Trades printed at
///   the price use up who is ahead and then fill them; decreases that no trade explains move them by
///   the queue model; a trade beyond their price fills them up to its volume; so does the other side
///   of the book when it is displayed at their price or better. They fill at their own price.
/// - Orders that take go through the displayed levels, less what we took there already.
/// - While the feed is not synced nothing is taken, market orders are refused, and new orders rest
///   with an unknown place, which the next snapshot gives.
/// - A feed of best quotes only is a book of one level a side. Behind it places are unknown.
/// - A feed of trades only is no book: market orders are refused (`noLiquidity`), and orders fill
///   only when a trade goes strictly through their price, whoever took.
/// - Two orders of ours never meet: the newer one is canceled (`selfTrade`).
/// - At the funding times that the feed announces funding is exchanged, at its rate and its mark price.
///
/// The driver gives it each record at the record's time at the venue, which is the capture's receive
/// time less `latency.feed`, and delivers the record itself to the core at the receive time.
public final class RecordedVenue: SimulatedVenue {
  public let settings: RecordedVenueSettings
  /// The venue's order connection, and its own record of our orders.
  public let gateway: OrderGateway
  let markets: [RecordedVenueMarket]
  private var now = Timestamp.min

  public init(_ settings: RecordedVenueSettings) {
    self.settings = settings
    gateway = OrderGateway(settings.gateway)
    markets = settings.listings.map {
      RecordedVenueMarket(
        listing: $0, model: settings.queueModel, pageCapacity: settings.pageCapacity,
        position: settings.positions[$0.index] ?? 0)
    }
  }

  public var venue: VenueIndex { settings.gateway.venue }
  public var nextEventTime: Timestamp { gateway.nextTime }

  /// When what the core receives at `receiveTime` happened at the venue.
  public func venueTime(receivedAt receiveTime: Timestamp) -> Timestamp {
    receiveTime - settings.gateway.latency.feed
  }

  public func arrivalTime(sentAt time: Timestamp) -> Timestamp {
    gateway.arrivalTime(sentAt: time)
  }

  public func receive(
    _ request: VenueRequest, arrivingAt arrival: Timestamp, into deliveries: DeliveryQueue
  ) {
    gateway.schedule(request, arrival: arrival)
  }

  public func advance(to time: Timestamp, into deliveries: DeliveryQueue) {
    while gateway.nextTime <= time { workGateway(into: deliveries) }
    now = max(now, time)
  }

  /// Applies a recorded market record (`BookUpdate`, `Trade`, `BestQuote`, `FeedStatus`) at `time`,
  /// after everything that reached the venue before. What reaches it at the same time comes after.
  /// Our fills go to `deliveries`; the record does not.
  ///
  /// - Precondition: the record is whole, and of a listing of this venue.
  public func follow(
    record: UnsafeRawPointer, at time: Timestamp, into deliveries: DeliveryQueue
  ) {
    while gateway.nextTime < time { workGateway(into: deliveries) }
    now = max(now, time)
    let listing: ListingIndex = record.load16(RecordHeader.byteCount)
    guard let market = market(of: listing) else {
      preconditionFailure("a venue follows its own listings")
    }
    let turn = VenueTurn(gateway: gateway, time: now, deliveries: deliveries)
    let isUpdate = record.load16(4) == RecordKind.contractUpdate.rawValue
    market.exchangeFunding(
      in: turn, answer: settings.gateway.latency.answer,
      isUpdate ? ContractUpdate(at: record) : nil)
    market.follow(record, in: turn)
  }

  private func workGateway(into deliveries: DeliveryQueue) {
    now = max(now, gateway.nextTime)
    let turn = VenueTurn(gateway: gateway, time: now, deliveries: deliveries)
    for market in markets where market.fundingTime <= now {
      market.exchangeFunding(in: turn, answer: settings.gateway.latency.answer)
    }
    _ = gateway.work(at: now, into: deliveries) { market(of: $0) }
  }

  private func market(of listing: ListingIndex) -> RecordedVenueMarket? {
    for market in markets where market.listing.index == listing { return market }
    return nil
  }
}
