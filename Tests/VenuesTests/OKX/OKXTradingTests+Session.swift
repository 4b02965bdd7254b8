import Credentials
import Testing
import TradingModel

@testable import Venues

// How a session comes up, and goes on.
extension OKXTradingTests {
  @Test func aLogInRefusedStops() throws {
    let carrier = try carrier()
    try logOn(carrier, configuration: Self.plain)
    try answer(carrier, "/api/v5/public/instruments", instrument("BTC-USDT", 1))
    try answer(carrier, "/api/v5/public/instruments", instrument("BTC-USDT-SWAP", 2))
    carrier.receive(
      "{\"event\":\"error\",\"msg\":\"Invalid sign\",\"code\":\"60007\",\"connId\":\"a\"}")
    let session = try #require(carrier.session as? TradingSession<OKXTrading>)
    #expect(session.phase == .stopped(.signature))
    #expect(session.lastFault == "60007: Invalid sign")
  }

  @Test(arguments: [
    "{\"acctLv\":\"2\",\"posMode\":\"long_short_mode\"}",
    "{\"acctLv\":\"1\",\"posMode\":\"net_mode\"}",
  ])
  func accountsThatCannotTradeSwapsStop(configuration: String) throws {
    let carrier = try carrier()
    try logOn(carrier, configuration: configuration)
    let session = try #require(carrier.session as? TradingSession<OKXTrading>)
    #expect(session.phase == .stopped(.permission))
  }

  /// It has no code: it ends a subscription that stood, or is the answer to one that is due.
  @Test func tooManyConnectionsEndTheSubscription() throws {
    let event =
      "{\"event\":\"channel-conn-count-error\",\"channel\":\"orders\",\"connCount\":\"30\","
      + "\"connId\":\"a4d3ae55\"}"
    let carrier = try ready()
    let session = try #require(carrier.session as? TradingSession<OKXTrading>)
    carrier.receive(event)
    #expect(reports(carrier).map(\.kind) == [.disconnected])
    #expect(carrier.takeTexts().isEmpty)
    carrier.pass(seconds: 8)
    #expect(carrier.takeTexts().map(\.text) == [OKX.userStreamSubscription])
    carrier.receive(event)
    #expect(session.lastFault == OKXTrading.countErrorText && session.phase == .down)
    carrier.pass(seconds: 3)
    #expect(carrier.takeTexts().map(\.text) == [OKX.userStreamSubscription])
    for channel in ["orders", "account", "positions", "balance_and_position"] {
      carrier.receive(
        "{\"event\":\"subscribe\",\"arg\":{\"channel\":\"\(channel)\"},\"connId\":\"a4d3ae55\"}")
    }
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected])
  }

  @Test func logsInAgainWhenItsConnectionIsLost() throws {
    let carrier = try open()
    var request = newOrder(37)
    request.price = 1_000
    carrier.send(request)
    _ = carrier.takeTexts()
    carrier.close(0)
    #expect(reports(carrier).map(\.kind) == [.answerLost, .disconnected])
    _ = carrier.takeKinds()
    carrier.open(0)
    // The instruments are known.
    #expect(carrier.takeRequests().isEmpty)
    #expect(carrier.takeTexts().map { $0.text.prefix(12) } == ["{\"op\":\"login"])
    carrier.receive("{\"event\":\"login\",\"code\":\"0\",\"msg\":\"\"}")
    for _ in 0..<OKX.userStreamChannelCount {
      carrier.receive("{\"event\":\"subscribe\",\"arg\":{\"channel\":\"orders\"}}")
    }
    #expect(reports(carrier).map(\.kind) == [.connected])
  }

  @Test func saysPing() throws {
    let carrier = try ready()
    _ = carrier.takeTexts()
    carrier.pass(seconds: 21)
    #expect(carrier.takeTexts().map(\.text) == ["ping"])
    carrier.receive("pong")
    #expect(reports(carrier).isEmpty)
  }

  @Test func messagesThatCannotBeReadAreCounted() throws {
    let carrier = try ready()
    for text in [
      "", "{", "[]", OKXSamples.push("{}"), OKXSamples.push(OKXSamples.order(["state": "odd"])),
      OKXSamples.push(OKXSamples.order(["px": "1.x"])), "{\"arg\":{\"channel\":\"orders\"}}",
    ] { carrier.receive(text) }
    let session = try #require(carrier.session as? TradingSession<OKXTrading>)
    #expect(session.counts.malformed == 7)
    carrier.receive("{\"arg\":{\"channel\":\"else\"},\"data\":[]}")
    #expect(session.counts.malformed == 7)
  }
}
