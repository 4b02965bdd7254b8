import TradingModel

// Values as Bybit writes them where they are not hot: numbers in quotes, and nothing between the quotes
// for "none".
extension FieldScanner {
  /// Milliseconds since the epoch, with or without quotes; 0 for none.
  @inline(__always)
  mutating func quotedMilliseconds() throws(ScanError) -> Timestamp {
    if try nothing() { return 0 }
    guard peek() == UInt8(ascii: "\"") else { return try milliseconds() }
    offset += 1
    let time = try milliseconds()
    try expect(UInt8(ascii: "\""), "'\"'")
    return time
  }

  /// An amount; zero for none.
  mutating func optionalMoney() throws(ScanError) -> Money {
    try nothing() ? .zero : try money()
  }

  /// `Buy` or `Sell`, in any case: older messages have capitals.
  @inline(__always)
  func bybitSide(_ word: FieldRange) throws(ScanError) -> Side {
    let letter = word.count > 0 ? base[word.offset] | 0x20 : 0
    if word.count == 3, letter == UInt8(ascii: "b") { return .buy }
    if word.count == 4, letter == UInt8(ascii: "s") { return .sell }
    throw ScanError(word.isPresent ? word.offset : offset, "a field \"side\": Buy or Sell")
  }

  /// A text that is looked at later; none for null.
  @inline(__always)
  mutating func word() throws(ScanError) -> FieldRange {
    try null() ? .none : try string()
  }

  /// Where the value at hand begins; it is stepped over.
  @inline(__always)
  mutating func place() throws(ScanError) -> Int {
    skipSpace()
    let start = offset
    try skipValue()
    return start
  }

  /// Where the value at hand stands; it is stepped over.
  mutating func part() throws(ScanError) -> MessagePart {
    let start = try place()
    return MessagePart(offset: start, byteCount: offset - start)
  }
}
