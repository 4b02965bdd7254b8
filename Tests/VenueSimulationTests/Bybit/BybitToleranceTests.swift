import Testing
import VenueServer

@testable import VenueSimulation

/// Market orders that may go so far from the best price.
@Suite struct BybitToleranceTests {
  @Test(arguments: [
    ("TickSize", "10", "0.100"), ("TickSize", "2000", "0.300"), ("Percent", "0.05", "0.200"),
    ("Percent", "1", "0.300"),
  ])
  func marketOrdersEndAtTheirBound(type: String, tolerance: String, filled: String) throws {
    let venue = try BybitSimulated.unlimited()
    for price in ["60000", "60030", "60100"] {
      try venue.place("linear", "Sell", "0.1", price, account: 2)
    }
    let id = try venue.place(
      "linear", "Buy", "0.3",
      more: [
        ("slippageToleranceType", .string(type)), ("slippageTolerance", .string(tolerance)),
      ])
    let order = try venue.order("linear", id)
    #expect(order["cumExecQty"]?.string == filled && order["orderType"] == "Market")
    #expect(order["timeInForce"] == "IOC" && order["slippageToleranceType"]?.string == type)
    #expect(order["orderStatus"]?.string == (filled == "0.300" ? "Filled" : "Cancelled"))
    let fills = try venue.result(try venue.get("execution/list", "category=linear"))
    #expect(fills["list"]?.elements?.first?["orderType"] == "Market")
  }

  @Test(arguments: [
    ("TickSize", "4", 110108), ("TickSize", "2001", 110108), ("TickSize", "5.5", 110108),
    ("Percent", "0.04", 110109), ("Percent", "1.01", 110109), ("Percent", "0.055", 110109),
    ("Percent", "much", 10001), ("Ticks", "5", 10001),
  ])
  func tolerancesHaveRanges(type: String, tolerance: String, code: Int64) throws {
    let answer = try BybitSimulated().post(
      "order/create",
      [
        "category": "spot", "symbol": "BTCUSDT", "side": "Sell", "orderType": "Market",
        "qty": "0.1", "slippageToleranceType": .string(type),
        "slippageTolerance": .string(tolerance),
      ])
    #expect(answer["retCode"]?.integer == code)
  }
}
