import TradingModel

// Messages of one stream are nearly always spelled alike, without a space and with their fields in one
// order. What is here reads such a spelling piece by piece; each gives up, with nothing read, at any other
// text, which is then read field by field.
extension FieldScanner {
  /// Steps over `text`, if the scanner stands at its first byte.
  @inline(__always)
  mutating func skip(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard offset &+ length <= count else { return false }
    guard ByteWords.areSame(UnsafeRawPointer(base + offset), text.utf8Start, length) else {
      return false
    }
    offset &+= length
    return true
  }

  /// Steps over the rest of a string without escapes, from within it to behind its closing quote.
  @inline(__always)
  mutating func skipTightString() -> Bool {
    guard count >= 8 else { return false }
    var end = offset &+ DigitWord(at: offset, of: base, count).firstSpecial
    if end == offset &+ 8 { end = Self.firstSpecial(base, end, count) }
    guard end < count, base[end] == UInt8(ascii: "\"") else { return false }
    offset = end &+ 1
    return true
  }

  /// A whole number of 1 to 15 digits without quotes, with another byte behind it.
  @inline(__always)
  mutating func tightNumber() -> UInt64? {
    let start = offset
    guard start &+ 8 <= count else { return nil }
    let high = DigitWord(at: base + start)
    let digits = high.digitCount
    if digits < 8 {
      guard digits > 0 else { return nil }
      offset = start &+ digits
      return high.value(digits)
    }
    let low = DigitWord(at: start &+ 8, of: base, count)
    let more = low.digitCount
    guard more < 8 else { return nil }
    offset = start &+ 8 &+ more
    if more == 0 { return high.eightDigits }
    return high.eightDigits &* UInt64(truncatingIfNeeded: powerOfTen(more)) &+ low.value(more)
  }

  /// A time in milliseconds since the epoch, spelled so, as nanoseconds.
  @inline(__always)
  mutating func tightMilliseconds() -> Timestamp? {
    let start = offset
    guard let value = tightNumber() else { return nil }
    guard value <= 9_000_000_000_000 else {
      offset = start
      return nil
    }
    return Timestamp(truncatingIfNeeded: value) &* 1_000_000
  }

  /// `"price","quantity"`, in the units of a symbol.
  @inline(__always)
  mutating func tightPair(_ units: SymbolUnits) -> (price: Int64, quantity: Int64)? {
    let start = offset
    if let price = quotedUnits(decimals: units.priceDecimals, power: units.pricePower),
      skip(","),
      let quantity = quotedUnits(decimals: units.quantityDecimals, power: units.quantityPower)
    {
      return (price, quantity)
    }
    offset = start
    return nil
  }
}
