import Testing
import TradingModel

@testable import Venues

/// Take-profits, stop-losses and trailing stops that the venue itself makes (somebody set them by hand, or
/// with the same key): they have no name, or one that is not ours, and are left alone like any order that is
/// not ours, with their fills.
extension BybitTradingTests {
  /// As the venue pushes them: https://bybit-exchange.github.io/docs/v5/websocket/private/order.
  private func made(
    _ type: String, _ status: String, link: String = "", filled: String = "0",
    category: String = "linear"
  ) -> String {
    order(
      status, price: "0", quantity: "0.5", filled: filled, link: link, category: category,
      extra: """
        ,"stopOrderType":"\(type)","createType":"CreateBy\(type)","triggerDirection":2,\
        "triggerBy":"LastPrice","reduceOnly":true,"closeOnTrigger":true,"tpslMode":"Full",\
        "parentOrderLinkId":"nt-10","takeProfit":"","stopLoss":"","tpLimitPrice":"0"
        """
    )
    .replacing("fd4300ae-7847", with: "\(type.count)d4300ae-7847")
    .replacing("\"Buy\"", with: "\"Sell\"").replacing("\"Limit\"", with: "\"Market\"")
  }

  private func foreign(_ carrier: SessionCarrier) throws -> Int {
    try #require(carrier.common as? TradingSession<BybitTrading>).counts.foreign
  }

  @Test func ordersOfTheVenuesOwnMakingAreLeftAlone() throws {
    let carrier = try ready()
    carrier.send(request(.newOrder))
    acknowledge(carrier, 6)
    carrier.receive(push("order", order("New")), on: stream)
    _ = carrier.takeKinds()
    // Ours is filled, and what belongs to it comes with it.
    carrier.receive(push("execution", fill("a-1", quantity: "1.5")), on: stream)
    carrier.receive(
      push(
        "order", made("TakeProfit", "Untriggered"), order("Filled", filled: "1.5"),
        made("StopLoss", "Untriggered"), made("TrailingStop", "Untriggered")), on: stream)
    #expect(reports(carrier).map(\.kind) == [.fill])
    #expect(reports(carrier).allSatisfy { $0.orderID == 36 })
    #expect(try foreign(carrier) == 3)
    _ = carrier.takeKinds()
    carrier.receive(push("order", made("StopLoss", "Triggered")), on: stream)
    carrier.receive(
      push(
        "execution",
        fill("a-2", quantity: "0.5", link: "", extra: ",\"createType\":\"CreateByStopLoss\"")
          .replacing("fd4300ae-7847", with: "8d4300ae-7847")), on: stream)
    carrier.receive(
      push(
        "order", made("StopLoss", "Filled", filled: "0.5"), made("TakeProfit", "Deactivated"),
        made("PartialTakeProfit", "Cancelled", link: "somebody-else")), on: stream)
    #expect(reports(carrier).isEmpty)
    #expect(try foreign(carrier) == 8)
  }

  /// Spot names every order: the venue's own have a number for a name.
  @Test func spotOrdersOfTheVenuesOwnMakingAreLeftAlone() throws {
    let carrier = try ready(.spot)
    for (status, filled) in [("Untriggered", "0"), ("Triggered", "0"), ("Filled", "0.5")] {
      carrier.receive(
        push(
          "order",
          made(
            "BidirectionalTpslOrder", status, link: "1950000000000000001", filled: filled,
            category: "spot")), on: stream)
    }
    #expect(reports(carrier).isEmpty)
    #expect(try foreign(carrier) == 3)
  }

  @Test func theyAreNotInALook() throws {
    let carrier = try ready(since: 1_699_999_000_000_000_000)
    _ = carrier.takeRequests()
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 9))
    let asked = carrier.takeRequests()
    carrier.answer(
      asked[0].tag, list([made("TakeProfit", "Untriggered"), order("New")]), on: rest)
    carrier.answer(
      asked[1].tag,
      list([fill("s", link: "").replacing("fd4300ae-7847", with: "8d4300ae-7847")]), on: rest)
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.snapshotBegin, .statusOpen, .snapshotEnd])
    #expect(told[1].orderID == 36)
  }
}
