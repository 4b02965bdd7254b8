import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Take-profits and stop-losses of contracts: what the venue makes of them, and what becomes of it.
@Suite struct BybitExitTests {
  private let venue: BybitSimulated

  init() throws { venue = try BybitSimulated.unlimited() }

  /// A trade at a price, of an account that is nobody's here.
  private func trade(_ price: String) throws {
    try venue.place("linear", "Sell", "0.001", price, account: 2)
    try venue.place("linear", "Buy", "0.001", price, account: 2)
  }

  private func buy(
    _ quantity: String, at price: String, _ more: [(key: String, value: JSONValue)] = []
  ) throws -> String {
    try venue.place("linear", "Sell", quantity, price, account: 2)
    return try venue.place("linear", "Buy", quantity, price, more: more)
  }

  /// The open orders that the venue made, by what they are.
  private func exits() throws -> [String: JSONValue] {
    let answer = try venue.get(
      "order/realtime", "category=linear&symbol=BTCUSDT&orderFilter=StopOrder")
    var exits: [String: JSONValue] = [:]
    for order in try venue.result(answer)["list"]?.elements ?? [] {
      exits[order["stopOrderType"]?.string ?? ""] = order
    }
    return exits
  }

  private func position(_ index: Int = 0) throws -> JSONValue {
    let answer = try venue.get("position/list", "category=linear&symbol=BTCUSDT")
    return try #require(try venue.result(answer)["list"]?.elements?[index])
  }

  private func stop(_ members: [(key: String, value: JSONValue)]) throws -> JSONValue {
    try venue.post(
      "position/trading-stop",
      .object([("category", "linear"), ("symbol", "BTCUSDT"), ("positionIdx", 0)] + members))
  }

  private func ended(_ id: String) throws -> JSONValue {
    let answer = try venue.get("order/history", "category=linear&orderId=\(id)")
    return try #require(try venue.result(answer)["list"]?.elements?.first)
  }

  private static let both: [(key: String, value: JSONValue)] = [
    ("takeProfit", "61000"), ("stopLoss", "59000"), ("slTriggerBy", "MarkPrice"),
  ]

  // MARK: Of the whole position

  @Test func attachedOnesAreMadeWhenTheOrderIsFilled() throws {
    let (_, connection) = try venue.privateSession(["order", "position"])
    let parent = try venue.place(
      "linear", "Buy", "0.1", "60000", more: Self.both + [("orderLinkId", "entry")])
    let waiting = try venue.order("linear", parent)
    #expect(waiting["takeProfit"] == "61000.00" && waiting["stopLoss"] == "59000.00")
    #expect(waiting["tpTriggerBy"] == "LastPrice" && waiting["slTriggerBy"] == "MarkPrice")
    #expect(waiting["tpslMode"] == "Full")
    #expect(try exits().isEmpty)

    try venue.place("linear", "Sell", "0.04", "60000", account: 2)
    let made = try exits()
    #expect(Set(made.keys) == ["TakeProfit", "StopLoss"])
    let profit = try #require(made["TakeProfit"])
    #expect(profit["orderStatus"] == "Untriggered" && profit["createType"] == "CreateByTakeProfit")
    #expect(profit["triggerPrice"] == "61000.00" && profit["triggerDirection"] == 1)
    #expect(profit["side"] == "Sell" && profit["qty"] == "0.040" && profit["price"] == "0")
    #expect(profit["reduceOnly"] == true && profit["closeOnTrigger"] == true)
    #expect(profit["orderType"] == "Market" && profit["timeInForce"] == "IOC")
    #expect(profit["tpslMode"] == "Full" && profit["orderLinkId"] == "")
    #expect(profit["parentOrderLinkId"] == "entry")
    let loss = try #require(made["StopLoss"])
    #expect(loss["triggerBy"] == "MarkPrice" && loss["triggerDirection"] == 2)
    #expect(try position()["takeProfit"] == "61000.00")
    #expect(try position()["stopLoss"] == "59000.00")

    // They are as large as the position.
    try venue.place("linear", "Sell", "0.06", "60000", account: 2)
    #expect(try exits().values.map { $0["qty"]?.string } == ["0.100", "0.100"])
    let told = try connection.take()
    let states = told.filter { $0["topic"] == "order" }
      .flatMap { $0["data"]?.elements ?? [] }
      .filter { $0["orderId"] == profit["orderId"] }
    #expect(states.map { $0["qty"]?.string } == ["0.040", "0.100"])
    let last = told.last { $0["topic"] == "position" }?["data"]?.elements?.first
    #expect(last?["takeProfit"] == "61000.00" && last?["tpslMode"] == "Full")
  }

