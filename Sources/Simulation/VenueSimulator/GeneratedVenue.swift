import LowLatency
import TradingModel

/// What a generated venue is made of.
public struct GeneratedVenueSettings: Sendable {
  public var gateway: OrderGatewaySettings
  public var markets: [GeneratedMarketSettings]

  /// - Parameter seed: everything by chance at this venue follows from it, but for the latent
  ///   prices, which have their own.
  public init(
    venue: VenueIndex, seed: UInt64, startTime: Timestamp, markets: [GeneratedMarketSettings]
  ) {
    gateway = OrderGatewaySettings(venue: venue, seed: seed, startTime: startTime)
    self.markets = markets
  }
}

/// A venue that exists only here: matching books fed by generated traders, with our orders among
/// theirs. Equal settings and equal requests give equal deliveries, byte for byte, on every machine.
///
/// It opens at its start time: `connected`, and for each listing a snapshot and `synced`.
public final class GeneratedVenue: SimulatedVenue {
  public let settings: GeneratedVenueSettings
  /// The venue's order connection, and its own record of our orders.
  public let gateway: OrderGateway
  let markets: [GeneratedMarket]
  private var now = Timestamp.min

  public init(_ settings: GeneratedVenueSettings) {
    self.settings = settings
    var seeds = SeededRandom(seed: settings.gateway.seed)
    var gatewaySettings = settings.gateway
    gatewaySettings.seed = seeds.next()
    gateway = OrderGateway(gatewaySettings)
    var markets: [GeneratedMarket] = []
    for market in settings.markets {
      markets.append(
        GeneratedMarket(
          market, latency: settings.gateway.latency, faults: settings.gateway.faults,
          seed: seeds.next(), startTime: settings.gateway.startTime))
    }
    self.markets = markets
  }

  public var venue: VenueIndex { settings.gateway.venue }

  public var nextEventTime: Timestamp {
    var time = gateway.nextTime
    for market in markets { time = min(time, market.nextTime) }
    return time
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
    while true {
      let next = nextEventTime
      if next > time { return }
      // A request that was said to arrive in the past arrives now.
      now = max(now, next)
      let turn = VenueTurn(gateway: gateway, time: now, deliveries: deliveries)
      // Of what happens at one time, everybody else comes before us.
      if let market = markets.first(where: { $0.nextTime == next }) {
        market.work(in: turn)
      } else if gateway.work(at: now, into: deliveries, market: market(of:)) {
        followConnection(in: turn)
      }
    }
  }

  private func market(of listing: ListingIndex) -> (any OrderMarket)? {
    markets.first { $0.listing.index == listing }
  }

  private func followConnection(in turn: VenueTurn) {
    for market in markets {
      if gateway.isConnected {
        market.open(in: turn)
        market.feed.connect(&market.book, market.levels, market.listing, turn)
      } else {
        market.feed.disconnect(in: turn)
      }
    }
  }
}
