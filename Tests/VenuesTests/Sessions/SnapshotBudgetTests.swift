import Testing
import TradingModel

@testable import Venues

/// A full look at the account within the limits: what it asks waits for them, and what was answered is kept.
/// Played with Binance spot, whose trades name no client order id.
@Suite struct SnapshotBudgetTests {
  private let venue = BinanceSpotTradingTests()
  private static let minute: Int64 = 60_000_000_000

  private func ready(
    _ limits: [RateLimit] = BinanceSpot.description.rateLimits
  ) throws -> SessionCarrier {
    let carrier = try venue.carrier(limits: limits)
    carrier.start()
    carrier.open(0)
    carrier.receive("{\"id\":\"1\",\"status\":200,\"result\":{\"serverTime\":1700000000500}}")
    carrier.receive("{\"id\":\"2\",\"status\":200,\"result\":{}}")
    _ = carrier.takeKinds()
    _ = carrier.takeTexts()
    return carrier
  }

  private func look(_ carrier: SessionCarrier, version: RequestVersion = 9) {
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: version))
  }

  private func trades(_ ids: ClosedRange<Int>) -> String {
    let rows = ids.map { id in
      """
      {"symbol":"BTCUSDT","id":\(id),"orderId":\(id + 5_000),"orderListId":-1,"price":"60000",\
      "qty":"0.5","commission":"0","commissionAsset":"BTC","time":1700000001500,"isBuyer":true,\
      "isMaker":true}
      """
    }
    return "[\(rows.joined(separator: ","))]"
  }

  private func give(_ carrier: SessionCarrier, _ asked: SessionCarrier.Asked, _ result: String) {
    carrier.receive("{\"id\":\"\(asked.tag)\",\"status\":200,\"result\":\(result)}")
  }

  /// Answers what is asked until nothing is: the strangers' orders are somebody else's.
  ///
  /// - Returns: how many orders and how many lists of open orders were asked for.
  private func answerAll(
    _ carrier: SessionCarrier, trades: String
  ) throws -> (orders: Int, lists: Int) {
    var counts = (orders: 0, lists: 0)
    while !carrier.texts.isEmpty {
      let texts = carrier.takeTexts()
      // Not all at once, however many there are.
      #expect(texts.count <= 16)
      for asked in texts {
        if asked.text.contains("order.status") {
          counts.orders += 1
          let number = try #require(asked.text.split(separator: "\"orderId\":").last?.prefix(4))
          give(
            carrier, asked,
            """
            {"symbol":"BTCUSDT","orderId":\(number),"orderListId":-1,"clientOrderId":"by-hand",\
            "price":"60000","origQty":"0.5","executedQty":"0.5","status":"FILLED",\
            "timeInForce":"GTC","type":"LIMIT","side":"BUY","time":1700000001000,\
            "updateTime":1700000001500,"isWorking":true}
            """)
        } else if asked.text.contains("openOrders") {
          counts.lists += 1
          give(carrier, asked, "[]")
        } else if asked.text.contains("myTrades") {
          give(carrier, asked, trades)
        } else {
          give(carrier, asked, "{\"serverTime\":\(carrier.now.wall / 1_000_000 + 500)}")
        }
      }
    }
    return counts
  }

  @Test func othersOrdersAreAskedAboutWithinTheLimitsAndOnce() throws {
    let carrier = try ready([RateLimit(.weight, 1_000, per: Self.minute, isAligned: true)])
    look(carrier)
    var orders = 0
    var lists = 0
    // By the venue's minutes, of whose clock this one is half a second behind.
    var minutes: [Int64: Int] = [:]
    for second in 0..<400 where venue.reports(carrier).last?.kind != .snapshotEnd {
      let minute = (carrier.now.wall + 500_000_000) / Self.minute
      let counts = try answerAll(carrier, trades: trades(1...999))
      orders += counts.orders
      lists += counts.lists
      minutes[minute, default: 0] += counts.orders
      if second == 1 {
        #expect(counts.orders == 0 && orders > 190)
        // The reserve is there for cancels; and the core asks again, which begins nothing anew.
        carrier.send(VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 1, version: 2))
        #expect(carrier.takeTexts().map { $0.text.contains("order.cancel") } == [true])
        look(carrier, version: 10)
      }
      carrier.pass(seconds: 1)
    }
    // An order costs 4 of the 900 that are not kept for cancels.
    #expect(minutes.values.allSatisfy { $0 <= 225 })
    #expect(orders == 999)
    #expect(lists == 2)
    let told = venue.reports(carrier).filter { !$0.kind.isAboutOrder }
    #expect(told.map(\.kind) == [.snapshotBegin, .snapshotEnd])
    #expect(told.map(\.version) == [10, 10])
    // Whose they are is known the next time, also over another connection.
    carrier.close(0)
    carrier.open(0)
    _ = try answerAll(carrier, trades: trades(1...999))
    carrier.pass(seconds: 60)
    _ = try answerAll(carrier, trades: trades(1...999))
    look(carrier, version: 11)
    let again = try answerAll(carrier, trades: trades(1...999))
    #expect(again.orders == 0 && again.lists == 1)
    #expect(venue.reports(carrier).last?.version == 11)
  }

  @Test func whatWasAnsweredIsNotAskedAgainAndPagesGoOn() throws {
    let carrier = try ready()
    look(carrier)
    for asked in carrier.takeTexts() {
      give(carrier, asked, asked.text.contains("myTrades") ? trades(1...1) : "[]")
    }
    _ = try answerAll(carrier, trades: "[]")
    #expect(venue.reports(carrier).last?.kind == .snapshotEnd)
    _ = carrier.takeKinds()
    look(carrier, version: 10)
    var asked = carrier.takeTexts()
    #expect(asked.count == 2 && asked[1].text.contains("\"fromId\":1,"))
    give(carrier, asked[0], "[]")
    let own = trades(1...1_000).replacing(#/"orderId":\d+/#, with: "\"orderId\":5001")
    give(carrier, asked[1], own)
    asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("\"fromId\":1001"))
    carrier.receive(
      "{\"id\":\"\(asked[0].tag)\",\"status\":500,\"error\":{\"code\":-1000,\"msg\":\"words\"}}")
    carrier.pass(seconds: 4.5)
    #expect(carrier.takeTexts().isEmpty)
    carrier.pass(seconds: 1)
    asked = carrier.takeTexts()
    #expect(asked.count == 1 && asked[0].text.contains("\"fromId\":1001"))
    give(carrier, asked[0], "[]")
    #expect(venue.reports(carrier).last?.kind == .snapshotEnd)
  }

  /// The fills that a query's status waits for do not come: the core hears that, and asks again.
  @Test func fillsThatNeverComeAreGivenUp() throws {
    let carrier = try ready()
    venue.send(carrier, venue.newOrder())
    venue.send(
      carrier, VenueRequest(kind: .queryOrder, listing: 3, venue: 2, orderID: 36, version: 2))
    _ = carrier.takeTexts()
    carrier.receive(
      """
      {"id":"4","status":200,"result":{"symbol":"BTCUSDT","orderId":7,"orderListId":-1,\
      "clientOrderId":"nt-10","price":"60000","origQty":"1.5","executedQty":"0.5",\
      "status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"BUY"}}
      """)
    #expect(carrier.takeTexts().count == 1)
    carrier.receive("{\"id\":\"3\",\"status\":400,\"error\":{\"code\":-1000,\"msg\":\"words\"}}")
    _ = carrier.takeKinds()
    carrier.pass(seconds: 4.9)
    #expect(venue.reports(carrier).isEmpty)
    carrier.pass(seconds: 0.2)
    #expect(venue.reports(carrier).map(\.kind) == [.answerLost])
    #expect(venue.reports(carrier)[0].version == 2)
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    #expect(session.asked.isEmpty && session.waiting.count == 0)
  }
}
