import Links
import Live
import LowLatency
import TradingModel
import VenueSimulator
import Venues

/// Orders that fill by their place in the live market's queues, as a backtest fills them on a recorded
/// one: nothing is sent to the venue.
public final class PaperRoute: OrderRoute {
  public weak var taker: (any RecordTaker)?
  public let link: SessionLink? = nil
  private let venue: RecordedVenue
  private let listings: Set<ListingIndex>
  private let deliveries = DeliveryQueue()
  private var received = RecordBuffer(capacity: 1 << 16)

  public init(_ settings: RecordedVenueSettings) {
    venue = RecordedVenue(settings)
    listings = Set(settings.listings.map(\.index))
  }

  public func start(at now: SessionTime) {}

  public func send(_ request: VenueRequest, at now: SessionTime) {
    venue.send(request, at: now.wall, into: deliveries)
  }

  public func follow(_ record: UnsafeRawPointer, at now: SessionTime) {
    let listing = record.load(fromByteOffset: RecordHeader.byteCount, as: UInt16.self)
    if listings.contains(listing) { venue.follow(record: record, at: now.wall, into: deliveries) }
  }

  public func turn(at now: SessionTime) -> Int {
    venue.advance(to: now.wall, into: deliveries)
    var count = 0
    while deliveries.nextTime <= now.wall {
      received.removeAll()
      guard deliveries.pop(into: &received) else { break }
      count += 1
      taker?.take(received, at: now)
      received.removeAll()
      taker?.taken(at: now)
    }
    return count
  }

  public func stop(at now: SessionTime) {}
}
