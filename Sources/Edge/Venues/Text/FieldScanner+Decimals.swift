import TradingModel

extension FieldScanner {
  /// A decimal number, with or without quotes, as a whole count of 10^-`target`.
  ///
  /// The usual text (digits, a point, digits, at most 18 in all) is read digit by digit straight
  /// into the units; anything else takes the way through `DecimalText`, with the same result.
  ///
  /// - Throws: `ScanError` where digits would be lost or the number does not fit.
  @inline(__always)
  mutating func units(decimals target: Int) throws(ScanError) -> Int64 {
    skipSpace()
    let start = offset
    var place = start
    let isQuoted = place < count && base[place] == UInt8(ascii: "\"")
    if isQuoted { place += 1 }
    let first = place
    var value: UInt64 = 0
    while place < count {
      let digit = base[place] &- 0x30
      if digit > 9 { break }
      value = value &* 10 &+ UInt64(digit)
      place += 1
    }
    let wholeDigits = place - first
    var missing = target
    if place < count, base[place] == UInt8(ascii: ".") {
      place += 1
      while place < count, missing > 0 {
        let digit = base[place] &- 0x30
        if digit > 9 { break }
        value = value &* 10 &+ UInt64(digit)
        missing -= 1
        place += 1
      }
      while place < count, base[place] == 0x30 { place += 1 }
    }
    // At most 18 digits cannot overflow; fewer than one, a sign or an exponent are for `careful`.
    guard wholeDigits > 0, wholeDigits + target <= 18, endsNumber(at: place, isQuoted) else {
      return try carefulUnits(decimals: target)
    }
    offset = isQuoted ? place + 1 : place
    if missing > 0 { value = value &* UInt64(powerOfTen(missing)) }
    return Int64(value)
  }

  @inline(__always)
  private func endsNumber(at place: Int, _ isQuoted: Bool) -> Bool {
    guard place < count else { return !isQuoted }
    let byte = base[place]
    if isQuoted { return byte == UInt8(ascii: "\"") }
    return byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
      || byte == 0x20
  }

  @inline(never)
  private mutating func carefulUnits(decimals target: Int) throws(ScanError) -> Int64 {
    let start = offset
    let decimal = try decimal()
    do throws(DecimalError) {
      return try decimal.units(decimals: target)
    } catch {
      throw ScanError(start, text: "a number of at most \(target) decimals that fits in 64 bits")
    }
  }

  /// A decimal number, with or without quotes, at its own scale.
  mutating func decimal() throws(ScanError) -> Decimal {
    let range = peek() == UInt8(ascii: "\"") ? try string() : try bareNumber()
    do throws(DecimalError) {
      return try DecimalText.parse(bytes(range))
    } catch {
      throw ScanError(range.offset, text: Self.expectation(error))
    }
  }

  private static func expectation(_ error: DecimalError) -> String {
    switch error {
    case .empty, .unexpectedCharacter: "a decimal number"
    case .tooManyDecimals, .overflow: "a decimal number that fits in 64 bits"
    }
  }
}
