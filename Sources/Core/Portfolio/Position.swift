import TradingModel

/// What one strategy holds of one listing, and what it has earned there. Average-cost method.
///
/// Amounts are in the listing's settlement currency. For spot and linear listings, at any mark:
/// `realised + unrealised - fees + funding =
/// -(sum of signed fill values) + value(mark, quantity) - fees + funding`, exactly, because cost is only moved between the open and the closed part, never rounded away.
/// Inverse listings negate the values and keep the same identity over values rounded once a fill.
public struct Position: Equatable, BitwiseCopyable, Sendable {
  /// Open quantity in quantity units; negative is short. Never `Int64.min`.
  public var quantity: Int64
  /// Fills booked minus fills reversed.
  public var fillCount: Int64
  /// Signed value paid for the open quantity: above zero for a long, below for a short position.
  /// Zero whenever `quantity` is.
  public var openCost: Money
  /// Profit of what has been closed, before fees.
  public var realised: Money
  /// Fees paid in the settlement currency (rebates are negative).
  public var fees: Money
  /// Funding received in the settlement currency; negative is paid.
  public var funding: Money
  /// Quantity bought so far, in quantity units; without fees taken in the base asset.
  public var boughtQuantity: Int128
  /// Quantity sold so far, in quantity units; without fees taken in the base asset.
  public var soldQuantity: Int128
  /// Value of what was bought; never signed negative by a positive price.
  public var boughtValue: Money
  /// Value of what was sold.
  public var soldValue: Money

  /// Nothing held and nothing done.
  public static var empty: Position { Position() }

  /// A position that never traded.
  @inlinable
  public init() {
    quantity = 0
    fillCount = 0
    openCost = .zero
    realised = .zero
    fees = .zero
    funding = .zero
    boughtQuantity = 0
    soldQuantity = 0
    boughtValue = .zero
    soldValue = .zero
  }

  /// Profit of the open quantity if it were closed at `mark` (price units), before fees; nil as
  /// `NetPosition.unrealised`.
  public func unrealised(mark: Int64, listing: Listing) -> Money? {
    net.unrealised(mark: mark, listing: listing)
  }

  /// `realised + unrealised - fees + funding` at `mark`; nil as `unrealised`, or when the sum overflows.
  public func netProfit(mark: Int64, listing: Listing) -> Money? {
    guard let open = unrealised(mark: mark, listing: listing),
      let gross = realised.adding(open)
    else { return nil }
    return gross.subtracting(fees)?.adding(funding)
  }

  /// Adds what `after` differs from `before`; nil on overflow. Keeps a sum over strategies.
  func adding(_ after: Position, minus before: Position) -> Position? {
    var sum = self
    let wide = Int128(sum.quantity) + Int128(after.quantity) - Int128(before.quantity)
    guard let quantity = Int64(exactly: wide), quantity != .min else { return nil }
    sum.quantity = quantity
    sum.fillCount += after.fillCount - before.fillCount
    sum.boughtQuantity += after.boughtQuantity - before.boughtQuantity
    sum.soldQuantity += after.soldQuantity - before.soldQuantity
    guard let cost = sum.openCost.adding(after.openCost, minus: before.openCost),
      let realised = sum.realised.adding(after.realised, minus: before.realised),
      let fees = sum.fees.adding(after.fees, minus: before.fees),
      let funding = sum.funding.adding(after.funding, minus: before.funding),
      let bought = sum.boughtValue.adding(after.boughtValue, minus: before.boughtValue),
      let sold = sum.soldValue.adding(after.soldValue, minus: before.soldValue)
    else { return nil }
    sum.openCost = cost
    sum.realised = realised
    sum.fees = fees
    sum.funding = funding
    sum.boughtValue = bought
    sum.soldValue = sold
    return sum
  }

  /// Takes every field in, in the order of declaration.
  func hash(into hash: inout RecordHash) {
    hash.combine(quantity)
    hash.combine(fillCount)
    hash.combine(openCost.amount)
    hash.combine(realised.amount)
    hash.combine(fees.amount)
    hash.combine(funding.amount)
    hash.combine(boughtQuantity)
    hash.combine(soldQuantity)
    hash.combine(boughtValue.amount)
    hash.combine(soldValue.amount)
  }
}

extension Money {
  /// The sum; nil beyond 128 bits.
  func adding(_ other: Money) -> Money? {
    let (sum, overflow) = amount.addingReportingOverflow(other.amount)
    return overflow ? nil : Money(amount: sum)
  }

  /// The difference; nil beyond 128 bits.
  func subtracting(_ other: Money) -> Money? {
    let (difference, overflow) = amount.subtractingReportingOverflow(other.amount)
    return overflow ? nil : Money(amount: difference)
  }

  /// `self + (after - before)`; nil when a step leaves 128 bits.
  func adding(_ after: Money, minus before: Money) -> Money? {
    guard let change = after.subtracting(before) else { return nil }
    return adding(change)
  }
}
