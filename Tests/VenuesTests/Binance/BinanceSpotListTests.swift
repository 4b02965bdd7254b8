import Testing
import TradingModel

@testable import Venues

/// Lists of orders that somebody enters by hand on an account of ours.
@Suite struct BinanceSpotListTests {
  private let bench = BinanceSpotTradingTests()

  /// An order of list 7, as the user stream tells it.
  private func event(_ id: String, _ execution: String, _ status: String) -> String {
    bench.event(execution, status, id: id)
      .replacing("\"g\":-1", with: "\"g\":7").replacing("\"i\":4293153", with: "\"i\":99")
  }

  private func list(_ status: String, _ orderStatus: String) -> String {
    """
    {"subscriptionId":0,"event":{"e":"listStatus","E":1700000001000,"s":"BTCUSDT","g":7,"c":"OTO",\
    "l":"\(status)","L":"\(orderStatus)","r":"NONE","C":"list","T":1700000001000,"O":[\
    {"s":"BTCUSDT","i":98,"c":"web_1"},{"s":"BTCUSDT","i":99,"c":"web_2"}]}}
    """
  }

  @Test func theirEventsAreKnownAndNotOurs() throws {
    let carrier = try bench.ready()
    carrier.receive(event("web_1", "NEW", "NEW"))
    carrier.receive(event("web_2", "NEW", "PENDING_NEW"))
    carrier.receive(list("EXEC_STARTED", "EXECUTING"))
    carrier.receive(event("web_2", "REJECTED", "REJECTED"))
    carrier.receive(list("ALL_DONE", "ALL_DONE"))
    #expect(bench.reports(carrier).isEmpty)
    let session = try #require(carrier.common as? TradingSession<BinanceSpotTrading>)
    #expect(session.counts.foreign == 3)
    #expect(session.counts.malformed == 0)
    // Ours go on as if there were none.
    bench.send(carrier, bench.newOrder())
    _ = carrier.takeTexts()
    carrier.receive(bench.event("NEW", "NEW"))
    #expect(bench.reports(carrier).map(\.kind) == [.accepted])
  }
}
