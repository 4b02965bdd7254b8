import Credentials
import Testing
import TradingModel

@testable import Venues

/// The trading session with Bybit's dialect, and a venue played by hand.
@Suite struct BybitTradingTests {
  static let listing = Listing(
    index: 3, venue: 2, instrument: 0, base: 1, quote: 2, contractKind: .linear, priceDecimals: 2,
    quantityDecimals: 3)
  // Channels: trade stream, private stream, REST.
  let entry = 0
  let stream = 1
  let rest = 2

  func carrier(
    _ category: BybitCategory = .linear, environment: String = "live", since: Timestamp = 0
  ) throws -> SessionCarrier {
    let description = BybitDescription.of(category)
    let account = AccountNames(
      venue: 2, listings: [(Self.listing, "BTCUSDT")], currencies: [("BTC", 1), ("USDT", 2)],
      clientOrderIDPrefix: "nt-", fillsSince: since)
    let credential = VenueCredential(apiKey: "key", kind: .hmac, secret: SecretBytes("secret"))
    let venue: any BybitVenue.Type = category == .spot ? BybitSpot.self : BybitLinear.self
    return SessionCarrier(
      try venue.tradingSession(
        try #require(description.environment(environment)), credential, account,
        budget: SharedBudget(description.rateLimits)))
  }

