import TradingModel

/// What stands around OKX's data, in all its messages: answers over REST, answers to operations over a
/// WebSocket connection, events, and pushes of a channel.
///
/// https://www.okx.com/docs-v5/en/#overview-websocket
struct OKXEnvelope: BitwiseCopyable {
  /// Ours, of an operation.
  var id = FieldRange.none
  var operation = FieldRange.none
  var event = FieldRange.none
  /// 0 for success; 0 where there is none.
  var code: UInt64 = 0
  var message = FieldRange.none
  /// Of a push.
  var channel = FieldRange.none
  /// Where `data` begins; -1 for none.
  var data = -1

  init() {}

  /// Reads a whole message.
  init(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      try field(key, &scanner)
    }
    try scanner.expectEnd()
  }

  /// Reads the value of one field.
  @inline(__always)
  mutating func field(
    _ key: FieldRange, _ scanner: inout FieldScanner
  ) throws(ScanError) {
    switch key.count {
    case 2 where scanner.matches(key, "id"): id = try OKXText.value(&scanner)
    case 2 where scanner.matches(key, "op"): operation = try OKXText.value(&scanner)
    case 3 where scanner.matches(key, "arg"): try argument(&scanner)
    case 3 where scanner.matches(key, "msg"): message = try OKXText.value(&scanner)
    case 4 where scanner.matches(key, "data"): try OKXText.note(&data, &scanner)
    case 4 where scanner.matches(key, "code"):
      code = try OKXText.number(try OKXText.value(&scanner), scanner)
    case 5 where scanner.matches(key, "event"): event = try OKXText.value(&scanner)
    default: try scanner.skipValue()
    }
  }

  private mutating func argument(_ scanner: inout FieldScanner) throws(ScanError) {
    guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "channel") {
        channel = try OKXText.value(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
  }
}

/// What the venue says about one order that was placed, amended or canceled: an element of `data`.
/// https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order
struct OKXAcknowledgement: BitwiseCopyable {
  var venueOrderID: VenueOrderID = 0
  var clientOrderID = FieldRange.none
  /// 0 for success.
  var code: UInt64 = 0
  var message = FieldRange.none
  var venueTime: Timestamp = 0

  /// Reads the object at the scanner's place.
  init(_ scanner: inout FieldScanner) throws(ScanError) {
    var hasCode = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "ordId") {
        venueOrderID = try OKXText.number(try OKXText.value(&scanner), scanner)
      } else if scanner.matches(key, "clOrdId") {
        clientOrderID = try OKXText.value(&scanner)
      } else if scanner.matches(key, "sCode") {
        // An empty one says nothing, and least of all that it went well.
        let value = try OKXText.value(&scanner)
        code = try OKXText.number(value, scanner)
        hasCode = value.count > 0
      } else if scanner.matches(key, "sMsg") {
        message = try OKXText.value(&scanner)
      } else if scanner.matches(key, "ts") {
        venueTime = try OKXText.time(try OKXText.value(&scanner), scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard hasCode else { throw ScanError(scanner.offset, "a field \"sCode\"") }
  }
}
