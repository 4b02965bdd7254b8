import Venues

/// The venue whose requests the benchmarks of the core encode.
public struct BenchVenue {
  /// For people.
  var title: String
  private let makeWriter: (String, Int) throws -> OrderWriter?

  /// - Parameter makeWriter: makes its encoder of orders, given what client order ids begin with and how
  ///   many listings there are; nil where the venue has none to be measured.
  public init(title: String, makeWriter: @escaping (String, Int) throws -> OrderWriter?) {
    self.title = title
    self.makeWriter = makeWriter
  }

  /// An encoder that knows the listings of `market`.
  func writer(_ market: BenchMarket) throws -> OrderWriter {
    let prefix = "n" + String(BenchEngine.runID, radix: 36) + "-"
    guard let writer = try makeWriter(prefix, market.listings.count) else {
      throw BenchFailure(description: "\(title) has no encoder to be measured")
    }
    for listing in market.listings { writer.add(listing, symbol: market.symbol(listing)) }
    return writer
  }
}
