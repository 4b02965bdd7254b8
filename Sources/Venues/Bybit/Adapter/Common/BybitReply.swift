import TradingModel

/// What an answer over a WebSocket is about.
public enum BybitOperation: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Not said, as over HTTP.
  case none = 0
  case logOn = 1
  case subscription = 2
  case heartbeat = 3
  /// `order.create`, `order.amend`, `order.cancel` and their batches.
  case order = 4
  case other = 5
}

/// An answer: over HTTP `{"retCode","retMsg","result","retExtInfo","time"}`, over the trade stream
/// `{"reqId","retCode","retMsg","op","data","header","connId"}`, over the other streams
/// `{"success","ret_msg","conn_id","req_id","op"}`.
///
/// https://bybit-exchange.github.io/docs/v5/guide,
/// https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline,
/// https://bybit-exchange.github.io/docs/v5/ws/connect
public struct BybitReply: BitwiseCopyable, Sendable {
  public var operation = BybitOperation.none
  /// The number we sent with it; nil where it carries none, or another.
  public var tag: UInt64?
  /// 0 is success.
  public var code: Int64 = 0
  /// `success` of the streams that have no code; nil where it is not said.
  public var success: Bool?
  public var message = VenueMessageText()
  /// `result`, or `data` over the trade stream.
  public var result: MessagePart?
  /// What each order of a batch came to (`retExtInfo`).
  public var details: MessagePart?
  /// The venue's clock, ns since the epoch; 0 where it does not say.
  public var time: Timestamp = 0
  public var usage = BybitUsage()

  public init() {}

  /// Whether what was asked was done, or taken.
  public var isSuccess: Bool { code == 0 && success != false }

  /// What a refusal means. `status`: HTTP's, 0 over a WebSocket.
  public func meaning(status: Int) -> VenueErrorMeaning {
    BybitErrors.meaning(code: code, status: status, message: message, until: usage.resetTime)
  }

  /// Reads one answer.
  ///
  /// - Throws: `ScanError` for what is none.
  public init(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    var isAnswer = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if try take(key, &scanner) { isAnswer = true }
    }
    try scanner.expectEnd()
    guard isAnswer else {
      throw ScanError(scanner.offset, "a field \"retCode\", \"success\" or \"op\"")
    }
  }

  /// Takes the value of one field.
  ///
  /// - Returns: whether it shows that this is an answer.
  private mutating func take(
    _ key: FieldRange, _ scanner: inout FieldScanner
  ) throws(ScanError) -> Bool {
    if scanner.matches(key, "retCode") || scanner.matches(key, "ret_code") {
      code = try scanner.integer()
      return true
    }
    if scanner.matches(key, "success") {
      success = try scanner.boolean()
      return true
    }
    if scanner.matches(key, "op") {
      operation = Self.operation(scanner, try scanner.string())
      return operation != .none
    }
    if scanner.matches(key, "retMsg") || scanner.matches(key, "ret_msg") {
      try scanner.text(into: &message)
    } else if scanner.matches(key, "reqId") || scanner.matches(key, "req_id") {
      let word = try scanner.word()
      tag = word.count > 0 ? Self.number(scanner.bytes(word)) : nil
    } else if scanner.matches(key, "result") || scanner.matches(key, "data") {
      if try !scanner.null() { result = try scanner.part() }
    } else if scanner.matches(key, "retExtInfo") {
      if try !scanner.null() { details = try scanner.part() }
    } else if scanner.matches(key, "header"), scanner.peek() == UInt8(ascii: "{") {
      try usage.take(&scanner)
    } else if scanner.matches(key, "time") {
      time = try scanner.quotedMilliseconds()
    } else {
      try scanner.skipValue()
    }
    return false
  }

  private static func operation(_ scanner: FieldScanner, _ word: FieldRange) -> BybitOperation {
    switch word.count {
    case 0: return .none
    case 4 where scanner.matches(word, "auth"): return .logOn
    case 4 where scanner.matches(word, "ping") || scanner.matches(word, "pong"): return .heartbeat
    case 9 where scanner.matches(word, "subscribe"): return .subscription
    case 11 where scanner.matches(word, "unsubscribe"): return .subscription
    default:
      return word.count > 6
        && scanner.matches(FieldRange(offset: word.offset, count: 6), "order.")
        ? .order : .other
    }
  }

  /// The whole number that `text` spells; nil where it spells none.
  static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
    guard (1...18).contains(text.count) else { return nil }
    var value: UInt64 = 0
    for byte in text {
      guard byte &- 0x30 <= 9 else { return nil }
      value = value * 10 + UInt64(byte &- 0x30)
    }
    return value
  }
}

/// How much of a limit is used, as answers say it: `X-Bapi-Limit`, `X-Bapi-Limit-Status` and
/// `X-Bapi-Limit-Reset-Timestamp`, in headers or in the trade stream's `header`.
/// https://bybit-exchange.github.io/docs/v5/rate-limit
public struct BybitUsage: Equatable, BitwiseCopyable, Sendable {
  /// Requests to this endpoint in a second; 0 where it is not said.
  public var limit = 0
  /// Requests left in this second.
  public var left = 0
  /// When there are more again, ns since the epoch; 0 where it is not said.
  public var resetTime: Timestamp = 0

  public init() {}

  /// What is used of the limit; nil where that is not said.
  public var used: Int? { limit > 0 && left <= limit ? limit - left : nil }

  /// Out of an HTTP answer's headers.
  init(_ answer: SessionAnswer) {
    limit = Self.number(answer.header("x-bapi-limit"))
    left = Self.number(answer.header("x-bapi-limit-status"))
    resetTime =
      Timestamp(min(Self.number(answer.header("x-bapi-limit-reset-timestamp")), 9_000_000_000_000))
      * 1_000_000
  }

  private static func number(_ text: UnsafeRawBufferPointer?) -> Int {
    guard let text, let value = BybitReply.number(text) else { return 0 }
    return Int(value)
  }

  /// Out of the trade stream's `header` object. What stands beside an answer must not spoil it: what is no
  /// number here is as good as nothing.
  mutating func take(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "X-Bapi-Limit") {
        limit = try Self.number(&scanner)
      } else if scanner.matches(key, "X-Bapi-Limit-Status") {
        left = try Self.number(&scanner)
      } else if scanner.matches(key, "X-Bapi-Limit-Reset-Timestamp") {
        resetTime = Timestamp(min(try Self.number(&scanner), 9_000_000_000_000)) * 1_000_000
      } else {
        try scanner.skipValue()
      }
    }
  }

  private static func number(_ scanner: inout FieldScanner) throws(ScanError) -> Int {
    if scanner.peek() == UInt8(ascii: "\"") { return number(scanner.bytes(try scanner.string())) }
    let start = try scanner.place()
    return number(scanner.bytes(FieldRange(offset: start, count: scanner.offset - start)))
  }
}
