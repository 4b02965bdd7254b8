import VenueSimulation
import Venues

/// The venues that the tool knows, a line each: all that one more venue changes outside its folder.
enum VenueRegistry {
  static let all: [KnownVenue] = [
    KnownVenue(BinanceSpot.self, simulated: BinanceSpotSimulation.self),
    KnownVenue(BinanceUSDM.self, simulated: nil),
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

  /// The product with a name.
  static func simulation(_ name: String) -> (any VenueSimulation.Type)? {
    simulations.first { $0.name == name }
  }

  static func find(_ name: String) -> KnownVenue? { all.first { $0.name == name } }
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
