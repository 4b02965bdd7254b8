import MatchingEngine
import TradingModel

/// A generated market as its traders see it, while something happens there.
struct TradersTurn: TradedBook {
  let market: GeneratedMarket
  let turn: VenueTurn

  func best(_ side: Side) -> LevelView? { side == .buy ? market.book.bestBid : market.book.bestAsk }

  func isThin(_ side: Side, _ count: Int) -> Bool {
    let room = market.levels[..<min(market.levels.count, count)]
    return market.book.depth(side, into: UnsafeMutableBufferPointer(rebasing: room)) < count
  }

  func generatedFront(_ price: Int64, _ side: Side) -> OrderID? {
    let front = withUnsafeTemporaryAllocation(of: OrderView.self, capacity: 1) { room in
      market.book.orders(at: price, side, into: room) == 1 ? room[0].orderID : nil
    }
    return front.flatMap { $0 & 1 == 0 ? $0 : nil }
  }

  func rests(_ orderID: OrderID) -> Bool { market.book.order(orderID) != nil }

  func takeGeneratedID() -> OrderID { market.takeFlowID() }

  func enter(_ entry: OrderEntry) {
    market.book.submit(entry, into: &market.reports)
    _ = market.takeReports(in: turn)
  }

  func withdraw(_ orderID: OrderID) {
    market.book.cancel(orderID, into: &market.reports)
    _ = market.takeReports(in: turn)
  }
}
