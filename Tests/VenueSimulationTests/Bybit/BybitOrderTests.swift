import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// What becomes of orders, as queries and streams tell it.
@Suite struct BybitOrderTests {
  private func told(_ connection: KeptConnection, _ topic: String) throws -> [JSONValue] {
    try connection.take().filter { $0["topic"]?.string == topic }
      .flatMap { $0["data"]?.elements ?? [] }
  }

  @Test func partialFillsAndLeaves() throws {
    let venue = try BybitSimulated.unlimited()
    let (_, connection) = try venue.privateSession(["execution.linear"])
    try venue.place("linear", "Sell", "0.1", "60001", account: 2)
    try venue.place("linear", "Sell", "0.2", "60002", account: 2)
    let id = try venue.place("linear", "Buy", "0.5", "60002")
    let fills = try told(connection, "execution.linear")
    #expect(fills.map { $0["execPrice"]?.string } == ["60001.00", "60002.00"])
    #expect(fills.map { $0["leavesQty"]?.string } == ["0.400", "0.200"])
    #expect(fills.map { $0["execFee"]?.string } == ["3.300055", "6.60022"])
    let order = try venue.order("linear", id)
    #expect(order["orderStatus"] == "PartiallyFilled")
    #expect(order["leavesQty"] == "0.200")
    #expect(order["cumExecValue"] == "18000.5")
    #expect(order["avgPrice"] == "60001.666666")
    let maker = try venue.get("execution/list", "category=linear", account: 2)
    let last = try venue.result(maker)["list"]?.elements?.first
    #expect(last?["isMaker"] == true && last?["feeRate"] == "0.0002")
  }

  /// A request is acknowledged first; what became of it comes behind that.
  @Test func outcomesComeBehindTheAnswer() throws {
    let venue = try BybitSimulated.unlimited()
    let (_, connection) = try venue.privateSession(["order"])
    let body: JSONValue = [
      "category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.1",
      "price": "59000",
    ]
    var call = BybitCall(parameters: try BybitParameters(body))
    call.account = 1
    let answer = try venue.core.perform(.create, call)
    #expect(answer.result["orderId"] != nil)
    #expect(try connection.take().isEmpty)
    venue.core.streams.flush()
    #expect(try told(connection, "order").first?["orderId"] == answer.result["orderId"])
  }

  /// A cancel of spot means a plain order unless it says what else.
  @Test(arguments: ["StopOrder", "tpslOrder"])
  func spotCancelsAreOfAKind(filter: String) throws {
    let venue = try BybitSimulated.unlimited()
    let id = try venue.place(
      "spot", "Buy", "0.1", "61000",
      more: [("triggerPrice", "61000"), ("orderFilter", .string(filter))])
    func cancel(_ filter: String?) throws -> Int64? {
      var members: [(key: String, value: JSONValue)] = [
        ("category", "spot"), ("symbol", "BTCUSDT"), ("orderId", .string(id)),
      ]
      if let filter { members.append(("orderFilter", .string(filter))) }
      return try venue.post("order/cancel", .object(members))["retCode"]?.integer
    }
    #expect(try cancel(nil) == 170213)
    #expect(try cancel("Order") == 170213)
    #expect(try cancel(filter == "StopOrder" ? "tpslOrder" : "StopOrder") == 170213)
    #expect(try cancel("Other") == 10001)
    #expect(try venue.order("spot", id)["orderStatus"] == "Untriggered")
    #expect(try cancel(filter) == 0)
  }

  @Test func spotFeesAreInWhatIsReceived() throws {
    let venue = try BybitSimulated.unlimited()
    try venue.place("spot", "Sell", "0.1", "60001", account: 2)
    try venue.place("spot", "Buy", "0.1", "60001")
    let buyer = try venue.get("execution/list", "category=spot")
    let seller = try venue.get("execution/list", "category=spot", account: 2)
    let bought = try venue.result(buyer)["list"]?.elements?.first
    let sold = try venue.result(seller)["list"]?.elements?.first
    #expect(bought?["execFee"] == "0.0001" && bought?["feeCurrency"] == "BTC")
    #expect(sold?["execFee"] == "6.0001" && sold?["feeCurrency"] == "USDT")
    #expect(bought?["execId"] == sold?["execId"])
    let log = try venue.result(try venue.get("account/transaction-log", "category=spot"))
    let entries = try #require(log["list"]?.elements)
    #expect(entries.map { $0["currency"]?.string } == ["USDT", "BTC"])
    #expect(entries.map { $0["cashBalance"]?.string } == ["993999.9", "10.0999"])
  }

