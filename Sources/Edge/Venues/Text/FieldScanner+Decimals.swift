import TradingModel

extension FieldScanner {
  /// A decimal number, with or without quotes, as a whole count of 10^-`target`.
  ///
  /// The usual text (in quotes, up to 8 digits on each side of the point) is read eight digits at
  /// a time; other texts of at most 18 digits one by one; anything else takes the way through
  /// `DecimalText`. The result is the same.
  ///
  /// - Parameter power: ten to the power of `target`.
  /// - Throws: `ScanError` where digits would be lost or the number does not fit.
  @inline(__always)
  mutating func units(decimals target: Int, power: Int64) throws(ScanError) -> Int64 {
    if let value = quotedUnits(decimals: target, power: power) { return value }
    return try digitUnits(decimals: target)
  }

  /// The quick way; nil, and nothing read, for any text that is not of its kind.
  @inline(__always)
  mutating func quotedUnits(decimals target: Int, power: Int64) -> Int64? {
    let start = offset &+ 1
    // Two words behind the quote, and one behind the point, lie within the message, unless it ends.
    guard target <= 8, start &+ 18 <= count else {
      return lastQuotedUnits(decimals: target, power: power)
    }
    guard base[offset] == UInt8(ascii: "\"") else { return nil }
    var place = start
    guard let value = unitsAhead(&place, decimals: target, power: power),
      base[place] == UInt8(ascii: "\"")
    else { return nil }
    offset = place &+ 1
    return value
  }

  /// The number that stands at `place`, which then is where its digits end: 1 to 7 of them, and where
  /// a point follows 1 to 8 more, of which those beyond the `target` are zeros. Nil for any other text.
  ///
  /// 17 bytes from `place` on must lie within the message, and `target` be 8 at most.
  @inline(__always)
  private func unitsAhead(_ place: inout Int, decimals target: Int, power: Int64) -> Int64? {
    let whole = DigitWord(at: base + place)
    let point = whole.digitCount
    guard point > 0, point < 8 else { return nil }
    let value = Int64(truncatingIfNeeded: whole.value(point)) &* power
    place &+= point
    guard base[place] == UInt8(ascii: ".") else { return value }
    place &+= 1
    let fraction = DigitWord(at: base + place)
    let length = fraction.digitCount
    guard length > 0 else { return nil }
    place &+= length
    if length > target {
      guard fraction.isZeros(from: target, to: length) else { return nil }
      return target == 0 ? value : value &+ Int64(truncatingIfNeeded: fraction.value(target))
    }
    let decimals = Int64(truncatingIfNeeded: fraction.value(length))
    if length == target { return value &+ decimals }
    return value &+ decimals &* powerOfTen(target &- length)
  }

  /// Reads `["price","quantity"` to behind the quantity's closing quote.
  ///
  /// - Returns: nil, and nothing read, for any other text, and near the end of the message.
  @inline(__always)
  mutating func tightLevel(_ units: SymbolUnits) -> (price: Int64, quantity: Int64)? {
    var place = offset &+ 2
    // Two numbers of 16 bytes, what stands around them, and the words that reach beyond.
    guard offset &+ 40 <= count, units.isShort, base[offset] == UInt8(ascii: "["),
      base[offset &+ 1] == UInt8(ascii: "\""),
      let price = unitsAhead(&place, decimals: units.priceDecimals, power: units.pricePower),
      base[place] == UInt8(ascii: "\""), base[place &+ 1] == UInt8(ascii: ","),
      base[place &+ 2] == UInt8(ascii: "\"")
    else { return nil }
    place &+= 3
    guard
      let quantity = unitsAhead(
        &place, decimals: units.quantityDecimals, power: units.quantityPower),
      base[place] == UInt8(ascii: "\"")
    else { return nil }
    offset = place &+ 1
    return (price, quantity)
  }

  /// The same near the end of the message, where zeros stand for what is behind it: they are no part of a
  /// number.
  @inline(never)
  private mutating func lastQuotedUnits(decimals target: Int, power: Int64) -> Int64? {
    let start = offset &+ 1
    guard target <= 8, count >= 8, start < count, base[offset] == UInt8(ascii: "\"") else {
      return nil
    }
    let whole = DigitWord(at: start, of: base, count)
    let point = whole.first(UInt8(ascii: "."))
    let fraction = DigitWord(at: start &+ point &+ 1, of: base, count)
    return quotedUnits(decimals: target, power: power, whole, point, fraction)
  }

