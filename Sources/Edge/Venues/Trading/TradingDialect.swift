import TradingModel

/// What differs between venues in trading on them; `TradingSession` is the rest: when to log on, what
/// is lost, what is asked next, what the core is told.
///
/// A dialect writes and reads, and keeps nothing of orders. Times are the venue's, as far as it is known.
protocol TradingDialect: ~Copyable {
  /// For people: venue and task.
  var name: String { get }
  var venue: VenueIndex { get }
  var channels: [SessionChannel] { get }
  /// The channel over which orders are entered: when it is lost, so are the answers that are due.
  var orderChannel: Int { get }
  /// Channels that are opened by a step of kind `open` and not at the start.
  var channelsOpenedLater: [Int] { get }
  var logOn: [LogOnStep] { get }
  var repeated: [RepeatedQuestion] { get }
  /// The venue's dead-man switch; nil where it has none, or none is wanted.
  var deadMan: DeadManSwitch? { get }
  /// How many questions a full look at the account is: open orders, then fills since `fillsSince`.
  var snapshotPartCount: Int { get }
  /// Whether contracts are traded on whose positions funding is paid, so that `.payments` can be asked.
  var hasPayments: Bool { get }
  /// Payments from before are in the balances that the journal began with, or known from it; 0 where that
  /// is not known.
  var paymentsSince: Timestamp { get }
  /// Whether the venue changes an order's price, or makes it larger, in place. Where it does not, the
  /// session cancels, learns what was filled, and enters the rest.
  func isNative(_ replace: VenueRequest, of known: OrderTerms?) -> Bool
  /// Whether there are such replaces, so that an order may stand under a later name than the first.
  var replacesInSteps: Bool { get }
  /// What a request of the core costs.
  func cost(of request: VenueRequest) -> RequestCost

  /// Writes a question, as one command with `tag`, into `outbox`.
  ///
  /// - Parameters:
  ///   - name: of the order that a core's request is about.
  ///   - time: ns since the epoch by the venue's clock.
  /// - Returns: what it costs.
  mutating func write(
    _ question: TradingQuestion, _ name: OrderName, tag: UInt64, at time: Timestamp,
    into outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost

  /// How many requests of a kind go into one message over the order channel at most; 1 where each has its
  /// own.
  func batchMax(_ kind: VenueRequestKind) -> Int
  /// Begins a message with several requests of a kind, which may hold `batchMax` of them.
  ///
  /// - Parameters: as of `write`; the first request has `tag`, and each further one the next.
  mutating func beginBatch(_ kind: VenueRequestKind, tag: UInt64, at time: Timestamp)
  /// Adds a request; one that cannot be written leaves the message as it was.
  mutating func addToBatch(_ request: VenueRequest, _ name: OrderName) throws(RequestError)
  /// Ends the message, which has a request at least: one command with `tag` into `outbox`.
  mutating func endBatch(tag: UInt64, into outbox: inout SessionOutbox)

  /// Reads a message of a WebSocket channel: what it is, and, of a push, its news.
  mutating func read(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> TradingMessage

  /// Reads an answer, over a WebSocket channel (`status` 0) or HTTP. What it tells of limits is taken
  /// over into `budget`.
  ///
  /// Where several requests were sent in one message, `answer.place` says which of them is read for.
  ///
  /// A core's `queryOrder` is answered by one of the status kinds with the venue's cumulative quantity;
  /// the fills of a snapshot and of an order by `fill` reports.
  mutating func readAnswer(
    _ answer: SessionAnswer, to question: TradingQuestion, _ budget: inout RateBudget,
    at time: Timestamp, into news: inout TradingNews
  ) throws(ScanError)

  /// A full look was told: the next one asks only for fills from where it ended.
  mutating func snapshotTold()
}

extension TradingDialect where Self: ~Copyable {
  var orderChannel: Int { 0 }
  var channelsOpenedLater: [Int] { [] }
  var repeated: [RepeatedQuestion] { [] }
  var hasPayments: Bool { false }
  var paymentsSince: Timestamp { 0 }
  var deadMan: DeadManSwitch? { nil }
  func isNative(_ replace: VenueRequest, of known: OrderTerms?) -> Bool { true }
  var replacesInSteps: Bool { false }
  mutating func snapshotTold() {}
  func batchMax(_ kind: VenueRequestKind) -> Int { 1 }
  mutating func beginBatch(_ kind: VenueRequestKind, tag: UInt64, at time: Timestamp) {}
  mutating func addToBatch(_ request: VenueRequest, _ name: OrderName) throws(RequestError) {
    preconditionFailure("Invariant: batches go to dialects that have them")
  }
  mutating func endBatch(tag: UInt64, into outbox: inout SessionOutbox) {}
}

/// The terms of an open order, as far as the session knows.
struct OrderTerms: BitwiseCopyable, Sendable {
  var price: Int64
  var quantity: Int64
  var venueOrderID: VenueOrderID
}
