import Credentials
import Testing
import TradingModel

@testable import Venues

// Funding payments.
extension OKXTradingTests {
  func bill(
    _ id: String, _ change: String, type: String = "8", symbol: String = "BTC-USDT-SWAP",
    time: String = "1700000000400"
  ) -> String {
    """
    {"bal":"100","balChg":"\(change)","billId":"\(id)","ccy":"USDT","clOrdId":"","execType":"",\
    "fee":"0","instId":"\(symbol)","instType":"SWAP","mgnMode":"cross","ordId":"","pnl":"\(change)",\
    "posBal":"","posBalChg":"","px":"","subType":"173","sz":"","ts":"\(time)","type":"\(type)"}
    """
  }

  func payments(_ carrier: SessionCarrier) -> [FundingPayment] {
    carrier.records(.fundingPayment) { FundingPayment(at: $0) }
  }

  /// The push says that there was funding, the bills say which.
  @Test func fundingIsAskedForWhenThereWasSome() throws {
    let carrier = try ready()
    func told(_ event: String) -> String {
      """
      {"arg":{"channel":"balance_and_position","uid":"1"},"data":[{"pTime":"1700000000400",\
      "eventType":"\(event)","balData":[{"ccy":"USDT","cashBal":"99","uTime":"1700000000400"}],\
      "posData":[],"trades":[]}]}
      """
    }
    carrier.receive(told("snapshot"))
    carrier.receive(told("filled"))
    #expect(carrier.takeRequests().isEmpty)
    carrier.receive(told("funding_fee"))
    let asked = carrier.takeRequests()
    #expect(
      asked.map(\.text) == [
        "GET /api/v5/account/bills?instType=SWAP&type=8&begin=1699999000000&limit=100"
      ])
    let page = (0..<100).map { bill("\(900 - $0)", "-0.1") }
    carrier.answer(
      asked[0].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(page.joined(separator: ","))]}")
    #expect(payments(carrier).count == 100)
    let next = carrier.takeRequests()
    #expect(next.count == 1 && next[0].text.hasSuffix("&after=801&limit=100"))
    carrier.answer(
      next[0].tag,
      "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(bill("800", "2.5")),\(bill("799", "1", type: "2")),"
        + "\(bill("798", "1", symbol: "XRP-USDT-SWAP")),\(bill("7", "1", time: "1699998000000"))]}")
    let last = try #require(payments(carrier).last)
    #expect(payments(carrier).count == 101)
    #expect(
      last
        == FundingPayment(
          listing: 5, currency: 2, paymentID: 800, venueTime: 1_700_000_000_400_000_000,
          amount: Money(try Decimal("2.5"))))
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.counts.malformed == 0)
  }

  @Test func olderFundingIsInTheArchive() throws {
    let carrier = try ready(since: 1_690_000_000_000_000_000)
    carrier.pass(seconds: 121)
    #expect(
      carrier.takeRequests().filter { $0.text.contains("type=8") }[0].text.hasPrefix(
        "GET /api/v5/account/bills-archive?instType=SWAP&type=8&begin=1690000000000"))
  }
}
