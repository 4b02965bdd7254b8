import TradingModel

/// What single answers over REST say. None is hot.
enum BybitAnswers {
  /// The result of an answer that is no error.
  static func result(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> UnsafeRawBufferPointer {
    let reply = try BybitReply(bytes)
    guard reply.isSuccess else {
      throw ScanError(0, text: "an answer without an error, not \(reply.code): \(reply.message)")
    }
    guard let result = reply.result else { throw ScanError(bytes.count, "a field \"result\"") }
    return result.of(bytes)
  }

  /// A short text; empty for null.
  static func text(_ scanner: inout FieldScanner) throws(ScanError) -> String {
    if try scanner.null() { return "" }
    return String(decoding: scanner.bytes(try scanner.string()), as: UTF8.self)
  }

  /// `/v5/market/time`: nanoseconds since the epoch.
  /// https://bybit-exchange.github.io/docs/v5/market/time
  static func serverTime(_ result: UnsafeRawBufferPointer) throws(ScanError) -> Timestamp {
    var scanner = FieldScanner(result)
    var time: Timestamp?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "timeNano") {
        time = try scanner.integer()
      } else {
        try scanner.skipValue()
      }
    }
    guard let time, time > 0 else { throw ScanError(scanner.offset, "a field \"timeNano\"") }
    return time
  }

  /// `/v5/user/query-api`. https://bybit-exchange.github.io/docs/v5/user/apikey-info
  static func keyPermissions(
    _ result: UnsafeRawBufferPointer, _ category: BybitCategory
  ) throws(ScanError) -> KeyPermissions {
    var told = KeyPermissions(
      mayRead: true, mayTrade: false, mayWithdraw: false, isAddressBound: false)
    var isReadOnly: Bool?
    var hasPermissions = false
    var scanner = FieldScanner(result)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "readOnly") {
        isReadOnly = try scanner.integer() != 0
      } else if scanner.matches(key, "permissions") {
        hasPermissions = true
        try takePermissions(&scanner, category, &told)
      } else if scanner.matches(key, "ips") {
        for address in try texts(&scanner) where address != "*" { told.isAddressBound = true }
      } else {
        try scanner.skipValue()
      }
    }
    guard let isReadOnly, hasPermissions else {
      throw ScanError(scanner.offset, "fields \"readOnly\" and \"permissions\"")
    }
    if isReadOnly {
      told.mayTrade = false
      told.mayWithdraw = false
    }
    return told
  }

  private static func takePermissions(
    _ scanner: inout FieldScanner, _ category: BybitCategory, _ told: inout KeyPermissions
  ) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      let isWallet = scanner.matches(key, "Wallet")
      let isOurs =
        category == .spot
        ? scanner.matches(key, "Spot")
        : scanner.matches(key, "ContractTrade") || scanner.matches(key, "Derivatives")
      guard isWallet || isOurs else {
        try scanner.skipValue()
        continue
      }
      for word in try texts(&scanner) {
        if isWallet, word == "Withdraw" { told.mayWithdraw = true }
        if isOurs, ["SpotTrade", "Order", "DerivativesTrade"].contains(word) {
          told.mayTrade = true
        }
      }
    }
  }

  /// An array of texts; nothing for null.
  private static func texts(_ scanner: inout FieldScanner) throws(ScanError) -> [String] {
    if try scanner.null() { return [] }
    var all: [String] = []
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      all.append(try text(&scanner))
    }
    return all
  }
}

// What start-up asks, over REST.
extension BybitVenue {
  public static func refusal(
    in answer: UnsafeRawBufferPointer, status: Int
  ) -> VenueErrorMeaning? {
    let reply = try? BybitReply(answer)
    if status == 200, reply?.isSuccess == true { return nil }
    return (reply ?? BybitReply()).meaning(status: status)
  }

  public static func definitions(
    in answer: UnsafeRawBufferPointer, of symbols: [String]
  ) throws -> [InstrumentDefinition] {
    try BybitInstruments(answer).instruments
      .filter { symbols.contains($0.symbol) }
      .compactMap { $0.definition(venue: category.venueName) }
      // The two categories share their symbols.
      .filter { ($0.kind == .spot) == (category == .spot) }
  }

  public static func serverTime(in answer: UnsafeRawBufferPointer) throws -> Timestamp? {
    try BybitAnswers.serverTime(try BybitAnswers.result(answer))
  }

  public static func keyPermissions(in answer: UnsafeRawBufferPointer) throws -> KeyPermissions {
    try BybitAnswers.keyPermissions(try BybitAnswers.result(answer), category)
  }

  public static func balances(in answer: UnsafeRawBufferPointer) throws -> [VenueBalance] {
    let news = try list(.wallets, answer, [])
    return (0..<news.balances.count).map { news.balances[$0] }
  }

  public static func positions(
    in answer: UnsafeRawBufferPointer, _ symbols: [SymbolScale]
  ) throws -> [AccountPosition] {
    if category == .spot { return [] }
    let news = try list(.positions, answer, symbols)
    return (0..<news.positions.count).map { news.positions[$0] }
  }

  private static func list(
    _ content: BybitAccountDecoder.Content, _ answer: UnsafeRawBufferPointer,
    _ symbols: [SymbolScale]
  ) throws -> TradingNews {
    var decoder = BybitAccountDecoder(
      BybitNames(
        category: category, venue: 0, entries: symbols.map { BybitNames.Entry($0) }, currencies: [],
        clientOrderIDPrefixes: []))
    var news = TradingNews()
    _ = try decoder.answer(content, try BybitAnswers.result(answer), into: &news)
    return news
  }
}

extension BybitNames.Entry {
  /// Of a listing whose currencies are not asked for.
  init(_ scale: SymbolScale) {
    self.scale = scale
    base = 0
    quote = 0
    settlement = 0
  }
}
