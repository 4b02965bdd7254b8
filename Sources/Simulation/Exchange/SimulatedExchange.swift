import LowLatency
import MatchingEngine
import TradingModel

/// A crypto exchange without a protocol: instruments with their rules, accounts with balances and
/// positions, orders with their histories, and a market.
///
/// Time and seed are inputs: equal calls give equal events. `advance(to:)` does what happens until then;
/// requests come between. Nothing here reads a clock or blocks. One thread at a time.
///
/// It matches in a `MatchingBook` for each instrument. What the books do not know is done here: money,
/// conditional orders (stops and take-profits), histories. Account 0 is the internal one, from which the
/// generated traders and mirrored levels come: it has what it needs, pays no fees, and its balances are
/// what the others' are short of.
public final class SimulatedExchange {
  /// What it was made of. Statuses as at the start (`status(of:)` has the present ones).
  public let settings: ExchangeSettings
  /// The time of the last `advance`, or the start.
  public internal(set) var time: Timestamp
  /// What happened and was not taken yet, oldest first.
  public internal(set) var events: [ExchangeEvent] = []
  /// Every time at which funding was exchanged, oldest first.
  public internal(set) var fundingSettlements: [FundingSettlement] = []
  var fundingCount: UInt64 = 0

  let markets: [InstrumentMarket]
  var accounts: [AccountState] = []
  /// All orders of accounts, in order of entry: a slot is a place here.
  var orders: [ExchangeOrder] = []
  /// All lists of orders: an id is a place here, from 1.
  var lists: [OrderList] = []
  /// Slots by venue order id.
  var slots: [OrderID: Int] = [:]
  var nextOrderID: OrderID
  /// Orders with an end, the earliest last.
  var expiries: [(time: Timestamp, slot: Int)] = []
  /// By asset: fees paid less rebates, and deposits less withdrawals.
  var feesCollected: [Money]
  var deposited: [Money]
  /// Of the request that is being carried out.
  var requestID = ""
  var endOfCancel = OrderEnd.requested
  /// The refusal of the book in the operation that is being carried out.
  var bookRefusal: MatchReason?
  /// Market orders on spot that did not find what was planned: there are none.
  var unplanned: [OrderID] = []
  private let symbols: [String: InstrumentIndex]
  private let assetNames: [String: CurrencyIndex]
  private var keys: [String: (account: AccountIndex, key: APIKey)] = [:]

  /// An exchange without accounts, whose books are empty.
  ///
  /// - Precondition: the settings are whole: `listing.instrument` is the instrument's place, its assets are
  ///   there, start prices are on the grid, decimals are 18 at most together.
  public init(_ settings: ExchangeSettings) {
    self.settings = settings
    time = settings.startTime
    nextOrderID = max(1, settings.firstOrderID)
    var seeds = SeededRandom(seed: settings.seed)
    var markets: [InstrumentMarket] = []
    var symbols: [String: InstrumentIndex] = [:]
    var names: [String: CurrencyIndex] = [:]
    for (place, asset) in settings.assets.enumerated() {
      precondition(names[asset.name] == nil, "asset \(asset.name) stands once")
      names[asset.name] = CurrencyIndex(place)
    }
    for (place, instrument) in settings.instruments.enumerated() {
      let listing = instrument.listing
      precondition(
        Int(listing.instrument) == place, "\(instrument.symbol)'s listing names its place")
      precondition(
        [listing.base, listing.quote, listing.settlement].allSatisfy {
          Int($0) < settings.assets.count
        }, "the assets of \(instrument.symbol) are there")
      precondition(symbols[instrument.symbol] == nil, "\(instrument.symbol) stands once")
      symbols[instrument.symbol] = InstrumentIndex(place)
      markets.append(
        InstrumentMarket(
          instrument, index: InstrumentIndex(place), settings: settings, seed: seeds.next()))
    }
    self.markets = markets
    self.symbols = symbols
    assetNames = names
    feesCollected = Array(repeating: .zero, count: settings.assets.count)
    deposited = feesCollected
    _ = addAccount(keys: [], fees: FeeSchedule(maker: .zero, taker: .zero))
  }

  /// The events that wait, in order; then there are none.
  public func takeEvents() -> [ExchangeEvent] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  // MARK: Names

  /// The instrument with a symbol. O(1).
  public func instrument(_ symbol: String) -> InstrumentIndex? { symbols[symbol] }
  /// The asset with a name. O(1).
  public func asset(_ name: String) -> CurrencyIndex? { assetNames[name] }
  /// The account and key with an id. O(1).
  public func key(_ id: String) -> (account: AccountIndex, key: APIKey)? { keys[id] }

  /// A new account with its keys; the first has index 1.
  ///
  /// - Precondition: key ids are unique at the exchange.
  public func addAccount(
    keys newKeys: [APIKey], fees: FeeSchedule, positionMode: PositionMode = .oneWay,
    leverage: Int = 1, marginMode: MarginMode = .cross
  ) -> AccountIndex {
    let index = accounts.count
    for key in newKeys {
      precondition(keys[key.id] == nil, "key \(key.id) stands once")
      keys[key.id] = (index, key)
    }
    accounts.append(
      AccountState(
        index: index, keys: newKeys, fees: fees, positionMode: positionMode,
        leverage: max(1, leverage), marginMode: marginMode, assetCount: settings.assets.count,
        instrumentCount: markets.count, time: time))
    return index
  }

  func market(_ index: InstrumentIndex) -> InstrumentMarket { markets[Int(index)] }

  func knows(_ account: AccountIndex) -> Bool { account > 0 && account < accounts.count }

  func takeOrderID() -> OrderID {
    defer { nextOrderID += 1 }
    return nextOrderID
  }
}
