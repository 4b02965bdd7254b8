import TradingModel

// Requests by hand, and the account's, which are not hot.
extension BybitEncoder {
  /// Coins in which linear contracts are settled: what is asked for without a symbol is asked for each.
  static let settlementCoins = ["USDT", "USDC"]
  /// Kinds of spot orders that are canceled together, each by a request of its own; without a name they
  /// are plain ones alone (https://bybit-exchange.github.io/docs/v5/order/cancel-all).
  static let spotOrderFilters = ["Order", "StopOrder", "tpslOrder"]

  /// Puts the parameters of an action in place of those before; gives where they go.
  ///
  /// - Parameter settlement: the coin of linear contracts that is asked for where no symbol is named.
  mutating func fill(
    _ action: VenueAction, _ input: RequestInput, settlement: String?
  ) throws(RequestError) -> BybitRoute {
    parameters.removeAll()
    switch action {
    case .cancelAll: return try fillScope(.cancelAll, input, settlement)
    case .openOrders:
      let route = try fillScope(.openOrders, input, settlement)
      parameters.add("limit", number: input.limit ?? 50)
      add(cursor: input.page ?? "")
      return route
    case .positions:
      guard category == .linear else { break }
      let route = try fillScope(.positions, input, settlement)
      parameters.add("limit", number: input.limit ?? 200)
      return route
    case .fills: return try fillFills(input)
    case .balances:
      parameters.add("accountType", "UNIFIED")
      return .wallet
    case .keyPermissions: return .keyPermissions
    case .serverTime: return .serverTime
    case .instruments:
      addCategory()
      try addSymbol(input, isNeeded: false)
      if category == .linear { parameters.add("limit", number: input.limit ?? 1_000) }
      return .instruments
    case .depth:
      addCategory()
      try addSymbol(input, isNeeded: true)
      parameters.add("limit", number: input.limit ?? 50)
      return .depth
    case .deadManSwitch:
      parameters.add("product", category.protectedProduct)
      let seconds = try Self.needed(input.timeout, "timeout")
      guard (3...300).contains(seconds) else {
        throw .unsuitable("timeout", reason: "the venue takes 3 to 300 seconds")
      }
      parameters.add("timeWindow", number: seconds)
      return .disconnectProtection
    default: break
    }
    throw .notOffered(action, reason: Self.reason(notOffering: action, category))
  }

  /// Category and symbol, or the coin that stands for all symbols.
  private mutating func fillScope(
    _ route: BybitRoute, _ input: RequestInput, _ settlement: String?
  ) throws(RequestError) -> BybitRoute {
    addCategory()
    if input.symbol == nil, category == .linear, let settlement {
      parameters.add("settleCoin", text: settlement)
    } else {
      try addSymbol(input, isNeeded: false)
    }
    return route
  }

  private mutating func fillFills(_ input: RequestInput) throws(RequestError) -> BybitRoute {
    addCategory()
    try addSymbol(input, isNeeded: false)
    if let id = input.clientOrderID { parameters.add("orderLinkId", text: id) }
    if let id = input.venueOrderID { parameters.add("orderId", number: id) }
    if let time = input.startTime { parameters.add("startTime", number: time) }
    parameters.add("limit", number: input.limit ?? 100)
    return .fills
  }

  private mutating func addSymbol(
    _ input: RequestInput, isNeeded: Bool
  ) throws(RequestError) {
    guard let symbol = input.symbol else {
      if isNeeded { throw .missing("symbol") }
      return
    }
    try Self.check(symbol, "symbol")
    parameters.add("symbol", text: symbol)
  }

  // MARK: Pages of a session's questions

  /// The next page of an answer, named by the venue's cursor, which is percent-encoded already.
  mutating func add(cursor: String) {
    if !cursor.isEmpty { parameters.add("cursor", text: cursor) }
  }

  /// Open orders of the category, settled in `settlement` (linear).
  mutating func fillOpenOrders(settlement: String?, cursor: String) -> BybitRoute {
    parameters.removeAll()
    addCategory()
    if let settlement { parameters.add("settleCoin", text: settlement) }
    // 0: those that are open only.
    parameters.add("openOnly", number: 0)
    parameters.add("limit", number: 50)
    add(cursor: cursor)
    return .openOrders
  }

  /// Fills of the category between two times, milliseconds since the epoch, at most 7 days apart.
  mutating func fillFills(from start: UInt64, to end: UInt64, cursor: String) -> BybitRoute {
    parameters.removeAll()
    addCategory()
    parameters.add("startTime", number: start)
    parameters.add("endTime", number: end)
    parameters.add("limit", number: 100)
    add(cursor: cursor)
    return .fills
  }

  /// Funding payments between two times, as `fillFills`: executions of the type `Funding`
  /// (https://bybit-exchange.github.io/docs/v5/order/execution).
  mutating func fillPayments(from start: UInt64, to end: UInt64, cursor: String) -> BybitRoute {
    let route = fillFills(from: start, to: end, cursor: cursor)
    parameters.add("execType", "Funding")
    return route
  }

  /// Fills of one of our orders.
  mutating func fillFills(of order: OrderName, cursor: String) -> BybitRoute {
    parameters.removeAll()
    addCategory()
    addClientOrderID(order)
    parameters.add("limit", number: 100)
    add(cursor: cursor)
    return .fills
  }

  // MARK: Several orders

  /// The most orders of one batch.
  static func batchCountMax(_ category: BybitCategory) -> Int { category == .spot ? 10 : 20 }

  /// The body of a batch: `orders` are objects.
  static func batch(_ category: BybitCategory, _ orders: [String]) -> String {
    "{\"category\":\"\(category.text)\",\"request\":[\(orders.joined(separator: ","))]}"
  }

  /// The parameters at hand as text, without the category, which stands around all orders of a batch.
  mutating func batchPart() throws(RequestError) -> String {
    let text = String(decoding: try payload(.place), as: UTF8.self)
    let category = "\"category\":\"\(self.category.text)\","
    guard let range = text.firstRange(of: category) else { return text }
    return text.replacingCharacters(in: range)
  }

  // MARK: Checks

  static func needed<Value>(_ value: Value?, _ name: String) throws(RequestError) -> Value {
    guard let value else { throw .missing(name) }
    return value
  }

  /// Queries are signed as they are sent, so nothing may stand in them that would be escaped.
  static func check(_ text: String, _ name: String) throws(RequestError) {
    for byte in text.utf8 {
      let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
      guard isLetter || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") else {
        throw .unsuitable(name, reason: "letters, digits, '-' and '_' only")
      }
    }
  }

  static func reason(notOffering action: VenueAction, _ category: BybitCategory) -> String {
    switch BybitDescription.of(category).support(of: action) {
    case .none(let reason), .emulated(let reason), .restricted(_, let reason): reason
    case .native: "not over this channel"
    }
  }
}

extension String {
  /// Without the characters in `range`.
  fileprivate func replacingCharacters(in range: Range<String.Index>) -> String {
    String(self[..<range.lowerBound]) + String(self[range.upperBound...])
  }
}
