import TradingModel
import VenueSimulation
import Venues

/// The venues that the tool knows, a line each: all that one more venue changes outside its folder.
enum VenueRegistry {
  static let all: [KnownVenue] = [
    KnownVenue(BinanceSpot.self, simulated: BinanceSpotSimulation.self),
    KnownVenue(BinanceUSDM.self, simulated: BinanceUSDMSimulation.self),
    KnownVenue(OKX.self, simulated: OKXSimulation.self),
    KnownVenue(BybitSpot.self, simulated: BybitSimulation.self),
    KnownVenue(BybitLinear.self, simulated: BybitSimulation.self),
  ]

  /// Those that are not traded, but whose captures are read.
  static let captured: [any CapturedVenue.Type] = [
    BinanceCOINM.self,
    Hyperliquid.self,
  ]

  static var names: [String] { all.map(\.name) }

  /// The products that can be simulated; one may stand in for several venues.
  static var simulations: [any VenueSimulation.Type] {
    var found: [any VenueSimulation.Type] = []
    for kind in all.compactMap(\.simulation) where !found.contains(where: { $0 == kind }) {
      found.append(kind)
    }
    return found
  }

  /// The product with a name, its own or that of a venue that it stands in for.
  static func simulation(_ name: String) -> (any VenueSimulation.Type)? {
    simulations.first { $0.name == name } ?? find(name)?.simulation
  }

  /// What products may be called: by their own names, then by those of the venues that they stand in for.
  static var simulationNames: [String] {
    let products = simulations.map { $0.name }
    return products
      + all.filter { $0.simulation != nil }.map(\.name).filter { !products.contains($0) }
  }

  static func find(_ name: String) -> KnownVenue? { all.first { $0.name == name } }

  // MARK: Captures

  /// Every kind of capture that can be read: the venues', then those of no venue. Several venues may
  /// have one.
  static let feedKinds: [FeedKind] = {
    let venues: [any CapturedVenue.Type] = all.map(\.adapter) + captured
    var found: [FeedKind] = []
    for kind in venues.flatMap({ $0.feedKinds }) + FeedKind.tables where !found.contains(kind) {
      found.append(kind)
    }
    return found
  }()

  /// What a kind of capture may be called: by its own name, or by that of a venue whose recordings are
  /// of it.
  static let feedKindNames: [String] = {
    let kinds = feedKinds.map(\.name)
    return kinds + names.filter { !kinds.contains($0) }
  }()

  static func feedKind(_ name: String) -> FeedKind? {
    feedKinds.first { $0.name == name } ?? find(name)?.adapter.feedKinds.first
  }

  /// The names of the venues whose recordings are of a kind.
  static func venueNames(recording kind: FeedKind) -> [String] {
    all.filter { $0.adapter.feedKinds.first == kind }.map(\.name)
  }

  // MARK: Examples, for help texts

  /// A name that `VENUE` may be.
  static var exampleName: String { names[0] }

  /// A name that `PRODUCT` of `simulate` may be.
  static var exampleProduct: String { simulations[0].name }

  /// A name that `KIND` may be, of contracts that are settled in their quote currency.
  static var exampleFeedKind: String {
    let kind = feedKinds.first { $0.assumedInstrument("BTCUSDT")?.kind == .linear } ?? .csv
    return kind.name
  }
}

/// A venue's two sides: what speaks to it, and what stands in for it.
struct KnownVenue {
  let adapter: any VenueAdapter.Type
  /// Nil for a venue that is not simulated.
  let simulation: (any VenueSimulation.Type)?

  init(_ adapter: any VenueAdapter.Type, simulated simulation: (any VenueSimulation.Type)?) {
    self.adapter = adapter
    self.simulation = simulation
  }

  var name: String { adapter.description.name }
}
