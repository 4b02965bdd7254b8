import TradingModel

/// What became of one half of a cancel-replace.
public enum BinanceHalfResult: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Not said, or a word that is not documented: ask.
  case unknown = 0
  case success = 1
  case failure = 2
  /// The other half failed first.
  case notAttempted = 3
}

/// The answer to `POST /api/v3/order/cancelReplace`: each half may fail by itself.
///
/// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
public struct BinanceCancelReplace: BitwiseCopyable, Sendable {
  public var cancelResult = BinanceHalfResult.unknown
  public var newOrderResult = BinanceHalfResult.unknown
  /// Why a half failed; nil where it did not, or does not say.
  public var cancelError: BinanceError?
  public var newOrderError: BinanceError?
  /// How many of the reports, from the first on, are of the canceled order; the others are of the new
  /// one.
  public var canceledCount = 0

  public init() {}
}

extension BinanceSpotDecoder {
  /// Decodes both halves, of an answer or of the `data` of error -2021 or -2022.
  ///
  /// - Parameter reports: emptied, then filled: the canceled order's, then the new one's with its
  ///   fills.
  public mutating func decode(
    cancelReplace bytes: UnsafeRawBufferPointer, into reports: inout PlainRun<BinanceSpotReport>
  ) throws(ScanError) -> BinanceCancelReplace {
    reports.removeAll()
    var answer = BinanceCancelReplace()
    var scanner = FieldScanner(bytes)
    var canceled = -1
    var placed = -1
    var hasResult = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "cancelResult") {
        answer.cancelResult = Self.half(scanner, try scanner.string())
        hasResult = true
      } else if scanner.matches(key, "newOrderResult") {
        answer.newOrderResult = Self.half(scanner, try scanner.string())
        hasResult = true
      } else if scanner.matches(key, "cancelResponse"), scanner.peek() == UInt8(ascii: "{") {
        canceled = scanner.offset
        try scanner.skipValue()
      } else if scanner.matches(key, "newOrderResponse"), scanner.peek() == UInt8(ascii: "{") {
        placed = scanner.offset
        try scanner.skipValue()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard hasResult else { throw ScanError(scanner.offset, "a field \"cancelResult\"") }
    answer.cancelError = try half(&scanner, at: canceled, .canceled, &reports)
    answer.canceledCount = reports.count
    answer.newOrderError = try half(&scanner, at: placed, .placed, &reports)
    return answer
  }

  private static func half(_ scanner: FieldScanner, _ word: FieldRange) -> BinanceHalfResult {
    if scanner.matches(word, "SUCCESS") { return .success }
    if scanner.matches(word, "FAILURE") { return .failure }
    return scanner.matches(word, "NOT_ATTEMPTED") ? .notAttempted : .unknown
  }

  /// One half: an order, or the error in its place.
  private mutating func half(
    _ scanner: inout FieldScanner, at place: Int, _ kind: BinanceOrderAnswer,
    _ reports: inout PlainRun<BinanceSpotReport>
  ) throws(ScanError) -> BinanceError? {
    guard place >= 0 else { return nil }
    scanner.offset = place
    var ahead = scanner
    try ahead.beginObject()
    var isFirst = true
    while let key = try ahead.nextKey(&isFirst) {
      if ahead.matches(key, "code") { return try BinanceError(&scanner) }
      try ahead.skipValue()
    }
    try order(&scanner, kind, &reports)
    return nil
  }
}
