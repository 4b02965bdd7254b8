import Credentials
import Foundation
import Testing
import TradingModel

@testable import Venues

/// The trading session of Binance spot, with a venue played by hand.
@Suite struct BinanceSpotTradingTests {
  static let listing = Listing(
    index: 3, venue: 2, instrument: 0, base: 1, quote: 2, contractKind: .spot, priceDecimals: 2,
    quantityDecimals: 5)

  func carrier(
    limits: [RateLimit] = BinanceSpot.description.rateLimits
  ) throws -> SessionCarrier {
    let account = AccountNames(
      venue: 2, listings: [(Self.listing, "BTCUSDT")], currencies: [("BTC", 1), ("USDT", 2)],
      clientOrderIDPrefix: "nt-")
    let credential = VenueCredential(
      apiKey: "key", kind: .hmac, secret: SecretBytes("secret"))
    return SessionCarrier(
      try BinanceSpot.tradingSession(
        BinanceSpot.description.environments[0], credential, account, budget: SharedBudget(limits)))
  }

  /// Connected, and its first snapshot not asked for yet.
  func ready(
    limits: [RateLimit] = BinanceSpot.description.rateLimits
  ) throws -> SessionCarrier {
    let carrier = try carrier(limits: limits)
    carrier.start()
    carrier.open(0)
    #expect(carrier.takeTexts().map(\.text) == ["{\"id\":\"1\",\"method\":\"time\"}"])
    carrier.receive("{\"id\":\"1\",\"status\":200,\"result\":{\"serverTime\":1700000000500}}")
    let subscription = carrier.takeTexts()
    #expect(subscription.count == 1)
    #expect(subscription[0].text.contains("\"method\":\"userDataStream.subscribe.signature\""))
    #expect(reports(carrier).isEmpty)
    carrier.receive("{\"id\":\"2\",\"status\":200,\"result\":{\"subscriptionId\":0}}")
    #expect(reports(carrier).map(\.kind) == [.connected])
    _ = carrier.takeKinds()
    return carrier
  }

  func reports(_ carrier: SessionCarrier) -> [VenueReport] {
    carrier.records(.venueReport) { VenueReport(at: $0) }
  }

  func send(_ carrier: SessionCarrier, _ request: VenueRequest) {
    carrier.send(request)
  }

  func newOrder(_ id: OrderID = 36, price: Int64 = 6_000_000) -> VenueRequest {
    VenueRequest(
      kind: .newOrder, side: .buy, listing: 3, venue: 2, orderID: id, version: 1, price: price,
      quantity: 150_000)
  }

  func event(
    _ execution: String, _ status: String, id: String = "nt-10", trade: String = ""
  ) -> String {
    """
    {"subscriptionId":0,"event":{"e":"executionReport","E":1700000001000,"s":"BTCUSDT",\
    "c":"\(id)","S":"BUY","o":"LIMIT","f":"GTC","q":"1.50000000","p":"60000.00000000",\
    "P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"\(execution)","X":"\(status)","r":"NONE",\
    "i":4293153,"l":"0.00000000","z":"0.00000000","L":"0.00000000","n":"0","N":null,\
    "T":1700000001000,"t":-1,"I":8641984,"w":true,"m":false,"M":false,"O":1700000001000,\
    "Z":"0.00000000","Y":"0.00000000","Q":"0.00000000","W":1700000001000,"V":"NONE"\(trade)}}
    """
  }

