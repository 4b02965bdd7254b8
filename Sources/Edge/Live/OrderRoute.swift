import Links
import LowLatency
import TradingModel
import Venues

/// Where a run's orders of one venue go.
public protocol OrderRoute: AnyObject {
  /// Where its records go.
  var taker: (any RecordTaker)? { get set }
  func start(at now: SessionTime)
  /// Hands on a request that is recorded.
  func send(_ request: VenueRequest, at now: SessionTime)
  /// Sees a market record of its venue, behind the core.
  func follow(_ record: UnsafeRawPointer, at now: SessionTime)
  /// Does what there is to do; gives how much that was.
  func turn(at now: SessionTime) -> Int
  func stop(at now: SessionTime)
  /// How its connections do.
  var health: [LinkHealth] { get }
}

/// Orders over a venue's own session.
public final class SessionRoute: OrderRoute {
  public let link: SessionLink

  public init(_ link: SessionLink) { self.link = link }

  public var taker: (any RecordTaker)? {
    get { link.taker }
    set { link.taker = newValue }
  }
  public var health: [LinkHealth] { link.health }
  public func start(at now: SessionTime) { link.start(at: now) }
  public func send(_ request: VenueRequest, at now: SessionTime) { link.send(request, at: now) }
  public func follow(_ record: UnsafeRawPointer, at now: SessionTime) {}
  public func turn(at now: SessionTime) -> Int { link.turn(at: now) }
  public func stop(at now: SessionTime) { link.stop(at: now) }
}
