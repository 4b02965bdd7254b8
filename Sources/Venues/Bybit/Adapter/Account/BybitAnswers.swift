import TradingModel

/// What single answers over REST say. None is hot.
enum BybitAnswers {
  /// What `read` makes of the result of an answer that is no error.
  static func result<Value>(
    _ bytes: UnsafeRawBufferPointer,
    _ read: (UnsafeRawBufferPointer) throws(ScanError) -> Value
  ) throws(ScanError) -> Value {
    let reply = try BybitReply(bytes)
    guard reply.isSuccess else {
      throw ScanError(0, text: "an answer without an error, not \(reply.code): \(reply.message)")
    }
    guard let result = reply.result else { throw ScanError(bytes.count, "a field \"result\"") }
    do throws(ScanError) {
      return try read(result.of(bytes))
    } catch {
      throw error.within(result)
    }
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
    // Later than that no sum of times would fit.
    guard let time, time > 0, time <= 9_000_000_000_000_000_000 else {
      throw ScanError(scanner.offset, "a field \"timeNano\"")
    }
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

  /// `/v5/position/list` of one symbol, which tells its position even where there is none: whether that is a
  /// long and a short one (`positionIdx` 1 and 2), as in hedge mode, and not one of both (0).
  /// https://bybit-exchange.github.io/docs/v5/position
  static func isHedged(_ result: UnsafeRawBufferPointer) throws(ScanError) -> Bool {
    var scanner = FieldScanner(result)
    var isHedged = false
    var hasList = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      guard scanner.matches(key, "list") else {
        try scanner.skipValue()
        continue
      }
      hasList = true
      try scanner.beginArray()
      var isFirstOne = true
      while try scanner.another(&isFirstOne, until: UInt8(ascii: "]")) {
        if try positionIndex(&scanner) != 0 { isHedged = true }
      }
    }
    guard hasList else { throw ScanError(scanner.offset, "a field \"list\"") }
    return isHedged
  }

  private static func positionIndex(_ scanner: inout FieldScanner) throws(ScanError) -> Int64 {
    var index: Int64?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "positionIdx") {
        index = try scanner.integer()
      } else {
        try scanner.skipValue()
      }
    }
    guard let index else { throw ScanError(scanner.offset, "a field \"positionIdx\"") }
    return index
  }

  /// `/v5/account/query-dcp-info`: whether orders of `product` are canceled when the connections that care
  /// for them are lost. https://bybit-exchange.github.io/docs/v5/account/dcp-info
  static func isProtected(
    _ result: UnsafeRawBufferPointer, _ product: StaticString
  ) throws(ScanError) -> Bool {
    var scanner = FieldScanner(result)
    var isProtected = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "dcpInfos"), scanner.peek() == UInt8(ascii: "[") {
        try scanner.beginArray()
        var isFirstOne = true
        while try scanner.another(&isFirstOne, until: UInt8(ascii: "]")) {
          if try isProtection(&scanner, of: product) { isProtected = true }
        }
      } else {
        // Accounts without it are told null, or an empty list.
        try scanner.skipValue()
      }
    }
    return isProtected
  }

  private static func isProtection(
    _ scanner: inout FieldScanner, of product: StaticString
  ) throws(ScanError) -> Bool {
    var isOurs = false
    var isOn = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "product") {
        isOurs = scanner.matches(try scanner.string(), product)
      } else if scanner.matches(key, "dcpStatus") {
        isOn = scanner.matches(try scanner.string(), "ON")
      } else {
        try scanner.skipValue()
      }
    }
    return isOurs && isOn
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

  /// At most as many as were asked for; a cursor names the next.
  /// https://bybit-exchange.github.io/docs/v5/order/open-order
  public static func openOrders(in answer: UnsafeRawBufferPointer) throws -> OpenOrderPage {
    try BybitAnswers.result(answer) { (result) throws(ScanError) in try openOrders(result) }
  }

  private static func openOrders(
    _ result: UnsafeRawBufferPointer
  ) throws(ScanError) -> OpenOrderPage {
    var page = OpenOrderPage(orders: [], next: nil)
    var scanner = FieldScanner(result)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "list") {
        page.orders = try OpenOrder.list(&scanner, symbol: "symbol", orderID: "orderId")
      } else if scanner.matches(key, "nextPageCursor") {
        page.next = try BybitAnswers.text(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    // The last page has a cursor too, behind which nothing is.
    if page.orders.isEmpty || page.next == "" { page.next = nil }
    return page
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
    try BybitAnswers.result(answer) { (result) throws(ScanError) in
      try BybitAnswers.serverTime(result)
    }
  }

  public static func keyPermissions(in answer: UnsafeRawBufferPointer) throws -> KeyPermissions {
    try BybitAnswers.result(answer) { (result) throws(ScanError) in
      try BybitAnswers.keyPermissions(result, category)
    }
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
    try BybitAnswers.result(answer) { (result) throws(ScanError) in
      _ = try decoder.answer(content, result, into: &news)
    }
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
