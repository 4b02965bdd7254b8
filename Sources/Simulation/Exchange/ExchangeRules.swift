import TradingModel

/// What a venue does with an order that asks for something it cannot have.
public enum ArrivalRule: UInt8, Sendable {
  /// It is refused; there is no order.
  case refuse = 0
  /// It becomes an order and expires at once.
  case expire = 1
}

/// Where venues differ.
public struct ExchangeRules: Equatable, Sendable {
  /// Whether the client order id of an order that has ended may be used again.
  public var clientOrderIDsMayRecur = true
  /// A post-only order that would take.
  public var postOnlyThatTakes = ArrivalRule.refuse
  /// A market order that finds nothing on the other side.
  public var marketWithoutLiquidity = ArrivalRule.expire
  /// A stop whose trigger price was passed when it came: refused (`wouldTrigger`), or triggered at once.
  public var passedTriggerIsRefused = true
  /// Whether an order keeps its place in the queue when an amendment only makes it smaller; otherwise
  /// every amendment puts it at the back.
  public var decreaseKeepsPriority = true
  /// Whether orders that close a whole position end when it is closed or turned over, and need one to come.
  /// Otherwise they wait for the next one. The venues' folders say which is theirs.
  public var closingOrdersEndWithPosition = true
  /// The token in which accounts that asked for it pay fees at a discount, as a place in the assets.
  public var feeToken: CurrencyIndex?
  /// The share of the fee that is paid in the token, 10^8 for all: 75_000_000 is a discount of 25 %.
  public var feeTokenShare = Rate(parts: 75_000_000)

  /// The rules of most venues; set what differs.
  public init() {}
}

/// In what spot fees are charged. Fees of contracts are always in the settlement asset.
public enum FeeAsset: UInt8, Sendable {
  /// In what the fill brought: base for a buy, quote for a sell.
  case received = 0
  /// In the quote asset, on both sides.
  case quote = 1
  /// In the venue's token (`ExchangeRules.feeToken`) as long as there is enough of it, otherwise received.
  case token = 2
}

/// An account's fees. Rates are of the value of a fill; cut at the asset's decimals.
public struct FeeSchedule: Equatable, Sendable {
  /// Of a fill that made liquidity.
  public var maker: Rate
  /// Of a fill that took liquidity, and of buys in auctions.
  public var taker: Rate
  /// What fees are paid in; spot only.
  public var asset: FeeAsset

  /// Rates in 10^-8: 100_000 is 0.1 %. A negative rate is a rebate.
  public init(maker: Rate, taker: Rate, asset: FeeAsset = .received) {
    self.maker = maker
    self.taker = taker
    self.asset = asset
  }
}

/// All that a simulated exchange is made of.
public struct ExchangeSettings: Sendable {
  /// Assets, by `CurrencyIndex`.
  public var assets: [ExchangeAsset]
  /// Instruments, by `InstrumentIndex`; `listing.instrument` is the place.
  public var instruments: [ExchangeInstrument]
  /// What the venue does where venues differ.
  public var rules: ExchangeRules
  /// The clock before the first `advance`.
  public var startTime: Timestamp
  /// What all chance is drawn from.
  public var seed: UInt64
  /// The first venue order id.
  public var firstOrderID: OrderID = 1
  /// The first trade id of each instrument.
  public var firstTradeID: TradeID = 1
  /// Whether changes of single displayed orders (level 3) are told as events.
  public var tellsOrderChanges = false

  /// Settings from their parts.
  public init(
    assets: [ExchangeAsset], instruments: [ExchangeInstrument],
    rules: ExchangeRules = ExchangeRules(),
    startTime: Timestamp, seed: UInt64
  ) {
    self.assets = assets
    self.instruments = instruments
    self.rules = rules
    self.startTime = startTime
    self.seed = seed
  }
}
