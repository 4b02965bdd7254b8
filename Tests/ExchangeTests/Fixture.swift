import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

let startTime: Timestamp = 1_700_000_000_000_000_000
let second: Int64 = 1_000_000_000
let (btc, usdt, bnb): (CurrencyIndex, CurrencyIndex, CurrencyIndex) = (0, 1, 2)
/// BTCUSDT on spot: cents, hundred-thousandths. BNBUSDT on spot: cents, thousandths. A linear contract
/// of a thousandth, and an inverse one of 100 USDT.
let (spot, token, linear, inverse): (UInt16, UInt16, UInt16, UInt16) = (0, 1, 2, 3)

func money(_ text: String) -> Money {
  guard let decimal = try? Decimal(text) else { preconditionFailure("\(text) is a number") }
  return Money(decimal)
}

func listing(
  _ place: UInt16, _ base: CurrencyIndex, _ kind: ContractKind, decimals: (Int, Int),
  size: Decimal = Decimal(units: 1), tick: Int64 = 1, notionalMin: String = "5"
) -> Listing {
  Listing(
    index: place, venue: 0, instrument: place, base: base, quote: usdt, contractKind: kind,
    priceDecimals: decimals.0, quantityDecimals: decimals.1, contractSize: size, tick: tick,
    lot: 1, quantityMin: 1, quantityMax: 100_000_000, notionalMin: money(notionalMin))
}

/// Settings of an exchange with four instruments; prices of BTC are about 50,000.00.
func exchangeSettings(seed: UInt64 = 1) -> ExchangeSettings {
  var inverseInstrument = ExchangeInstrument(
    symbol: "BTCUSD",
    listing: listing(3, btc, .inverse, decimals: (1, 0), size: Decimal(units: 100)),
    startPrice: 500_000)
  inverseInstrument.fundingInterval = 60 * second
  var linearInstrument = ExchangeInstrument(
    symbol: "BTCUSDT-PERP", listing: listing(2, btc, .linear, decimals: (1, 3)), startPrice: 500_000
  )
  linearInstrument.fundingInterval = 60 * second
  var spotInstrument = ExchangeInstrument(
    symbol: "BTCUSDT", listing: listing(0, btc, .spot, decimals: (2, 5), tick: 10),
    startPrice: 5_000_000)
  spotInstrument.priceBand = PriceBand(up: Rate(parts: 200_000_000), down: Rate(parts: 50_000_000))
  spotInstrument.notionalMax = money("1000000")
  let tokenInstrument = ExchangeInstrument(
    symbol: "BNBUSDT", listing: listing(1, bnb, .spot, decimals: (2, 3)), startPrice: 50_000)
  var settings = ExchangeSettings(
    assets: [ExchangeAsset("BTC"), ExchangeAsset("USDT"), ExchangeAsset("BNB")],
    instruments: [spotInstrument, tokenInstrument, linearInstrument, inverseInstrument],
    startTime: startTime, seed: seed)
  settings.rules.feeToken = bnb
  return settings
}

/// An exchange with two accounts that have 10 BTC and 1,000,000 USDT each; fees 0.1 % and 0.2 %.
struct Fixture {
  let exchange: SimulatedExchange
  let anna: AccountIndex
  let bert: AccountIndex

  init(
    seed: UInt64 = 1,
    fees: FeeSchedule = FeeSchedule(maker: Rate(parts: 100_000), taker: Rate(parts: 200_000)),
    mode: PositionMode = .oneWay, leverage: Int = 10,
    _ change: (inout ExchangeSettings) -> Void = { _ in }
  ) {
    var settings = exchangeSettings(seed: seed)
    change(&settings)
    exchange = SimulatedExchange(settings)
    let key = APIKey(id: "key-a", secret: "s")
    anna = exchange.addAccount(keys: [key], fees: fees, positionMode: mode, leverage: leverage)
    bert = exchange.addAccount(keys: [], fees: fees, positionMode: mode, leverage: leverage)
    for account in [anna, bert] {
      #expect(exchange.deposit(money("10"), of: btc, to: account) == nil)
      #expect(exchange.deposit(money("1000000"), of: usdt, to: account) == nil)
    }
    _ = exchange.takeEvents()
  }

  /// Enters an order that is accepted.
  @discardableResult
  func enter(
    _ account: AccountIndex, _ kind: OrderKind, _ side: Side, _ instrument: InstrumentIndex = spot,
    quantity: Int64 = 0, price: Int64 = 0, id: String = "",
    _ change: (inout OrderRequest) -> Void = { _ in }, at place: SourceLocation = #_sourceLocation
  ) -> OrderID {
    var request = OrderRequest(
      kind, side, instrument, quantity: quantity, price: price, clientOrderID: id)
    change(&request)
    switch exchange.submit(request, by: account) {
    case .success(let id): return id
    case .failure(let refusal):
      Issue.record("refused: \(refusal)", sourceLocation: place)
      return 0
    }
  }

  /// The refusal of an order; nil when it was accepted.
  func refusal(
    _ account: AccountIndex, _ kind: OrderKind, _ side: Side, _ instrument: InstrumentIndex = spot,
    quantity: Int64 = 0, price: Int64 = 0, id: String = "",
    _ change: (inout OrderRequest) -> Void = { _ in }
  ) -> Refusal? {
    var request = OrderRequest(
      kind, side, instrument, quantity: quantity, price: price, clientOrderID: id)
    change(&request)
    let foreseen = exchange.refusal(of: request, by: account)
    let hash = exchange.stateHash()
    guard case .failure(let refusal) = exchange.submit(request, by: account) else {
      #expect(foreseen == nil)
      return nil
    }
    #expect(foreseen == refusal)
    #expect(exchange.stateHash() == hash, "a refusal changes nothing")
    return refusal
  }

  func order(_ id: OrderID) -> ExchangeOrder {
    guard let slot = exchange.slots[id] else { preconditionFailure("order \(id) is known") }
    return exchange.orders[slot]
  }

  func balance(_ account: AccountIndex, _ asset: CurrencyIndex) -> (free: String, locked: String) {
    let balance = exchange.balance(of: account, asset)
    return (balance.free.description, balance.locked.description)
  }

  func check(at place: SourceLocation = #_sourceLocation) {
    let broken = exchange.brokenInvariants()
    #expect(broken == [], sourceLocation: place)
  }

  /// The kinds of order events that wait, of one account.
  func kinds(_ account: AccountIndex) -> [OrderEventKind] {
    exchange.takeEvents().compactMap {
      guard case .order(let event) = $0, event.order.account == account else { return nil }
      return event.kind
    }
  }
}
