import MatchingEngine
import TradingModel

/// How far a market order may go from the best price of the other side: `slippageToleranceType` and
/// `slippageTolerance` (https://bybit-exchange.github.io/docs/v5/order/create-order).
struct BybitTolerance {
  enum Kind: String {
    /// 5 to 2000 ticks.
    case ticks = "TickSize"
    /// 0.05 to 1, with two digits behind the point at most.
    case percent = "Percent"
  }

  var type: Kind
  /// As it was sent.
  var text: String
  /// Ticks, or hundredths of a percent.
  private var amount: Int64

  /// Nil where none is asked for.
  ///
  /// - Throws: 110108 and 110109 outside of the ranges.
  init?(_ parameters: BybitParameters) throws(BybitError) {
    guard let text = parameters["slippageTolerance"], text != "0" else { return nil }
    guard let type = Kind(rawValue: parameters["slippageToleranceType"] ?? "") else {
      throw .invalid("slippageToleranceType")
    }
    guard let value = (try? Decimal(text))?.normalized else { throw .invalid("slippageTolerance") }
    self.type = type
    self.text = text
    switch type {
    case .ticks:
      guard value.decimals == 0, (5...2_000).contains(value.units) else {
        throw BybitError(110108, "slippageTolerance must be between 5 and 2000")
      }
      amount = value.units
    case .percent:
      guard value.decimals <= 2, (0...100).contains(value.units) else { throw Self.badPercent }
      amount = value.units * powerOfTen(2 - Int(value.decimals))
      guard (5...100).contains(amount) else { throw Self.badPercent }
    }
  }

  private static let badPercent = BybitError(
    110109, "slippageTolerance must be between 0.05 and 1")

  /// The farthest price.
  func bound(of best: Int64, _ side: Side, tick: Int64) -> Int64 {
    switch type {
    case .ticks: return best + (side == .buy ? amount : -amount) * tick
    case .percent:
      let share = Int128(10_000 + (side == .buy ? amount : -amount))
      let price = divide(
        Int128(best) * share, by: 10_000 * Int128(tick), side == .buy ? .down : .up)
      return Int64(price) * tick
    }
  }
}
