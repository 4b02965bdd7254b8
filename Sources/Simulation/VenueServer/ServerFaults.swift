/// What goes wrong between a product and its clients, drawn from the product's seed. All off by
/// default.
///
/// Probabilities are in parts per million; times are nanoseconds, kept to about a millisecond.
/// Handshakes are subject to bans and maintenance only.
public struct ServerFaults: Equatable, Sendable {
  /// Every answer and push waits so long before it is sent ...
  public var latency: Int64 = 0
  /// ... and up to so much longer, all values alike. Order within a connection is kept.
  public var jitter: Int64 = 0
  /// A request is thrown away unread: not carried out, never answered.
  public var droppedRequests: UInt32 = 0
  /// A request is carried out and never answered; an HTTP connection stays open, silent.
  public var droppedReplies: UInt32 = 0
  /// A request is carried out and its connection is cut instead of an answer.
  public var cutReplies: UInt32 = 0
  /// A request is answered with `serverErrorStatus` and not carried out.
  public var serverErrors: UInt32 = 0
  /// A request is carried out and answered with `serverErrorStatus` all the same.
  public var serverErrorsCarriedOut: UInt32 = 0
  /// 500 to 599.
  public var serverErrorStatus: Int = 503
  /// A push is sent twice.
  public var duplicatedPushes: UInt32 = 0
  /// A push is held for `reorderDelay`, so that later ones overtake it.
  public var reorderedPushes: UInt32 = 0
  public var reorderDelay: Int64 = 5_000_000
  /// Mean time between two cuts of a WebSocket connection chosen by chance; 0 is never.
  public var disconnectInterval: Int64 = 0
  /// Requests and handshakes are refused as `ServerFailure.banned` until this wall time (of the
  /// venue's clock without its offset); 0 is no ban.
  public var bannedUntil: Int64 = 0
  /// Requests and handshakes are refused as `ServerFailure.maintenance`.
  public var isInMaintenance: Bool = false
  /// Added to the wall time that the front sees.
  public var clockOffset: Int64 = 0

  public static let none = ServerFaults()
  public init() {}
}
