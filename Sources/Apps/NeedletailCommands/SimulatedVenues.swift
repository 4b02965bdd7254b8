import BinanceSpotSimulator
import VenueSimulation

/// The products that `needletail simulate` can serve: a line each, and nothing else outside a venue's
/// folder names it.
enum SimulatedVenues {
  static let all: [any VenueSimulation.Type] = [
    BinanceSpotSimulation.self
  ]

  /// The product with a name.
  static func named(_ name: String) -> (any VenueSimulation.Type)? { all.first { $0.name == name } }
}
