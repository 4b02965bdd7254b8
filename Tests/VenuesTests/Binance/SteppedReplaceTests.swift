import Testing
import TradingModel

@testable import Venues

/// Changes that Binance spot cannot make in place: cancel, learn, enter the rest.
@Suite struct SteppedReplaceTests {
  let venue = BinanceSpotTradingTests()

  /// Connected, and order 36 (1.5 at 60000) stands.
  func standing(
    limits: [RateLimit] = BinanceSpot.description.rateLimits
  ) throws -> SessionCarrier {
    let carrier = try venue.ready(limits: limits)
    venue.send(carrier, venue.newOrder())
    _ = carrier.takeTexts()
    carrier.receive(venue.event("NEW", "NEW"))
    carrier.receive(answer(3, "NEW", id: "nt-10"))
    _ = carrier.takeKinds()
    return carrier
  }

  func replace(version: RequestVersion = 2, quantity: Int64 = 200_000) -> VenueRequest {
    VenueRequest(
      kind: .replace, side: .buy, listing: 3, venue: 2, orderID: 36, version: version,
      price: 5_999_000, quantity: quantity, venueOrderID: 4_293_153)
  }

  func answer(
    _ tag: Int, _ status: String, id: String, order: Int = 4_293_153, quantity: String = "1.5",
    filled: String = "0",
    price: String = "60000"
  ) -> String {
    """
    {"id":"\(tag)","status":200,"result":{"symbol":"BTCUSDT","origClientOrderId":"\(id)",\
    "orderId":\(order),"orderListId":-1,"clientOrderId":"\(id)","transactTime":1700000002000,\
    "price":"\(price)","origQty":"\(quantity)","executedQty":"\(filled)","cummulativeQuoteQty":"0",\
    "status":"\(status)","timeInForce":"GTC","type":"LIMIT","side":"BUY"}}
    """
  }

  func refusal(_ tag: Int, _ code: Int, _ text: String) -> String {
    "{\"id\":\"\(tag)\",\"status\":400,\"error\":{\"code\":\(code),\"msg\":\"\(text)\"}}"
  }

  @Test func aLowerQuantityIsAmendedInPlace() throws {
    let carrier = try standing()
    var change = replace(quantity: 100_000)
    change.price = 6_000_000
    venue.send(carrier, change)
    #expect(carrier.takeTexts().first?.text.contains("order.amend.keepPriority") == true)
  }

