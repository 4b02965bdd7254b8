import Credentials
import Testing
import TradingModel

@testable import Venues

/// The trading session with OKX's dialect, and a venue played by hand.
@Suite struct OKXTradingTests {
  static let listing = Listing(
    index: 3, venue: 2, instrument: 0, base: 1, quote: 2, contractKind: .spot, priceDecimals: 2,
    quantityDecimals: 5)
  static let swap = Listing(
    index: 5, venue: 2, instrument: 1, base: 1, quote: 2, contractKind: .linear, priceDecimals: 1,
    quantityDecimals: 2)

  private static func account(since: Timestamp) -> AccountNames {
    AccountNames(
      venue: 2, listings: [(listing, "BTC-USDT"), (swap, "BTC-USDT-SWAP")],
      currencies: [("BTC", 1), ("USDT", 2)], clientOrderIDPrefix: "nt-", fillsSince: since)
  }

  private static func credential() -> VenueCredential {
    VenueCredential(
      apiKey: "key", kind: .hmac, secret: SecretBytes("secret"), passphrase: SecretBytes("pass"))
  }

  static func dialect() throws -> OKXTrading {
    try OKXTrading(OKX.description.environments[0], credential(), account(since: 0))
  }

  func carrier(since: Timestamp = 1_699_999_000_000_000_000) throws -> SessionCarrier {
    SessionCarrier(
      try OKX.tradingSession(
        OKX.description.environments[0], Self.credential(), Self.account(since: since),
        budget: SharedBudget(OKX.description.rateLimits)))
  }

