import Strategies
import TradingCore
import TradingModel

/// SplitMix64: the same numbers from the same seed, everywhere.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  /// Seeds are spread by another constant than `next` steps by: else seeds share one stream.
  init(_ seed: UInt64) {
    state = (seed &+ 1) &* 0xD134_2543_DE82_EF95
    state ^= next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func once(in count: Int) -> Bool { next() % UInt64(count) == 0 }
  mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }
}

/// Two listings of one instrument at two venues: 0 is spot, 1 a linear swap. Price unit 0.01, quantity
/// unit 0.001; currency 0 is the base, 1 the quote.
enum Market {
  static let spot = Listing(
    index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .spot, priceDecimals: 2,
    quantityDecimals: 3, makerFee: Rate(parts: 10_000), takerFee: Rate(parts: 50_000))
  static let swap = Listing(
    index: 1, venue: 1, instrument: 0, base: 0, quote: 1, contractKind: .linear, priceDecimals: 2,
    quantityDecimals: 3, makerFee: Rate(parts: -5_000), takerFee: Rate(parts: 40_000))
  static let listings = [spot, swap]
  static var capacity: CoreCapacity {
    CoreCapacity(
      listings: 4, strategies: 3, venues: 3, currencies: 3, orders: 256, trades: 1024,
      intentsPerInput: 16)
  }

  static func definitions(
    strategies: [StrategyDefinition] = [], checks: UInt8 = 3, orderIDBase: UInt64 = 0,
    limits: (inout RiskLimitsDefinition) -> Void = { _ in }
  ) -> [[UInt8]] {
    var records = [
      RunStart(mode: .sandbox, runID: 1, seed: 1, orderIDBase: orderIDBase, buildID: "test")
        .encoded(time: 1)
    ]
    records += listings.map { ListingDefinition(listing: $0, symbol: "X").encoded(time: 1) }
    var all: [RiskLimitsDefinition] = [RiskLimitsDefinition(scope: .firm, index: 0)]
    all += (0..<3).map { RiskLimitsDefinition(scope: .strategy, index: $0) }
    all += (0..<2).map { RiskLimitsDefinition(scope: .listing, index: $0) }
    for var definition in all {
      definition.checks = checks
      definition.marginRate = Rate(parts: 10_000_000)
      limits(&definition)
      records.append(definition.encoded(time: 1))
    }
    for venue in 0..<2 as Range<VenueIndex> {
      for currency in 0..<2 as Range<CurrencyIndex> {
        records.append(
          AccountBalance(
            venue: venue, currency: currency,
            total: Money(Decimal(units: currency == 0 ? 100 : 100_000))
          ).encoded(time: 1))
      }
    }
    records += strategies.map { $0.encoded(time: 1) }
    records.append(
      RecordBytes(kind: .definitionsEnd, fixedByteCount: RecordHeader.byteCount, time: 1).bytes)
    return records
  }
}

/// Encoded inputs.
enum Input {
  static func record(
    _ kind: RecordKind, _ byteCount: Int, _ time: Timestamp,
    _ fill: (UnsafeMutableRawPointer) -> Void
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    bytes.withUnsafeMutableBytes { buffer in
      RecordHeader(byteCount: byteCount, kind: kind, isOutput: false, sequence: 0, time: time)
        .store(at: buffer.baseAddress!)
      fill(buffer.baseAddress!)
    }
    return bytes
  }

  static func report(_ report: VenueReport, _ time: Timestamp) -> [UInt8] {
    record(.venueReport, VenueReport.byteCount, time) { report.store(at: $0) }
  }
  static func command(_ command: Command, _ time: Timestamp) -> [UInt8] {
    record(.command, Command.byteCount, time) { command.store(at: $0) }
  }
  static func signal(_ signal: Signal, _ time: Timestamp) -> [UInt8] {
    record(.signal, Signal.byteCount, time) { signal.store(at: $0) }
  }
  static func timer(_ number: UInt64, _ time: Timestamp) -> [UInt8] {
    record(.timer, TimerTick.byteCount, time) { TimerTick(number: number).store(at: $0) }
  }
  static func trade(_ trade: Trade, _ time: Timestamp) -> [UInt8] {
    record(.trade, Trade.byteCount, time) { trade.store(at: $0) }
  }
  static func status(_ listing: ListingIndex, _ state: FeedState, _ time: Timestamp) -> [UInt8] {
    record(.feedStatus, FeedStatus.byteCount, time) {
      FeedStatus(listing: listing, state: state, venueSequence: 0, venueTime: time).store(at: $0)
    }
  }
  static func funding(_ payment: FundingPayment, _ time: Timestamp) -> [UInt8] {
    record(.fundingPayment, FundingPayment.byteCount, time) { payment.store(at: $0) }
  }
  static func contract(_ update: ContractUpdate, _ time: Timestamp) -> [UInt8] {
    record(.contractUpdate, ContractUpdate.byteCount, time) { update.store(at: $0) }
  }
  static func book(
    _ listing: ListingIndex, bids: [(Int64, Int64)], asks: [(Int64, Int64)], snapshot: Bool = true,
    _ time: Timestamp
  ) -> [UInt8] {
    let count = bids.count + asks.count
    return record(.bookUpdate, BookUpdate.byteCount(levelCount: count), time) { base in
      BookUpdate(
        listing: listing, isSnapshot: snapshot, levelCount: count, venueSequence: 1,
        venueTime: time
      ).store(at: base)
      let levels =
        bids.map { LevelChange(side: .buy, price: $0.0, quantity: $0.1) }
        + asks.map { LevelChange(side: .sell, price: $0.0, quantity: $0.1) }
      for (index, level) in levels.enumerated() {
        level.store(at: base + BookUpdate.levelsOffset + index * LevelChange.byteCount)
      }
    }
  }
}

