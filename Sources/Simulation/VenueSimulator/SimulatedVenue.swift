import TradingModel

/// A venue that stands outside the core, lives in simulated or paced time, and is wholly determined
/// by its settings, its seed and the requests it is sent.
///
/// A driver turns all venues and the core from one loop:
///
/// ```
/// take the earliest of every venue.nextEventTime and deliveries.nextTime:
///   a venue's    -> venue.advance(to: time, into: deliveries)
///   a delivery's -> pop it, give it to the core; for each VenueRequest the core decided:
///                   venue.receive(request, arrivingAt: venue.arrivalTime(sentAt: now), ...)
/// ```
///
/// Nothing is delivered earlier than the time of the event that led to it, so whatever comes out of
/// that loop is in order.
public protocol SimulatedVenue: AnyObject {
  /// Its place in the run's definitions.
  var venue: VenueIndex { get }
  /// The earliest time at which it has something to do of its own; `Timestamp.max` for none.
  var nextEventTime: Timestamp { get }

  /// When a request that leaves the core at `time` reaches the venue. Requests keep their order.
  func arrivalTime(sentAt time: Timestamp) -> Timestamp

  /// Does everything that happens at the venue up to and including `time`.
  func advance(to time: Timestamp, into deliveries: DeliveryQueue)

  /// Takes a request that reaches the venue at `arrival`. It is carried out by the `advance` to that
  /// time or later, after all that happens at the venue before; `nextEventTime` tells.
  func receive(
    _ request: VenueRequest, arrivingAt arrival: Timestamp, into deliveries: DeliveryQueue)
}

extension SimulatedVenue {
  /// Sends a request from the core at `time`: it arrives after the entry latency.
  public func send(
    _ request: VenueRequest, at time: Timestamp, into deliveries: DeliveryQueue
  ) {
    receive(request, arrivingAt: arrivalTime(sentAt: time), into: deliveries)
  }
}
