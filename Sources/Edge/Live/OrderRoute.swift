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
  /// Hands on requests that were decided together and are recorded, in order.
  func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime)
  /// Sees a market record of its venue, behind the core.
  func follow(_ record: UnsafeRawPointer, at now: SessionTime)
  /// Does what there is to do; gives how much that was.
  func turn(at now: SessionTime) -> Int
  /// Has the venue leave alone what stands there when the connections are gone.
  func disarm(at now: SessionTime)
  /// Whether the venue has not said yes to that yet.
  var isDisarming: Bool { get }
  func stop(at now: SessionTime)
  /// Its session at the venue; nil where nothing is sent.
  var link: SessionLink? { get }
  /// What somebody should look at and was not told yet.
  func takeWarnings() -> [String]
}

// Of routes without a venue behind them.
extension OrderRoute {
  public func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime) {
    for index in 0..<requests.count { send(requests[index], at: now) }
  }
  public func disarm(at now: SessionTime) {}
  public var isDisarming: Bool { false }
  public func takeWarnings() -> [String] { [] }
}

/// Orders over a venue's own session.
public final class SessionRoute: OrderRoute {
  private let session: SessionLink

  public init(_ link: SessionLink) { session = link }

  public var taker: (any RecordTaker)? {
    get { session.taker }
    set { session.taker = newValue }
  }
  public var link: SessionLink? { session }
  public func start(at now: SessionTime) { session.start(at: now) }
  public func send(_ request: VenueRequest, at now: SessionTime) { session.send(request, at: now) }
  public func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime) {
    session.send(requests, at: now)
  }
  public func follow(_ record: UnsafeRawPointer, at now: SessionTime) {}
  public func turn(at now: SessionTime) -> Int { session.turn(at: now) }
  public func disarm(at now: SessionTime) { session.disarm(at: now) }
  public var isDisarming: Bool { session.isDisarming }
  public func stop(at now: SessionTime) { session.stop(at: now) }
  public func takeWarnings() -> [String] { session.takeWarnings() }
}
