import TradingModel

/// An error object: `{"code":..,"msg":..}`, with `data` where the WebSocket API or a cancel-replace
/// adds some.
///
/// https://developers.binance.com/docs/binance-spot-api-docs/errors
public struct BinanceError: BitwiseCopyable, Sendable {
  /// Negative of the venue, 0 to 4 of a market data connection's own control; 200 says "done" (some
  /// answers of `cancel all`); 0 also where the code is no number.
  public var code: Int64 = 0
  public var message = VenueMessageText()
  /// When the next request may come, and the venue's clock (of `data`, over the WebSocket API), ns
  /// since the epoch; 0 where it does not say.
  public var retryAfter: Timestamp = 0
  public var serverTime: Timestamp = 0
  /// Where `data` stands in the message: the halves of a cancel-replace.
  public var data: MessagePart?

  public init() {}

  /// What it means. `status`: HTTP's or the WebSocket API's, 0 where it is not known.
  public func meaning(status: Int) -> VenueErrorMeaning {
    BinanceErrors.meaning(code: code, status: status, message: message, until: retryAfter)
  }

  /// Reads the body of an HTTP answer that is an error.
  ///
  /// - Throws: `ScanError` for what is no error object; then only the status tells what it means.
  public init(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    try self.init(&scanner)
    try scanner.expectEnd()
  }

  init(_ scanner: inout FieldScanner) throws(ScanError) {
    var hasCode = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if try take(key, &scanner) { hasCode = true }
    }
    guard hasCode else { throw ScanError(scanner.offset, "a field \"code\"") }
  }

  /// Takes the value of one field.
  ///
  /// - Returns: whether it was the code.
  mutating func take(
    _ key: FieldRange, _ scanner: inout FieldScanner
  ) throws(ScanError) -> Bool {
    if scanner.matches(key, "code") {
      code = try Self.code(&scanner)
      return true
    }
    if scanner.matches(key, "msg") {
      try scanner.text(into: &message)
    } else if scanner.matches(key, "data"), scanner.peek() == UInt8(ascii: "{") {
      let start = scanner.offset
      try takeData(&scanner)
      data = MessagePart(offset: start, byteCount: scanner.offset - start)
    } else {
      try scanner.skipValue()
    }
    return false
  }

  private static func code(_ scanner: inout FieldScanner) throws(ScanError) -> Int64 {
    if scanner.peek() == UInt8(ascii: "\"") {
      let start = scanner.offset
      let text = try scanner.string()
      let first = text.count > 0 ? scanner.base[text.offset] : 0
      guard first &- 0x30 <= 9 || first == UInt8(ascii: "-") else { return 0 }
      scanner.offset = start
    }
    return try scanner.integer()
  }

  private mutating func takeData(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "retryAfter"), scanner.peek() &- 0x30 <= 9 {
        retryAfter = try scanner.milliseconds()
      } else if scanner.matches(key, "serverTime"), scanner.peek() &- 0x30 <= 9 {
        serverTime = try scanner.milliseconds()
      } else {
        try scanner.skipValue()
      }
    }
  }
}

/// The answer to a request over a WebSocket: `{"id":..,"status":..,"result":..,"rateLimits":[..]}`,
/// the same with `error`, and the control answers of market data connections, which have no status.
///
/// https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/response-format
public struct BinanceReply: BitwiseCopyable, Sendable {
  /// As it was sent with the request: a string's content, or a number's digits; empty for null.
  public var id = VenueText()
  /// As over HTTP; 200 or 400 where a control answer has none.
  public var status = 0
  /// Where the result stands in the message; nil where there is none, or null.
  public var result: MessagePart?
  public var error: BinanceError?
  public var usage = BinanceUsage()

  public init() {}

  /// Takes over what is told of limits. It stands beside the answer and must not spoil it: what cannot be read
  /// of it is left out.
  private mutating func takeUsage(_ scanner: inout FieldScanner) throws(ScanError) {
    let start = scanner.offset
    do throws(ScanError) {
      try usage.take(&scanner)
    } catch {
      usage = BinanceUsage()
      scanner.offset = start
      try scanner.skipValue()
    }
  }

  /// Reads one answer.
  ///
  /// - Throws: `ScanError` for what is none.
  public init(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    var hasID = false
    var bare = BinanceError()
    var isBareError = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "id") {
        try scanner.text(into: &id)
        hasID = true
      } else if scanner.matches(key, "status") {
        status = Int(truncatingIfNeeded: try scanner.integer())
      } else if scanner.matches(key, "result") {
        if try !scanner.null() {
          scanner.skipSpace()
          let start = scanner.offset
          try scanner.skipValue()
          result = MessagePart(offset: start, byteCount: scanner.offset - start)
        }
        hasID = true
      } else if scanner.matches(key, "error"), scanner.peek() == UInt8(ascii: "{") {
        error = try BinanceError(&scanner)
      } else if scanner.matches(key, "rateLimits") {
        try takeUsage(&scanner)
      } else if try bare.take(key, &scanner) {
        isBareError = true
      }
    }
    try scanner.expectEnd()
    if isBareError, error == nil { error = bare }
    guard hasID || error != nil else { throw ScanError(scanner.offset, "an \"id\" or an error") }
    if status == 0 { status = error == nil ? 200 : 400 }
  }
}
