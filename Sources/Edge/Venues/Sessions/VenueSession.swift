import TradingModel

/// A moment, by both clocks: records carry wall time, waiting is measured on the monotonic one, which
/// is never set.
public struct SessionTime: Equatable, Sendable, BitwiseCopyable {
  /// Nanoseconds since the epoch; it does not go back while a process runs.
  public var wall: Timestamp
  /// Nanoseconds since some moment.
  public var monotonic: Int64

  public init(wall: Timestamp, monotonic: Int64) {
    self.wall = wall
    self.monotonic = monotonic
  }
}

/// One connection that a session needs.
public struct SessionChannel: Equatable, Sendable {
  public enum Kind: Sendable {
    case webSocket
    case http
  }

  public var kind: Kind
  /// `wss://host[:port]/path`, or `https://host[:port]`.
  public var address: String
  /// Sent with every request (HTTP) or with the upgrade (WebSocket).
  public var headers: [(name: String, value: String)]
  /// For people: what it carries.
  public var purpose: String
  /// Nanoseconds without a message after which it counts as stale; nil where silence is normal.
  public var silenceMax: Int64?

  public init(
    _ kind: Kind, address: String, purpose: String,
    headers: [(name: String, value: String)] = [], silenceMax: Int64? = nil
  ) {
    self.kind = kind
    self.address = address
    self.headers = headers
    self.purpose = purpose
    self.silenceMax = silenceMax
  }

  public static func == (a: SessionChannel, b: SessionChannel) -> Bool {
    a.kind == b.kind && a.address == b.address && a.purpose == b.purpose
      && a.silenceMax == b.silenceMax && a.headers.elementsEqual(b.headers) { $0 == $1 }
  }
}

/// Keeps the frames of a market session as they came: what captures are made of.
public protocol FrameRecorder: AnyObject {
  /// - Parameters:
  ///   - symbol: its place in the symbols followed.
  ///   - received: when the kernel had its last bytes, ns since the epoch.
  func record(symbol: Int, _ frame: UnsafeRawBufferPointer, received: Timestamp)
}

/// A venue's protocol without its sockets: messages, answers and time go in; commands for the
/// carrier (`outbox`) and records for the core (`records`) come out. It reads no clock and keeps no
/// thread, so that a live connection, a recorded one and a simulated network turn the same code.
///
/// After every call the carrier takes the commands and the records out.
public protocol VenueSession: AnyObject {
  /// For people: venue and task.
  var name: String { get }
  /// The connections it needs; commands name them by their place here.
  var channels: [SessionChannel] { get }
  var outbox: SessionOutbox { get set }
  var records: RecordBuffer { get set }
  /// When it wants `advance` on the monotonic clock at the latest; `Int64.max` for never.
  var nextTime: Int64 { get }

  /// Begins: asks for its channels.
  func start(at now: SessionTime)
  /// A channel is up.
  func opened(_ channel: Int, at now: SessionTime)
  /// A channel is down; it comes again by itself. What was sent and not answered is lost.
  func closed(_ channel: Int, at now: SessionTime)
  /// A WebSocket message, whole.
  ///
  /// - Parameter received: when the kernel had its last bytes, where that is known; else `now.wall`.
  func received(
    _ channel: Int, _ message: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime)
  /// The answer to a request over HTTP.
  func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime)
  /// A message or request that certainly never left.
  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime)
  /// A request over HTTP that may have arrived, whose answer will not come.
  func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime)
  /// Time has passed.
  func advance(to now: SessionTime)
  /// The carrier has many messages at hand: what each replaces of the ones before may be left out, until
  /// `catchUp`.
  func fallBehind(at now: SessionTime)
  /// No more messages wait: what was kept back becomes records.
  func catchUp(at now: SessionTime)
  /// What went wrong last, for people; nil for nothing.
  var lastFault: String? { get }
  /// Why nothing more is sent, whatever is asked for, until somebody has looked; nil while things are
  /// sent.
  var stopCause: VenueStopCause? { get }
}

// Of sessions whose every message counts.
extension VenueSession {
  public func fallBehind(at now: SessionTime) {}
  public func catchUp(at now: SessionTime) {}
  public var lastFault: String? { nil }
  public var stopCause: VenueStopCause? { nil }
}

// Of sessions without a channel over HTTP.
extension VenueSession {
  public func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime
  ) {}

  public func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) {}
}

/// A session that enters orders.
public protocol OrderSession: VenueSession {
  /// A request of the core. What comes of it is told by `VenueReport` records.
  func send(_ request: VenueRequest, at now: SessionTime)
  /// Requests of the core that were decided together, in order; a session may send several in one
  /// message. What comes of each is told as if it had been sent by itself.
  func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime)
  /// The run ends in order, and what stands at the venue may stand: ends the venue's dead-man switch.
  func disarm(at now: SessionTime)
  /// Whether an answer to that is due.
  var isDisarming: Bool { get }
  /// What somebody should look at and was not told yet: that nothing is sent any more, or that orders
  /// stand unprotected.
  func takeWarnings() -> [String]
}

extension OrderSession {
  public func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime) {
    for index in 0..<requests.count { send(requests[index], at: now) }
  }
}

/// An answer over HTTP as a session sees it; valid during the call.
public struct SessionAnswer {
  public var status: Int
  /// Which of the requests that were sent in one message it is read for, from 0; nil where there was one.
  public var place: Int?
  public var body: UnsafeRawBufferPointer
  /// A header by its name (in small letters); nil when it is not there.
  public var header: (StaticString) -> UnsafeRawBufferPointer?

  public init(
    status: Int, body: UnsafeRawBufferPointer,
    header: @escaping (StaticString) -> UnsafeRawBufferPointer? = { _ in nil }
  ) {
    self.status = status
    self.body = body
    self.header = header
  }
}