  @Test func theRestIsEnteredUnderANameThatTellsWhatWasFilled() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    let cancel = carrier.takeTexts()
    #expect(cancel.count == 1 && cancel[0].text.contains("order.cancel"))
    // Half a coin was filled on the way.
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    carrier.receive(venue.event("CANCELED", "CANCELED"))
    let entry = carrier.takeTexts()
    #expect(entry.count == 1 && entry[0].text.contains("order.place"))
    #expect(entry[0].text.contains("\"newClientOrderId\":\"nt-10_2_12kw\""))
    #expect(entry[0].text.contains("\"quantity\":\"1.5\""))
    #expect(venue.reports(carrier).isEmpty)
    carrier.receive(answer(5, "NEW", id: "nt-10_2_12kw", order: 77))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.replaced])
    #expect(told[0].version == 2 && told[0].venueOrderID == 77)
    #expect(told[0].price == 5_999_000 && told[0].quantity == 200_000)
  }

  /// Pushes about the former order come again, or late: the later one stands all the same.
  @Test func whatComesLateOfTheFormerOrderEndsNothing() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    carrier.receive(venue.event("CANCELED", "CANCELED"))
    carrier.receive(answer(5, "NEW", id: "nt-10_2_12kw", order: 77))
    _ = carrier.takeKinds()
    for (execution, status) in [("CANCELED", "CANCELED"), ("NEW", "NEW"), ("EXPIRED", "EXPIRED")] {
      carrier.receive(venue.event(execution, status))
      carrier.receive(venue.event(execution, status, id: "webcancel1"))
    }
    #expect(venue.reports(carrier).isEmpty)
    _ = carrier.takeTexts()
    venue.send(
      carrier, VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 36, version: 3))
    #expect(carrier.takeTexts()[0].text.contains("\"origClientOrderId\":\"nt-10_2_12kw\""))
    // A fill that was on its way counts.
    carrier.receive(
      venue.event("TRADE", "PARTIALLY_FILLED").replacing("\"t\":-1", with: "\"t\":7")
        .replacing("\"l\":\"0.00000000\"", with: "\"l\":\"0.50000000\"")
        .replacing("\"z\":\"0.00000000\"", with: "\"z\":\"0.50000000\"")
        .replacing("\"L\":\"0.00000000\"", with: "\"L\":\"60000.00\"")
        .replacing("\"N\":null", with: "\"N\":\"USDT\""))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.fill])
    #expect(told.first?.orderID == 36 && told.first?.lastQuantity == 50_000)
  }

  /// The answer is given up, and comes all the same: what stood was canceled, and nothing took its place.
  @Test func aRestRefusedLateEndsTheOrderAsItsCancelDid() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    _ = carrier.takeKinds()
    carrier.pass(seconds: 6)
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost])
    _ = carrier.takeKinds()
    carrier.receive(refusal(5, -2010, "Account has insufficient balance for requested action."))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.replaceRejected, .canceled])
    #expect(told[0].version == 2 && told[0].reason == .insufficientBalance)
    #expect(told[1].cumulativeQuantity == 50_000)
  }

  @Test func whatTheLaterOrderTellsCountsFromBefore() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    carrier.receive(answer(5, "NEW", id: "nt-10_2_12kw", order: 77))
    _ = carrier.takeKinds()
    _ = carrier.takeTexts()
    venue.send(
      carrier,
      VenueRequest(
        kind: .queryOrder, listing: 3, venue: 2, orderID: 36, version: 3,
        venueOrderID: 77))
    #expect(carrier.takeTexts()[0].text.contains("\"origClientOrderId\":\"nt-10_2_12kw\""))
    carrier.receive(answer(6, "NEW", id: "nt-10_2_12kw", order: 77))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.statusOpen])
    #expect(told[0].quantity == 200_000 && told[0].cumulativeQuantity == 50_000)
  }

  @Test func anOrderThatIsGoneKeepsItsTerms() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive(refusal(4, -2011, "Unknown order sent."))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.replaceRejected] && told[0].version == 2)
    #expect(carrier.takeTexts().count == 1)
  }

  @Test func aRestThatIsRefusedLeavesTheOrderCanceled() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    carrier.receive(refusal(5, -2010, "Account has insufficient balance for requested action."))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.replaceRejected, .canceled])
    #expect(told[1].cumulativeQuantity == 50_000)
  }

  @Test func nothingIsEnteredWhenEverythingWasFilledMeanwhile() throws {
    let carrier = try standing()
    venue.send(carrier, replace(quantity: 40_000))
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    #expect(venue.reports(carrier).map(\.kind) == [.replaceRejected, .canceled])
    #expect(carrier.takeTexts().count == 1)
  }

  @Test func aCancelMeanwhileEndsIt() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    venue.send(
      carrier, VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 36, version: 3))
    #expect(carrier.takeTexts().count == 1)
    carrier.receive(answer(4, "CANCELED", id: "nt-10"))
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.replaceRejected, .canceled] && told[1].version == 3)
    #expect(carrier.takeTexts().isEmpty)
  }

  @Test func aLostAnswerIsAskedAboutByTheNameSentLast() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive(answer(4, "CANCELED", id: "nt-10"))
    carrier.pass(seconds: 5.1)
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.answerLost] && told[0].version == 2)
    _ = carrier.takeTexts()
    venue.send(
      carrier, VenueRequest(kind: .queryOrder, listing: 3, venue: 2, orderID: 36, version: 3))
    #expect(carrier.takeTexts()[0].text.contains("\"origClientOrderId\":\"nt-10_2_0\""))
  }

  @Test func theEndOfTheEarlierOrderIsToldWhenTheAnswerIsLost() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive(venue.event("CANCELED", "CANCELED"))
    #expect(venue.reports(carrier).isEmpty)
    carrier.pass(seconds: 5.1)
    #expect(venue.reports(carrier).map(\.kind) == [.canceled, .answerLost])
  }

  /// Nine of ten orders are what ordinary requests may enter; the tenth is left for nobody here.
  @Test func atALimitTheReplaceIsRefusedAndTheOrderStands() throws {
    let carrier = try standing(limits: [
      RateLimit(.weight, 1_000, per: 60_000_000_000, isAligned: true),
      RateLimit(.orders, 10, per: 10_000_000_000, isAligned: true),
    ])
    for id in 40...47 as ClosedRange<OrderID> { venue.send(carrier, venue.newOrder(id)) }
    _ = carrier.takeTexts()
    venue.send(carrier, replace())
    #expect(carrier.takeTexts().isEmpty)
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.replaceRejected] && told[0].reason == .rateLimited)
    venue.send(
      carrier, VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 36, version: 3))
    #expect(carrier.takeTexts().count == 1)
  }

  /// Cancels have the last tenth of the weight: replaces do not use it, however many.
  @Test func replacesLeaveTheReserveToCancels() throws {
    let carrier = try standing(limits: [
      RateLimit(.weight, 30, per: 60_000_000_000, isAligned: true),
      RateLimit(.requests, 100, per: 60_000_000_000, isAligned: true),
    ])
    var sent = 0
    for version in 2...60 as ClosedRange<RequestVersion> {
      venue.send(carrier, replace(version: version))
      let texts = carrier.takeTexts()
      guard let cancel = texts.first else { break }
      sent += 1
      let name = sent == 1 ? "nt-10" : "nt-10_\(String(version - 1, radix: 36))_0"
      carrier.receive(answer(Int(cancel.tag), "CANCELED", id: name))
      let entry = try #require(carrier.takeTexts().first)
      carrier.receive(
        answer(
          Int(entry.tag), "NEW", id: "nt-10_\(String(version, radix: 36))_0", order: 77 + sent))
    }
    #expect(sent > 5 && venue.reports(carrier).last?.kind == .replaceRejected)
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    let left = session.shared.budget.left(.weight, interval: 60_000_000_000, at: carrier.now)
    #expect(left == 0 || left == 1)
    for version in 61...63 as ClosedRange<RequestVersion> {
      venue.send(
        carrier, VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 36, version: version))
    }
    #expect(carrier.takeTexts().count == 3)
  }

  @Test func whereNewOrdersAreShutTheOrderStands() throws {
    let carrier = try standing()
    venue.send(carrier, venue.newOrder(37))
    let tag = try #require(carrier.takeTexts().last?.tag)
    carrier.receive(refusal(Int(tag), -1015, "Too many new orders."))
    _ = carrier.takeKinds()
    venue.send(carrier, replace())
    #expect(carrier.takeTexts().isEmpty)
    #expect(venue.reports(carrier).map(\.kind) == [.replaceRejected])
  }

  /// The account's own events end, and the core hears that it is disconnected: the cancel's answer still
  /// comes over the connection, and nothing is entered behind the core's back.
  @Test func nothingIsEnteredOnceTheSessionIsNotReady() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive("{\"subscriptionId\":0,\"event\":{\"e\":\"eventStreamTerminated\",\"E\":1}}")
    _ = carrier.takeTexts()
    _ = carrier.takeKinds()
    carrier.receive(answer(4, "CANCELED", id: "nt-10", filled: "0.5"))
    #expect(carrier.takeTexts().isEmpty)
    let told = venue.reports(carrier)
    #expect(told.map(\.kind) == [.replaceRejected, .canceled])
    #expect(told[1].cumulativeQuantity == 50_000)
  }

  @Test func nothingIsEnteredByAnAccountThatMayNoLongerEnter() throws {
    let carrier = try standing()
    venue.send(carrier, venue.newOrder(37))
    let tag = try #require(carrier.takeTexts().last?.tag)
    venue.send(carrier, replace())
    let cancel = try #require(carrier.takeTexts().last?.tag)
    let permission = try #require(
      BinanceErrors.documented.keys.first {
        BinanceErrors.meaning(code: $0, status: 400) == .stop(.permission)
      })
    carrier.receive(refusal(Int(tag), Int(permission), "words"))
    _ = carrier.takeKinds()
    carrier.receive(answer(Int(cancel), "CANCELED", id: "nt-10"))
    #expect(carrier.takeTexts().isEmpty)
    #expect(venue.reports(carrier).map(\.kind) == [.replaceRejected, .canceled])
  }

  /// A cancel of the core while nothing can be sent counts all the same.
  @Test func aCancelWhileTheSessionIsNotReadyEndsTheReplace() throws {
    let carrier = try standing()
    venue.send(carrier, replace())
    carrier.receive("{\"subscriptionId\":0,\"event\":{\"e\":\"eventStreamTerminated\",\"E\":1}}")
    _ = carrier.takeKinds()
    venue.send(
      carrier, VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 36, version: 3))
    #expect(venue.reports(carrier).isEmpty)
    // The events are back before the cancel's answer is.
    let tag = try #require(carrier.takeTexts().last?.tag)
    carrier.receive("{\"id\":\"\(tag)\",\"status\":200,\"result\":{}}")
    carrier.receive(answer(4, "CANCELED", id: "nt-10"))
    #expect(carrier.takeTexts().isEmpty)
    let told = venue.reports(carrier).filter { $0.kind.isAboutOrder }
    #expect(told.map(\.kind) == [.replaceRejected, .canceled] && told[1].version == 3)
  }
}
