import Venues

/// The venues that the tool knows, a line each: all that one more venue changes outside its folder.
enum VenueRegistry {
  static let all: [any VenueAdapter.Type] = [
    BinanceSpot.self
  ]

  static var names: [String] { all.map { $0.description.name } }

  static func find(_ name: String) -> (any VenueAdapter.Type)? {
    all.first { $0.description.name == name }
  }
}
