import Testing
import TradingModel

@testable import Venues

/// What a session keeps of orders that are over, after thousands of them; played with Binance spot, which
/// tells the end of a filled order by its last fill alone.
@Suite struct SessionMemoryTests {
  private let steps = SteppedReplaceTests()
  private var venue: BinanceSpotTradingTests { steps.venue }

  private func name(_ id: OrderID) -> String { "nt-" + String(id, radix: 36) }

  private func fill(_ id: String, number: Int, of quantity: String = "1.5") -> String {
    venue.event("TRADE", "FILLED", id: id)
      .replacing("\"i\":4293153", with: "\"i\":\(number)")
      .replacing("\"t\":-1", with: "\"t\":\(number)")
      .replacing("\"q\":\"1.50000000\"", with: "\"q\":\"\(quantity)\"")
      .replacing("\"l\":\"0.00000000\"", with: "\"l\":\"\(quantity)\"")
      .replacing("\"z\":\"0.00000000\"", with: "\"z\":\"\(quantity)\"")
      .replacing("\"L\":\"0.00000000\"", with: "\"L\":\"60000.00\"")
      .replacing("\"N\":null", with: "\"N\":\"USDT\"")
  }

  @Test func nothingIsKeptOfOrdersThatAreOver() throws {
    let carrier = try venue.ready(limits: [])
    for id in 100...3_099 as ClosedRange<OrderID> {
      venue.send(carrier, venue.newOrder(id))
      let tag = Int(try #require(carrier.takeTexts().last?.tag))
      let number = Int(id)
      switch id % 5 {
      case 0:
        carrier.receive(steps.answer(tag, "NEW", id: name(id), order: number))
        carrier.receive(fill(name(id), number: number))
      case 1:
        // The answer has it filled already, and the fills come behind.
        carrier.receive(
          steps.answer(tag, "FILLED", id: name(id), order: number, filled: "1.5"))
        carrier.receive(fill(name(id), number: number))
      case 2:
        // The fill overtakes the answer.
        carrier.receive(fill(name(id), number: number))
        carrier.receive(steps.answer(tag, "NEW", id: name(id), order: number))
      case 3: carrier.receive(steps.refusal(tag, -2010, "words"))
      default:
        // Replaced in steps, then filled.
        carrier.receive(steps.answer(tag, "NEW", id: name(id), order: number))
        var change = steps.replace()
        change.orderID = id
        change.venueOrderID = id
        venue.send(carrier, change)
        let cancel = Int(try #require(carrier.takeTexts().last?.tag))
        carrier.receive(steps.answer(cancel, "CANCELED", id: name(id), order: number))
        let entry = Int(try #require(carrier.takeTexts().last?.tag))
        let later = name(id) + "_2_0"
        carrier.receive(
          steps.answer(entry, "NEW", id: later, order: number + 10_000, quantity: "2"))
        carrier.receive(fill(later, number: number + 10_000, of: "2"))
      }
      _ = carrier.takeKinds()
    }
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    #expect(session.known.isEmpty && session.owners.openCount == 0)
    #expect(session.replacing.isEmpty && session.asked.isEmpty && session.waiting.count == 0)
  }

  /// A fill of all that an order was, while a replace may still make it larger, is not its end yet.
  @Test func anOrderThatIsFilledWhileItIsReplacedIsKeptUntilTheReplaceIsDecided() throws {
    let carrier = try steps.standing()
    venue.send(carrier, steps.replace())
    carrier.receive(fill("nt-10", number: 4_293_153))
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    #expect(session.known.count == 1)
    carrier.receive(steps.refusal(4, -2011, "Unknown order sent."))
    #expect(session.known.isEmpty && session.owners.openCount == 0)
  }

  @Test func othersOrdersAreRememberedUpToABound() {
    var foreign = ForeignOrders()
    for id in 1...UInt64(ForeignOrders.countMax + 5) {
      foreign.insert(OrderNumber(listing: 3, id: id))
      foreign.insert(OrderNumber(listing: 3, id: id))
    }
    #expect(foreign.count == ForeignOrders.countMax)
    #expect(!foreign.contains(OrderNumber(listing: 3, id: 5)))
    #expect(foreign.contains(OrderNumber(listing: 3, id: 6)))
  }
}
