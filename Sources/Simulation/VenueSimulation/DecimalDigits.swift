import TradingModel

/// Numbers as venues print and read them: plain decimals, with eight digits behind the point where
/// nothing else is said.
enum DecimalDigits {
  /// The decimals that `units` reads numbers in.
  static let decimals = 8

  /// `units` x 10^-`decimals` with exactly `digits` digits behind the point; what is finer is cut.
  static func text(_ units: Int128, decimals: Int, digits: Int = 8) -> String {
    let shift = digits - decimals
    let scaled = shift >= 0 ? units * powerOfTen128(shift) : units / powerOfTen128(-shift)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    var magnitude = scaled.magnitude
    var written = 0
    repeat {
      if written == digits, digits > 0 { bytes.append(UInt8(ascii: ".")) }
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10))
      magnitude /= 10
      written += 1
    } while magnitude > 0 || written <= digits
    if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.reverse()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// An amount with eight digits.
  static func text(_ money: Money) -> String { text(money.amount, decimals: Money.decimals) }
  /// A rate with eight digits.
  static func text(_ rate: Rate) -> String { text(Int128(rate.parts), decimals: Rate.decimals) }

  /// Why a text is not taken as a number.
  enum Refusal: Error {
    /// It is not of the form `^([0-9]{1,20})(\.[0-9]{1,20})?$`.
    case form
    /// More than eight significant digits behind the point.
    case precision
    /// More than 64 bits.
    case size
  }

  /// A number of the venue's form in units of 10^-8.
  static func units(_ text: String) throws(Refusal) -> Int64 {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ (1...20).contains($0.count) }),
      parts.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } })
    else { throw .form }
    var units: Int64 = 0
    var digits = 0
    func append(_ byte: UInt8) throws(Refusal) {
      let (product, over) = units.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(byte - 0x30))
      if over || carry { throw .size }
      units = sum
    }
    for byte in parts[0] { try append(byte) }
    for byte in parts.count == 2 ? parts[1] : parts[0].prefix(0) {
      if digits == DecimalDigits.decimals {
        if byte != 0x30 { throw .precision }
        continue
      }
      try append(byte)
      digits += 1
    }
    for _ in digits..<DecimalDigits.decimals { try append(0x30) }
    return units
  }

  /// A number of 10^-8 in units of 10^-`decimals`; nil when it stands between two of them.
  static func exact(_ units: Int64, decimals: Int) -> Int64? {
    let (quotient, rest) = units.quotientAndRemainder(
      dividingBy: powerOfTen(DecimalDigits.decimals - decimals))
    return rest == 0 ? quotient : nil
  }
}
