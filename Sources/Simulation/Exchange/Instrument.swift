import TradingModel

/// Something that is held, paid and charged: a coin, a token, a currency.
public struct ExchangeAsset: Equatable, Sendable {
  /// Its name at the venue, "BTC".
  public var name: String
  /// Digits to which the venue charges fees in it; fees are cut there, towards zero.
  public var decimals: Int

  /// An asset from its parts.
  public init(_ name: String, decimals: Int = 8) {
    self.name = name
    self.decimals = decimals
  }
}

/// What may be done with an instrument now.
public enum InstrumentStatus: UInt8, Sendable, CaseIterable {
  /// Orders match as they come.
  case trading = 0
  /// Orders collect until trading begins, and are then uncrossed at one price. Only limit orders that
  /// can rest are taken.
  case preOpen = 1
  /// Orders can be canceled and nothing else.
  case cancelOnly = 2
  /// Nothing can be done.
  case halted = 3
}

/// How far limit prices may be from the reference price, as shares of it: `Rate(parts: 500_000_000)` is
/// five times the reference.
public struct PriceBand: Equatable, Sendable {
  /// The highest and lowest price of a buy.
  public var buyUp: Rate, buyDown: Rate
  /// The highest and lowest price of a sell.
  public var sellUp: Rate, sellDown: Rate

  /// The same band for both sides.
  public init(up: Rate, down: Rate) {
    self.init(buyUp: up, buyDown: down, sellUp: up, sellDown: down)
  }

  /// A band from its parts.
  public init(buyUp: Rate, buyDown: Rate, sellUp: Rate, sellDown: Rate) {
    self.buyUp = buyUp
    self.buyDown = buyDown
    self.sellUp = sellUp
    self.sellDown = sellDown
  }
}

/// What is traded: its units and its rules. Prices are in units of 10^-`listing.priceDecimals`,
/// quantities of 10^-`listing.quantityDecimals`, everywhere in this room.
public struct ExchangeInstrument: Sendable {
  /// The venue's name of it, "BTCUSDT".
  public var symbol: String
  /// Assets (`base`, `quote`, `settlement` are places in `ExchangeSettings.assets`), kind, decimals, contract
  /// size, tick, lot, quantity bounds, smallest notional. Its fee rates are not used (`FeeSchedule`).
  ///
  /// The decimals of price, quantity and contract size together are 18 at most, so that values of spot
  /// and linear instruments are exact; values of inverse ones are rounded half to even at 10^-18.
  public var listing: Listing
  /// The largest price x quantity of one order; nil for none.
  public var notionalMax: Money?
  /// Whether the notional bounds are checked for market orders too (at the last price).
  public var notionalAppliesToMarket = true
  /// The largest quantity of one market order; nil as any other order.
  public var marketQuantityMax: Int64?
  /// Bounds of limit and trigger prices themselves; 0 for none.
  public var priceMin: Int64 = 0
  public var priceMax: Int64 = 0
  /// Around the mark price of contracts, the last price of spot; nil for none.
  public var priceBand: PriceBand?
  /// How many orders of one account may be open, waiting ones included.
  public var openOrdersMax = 200
  /// How many waiting (conditional) orders of one account may be open.
  public var waitingOrdersMax = 5
  /// The largest leverage of a contract.
  public var leverageMax = 125
  /// Between two funding payments of a contract, in nanoseconds, at whole multiples since the epoch; 0 for
  /// none.
  public var fundingInterval: Int64 = 0
  /// Between two mark prices of a contract, in nanoseconds, at whole multiples since the epoch.
  public var markInterval: Int64 = 1_000_000_000
  /// The last (and mark) price before the first trade, in price units.
  public var startPrice: Int64
  /// Resting orders its book has room for.
  public var orderCapacity = 16_384
  /// Where it stands at the start.
  public var status = InstrumentStatus.trading

  /// An instrument with the rules that need no setting; set what differs.
  public init(symbol: String, listing: Listing, startPrice: Int64) {
    self.symbol = symbol
    self.listing = listing
    self.startPrice = startPrice
  }
}
