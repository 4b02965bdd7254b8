import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// What the simulated venue knows beside its exchange, and what it does for requests.
///
/// Requests come in as checked parameters and go out as JSON; sockets, sessions and limits are around it.
final class BinanceSpotCore {
  let symbols: [BinanceSpotSymbol]
  let exchange: SimulatedExchange
  let streams = BinanceStreams()
  var keys = BinanceKeyRing()
  let settings: BinanceLimitSettings
  var orderLimits: [BinanceOrderLimits] = []
  var records: [MarketRecord]
  var depths: [PendingDepth]
  /// What orders have that the exchange does not know, by order id.
  var notes: [OrderID: BinanceSpotOrderNotes] = [:]
  /// Orders by the client order ids that amendments gave them.
  var renamed: [AccountIndex: [String: OrderID]] = [:]
  var amendments: [OrderID: [BinanceSpotAmendment]] = [:]
  var preventedMatches: [AccountIndex: [BinancePreventedMatch]] = [:]
  var accountUpdateTimes: [Timestamp] = []
  var nextExecutionID: UInt64 = 1
  var nextPreventedMatchID: UInt64 = 1
  var recorded: [PlayedMarket] = []
  /// The order that is being matched, new or triggered, and its prevented matches.
  var takerOrderID: OrderID?
  var takerMatches: [BinancePreventedMatch] = []
  /// A list that was accepted, and how many of its orders were not told yet.
  var acceptedList: (event: OrderListEvent, untold: Int)?
  /// For client order ids and listen keys that the venue makes.
  private var texts: RandomTexts
  /// The venue's clock as it stood when the present call came.
  var now: ServerTime
  private var clock: MarketClock

  /// - Parameter time: the wall clock, in nanoseconds since the epoch.
  init(
    symbols: [BinanceSpotSymbol], seed: UInt64, settings: BinanceLimitSettings,
    startTime time: Int64
  ) {
    self.symbols = symbols
    self.settings = settings
    now = ServerTime(wall: time, monotonic: 0)
    clock = MarketClock(startTime: time)
    texts = RandomTexts(seed: seed)
    var exchangeSettings = ExchangeSettings(
      assets: BinanceSpotSymbol.assets.map { ExchangeAsset($0) },
      instruments: symbols.indices.map {
        symbols[$0].instrument(at: InstrumentIndex($0))
      }, startTime: now.wall, seed: seed)
    exchangeSettings.rules.feeToken = BinanceSpotSymbol.assets.firstIndex(of: "BNB")
      .map { CurrencyIndex($0) }
    exchangeSettings.firstOrderID = 4_000_001
    exchangeSettings.firstTradeID = 700_001
    exchange = SimulatedExchange(exchangeSettings)
    // Account 0 is the generated market's.
    orderLimits = [BinanceOrderLimits(settings)]
    accountUpdateTimes = [now.wall]
    let second = now.wall / 1_000_000_000
    records = symbols.map { MarketRecord(startPrice: $0.startPrice, startSecond: second) }
    depths = symbols.map { _ in PendingDepth() }
  }

  /// A new account with what it has. Keys are added to `keys` by the caller.
  func addAccount(_ balances: [(asset: String, amount: Decimal)], _ fees: FeeSchedule)
    -> AccountIndex
  {
    let account = exchange.addAccount(keys: [], fees: fees)
    for (name, amount) in balances {
      guard let asset = exchange.asset(name) else { continue }
      _ = exchange.deposit(Money(amount), of: asset, to: account)
    }
    precondition(account == orderLimits.count, "Invariant: accounts are numbered in order")
    orderLimits.append(BinanceOrderLimits(settings))
    accountUpdateTimes.append(exchange.time)
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

  func symbol(_ instrument: InstrumentIndex) -> BinanceSpotSymbol { symbols[Int(instrument)] }

  // MARK: Texts of units

  func price(_ units: Int64, _ instrument: InstrumentIndex) -> String {
    DecimalDigits.text(Int128(units), decimals: symbol(instrument).priceDecimals)
  }
  func quantity(_ units: Int64, _ instrument: InstrumentIndex) -> String {
    quantity(Int128(units), instrument)
  }
  func quantity(_ units: Int128, _ instrument: InstrumentIndex) -> String {
    DecimalDigits.text(units, decimals: symbol(instrument).quantityDecimals)
  }
  /// Of price units times quantity units.
  func value(_ units: Int128, _ instrument: InstrumentIndex) -> String {
    let symbol = symbol(instrument)
    return DecimalDigits.text(units, decimals: symbol.priceDecimals + symbol.quantityDecimals)
  }
}

/// What an order has beside what the exchange knows of it.
struct BinanceSpotOrderNotes {
  /// After an amendment.
  var clientOrderID: String?
  var strategyID: Int64?
  var strategyType: Int64?
  /// Of orders that self-trade prevention ended or made smaller: the last prevented match, and what
  /// was prevented in it and in all.
  var preventedMatchID: UInt64?
  var lastPreventedQuantity: Int64 = 0
  var preventedQuantity: Int64 = 0
  /// The order on the other side of the last prevented match.
  var counterOrderID: OrderID?
  /// What self-trade prevention took from an order that went on.
  var reducedQuantity: Int64 = 0
  /// The quantity after the event before.
  var lastQuantity: Int64 = 0
}

/// An amendment that was carried out (`GET /api/v3/order/amendments`).
struct BinanceSpotAmendment {
  var executionID: UInt64
  var origClientOrderID: String
  var newClientOrderID: String
  var origQuantity: Int64
  var newQuantity: Int64
  var time: Timestamp
}

/// A trade that self-trade prevention did not let happen (`GET /api/v3/myPreventedMatches`,
/// https://developers.binance.com/docs/binance-spot-api-docs/faqs/stp_faq).
struct BinancePreventedMatch {
  var id: UInt64
  var instrument: InstrumentIndex
  var takerOrderID: OrderID
  var makerOrderID: OrderID
  /// The taker's.
  var mode: SelfTradePrevention
  /// The maker's.
  var price: Int64
  /// Of the orders that lost something.
  var takerPreventedQuantity: Int64?
  var makerPreventedQuantity: Int64?
  var time: Timestamp
}
