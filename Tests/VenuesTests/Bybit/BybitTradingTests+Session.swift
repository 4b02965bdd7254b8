import Credentials
import Testing
import TradingModel

@testable import Venues

// How a session comes up, and goes on.
extension BybitTradingTests {
  @Test func theAccountIsKept() throws {
    let carrier = try ready()
    carrier.receive(
      push(
        "wallet",
        "{\"accountType\":\"UNIFIED\",\"coin\":[{\"coin\":\"USDT\",\"walletBalance\":\"100.5\","
          + "\"locked\":\"10.25\",\"availableToWithdraw\":\"\"}]}"), on: stream)
    carrier.receive(
      push(
        "position",
        "{\"category\":\"linear\",\"symbol\":\"BTCUSDT\",\"side\":\"Sell\",\"size\":\"0.01\","
          + "\"entryPrice\":\"3641.07512\",\"positionIdx\":0}"), on: stream)
    let session = try #require(carrier.common as? TradingSession<BybitTrading>)
    #expect(session.balances.map(\.total) == [Money(try Decimal("100.5"))])
    #expect(session.balances[0].locked == Money(try Decimal("10.25")))
    #expect(session.balances[0].currency == 2)
    #expect(session.positions.map(\.quantity) == [-10])
    #expect(session.positions[0].entryPrice == 364_107 && session.positions[0].listing == 3)
  }

  @Test func keepsItsStreamsOpenAndItsClockRight() throws {
    let carrier = try ready()
    _ = carrier.takeTexts()
    carrier.pass(seconds: 21)
    let pings = carrier.takeTexts()
    #expect(pings.map(\.text) == ["{\"op\":\"ping\"}", "{\"op\":\"ping\"}"])
    #expect(Set(pings.map(\.channel)) == [entry, stream])
    carrier.receive(
      "{\"retCode\":0,\"retMsg\":\"OK\",\"op\":\"pong\",\"data\":[\"1\"],\"connId\":\"x\"}",
      on: entry)
    carrier.receive(
      "{\"req_id\":\"\",\"op\":\"pong\",\"args\":[\"1\"],\"conn_id\":\"y\"}", on: stream)
    carrier.pass(seconds: 40)
    #expect(carrier.takeRequests().map(\.text).contains("GET /v5/market/time"))
    #expect(reports(carrier).isEmpty)
  }

  @Test func aLostPrivateStreamIsLoggedOnAnew() throws {
    let carrier = try ready()
    carrier.send(request(.newOrder))
    carrier.close(stream)
    #expect(reports(carrier).map(\.kind) == [.disconnected])
    _ = carrier.takeTexts()
    carrier.open(stream)
    let time = carrier.takeRequests().last
    #expect(time?.text == "GET /v5/market/time")
    carrier.answer(
      time!.tag, "{\"retCode\":0,\"result\":{\"timeNano\":\"1700000000500000000\"}}", on: rest)
    #expect(carrier.takeTexts().map(\.channel) == [stream])
    // Orders are entered by the trade stream, which still stands.
    acknowledge(carrier, 6)
    #expect(reports(carrier).map(\.kind) == [.disconnected])
  }

  @Test func aKeyThatIsRefusedStopsTheSession() throws {
    let carrier = try carrier()
    carrier.start()
    carrier.open(stream)
    carrier.answer(
      1, "{\"retCode\":0,\"result\":{\"timeNano\":\"1700000000500000000\"}}", on: rest)
    carrier.open(entry)
    carrier.receive(
      "{\"reqId\":\"2\",\"retCode\":10003,\"retMsg\":\"API key is invalid.\",\"op\":\"auth\"}",
      on: entry)
    let session = try #require(carrier.common as? TradingSession<BybitTrading>)
    #expect(session.phase == .stopped(.key))
    #expect(session.lastFault?.contains("API key is invalid") == true)
  }

  @Test func hedgeModeIsNotTraded() throws {
    let carrier = try carrier()
    carrier.start()
    carrier.open(stream)
    carrier.answer(
      1, "{\"retCode\":0,\"result\":{\"timeNano\":\"1700000000500000000\"}}", on: rest)
    carrier.open(entry)
    carrier.receive("{\"reqId\":\"2\",\"retCode\":0,\"op\":\"auth\"}", on: entry)
    carrier.receive("{\"success\":true,\"op\":\"auth\"}", on: stream)
    carrier.receive("{\"success\":true,\"req_id\":\"4\",\"op\":\"subscribe\"}", on: stream)
    // An answer that tells no mode is none.
    carrier.answer(5, list(["{\"symbol\":\"BTCUSDT\"}"]), on: rest)
    carrier.pass(seconds: 1)
    carrier.answer(6, position(1, 2), on: rest)
    let session = try #require(carrier.common as? TradingSession<BybitTrading>)
    #expect(session.phase == .stopped(.permission))
    #expect(session.lastFault?.contains("hedge mode for BTCUSDT") == true)
    #expect(reports(carrier).isEmpty)
  }