  /// Answers the one question that was asked over REST.
  func answer(_ carrier: SessionCarrier, _ target: String, _ data: String) throws {
    let asked = carrier.takeRequests()
    try #require(asked.count == 1 && asked[0].text.hasPrefix("GET \(target)"), "\(asked)")
    carrier.answer(asked[0].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(data)]}")
  }

  func instrument(_ symbol: String, _ code: Int) -> String {
    """
    {"instId":"\(symbol)","instType":"SPOT","tickSz":"0.1","lotSz":"0.01","minSz":"0.01",\
    "instIdCode":\(code)}
    """
  }

  func logOn(_ carrier: SessionCarrier, configuration: String) throws {
    carrier.start()
    carrier.open(1)
    carrier.open(0)
    try answer(carrier, "/api/v5/public/time", "{\"ts\":\"1700000000500\"}")
    try answer(carrier, "/api/v5/account/config", configuration)
  }

  static let plain =
    "{\"acctLv\":\"2\",\"posMode\":\"net_mode\",\"perm\":\"read_only,trade\"}"

  /// Connected, and its first snapshot not asked for yet.
  func ready(since: Timestamp = 1_699_999_000_000_000_000) throws -> SessionCarrier {
    let carrier = try carrier(since: since)
    try logOn(carrier, configuration: Self.plain)
    try answer(
      carrier, "/api/v5/public/instruments?instType=SPOT&instId=BTC-USDT",
      instrument("BTC-USDT", 10_458))
    try answer(
      carrier, "/api/v5/public/instruments?instType=SWAP&instId=BTC-USDT-SWAP",
      instrument("BTC-USDT-SWAP", 10_459))
    let login = carrier.takeTexts()
    try #require(login.count == 1)
    #expect(login[0].text.hasPrefix("{\"op\":\"login\",\"args\":[{\"apiKey\":\"key\","))
    carrier.receive("{\"event\":\"login\",\"code\":\"0\",\"msg\":\"\",\"connId\":\"a4d3ae55\"}")
    #expect(carrier.takeTexts().map(\.text) == [OKX.userStreamSubscription])
    for channel in ["orders", "account", "positions", "balance_and_position"] {
      #expect(reports(carrier).isEmpty)
      carrier.receive(
        "{\"event\":\"subscribe\",\"arg\":{\"channel\":\"\(channel)\"},\"connId\":\"a4d3ae55\"}")
    }
    #expect(reports(carrier).map(\.kind) == [.connected])
    _ = carrier.takeKinds()
    return carrier
  }

  func reports(_ carrier: SessionCarrier) -> [VenueReport] {
    carrier.records(.venueReport) { VenueReport(at: $0) }
  }

  func newOrder(_ id: OrderID = 36) -> VenueRequest {
    VenueRequest(
      kind: .newOrder, side: .buy, listing: 3, venue: 2, orderID: id, version: 1,
      price: 6_000_010, quantity: 150_000)
  }

  func acknowledgement(
    _ tag: UInt64, _ operation: String, code: String = "0", _ error: String = "0"
  ) -> String {
    """
    {"id":"\(tag)","op":"\(operation)","data":[{"clOrdId":"ntX10","ordId":"312269865356374016",\
    "tag":"","sCode":"\(error)","sMsg":"words","ts":"1700000000900"}],"code":"\(code)","msg":"",\
    "inTime":"1695190491421339","outTime":"1695190491423240"}
    """
  }

  /// An order that stands at the venue.
  func open() throws -> SessionCarrier {
    let carrier = try ready()
    carrier.send(newOrder())
    let sent = carrier.takeTexts()
    try #require(sent.count == 1)
    carrier.receive(acknowledgement(sent[0].tag, "order"))
    #expect(reports(carrier).map(\.kind) == [.accepted])
    carrier.receive(OKXSamples.push(OKXSamples.order()))
    #expect(reports(carrier).count == 1)
    _ = carrier.takeKinds()
    return carrier
  }

  @Test func entersAnOrder() throws {
    let carrier = try ready()
    carrier.send(newOrder())
    let sent = carrier.takeTexts()
    try #require(sent.count == 1)
    #expect(
      sent[0].text == """
        {"id":"\(sent[0].tag)","op":"order","expTime":"1700000005500","args":[{"instIdCode":10458,\
        "tdMode":"cash","clOrdId":"ntX10","side":"buy","ordType":"limit","sz":"1.5","px":"60000.1"}]}
        """)
    carrier.receive(acknowledgement(sent[0].tag, "order"))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.accepted])
    #expect(
      told[0].orderID == 36 && told[0].version == 1
        && told[0].venueOrderID == 312_269_865_356_374_016
        && told[0].price == 6_000_010 && told[0].quantity == 150_000 && told[0].listing == 3)
  }

  @Test func aPushBeforeTheAnswerIsEnough() throws {
    let carrier = try ready()
    carrier.send(newOrder())
    carrier.receive(OKXSamples.push(OKXSamples.order()))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.accepted])
    #expect(told[0].orderID == 36 && told[0].version == 1 && told[0].quantity == 150_000)
  }

  @Test func tellsFillsAndTheirFees() throws {
    let carrier = try open()
    carrier.receive(
      OKXSamples.push(
        OKXSamples.order([
          "state": "partially_filled", "accFillSz": "0.5", "fillSz": "0.5", "fillPx": "60000",
          "tradeId": "77", "fillTime": "1700000002000", "fillFee": "-0.0005",
          "fillFeeCcy": "BTC", "execType": "M",
        ])))
    var told = reports(carrier)
    #expect(told.map(\.kind) == [.fill])
    #expect(
      told[0].tradeID == 77 && told[0].lastPrice == 6_000_000 && told[0].lastQuantity == 50_000
        && told[0].cumulativeQuantity == 50_000 && told[0].liquidity == .maker
        && told[0].feeCurrency == 1 && told[0].orderID == 36
        && told[0].venueTime == 1_700_000_002_000_000_000)
    #expect(told[0].fee.description == "0.0005")
    _ = carrier.takeKinds()
    carrier.receive(
      OKXSamples.push(
        OKXSamples.order([
          "state": "filled", "accFillSz": "1.5", "fillSz": "1", "fillPx": "60000.1",
          "tradeId": "78", "fillFee": "0.001", "fillFeeCcy": "USDT", "execType": "T",
        ])))
    carrier.pass(seconds: 2)
    told = reports(carrier)
    #expect(told.map(\.kind) == [.fill, .statusFilled])
    #expect(told[0].fee.description == "-0.001" && told[0].feeCurrency == 2)
    #expect(told[1].cumulativeQuantity == 150_000)
  }

  @Test func changesAnOrderInPlace() throws {
    let carrier = try open()
    var request = newOrder()
    request.kind = .replace
    request.version = 2
    request.price = 6_100_000
    request.venueOrderID = 312_269_865_356_374_016
    carrier.send(request)
    let sent = carrier.takeTexts()
    try #require(sent.count == 1)
    #expect(
      sent[0].text.hasSuffix(
        "\"args\":[{\"instIdCode\":10458,\"ordId\":\"312269865356374016\",\"reqId\":\"2\","
          + "\"newSz\":\"1.5\",\"newPx\":\"61000\"}]}"))
    carrier.receive(acknowledgement(sent[0].tag, "amend-order"))
    #expect(reports(carrier).isEmpty)
    carrier.receive(
      OKXSamples.push(
        OKXSamples.order(["px": "61000", "reqId": "2", "amendResult": "0"])))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.replaced])
    #expect(told[0].version == 2 && told[0].price == 6_100_000 && told[0].quantity == 150_000)
  }

  @Test func aChangeRefusedLater() throws {
    let carrier = try open()
    var request = newOrder()
    request.kind = .replace
    request.version = 2
    request.price = 6_100_000
    carrier.send(request)
    carrier.receive(
      OKXSamples.push(
        OKXSamples.order([
          "reqId": "2", "amendResult": "-1", "code": "51511", "msg": "would take",
        ])))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.replaceRejected])
    #expect(told[0].version == 2 && told[0].reason == .wouldTake)
  }

  @Test func cancelsAnOrder() throws {
    let carrier = try open()
    var request = newOrder()
    request.kind = .cancel
    request.version = 2
    carrier.send(request)
    let sent = carrier.takeTexts()
    #expect(sent[0].text.contains("\"op\":\"cancel-order\",\"args\":[{\"instIdCode\":10458,"))
    carrier.receive(acknowledgement(sent[0].tag, "cancel-order"))
    #expect(reports(carrier).isEmpty)
    carrier.receive(
      OKXSamples.push(
        OKXSamples.order(["state": "canceled", "cancelSource": "1", "accFillSz": "0"])))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.canceled])
    #expect(told[0].orderID == 36 && told[0].cumulativeQuantity == 0)
  }

  @Test func whatIsLeftOfAnImmediateOrderExpires() throws {
    let carrier = try open()
    carrier.receive(
      OKXSamples.push(OKXSamples.order(["state": "canceled", "cancelSource": "14"])))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.expired] && told[0].reason == .noLiquidity)
  }

  @Test func refusalsHaveTheirReasons() throws {
    let carrier = try ready()
    let cases: [(String, VenueReportKind, VenueReason)] = [
      ("51008", .rejected, .insufficientBalance), ("51006", .rejected, .priceOutsideLimits),
      ("51121", .rejected, .offGrid), ("50011", .rejected, .rateLimited),
      // An order with this id stands there: what became of it is asked for.
      ("51016", .answerLost, .none),
      ("59999", .answerLost, .none),
    ]
    for (index, (code, kind, reason)) in cases.enumerated() {
      carrier.pass(seconds: 3)
      _ = carrier.takeRequests()
      carrier.send(newOrder(OrderID(100 + index)))
      let sent = carrier.takeTexts().filter { $0.text != "ping" }
      try #require(sent.count == 1, "\(code)")
      _ = carrier.takeKinds()
      carrier.receive(acknowledgement(sent[0].tag, "order", code: "1", code))
      let told = reports(carrier)
      #expect(told.map(\.kind) == [kind], "\(code)")
      #expect(told.first?.reason == reason, "\(code)")
    }
  }

  @Test func aWholeOperationRefused() throws {
    let carrier = try ready()
    carrier.send(newOrder())
    let sent = carrier.takeTexts()
    carrier.receive(
      "{\"id\":\"\(sent[0].tag)\",\"op\":\"order\",\"data\":[],\"code\":\"60013\",\"msg\":\"Invalid args\"}"
    )
    #expect(reports(carrier).map(\.kind) == [.rejected])
  }

  @Test func aCancelThatIsUnderWayIsWaitedFor() throws {
    let carrier = try open()
    var request = newOrder()
    request.kind = .cancel
    request.version = 2
    for (code, kinds): (String, [VenueReportKind]) in [
      ("51410", []), ("51402", [.cancelRejected]), ("51400", [.cancelRejected]),
    ] {
      carrier.send(request)
      let sent = carrier.takeTexts()
      carrier.receive(acknowledgement(sent[0].tag, "cancel-order", code: "1", code))
      #expect(reports(carrier).map(\.kind) == kinds, "\(code)")
      _ = carrier.takeKinds()
    }
  }

  @Test func asksWhatBecameOfAnOrder() throws {
    let carrier = try ready()
    var request = newOrder()
    request.kind = .queryOrder
    request.version = 2
    carrier.send(request)
    let asked = carrier.takeRequests()
    try #require(asked.count == 1)
    #expect(asked[0].text == "GET /api/v5/trade/order?instId=BTC-USDT&clOrdId=ntX10")
    carrier.answer(
      asked[0].tag,
      "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(OKXSamples.order(["state": "filled", "accFillSz": "1.5"]))]}"
    )
    let fills = carrier.takeRequests()
    try #require(fills.count == 1)
    #expect(
      fills[0].text
        == "GET /api/v5/trade/fills?instId=BTC-USDT&ordId=312269865356374016&limit=100")
    #expect(reports(carrier).isEmpty)
    carrier.answer(
      fills[0].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(fill("9")),\(fill("8"))]}")
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.fill, .fill, .statusFilled])
    #expect(told.map(\.tradeID) == [8, 9, 0])
    #expect(told.allSatisfy { $0.orderID == 36 })
  }

  func fill(_ trade: String, client: String = "ntX10") -> String {
    """
    {"instType":"SPOT","instId":"BTC-USDT","tradeId":"\(trade)","ordId":"312269865356374016",\
    "clOrdId":"\(client)","billId":"5\(trade)","fillPx":"60000.1","fillSz":"0.75","side":"buy",\
    "posSide":"net","execType":"T","feeCcy":"BTC","fee":"-0.00075","ts":"1700000002100",\
    "fillTime":"1700000002000"}
    """
  }

  @Test func anOrderThatTheVenueDoesNotKnow() throws {
    let carrier = try ready()
    var request = newOrder()
    request.kind = .queryOrder
    carrier.send(request)
    let asked = carrier.takeRequests()
    carrier.answer(
      asked[0].tag, "{\"code\":\"51603\",\"msg\":\"Order does not exist\",\"data\":[]}")
    #expect(reports(carrier).map(\.kind) == [.notFound])
  }

  @Test func looksAtTheWholeAccount() throws {
    let carrier = try ready()
    carrier.send(
      VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, orderID: 0, version: 4))
    var asked = carrier.takeRequests()
    #expect(
      asked.map(\.text) == [
        "GET /api/v5/trade/orders-pending?limit=100",
        "GET /api/v5/trade/fills?instType=SPOT&begin=1699999000000&limit=100",
        "GET /api/v5/trade/fills?instType=SWAP&begin=1699999000000&limit=100",
      ])
    let full = (0..<100).map { number in
      number % 2 == 0
        ? fill("\(300 - number)", client: "ntX10")
        : fill("\(300 - number)", client: "other").replacing("374016", with: "374017")
    }
    carrier.answer(
      asked[0].tag,
      "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(OKXSamples.order()),\(OKXSamples.order(["clOrdId": "strange", "ordId": "9"]))]}"
    )
    carrier.answer(
      asked[1].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(full.joined(separator: ","))]}")
    carrier.answer(asked[2].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[]}")
    #expect(reports(carrier).isEmpty)
    asked = carrier.takeRequests()
    try #require(asked.count == 1)
    #expect(asked[0].text.hasSuffix("instType=SPOT&begin=1699999000000&after=5201&limit=100"))
    carrier.answer(asked[0].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(fill("200"))]}")
    let told = reports(carrier)
    #expect(told.first?.kind == .snapshotBegin && told.last?.kind == .snapshotEnd)
    #expect(told.filter { $0.kind == .fill }.count == 51)
    #expect(told.filter { $0.kind == .statusOpen }.map(\.orderID) == [36])
    // Behind the fills, what was paid for the positions that they made.
    #expect(
      carrier.takeRequests().map { $0.text.prefix { $0 != "?" } } == ["GET /api/v5/account/bills"])
    // The next look asks from the newest fill on.
    carrier.send(
      VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, orderID: 0, version: 5))
    #expect(carrier.takeRequests()[1].text.contains("&begin=1699999992000&"))
  }

  @Test func olderFillsAreInTheHistory() throws {
    let carrier = try ready(since: 1_690_000_000_000_000_000)
    carrier.send(
      VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, orderID: 0, version: 4))
    #expect(
      carrier.takeRequests()[1].text.hasPrefix("GET /api/v5/trade/fills-history?instType=SPOT"))
  }

  @Test func keepsBalancesAndPositions() throws {
    let carrier = try ready()
    carrier.receive(
      """
      {"arg":{"channel":"account","uid":"1"},"data":[{"uTime":"1","details":[{"ccy":"USDT",\
      "cashBal":"100.5","availBal":"90.25","frozenBal":"10.25","availEq":""}]}]}
      """)
    carrier.receive(
      """
      {"arg":{"channel":"positions","instType":"ANY"},"data":[{"instId":"BTC-USDT-SWAP",\
      "posSide":"net","pos":"-3.5","avgPx":"60000.1999"}]}
      """)
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.balances.map(\.total.description) == ["100.5"])
    #expect(session.balances[0].free.description == "90.25")
    #expect(session.positions.map(\.quantity) == [-350])
    #expect(session.positions[0].entryPrice == 600_001 && session.positions[0].listing == 5)
  }

  @Test func ordersOfOthersAreLeftAlone() throws {
    let carrier = try ready()
    carrier.receive(OKXSamples.push(OKXSamples.order(["clOrdId": ""])))
    carrier.receive(OKXSamples.push(OKXSamples.order(["clOrdId": "x1"])))
    carrier.receive(OKXSamples.push(OKXSamples.order(["instId": "ETH-USDT"])))
    #expect(reports(carrier).isEmpty)
  }

}