  @Test func triggeredOneClosesThePositionAndTheOtherEnds() throws {
    _ = try buy("0.1", at: "60000", [("takeProfit", "61000"), ("stopLoss", "59000")])
    let made = try exits()
    let profit = try #require(made["TakeProfit"]?["orderId"]?.string)
    let loss = try #require(made["StopLoss"]?["orderId"]?.string)
    let (_, connection) = try venue.privateSession(["order", "execution"])
    try venue.place("linear", "Buy", "0.1", "60990", account: 2)
    try trade("61000")
    let told = try connection.take()
    let orders = told.filter { $0["topic"] == "order" }.flatMap { $0["data"]?.elements ?? [] }
    func states(_ id: String) -> [String] {
      orders.filter { $0["orderId"]?.string == id }.compactMap { $0["orderStatus"]?.string }
    }
    #expect(states(profit) == ["Triggered", "Filled"])
    #expect(states(loss) == ["Deactivated"])
    let fill = told.first { $0["topic"] == "execution" }?["data"]?.elements?.first
    #expect(fill?["stopOrderType"] == "TakeProfit" && fill?["createType"] == "CreateByTakeProfit")
    #expect(fill?["closedSize"] == "0.100" && fill?["orderLinkId"] == "")
    #expect(try ended(loss)["cancelType"] == "CancelByTpSlTsClear")
    #expect(try ended(profit)["reduceOnly"] == true)
    #expect(try ended(profit)["avgPrice"] == "60990")
    #expect(try position()["size"] == "0" && position()["takeProfit"] == "")
    #expect(try exits().isEmpty)
  }

  @Test func theyEndWithThePosition() throws {
    _ = try buy("0.1", at: "60000", [("takeProfit", "61000"), ("stopLoss", "59000")])
    let ids = try exits().values.compactMap { $0["orderId"]?.string }
    try venue.place("linear", "Buy", "0.1", "60000", account: 2)
    try venue.place("linear", "Sell", "0.04")
    #expect(try exits().values.map { $0["qty"]?.string } == ["0.060", "0.060"])
    try venue.place("linear", "Sell", "0.06")
    #expect(try exits().isEmpty && ids.count == 2)
    for id in ids {
      let order = try ended(id)
      #expect(order["orderStatus"] == "Deactivated" && order["leavesQty"] == "0")
      #expect(order["cancelType"] == "CancelByTpSlTsClear" && order["rejectReason"] == "EC_NoError")
    }
  }

  /// An order against the position leaves its exits, unless it turns the position round.
  @Test func turnedPositionsHaveTheExitsOfTheOrderThatTurnedThem() throws {
    _ = try buy("0.1", at: "60000", [("takeProfit", "61000"), ("stopLoss", "59000")])
    let short: [(key: String, value: JSONValue)] = [
      ("takeProfit", "58500"), ("stopLoss", "60500"),
    ]
    try venue.place("linear", "Buy", "0.5", "60000", account: 2)
    try venue.place("linear", "Sell", "0.04", "60000", more: short)
    #expect(try position()["takeProfit"] == "61000.00")
    try venue.place("linear", "Sell", "0.1", "60000", more: short)
    #expect(try position()["side"] == "Sell" && position()["size"] == "0.040")
    #expect(try position()["takeProfit"] == "58500.00" && position()["stopLoss"] == "60500.00")
    #expect(try exits().values.map { $0["side"]?.string } == ["Buy", "Buy"])
  }