  /// The trade stream does not serve demo accounts.
  @Test func demoAccountsEnterOrdersOverREST() throws {
    let carrier = try carrier(.spot, environment: "demo")
    #expect(carrier.session.channels.map(\.kind) == [.http, .webSocket])
    carrier.start()
    carrier.open(1)
    carrier.answer(
      1, "{\"retCode\":0,\"result\":{\"timeNano\":\"1700000000500000000\"}}", on: 0)
    carrier.receive("{\"success\":true,\"ret_msg\":\"\",\"op\":\"auth\",\"conn_id\":\"y\"}", on: 1)
    carrier.receive(
      "{\"success\":true,\"ret_msg\":\"\",\"conn_id\":\"y\",\"req_id\":\"3\",\"op\":\"subscribe\"}",
      on: 1)
    #expect(reports(carrier).map(\.kind) == [.connected])
    _ = carrier.takeRequests()
    carrier.send(request(.newOrder))
    let sent = carrier.takeRequests()
    #expect(
      sent.map(\.text) == [
        "POST /v5/order/create {\"category\":\"spot\",\"symbol\":\"BTCUSDT\",\"side\":\"Buy\","
          + "\"orderType\":\"Limit\",\"qty\":\"1.5\",\"price\":\"60000\",\"timeInForce\":\"GTC\","
          + "\"orderLinkId\":\"nt-10\"}"
      ])
    carrier.answer(
      sent[0].tag, status: 403, "access too frequent, please try again in 10 minutes", on: 0)
    #expect(reports(carrier).last?.kind == .rejected)
    #expect(reports(carrier).last?.reason == .rateLimited)
  }

  /// Whoever else uses the account may take a name that looks like ours, with any number in it.
  @Test func aNameWithANumberThatNobodyHereWroteIsLeftAlone() throws {
    let carrier = try ready()
    _ = carrier.takeKinds()
    carrier.receive(
      push("order", order("New", filled: "0.5", link: "nt-10_2_1y2p0ij32e8e7")), on: stream)
    #expect(reports(carrier).isEmpty)
    let session = try #require(carrier.common as? TradingSession<BybitTrading>)
    #expect(session.counts.foreign == 1)
  }

  /// The state may come before the fill that made it: it says that one is missing only if it does not come.
  @Test func aCountAboveTheFillsIsToldIfTheFillDoesNotCome() throws {
    let carrier = try ready()
    carrier.send(request(.newOrder))
    carrier.receive(push("order", order("New")), on: stream)
    _ = carrier.takeKinds()
    carrier.receive(push("order", order("PartiallyFilled", filled: "0.5")), on: stream)
    carrier.receive(push("execution", fill("a")), on: stream)
    carrier.pass(seconds: 1.1)
    #expect(reports(carrier).map(\.kind) == [.fill])
    _ = carrier.takeKinds()
    carrier.receive(push("order", order("PartiallyFilled", filled: "1")), on: stream)
    carrier.pass(seconds: 1.1)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.statusOpen] && told[0].cumulativeQuantity == 1_000)
  }

  /// Only the private stream tells of the account: what is lost over the other is the answer to a request.
  @Test func anUnreadableAnswerIsWaitedFor() throws {
    let carrier = try ready()
    _ = carrier.takeKinds()
    carrier.receive("{", on: entry)
    #expect(reports(carrier).isEmpty)
    carrier.receive("{", on: stream)
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected])
  }

  /// The place of a fault counts from the message's first byte, though only a part was read.
  @Test func faultsInAResultHaveTheirPlaceInTheAnswer() throws {
    let carrier = try ready()
    _ = carrier.takeRequests()
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    let body = list([order("New", price: "6x")])
    carrier.answer(carrier.takeRequests()[0].tag, body, on: rest)
    let place = try #require(body.firstRange(of: "6x")).lowerBound.utf16Offset(in: body)
    let session = try #require(carrier.common as? TradingSession<BybitTrading>)
    #expect(session.lastFault?.hasPrefix("at byte \(place) ") == true, "\(place)")
  }
}