  @Test func marketOrderByAmount() throws {
    let venue = try BybitSimulated.unlimited()
    try venue.place("spot", "Sell", "0.1", "60000", account: 2)
    let id = try venue.place("spot", "Buy", "3000")
    let order = try venue.order("spot", id)
    #expect(order["qty"] == "3000" && order["marketUnit"] == "quoteCoin")
    #expect(order["cumExecQty"] == "0.050000" && order["orderStatus"] == "Filled")
    let sold = try venue.place("spot", "Sell", "0.1", more: [("marketUnit", "baseCoin")])
    let ended = try venue.order("spot", sold)
    #expect(ended["orderStatus"] == "Cancelled")
    #expect(ended["rejectReason"] == "EC_NoImmediateQtyToFill")
  }

  @Test(arguments: [("linear", "Cancelled"), ("spot", "Rejected")])
  func postOnlyThatWouldTake(category: String, status: String) throws {
    let venue = try BybitSimulated.unlimited()
    let (_, connection) = try venue.privateSession(["order"])
    try venue.place(category, "Sell", "0.1", "60001", account: 2)
    let id = try venue.place(
      category, "Buy", "0.1", "60001", more: [("timeInForce", "PostOnly")])
    let orders = try told(connection, "order")
    #expect(orders.map { $0["orderStatus"]?.string } == [status])
    #expect(orders.first?["rejectReason"] == "EC_PostOnlyWillTakeLiquidity")
    let resting = try venue.place(
      category, "Buy", "0.1", "59000", more: [("timeInForce", "PostOnly")])
    #expect(try venue.order(category, resting)["timeInForce"] == "PostOnly")
    // An amendment that would take is acknowledged, and then the order is ended.
    let answer = try venue.post(
      "order/amend",
      [
        "category": .string(category), "symbol": "BTCUSDT", "orderId": .string(resting),
        "price": "60001",
      ])
    #expect(answer["retCode"] == 0)
    let ended = try venue.order(category, resting)
    #expect(ended["rejectReason"] == "EC_PostOnlyWillTakeLiquidity")
    #expect(try venue.order(category, id)["cumExecQty"] == "0")
  }

  @Test func stopIsTriggered() throws {
    let venue = try BybitSimulated.unlimited()
    let (_, connection) = try venue.privateSession(["order"])
    let id = try venue.place(
      "linear", "Buy", "0.1", "60100",
      more: [("triggerPrice", "60050"), ("triggerDirection", 1)])
    #expect(try venue.order("linear", id)["orderStatus"] == "Untriggered")
    try venue.place("linear", "Sell", "0.1", "60060", account: 2)
    try venue.place("linear", "Buy", "0.1", "60060", account: 2)
    let states = try told(connection, "order").map { $0["orderStatus"]?.string }
    #expect(states == ["Untriggered", "Triggered", "New"])
    #expect(try venue.order("linear", id)["stopOrderType"] == "Stop")
  }

