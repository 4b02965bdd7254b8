import Portfolio
import TradingModel

/// SplitMix64: a seed is a test case.
struct Chance {
  var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func int(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  mutating func bool() -> Bool { next() & 1 == 1 }
}

let btc: CurrencyIndex = 0
let usd: CurrencyIndex = 1
let bnb: CurrencyIndex = 2

func listing(
  _ kind: ContractKind, index: ListingIndex = 0, priceDecimals: Int = 2, quantityDecimals: Int = 3,
  contractSize: Decimal = Decimal(units: 1)
) -> Listing {
  Listing(
    index: index, venue: 0, instrument: 0, base: btc, quote: usd, contractKind: kind,
    priceDecimals: priceDecimals, quantityDecimals: quantityDecimals, contractSize: contractSize)
}

func fill(
  _ side: Side, _ quantity: Int64, at price: Int64, fee: Money = .zero,
  in currency: CurrencyIndex = usd, strategy: StrategyIndex = 0
) -> PositionFill {
  PositionFill(
    strategy: strategy, side: side, price: price, quantity: quantity, fee: fee,
    feeCurrency: currency)
}

func money(_ text: String) throws -> Money { Money(try Decimal(text)) }