/// What one input led to.
struct Led {
  var events: [OrderEvent] = []
  var fills: [FillEvent] = []
  var funding: [FundingEvent] = []
  var requests: [VenueRequest] = []
  var alerts: [Alert] = []
  var answers: [SignalAnswer] = []

  init(_ outputs: borrowing RecordBuffer) {
    var offset = 0
    while offset < outputs.byteCount {
      let record = UnsafeRawPointer(outputs.base + offset)
      switch RecordKind(rawValue: record.load16(4)) {
      case .orderEvent: events.append(OrderEvent(at: record)!)
      case .fillEvent: fills.append(FillEvent(at: record)!)
      case .fundingEvent: funding.append(FundingEvent(at: record))
      case .venueRequest: requests.append(VenueRequest(at: record)!)
      case .alert: alerts.append(Alert(at: record)!)
      case .signalAnswer: answers.append(SignalAnswer(at: record)!)
      default: preconditionFailure("only outputs are put out")
      }
      offset += Int(record.load32(0))
    }
  }
  func news(_ kind: AlertKind) -> Int { alerts.filter { $0.kind == kind }.count }
}

/// A core and whoever feeds it.
final class Desk {
  var core: TradingCore
  var outputs: RecordBuffer
  var now: Timestamp = 1_000
  /// Every input taken, for those who want to apply them again.
  var inputs: [[UInt8]] = []

  init(capacity: CoreCapacity = Market.capacity, registry: StrategyRegistry = StrategyRegistry()) {
    core = TradingCore(capacity: capacity, registry: registry)
    outputs = RecordBuffer(capacity: capacity.outputByteCount)
  }

  /// Defined, with books of 10 at 99.99 / 100.01 and both venues open.
  convenience init(
    strategies: [StrategyDefinition], checks: UInt8 = 3, opened: Bool = true,
    registry: StrategyRegistry = StrategyRegistry(),
    limits: (inout RiskLimitsDefinition) -> Void = { _ in }
  ) throws {
    self.init(registry: registry)
    for record in Market.definitions(strategies: strategies, checks: checks, limits: limits) {
      try apply(record)
    }
    guard opened else { return }
    for venue in 0..<2 as Range<VenueIndex> { try open(venue) }
    for listing in 0..<2 as Range<ListingIndex> { try quote(listing, 9_999, 10_001) }
  }

  @discardableResult
  func apply(_ record: [UInt8]) throws -> Led {
    var bytes = record
    outputs.removeAll()
    var failure: CoreError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(CoreError) {
        try core.apply(buffer.baseAddress!, into: &outputs)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    inputs.append(record)
    return Led(outputs)
  }

  @discardableResult
  func tell(_ report: VenueReport) throws -> Led {
    now += 1_000
    return try apply(Input.report(report, now))
  }
  @discardableResult
  func command(_ command: Command) throws -> Led {
    now += 1_000
    return try apply(Input.command(command, now))
  }
  @discardableResult
  func wait(_ time: Int64) throws -> Led {
    now += time
    return try apply(Input.timer(1, now))
  }
  @discardableResult
  func quote(_ listing: ListingIndex, _ bid: Int64, _ ask: Int64, _ size: Int64 = 10_000) throws
    -> Led
  {
    now += 1_000
    return try apply(Input.book(listing, bids: [(bid, size)], asks: [(ask, size)], now))
  }
  func open(_ venue: VenueIndex) throws {
    let led = try tell(VenueReport(kind: .connected, venue: venue, venueTime: now))
    let number = led.requests.first { $0.kind == .querySnapshot }!.version
    try tell(VenueReport(kind: .snapshotBegin, venue: venue, version: number, venueTime: now))
    try tell(VenueReport(kind: .snapshotEnd, venue: venue, version: number, venueTime: now))
  }
  /// Submits on the house account (strategy 0); returns the new order's id, 0 when denied.
  func submit(
    _ side: Side = .buy, _ quantity: Int64 = 1_000, at price: Int64 = 9_999,
    listing: ListingIndex = 0, strategy: StrategyIndex = Command.any, type: OrderType = .limit
  ) throws -> OrderID {
    let led = try command(
      Command(
        kind: .submit, side: side, type: type, listing: listing, strategy: strategy, price: price,
        quantity: quantity))
    return led.requests.first { $0.kind == .newOrder }?.orderID ?? 0
  }
  func report(
    _ kind: VenueReportKind, _ order: OrderID, version: RequestVersion = 0, trade: TradeID = 0,
    price: Int64 = 9_999, quantity: Int64 = 0, cumulative: Int64 = -1, fee: Int128 = 0,
    reason: VenueReason = .none
  ) -> VenueReport {
    let listing = core.order(order)?.listing ?? 0
    return VenueReport(
      kind: kind, listing: listing, venue: Market.listings[Int(listing)].venue,
      side: core.order(order)?.side ?? .buy, reason: reason, feeCurrency: 1, orderID: order,
      venueOrderID: 900 + order, version: version, tradeID: trade, lastPrice: price,
      lastQuantity: quantity, cumulativeQuantity: cumulative, price: price, quantity: quantity,
      fee: Money(amount: fee), venueTime: now)
  }
}