  @Test func tradingStopSetsChangesAndEnds() throws {
    _ = try buy("0.1", at: "60000")
    #expect(try stop([("tpslMode", "Full")] + Self.both)["retCode"] == 0)
    let first = try #require(try exits()["TakeProfit"]?["orderId"]?.string)
    #expect(try exits()["TakeProfit"]?["parentOrderLinkId"] == "")
    #expect(try stop([("tpslMode", "Full")] + Self.both)["retCode"] == 34040)
    #expect(try stop([("takeProfit", "61500")])["result"] == .object([]))
    #expect(try exits()["TakeProfit"]?["orderId"]?.string == first)
    #expect(try position()["takeProfit"] == "61500.00" && position()["stopLoss"] == "59000.00")
    #expect(try stop([("stopLoss", "0")])["retCode"] == 0)
    #expect(try position()["stopLoss"] == "" && exits().keys.sorted() == ["TakeProfit"])
    let again = try stop([("stopLoss", "0")])
    #expect(again["retCode"] == 34040 && again["retMsg"] == "not modified")
  }

  // MARK: Of a part

  @Test func partialOnesComeInPairs() throws {
    _ = try buy("0.1", at: "60000")
    let pair: [(key: String, value: JSONValue)] = [
      ("tpslMode", "Partial"), ("takeProfit", "61000"), ("stopLoss", "59000"),
      ("tpSize", "0.03"), ("slSize", "0.03"), ("tpOrderType", "Limit"), ("tpLimitPrice", "61000"),
    ]
    #expect(try stop(pair)["retCode"] == 0)
    let made = try exits()
    let profit = try #require(made["PartialTakeProfit"])
    let loss = try #require(made["PartialStopLoss"]?["orderId"]?.string)
    #expect(profit["orderType"] == "Limit" && profit["price"] == "61000.00")
    #expect(profit["qty"] == "0.030" && profit["tpslMode"] == "Partial")
    #expect(profit["createType"] == "CreateByPartialTakeProfit")
    #expect(try position()["takeProfit"] == "")
    try trade("61000")
    #expect(try ended(loss)["cancelType"] == "CancelByOCOSlCanceledByTpTriggered")
    #expect(try venue.order("linear", profit["orderId"]?.string ?? "")["orderStatus"] == "New")
    try venue.place("linear", "Buy", "0.1", "61000", account: 2)
    #expect(try position()["size"] == "0.070")
  }

  @Test func partialOnesOfAnOrderGrowWithItsFills() throws {
    let terms: [(key: String, value: JSONValue)] = [
      ("takeProfit", "61000"), ("stopLoss", "59000"), ("tpslMode", "Partial"),
      ("orderLinkId", "part"),
    ]
    try venue.place("linear", "Buy", "0.1", "60000", more: terms)
    try venue.place("linear", "Sell", "0.02", "60000", account: 2)
    try venue.place("linear", "Sell", "0.03", "60000", account: 2)
    let made = try exits()
    #expect(made.values.map { $0["qty"]?.string } == ["0.050", "0.050"])
    #expect(made["PartialStopLoss"]?["parentOrderLinkId"] == "part")
    // A cancel of one is a cancel of both.
    let id = try #require(made["PartialStopLoss"]?["orderId"])
    let canceled = try venue.post(
      "order/cancel", ["category": "linear", "symbol": "BTCUSDT", "orderId": id])
    #expect(canceled["retCode"] == 0)
    #expect(try exits().isEmpty)
    let other = try #require(made["PartialTakeProfit"]?["orderId"]?.string)
    #expect(try ended(other)["orderStatus"] == "Deactivated")
    #expect(try ended(other)["cancelType"] == "CancelByUser")
  }

  @Test func cancelAllMayLeaveThem() throws {
    _ = try buy("0.1", at: "60000", Self.both)
    try venue.place(
      "linear", "Sell", "0.1", more: [("triggerPrice", "58000"), ("triggerDirection", 2)])
    func cancelAll(_ members: [(key: String, value: JSONValue)]) throws -> Int {
      let answer = try venue.post(
        "order/cancel-all",
        .object([("category", "linear"), ("symbol", "BTCUSDT")] + members))
      return try venue.result(answer)["list"]?.elements?.count ?? -1
    }
    #expect(try cancelAll([("orderFilter", "Order")]) == 0)
    #expect(try cancelAll([("orderFilter", "StopOrder"), ("stopOrderType", "Stop")]) == 1)
    #expect(try exits().count == 2)
    #expect(try cancelAll([]) == 2)
  }

