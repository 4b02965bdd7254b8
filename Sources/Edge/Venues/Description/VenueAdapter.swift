import TradingModel

/// A venue's folder as the rest of the program sees it.
public protocol VenueAdapter: Sendable {
  static var description: VenueDescription { get }

  /// The requests that carry out an action, in the order in which they would be sent: one, or more
  /// where the venue cannot do it in one.
  ///
  /// - Parameter timestamp: milliseconds since the epoch, as the venue's clock is believed to be.
  static func requests(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws -> [WireRequest]
}
