import Credentials
import Testing
import TradingModel

@testable import Venues

// Funding payments.
extension BinanceUSDMTradingTests {
  static let funded =
    "{\"e\":\"ACCOUNT_UPDATE\",\"E\":1,\"T\":1,\"a\":{\"m\":\"FUNDING_FEE\",\"B\":[]}}"

  func income(
    _ id: Int, _ amount: String, at time: Int, symbol: String = "BTCUSDT",
    type: String = "FUNDING_FEE"
  ) -> String {
    """
    {"symbol":"\(symbol)","incomeType":"\(type)","income":"\(amount)","asset":"USDT",\
    "info":"\(type)","time":\(time),"tranId":\(id),"tradeId":""}
    """
  }

  func payments(_ carrier: SessionCarrier) -> [FundingPayment] {
    carrier.records(.fundingPayment) { FundingPayment(at: $0) }
  }

  /// The push has neither symbol nor id, so that what was paid is asked for: at once, and again, as the
  /// list may have it a little later.
  @Test func fundingIsAskedForWhenThereWasSome() throws {
    let carrier = try ready(try session(fillsSince: 1_699_999_000_000_000_000))
    carrier.receive(
      """
      {"e":"ACCOUNT_UPDATE","E":1700000001001,"T":1700000001000,"a":{"m":"FUNDING_FEE","B":[{"a":"USDT",\
      "wb":"122.5","cw":"100.1","bc":"-0.25"}]}}
      """, on: 2)
    let asked = carrier.takeRequests()
    #expect(asked.count == 1)
    #expect(
      asked[0].text.hasPrefix(
        "GET /fapi/v1/income?endTime=1700603800000&incomeType=FUNDING_FEE&limit=1000&recvWindow=5000"
          + "&startTime=1699999000000&timestamp=1700000000500&signature="))
    carrier.answer(asked[0].tag, "[]")
    #expect(payments(carrier).isEmpty)
    carrier.pass(seconds: 3)
    let again = carrier.takeRequests()
    #expect(again.count == 1)
    carrier.answer(
      again[0].tag,
      "[\(income(71, "-0.25000000", at: 1_700_000_001_000)),"
        + "\(income(72, "3", at: 1_700_000_001_000, type: "COMMISSION")),"
        + "\(income(73, "9", at: 1_700_000_001_000, symbol: "XRPUSDT"))]")
    #expect(
      payments(carrier) == [
        FundingPayment(
          listing: 3, currency: 2, paymentID: 71, venueTime: 1_700_000_001_000_000_000,
          amount: Money(try Decimal("-0.25")))
      ])
    // An order, an alert, a report: nothing else came of it.
    #expect(carrier.kinds == [.fundingPayment])
    // A last question, then it is quiet for ten minutes; the core knows what comes again by its id.
    carrier.pass(seconds: 10)
    let last = carrier.takeRequests()
    #expect(last.count == 1)
    carrier.answer(last[0].tag, "[]")
    carrier.pass(seconds: 500)
    #expect(carrier.takeRequests().allSatisfy { !$0.text.contains("income") })
    carrier.pass(seconds: 100)
    #expect(carrier.takeRequests().filter { $0.text.contains("income") }.count == 1)
  }

  /// A ready session that has told its first snapshot: the look that follows it is the one request.
  func looked(_ session: TradingSession<BinanceUSDMTrading>) throws -> (
    carrier: SessionCarrier, look: UInt64
  ) {
    let carrier = try ready(session)
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 7))
    var asked = carrier.takeRequests()
    while !asked.isEmpty, !asked[0].text.contains("income") {
      for question in asked { carrier.answer(question.tag, "[]") }
      asked = carrier.takeRequests()
    }
    #expect(reports(carrier).map(\.kind) == [.snapshotBegin, .snapshotEnd])
    try #require(asked.count == 1 && asked[0].text.contains("income"))
    return (carrier, asked[0].tag)
  }

  @Test func behindASnapshotComesTheFundingThatWasMissed() throws {
    let (carrier, look) = try looked(try session(fillsSince: 1_699_999_000_000_000_000))
    let page = (0..<1_000).map { income(100 + $0, "1", at: 1_699_999_500_000 + $0 / 2) }
    carrier.answer(look, "[\(page.joined(separator: ","))]")
    #expect(payments(carrier).count == 1_000)
    let next = carrier.takeRequests()
    #expect(next.count == 1 && next[0].text.contains("&startTime=1699999500499&"))
    // From before the balances that the journal began with: it is in them.
    carrier.answer(
      next[0].tag,
      "[\(income(1_099, "1", at: 1_699_999_500_499)),\(income(7, "5", at: 1_699_998_000_000))]")
    #expect(payments(carrier).map(\.paymentID).suffix(2) == [1_099, 1_099])
    // The next look reaches an hour back from the last that was whole, and not before the journal.
    for since in [1_699_999_000_000, 1_700_004_200_500] {
      carrier.now.wall += 7_200_000_000_000
      carrier.pass(seconds: 601)
      let asked = carrier.takeRequests().filter { $0.text.contains("income") }
      #expect(
        asked.count == 1 && asked[0].text.contains("&startTime=\(since)&"), "\(asked.map(\.text))")
      for question in asked { carrier.answer(question.tag, "[]") }
    }
  }

  /// Windows of seven days, each from where the one before ended.
  @Test func fundingOfMoreThanAWeekIsAskedForByWindows() throws {
    let week = 7 * 86_400_000
    let start = 1_700_000_000_000 - 2 * week
    var (carrier, look) = try looked(try session(fillsSince: Timestamp(start) * 1_000_000))
    for window in 1...2 {
      carrier.answer(look, "[]")
      let asked = carrier.takeRequests()
      try #require(asked.count == 1)
      #expect(asked[0].text.contains("&startTime=\(start + window * week)&"))
      look = asked[0].tag
    }
    carrier.answer(look, "[]")
    #expect(carrier.takeRequests().isEmpty)
  }

  /// The venue tells of each contract's payment by itself.
  @Test func manyPaymentsAtOnceAreOneQuestion() throws {
    let (carrier, look) = try looked(try session(fillsSince: 1_699_999_000_000_000_000))
    carrier.answer(look, "[]")
    carrier.pass(seconds: 60)
    _ = carrier.takeRequests()
    for _ in 0..<20 { carrier.receive(Self.funded, on: 2) }
    let first = carrier.takeRequests()
    #expect(first.count == 1)
    // While it is under way, nothing else is asked; then twice more.
    carrier.pass(seconds: 20)
    #expect(carrier.takeRequests().isEmpty)
    carrier.answer(first[0].tag, "[]")
    for _ in 0..<2 {
      carrier.pass(seconds: 12)
      let asked = carrier.takeRequests()
      #expect(asked.count <= 1)
      for question in asked { carrier.answer(question.tag, "[]") }
    }
    carrier.pass(seconds: 60)
    #expect(carrier.takeRequests().filter { $0.text.contains("income") }.isEmpty)
  }

  @Test func aQuestionForFundingThatFailsIsAskedAgain() throws {
    let session = try session(fillsSince: 1_699_999_000_000_000_000)
    let (carrier, look) = try looked(session)
    carrier.answer(look, status: 503, "{\"code\":-1000,\"msg\":\"Unknown error\"}")
    carrier.pass(seconds: 6)
    let again = carrier.takeRequests()
    try #require(again.count == 1 && again[0].text.contains("income"))
    // Damaged: counted, nothing told of it, and asked again, later than before.
    carrier.answer(again[0].tag, "[{\"symbol\":\"BTCUSDT\",\"incomeType\":\"FUNDING_FEE\"}]")
    #expect(session.counts.malformed == 1 && payments(carrier).isEmpty)
    carrier.pass(seconds: 6)
    #expect(carrier.takeRequests().isEmpty)
    carrier.pass(seconds: 5)
    let third = carrier.takeRequests()
    try #require(third.count == 1)
    // No answer at all: it is given up.
    carrier.pass(seconds: 31)
    carrier.pass(seconds: 21)
    let fourth = carrier.takeRequests().filter { $0.text.contains("income") }
    try #require(fourth.count == 1)
    carrier.answer(third[0].tag, "[\(income(1, "1", at: 1_700_000_000_000))]")
    #expect(payments(carrier).isEmpty)
    carrier.answer(fourth[0].tag, "[\(income(1, "1", at: 1_700_000_000_000))]")
    #expect(payments(carrier).count == 1)
  }

  /// What is told of symbols that are not followed cannot be in the way; a currency that the run does not
  /// know is told to people.
  @Test func fundingThatCannotBeBookedIsTold() throws {
    let session = try session(fillsSince: 1_699_999_000_000_000_000)
    let (carrier, look) = try looked(session)
    let odd = income(9, "-1", at: 1_700_000_000_000).replacing(
      "USDT\",\"info", with: "BNFCR\",\"info")
    carrier.answer(
      look, "[\(odd),\(odd),\(income(0, "1", at: 1_700_000_000_000, symbol: "XRPUSDT"))]")
    #expect(session.counts.malformed == 0 && payments(carrier).isEmpty)
    let warnings = session.takeWarnings()
    #expect(warnings.count == 1 && warnings[0].contains("BNFCR"))
  }

  /// Funding without its asset would be lost in silence: the look is taken again.
  @Test func fundingWithoutItsAssetIsRefused() throws {
    let session = try session(fillsSince: 1_699_999_000_000_000_000)
    let (carrier, look) = try looked(session)
    let whole = income(9, "-1", at: 1_700_000_000_000)
    let odd = whole.replacing("\"asset\":\"USDT\",", with: "")
    try #require(odd != whole)
    carrier.answer(look, "[\(odd)]")
    #expect(session.counts.malformed == 1 && payments(carrier).isEmpty)
  }
}