  // MARK: Trailing stops

  @Test func trailingStopFollows() throws {
    _ = try buy("0.1", at: "60000")
    #expect(try stop([("trailingStop", "100")])["retCode"] == 0)
    let made = try #require(try exits()["TrailingStop"])
    let id = try #require(made["orderId"]?.string)
    #expect(made["triggerPrice"] == "59900.00" && made["createType"] == "CreateByTrailingStop")
    #expect(try position()["trailingStop"] == "100.00")
    let (_, connection) = try venue.privateSession(["order"])
    try trade("60200")
    try trade("60150")
    #expect(try exits()["TrailingStop"]?["triggerPrice"] == "60100.00")
    let moved = try connection.take().flatMap { $0["data"]?.elements ?? [] }
      .filter { $0["orderId"]?.string == id }
    #expect(moved.map { $0["triggerPrice"]?.string } == ["60100.00"])
    try venue.place("linear", "Buy", "0.1", "60090", account: 2)
    try trade("60100")
    let order = try ended(id)
    #expect(order["orderStatus"] == "Filled" && order["stopOrderType"] == "TrailingStop")
    #expect(try position()["size"] == "0" && position()["trailingStop"] == "0")
  }

  @Test func trailingStopWaitsForItsActivation() throws {
    _ = try buy("0.1", at: "60000")
    let wrong = try stop([("trailingStop", "100"), ("activePrice", "59000")])
    #expect(wrong["retCode"] == 10001)
    #expect(try stop([("trailingStop", "100"), ("activePrice", "60500")])["retCode"] == 0)
    let made = try #require(try exits()["TrailingStop"])
    #expect(made["triggerPrice"] == "60500.00" && made["createType"] == "CreateByTrailingProfit")
    try trade("59500")
    #expect(try exits()["TrailingStop"]?["orderStatus"] == "Untriggered")
    try trade("60600")
    #expect(try exits()["TrailingStop"]?["triggerPrice"] == "60500.00")
    try trade("60700")
    #expect(try exits()["TrailingStop"]?["triggerPrice"] == "60600.00")
    #expect(try stop([("trailingStop", "0")])["retCode"] == 0)
    #expect(try exits().isEmpty)
  }

  // MARK: Amendments