  @Test func entersAnOrderAndTellsWhatTheVenueSays() throws {
    let carrier = try ready()
    send(carrier, newOrder())
    let sent = carrier.takeTexts()
    #expect(sent.count == 1 && sent[0].tag == 3)
    #expect(sent[0].text.hasPrefix("{\"id\":\"3\",\"method\":\"order.place\",\"params\":{"))
    for part in [
      "\"newClientOrderId\":\"nt-10\"", "\"price\":\"60000\"", "\"quantity\":\"1.5\"",
      "\"side\":\"BUY\"", "\"symbol\":\"BTCUSDT\"", "\"timeInForce\":\"GTC\"",
      "\"timestamp\":1700000000500", "\"type\":\"LIMIT\"",
    ] { #expect(sent[0].text.contains(part)) }
    #expect(reports(carrier).isEmpty)
    carrier.receive(
      """
      {"id":"3","status":200,"result":{"symbol":"BTCUSDT","orderId":4293153,"orderListId":-1,\
      "clientOrderId":"nt-10","transactTime":1700000001000,"price":"60000.00000000",\
      "origQty":"1.50000000","executedQty":"0.00000000","cummulativeQuoteQty":"0.00000000",\
      "status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY"},"rateLimits":[]}
      """)
    carrier.receive(event("NEW", "NEW"))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.accepted, .accepted])
    for report in told {
      #expect(report.orderID == 36 && report.version == 1 && report.listing == 3)
      #expect(report.venue == 2 && report.venueOrderID == 4_293_153)
      #expect(report.price == 6_000_000 && report.quantity == 150_000)
    }
  }

  @Test func anErrorIsARefusalOrAQuestion() throws {
    let carrier = try ready()
    for id in 1...3 as ClosedRange<OrderID> { send(carrier, newOrder(id)) }
    carrier.receive(
      """
      {"id":"3","status":400,"error":{"code":-2010,"msg":"Account has insufficient balance for \
      requested action."}}
      """)
    carrier.receive(
      """
      {"id":"4","status":400,"error":{"code":-1007,"msg":"Timeout waiting for response from \
      backend server. Send status unknown; execution status unknown."}}
      """)
    carrier.receive("{\"id\":\"5\",\"status\":504,\"error\":{\"code\":-1000,\"msg\":\"?\"}}")
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.rejected, .answerLost, .answerLost])
    #expect(told.map(\.orderID) == [1, 2, 3])
    #expect(told[0].reason == .insufficientBalance)
  }

  @Test func silenceIsALostAnswerAndALateAnswerCounts() throws {
    let carrier = try ready()
    send(carrier, newOrder())
    carrier.pass(seconds: 4.9)
    #expect(reports(carrier).isEmpty)
    carrier.pass(seconds: 0.2)
    #expect(reports(carrier).map(\.kind) == [.answerLost])
    carrier.receive(
      """
      {"id":"3","status":200,"result":{"symbol":"BTCUSDT","orderId":7,"orderListId":-1,\
      "clientOrderId":"nt-10","transactTime":1700000001000,"price":"60000.00","origQty":"1.5",\
      "executedQty":"0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY"}}
      """)
    #expect(reports(carrier).map(\.kind) == [.answerLost, .accepted])
  }

  @Test func aLostConnectionLeavesWhatWasSentUnknown() throws {
    let carrier = try ready()
    send(carrier, newOrder(1))
    send(carrier, newOrder(2))
    carrier.close(0)
    #expect(reports(carrier).map(\.kind) == [.answerLost, .answerLost, .disconnected])
    _ = carrier.takeKinds()
    send(carrier, newOrder(3))
    #expect(reports(carrier).map(\.kind) == [.notSent])
  }

  @Test func whatNeverLeftIsToldSo() throws {
    let carrier = try ready()
    send(carrier, newOrder(1))
    carrier.unsent(3)
    carrier.pass(seconds: 10)
    #expect(reports(carrier).map(\.kind) == [.notSent])
  }

  @Test func keepsAReserveForCancels() throws {
    let carrier = try carrier(limits: [
      RateLimit(.weight, 100, per: 60_000_000_000, isAligned: true),
      RateLimit(.orders, 10, per: 10_000_000_000, isAligned: true),
    ])
    carrier.start()
    carrier.open(0)
    carrier.receive("{\"id\":\"1\",\"status\":200,\"result\":{\"serverTime\":1700000000500}}")
    carrier.receive("{\"id\":\"2\",\"status\":200,\"result\":{}}")
    _ = carrier.takeKinds()
    for id in 1...10 as ClosedRange<OrderID> { send(carrier, newOrder(id)) }
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.notSent])
    #expect(told.first?.reason == .rateLimited && told.first?.orderID == 10)
    _ = carrier.takeTexts()
    send(carrier, VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 1, version: 2))
    #expect(carrier.takeTexts().count == 1)
  }

  @Test func aQueryTellsTheFillsBeforeTheStatus() throws {
    let carrier = try ready()
    send(carrier, newOrder())
    _ = carrier.takeTexts()
    send(carrier, VenueRequest(kind: .queryOrder, listing: 3, venue: 2, orderID: 36, version: 4))
    #expect(carrier.takeTexts().first?.text.contains("\"origClientOrderId\":\"nt-10\"") == true)
    carrier.receive(
      """
      {"id":"4","status":200,"result":{"symbol":"BTCUSDT","orderId":7,"orderListId":-1,\
      "clientOrderId":"nt-10","price":"60000.00","origQty":"1.5","executedQty":"0.5",\
      "status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"BUY","stopPrice":"0",\
      "time":1700000001000,"updateTime":1700000002000,"isWorking":true}}
      """)
    #expect(reports(carrier).isEmpty)
    let asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("\"method\":\"myTrades\""))
    #expect(asked[0].text.contains("\"orderId\":7"))
    carrier.receive(
      """
      {"id":"5","status":200,"result":[{"symbol":"BTCUSDT","id":99,"orderId":7,"orderListId":-1,\
      "price":"59999.50","qty":"0.5","quoteQty":"29999.75","commission":"0.0005",\
      "commissionAsset":"BTC","time":1700000001500,"isBuyer":true,"isMaker":true}]}
      """)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.fill, .statusCanceled])
    #expect(told.allSatisfy { $0.orderID == 36 })
    #expect(told[0].tradeID == 99 && told[0].lastPrice == 5_999_950)
    #expect(told[0].lastQuantity == 50_000 && told[0].liquidity == .maker)
    #expect(told[0].fee == Money(amount: 500_000_000_000_000) && told[0].feeCurrency == 1)
    #expect(told[1].cumulativeQuantity == 50_000 && told[1].version == 4)
  }

  @Test func anOrderTheVenueDoesNotKnowIsNotFound() throws {
    let carrier = try ready()
    send(carrier, newOrder())
    send(carrier, VenueRequest(kind: .queryOrder, listing: 3, venue: 2, orderID: 36, version: 4))
    carrier.receive(
      "{\"id\":\"4\",\"status\":400,\"error\":{\"code\":-2013,\"msg\":\"Order does not exist.\"}}")
    #expect(reports(carrier).map(\.kind) == [.notFound])
  }

  @Test func aSnapshotIsToldWhenAllItsPartsAreThere() throws {
    let carrier = try ready()
    send(
      carrier, VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    let asked = carrier.takeTexts()
    #expect(asked.count == 2)
    carrier.receive(
      """
      {"id":"4","status":200,"result":[{"symbol":"BTCUSDT","id":99,"orderId":8,"orderListId":-1,\
      "price":"59999.50","qty":"0.5","commission":"0","commissionAsset":"BTC",\
      "time":1700000001500,"isBuyer":true,"isMaker":true}]}
      """)
    // Nobody knows whose order 8 is.
    let more = carrier.takeTexts()
    #expect(more.count == 1 && more[0].text.contains("\"method\":\"order.status\""))
    carrier.receive(
      """
      {"id":"3","status":200,"result":[{"symbol":"BTCUSDT","orderId":7,"orderListId":-1,\
      "clientOrderId":"nt-10","price":"60000.00","origQty":"1.5","executedQty":"0",\
      "status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY","time":1700000001000,\
      "updateTime":1700000001000,"isWorking":true},{"symbol":"BTCUSDT","orderId":11,\
      "orderListId":-1,"clientOrderId":"by-hand","price":"1.00","origQty":"1.5",\
      "executedQty":"0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY",\
      "time":1700000001000,"updateTime":1700000001000,"isWorking":true}]}
      """)
    #expect(reports(carrier).isEmpty)
    carrier.receive(
      """
      {"id":"5","status":200,"result":{"symbol":"BTCUSDT","orderId":8,"orderListId":-1,\
      "clientOrderId":"nt-z","price":"60000.00","origQty":"0.5","executedQty":"0.5",\
      "status":"FILLED","timeInForce":"GTC","type":"LIMIT","side":"BUY","time":1700000001000,\
      "updateTime":1700000001500,"isWorking":true}}
      """)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.snapshotBegin, .fill, .statusOpen, .snapshotEnd])
    #expect(told.map(\.orderID) == [0, 35, 36, 0])
    #expect(told[0].version == 9)
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    #expect(session.counts.foreign == 1)
  }

  @Test func aSnapshotThatMissesAnAnswerAsksForItAgain() throws {
    let carrier = try ready()
    send(
      carrier, VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    _ = carrier.takeTexts()
    carrier.receive("{\"id\":\"3\",\"status\":200,\"result\":[]}")
    carrier.pass(seconds: 5.1)
    let asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("myTrades"))
    for text in asked {
      carrier.receive("{\"id\":\"\(text.tag)\",\"status\":200,\"result\":[]}")
    }
    #expect(reports(carrier).map(\.kind) == [.snapshotBegin, .snapshotEnd])
  }

  /// A report about no listing would end the run.
  @Test func aFullLookThatCannotBeAskedForTellsNothing() throws {
    let carrier = try ready()
    carrier.close(0)
    _ = carrier.takeKinds()
    send(carrier, VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    #expect(reports(carrier).isEmpty && carrier.takeTexts().isEmpty)
  }

  @Test func ordersOfOthersAreLeftAlone() throws {
    let carrier = try ready()
    carrier.receive(event("NEW", "NEW", id: "web_123"))
    #expect(reports(carrier).isEmpty)
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    #expect(session.counts.foreign == 1)
  }

  @Test func aStreamThatEndsIsAskedForAgain() throws {
    let carrier = try ready()
    carrier.receive("{\"subscriptionId\":0,\"event\":{\"e\":\"eventStreamTerminated\",\"E\":1}}")
    #expect(reports(carrier).map(\.kind) == [.disconnected])
    #expect(carrier.takeTexts().first?.text.contains("userDataStream.subscribe") == true)
    carrier.receive("{\"id\":\"3\",\"status\":200,\"result\":{}}")
    #expect(reports(carrier).map(\.kind) == [.disconnected, .connected])
  }

  @Test func aBadKeyStopsEverything() throws {
    let carrier = try carrier()
    carrier.start()
    carrier.open(0)
    carrier.receive("{\"id\":\"1\",\"status\":200,\"result\":{\"serverTime\":1700000000500}}")
    carrier.receive(
      """
      {"id":"2","status":401,"error":{"code":-2015,"msg":"Invalid API-key, IP, or permissions \
      for action."}}
      """)
    _ = carrier.takeTexts()
    carrier.pass(seconds: 3)
    #expect(carrier.takeTexts().isEmpty)
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    guard case .stopped = session.phase else {
      Issue.record("a refused key must stop the session")
      return
    }
  }

  @Test(arguments: ["", "{", "[]", "{\"id\":\"3\"}", "{\"event\":{\"e\":\"executionReport\"}}"])
  func surviveWhatCannotBeRead(_ text: String) throws {
    let carrier = try ready()
    send(carrier, newOrder())
    carrier.receive(text)
    // An answer leaves its order unknown; what else cannot be read may have told of any.
    let isAnswer = text.hasPrefix("{\"id\"")
    #expect(
      reports(carrier).map(\.kind) == (isAnswer ? [.answerLost] : [.disconnected, .connected]))
  }

  /// The place of a fault counts from the message's first byte, though only a part was read.
  @Test func faultsInAResultHaveTheirPlaceInTheAnswer() throws {
    let carrier = try ready()
    send(carrier, newOrder())
    let body = """
      {"id":"3","status":200,"result":{"symbol":"BTCUSDT","orderId":4293153,"orderListId":-1,\
      "clientOrderId":"nt-10","transactTime":1700000001000,"price":"6x"}}
      """
    carrier.receive(body)
    #expect(reports(carrier).map(\.kind) == [.answerLost])
    let place = try #require(body.firstRange(of: "6x")).lowerBound.utf16Offset(in: body)
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    #expect(session.lastFault?.hasPrefix("at byte \(place) ") == true, "\(place)")
  }

  /// Limits stand beside an answer: what cannot be read of them must not make it unknown.
  @Test(arguments: ["null", "{}", "[{\"rateLimitType\":1}]", "[{\"interval\":\"FORTNIGHT\"}]"])
  func limitsThatCannotBeReadDoNotSpoilAnAnswer(limits: String) throws {
    let carrier = try ready()
    send(carrier, newOrder())
    carrier.receive(
      """
      {"id":"3","rateLimits":\(limits),"status":400,"error":{"code":-2010,"msg":"Account has \
      insufficient balance for requested action."}}
      """)
    #expect(reports(carrier).map(\.kind) == [.rejected])
  }
}