  /// Connected, and its first snapshot not asked for yet. The next tag is 6, of spot 5.
  func ready(
    _ category: BybitCategory = .linear, since: Timestamp = 0
  ) throws -> SessionCarrier {
    let carrier = try carrier(category, since: since)
    carrier.start()
    #expect(carrier.takeRequests().isEmpty)
    carrier.open(stream)
    #expect(carrier.takeRequests().map(\.text) == ["GET /v5/market/time"])
    carrier.answer(
      1,
      "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"timeSecond\":\"1700000000\","
        + "\"timeNano\":\"1700000000500000000\"},\"retExtInfo\":{},\"time\":1700000000500}",
      on: rest)
    carrier.open(entry)
    let trade = carrier.takeTexts()
    #expect(trade.count == 1 && trade[0].channel == entry)
    #expect(
      trade[0].text.hasPrefix("{\"reqId\":\"2\",\"op\":\"auth\",\"args\":[\"key\",1700000010500,\"")
    )
    carrier.receive(
      "{\"reqId\":\"2\",\"retCode\":0,\"retMsg\":\"OK\",\"op\":\"auth\",\"connId\":\"x\"}",
      on: entry)
    #expect(carrier.takeTexts().map(\.channel) == [stream])
    // The private stream does not say which log-on it answers.
    carrier.receive(
      "{\"success\":true,\"ret_msg\":\"\",\"op\":\"auth\",\"conn_id\":\"y\"}", on: stream)
    let topics = category == .linear ? ",\"position\"" : ""
    #expect(
      carrier.takeTexts().map(\.text) == [
        "{\"req_id\":\"4\",\"op\":\"subscribe\",\"args\":[\"order\",\"execution\",\"wallet\"\(topics)]}"
      ])
    #expect(reports(carrier).isEmpty)
    carrier.receive(
      "{\"success\":true,\"ret_msg\":\"\",\"conn_id\":\"y\",\"req_id\":\"4\",\"op\":\"subscribe\"}",
      on: stream)
    if category == .linear {
      #expect(
        carrier.takeRequests().map(\.text) == [
          "GET /v5/position/list?category=linear&symbol=BTCUSDT&limit=200"
        ])
      #expect(reports(carrier).isEmpty)
      carrier.answer(5, position(0), on: rest)
    }
    #expect(reports(carrier).map(\.kind) == [.connected])
    _ = carrier.takeKinds()
    return carrier
  }

  /// As an account without a position is answered.
  func position(_ indices: Int...) -> String {
    let rows = indices.map {
      "{\"positionIdx\":\($0),\"symbol\":\"BTCUSDT\",\"side\":\"\",\"size\":\"0\",\"avgPrice\":\"0\"}"
    }
    return list(rows)
  }

  func reports(_ carrier: SessionCarrier) -> [VenueReport] {
    carrier.records(.venueReport) { VenueReport(at: $0) }
  }

  func request(
    _ kind: VenueRequestKind, _ id: OrderID = 36, version: RequestVersion = 1,
    price: Int64 = 6_000_000, quantity: Int64 = 1_500
  ) -> VenueRequest {
    VenueRequest(
      kind: kind, side: .buy, listing: 3, venue: 2, orderID: id, version: version, price: price,
      quantity: quantity)
  }

  func order(
    _ status: String, price: String = "60000", quantity: String = "1.5", filled: String = "0",
    link: String = "nt-10", category: String = "linear", extra: String = ""
  ) -> String {
    """
    {"category":"\(category)","symbol":"BTCUSDT","orderId":"fd4300ae-7847-404e-b947-b46980a4d140",\
    "side":"Buy","orderType":"Limit","cancelType":"UNKNOWN","price":"\(price)","qty":"\(quantity)",\
    "timeInForce":"GTC","orderStatus":"\(status)","orderLinkId":"\(link)","leavesQty":"1.5",\
    "cumExecQty":"\(filled)","rejectReason":"EC_NoError","triggerPrice":"",\
    "createdTime":"1700000000900","updatedTime":"1700000001000"\(extra)}
    """
  }

  func fill(
    _ trade: String, quantity: String = "0.5", link: String = "nt-10", extra: String = ""
  ) -> String {
    """
    {"category":"linear","symbol":"BTCUSDT","execFee":"0.33","execId":"\(trade)",\
    "execPrice":"60000.00","execQty":"\(quantity)","execType":"Trade","isMaker":true,\
    "feeRate":"0.00055","orderId":"fd4300ae-7847-404e-b947-b46980a4d140","orderLinkId":"\(link)",\
    "side":"Buy","execTime":"1700000001100","seq":9\(extra)}
    """
  }

  func push(_ topic: String, _ items: String...) -> String {
    "{\"id\":\"i\",\"topic\":\"\(topic)\",\"creationTime\":1700000001000,\"data\":["
      + items.joined(separator: ",") + "]}"
  }

  func list(_ items: [String], cursor: String = "") -> String {
    "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"category\":\"linear\",\"nextPageCursor\":\"\(cursor)\","
      + "\"list\":[\(items.joined(separator: ","))]},\"retExtInfo\":{},\"time\":1700000001000}"
  }

  func acknowledge(_ carrier: SessionCarrier, _ tag: Int, _ operation: String = "create") {
    carrier.receive(
      """
      {"reqId":"\(tag)","retCode":0,"retMsg":"OK","op":"order.\(operation)","data":{"orderId":\
      "fd4300ae-7847-404e-b947-b46980a4d140","orderLinkId":"nt-10"},"header":{"X-Bapi-Limit":"10",\
      "X-Bapi-Limit-Status":"9","X-Bapi-Limit-Reset-Timestamp":"1711001595208","Traceid":"t",\
      "Timenow":"1711001595209"},"connId":"x"}
      """, on: entry)
  }

  @Test func entersAnOrderAndTellsWhatThePrivateStreamSays() throws {
    let carrier = try ready()
    carrier.send(request(.newOrder))
    let sent = carrier.takeTexts()
    #expect(sent.count == 1 && sent[0].tag == 6 && sent[0].channel == entry)
    #expect(
      sent[0].text
        == "{\"reqId\":\"6\",\"header\":{\"X-BAPI-TIMESTAMP\":\"1700000000500\","
        + "\"X-BAPI-RECV-WINDOW\":\"5000\"},\"op\":\"order.create\",\"args\":[{\"category\":\"linear\","
        + "\"symbol\":\"BTCUSDT\",\"side\":\"Buy\",\"orderType\":\"Limit\",\"qty\":\"1.5\","
        + "\"price\":\"60000\",\"timeInForce\":\"GTC\",\"orderLinkId\":\"nt-10\"}]}")
    acknowledge(carrier, 6)
    // It was received: nothing is known yet.
    #expect(reports(carrier).isEmpty)
    carrier.receive(push("order", order("New")), on: stream)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.accepted])
    #expect(told[0].orderID == 36 && told[0].version == 1 && told[0].listing == 3)
    #expect(told[0].price == 6_000_000 && told[0].quantity == 1_500 && told[0].venueOrderID != 0)
    _ = carrier.takeKinds()
    // The state says no more than the fill does.
    carrier.receive(push("execution", fill("a-1")), on: stream)
    carrier.receive(push("order", order("PartiallyFilled", filled: "0.5")), on: stream)
    let fills = reports(carrier)
    #expect(fills.map(\.kind) == [.fill])
    #expect(fills[0].orderID == 36 && fills[0].lastQuantity == 500)
    #expect(fills[0].lastPrice == 6_000_000 && fills[0].liquidity == .maker)
    #expect(fills[0].fee == Money(try Decimal("0.33")) && fills[0].feeCurrency == 2)
    #expect(fills[0].tradeID >> 63 == 1)
  }

  @Test func anErrorIsARefusalOrAQuestion() throws {
    let carrier = try ready()
    for id in 1...4 as ClosedRange<OrderID> { carrier.send(request(.newOrder, id)) }
    func refuse(_ tag: Int, _ code: Int) {
      carrier.receive(
        "{\"reqId\":\"\(tag)\",\"retCode\":\(code),\"retMsg\":\"m\",\"op\":\"order.create\","
          + "\"data\":{},\"retExtInfo\":{},\"connId\":\"x\"}", on: entry)
    }
    refuse(6, 110_007)
    refuse(7, 10_016)
    refuse(8, 123_456)
    refuse(9, 10_006)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.rejected, .answerLost, .answerLost, .rejected])
    #expect(told.map(\.orderID) == [1, 2, 3, 4])
    #expect(told[0].reason == .insufficientBalance && told[3].reason == .rateLimited)
    // The limit is a second's.
    carrier.send(request(.newOrder, 5))
    #expect(reports(carrier).last?.kind == .notSent)
    carrier.pass(seconds: 1.1)
    _ = carrier.takeTexts()
    carrier.send(request(.newOrder, 6))
    #expect(carrier.takeTexts().count == 1)
  }

  @Test func changesAnOrderInItsPlace() throws {
    let carrier = try ready()
    carrier.send(request(.newOrder))
    acknowledge(carrier, 6)
    carrier.receive(push("order", order("New")), on: stream)
    _ = carrier.takeKinds()
    _ = carrier.takeTexts()
    carrier.send(request(.replace, version: 2, price: 6_100_000, quantity: 2_000))
    #expect(
      carrier.takeTexts()[0].text.hasSuffix(
        "\"op\":\"order.amend\",\"args\":[{\"category\":\"linear\",\"symbol\":\"BTCUSDT\","
          + "\"orderLinkId\":\"nt-10\",\"qty\":\"2\",\"price\":\"61000\"}]}"))
    acknowledge(carrier, 7, "amend")
    #expect(reports(carrier).isEmpty)
    carrier.receive(push("order", order("New", price: "61000", quantity: "2")), on: stream)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.replaced])
    #expect(told[0].version == 2 && told[0].price == 6_100_000 && told[0].quantity == 2_000)
    _ = carrier.takeKinds()
    carrier.send(request(.replace, version: 3, price: 6_200_000, quantity: 2_000))
    carrier.receive(
      "{\"reqId\":\"8\",\"retCode\":110001,\"retMsg\":\"order not exists or too late to replace\","
        + "\"op\":\"order.amend\",\"data\":{},\"connId\":\"x\"}", on: entry)
    #expect(reports(carrier).map(\.kind) == [.replaceRejected])
    #expect(reports(carrier)[0].version == 3 && reports(carrier)[0].reason == .unknownOrder)
  }

  @Test func cancelsAnOrder() throws {
    let carrier = try ready()
    carrier.send(request(.newOrder))
    acknowledge(carrier, 6)
    carrier.receive(push("order", order("New")), on: stream)
    _ = carrier.takeKinds()
    carrier.send(request(.cancel, version: 2))
    acknowledge(carrier, 7, "cancel")
    #expect(reports(carrier).isEmpty)
    carrier.receive(
      push(
        "order",
        order("Cancelled").replacing("\"UNKNOWN\"", with: "\"CancelByUser\"")
          .replacing("EC_NoError", with: "EC_PerCancelRequest")), on: stream)
    #expect(reports(carrier).map(\.kind) == [.canceled])
    #expect(reports(carrier)[0].orderID == 36 && reports(carrier)[0].reason == .none)
  }

  @Test func endsAreTold() throws {
    let carrier = try ready()
    func end(_ order: String) -> VenueReport? {
      _ = carrier.takeKinds()
      carrier.receive(push("order", order), on: stream)
      return reports(carrier).first
    }
    let postOnly = end(
      order("Cancelled").replacing("EC_NoError", with: "EC_PostOnlyWillTakeLiquidity"))
    #expect(postOnly?.kind == .rejected && postOnly?.reason == .wouldTake && postOnly?.version == 1)
    let refused = end(order("Rejected").replacing("EC_NoError", with: "EC_EcInvalidQty"))
    #expect(refused?.kind == .rejected && refused?.reason == .quantityOutsideLimits)
    let timed = end(order("Cancelled").replacing("GTC", with: "IOC"))
    #expect(timed?.kind == .expired)
    let nothing = end(order("Cancelled").replacing("EC_NoError", with: "EC_NoImmediateQtyToFill"))
    #expect(nothing?.kind == .expired && nothing?.reason == .noLiquidity)
    let own = end(order("Cancelled").replacing("\"UNKNOWN\"", with: "\"CancelBySmp\""))
    #expect(own?.kind == .canceled && own?.reason == .selfTrade)
    let rest = end(order("PartiallyFilledCanceled", filled: "0.5"))
    #expect(rest?.kind == .canceled && rest?.cumulativeQuantity == 500)
    let triggered = end(order("Triggered"))
    #expect(triggered?.kind == .triggered)
    // Others' orders, and those of the other category under the same symbol, are left alone.
    #expect(end(order("New", link: "")) == nil)
    #expect(end(order("New", category: "spot")) == nil)
  }

  @Test func aQueryIsAnsweredByFillsAndThenTheState() throws {
    let carrier = try ready()
    _ = carrier.takeRequests()
    carrier.send(request(.queryOrder, version: 4))
    #expect(
      carrier.takeRequests() == [
        .init(
          channel: rest, tag: 6,
          text: "GET /v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=nt-10")
      ])
    carrier.answer(6, list([order("PartiallyFilled", filled: "1")]), on: rest)
    #expect(
      carrier.takeRequests() == [
        .init(
          channel: rest, tag: 7,
          text: "GET /v5/execution/list?category=linear&orderLinkId=nt-10&limit=100")
      ])
    #expect(reports(carrier).isEmpty)
    // The newest comes first, and the cursor is as the venue wrote it.
    carrier.answer(7, list([fill("b"), fill("a")], cursor: "1%3A2%2C3"), on: rest)
    #expect(
      carrier.takeRequests().map(\.text) == [
        "GET /v5/execution/list?category=linear&orderLinkId=nt-10&limit=100&cursor=1%3A2%2C3"
      ])
    carrier.answer(8, list([]), on: rest)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.fill, .fill, .statusOpen])
    #expect(told[2].cumulativeQuantity == 1_000 && told[2].version == 4)
    let first = Array("a".utf8).withUnsafeBytes { BybitIdentifier.number($0) }
    #expect(told[0].tradeID == first)
  }

  @Test func anAbsentOrderIsLookedForInTheHistory() throws {
    let carrier = try ready()
    carrier.send(request(.queryOrder))
    carrier.answer(6, list([]), on: rest)
    #expect(reports(carrier).map(\.kind) == [.answerLost])
    _ = carrier.takeKinds()
    _ = carrier.takeRequests()
    carrier.send(request(.queryOrder))
    #expect(
      carrier.takeRequests().map(\.text) == [
        "GET /v5/order/history?category=linear&symbol=BTCUSDT&orderLinkId=nt-10"
      ])
    carrier.answer(7, list([]), on: rest)
    #expect(reports(carrier).map(\.kind) == [.notFound])
    _ = carrier.takeRequests()
    carrier.send(request(.queryOrder))
    #expect(carrier.takeRequests()[0].text.hasPrefix("GET /v5/order/realtime?"))
  }

  /// The order stood after all: when it is in doubt again, it is looked for among the open ones first.
  @Test func anOrderThatIsSeenIsNoLongerAbsent() throws {
    let carrier = try ready()
    carrier.send(request(.queryOrder))
    carrier.answer(6, list([]), on: rest)
    carrier.receive(push("order", order("New")), on: stream)
    _ = carrier.takeRequests()
    carrier.send(request(.queryOrder))
    #expect(
      carrier.takeRequests().map(\.text).allSatisfy { $0.hasPrefix("GET /v5/order/realtime?") })
  }

  @Test func aFullLookHasOpenOrdersAndFills() throws {
    let since: Timestamp = 1_699_999_000_000_000_000
    let carrier = try ready(since: since)
    _ = carrier.takeRequests()
    carrier.send(
      VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    let asked = carrier.takeRequests()
    #expect(
      asked.map(\.text) == [
        "GET /v5/order/realtime?category=linear&settleCoin=USDT&openOnly=0&limit=50",
        "GET /v5/execution/list?category=linear&startTime=1699999000000&endTime=1700603740000&limit=100",
      ])
    let long = String(repeating: "c", count: 100)
    carrier.answer(asked[0].tag, list([order("New")], cursor: long), on: rest)
    let page = carrier.takeRequests()
    #expect(page.map(\.text) == [asked[0].text + "&cursor=" + long])
    carrier.answer(
      asked[1].tag, list([fill("a"), fill("z", link: "theirs").replacing("fd43", with: "ad43")]),
      on: rest)
    #expect(reports(carrier).isEmpty)
    carrier.answer(page[0].tag, list([]), on: rest)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.snapshotBegin, .fill, .statusOpen, .snapshotEnd])
    #expect(told[0].version == 9)
    _ = carrier.takeRequests()
    // The next look asks from a little before this one.
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 10))
    #expect(carrier.takeRequests()[1].text.contains("startTime=1699999940500&"))
  }

  /// The venue lists at most seven days at once.
  @Test func fillsOfLongAgoAreAskedForInSpans() throws {
    let carrier = try ready(since: 1_699_000_000_000_000_000)
    _ = carrier.takeRequests()
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    let asked = carrier.takeRequests()
    #expect(asked[1].text.contains("startTime=1699000000000&endTime=1699604740000&"))
    carrier.answer(asked[0].tag, list([]), on: rest)
    carrier.answer(asked[1].tag, list([fill("a")]), on: rest)
    let next = carrier.takeRequests()
    #expect(next[0].text.contains("startTime=1699604740000&endTime=1700209480000&"))
    carrier.answer(next[0].tag, list([fill("b")]), on: rest)
    #expect(
      reports(carrier).map(\.kind) == [.snapshotBegin, .fill, .fill, .snapshotEnd])
  }

  /// Spot charges what an order received; a maker with a rebate gets the other coin.
  @Test func feesOfSpotAreInTheCoinReceived() throws {
    let carrier = try ready(.spot)
    func told(_ item: String) -> VenueReport? {
      _ = carrier.takeKinds()
      carrier.receive(
        push("execution", item.replacing("\"linear\"", with: "\"spot\"")), on: stream)
      return reports(carrier).first
    }
    #expect(told(fill("1"))?.feeCurrency == 1)
    #expect(told(fill("2").replacing("\"Buy\"", with: "\"Sell\""))?.feeCurrency == 2)
    #expect(told(fill("3").replacing("\"0.00055\"", with: "\"-0.0001\""))?.feeCurrency == 2)
    #expect(told(fill("4", extra: ",\"feeCurrency\":\"USDT\""))?.feeCurrency == 2)
    #expect(told(fill("2100000000007764263"))?.tradeID == 2_100_000_000_007_764_263)
    // A coin that the run does not have is not booked under another.
    #expect(told(fill("5", extra: ",\"feeCurrency\":\"MNT\""))?.fee == .zero)
    // Funding is no trade.
    #expect(told(fill("6").replacing("\"Trade\"", with: "\"Funding\"")) == nil)
  }
}
