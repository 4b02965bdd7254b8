import TradingModel

// Requests by hand, and the account's, which are not hot.
extension OKXEncoder {
  /// Puts the parameters of an action that is asked over REST in place of those before; gives where they
  /// go.
  mutating func fill(
    _ action: VenueAction, _ input: RequestInput
  ) throws(RequestError) -> OKXRoute {
    parameters.removeAll()
    switch action {
    case .deadManSwitch:
      parameters.write("timeOut", isBare: false) { [timeout = try Self.timeout(input)] in
        $0.write(timeout)
      }
      return .deadManSwitch
    case .query:
      parameters.add("instId", text: try Self.needed(input.symbol, "symbol"))
      parameters.add("ordId", number: try Self.needed(input.venueOrderID, "order-id"))
      return .query
    case .openOrders:
      if let symbol = input.symbol { parameters.add("instId", text: symbol) }
      if let page = input.page { parameters.add("after", text: page) }
      if let limit = input.limit { parameters.add("limit", number: limit) }
      return .openOrders
    case .fills: return fillFills(input)
    case .balances: return .balances
    case .positions:
      if let symbol = input.symbol { parameters.add("instId", text: symbol) }
      return .positions
    case .keyPermissions: return .configuration
    case .serverTime: return .serverTime
    case .instruments:
      let symbol = input.symbol
      parameters.add("instType", symbol.map(OKX.isSwap) == true ? "SWAP" : "SPOT")
      if let symbol { parameters.add("instId", text: symbol) }
      return .instruments
    case .depth:
      parameters.add("instId", text: try Self.needed(input.symbol, "symbol"))
      parameters.add("sz", number: input.limit ?? 400)
      return .depth
    case .place, .modify, .cancel, .cancelAll, .placeBatch, .cancelBatch, .userStream,
      .keepUserStream, .closeUserStream, .logOn:
      throw .notOffered(action, reason: OKX.reason(notOffering: action))
    }
  }

  /// The venue numbers the bills, not the fills; a first trade id is of no use here.
  private mutating func fillFills(_ input: RequestInput) -> OKXRoute {
    if let symbol = input.symbol { parameters.add("instId", text: symbol) }
    if let id = input.venueOrderID { parameters.add("ordId", number: id) }
    if let time = input.startTime { parameters.add("begin", number: time) }
    if let limit = input.limit { parameters.add("limit", number: limit) }
    return .fills
  }

  /// 0 ends the switch; the venue takes 10 to 120 seconds.
  private static func timeout(_ input: RequestInput) throws(RequestError) -> UInt64 {
    let timeout = try needed(input.timeout, "timeout")
    guard timeout == 0 || (10...120).contains(timeout) else {
      throw .unsuitable("timeout", reason: "0, which ends it, or 10 to 120 seconds")
    }
    return timeout
  }

  static func needed<Value>(_ value: Value?, _ name: String) throws(RequestError) -> Value {
    guard let value else { throw .missing(name) }
    return value
  }
}