  @Test func termsAreAmendedWhileNothingIsFilled() throws {
    let id = try venue.place("linear", "Buy", "0.1", "60000", more: Self.both)
    func amend(_ id: String, _ members: [(key: String, value: JSONValue)]) throws -> JSONValue {
      try venue.post(
        "order/amend",
        .object(
          [("category", "linear"), ("symbol", "BTCUSDT"), ("orderId", .string(id))] + members))
    }
    #expect(try amend(id, [("takeProfit", "61500"), ("stopLoss", "0")])["retCode"] == 0)
    #expect(try venue.order("linear", id)["takeProfit"] == "61500.00")
    #expect(try venue.order("linear", id)["stopLoss"] == "")
    #expect(try amend(id, [("takeProfit", "61500")])["retCode"] == 10001)
    // The exits have to stand at the new price too.
    let far = try amend(id, [("price", "61600")])
    #expect(
      far["retMsg"]?.string
        == "TakeProfit:615000000 set for Buy position should be higher than "
        + "base_price:616000000??LastPrice")
    try venue.place("linear", "Sell", "0.05", "60000", account: 2)
    #expect(try amend(id, [("takeProfit", "61000")])["retCode"] == 110059)
    // Those that the venue made are amended as orders.
    let made = try #require(try exits()["TakeProfit"]?["orderId"]?.string)
    #expect(try amend(made, [("triggerPrice", "61200")])["retCode"] == 0)
    #expect(try position()["takeProfit"] == "61200.00")
    #expect(try amend(made, [("qty", "0.01")])["retCode"] == 110060)
  }

  @Test func hedgedPositionsHaveTheirOwn() throws {
    let mode = try venue.post(
      "position/switch-mode", ["category": "linear", "coin": "USDT", "mode": 3])
    #expect(mode["retCode"] == 0)
    _ = try buy("0.1", at: "60000", [("positionIdx", 1)] + Self.both)
    try venue.place("linear", "Buy", "0.1", "60000", account: 2)
    try venue.place("linear", "Sell", "0.1", "60000", more: [("positionIdx", 2)])
    #expect(try position(0)["takeProfit"] == "61000.00" && position(1)["takeProfit"] == "")
    let wrong = try stop([("takeProfit", "61500")])
    #expect(wrong["retMsg"] == "position idx not match position mode")
    #expect(try exits().values.map { $0["positionIdx"]?.integer } == [1, 1])
  }

  // MARK: Refusals

  @Test func refusalsOfOrders() throws {
    func create(_ members: [(key: String, value: JSONValue)]) throws -> JSONValue {
      try venue.post(
        "order/create",
        .object(
          [
            ("category", "linear"), ("symbol", "BTCUSDT"), ("side", "Buy"),
            ("orderType", "Limit"), ("qty", "0.1"), ("price", "60000"),
          ] + members))
    }
    #expect(
      try create([("takeProfit", "59000")])["retMsg"]?.string
        == "TakeProfit:590000000 set for Buy position should be higher than "
        + "base_price:600000000??LastPrice")
    #expect(
      try create([("stopLoss", "61000"), ("tpslMode", "Partial")])["retMsg"]?.string
        == "PartialStopLoss:610000000 set for Buy position should lower than "
        + "base_price:600000000??LastPrice")
    #expect(
      try create([("side", "Sell"), ("stopLoss", "59000"), ("slTriggerBy", "MarkPrice")])["retMsg"]?
        .string
        == "StopLoss:590000000 set for Sell position should greater "
        + "base_price:600000000??MarkPrice")
    #expect(try create([("takeProfit", "61000"), ("tpOrderType", "Limit")])["retCode"] == 10001)
    #expect(try create([("takeProfit", "61000"), ("reduceOnly", true)])["retCode"] == 110057)
    #expect(
      try create([("takeProfit", "61000"), ("tpTriggerBy", "IndexPrice")])["retCode"] == 10001)
    #expect(try create([("takeProfit", "61000.05")])["retCode"] == 10001)
    #expect(try create([("takeProfit", "61000"), ("tpslMode", "Half")])["retCode"] == 10001)
    #expect(try venue.get("order/realtime", "category=linear&symbol=BTCUSDT")["retCode"] == 0)
  }

  @Test func refusalsOfTradingStops() throws {
    let none = try stop([("takeProfit", "61000")])
    #expect(none["retMsg"] == "can not set tp/sl/ts for zero position" && none["retCode"] == 10001)
    _ = try buy("0.1", at: "60000")
    #expect(
      try stop([("stopLoss", "60500")])["retMsg"]?.string
        == "StopLoss:605000000 set for Buy position should lower than "
        + "base_price:600000000??LastPrice")
    func partial(_ members: [(key: String, value: JSONValue)]) throws -> Int64? {
      try stop([("tpslMode", "Partial")] + members)["retCode"]?.integer
    }
    #expect(try partial([("takeProfit", "61000")]) == 10001)
    #expect(try partial([("takeProfit", "61000"), ("tpSize", "0.2")]) == 110058)
    #expect(
      try partial([
        ("takeProfit", "61000"), ("stopLoss", "59000"), ("tpSize", "0.01"), ("slSize", "0.02"),
      ]) == 10001)
    for _ in 0..<20 {
      #expect(try partial([("takeProfit", "61000"), ("tpSize", "0.01")]) == 0)
    }
    #expect(try partial([("takeProfit", "61000"), ("tpSize", "0.01")]) == 110061)
    // They do not count among the conditional orders that clients ask for.
    for _ in 0..<10 {
      try venue.place(
        "linear", "Sell", "0.01", more: [("triggerPrice", "58000"), ("triggerDirection", 2)])
    }
    let many = try venue.post(
      "order/create",
      [
        "category": "linear", "symbol": "BTCUSDT", "side": "Sell", "orderType": "Market",
        "qty": "0.01", "triggerPrice": "58000", "triggerDirection": 2,
      ])
    #expect(many["retCode"] == 110009)
  }
}
