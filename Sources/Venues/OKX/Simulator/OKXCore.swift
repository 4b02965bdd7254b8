import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// What the simulated venue knows beside its exchange, and what it does for requests.
///
/// Requests come in as parameters and go out as JSON; sockets, sessions and limits are around it.
final class OKXCore {
  let instruments: [OKXInstrument]
  let exchange: SimulatedExchange
  let channels = OKXChannels()
  let limits: OKXLimits
  /// Whether books carry their checksum; otherwise 0, as the venue has sent since 2026
  /// (https://github.com/ccxt/ccxt/pull/30299).
  let sendsChecksums: Bool
  /// By account; the first is the generated market's.
  var accounts: [OKXAccount]
  /// What orders have that the exchange does not know.
  var notes: [OrderID: OKXOrderNote] = [:]
  /// Algo orders by their numbers, those that are attached to orders too.
  var algos: [OrderID: OKXAlgo] = [:]
  var records: [MarketRecord]
  var feeds: [OKXBookFeed] = []
  var recorded: [PlayedMarket] = []
  /// By instrument.
  var sentTickers: [OKXTickerState]
  /// Trades of one taker at one price that wait to be told as one, by instrument.
  var pendingTrades: [[OKXTrade]]
  /// For ids that the venue makes.
  var texts: RandomTexts
  /// The venue's clock as it stood when the present call came.
  var now: ServerTime
  private var clock: MarketClock

  /// The first order id; ids need more digits than a floating-point number has.
  static let firstOrderID: OrderID = 2_498_000_000_000_000_001
  /// What lies between the number of a conditional order and that of the order it becomes.
  static let algoOffset: OrderID = 1_791_379_000_000_000_000
  /// What lies between the number of an algo order and what names it while it is attached to an order.
  static let attachOffset: OrderID = 1_000_000_000_000
  static let firstBillID: UInt64 = 623_950_000_000_000_000

  /// - Parameter time: the wall clock, in nanoseconds since the epoch.
  init(
    instruments: [OKXInstrument], seed: UInt64, startTime time: Int64, limits: OKXLimits,
    sendsChecksums: Bool
  ) {
    self.instruments = instruments
    self.limits = limits
    self.sendsChecksums = sendsChecksums
    now = ServerTime(wall: time, monotonic: 0)
    clock = MarketClock(startTime: time)
    texts = RandomTexts(seed: seed)
    var settings = ExchangeSettings(
      assets: OKXInstrument.assets.map { ExchangeAsset($0, decimals: 12) },
      instruments: instruments.indices.map {
        instruments[$0].instrument(at: InstrumentIndex($0))
      }, startTime: time, seed: seed)
    settings.rules.postOnlyThatTakes = .expire
    settings.firstOrderID = Self.firstOrderID
    settings.firstTradeID = 700_000_001
    exchange = SimulatedExchange(settings)
    accounts = [OKXAccount(uid: "0", updateTime: time)]
    let second = time / 1_000_000_000
    records = instruments.map { MarketRecord(startPrice: $0.startPrice, startSecond: second) }
    pendingTrades = instruments.map { _ in [] }
    sentTickers = instruments.map { _ in OKXTickerState() }
    feeds = OKXBookFeed.kinds.flatMap { kind in
      instruments.indices.map { OKXBookFeed(kind, InstrumentIndex($0)) }
    }
  }

  /// A new account with what it has.
  func addAccount(
    keys: [APIKey], _ balances: [(asset: String, amount: Int64)], spot: FeeSchedule,
    swap: FeeSchedule, leverage: Int
  ) -> AccountIndex {
    let account = exchange.addAccount(keys: keys, fees: spot, leverage: leverage)
    for place in instruments.indices where instruments[place].isSwap {
      exchange.setFees(of: account, swap, in: InstrumentIndex(place))
    }
    for (name, amount) in balances {
      guard let asset = exchange.asset(name) else { continue }
      _ = exchange.deposit(Money(Decimal(units: amount)), of: asset, to: account)
    }
    precondition(account == accounts.count, "Invariant: accounts are numbered in order")
    accounts.append(
      OKXAccount(uid: "4470589234361958\(account)", updateTime: exchange.time))
    _ = exchange.takeEvents()
    return account
  }

