import Credentials
import Testing
import TradingModel

@testable import Venues

/// OKX's countdown, one for the account.
@Suite struct OKXDeadManTests {
  typealias Session = TradingSession<OKXTrading>

  private func carrier() throws -> SessionCarrier {
    let account = AccountNames(
      venue: 2, listings: [(OKXTradingTests.listing, "BTC-USDT")],
      currencies: [("BTC", 1), ("USDT", 2)], clientOrderIDPrefix: "nt-",
      fillsSince: 1_699_999_000_000_000_000, deadMan: DeadManSetting(seconds: 60))
    return SessionCarrier(
      try OKX.tradingSession(
        OKX.description.environments[0],
        VenueCredential(
          apiKey: "key", kind: .hmac, secret: SecretBytes("secret"),
          passphrase: SecretBytes("pass")), account,
        budget: SharedBudget(OKX.description.rateLimits)))
  }

  /// Logged on; what comes next was not answered.
  private func logOn(_ carrier: SessionCarrier) {
    carrier.start()
    carrier.open(1)
    carrier.open(0)
    for data in [
      "{\"ts\":\"1700000000500\"}", "{\"acctLv\":\"2\",\"posMode\":\"net_mode\"}",
      "{\"instId\":\"BTC-USDT\",\"instType\":\"SPOT\",\"tickSz\":\"0.1\",\"lotSz\":\"0.01\","
        + "\"minSz\":\"0.01\",\"instIdCode\":1}",
    ] { yes(carrier, data) }
    carrier.receive("{\"event\":\"login\",\"code\":\"0\",\"msg\":\"\",\"connId\":\"a\"}")
    for channel in ["orders", "account", "positions", "balance_and_position"] {
      carrier.receive(
        "{\"event\":\"subscribe\",\"arg\":{\"channel\":\"\(channel)\"},\"connId\":\"a\"}")
    }
  }

  private func yes(_ carrier: SessionCarrier, _ data: String) {
    guard let asked = carrier.takeRequests().first else {
      Issue.record("nothing was asked")
      return
    }
    carrier.answer(asked.tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(data)]}")
  }

  private static let armed =
    "{\"triggerTime\":\"1700000060500\",\"tag\":\"\",\"ts\":\"1700000000500\"}"

  private func reports(_ carrier: SessionCarrier) -> [VenueReport] {
    defer { _ = carrier.takeKinds() }
    return carrier.records(.venueReport) { VenueReport(at: $0) }
  }

  @Test func oneCountdownProtectsTheAccount() throws {
    let carrier = try carrier()
    logOn(carrier)
    let arm = "POST /api/v5/trade/cancel-all-after {\"timeOut\":\"60\"}"
    #expect(carrier.requests.map(\.text) == [arm])
    #expect(reports(carrier).isEmpty)
    yes(carrier, Self.armed)
    #expect(reports(carrier).map(\.kind) == [.connected])
    carrier.pass(seconds: 20)
    #expect(carrier.requests.map(\.text) == [arm])
    yes(carrier, Self.armed)
    carrier.disarm()
    #expect(
      carrier.requests.map(\.text) == ["POST /api/v5/trade/cancel-all-after {\"timeOut\":\"0\"}"])
    yes(carrier, "{\"triggerTime\":\"0\",\"tag\":\"\",\"ts\":\"1700000020500\"}")
    #expect(try #require(carrier.common as? Session).isDisarming == false)
  }

  /// It may be set once a second: that limit stops nothing else.
  @Test func aLimitOfItsOwnShutsNothingElseOut() throws {
    let carrier = try carrier()
    logOn(carrier)
    carrier.answer(
      carrier.takeRequests()[0].tag, status: 429,
      "{\"code\":\"50011\",\"msg\":\"Rate limit reached.\",\"data\":[]}")
    let session = try #require(carrier.common as? Session)
    #expect(session.shared.budget.bannedUntil == .min)
    #expect(reports(carrier).isEmpty)
    // Within two seconds our own count has no room for a second one.
    carrier.pass(seconds: 3)
    try #require(carrier.requests.count == 1)
    yes(carrier, Self.armed)
    #expect(reports(carrier).map(\.kind) == [.connected])
  }

  @Test func whatItCancelsHasItsReason() throws {
    let carrier = try carrier()
    logOn(carrier)
    yes(carrier, Self.armed)
    carrier.receive(OKXSamples.push(OKXSamples.order()))
    _ = reports(carrier)
    carrier.receive(
      OKXSamples.push(OKXSamples.order(["state": "canceled", "cancelSource": "20"])))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.canceled] && told[0].reason == .deadManSwitch)
  }
}
