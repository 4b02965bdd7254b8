import Execution
import LowLatency
import MarketData
import Portfolio
import RiskEngine
import Strategies
import TradingModel

/// Why the core refused an input. Nothing has changed then, and nothing was counted.
public enum CoreError: Error, Equatable, Sendable, CustomStringConvertible {
  case record(RecordError)
  case setting(SettingError)
  /// A definition with an index beyond the declared capacity.
  case capacity(what: String, index: Int, capacity: Int)
  /// An input that needs definitions, before they were complete; or a definition of a thing that was
  /// never defined before.
  case undefined(what: String, index: Int)
  case notAnInput(RecordKind)
  /// A definition that would change what existing orders and positions are counted in.
  case changed(what: String, index: Int)
  /// The journal's decisions were made by another version of a strategy.
  case strategyVersion(String, recorded: UInt32, built: UInt32)

  public var description: String {
    switch self {
    case .record(let error): "\(error)"
    case .setting(let error): "\(error)"
    case .capacity(let what, let index, let capacity):
      "\(what) \(index) is beyond the declared capacity of \(capacity)"
    case .undefined(let what, let index): "\(what) \(index) was not defined"
    case .strategyVersion(let name, let recorded, let built):
      "strategy '\(name)' has state version \(recorded) in the journal, this build has \(built): "
        + "verify it with the build that wrote it, or carry the journal on with recover"
    case .notAnInput(let kind): "a \(kind) record is no input"
    case .changed(let what, let index):
      "\(what) \(index) cannot change its venue, currencies or units within a journal"
    }
  }
}

/// The one state machine: every input that can change trading state goes through `apply`, one at a
/// time, and what must be done about it comes out as outputs.
///
/// An input is handled in two phases. *Facts*: market data to books; venue reports to orders, then
/// positions, then risk. *Decisions*: strategies see what happened and leave intents in a bounded
/// queue; each goes through risk, router and order table and becomes outputs. No step calls back up.
public struct TradingCore: ~Copyable {
  public let capacity: CoreCapacity
  let registry: StrategyRegistry

  let listings: UnsafeMutablePointer<Listing>
  let listingCount: UnsafeMutablePointer<Int>
  /// By listing: whether strategies may send new orders. Follows from venues and the kill switch.
  let isTradable: UnsafeMutablePointer<Bool>
  let books: UnsafeMutablePointer<FollowedBook>
  let contracts: UnsafeMutablePointer<ContractState>
  let positions: UnsafeMutablePointer<PositionTable>
  let orders: UnsafeMutablePointer<OrderTable>
  let intents: UnsafeMutablePointer<FixedQueue<Intent>>
  /// What risk holds for each order, by its place in the order table.
  let reservations: UnsafeMutablePointer<RiskReservation>
  /// What is set aside of a balance for each order, by its place.
  let held: UnsafeMutablePointer<Money>
  let venues: UnsafeMutablePointer<VenueState>
  let view: TradingView

  var reports: OrderReports
  var payments: PaymentLedger
  var holdings: FundingHoldings
  /// Of contracts, by listing: what the venue nets our strategies' fills into, which moves the balance.
  var netPositions: NetPositionTable
  var risk: RiskEngine
  var balances: BalanceTable
  var router = Router()
  var hosts: [StrategyHost?]
  var isRunning: [Bool]
  /// Above the highest index of a strategy defined so far.
  var strategyEnd = 0
  /// By listing, then strategy: whether the strategy follows the listing.
  var follows: [Bool]
  var sweep = CancelSweep()
  var signalAnswers = SignalAnswers()

  /// The last sequence number given.
  public internal(set) var sequence: UInt64 = 0
  /// The time of the last input.
  public internal(set) var now: Timestamp = 0
  public internal(set) var counts = CoreCounts()
  /// The rolling hash over all outputs so far.
  public internal(set) var outputHash = RecordHash()
  public internal(set) var mode: RunMode = .sandbox
  public internal(set) var seed: UInt64 = 0
  /// Set while recorded outputs are applied as facts instead of being decided.
  public internal(set) var isRecovering = false
  var isDefined = false
  var pendingRequestEvent: OrderEvent?
  /// While recovering: fills that the last input led to and that no recorded event tells of yet.
  var untold: [FillEvent] = []
  /// As `untold`, of funding.
  var untoldFunding: [FundingEvent] = []

