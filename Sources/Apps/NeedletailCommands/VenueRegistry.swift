import VenueSimulation
import Venues

/// The venues that the tool knows, a line each: all that one more venue changes outside its folder.
enum VenueRegistry {
  static let all: [KnownVenue] = [
    KnownVenue(BinanceSpot.self, simulated: BinanceSpotSimulation.self),
    KnownVenue(BybitSpot.self, simulated: nil),
    KnownVenue(BybitLinear.self, simulated: nil),
  ]

  static var names: [String] { all.map(\.name) }

  /// What can be simulated.
  static var simulations: [any VenueSimulation.Type] { all.compactMap(\.simulation) }

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