  /// - Parameters:
  ///   - whole: what stands behind the quote.
  ///   - point: where in it the point is; 8 for nowhere.
  ///   - fraction: what stands behind the point.
  @inline(__always)
  private mutating func quotedUnits(
    decimals target: Int, power: Int64, _ whole: DigitWord, _ point: Int, _ fraction: DigitWord
  ) -> Int64? {
    let start = offset &+ 1
    if point == 8 {
      let end = whole.first(UInt8(ascii: "\""))
      guard end < 8, end > 0, let number = whole.number(end) else { return nil }
      offset = start &+ end &+ 1
      return Int64(truncatingIfNeeded: number) &* power
    }
    let length = fraction.first(UInt8(ascii: "\""))
    let close = start &+ point &+ 1 &+ length
    guard close < count, base[close] == UInt8(ascii: "\""), point > 0,
      let number = whole.number(point)
    else { return nil }
    let kept = length < target ? length : target
    guard let decimals = fraction.number(kept), fraction.isZeros(from: kept, to: length) else {
      return nil
    }
    offset = close &+ 1
    let value = Int64(truncatingIfNeeded: number) &* power
    if kept == target { return value &+ Int64(truncatingIfNeeded: decimals) }
    return value &+ Int64(truncatingIfNeeded: decimals) &* powerOfTen(target &- kept)
  }

  /// Reads `["price","quantity"]` pairs with commas between and not a space, as streams write
  /// them, up to the first that is any different, which is left to be read with care.
  ///
  /// - Returns: whether there was one; the scanner then stands behind it.
  @inline(__always)
  mutating func tightPairs(_ units: SymbolUnits, _ side: Side, _ levels: inout LevelRun) -> Bool {
    // A copy of its own lives in registers.
    var ahead = self
    var found = false
    while ahead.offset < ahead.count, ahead.base[ahead.offset] == UInt8(ascii: "[") {
      if let level = ahead.tightLevel(units) {
        guard ahead.base[ahead.offset] == UInt8(ascii: "]") else { break }
        levels.append(LevelChange(side: side, price: level.price, quantity: level.quantity))
      } else {
        ahead.offset &+= 1
        guard let level = ahead.tightPair(units), ahead.offset < ahead.count,
          ahead.base[ahead.offset] == UInt8(ascii: "]")
        else { break }
        levels.append(LevelChange(side: side, price: level.price, quantity: level.quantity))
      }
      offset = ahead.offset &+ 1
      found = true
      ahead.offset &+= 2
      guard offset < count, base[offset] == UInt8(ascii: ",") else { break }
    }
    return found
  }

  /// Digit by digit.
  @inline(never)
  private mutating func digitUnits(decimals target: Int) throws(ScanError) -> Int64 {
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

  /// A number of however many decimals, with or without quotes, rounded down to a whole count of
  /// 10^-`target`: averages, which have more digits than prices.
  mutating func floorUnits(decimals target: Int) throws(ScanError) -> Int64 {
    let range = peek() == UInt8(ascii: "\"") ? try string() : try bareNumber()
    let text = bytes(range)
    let isNegative = text.first == UInt8(ascii: "-")
    var units: Int64 = 0
    var decimals = -1
    var hasDigits = false
    var hasRest = false
    for byte in text.dropFirst(isNegative ? 1 : 0) {
      if byte == UInt8(ascii: "."), decimals < 0 {
        decimals = 0
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { throw ScanError(range.offset, "a decimal number") }
      hasDigits = true
      if decimals >= target {
        hasRest = hasRest || digit > 0
        continue
      }
      if decimals >= 0 { decimals += 1 }
      units = try shifted(units, digit, range)
    }
    guard hasDigits else { throw ScanError(range.offset, "a decimal number") }
    for _ in max(0, decimals)..<target { units = try shifted(units, 0, range) }
    return isNegative ? (hasRest ? -units - 1 : -units) : units
  }

  private func shifted(
    _ units: Int64, _ digit: UInt8, _ range: FieldRange
  ) throws(ScanError) -> Int64 {
    let (tens, isWide) = units.multipliedReportingOverflow(by: 10)
    let (sum, overflow) = tens.addingReportingOverflow(Int64(digit))
    guard !isWide, !overflow, sum < .max else {
      throw ScanError(range.offset, "a decimal number that fits in 64 bits")
    }
    return sum
  }

  private static func expectation(_ error: DecimalError) -> String {
    switch error {
    case .empty, .unexpectedCharacter: "a decimal number"
    case .tooManyDecimals, .overflow: "a decimal number that fits in 64 bits"
    }
  }
}
