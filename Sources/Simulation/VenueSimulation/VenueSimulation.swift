import VenueServer

/// What a simulated venue is started with.
public struct VenueSimulationSettings {
  /// All chance of the market and of the made ids is drawn from it.
  public var seed: UInt64
  /// The wall clock at the start, in nanoseconds since the epoch.
  public var startTime: Int64
  /// About how many orders, cancels and trades of generated traders there are a second in each market.
  public var eventsPerSecond: Double
  /// Whether the limits on requests are those of the venue; otherwise they are out of reach.
  public var limitsRates: Bool
  /// Recorded markets; their symbols have no generated one.
  public var markets: [any RecordedMarket]
  /// Where the product's private keys are kept over restarts, for `KeyFiles`; nil for a temporary place.
  public var keyDirectory: String?

  public init(
    seed: UInt64, startTime: Int64, eventsPerSecond: Double = 100, limitsRates: Bool = true,
    markets: [any RecordedMarket] = []
  ) {
    self.seed = seed
    self.startTime = startTime
    self.eventsPerSecond = eventsPerSecond
    self.limitsRates = limitsRates
    self.markets = markets
  }
}

/// One product of a simulated venue, ready to be served on a port. A venue's folder has one of it for
/// each of its products.
public protocol VenueSimulation: AnyObject, SendableMetatype {
  /// As commands call it: letters, digits and dashes.
  static var name: String { get }
  /// The venue's own host names that the product answers for.
  static var hosts: [String] { get }

  /// Makes the product with its accounts and keys. Equal settings make equal products, and equal calls of
  /// the front then lead to equal states: all chance is the seed's, all time the calls'.
  init(_ settings: VenueSimulationSettings) throws

  var front: any VenueFront { get }
  /// What a client must know: addresses by kind (`endpoints`) and accounts with their keys.
  func description(at endpoint: ServerEndpoint) -> JSONValue
  /// Removes files that were made for clients.
  func end()
}
