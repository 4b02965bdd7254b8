import Testing
import TradingModel

@testable import Venues

/// Questions about orders that a replace in steps is, or was, under way for; also in a run before.
extension SteppedReplaceTests {
  private func query(_ version: RequestVersion, number: VenueOrderID = 4_293_153) -> VenueRequest {
    VenueRequest(
      kind: .queryOrder, side: .buy, listing: 3, venue: 2, orderID: 36, version: version,
      venueOrderID: number)
  }

  private func trade(_ tag: Int, order: Int, quantity: String = "0.5") -> String {
    """
    {"id":"\(tag)","status":200,"result":[{"symbol":"BTCUSDT","id":99,"orderId":\(order),\
    "orderListId":-1,"price":"60000","qty":"\(quantity)","commission":"0",\
    "commissionAsset":"BTC","time":1700000001500,"isBuyer":true,"isMaker":true}]}
    """
  }

  /// A run goes on: the session knows nothing yet. The full look is asked for, with these open orders.
  private func look(_ carrier: SessionCarrier, open: String = "") {
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    for asked in carrier.takeTexts() {
      let isList = asked.text.contains("openOrders")
      carrier.receive(
        "{\"id\":\"\(asked.tag)\",\"status\":200,\"result\":[\(isList ? open : "")]}")
    }
  }

  private func listed(_ name: String, filled: String = "0") -> String {
    """
    {"symbol":"BTCUSDT","orderId":77,"orderListId":-1,"clientOrderId":"\(name)",\
    "price":"59990","origQty":"1.5","executedQty":"\(filled)","status":"NEW",\
    "timeInForce":"GTC","type":"LIMIT","side":"BUY","time":1700000001000,\
    "updateTime":1700000001000,"isWorking":true}
    """
  }

