import Testing
import TradingModel

@testable import Venues

/// What a trading session does about limits, bans and stops; played with Binance spot.
@Suite struct SessionRefusalTests {
  private let venue = BinanceSpotTradingTests()

  private func refusal(_ tag: Int, _ code: Int, status: Int = 400, data: String = "") -> String {
    "{\"id\":\"\(tag)\",\"status\":\(status),\"error\":{\"code\":\(code),\"msg\":\"words\"\(data)}}"
  }

  private func cancel(_ order: OrderID = 36) -> VenueRequest {
    VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: order, version: 2)
  }

  /// The session's clock is asked for each minute, and a snapshot begun anew each five seconds or more.
  @Test func nothingIsAskedWhileABanLasts() throws {
    let carrier = try venue.ready()
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 5))
    #expect(!carrier.takeTexts().isEmpty)
    // The venue's clock shows half a second more than ours.
    let until = ",\"data\":{\"serverTime\":1700000000500,\"retryAfter\":1700000120500}"
    venue.send(carrier, venue.newOrder())
    let tag = try #require(carrier.takeTexts().last?.tag)
    carrier.receive(refusal(Int(tag), -1003, status: 418, data: until))
    #expect(venue.reports(carrier).last?.kind == .rejected)
    #expect(venue.reports(carrier).last?.reason == .rateLimited)
    carrier.pass(seconds: 119)
    #expect(carrier.takeTexts().isEmpty)
    // Not even cancels: each makes the ban longer.
    carrier.send(cancel())
    #expect(carrier.takeTexts().isEmpty && venue.reports(carrier).last?.kind == .notSent)
    carrier.pass(seconds: 3)
    let asked = carrier.takeTexts().map(\.text)
    #expect(asked.contains { $0.contains("\"method\":\"time\"") })
    #expect(asked.contains { $0.contains("openOrders") })
    _ = carrier.takeKinds()
    venue.send(carrier, venue.newOrder(37))
    #expect(carrier.takeTexts().last?.text.contains("order.place") == true)
  }

  @Test func aBanOutlastsAConnection() throws {
    let carrier = try venue.ready()
    venue.send(carrier, venue.newOrder())
    let until = ",\"data\":{\"serverTime\":1700000000500,\"retryAfter\":1700000030500}"
    carrier.receive(refusal(3, -1003, status: 418, data: until))
    _ = carrier.takeTexts()
    carrier.close(0)
    carrier.open(0)
    carrier.pass(seconds: 29)
    #expect(carrier.takeTexts().isEmpty)
    carrier.pass(seconds: 2)
    #expect(carrier.takeTexts().map(\.text).count == 1)
  }

  @Test func aLimitOnNewOrdersLeavesCancels() throws {
    let carrier = try venue.ready()
    venue.send(carrier, venue.newOrder())
    carrier.receive(refusal(3, -1015))
    _ = carrier.takeTexts()
    _ = carrier.takeKinds()
    venue.send(carrier, venue.newOrder(37))
    #expect(venue.reports(carrier).map(\.kind) == [.notSent])
    #expect(venue.reports(carrier)[0].reason == .rateLimited && carrier.takeTexts().isEmpty)
    carrier.send(cancel())
    #expect(carrier.takeTexts().first?.text.contains("order.cancel") == true)
    carrier.pass(seconds: 1.1)
    venue.send(carrier, venue.newOrder(38))
    #expect(carrier.takeTexts().first?.text.contains("order.place") == true)
  }

  @Test func anAccountThatMayNotEnterOrdersStillCancels() throws {
    let carrier = try venue.ready()
    venue.send(carrier, venue.newOrder())
    let permission = try #require(
      BinanceErrors.documented.keys.first {
        BinanceErrors.meaning(code: $0, status: 400) == .stop(.permission)
      })
    carrier.receive(refusal(3, Int(permission)))
    _ = carrier.takeTexts()
    _ = carrier.takeKinds()
    venue.send(carrier, venue.newOrder(37))
    #expect(venue.reports(carrier).map(\.kind) == [.notSent] && carrier.takeTexts().isEmpty)
    carrier.send(cancel())
    #expect(carrier.takeTexts().first?.text.contains("order.cancel") == true)
  }

  @Test func whoeverIsLoggedOutLogsOnAgain() throws {
    let carrier = try venue.ready()
    venue.send(carrier, venue.newOrder())
    _ = carrier.takeTexts()
    // COMP_ID_IN_USE.
    carrier.receive(refusal(3, -1033))
    #expect(venue.reports(carrier).map(\.kind) == [.rejected, .disconnected])
    carrier.pass(seconds: 1.5)
    #expect(carrier.takeTexts().count == 1)
    carrier.receive("{\"id\":\"4\",\"status\":200,\"result\":{\"serverTime\":1700000000500}}")
    carrier.receive("{\"id\":\"5\",\"status\":200,\"result\":{\"subscriptionId\":1}}")
    #expect(venue.reports(carrier).last?.kind == .connected)
  }

  /// An amended order keeps its name; and where somebody amends it by hand, its number is still ours.
  @Test func anAmendedOrderIsStillOurs() throws {
    let carrier = try venue.ready()
    venue.send(carrier, venue.newOrder())
    carrier.receive(venue.event("NEW", "NEW"))
    _ = carrier.takeTexts()
    _ = carrier.takeKinds()
    var amend = venue.newOrder()
    amend.kind = .replace
    amend.version = 2
    amend.quantity = 100_000
    amend.venueOrderID = 4_293_153
    carrier.send(amend)
    #expect(carrier.takeTexts()[0].text.contains("\"newClientOrderId\":\"nt-10\""))
    carrier.receive(venue.event("CANCELED", "CANCELED", id: "XUiRyBntkPEO"))
    #expect(venue.reports(carrier).map(\.kind) == [.canceled])
    #expect(venue.reports(carrier)[0].orderID == 36)
  }
}