  /// Fills that are booked and that the journal of a killed run tells nothing of yet; the start of the
  /// next run does.
  public var untoldFills: [FillEvent] { untold }
  /// As `untoldFills`, of funding.
  public var untoldFundingEvents: [FundingEvent] { untoldFunding }

  public init(capacity: CoreCapacity = CoreCapacity(), registry: StrategyRegistry) {
    self.capacity = capacity
    self.registry = registry
    let emptyListing = Listing(
      index: 0, venue: 0, instrument: 0, base: 0, quote: 0, contractKind: .spot, priceDecimals: 0,
      quantityDecimals: 0)
    listings = .allocate(capacity: capacity.listings)
    listings.initialize(repeating: emptyListing, count: capacity.listings)
    listingCount = .allocate(capacity: 1)
    listingCount.initialize(to: 0)
    isTradable = .allocate(capacity: capacity.listings)
    isTradable.initialize(repeating: false, count: capacity.listings)
    books = .allocate(capacity: capacity.listings)
    contracts = .allocate(capacity: capacity.listings)
    contracts.initialize(repeating: ContractState(), count: capacity.listings)
    positions = .allocate(capacity: 1)
    positions.initialize(
      to: PositionTable(
        strategyCapacity: capacity.strategies, listingCapacity: capacity.listings,
        currencyCapacity: capacity.currencies))
    orders = .allocate(capacity: 1)
    orders.initialize(
      to: OrderTable(
        capacity: capacity.orders, strategyCapacity: capacity.strategies,
        listingCapacity: capacity.listings))
    intents = .allocate(capacity: 1)
    intents.initialize(to: FixedQueue(capacity: capacity.intentsPerInput, filler: .none))
    reservations = .allocate(capacity: capacity.orders)
    reservations.initialize(repeating: .none, count: capacity.orders)
    held = .allocate(capacity: capacity.orders)
    held.initialize(repeating: .zero, count: capacity.orders)
    venues = .allocate(capacity: capacity.venues)
    venues.initialize(repeating: VenueState(), count: capacity.venues)
    view = TradingView(
      listings: UnsafePointer(listings), listingCount: UnsafePointer(listingCount),
      isTradable: UnsafePointer(isTradable), books: books, contracts: UnsafePointer(contracts),
      positions: positions, orders: orders, intents: intents)
    reports = OrderReports(tradeCapacity: capacity.trades, listingCapacity: capacity.listings)
    payments = PaymentLedger(capacity: capacity.payments, listingCapacity: capacity.listings)
    holdings = FundingHoldings(
      strategyCapacity: capacity.strategies, listingCapacity: capacity.listings)
    netPositions = NetPositionTable(listingCapacity: capacity.listings)
    risk = RiskEngine(
      strategyCapacity: capacity.strategies, listingCapacity: capacity.listings,
      venueCapacity: capacity.venues, currencyCapacity: capacity.currencies)
    balances = BalanceTable(
      venueCapacity: capacity.venues, currencyCapacity: capacity.currencies)
    hosts = Array(repeating: nil, count: capacity.strategies)
    isRunning = Array(repeating: false, count: capacity.strategies)
    follows = Array(repeating: false, count: capacity.strategies * capacity.listings)
  }

  deinit {
    for index in 0..<listingCount.pointee { (books + index).deinitialize(count: 1) }
    positions.deinitialize(count: 1)
    orders.deinitialize(count: 1)
    intents.deinitialize(count: 1)
    listings.deallocate()
    listingCount.deallocate()
    isTradable.deallocate()
    books.deallocate()
    contracts.deallocate()
    positions.deallocate()
    orders.deallocate()
    intents.deallocate()
    reservations.deallocate()
    held.deallocate()
    venues.deallocate()
  }

