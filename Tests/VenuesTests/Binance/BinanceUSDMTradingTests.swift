import Credentials
import Testing
import TradingModel

@testable import Venues

/// The trading session of Binance USD-M futures, with a venue played by hand.
@Suite struct BinanceUSDMTradingTests {
  typealias Session = TradingSession<BinanceUSDMTrading>

  static let listing = Listing(
    index: 3, venue: 2, instrument: 0, base: 1, quote: 2, contractKind: .linear, priceDecimals: 1,
    quantityDecimals: 3)

  func session(
    fillsSince: Timestamp = 0, environment: Int = 0
  ) throws -> Session {
    let account = AccountNames(
      venue: 2, listings: [(Self.listing, "BTCUSDT")], currencies: [("USDT", 2), ("BNB", 3)],
      clientOrderIDPrefix: "nt-", fillsSince: fillsSince)
    let credential = VenueCredential(apiKey: "key", kind: .hmac, secret: SecretBytes("secret"))
    return Session(
      try BinanceUSDMTrading(
        BinanceUSDM.description.environments[environment], credential, account),
      budget: SharedBudget(BinanceUSDM.description.rateLimits))
  }

  /// Connected, and its first snapshot not asked for yet.
  func ready(_ session: Session) throws -> SessionCarrier {
    let carrier = SessionCarrier(session)
    carrier.start()
    #expect(carrier.opened == [0, 1])
    carrier.open(1)
    // Nothing is asked before orders could be sent.
    #expect(carrier.takeRequests().isEmpty)
    carrier.open(0)
    let time = carrier.takeRequests()
    #expect(time.map(\.text) == ["GET /fapi/v1/time"])
    carrier.answer(time[0].tag, "{\"serverTime\":1700000000500}")
    let mode = carrier.takeRequests()
    #expect(mode.count == 1)
    #expect(
      mode[0].text.hasPrefix(
        "GET /fapi/v1/positionSide/dual?recvWindow=5000&timestamp=1700000000500&signature="))
    carrier.answer(mode[0].tag, "{\"dualSidePosition\":false}")
    let key = carrier.takeRequests()
    #expect(key.map(\.text) == ["POST /fapi/v1/listenKey"])
    carrier.answer(key[0].tag, "{\"listenKey\":\"pqia91ma19a5s61cv6a81va65sd\"}")
    #expect(carrier.opened == [0, 1, 2])
    #expect(carrier.targets.last == "/private/ws/pqia91ma19a5s61cv6a81va65sd")
    #expect(reports(carrier).isEmpty)
    carrier.open(2)
    #expect(reports(carrier).map(\.kind) == [.connected])
    #expect(carrier.takeTexts().isEmpty)
    _ = carrier.takeKinds()
    return carrier
  }

  @Test func aStepLostWithItsConnectionIsTakenAgainAtOnce() throws {
    let carrier = SessionCarrier(try session())
    carrier.start()
    carrier.open(1)
    carrier.open(0)
    for pause in [0.0, 2, 4] {
      let asked = carrier.takeRequests()
      #expect(asked.map(\.text) == ["GET /fapi/v1/time"])
      carrier.unanswered(asked[0].tag, on: 1)
      if pause > 0 { carrier.pass(seconds: pause - 0.001) }
      #expect(carrier.takeRequests().isEmpty)
      carrier.pass(seconds: 0.001)
    }
    #expect(carrier.takeRequests().count == 1)
  }

  @Test func aLookLostWithItsConnectionIsBegunAgainAtOnce() throws {
    let carrier = try ready(try session())
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 1))
    let first = carrier.takeRequests()
    #expect(first.count > 1)
    // All of them are lost; everything is asked once more.
    for asked in first { carrier.unanswered(asked.tag, on: 1) }
    carrier.pass(seconds: 0)
    let second = carrier.takeRequests()
    #expect(second.count == first.count)
    carrier.unanswered(second[0].tag, on: 1)
    carrier.pass(seconds: 1)
    #expect(carrier.takeRequests().isEmpty)
  }

  func reports(_ carrier: SessionCarrier) -> [VenueReport] {
    carrier.records(.venueReport) { VenueReport(at: $0) }
  }

  func request(
    _ kind: VenueRequestKind = .newOrder, _ id: OrderID = 36, version: RequestVersion = 1,
    price: Int64 = 600_000, quantity: Int64 = 1_500
  ) -> VenueRequest {
    VenueRequest(
      kind: kind, side: .buy, listing: 3, venue: 2, orderID: id, version: version, price: price,
      quantity: quantity)
  }

  func result(
    _ status: String, price: String = "60000.0", quantity: String = "1.500",
    filled: String = "0.000", id: String = "nt-10"
  ) -> String {
    """
    {"orderId":4293153,"symbol":"BTCUSDT","status":"\(status)","clientOrderId":"\(id)",\
    "price":"\(price)","avgPrice":"0.00","origQty":"\(quantity)","executedQty":"\(filled)",\
    "cumQty":"0","cumQuote":"0","timeInForce":"GTC","type":"LIMIT","reduceOnly":false,\
    "closePosition":false,"side":"BUY","positionSide":"BOTH","stopPrice":"0",\
    "workingType":"CONTRACT_PRICE","priceProtect":false,"origType":"LIMIT",\
    "updateTime":1700000001000}
    """
  }

  func answer(_ tag: UInt64, _ result: String) -> String {
    "{\"id\":\"\(tag)\",\"status\":200,\"result\":\(result),\"rateLimits\":[]}"
  }

  func event(
    _ execution: String, _ status: String, price: String = "60000", quantity: String = "1.500",
    last: String = "0", lastPrice: String = "0", filled: String = "0", trade: Int = 0,
    id: String = "nt-10", more: String = ""
  ) -> String {
    """
    {"e":"ORDER_TRADE_UPDATE","E":1700000001001,"T":1700000001000,"o":{"s":"BTCUSDT","c":"\(id)",\
    "S":"BUY","o":"LIMIT","f":"GTC","q":"\(quantity)","p":"\(price)","ap":"0","sp":"0",\
    "x":"\(execution)","X":"\(status)","i":4293153,"l":"\(last)","z":"\(filled)",\
    "L":"\(lastPrice)","N":"USDT","n":"0.0125","T":1700000001000,"t":\(trade),"b":"0","a":"0",\
    "m":false,"R":false,"wt":"CONTRACT_PRICE","ot":"LIMIT","ps":"BOTH","cp":false,"rp":"0",\
    "pP":false,"si":0,"ss":0,"V":"NONE","pm":"NONE","gtd":0\(more)}}
    """
  }

  @Test func entersAnOrderAndTellsWhatTheVenueSays() throws {
    let carrier = try ready(session())
    carrier.send(request())
    let sent = carrier.takeTexts()
    #expect(sent.count == 1 && sent[0].channel == 0)
    for part in [
      "\"method\":\"order.place\"", "\"newClientOrderId\":\"nt-10\"", "\"price\":\"60000\"",
      "\"quantity\":\"1.5\"", "\"timestamp\":1700000000500", "\"type\":\"LIMIT\"",
    ] { #expect(sent[0].text.contains(part)) }
    carrier.receive(answer(sent[0].tag, result("NEW")))
    carrier.receive(event("NEW", "NEW"), on: 2)
    carrier.receive(
      event(
        "TRADE", "PARTIALLY_FILLED", last: "0.5", lastPrice: "59999.9", filled: "0.5", trade: 88),
      on: 2)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.accepted, .accepted, .fill])
    for report in told {
      #expect(report.orderID == 36 && report.listing == 3 && report.venueOrderID == 4_293_153)
      #expect(report.price == 600_000 && report.quantity == 1_500)
    }
    #expect(told[0].version == 1 && told[1].version == 1)
    #expect(told[2].lastPrice == 599_999 && told[2].lastQuantity == 500)
    #expect(told[2].tradeID == 88 && told[2].liquidity == .taker)
    #expect(told[2].fee == Money(try Decimal("0.0125")) && told[2].feeCurrency == 2)
  }

  /// A fee that cannot be booked is told, once.
  @Test func feesInACurrencyThatTheRunDoesNotHave() throws {
    let session = try session()
    let carrier = try ready(session)
    carrier.send(request())
    carrier.receive(event("NEW", "NEW"), on: 2)
    for trade in 88...89 {
      carrier.receive(
        event(
          "TRADE", "PARTIALLY_FILLED", last: "0.5", lastPrice: "59999.9", filled: "0.5",
          trade: trade
        ).replacing("\"N\":\"USDT\"", with: "\"N\":\"XYZ\""), on: 2)
    }
    #expect(reports(carrier).suffix(2).map(\.fee) == [.zero, .zero])
    let warnings = session.takeWarnings()
    #expect(warnings.count == 1 && warnings[0].hasPrefix("fees are charged"))
  }

  @Test func changesPriceAndQuantityInPlace() throws {
    let carrier = try ready(session())
    carrier.send(request())
    carrier.receive(answer(carrier.takeTexts()[0].tag, result("NEW")))
    _ = carrier.takeKinds()
    carrier.send(request(.replace, version: 2, price: 600_005, quantity: 2_000))
    let sent = carrier.takeTexts()
    #expect(sent.count == 1)
    #expect(
      sent[0].text.contains(
        "\"origClientOrderId\":\"nt-10\",\"price\":\"60000.5\",\"quantity\":\"2\""))
    // The event may come first: it is known by its terms.
    carrier.receive(event("AMENDMENT", "NEW", price: "60000.5", quantity: "2.000"), on: 2)
    carrier.receive(answer(sent[0].tag, result("NEW", price: "60000.5", quantity: "2.000")))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.replaced, .replaced])
    #expect(told.allSatisfy { $0.version == 2 && $0.price == 600_005 && $0.quantity == 2_000 })
  }

  @Test func aModificationMayEndTheOrder() throws {
    let carrier = try ready(session())
    carrier.send(request())
    carrier.receive(answer(carrier.takeTexts()[0].tag, result("PARTIALLY_FILLED", filled: "1")))
    _ = carrier.takeKinds()
    carrier.send(request(.replace, version: 2, quantity: 1_000))
    carrier.receive(
      answer(
        carrier.takeTexts()[0].tag, result("CANCELED", quantity: "1.000", filled: "1.000")))
    #expect(reports(carrier).map(\.kind) == [.canceled])
    #expect(reports(carrier)[0].cumulativeQuantity == 1_000)
  }

  @Test func anErrorIsARefusalOrAQuestion() throws {
    let carrier = try ready(session())
    for id in 1...4 as ClosedRange<OrderID> { carrier.send(request(.newOrder, id)) }
    let sent = carrier.takeTexts()
    let errors = [
      (400, -2019, "Margin is insufficient."),
      (400, -5022, "Due to the order could not be executed as maker, ..."),
      (503, -1000, "Unknown error, please check your request or try again later."),
      (400, -4116, "ClientOrderId is duplicated."),
    ]
    for (index, (status, code, text)) in errors.enumerated() {
      carrier.receive(
        """
        {"id":"\(sent[index].tag)","status":\(status),"error":{"code":\(code),"msg":"\(text)"}}
        """)
    }
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.rejected, .rejected, .answerLost, .answerLost])
    #expect(told[0].reason == .insufficientBalance && told[1].reason == .wouldTake)
  }

  @Test func aQueryTellsFillsBeforeTheStatus() throws {
    let carrier = try ready(session())
    carrier.send(request(.queryOrder, version: 2))
    let query = carrier.takeTexts()
    #expect(query[0].text.contains("\"method\":\"order.status\""))
    carrier.receive(answer(query[0].tag, result("FILLED", filled: "1.500")))
    let fills = carrier.takeRequests()
    #expect(fills.count == 1)
    #expect(
      fills[0].text.hasPrefix(
        "GET /fapi/v1/userTrades?limit=1000&orderId=4293153&recvWindow=5000&symbol=BTCUSDT&"))
    carrier.answer(
      fills[0].tag,
      """
      [{"symbol":"BTCUSDT","id":5,"orderId":4293153,"side":"BUY","price":"60000","qty":"1.5",\
      "realizedPnl":"0","quoteQty":"90000","commission":"-3","commissionAsset":"BNB",\
      "time":1700000002000,"positionSide":"BOTH","buyer":true,"maker":true}]
      """)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.fill, .statusFilled])
    #expect(told[0].orderID == 36 && told[0].tradeID == 5 && told[0].liquidity == .maker)
    #expect(told[0].fee == Money(try Decimal("-3")) && told[0].feeCurrency == 3)
    #expect(told[1].version == 2 && told[1].cumulativeQuantity == 1_500)
    _ = carrier.takeKinds()
    carrier.send(request(.queryOrder, 37, version: 1))
    carrier.receive(
      """
      {"id":"\(carrier.takeTexts()[0].tag)","status":400,\
      "error":{"code":-2013,"msg":"Order does not exist."}}
      """)
    #expect(reports(carrier).map(\.kind) == [.notFound])
  }

  @Test func aFullLookHasOrdersFillsPositionsAndBalances() throws {
    let session = try session(fillsSince: 1_699_999_000_000_000_000)
    let carrier = try ready(session)
    let look = VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 7)
    carrier.send(look)
    let asked = carrier.takeRequests()
    #expect(
      asked.map { $0.text.prefix { $0 != "?" } } == [
        "GET /fapi/v1/openOrders", "GET /fapi/v1/userTrades", "GET /fapi/v3/positionRisk",
        "GET /fapi/v3/balance",
      ])
    #expect(asked[1].text.contains("?limit=1000&recvWindow=5000&startTime=1699999000000&symbol="))
    let theirs = result("NEW", id: "somebody").replacing("4293153", with: "4293154")
    carrier.answer(asked[0].tag, "[\(result("NEW")),\(theirs)]")
    carrier.answer(
      asked[1].tag,
      """
      [{"symbol":"BTCUSDT","id":9,"orderId":4293153,"side":"BUY","price":"60000","qty":"0.5",\
      "commission":"1","commissionAsset":"USDT","time":1699999900000,"maker":false}]
      """)
    carrier.answer(
      asked[2].tag,
      """
      [{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"-0.500","entryPrice":"60000.05"}]
      """)
    #expect(reports(carrier).isEmpty)
    carrier.answer(
      asked[3].tag,
      """
      [{"accountAlias":"SgsR","asset":"USDT","balance":"1000.5","crossWalletBalance":"1000.5",\
      "crossUnPnl":"0","availableBalance":"900.5","maxWithdrawAmount":"900.5",\
      "marginAvailable":true,"updateTime":1700000000000}]
      """)
    #expect(reports(carrier).map(\.kind) == [.snapshotBegin, .fill, .statusOpen, .snapshotEnd])
    #expect(reports(carrier)[0].version == 7 && session.counts.foreign == 1)
    #expect(session.positions.map(\.quantity) == [-500])
    #expect(session.positions[0].entryPrice == 600_000)
    #expect(session.balances[0].locked == Money(try Decimal("100")))
    // Behind the fills, what was paid for the positions that they made.
    #expect(carrier.takeRequests().map { $0.text.prefix { $0 != "?" } } == ["GET /fapi/v1/income"])
    // The next look goes on from the last fill.
    carrier.send(look)
    #expect(carrier.takeRequests()[1].text.contains("?fromId=9&limit=1000&"))
  }

  @Test func fillsOfMoreThanAWeekAreAskedForByWindows() throws {
    let week: Timestamp = 7 * 86_400_000_000_000
    let start: Timestamp = 1_700_000_000_000_000_000 - 2 * week
    let carrier = try ready(try session(fillsSince: start))
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 1))
    var pages = 0
    var tag = carrier.takeRequests()[1].tag
    while true {
      carrier.answer(tag, "[]")
      let next = carrier.takeRequests()
      guard let question = next.first else { break }
      pages += 1
      let from = start / 1_000_000 + Int64(pages) * week / 1_000_000
      #expect(question.text.contains("startTime=\(from)&"))
      tag = question.tag
    }
    #expect(pages == 2)
  }

  @Test func hedgeModeIsNotTraded() throws {
    let session = try session()
    let carrier = SessionCarrier(session)
    carrier.start()
    carrier.open(0)
    carrier.answer(carrier.takeRequests()[0].tag, "{\"serverTime\":1700000000500}")
    carrier.answer(carrier.takeRequests()[0].tag, "{\"dualSidePosition\":true}")
    #expect(session.phase == .stopped(.permission))
    #expect(session.lastFault?.contains("hedge mode") == true)
    carrier.pass(seconds: 100)
    #expect(carrier.takeRequests().isEmpty && reports(carrier).isEmpty)
  }

  @Test func theListenKeyIsKeptAndRenewed() throws {
    let carrier = try ready(session())
    carrier.pass(seconds: 1_795)
    let kept = carrier.takeRequests().filter { $0.text.contains("listenKey") }
    #expect(kept.isEmpty)
    carrier.pass(seconds: 10)
    let keep = carrier.takeRequests().filter { $0.text.contains("listenKey") }
    #expect(keep.map(\.text) == ["PUT /fapi/v1/listenKey"])
    carrier.answer(keep[0].tag, "{\"listenKey\":\"pqia91ma19a5s61cv6a81va65sd\"}")
    #expect(reports(carrier).isEmpty)
    // It is over all the same: a new one, and no order before it stands.
    carrier.receive(
      "{\"e\":\"listenKeyExpired\",\"E\":1700000001000,\"listenKey\":\"pqia\"}", on: 2)
    #expect(reports(carrier).map(\.kind) == [.disconnected])
    #expect(carrier.opened == [0, 1])
    let key = carrier.takeRequests()
    #expect(key.map(\.text) == ["POST /fapi/v1/listenKey"])
    carrier.answer(key[0].tag, "{\"listenKey\":\"second\"}")
    carrier.open(2)
    #expect(carrier.targets.last == "/private/ws/second")
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected])
  }

  @Test func aKeyThatIsGoneIsRenewed() throws {
    let carrier = try ready(session())
    carrier.pass(seconds: 1_805)
    let keep = carrier.takeRequests().filter { $0.text.contains("listenKey") }
    carrier.answer(
      keep[0].tag, status: 400, "{\"code\":-1125,\"msg\":\"This listenKey does not exist.\"}")
    #expect(carrier.takeRequests().map(\.text) == ["POST /fapi/v1/listenKey"])
  }

  @Test func limitsAreTakenOver() throws {
    let session = try session()
    let carrier = try ready(session)
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 1))
    let asked = carrier.takeRequests()
    carrier.answer(
      asked[0].tag, status: 429, "{\"code\":-1003,\"msg\":\"Too many requests.\"}",
      headers: ["retry-after": "30", "x-mbx-used-weight-1m": "2400"])
    carrier.send(request())
    #expect(reports(carrier).map(\.kind) == [.notSent])
    #expect(reports(carrier)[0].reason == .rateLimited)
  }

  @Test func accountEventsAreKept() throws {
    let session = try session()
    let carrier = try ready(session)
    carrier.receive(
      """
      {"e":"ACCOUNT_UPDATE","E":1700000001001,"T":1700000001000,"a":{"m":"ORDER","B":[{"a":"USDT",\
      "wb":"122.5","cw":"100.1","bc":"0"}],"P":[{"s":"BTCUSDT","pa":"0.750","ep":"59999.87654",\
      "bep":"6563.559","cr":"0","up":"0","mt":"cross","iw":"0","ps":"BOTH"}]}}
      """, on: 2)
    #expect(session.balances.map(\.total) == [Money(try Decimal("122.5"))])
    #expect(session.positions.map(\.quantity) == [750])
    #expect(session.positions[0].entryPrice == 599_998)
    carrier.receive("{\"e\":\"SOMETHING_NEW\",\"E\":1}", on: 2)
    carrier.receive("{\"e\":\"TRADE_LITE\",\"E\":1,\"s\":\"BTCUSDT\"}", on: 2)
    #expect(session.news.unknownCount == 1 && session.counts.malformed == 0)
    carrier.receive("{\"e\":\"ORDER_TRADE_UPDATE\",\"E\":1}", on: 2)
    #expect(session.counts.malformed == 1)
  }

  /// Words that nobody knows, about an order of ours: what became of it is asked for.
  @Test func wordsThatNobodyKnowsLeaveAnOrderUnknown() throws {
    let session = try session()
    let carrier = try ready(session)
    func event(_ client: String) -> String {
      """
      {"e":"ORDER_TRADE_UPDATE","E":1700000001001,"T":1700000001000,"o":{"s":"BTCUSDT",\
      "c":\(client),"S":"BUY","o":"LIMIT","f":"GTC","q":"1.5","p":"60000","x":"X1","X":"X2",\
      "i":4293153,"l":"0","z":"0","L":"0","t":0,"T":1700000001000}}
      """
    }
    carrier.receive(event("\"nt-10\""), on: 2)
    #expect(reports(carrier).map(\.kind) == [.answerLost] && reports(carrier)[0].orderID == 36)
    #expect(session.news.unknownCount == 1)
    carrier.receive(event("null").replacing("4293153", with: "9"), on: 2)
    #expect(reports(carrier).count == 1 && session.counts.malformed == 0)
  }
}
