import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// What the simulated venue knows beside its exchange, and what it does for requests.
///
/// Requests come in as parameters and go out as JSON; sockets, sessions and limits are around it.
final class BybitCore {
  let symbols: [BybitSymbol]
  let exchange: SimulatedExchange
  let streams = BybitStreams()
  var keys: [String: VenueKey] = [:]
  var limits: [BybitAccountLimits] = [BybitAccountLimits()]
  var records: [MarketRecord]
  var books: [BybitBook]
  var tickDirections: [BybitTickDirection]
  /// What was told of the tickers last, by instrument.
  var sentTickers: [InstrumentIndex: [(key: String, value: JSONValue)]] = [:]
  /// What orders have that the exchange does not know.
  var notes: [OrderID: BybitOrderNotes] = [:]
  var fillNotes: [BybitFillKey: BybitFillNotes] = [:]
  var fundings: [AccountIndex: [BybitFunding]] = [:]
  /// Positions before the event that is being looked at.
  var held: [BybitPositionKey: Int64] = [:]
  /// Open orders of the venue's own making, by the position that they close, in the order they were made.
  var exits: [BybitPositionKey: [OrderID]] = [:]
  /// Of accounts that have the dead-man switch.
  var protections: [AccountIndex: [BybitProtection]] = [:]
  var recorded: [PlayedMarket] = []
  /// Sequence of messages about accounts.
  var nextSequence: UInt64 = 9_515_624_038
  /// For ids that the venue makes.
  private var random: RandomTexts
  /// The venue's clock as it stood when the present call came.
  var now: ServerTime
  private var clock: MarketClock
  private let names: [String: InstrumentIndex]

  /// - Parameter time: the wall clock, in nanoseconds since the epoch.
  init(symbols: [BybitSymbol], seed: UInt64, startTime time: Int64) {
    self.symbols = symbols
    now = ServerTime(wall: time, monotonic: 0)
    clock = MarketClock(startTime: time)
    random = RandomTexts(seed: seed)
    var settings = ExchangeSettings(
      assets: BybitSymbol.assets.map { ExchangeAsset($0) },
      instruments: symbols.indices.map { symbols[$0].instrument(at: InstrumentIndex($0)) },
      startTime: time, seed: seed)
    settings.rules.postOnlyThatTakes = .expire
    settings.rules.clientOrderIDsMayRecur = false
    // What the venue makes itself may be met at once; what clients ask for is looked at before.
    settings.rules.passedTriggerIsRefused = false
    settings.firstOrderID = 4_000_001
    settings.firstTradeID = 700_001
    exchange = SimulatedExchange(settings)
    let second = time / 1_000_000_000
    records = symbols.map { MarketRecord(startPrice: $0.startPrice, startSecond: second) }
    tickDirections = symbols.map { _ in BybitTickDirection() }
    books = symbols.indices.map { BybitBook(InstrumentIndex($0)) }
    var names: [String: InstrumentIndex] = [:]
    for (place, symbol) in symbols.enumerated() {
      names[symbol.exchangeName] = InstrumentIndex(place)
    }
    self.names = names
  }

  /// A new account with what it has. Keys are added to `keys` by the caller.
  func addAccount(
    _ balances: [(asset: String, amount: Int64)], spot: FeeSchedule, linear: FeeSchedule
  ) -> AccountIndex {
    let account = exchange.addAccount(keys: [], fees: spot, leverage: 10)
    for index in symbols.indices where symbols[index].category == .linear {
      exchange.setFees(of: account, linear, in: InstrumentIndex(index))
    }
    for (name, amount) in balances {
      guard let asset = exchange.asset(name) else { continue }
      _ = exchange.deposit(Money(Decimal(units: amount)), of: asset, to: account)
    }
    precondition(account == limits.count, "Invariant: accounts are numbered in order")
    limits.append(BybitAccountLimits())
    _ = exchange.takeEvents()
    return account
  }

  /// Lets the venue live until `now`; events go to the streams.
  func advance(to now: ServerTime) {
    self.now = now
    let (time, elapsed) = clock.read(at: now)
    exchange.advance(to: time)
    for market in recorded { market.play(until: elapsed, into: exchange) }
    process(exchange.takeEvents())
    cancelOfDisconnected()
  }

  /// Whether an account is a client's.
  func isClient(_ account: AccountIndex) -> Bool { account > 0 && account < limits.count }

  var accounts: Range<AccountIndex> { 1..<limits.count }

  /// A text of `letters` that was not made before, for ids and keys.
  func makeID(
    _ count: Int,
    of letters: String = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
  ) -> String {
    let letters = Array(letters.utf8)
    var bytes: [UInt8] = []
    for _ in 0..<count { bytes.append(letters[Int(random.nextNumber() % UInt64(letters.count))]) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func makeUUID() -> String { BybitIdentifiers.uuid(random.nextNumber() >> 16, salt: 0xC0DE) }

  func takeSequence() -> UInt64 {
    nextSequence += 1
    return nextSequence
  }

  func symbol(_ instrument: InstrumentIndex) -> BybitSymbol { symbols[Int(instrument)] }

  func instrument(_ name: String, _ category: BybitCategory) -> InstrumentIndex? {
    names["\(category.rawValue):\(name)"]
  }

  func instruments(of category: BybitCategory) -> [InstrumentIndex] {
    symbols.indices.filter { symbols[$0].category == category }.map { InstrumentIndex($0) }
  }

  /// The farthest price of a limit order: above for buys, below for sells.
  func priceBound(_ side: Side, _ instrument: InstrumentIndex) -> Int64 {
    let reference =
      symbol(instrument).category == .linear
      ? exchange.mark(of: instrument).mark : exchange.lastPrice(of: instrument)
    let whole: Int64 = 100_000_000
    let share =
      side == .buy ? whole + BybitSymbol.priceLimit.parts : whole - BybitSymbol.priceLimit.parts
    return Int64(
      divide(Int128(reference) * Int128(share), by: Int128(whole), side == .buy ? .down : .up))
  }

  /// The present price of a trigger's source.
  func triggerPrice(_ source: TriggerSource, _ instrument: InstrumentIndex) -> Int64 {
    source == .mark ? exchange.mark(of: instrument).mark : exchange.lastPrice(of: instrument)
  }
}
