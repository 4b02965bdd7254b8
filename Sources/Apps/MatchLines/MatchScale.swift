import TradingModel

/// The step of one kind of number: text to whole steps and back, exactly.
public struct MatchScale: Equatable, Sendable {
  /// A step is this many times ten to the power of minus `decimals`; above 0.
  public let step: Int64
  public let decimals: Int
  /// Whether numbers are written as decimal text; otherwise as JSON integers.
  public let isDecimal: Bool

  /// Steps of `step`, above 0; nil: numbers count steps.
  public init(_ step: Decimal?) {
    let normal = step?.normalized ?? Decimal(units: 1)
    precondition(normal.units > 0, "A step is above 0")
    self.step = normal.units
    decimals = Int(normal.decimals)
    isDecimal = step != nil
  }

  /// Why a text is no whole number of steps.
  public enum Mistake: Error, Equatable {
    case notANumber, offGrid, overflow
  }

  /// How many steps `text` is: an optional minus, digits, and optionally a point and digits.
  public func steps(_ text: String) throws(Mistake) -> Int64 {
    let value = try Self.exact(text, decimals: decimals)
    let (steps, rest) = value.quotientAndRemainder(dividingBy: Int128(step))
    if rest != 0 { throw .offGrid }
    guard let steps = Int64(exactly: steps) else { throw .overflow }
    return steps
  }

  /// The text of the step, for messages.
  var stepText: String { DecimalText.string(Int128(step), decimals: decimals) }

  /// Appends `steps` as they stand in lines.
  func append(_ steps: Int128, to bytes: inout [UInt8]) {
    if isDecimal { bytes.append(UInt8(ascii: "\"")) }
    DecimalText.append(steps * Int128(step), decimals: decimals, to: &bytes)
    if isDecimal { bytes.append(UInt8(ascii: "\"")) }
  }

  /// `text` times ten to the power of `decimals`. Prices of any 64 bits of ticks need more than the
  /// 64 bits that `Decimal` has.
  private static func exact(_ text: String, decimals: Int) throws(Mistake) -> Int128 {
    var bytes = Array(text.utf8)[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes.removeFirst() }
    let point = bytes.firstIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
    let whole = bytes[..<point]
    var fraction = point == bytes.endIndex ? [] : bytes[(point + 1)...]
    let isNumber =
      !whole.isEmpty && (point == bytes.endIndex || !fraction.isEmpty)
      && (whole + fraction).allSatisfy { $0 &- 0x30 <= 9 }
    if !isNumber { throw .notANumber }
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    if fraction.count > decimals { throw .offGrid }
    var value: Int128 = 0
    let zeros = [UInt8](repeating: 0x30, count: decimals - fraction.count)
    for digit in whole + fraction + zeros {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int128(digit &- 0x30))
      if overflow || carry { throw .overflow }
      value = sum
    }
    return isNegative ? -value : value
  }
}

/// The scales of a book's prices and quantities.
public struct MatchScales: Equatable, Sendable {
  public var price: MatchScale
  public var quantity: MatchScale

  public init(_ setup: MatchSetup = MatchSetup()) {
    price = MatchScale(setup.tick)
    quantity = MatchScale(setup.lot)
  }
}
