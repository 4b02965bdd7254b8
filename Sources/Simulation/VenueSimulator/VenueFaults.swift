import TradingModel

/// What goes wrong at a simulated venue, drawn from the venue's seed. All off by default.
///
/// Probabilities are in parts per million. Intervals are means, in nanoseconds of the venue's time;
/// 0 is never.
public struct VenueFaults: Equatable, Sendable, BitwiseCopyable {
  /// A request is carried out, but none of the reports it leads to at once is sent. What happened is
  /// learnt by asking (`queryOrder`, `querySnapshot`), or from later reports.
  public var lostAnswers: UInt32 = 0
  /// A report is sent twice, the second time late.
  public var duplicatedReports: UInt32 = 0
  /// A report is late, so that later ones overtake it.
  public var reorderedReports: UInt32 = 0
  /// How late such reports are at most, in nanoseconds.
  public var lateness: Int64 = 20_000_000
  /// Between two losses of the connection (orders and feed).
  public var disconnectInterval: Int64 = 0
  /// How long the connection is down: requests that arrive and reports that are made then are lost.
  public var disconnectDuration: Int64 = 500_000_000
  /// Between two lost feed messages of a listing.
  public var feedGapInterval: Int64 = 0
  /// From a gap's discovery to the snapshot that ends it.
  public var feedGapDuration: Int64 = 200_000_000

  public static let none = VenueFaults()
  public init() {}
}
