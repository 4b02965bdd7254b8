import TradingModel

/// What a limit of Binance counts.
public enum BinanceLimitKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case requestWeight = 1
  /// Unfilled orders of the account.
  case orders = 2
  case rawRequests = 3
  /// Connections to the WebSocket API.
  case connections = 4
  case other = 5
}

/// One limit, and how much of it is used.
public struct BinanceLimit: Equatable, BitwiseCopyable, Sendable {
  public var kind: BinanceLimitKind
  /// Nanoseconds.
  public var interval: Timestamp
  /// 0 where only the use is told (headers).
  public var limit: Int64
  /// -1 where only the limit is told (`exchangeInfo`).
  public var used: Int64
}

/// The limits that an answer tells of, up to eight.
///
/// https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/rate-limits
public struct BinanceUsage: BitwiseCopyable, Sendable {
  public static var countMax: Int { 8 }
  private var limits = InlineArray<8, BinanceLimit>(
    repeating: BinanceLimit(kind: .other, interval: 0, limit: 0, used: -1))
  public private(set) var count = 0

  public init() {}

  /// The limit at `index`, which is below `count`.
  public subscript(index: Int) -> BinanceLimit {
    precondition(index >= 0 && index < count, "limits are counted from 0")
    return limits[index]
  }

  /// `GET /api/v3/rateLimit/order`: an array of limits.
  public init(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    try take(&scanner)
    try scanner.expectEnd()
  }

  /// Reads an array of limits; those beyond `countMax` are stepped over.
  mutating func take(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      let limit = try Self.limit(&scanner)
      // An empty object tells nothing.
      if limit.interval > 0, count < Self.countMax {
        limits[count] = limit
        count += 1
      }
    }
  }

  private static func limit(_ scanner: inout FieldScanner) throws(ScanError) -> BinanceLimit {
    var limit = BinanceLimit(kind: .other, interval: 0, limit: 0, used: -1)
    var unit: Timestamp = 0
    var number: Int64 = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "rateLimitType") {
        limit.kind = kind(scanner, try scanner.string())
      } else if scanner.matches(key, "interval") {
        let start = scanner.offset
        let word = try scanner.string()
        unit = word.count > 0 ? nanoseconds(scanner.base[word.offset]) : 0
        if unit == 0 { throw ScanError(start, "SECOND, MINUTE, HOUR or DAY") }
      } else if scanner.matches(key, "intervalNum") {
        let start = scanner.offset
        number = try scanner.integer()
        guard (0...100_000).contains(number) else {
          throw ScanError(start, "a number of intervals up to 100,000")
        }
      } else if scanner.matches(key, "limit") {
        limit.limit = try scanner.integer()
      } else if scanner.matches(key, "count") {
        limit.used = try scanner.integer()
      } else {
        try scanner.skipValue()
      }
    }
    limit.interval = unit * number
    return limit
  }

  private static func kind(_ scanner: FieldScanner, _ word: FieldRange) -> BinanceLimitKind {
    if scanner.matches(word, "REQUEST_WEIGHT") { return .requestWeight }
    if scanner.matches(word, "ORDERS") { return .orders }
    if scanner.matches(word, "RAW_REQUESTS") { return .rawRequests }
    return scanner.matches(word, "CONNECTIONS") ? .connections : .other
  }

  /// The unit that begins with `letter`, in either case; 0 for none.
  private static func nanoseconds(_ letter: UInt8) -> Timestamp {
    switch letter | 0x20 {
    case UInt8(ascii: "s"): 1_000_000_000
    case UInt8(ascii: "m"): 60_000_000_000
    case UInt8(ascii: "h"): 3_600_000_000_000
    case UInt8(ascii: "d"): 86_400_000_000_000
    default: 0
    }
  }

  /// Takes a header of an HTTP answer: `X-MBX-USED-WEIGHT-1M: 12`, `X-MBX-ORDER-COUNT-10S: 1`.
  ///
  /// - Parameter name: in any case.
  /// - Returns: whether it is one, and told something.
  public mutating func take(
    header name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) -> Bool {
    let weight = Self.rest(of: name, behind: "x-mbx-used-weight-")
    let orders = Self.rest(of: name, behind: "x-mbx-order-count-")
    guard let start = weight ?? orders, name.count - start >= 2, count < Self.countMax,
      let number = Self.number(UnsafeRawBufferPointer(rebasing: name[start..<name.count - 1])),
      number > 0, number <= 100_000, let used = Self.number(value)
    else { return false }
    let unit = Self.nanoseconds(name[name.count - 1])
    guard unit > 0 else { return false }
    limits[count] = BinanceLimit(
      kind: weight != nil ? .requestWeight : .orders, interval: unit * number, limit: 0, used: used)
    count += 1
    return true
  }

  private static func rest(of name: UnsafeRawBufferPointer, behind prefix: StaticString) -> Int? {
    let count = prefix.utf8CodeUnitCount
    guard name.count > count else { return nil }
    for index in 0..<count {
      let byte = name[index]
      let lower = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
      if lower != prefix.utf8Start[index] { return nil }
    }
    return count
  }

  private static func number(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count > 0, text.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in text {
      guard byte &- 0x30 <= 9 else { return nil }
      value = value * 10 + Int64(byte &- 0x30)
    }
    return value
  }
}
