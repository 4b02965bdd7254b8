import TradingModel

/// A fill as accounting sees it. The listing stands beside it.
public struct PositionFill: Equatable, BitwiseCopyable, Sendable {
  /// Whose position changes.
  public var strategy: StrategyIndex
  /// What the strategy did.
  public var side: Side
  /// In the listing's price units. May be zero or negative for spot and linear listings (spreads).
  public var price: Int64
  /// In the listing's quantity units; above zero.
  public var quantity: Int64
  /// Paid by us; negative for a rebate.
  public var fee: Money
  /// The currency of `fee`.
  public var feeCurrency: CurrencyIndex

  @inlinable
  public init(
    strategy: StrategyIndex, side: Side, price: Int64, quantity: Int64, fee: Money = .zero,
    feeCurrency: CurrencyIndex
  ) {
    self.strategy = strategy
    self.side = side
    self.price = price
    self.quantity = quantity
    self.fee = fee
    self.feeCurrency = feeCurrency
  }
}

/// What a fill did to a position.
public struct FillEffect: Equatable, BitwiseCopyable, Sendable {
  /// Profit this fill realised, in the settlement currency, before fees. A fee taken in the base
  /// asset counts as a sale at the fill's price and may realise profit too.
  public var realised: Money
  /// Fee booked on the position, in the settlement currency; zero when it went to the fee ledger.
  public var fee: Money
  /// Quantity units by which a base-asset fee shrank (above zero) or grew the position.
  public var baseQuantityCharged: Int64
  /// The position afterwards.
  public var position: Position
}

/// Why a fill, charge or reversal could not be booked. Nothing has changed when one is thrown.
public enum PositionError: UInt8, Error, Equatable, Sendable, CustomStringConvertible {
  /// A strategy, listing or currency index at or beyond the declared capacity.
  case capacity = 1
  /// A fill of nothing, or of less.
  case quantityNotPositive = 2
  /// An inverse contract has no value at a price of zero or below.
  case priceNotPositive = 3
  /// The position would leave the range of a 64-bit quantity.
  case quantityOverflow = 4
  /// A value or a sum of values does not fit in 128 bits.
  case valueOverflow = 5
  /// Base-asset charges exist only for spot listings of at most 18 quantity decimals.
  case notSpot = 6

  public var description: String {
    switch self {
    case .capacity: "the strategy, listing or currency is beyond the declared capacity"
    case .quantityNotPositive: "the quantity of a fill must be above zero"
    case .priceNotPositive: "the price of an inverse contract must be above zero"
    case .quantityOverflow: "the position would not fit in 64 bits"
    case .valueOverflow: "an amount would not fit in 128 bits at 18 decimals"
    case .notSpot: "only a spot position can be charged in its base asset"
    }
  }
}
