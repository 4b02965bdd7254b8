import Credentials
import Testing
import TradingModel

@testable import Venues

/// The countdown of Binance USD-M futures, one for each symbol.
@Suite struct BinanceUSDMDeadManTests {
  private func carrier() throws -> SessionCarrier {
    func listing(_ index: ListingIndex) -> Listing {
      Listing(
        index: index, venue: 2, instrument: InstrumentIndex(index), base: 1, quote: 2,
        contractKind: .linear, priceDecimals: 1, quantityDecimals: 3)
    }
    let account = AccountNames(
      venue: 2, listings: [(listing(3), "BTCUSDT"), (listing(4), "ETHUSDT")],
      currencies: [("USDT", 2)], clientOrderIDPrefix: "nt-",
      deadMan: DeadManSetting(seconds: 90))
    return SessionCarrier(
      try BinanceUSDM.tradingSession(
        BinanceUSDM.description.environments[0],
        VenueCredential(apiKey: "key", kind: .hmac, secret: SecretBytes("secret")), account,
        budget: SharedBudget(BinanceUSDM.description.rateLimits)))
  }

  /// Logged on; what comes next was not answered.
  private func logOn(_ carrier: SessionCarrier) {
    carrier.start()
    carrier.open(1)
    carrier.open(0)
    for body in [
      "{\"serverTime\":1700000000500}", "{\"dualSidePosition\":false}", "{\"listenKey\":\"a\"}",
    ] { carrier.answer(carrier.takeRequests()[0].tag, body) }
    carrier.open(2)
  }

  private func kinds(_ carrier: SessionCarrier) -> [VenueReportKind] {
    defer { _ = carrier.takeKinds() }
    return carrier.records(.venueReport) { VenueReport(at: $0) }.map(\.kind)
  }

  private static func request(_ milliseconds: Int, _ symbol: String, at time: Int) -> String {
    "POST /fapi/v1/countdownCancelAll?countdownTime=\(milliseconds)&recvWindow=5000"
      + "&symbol=\(symbol)&timestamp=\(time)&signature="
  }

  @Test func everySymbolHasItsCountdown() throws {
    let carrier = try carrier()
    logOn(carrier)
    let asked = carrier.takeRequests()
    try #require(asked.count == 2)
    #expect(asked[0].text.hasPrefix(Self.request(90_000, "BTCUSDT", at: 1_700_000_000_500)))
    #expect(asked[1].text.hasPrefix(Self.request(90_000, "ETHUSDT", at: 1_700_000_000_500)))
    carrier.answer(asked[0].tag, "{\"symbol\":\"BTCUSDT\",\"countdownTime\":\"90000\"}")
    #expect(kinds(carrier).isEmpty)
    carrier.answer(asked[1].tag, "{\"symbol\":\"ETHUSDT\",\"countdownTime\":\"90000\"}")
    #expect(kinds(carrier) == [.connected])
    carrier.pass(seconds: 30)
    let renewed = carrier.takeRequests()
    #expect(renewed.count == 2)
    #expect(renewed[0].text.hasPrefix(Self.request(90_000, "BTCUSDT", at: 1_700_000_030_500)))
    carrier.disarm()
    let ended = carrier.takeRequests()
    #expect(ended.count == 2)
    #expect(ended[1].text.hasPrefix(Self.request(0, "ETHUSDT", at: 1_700_000_030_500)))
  }

  @Test func whatIsNoYesIsAskedAgain() throws {
    let carrier = try carrier()
    logOn(carrier)
    var asked = carrier.takeRequests()
    carrier.answer(asked[0].tag, "{\"symbol\":\"BTCUSDT\",\"countdownTime\":\"90000\"}")
    for body in ["{\"code\":200,\"msg\":\"success\"}", "<html>"] {
      carrier.answer(asked[asked.count - 1].tag, body)
      #expect(kinds(carrier).isEmpty)
      carrier.pass(seconds: 2)
      asked = carrier.takeRequests()
      try #require(asked.count == 1)
    }
    carrier.answer(
      asked[0].tag, status: 503, "{\"code\":-1008,\"msg\":\"Service Unavailable.\"}")
    carrier.pass(seconds: 4)
    asked = carrier.takeRequests()
    try #require(asked.count == 1)
    carrier.answer(asked[0].tag, "{\"symbol\":\"ETHUSDT\",\"countdownTime\":\"90000\"}")
    #expect(kinds(carrier) == [.connected])
  }

  /// "Weight: 10", and what protects the account may use what is kept back.
  @Test func itsCostIsCounted() throws {
    let carrier = try carrier()
    let session = try #require(carrier.common as? TradingSession<BinanceUSDMTrading>)
    #expect(session.dialect.deadMan?.cost == RequestCost(weight: 10, isUrgent: true))
  }
}
