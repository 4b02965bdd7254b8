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

  /// What recordings of this venue's public frames are read as.
  static var feedKind: FeedKind { get }

  /// A session that follows the public markets of `symbols`.
  ///
  /// - Parameters:
  ///   - budget: of the address, shared by all its sessions.
  ///   - silenceMax: nanoseconds without an update after which a book counts as stale.
  ///   - recorder: gets every frame; nil for none.
  static func marketSession(
    _ environment: VenueEnvironment, following symbols: [SymbolScale], budget: SharedBudget,
    silenceMax: Int64, recorder: (any FrameRecorder)?
  ) -> any VenueSession
}