  @Test func passedTriggersAreRefused() throws {
    let venue = try BybitSimulated.unlimited()
    let body: JSONValue = [
      "category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Market",
      "qty": "0.1", "triggerPrice": "59000", "triggerDirection": 1,
    ]
    let answer = try venue.post("order/create", body)
    #expect(answer["retCode"] == 110092)
    #expect(
      answer["retMsg"]
        == "expect Rising, but trigger_price[590000000] <= current[600000000]??LastPrice")
  }

  @Test func positionsOfBothModes() throws {
    let venue = try BybitSimulated.unlimited()
    let switched = try venue.post(
      "position/switch-mode", ["category": "linear", "coin": "USDT", "mode": 3])
    #expect(switched["retCode"] == 0)
    try venue.place("linear", "Sell", "1", "60000", account: 2)
    try venue.place("linear", "Buy", "0.3", more: [("positionIdx", 1)])
    try venue.place("linear", "Buy", "1", "59900", account: 2)
    try venue.place("linear", "Sell", "0.2", more: [("positionIdx", 2)])
    let answer = try venue.result(
      try venue.get("position/list", "category=linear&settleCoin=USDT"))
    let positions = try #require(answer["list"]?.elements)
    #expect(positions.map { $0["side"]?.string } == ["Buy", "Sell"])
    #expect(positions.map { $0["size"]?.string } == ["0.300", "0.200"])
    #expect(positions.map { $0["avgPrice"]?.string } == ["60000", "59900"])
    #expect(
      try venue.post("position/switch-mode", ["category": "linear", "coin": "USDT", "mode": 0])[
        "retCode"] == 110024)
    let wrong: JSONValue = [
      "category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.1",
      "price": "59000",
    ]
    #expect(
      try venue.post("order/create", wrong)["retMsg"] == "position idx not match position mode")
  }

  /// An order without quantity that may only reduce closes all there is.
  @Test func closingAllOfAPosition() throws {
    let venue = try BybitSimulated.unlimited()
    try venue.place("linear", "Sell", "0.3", "60000", account: 2)
    try venue.place("linear", "Buy", "0.3")
    try venue.place("linear", "Buy", "1", "59900", account: 2)
    let id = try venue.place(
      "linear", "Sell", "0", more: [("reduceOnly", true), ("closeOnTrigger", true)])
    let order = try venue.order("linear", id)
    #expect(order["cumExecQty"] == "0.300" && order["orderStatus"] == "Filled")
    let answer = try venue.result(
      try venue.get("position/list", "category=linear&symbol=BTCUSDT"))
    #expect(answer["list"]?.elements?.first?["size"] == "0")
    #expect(answer["list"]?.elements?.first?["curRealisedPnl"] == "-30")
  }

  @Test func selfMatchPrevention() throws {
    let venue = try BybitSimulated.unlimited()
    let resting = try venue.place("linear", "Sell", "0.1", "60000")
    let taker = try venue.place(
      "linear", "Buy", "0.1", "60000", more: [("smpType", "CancelMaker")])
    let ended = try venue.order("linear", resting)
    #expect(ended["orderStatus"] == "Cancelled" && ended["cancelType"] == "CancelBySmp")
    #expect(try venue.order("linear", taker)["orderStatus"] == "New")
  }

  @Test func fundingIsPaid() throws {
    let venue = try BybitSimulated.unlimited()
    let (_, connection) = try venue.privateSession(["execution", "wallet"])
    try venue.place("linear", "Sell", "0.5", "60000", account: 2)
    try venue.place("linear", "Buy", "0.5", "60000")
    _ = try connection.take()
    // To the next whole eight hours, in one step.
    let left = 28_800_000_000_000 - venue.now.wall % 28_800_000_000_000
    venue.now.wall += left
    venue.now.monotonic += left
    venue.advance(milliseconds: 10)
    let messages = try connection.take()
    #expect(messages.map { $0["topic"]?.string } == ["execution", "wallet"])
    let payment = try #require(messages.first?["data"]?.elements?.first)
    #expect(payment["execType"] == "Funding" && payment["execFee"] == "3")
    #expect(payment["execQty"] == "0.500" && payment["feeRate"] == "0.0001")
    let listed = try venue.result(
      try venue.get("execution/list", "category=linear&execType=Funding"))
    #expect(listed["list"]?.elements?.first?["execId"] == payment["execId"])
    let log = try venue.result(try venue.get("account/transaction-log", "type=SETTLEMENT"))
    let entry = try #require(log["list"]?.elements?.first)
    #expect(entry["funding"] == "-3" && entry["change"] == "-3")
    #expect(entry["orderId"] == payment["orderId"])
    let balance = try venue.result(
      try venue.get("account/wallet-balance", "accountType=UNIFIED&coin=USDT"))
    let coin = balance["list"]?.elements?.first?["coin"]?.elements?.first
    #expect(coin?["walletBalance"] == entry["cashBalance"])
  }

  @Test func recordsOfBothProductLines() throws {
    let venue = try BybitSimulated.unlimited()
    try venue.place("spot", "Sell", "0.1", "60000", account: 2)
    try venue.place("spot", "Buy", "0.1", "60000", more: [("orderLinkId", "mine")])
    try venue.place("linear", "Sell", "0.1", "60000", account: 2)
    try venue.place("linear", "Buy", "0.1", "60000")
    let state = venue.front.state(FormFields(""), at: venue.now)
    #expect(state["brokenInvariants"] == [])
    let account = try #require(state["accounts"]?.elements?.first)
    let orders = try #require(account["orders"]?.elements)
    #expect(orders.map { $0["venue"]?.string } == ["bybit-spot", "bybit-linear"])
    #expect(orders.map { $0["symbol"]?.string } == ["BTCUSDT", "BTCUSDT"])
    #expect(orders.first?["clientOrderId"] == "mine")
    #expect(account["positions"]?.elements?.first?["quantity"] == "0.1")
    // Orders and fills have the names that the venue's messages have.
    let alone = venue.front.state(FormFields("venue=bybit-linear"), at: venue.now)
    let fills = try #require(alone["accounts"]?.elements?.first?["fills"]?.elements)
    let told = try venue.result(try venue.get("execution/list", "category=linear"))
    #expect(fills.map { $0["id"] } == told["list"]?.elements?.map { $0["execId"] })
    #expect(fills.map { $0["orderId"] } == told["list"]?.elements?.map { $0["orderId"] })
  }

  @Test func numbersOfOrders() {
    for id: UInt64 in [1, 4_000_001, 123_456_789_012] {
      for category in BybitCategory.allCases {
        let text = BybitIdentifiers.order(id, category)
        #expect(BybitIdentifiers.order(text, category) == id)
      }
    }
    let text = BybitIdentifiers.order(4_000_001, .linear)
    #expect(BybitIdentifiers.order(text.uppercased(), .linear) == nil)
    #expect(BybitIdentifiers.order("00000000-0000-0000-0000-000000000000", .linear) == nil)
    #expect(BybitIdentifiers.order("12", .spot) == nil)
  }
}
