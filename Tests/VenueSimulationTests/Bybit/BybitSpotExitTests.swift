import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Take-profits and stop-losses of limit orders of spot.
@Suite struct BybitSpotExitTests {
  private let venue: BybitSimulated

  init() throws { venue = try BybitSimulated.unlimited() }

  private func trade(_ price: String) throws {
    try venue.place("spot", "Sell", "0.001", price, account: 2)
    try venue.place("spot", "Buy", "0.001", price, account: 2)
  }

  private func open(_ filter: String = "") throws -> [JSONValue] {
    let query = "category=spot&symbol=BTCUSDT" + (filter.isEmpty ? "" : "&orderFilter=\(filter)")
    return try venue.result(try venue.get("order/realtime", query))["list"]?.elements ?? []
  }

  private static let both: [(key: String, value: JSONValue)] = [
    ("takeProfit", "61000"), ("stopLoss", "59000"), ("slOrderType", "Market"),
  ]

  @Test func bothAreOneOrder() throws {
    let parent = try venue.place("spot", "Buy", "0.1", "60000", more: Self.both)
    #expect(try venue.order("spot", parent)["takeProfit"] == "61000.00")
    #expect(try venue.order("spot", parent)["tpslMode"] == nil)
    try venue.place("spot", "Sell", "0.04", "60000", account: 2)
    #expect(try open("BidirectionalTpslOrder").isEmpty)
    let (_, connection) = try venue.privateSession(["order"])
    try venue.place("spot", "Sell", "0.06", "60000", account: 2)
    let made = try #require(try open().first)
    #expect(try open().count == 1 && open("tpslOrder").isEmpty && open("StopOrder").isEmpty)
    #expect(made["stopOrderType"] == "BidirectionalTpslOrder" && made["side"] == "Sell")
    // What was bought, less the fee.
    #expect(made["qty"] == "0.099900" && made["orderStatus"] == "Untriggered")
    #expect(made["takeProfit"] == "61000.00" && made["stopLoss"] == "59000.00")
    #expect(made["ocoTriggerBy"] == "OcoTriggerByUnknown" && made["triggerPrice"] == "")
    let wallet = try venue.result(
      try venue.get("account/wallet-balance", "accountType=UNIFIED&coin=BTC"))
    let coin = wallet["list"]?.elements?.first?["coin"]?.elements?.first
    #expect(coin?["locked"] == "0.0999")
    // The stop-loss is met: the same number, the other trigger.
    let id = try #require(made["orderId"]?.string)
    try venue.place("spot", "Buy", "1", "58990", account: 2)
    try trade("59000")
    let ended = try venue.order("spot", id)
    #expect(ended["orderStatus"] == "Filled" && ended["ocoTriggerBy"] == "OcoTriggerBySl")
    #expect(ended["triggerPrice"] == "59000.00" && ended["cumExecQty"] == "0.099900")
    #expect(ended["orderLinkId"] == made["orderLinkId"])
    let fills = try venue.result(try venue.get("execution/list", "category=spot"))
    #expect(fills["list"]?.elements?.first?["orderId"]?.string == id)
    let told = try connection.take().flatMap { $0["data"]?.elements ?? [] }
      .filter { $0["orderId"]?.string == id }
    #expect(
      told.map { $0["orderStatus"]?.string } == ["Untriggered", "Triggered", "Filled"])
    #expect(try open().isEmpty)
  }

  @Test func oneAloneIsATakeProfitOrder() throws {
    let parent = try venue.place(
      "spot", "Sell", "0.1", "60000",
      more: [("takeProfit", "59000"), ("tpLimitPrice", "59100"), ("tpOrderType", "Limit")])
    #expect(try venue.order("spot", parent)["tpLimitPrice"] == "59100.00")
    try venue.place("spot", "Buy", "0.1", "60000", account: 2)
    let made = try #require(try open("tpslOrder").first)
    #expect(made["side"] == "Buy" && made["triggerPrice"] == "59000.00")
    #expect(made["price"] == "59100.00" && made["orderType"] == "Limit")
    #expect(made["qty"] == "0.100000")
    try trade("59000")
    #expect(try venue.order("spot", made["orderId"]?.string ?? "")["orderStatus"] == "New")
  }

  @Test func cancelsAndRefusals() throws {
    try venue.place("spot", "Sell", "0.1", "60000", account: 2)
    try venue.place("spot", "Buy", "0.1", "60000", more: Self.both)
    let id = try #require(try open().first?["orderId"])
    func ask(_ path: String, _ members: [(key: String, value: JSONValue)]) throws -> Int64? {
      try venue.post(
        path, .object([("category", "spot"), ("symbol", "BTCUSDT"), ("orderId", id)] + members))[
          "retCode"]?.integer
    }
    #expect(try ask("order/amend", [("takeProfit", "62000")]) == 170312)
    #expect(try ask("order/cancel", []) == 170213)
    #expect(try ask("order/cancel", [("orderFilter", "BidirectionalTpslOrder")]) == 0)
    #expect(try open().isEmpty)
    #expect(try venue.order("spot", id.string ?? "")["orderStatus"] == "Deactivated")
    func create(_ members: [(key: String, value: JSONValue)]) throws -> Int64? {
      try venue.post(
        "order/create",
        .object(
          [("category", "spot"), ("symbol", "BTCUSDT"), ("side", "Buy"), ("qty", "0.1")] + members))[
          "retCode"]?.integer
    }
    #expect(try create([("orderType", "Market"), ("takeProfit", "61000")]) == 170130)
    let limit: [(key: String, value: JSONValue)] = [("orderType", "Limit"), ("price", "60000")]
    #expect(try create(limit + [("takeProfit", "59000")]) == 170130)
    #expect(try create(limit + [("stopLoss", "61000")]) == 170130)
    #expect(try create(limit + [("takeProfit", "61000"), ("tpOrderType", "Limit")]) == 10001)
  }
}
