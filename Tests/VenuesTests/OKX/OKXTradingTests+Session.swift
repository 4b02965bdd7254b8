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
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
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
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.phase == .stopped(.permission))
  }

  /// It has no code: it ends a subscription that stood, or is the answer to one that is due.
  @Test func tooManyConnectionsEndTheSubscription() throws {
    let event =
      "{\"event\":\"channel-conn-count-error\",\"channel\":\"orders\",\"connCount\":\"30\","
      + "\"connId\":\"a4d3ae55\"}"
    let carrier = try ready()
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
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
      "", "{", "[]", OKXSamples.push("{}"), OKXSamples.push(OKXSamples.order(["px": "1.x"])),
      OKXSamples.push(OKXSamples.order(["side": "odd"])), "{\"arg\":{\"channel\":\"orders\"}}",
    ] { carrier.receive(text) }
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.counts.malformed == 7)
    carrier.receive("{\"arg\":{\"channel\":\"else\"},\"data\":[]}")
    #expect(session.counts.malformed == 7)
    // What they said is not known: all is asked for, at once and then after a pause.
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected, .disconnected])
    #expect(session.takeWarnings().count == 2)
    _ = carrier.takeKinds()
    carrier.pass(seconds: 1.1)
    #expect(reports(carrier).map(\.kind) == [.connected])
    _ = carrier.takeKinds()
    // The pause grows while that goes on...
    carrier.receive("{")
    carrier.pass(seconds: 1.5)
    #expect(reports(carrier).map(\.kind) == [.disconnected])
    carrier.pass(seconds: 0.5)
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected])
    _ = carrier.takeKinds()
    // ...and is forgotten when it has not for a while.
    carrier.pass(seconds: 130)
    _ = carrier.takeKinds()
    carrier.receive("{")
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected])
  }

  /// A page that is being looked at may be older than what was lost.
  @Test func aLookUnderWayIsGivenUpForAMessageThatCannotBeRead() throws {
    let carrier = try ready()
    let look = VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, orderID: 0, version: 4)
    carrier.send(look)
    let asked = carrier.takeRequests()
    carrier.receive("{")
    for part in asked {
      carrier.answer(part.tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[]}")
    }
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected])
    carrier.send(look)
    for part in carrier.takeRequests() {
      carrier.answer(part.tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[]}")
    }
    #expect(reports(carrier).map(\.kind).suffix(2) == [.snapshotBegin, .snapshotEnd])
  }

  /// Cancels go on while the account is in doubt, and a connection that is lost then is told once.
  @Test func inDoubtCancelsGoOn() throws {
    let carrier = try open()
    carrier.receive("{")
    carrier.receive("{")
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected, .disconnected])
    _ = carrier.takeKinds()
    var request = newOrder()
    request.kind = .cancel
    request.version = 2
    carrier.send(request)
    #expect(carrier.takeTexts().map { $0.text.contains("cancel-order") } == [true])
    carrier.close(0)
    #expect(reports(carrier).map(\.kind) == [.answerLost])
    carrier.pass(seconds: 3)
    #expect(reports(carrier).map(\.kind) == [.answerLost])
  }

  /// A fill in front of what cannot be read is a fill.
  @Test func whatStandsInFrontOfAFaultIsTaken() throws {
    let carrier = try open()
    let fill = OKXSamples.order([
      "state": "partially_filled", "accFillSz": "0.5", "fillSz": "0.5", "fillPx": "60000",
      "tradeId": "77", "fillTime": "1700000002000",
    ])
    carrier.receive(
      OKXSamples.push(fill, OKXSamples.order(["px": "1.x", "ordId": "9", "clOrdId": "ntX11"])))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.fill, .disconnected, .connected])
    #expect(told[0].tradeID == 77 && told[0].orderID == 36)
  }

  /// A state that counts more than was told: a fill is missing, and the core must hear of it.
  @Test func aCountAboveTheFillsToldIsTold() throws {
    let carrier = try open()
    let state = OKXSamples.order(["state": "partially_filled", "accFillSz": "0.5"])
    carrier.receive(OKXSamples.push(state))
    carrier.receive(OKXSamples.push(state))
    #expect(reports(carrier).isEmpty)
    carrier.pass(seconds: 1.1)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.statusOpen])
    #expect(told[0].cumulativeQuantity == 50_000 && told[0].orderID == 36)
    _ = carrier.takeKinds()
    carrier.receive(OKXSamples.push(state))
    carrier.pass(seconds: 1.1)
    #expect(reports(carrier).isEmpty)
  }
}
