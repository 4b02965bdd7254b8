import TradingModel

/// `markPriceUpdate`: what positions are valued at, and the funding to come.
///
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Mark-Price-Stream
public struct BinanceMarkPrice: Equatable, BitwiseCopyable, Sendable {
  /// The symbol's place in the scales; -1 where it is not followed.
  public var symbol = -1
  public var venueTime: Timestamp = 0
  public var markPrice = Decimal(units: 0)
  public var indexPrice = Decimal(units: 0)
  /// Of the next funding, as a part of the position's value; positive is paid by longs.
  public var fundingRate = Rate.zero
  /// 0 where there is none: delivery contracts.
  public var nextFundingTime: Timestamp = 0

  public init() {}
}

extension BinanceMarkPrice {
  /// Decodes a frame, wrapped in a stream envelope or not.
  ///
  /// - Returns: nil for another kind of frame.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales
  ) throws(ScanError) -> BinanceMarkPrice? {
    var scanner = FieldScanner(bytes)
    let start = scanner.offset
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if key.count == 1 {
        scanner.offset = start
        return try body(&scanner, &scales)
      }
      if scanner.matches(key, "data"), scanner.peek() == UInt8(ascii: "{") {
        return try body(&scanner, &scales)
      }
      try scanner.skipValue()
    }
    return nil
  }

  private static func body(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales
  ) throws(ScanError) -> BinanceMarkPrice? {
    var price = BinanceMarkPrice()
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      switch key.count == 1 ? scanner.base[key.offset] : 0 {
      case UInt8(ascii: "e"):
        guard scanner.matches(try scanner.string(), "markPriceUpdate") else { return nil }
        found |= 1
      case UInt8(ascii: "E"): price.venueTime = try scanner.milliseconds()
      case UInt8(ascii: "s"):
        price.symbol = scales.find(scanner.bytes(try scanner.string()))
        found |= 2
      case UInt8(ascii: "p"):
        price.markPrice = try scanner.decimal()
        found |= 4
      case UInt8(ascii: "i"): price.indexPrice = try scanner.decimal()
      case UInt8(ascii: "r"): price.fundingRate = try rate(&scanner)
      case UInt8(ascii: "T"): price.nextFundingTime = try scanner.milliseconds()
      default: try scanner.skipValue()
      }
    }
    guard found & 1 == 1 else { return nil }
    guard found == 7 else { throw ScanError(scanner.offset, "fields \"s\" and \"p\"") }
    return price
  }

  /// Empty for delivery contracts, which have no funding.
  private static func rate(_ scanner: inout FieldScanner) throws(ScanError) -> Rate {
    let start = scanner.offset
    if scanner.peek() == UInt8(ascii: "\"") {
      if try scanner.string().count == 0 { return .zero }
      scanner.offset = start
    }
    return Rate(
      parts: try scanner.units(decimals: Rate.decimals, power: powerOfTen(Rate.decimals)))
  }
}