  /// Applies one input and decides what follows from it.
  ///
  /// - Parameters:
  ///   - record: a whole record with valid header; gets its sequence number here.
  ///   - outputs: empty; gets the outputs, numbered, in the order in which they are to be done. While
  ///     recovering it gets what the facts alone lead to, without numbers.
  /// - Throws: for an input that is malformed or names what was not defined.
  public mutating func apply(
    _ record: UnsafeMutableRawPointer, into outputs: inout RecordBuffer
  ) throws(CoreError) {
    precondition(outputs.byteCount == 0, "outputs are taken away before the next input")
    precondition(outputs.capacity >= capacity.outputByteCount, "room for one input's outputs")
    let header = RecordHeader(at: record)
    if isRecovering { endSweepWhenDone() }
    let before = now
    // Time never runs backwards inside the core, whatever a clock did outside.
    now = max(now, header.time)
    do throws(CoreError) {
      try takeFacts(record, header, &outputs)
    } catch {
      now = before
      outputs.removeAll()
      throw error
    }
    sequence += 1
    record.store64(sequence, 8)
    counts.inputs += 1
    if isRecovering {
      observe(header, UnsafeRawPointer(record), &outputs)
    } else {
      decide(header, UnsafeRawPointer(record), &outputs)
      number(&outputs)
    }
  }

  private mutating func takeFacts(
    _ record: UnsafeMutableRawPointer, _ header: RecordHeader, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    guard let kind = RecordKind(rawValue: header.kind) else {
      throw .record(.unknownKind(header.kind))
    }
    let base = UnsafeRawPointer(record)
    try checkSize(kind, Int(header.byteCount))
    switch kind {
    case .bookUpdate: try takeBookUpdate(base, &outputs)
    case .trade: try takeTrade(base)
    case .bestQuote: try takeBestQuote(base)
    case .contractUpdate: try takeContractUpdate(base)
    case .feedStatus: try takeFeedStatus(base, &outputs)
    case .fundingPayment: try takeFundingPayment(base, &outputs)
    case .positionAdjustment: try takeAdjustment(base, &outputs)
    case .venueReport:
      guard let report = VenueReport(at: base) else {
        throw .record(.unknownCode(kind: kind, offset: 42, value: base.load8(42)))
      }
      try takeReport(report, &outputs)
    case .command, .signal: break
    case .timer: takeTimer(&outputs)
    case .runStart, .venueDefinition, .currencyDefinition, .listingDefinition,
      .strategyDefinition, .riskLimits, .accountBalance, .feedFile, .definitionsEnd:
      try define(kind, base, &outputs)
    case .venueRequest, .orderEvent, .fillEvent, .alert, .signalAnswer, .fundingEvent, .outputHash,
      .runEnd:
      throw .notAnInput(kind)
    }
  }

  /// Refuses records shorter than their kind's fields, so that reading them is safe.
  private func checkSize(_ kind: RecordKind, _ byteCount: Int) throws(CoreError) {
    let needed = kind.fixedByteCount
    guard byteCount >= needed else {
      throw .record(.tooShort(kind: kind, byteCount: byteCount, needed: needed))
    }
  }

  /// Gives outputs their sequence numbers and takes them into the rolling hash.
  private mutating func number(_ outputs: inout RecordBuffer) {
    var offset = 0
    while offset < outputs.byteCount {
      let record = outputs.base + offset
      let length = Int(record.load(as: UInt32.self))
      sequence += 1
      record.store64(sequence, 8)
      let content = RecordHash.content(of: record, byteCount: length)
      record.store64(content, RecordHeader.contentOffset)
      outputHash.combine(content)
      counts.outputs += 1
      offset += length
    }
  }

  /// Frees a slab of room in `outputs`; the capacity's sum makes this always succeed.
  mutating func emit(
    _ kind: RecordKind, _ byteCount: Int, _ outputs: inout RecordBuffer
  ) -> UnsafeMutableRawPointer {
    guard
      let record = outputs.append(kind: kind, byteCount: byteCount, isOutput: true, time: now)
    else { preconditionFailure("Invariant: outputs of one input fit in outputByteCount") }
    return record
  }

  mutating func alert(_ alert: Alert, _ outputs: inout RecordBuffer) {
    // Recovery counts the recorded ones.
    if !isRecovering { counts.alerts += 1 }
    alert.store(at: emit(.alert, Alert.byteCount, &outputs))
  }
}
