import TradingModel

/// A venue's encoder of order requests behind one door, for benchmarks of a core, which know no venue;
/// sessions have encoders of their own.
///
/// A class, so that a request costs one jump through its table of functions. Nothing is allocated once
/// the listings are known.
public class OrderWriter {
  init() {}

  /// Makes a listing known under the venue's symbol for it.
  public func add(_ listing: Listing, symbol: String) {
    preconditionFailure("Invariant: a venue offers a class that writes")
  }

  /// Writes one request as it goes over the venue's connection for orders.
  ///
  /// - Parameters:
  ///   - timestamp: of the request, milliseconds since the epoch.
  ///   - isSigned: without a signature it is what a connection sends that is logged on.
  /// - Returns: how many bytes it has.
  public func write(
    _ request: VenueRequest, timestamp: UInt64, isSigned: Bool
  ) throws(RequestError) -> Int {
    preconditionFailure("Invariant: a venue offers a class that writes")
  }
}