  /// The engine was killed between the later order's entry and its answer: the core still has the first
  /// order's number, and asks before the full look is in.
  @Test(arguments: ["nt-10_2_0", "nt-10_2_12kw"])
  func afterAKillTheLaterOrderIsFoundBeforeTheFormerIsAskedAbout(_ name: String) throws {
    let carrier = try venue.ready()
    carrier.send(query(3))
    #expect(venue.reports(carrier).map(\.kind) == [.notSent])
    #expect(carrier.takeTexts().isEmpty)
    _ = carrier.takeKinds()
    look(carrier, open: listed(name))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.snapshotBegin, .statusOpen, .snapshotEnd])
    let before: Int64 = name.hasSuffix("_0") ? 0 : 50_000
    #expect(told[1].orderID == 36 && told[1].venueOrderID == 77)
    #expect(told[1].quantity == 150_000 + before && told[1].cumulativeQuantity == before)
    _ = carrier.takeKinds()
    carrier.send(query(4))
    let asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("\"origClientOrderId\":\"\(name)\""))
  }

  /// The same, with the question on its way when the look comes in: it was asked on behalf of the former.
  @Test(arguments: ["0", "0.5"])
  func theFormersEndIsNoAnswerOnceTheLaterIsKnown(filled: String) throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    venue.send(carrier, query(3))
    #expect(carrier.takeTexts().count == 2)
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: filled))
    let entry = try #require(carrier.takeTexts().first)
    carrier.receive(answer(5, "CANCELED", id: "nt-10", filled: filled))
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost])
    #expect(venue.reports(carrier)[0].version == 3 && carrier.takeTexts().isEmpty)
    let name = filled == "0" ? "nt-10_2_0" : "nt-10_2_12kw"
    #expect(entry.text.contains("\"newClientOrderId\":\"\(name)\""))
    carrier.receive(answer(6, "NEW", id: name, order: 77))
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost, .replaced])
    venue.send(carrier, query(4))
    #expect(carrier.takeTexts()[0].text.contains("\"origClientOrderId\":\"\(name)\""))
  }

  @Test func thatTheFormerIsNotFoundIsNoAnswerEither() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    venue.send(carrier, query(3))
    carrier.receive(answer(4, "CANCELED", id: "nt-10"))
    carrier.receive(refusal(5, -2013, "Order does not exist."))
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost])
  }

  /// A question finds the former canceled before the cancel's own answer is in: the rest is entered all
  /// the same, so the order is not over.
  @Test func anEndThatAQuestionFindsIsHeldBackWhileTheCancelIsUnderWay() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    venue.send(carrier, query(3))
    _ = carrier.takeTexts()
    carrier.receive(answer(5, "CANCELED", id: "nt-10"))
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost])
    carrier.receive(answer(4, "CANCELED", id: "nt-10"))
    #expect(carrier.takeTexts()[0].text.contains("\"newClientOrderId\":\"nt-10_2_0\""))
    carrier.receive(answer(6, "NEW", id: "nt-10_2_0", order: 77))
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost, .replaced])
  }

  @Test func andSoIsOneThatIsToldBehindItsFills() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    venue.send(carrier, query(3))
    _ = carrier.takeTexts()
    carrier.receive(answer(5, "CANCELED", id: "nt-10", filled: "0.5"))
    #expect(carrier.takeTexts()[0].text.contains("\"method\":\"myTrades\""))
    carrier.receive(trade(6, order: 4_293_153))
    #expect(venue.reports(carrier).map(\.kind) == [.fill, .answerLost])
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    #expect(carrier.takeTexts()[0].text.contains("\"newClientOrderId\":\"nt-10_2_12kw\""))
    carrier.receive(answer(7, "NEW", id: "nt-10_2_12kw", order: 77))
    #expect(venue.reports(carrier).map(\.kind) == [.fill, .answerLost, .replaced])
  }

  /// The later order is no longer open when the run goes on: its end and its fills are found under its own
  /// name, and the former's end is not taken for it.
  @Test(arguments: [("0", "nt-10_3_0", "nt-10_2_0"), ("0.5", "nt-10_3_12kw", "nt-10_2_12kw")])
  func anOrderThatEndedBeforeTheRunWentOnIsLookedForUnderItsLaterNames(
    filled: String, none: String, name: String
  ) throws {
    let carrier = try venue.ready()
    look(carrier)
    _ = carrier.takeKinds()
    carrier.send(query(4))
    var asked = carrier.takeTexts()
    #expect(asked[0].text.contains("\"orderId\":4293153"))
    carrier.receive(answer(Int(asked[0].tag), "CANCELED", id: "nt-10", filled: filled))
    asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("\"origClientOrderId\":\"\(none)\""))
    carrier.receive(refusal(Int(asked[0].tag), -2013, "Order does not exist."))
    asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("\"origClientOrderId\":\"\(name)\""))
    #expect(venue.reports(carrier).isEmpty)
    carrier.receive(answer(Int(asked[0].tag), "FILLED", id: name, order: 77, filled: "1.5"))
    asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("\"orderId\":77"))
    carrier.receive(trade(Int(asked[0].tag), order: 77, quantity: "1.5"))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.fill, .statusFilled])
    let before: Int64 = filled == "0" ? 0 : 50_000
    #expect(told[1].version == 4 && told[1].cumulativeQuantity == 150_000 + before)
  }

  @Test(arguments: ["0", "0.5"])
  func whereThereIsNoLaterOrderTheEndIsBelieved(filled: String) throws {
    let carrier = try venue.ready()
    look(carrier)
    _ = carrier.takeKinds()
    carrier.send(query(4))
    carrier.receive(answer(5, "CANCELED", id: "nt-10", filled: filled))
    carrier.receive(refusal(6, -2013, "Order does not exist."))
    carrier.receive(refusal(7, -2013, "Order does not exist."))
    if filled != "0" { carrier.receive(trade(8, order: 4_293_153)) }
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == (filled == "0" ? [] : [.fill]) + [.statusCanceled])
    #expect(told.last?.version == 4)
  }

  @Test func aLaterNameThatCannotBeAskedAboutLeavesItOpen() throws {
    let carrier = try venue.ready()
    look(carrier)
    _ = carrier.takeKinds()
    carrier.send(query(4))
    carrier.receive(answer(5, "CANCELED", id: "nt-10"))
    carrier.receive(refusal(6, -1000, "An unknown error occurred."))
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost])
    carrier.send(query(5))
    carrier.receive(answer(7, "CANCELED", id: "nt-10"))
    carrier.unsent(8)
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost, .answerLost])
  }
}
