import Benchmarks
import Credentials
import TradingModel
import Venues

/// `needletail bench core`, with the requests of a venue that the registry knows.
enum CoreBench {
  static func run(arguments: [String]) -> Int32 {
    guard let venue else {
      return fail("bench", "no venue lets its encoder of orders be measured", ExitStatus.failed)
    }
    return runBenchCommand(arguments: arguments, venue: venue)
  }

  /// The first venue with contracts settled in their quote currency that lets its encoder be measured.
  static var venue: BenchVenue? {
    for adapter in VenueRegistry.all.map(\.adapter)
    where adapter.description.contractKinds.contains(.linear) {
      guard (try? writer(adapter, "n-", 1)) != nil else { continue }
      return BenchVenue(title: adapter.description.title) { try writer(adapter, $0, $1) }
    }
    return nil
  }

  private static func writer(
    _ adapter: any VenueAdapter.Type, _ prefix: String, _ capacity: Int
  ) throws(SigningKeyError) -> OrderWriter? {
    // As long as real ones; what they sign is sent nowhere.
    let credential = VenueCredential(
      apiKey: String(repeating: "k", count: 64), kind: .hmac,
      secret: SecretBytes(String(repeating: "s", count: 64)))
    return try adapter.orderWriter(
      credential, clientOrderIDPrefix: prefix, listingCapacity: capacity)
  }
}