  /// Lets the venue live until `now`; events go to the channels.
  func advance(to now: ServerTime) {
    self.now = now
    let (time, elapsed) = clock.read(at: now)
    exchange.advance(to: time)
    for market in recorded { market.play(until: elapsed, into: exchange) }
    process(exchange.takeEvents())
    for account in accounts.indices where account > 0 { cancelWhatIsDue(account) }
  }

  /// Whether an account is a client's.
  func isClient(_ account: AccountIndex) -> Bool { account > 0 && account < accounts.count }

  // MARK: Names

  func instrument(_ index: InstrumentIndex) -> OKXInstrument { instruments[Int(index)] }

  /// The instrument that a request names by id or code.
  func instrument(_ parameters: OKXParameters) throws(OKXError) -> InstrumentIndex {
    if let name = parameters["instId"], !parameters.needsCode {
      guard let instrument = exchange.instrument(name) else { throw .unknownInstrument }
      return instrument
    }
    guard let code = parameters["instIdCode"] else {
      throw .empty(parameters.needsCode ? "instIdCode" : "instId")
    }
    guard let place = instruments.firstIndex(where: { "\($0.code)" == code }) else {
      throw .unknownInstrument
    }
    return InstrumentIndex(place)
  }

  /// Instruments that the optional `instType`, `instFamily` (or `uly`) and `instId` leave.
  func instruments(matching parameters: OKXParameters) throws(OKXError) -> [InstrumentIndex] {
    let type = try parameters.word(
      "instType", ["SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION", "ANY"])
    let family = parameters["instFamily"] ?? parameters["uly"]
    let id = parameters["instId"]
    return instruments.indices.filter { place in
      let instrument = instruments[place]
      return (type == nil || type == "ANY" || type == instrument.type.rawValue)
        && (family == nil || (instrument.isSwap && family == instrument.family))
        && (id == nil || id == instrument.id)
    }.map { InstrumentIndex($0) }
  }

  func assetName(_ asset: CurrencyIndex) -> String { OKXInstrument.assets[Int(asset)] }

  // MARK: Texts of units

  func price(_ units: Int64, _ instrument: InstrumentIndex) -> String {
    self.instrument(instrument).price(units)
  }
  func quantity(_ units: Int64, _ instrument: InstrumentIndex) -> String {
    self.instrument(instrument).quantity(units)
  }

  /// What a unit of an asset is worth in dollars, as (units, decimals): tethers are dollars.
  func dollars(_ amount: Money, of asset: CurrencyIndex) -> Money {
    let name = assetName(asset)
    guard let place = instruments.firstIndex(where: { !$0.isSwap && $0.base == name }) else {
      return amount
    }
    let price = Int128(exchange.lastPrice(of: InstrumentIndex(place)))
    // Cut before it is multiplied: 10^-18 times a price might not fit for large amounts.
    let scale = powerOfTen128(instruments[place].priceDecimals)
    return Money(amount: amount.amount / scale * price + amount.amount % scale * price / scale)
  }

  /// A text of an amount with at most `digits` behind the point, cut.
  static func text(_ money: Money, digits: Int = 18) -> String {
    let unit = powerOfTen128(Money.decimals - digits)
    return DecimalText.string(money.amount / unit, decimals: digits)
  }
}

/// What an account has beside what the exchange knows.
struct OKXAccount {
  /// The number of the user.
  var uid: String
  var updateTime: Timestamp
  /// When all orders are canceled, on the clock that does not step.
  var cancelAllAt: Int64?
  /// By instrument times three and side.
  var positions: [Int: OKXPositionNote] = [:]
}

/// What a position has beside what the exchange knows: since it was opened.
struct OKXPositionNote {
  var id: String
  var openTime: Timestamp
  var quantity: Int64 = 0
  var fees = Money.zero
  /// Of the exchange's sums what is older than the position.
  var realizedBefore: Money
  var fundingBefore: Money
  var tradeID: TradeID = 0
}

/// What an order has beside what the exchange knows.
struct OKXOrderNote {
  var orderType: String
  var tradeMode = "cash"
  var tag = ""
  /// `base_ccy` or `quote_ccy` of market orders on spot.
  var targetCurrency = ""
  /// As sent, where it counts the quote asset.
  var size: String?
  var isReduceOnly = false
  var selfTradePrevention = "cancel_maker"
  var cancelSource = ""
  /// The algo order that it waits for, or came from.
  var algoID: OrderID?
  /// The algo order that is attached to it.
  var attachedID: OrderID?
  var lastFill: ExchangeFill?
  /// Profit and loss that it realised.
  var realized = Money.zero
}
