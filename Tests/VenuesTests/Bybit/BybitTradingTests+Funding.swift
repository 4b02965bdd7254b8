import Credentials
import Testing
import TradingModel

@testable import Venues

// Funding payments.
extension BybitTradingTests {
  func funding(_ id: String, _ fee: String, extra: String = "") -> String {
    """
    {"category":"linear","symbol":"BTCUSDT","orderType":"UNKNOWN","orderLinkId":"","side":"Buy",\
    "orderId":"1700000000-0-1-1-2","leavesQty":"0","execTime":"1700000000000","isMaker":false,\
    "execFee":"\(fee)","feeRate":"0.0001","execId":"\(id)","execPrice":"60000","execQty":"0.5",\
    "execValue":"30000","execType":"Funding","closedSize":"0","seq":12\(extra)}
    """
  }

  func payments(_ carrier: SessionCarrier) -> [FundingPayment] {
    carrier.records(.fundingPayment) { FundingPayment(at: $0) }
  }

  /// A push is whole: `execId` is its key, there and in the list.
  @Test func fundingIsAnExecution() throws {
    let carrier = try ready()
    let id = "3b3b1c1a-6f3b-5c5e-9a9a-000000000001"
    carrier.receive(
      push(
        "execution", funding(id, "3"), fill("t"),
        funding("b", "-0.00000001", extra: ",\"feeCurrency\":\"USDT\""),
        funding("c", "5", extra: ",\"feeCurrency\":\"XYZ\"")), on: stream)
    let told = payments(carrier)
    #expect(told.count == 2 && told[0].listing == 3 && told[0].currency == 2)
    #expect(told.map(\.amount) == [Money(try Decimal("-3")), Money(try Decimal("0.00000001"))])
    #expect(told[0].venueTime == 1_700_000_000_000_000_000)
    #expect(told[0].paymentID != told[1].paymentID && told[0].paymentID != 0)
    #expect(carrier.takeRequests().isEmpty)
    // What was missed is asked for behind the fills, with the same key.
    _ = carrier.takeKinds()
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    let asked = carrier.takeRequests()
    carrier.answer(asked[1].tag, list([funding(id, "3")]), on: rest)
    carrier.answer(asked[0].tag, list([]), on: rest)
    #expect(payments(carrier).isEmpty)
    #expect(reports(carrier).map(\.kind) == [.snapshotBegin, .snapshotEnd])
    let look = carrier.takeRequests()
    try #require(look.count == 1 && look[0].text.contains("execType=Funding"))
    carrier.answer(look[0].tag, list([funding(id, "3")]), on: rest)
    #expect(payments(carrier) == [told[0]])
  }

  @Test func fundingFromBeforeTheJournalIsInItsBalances() throws {
    let carrier = try ready(since: 1_700_000_000_100_000_000)
    carrier.receive(push("execution", funding("b", "1")), on: stream)
    #expect(payments(carrier).isEmpty)
  }

  @Test func fundingIsAskedForEveryTenMinutes() throws {
    let carrier = try ready(since: 1_699_999_000_000_000_000)
    carrier.pass(seconds: 121)
    let first = carrier.takeRequests().filter { $0.text.contains("execType=Funding") }
    try #require(first.count == 1)
    carrier.answer(first[0].tag, list([]), on: rest)
    carrier.pass(seconds: 601)
    let asked = carrier.takeRequests().filter { $0.text.contains("execType=Funding") }
    #expect(
      asked.map(\.text) == [
        "GET /v5/execution/list?category=linear&startTime=1699999000000&endTime=1700603740000"
          + "&limit=100&execType=Funding"
      ])
    carrier.answer(asked[0].tag, list([funding("b", "1")], cursor: "more"), on: rest)
    #expect(payments(carrier).count == 1)
    let next = carrier.takeRequests()
    #expect(next.count == 1 && next[0].text.contains("cursor=more"))
    carrier.unanswered(next[0].tag, on: rest)
    carrier.pass(seconds: 6)
    let again = carrier.takeRequests().filter { $0.text.contains("execType=Funding") }
    #expect(again.map(\.text) == asked.map(\.text))
    // Spot has none.
    let spot = try ready(.spot)
    spot.pass(seconds: 700)
    #expect(spot.takeRequests().allSatisfy { !$0.text.contains("Funding") })
  }
}
