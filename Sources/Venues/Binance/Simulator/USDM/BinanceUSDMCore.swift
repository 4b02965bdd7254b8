import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// What simulated USD-M futures know beside their exchange, and what they do for requests.
///
/// Requests come in as checked parameters and go out as JSON; sockets, sessions and limits are around it.
final class BinanceUSDMCore {
  let symbols: [BinanceUSDMSymbol]
  let exchange: SimulatedExchange
  let streams = BinanceStreams()
  var keys = BinanceKeyRing()
  let settings: BinanceLimitSettings
  var orderLimits: [BinanceOrderLimits] = []
  var records: [MarketRecord]
  /// Of each symbol, at each speed.
  var depths: [[BinanceUSDMDepth]]
  /// What orders have that the exchange does not know, by order id.
  var notes: [OrderID: BinanceUSDMOrderNotes] = [:]
  /// Countdowns that cancel all orders of an account's symbol (dead man's switch).
  var countdowns: [BinanceUSDMCountdown] = []
  var recorded: [PlayedMarket] = []
  /// A fill that waits for the balance and the position after it.
  var pendingFill: BinanceUSDMPendingFill?
  private var texts: RandomTexts
  /// The venue's clock as it stood when the present call came.
  var now: ServerTime
  private var clock: MarketClock

  /// - Parameter time: the wall clock, in nanoseconds since the epoch.
  init(
    symbols: [BinanceUSDMSymbol], seed: UInt64, settings: BinanceLimitSettings,
    startTime time: Int64
  ) {
    self.symbols = symbols
    self.settings = settings
    now = ServerTime(wall: time, monotonic: 0)
    clock = MarketClock(startTime: time)
    texts = RandomTexts(seed: seed &+ 1)
    var exchangeSettings = ExchangeSettings(
      assets: BinanceUSDMSymbol.assets.map { ExchangeAsset($0) },
      instruments: symbols.indices.map { symbols[$0].instrument(at: InstrumentIndex($0)) },
      startTime: time, seed: seed)
    exchangeSettings.firstOrderID = 8_886_001
    exchangeSettings.firstTradeID = 5_260_001
    exchange = SimulatedExchange(exchangeSettings)
    // Account 0 is the generated market's.
    orderLimits = [BinanceOrderLimits(settings)]
    let second = time / 1_000_000_000
    records = symbols.map { MarketRecord(startPrice: $0.startPrice, startSecond: second) }
    depths = symbols.map { _ in BinanceUSDMDepth.speeds }
  }

  /// A new account with USDT. Keys are added to `keys` by the caller.
  func addAccount(_ amount: Decimal, _ fees: FeeSchedule) -> AccountIndex {
    let account = exchange.addAccount(keys: [], fees: fees, leverage: 20)
    _ = exchange.deposit(Money(amount), of: 0, to: account)
    precondition(account == orderLimits.count, "Invariant: accounts are numbered in order")
    orderLimits.append(BinanceOrderLimits(settings))
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
    endCountdowns()
  }

  /// Whether an account is a client's.
  func isClient(_ account: AccountIndex) -> Bool { account > 0 && account < orderLimits.count }

  /// A text of letters and digits that was not made before, for ids.
  func makeID(_ count: Int = 22) -> String { texts.next(count) }

  /// The symbol of a request.
  func instrument(_ name: String?) throws(BinanceError) -> InstrumentIndex {
    guard let name, let instrument = exchange.instrument(name) else { throw .invalidSymbol }
    return instrument
  }

  func symbol(_ instrument: InstrumentIndex) -> BinanceUSDMSymbol { symbols[Int(instrument)] }

  // MARK: Texts of units

  func price(_ units: Int64, _ instrument: InstrumentIndex) -> String {
    let decimals = symbol(instrument).priceDecimals
    return DecimalDigits.text(Int128(units), decimals: decimals, digits: decimals)
  }
  /// With eight digits, as the mark price has them.
  func longPrice(_ units: Int64, _ instrument: InstrumentIndex) -> String {
    DecimalDigits.text(Int128(units), decimals: symbol(instrument).priceDecimals)
  }
  func quantity(_ units: Int64, _ instrument: InstrumentIndex) -> String {
    quantity(Int128(units), instrument)
  }
  func quantity(_ units: Int128, _ instrument: InstrumentIndex) -> String {
    let decimals = symbol(instrument).quantityDecimals
    return DecimalDigits.text(units, decimals: decimals, digits: decimals)
  }
  /// Of price units times quantity units, with the digits of both.
  func value(_ units: Int128, _ instrument: InstrumentIndex) -> String {
    let symbol = symbol(instrument)
    let decimals = symbol.priceDecimals + symbol.quantityDecimals
    return DecimalDigits.text(units, decimals: decimals, digits: decimals)
  }
  /// Value over volume as a price with five digits; zero where there is none.
  func average(_ value: Money, _ filled: Int64, _ instrument: InstrumentIndex) -> String {
    if filled == 0 { return "0.00000" }
    let scale = powerOfTen128(symbol(instrument).quantityDecimals)
    return DecimalDigits.text(
      divide(value.amount * scale, by: Int128(filled), .halfEven), decimals: Money.decimals,
      digits: 5)
  }
  /// At most eight digits, no zeros at the end but one: entry prices.
  func entryPrice(_ money: Money?) -> String {
    guard let money else { return "0.0" }
    var text = DecimalDigits.text(money)
    while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
    return text
  }
}

/// What an order has beside what the exchange knows of it.
struct BinanceUSDMOrderNotes {
  var priceMatch = "NONE"
  var isClosingPosition = false
  var isPriceProtected = false
  /// Of orders that came in over the algo service: how they were called there.
  var isAlgo = false
  /// Milliseconds; 0 for none.
  var goodTillDate: Int64 = 0
  var modifyCount = 0
}

/// When all open orders of an account's symbol are canceled.
struct BinanceUSDMCountdown {
  var account: AccountIndex
  var instrument: InstrumentIndex
  /// By the clock that does not step.
  var deadline: Int64
}

/// A fill whose report waits for the balance and position after it.
struct BinanceUSDMPendingFill {
  var event: ExchangeOrderEvent
  var balances: [BalanceEvent] = []
  var positions: [ExchangePosition] = []
}
