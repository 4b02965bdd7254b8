import Testing
import TradingModel

@testable import Venues

/// What others, and the venue itself, do with the account stands beside our own rows: it is left alone, and
/// must not keep ours from being read.
@Suite struct BybitForeignRowTests {
  private func fill(_ trade: String, _ changes: [String: String] = [:]) -> String {
    var fields = [
      "category": "linear", "symbol": "BTCUSDT", "execFee": "0.33", "execId": trade,
      "execPrice": "60000", "execQty": "0.5", "execType": "Trade", "feeRate": "0.00055",
      "orderId": "fd4300ae-7847-404e-b947-b46980a4d140", "orderLinkId": "nabc-10", "side": "Buy",
      "execTime": "1700000001100",
    ]
    for (name, value) in changes { fields[name] = value }
    let text = fields.sorted { $0.key < $1.key }.map {
      "\"\($0.key)\":" + ($0.value == "null" ? "null" : "\"\($0.value)\"")
    }
    return "{" + text.joined(separator: ",") + "}"
  }

  private func push(_ topic: String, _ items: String...) -> String {
    "{\"topic\":\"\(topic)\",\"data\":[" + items.joined(separator: ",") + "]}"
  }

  /// Deliveries and settlements have no side, and rows of other categories fees of their own.
  @Test(arguments: [
    ["execType": "Settle", "side": "None"], ["execType": "Delivery", "side": ""],
    ["execType": "MovePosition", "side": "null"], ["execType": "Funding", "side": "None"],
    ["category": "option", "side": "None", "execFee": "0.1234567890123456789"],
    ["category": "inverse", "execFee": "-"],
  ])
  func executionsThatAreNoneOfOursAreReadOver(_ changes: [String: String]) {
    var bench = BybitBench(.linear)
    let answer =
      "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"category\":\"linear\",\"list\":["
      + "\(fill("x", changes)),\(fill("y"))]},\"time\":1700000001000}"
    #expect(bench.list(.fills, Array(answer.utf8)) == nil)
    #expect(bench.kinds == [.fill])
    #expect((try? bench.push(push("execution", fill("x", changes), fill("y"))).get()) == true)
    #expect(bench.kinds == [.fill])
  }

  @Test func anOwnTradeWithoutSideIsRefused() {
    var bench = BybitBench(.linear)
    for side in ["", "None", "null"] {
      let outcome = bench.push(push("execution", fill("x", ["side": side])))
      #expect(throws: ScanError.self, "\(side)") { _ = try outcome.get() }
    }
  }

  /// A fee in a coin that the run does not have is not booked, however it is written.
  @Test func feesInOtherCoinsMayHaveManyDecimals() throws {
    var bench = BybitBench(.linear)
    let fee = ["feeCurrency": "MNT", "execFee": "0.1234567890123456789"]
    _ = try bench.push(push("execution", fill("x", fee))).get()
    #expect(bench.kinds == [.fill] && !bench.news.orders[0].isFeeBooked)
    let none = ["feeCurrency": "MNT", "execFee": "0.0000000000000000000000"]
    _ = try bench.push(push("execution", fill("x", none))).get()
    #expect(bench.kinds == [.fill] && bench.news.orders[0].isFeeBooked)
    let own = bench.push(push("execution", fill("x", ["execFee": "0.1234567890123456789"])))
    #expect(throws: ScanError.self) { _ = try own.get() }
  }

  private func order(_ changes: [String: String] = [:]) -> String {
    var fields = [
      "category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit",
      "orderId": "fd4300ae-7847-404e-b947-b46980a4d140", "price": "60000", "qty": "1.5",
      "orderStatus": "New", "orderLinkId": "nabc-10", "cumExecQty": "0",
    ]
    for (name, value) in changes { fields[name] = value }
    let text = fields.map { "\"\($0.key)\":" + ($0.value == "null" ? "null" : "\"\($0.value)\"") }
    return "{" + text.joined(separator: ",") + "}"
  }

  @Test func ordersOfOtherCategoriesAreReadOver() throws {
    var bench = BybitBench(.linear)
    let text = push("order", order(["category": "option", "side": "None"]), order())
    _ = try bench.push(text).get()
    #expect(bench.kinds == [.statusOpen])
    let own = bench.push(push("order", order(["side": "None"])))
    #expect(throws: ScanError.self) { _ = try own.get() }
  }

  @Test func nullIsATextLikeNone() throws {
    var bench = BybitBench(.linear)
    let null = ["cancelType": "null", "rejectReason": "null", "timeInForce": "null"]
    _ = try bench.push(push("order", order(null), order(["orderLinkId": "null"]))).get()
    #expect(bench.kinds == [.statusOpen, .statusOpen])
    #expect(bench.news.orders[0].ownership == .own && bench.news.orders[1].ownership == .foreign)
    let reply = BybitBench.value(
      Array("{\"reqId\":null,\"retCode\":0,\"op\":\"order.create\"}".utf8)
    ) {
      (buffer) throws(ScanError) in try BybitReply(buffer)
    }
    #expect(try reply.get().tag == nil && reply.get().operation == .order)
  }

  /// Limits stand beside an answer: what cannot be read of them must not make it unknown.
  @Test func limitsThatCannotBeReadDoNotSpoilAnAnswer() throws {
    let text = """
      {"reqId":"7","retCode":0,"op":"order.create","header":{"X-Bapi-Limit":"",\
      "X-Bapi-Limit-Status":null,"X-Bapi-Limit-Reset-Timestamp":"soon","Traceid":[1]}}
      """
    let reply = try BybitBench.value(Array(text.utf8)) { (buffer) throws(ScanError) in
      try BybitReply(buffer)
    }.get()
    #expect(reply.tag == 7 && reply.isSuccess && reply.usage == BybitUsage())
  }

  /// A coin that the run does not have may have any number of decimals, and must not be in its way.
  @Test func balancesOfOtherCoinsMayHaveManyDecimals() throws {
    var bench = BybitBench(.linear)
    func wallet(_ coin: String, _ total: String) -> String {
      push(
        "wallet",
        "{\"coin\":[{\"walletBalance\":\"\(total)\",\"locked\":\"0\",\"coin\":\"\(coin)\"}]}")
    }
    _ = try bench.push(wallet("MNT", "1.1234567890123456789")).get()
    #expect(bench.news.balances[0].total.description == "1.123456789012345678")
    _ = try bench.push(wallet("USDT", "1.12345678901234567800")).get()
    #expect(bench.news.balances[0].total.description == "1.123456789012345678")
    let own = bench.push(wallet("USDT", "1.1234567890123456789"))
    #expect(throws: ScanError.self) { _ = try own.get() }
  }
}
