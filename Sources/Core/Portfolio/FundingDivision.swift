import TradingModel

/// Divides a payment in proportion to quantities held, long and short ones, so that the parts add up to
/// it exactly: each part is the difference of two neighbours of a rising sum, each rounded towards zero.
public struct FundingDivision: Equatable, Sendable {
  private let amount: Money
  private let net: Int128
  private var before: Int128 = 0
  private var given: Int128 = 0

  /// Whether it can be divided. It cannot where the quantities add up to nothing, or a part would not
  /// fit in 128 bits: the whole is then of the house account.
  public let isPossible: Bool

  /// Whether all quantities have one sign, so that no part is more than the whole.
  public let isOneSided: Bool

  /// - Parameters:
  ///   - net: the sum of the quantities.
  ///   - gross: the sum of their magnitudes.
  init(_ amount: Money, net: Int128, gross: UInt128) {
    self.amount = amount
    self.net = net
    let (high, low) = amount.amount.magnitude.multipliedFullWidth(by: gross)
    let whole = net.magnitude
    isPossible =
      net != 0 && high < whole
      && whole.dividingFullWidth((high, low)).quotient <= UInt128(Int128.max)
    isOneSided = gross == whole
  }

  /// The part of the next strategy, which held `quantity`; strategies come in one order, each once.
  /// Only where the division is possible.
  public mutating func part(of quantity: Int128) -> Money {
    before += quantity
    let product = amount.amount.magnitude.multipliedFullWidth(by: before.magnitude)
    let magnitude = net.magnitude.dividingFullWidth(product).quotient
    let isNegative = (amount.amount < 0) != ((before < 0) != (net < 0))
    let sum = isNegative ? -Int128(magnitude) : Int128(magnitude)
    defer { given = sum }
    return Money(amount: sum - given)
  }
}
