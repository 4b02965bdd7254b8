import LowLatency
import MatchingEngine
import Testing
import TradingModel

/// The hash is one of state: equal for equal books, whatever their memory; another one when
/// anything that can be seen changed.
@Suite struct StateHashTests {
  @Test(arguments: UInt64(0)..<22) func hashesAreThoseOfStates(seed: UInt64) {
    var flow = RandomFlow(seed: seed)
    let shape = flow.shape
    var naive = NaiveBook(shape)
    var one = MatchingBook(shape)
    var two = MatchingBook(
      orderCapacity: shape.orderCapacity, levelPages: 40,
      changeCapacity: shape.levelChanges > 0 ? 0 : 8,
      seed: shape.seed)
    var buffer = ReportBuffer(capacity: 16)
    for step in 0..<600 {
      let request = flow.next(naive)
      let before = Snapshot(naive)
      let hash = one.stateHash()
      naive.apply(request)
      one.apply(request, into: &buffer)
      two.apply(request, into: &buffer)
      buffer.removeAll()
      naive.reports.removeAll(keepingCapacity: true)
      if one.stateHash() != two.stateHash() {
        Issue.record("seed \(seed) step \(step): equal books hash differently")
        return
      }
      if Snapshot(naive) != before && one.stateHash() == hash {
        Issue.record("seed \(seed) step \(step): \(request) did not change the hash")
        return
      }
    }
  }

  /// What of a book can be seen.
  private struct Snapshot: Equatable {
    var orders: [OrderView]
    var positions: [OwnerID: Int64]
    var time: Timestamp
    var phase: TradingPhase
    var tradeCount: UInt64

    init(_ book: NaiveBook) {
      let all = book.orders(.buy) + book.orders(.sell) + book.waiting(.buy) + book.waiting(.sell)
      orders = all.map { book.view(of: $0) }
      positions = book.positions
      time = book.time
      phase = book.phase
      tradeCount = book.figures.tradeCount
    }
  }
}
