import Foundation
import LowLatency
import MatchingEngine
import Testing
import TradingModel

/// The book against the naive one, report by report. A failure names its seed and step; run the
/// seed alone to repeat it. NEEDLETAIL_HEAVY=1 raises the count fifty-fold.
@Suite struct RandomFlowTests {
  static let isHeavy = ProcessInfo.processInfo.environment["NEEDLETAIL_HEAVY"] == "1"
  static let seeds = UInt64(0)..<(isHeavy ? 2_000 : 40)
  static let stepCount = 50_000

  @Test(arguments: seeds) func agreesWithNaiveBook(seed: UInt64) {
    var flow = RandomFlow(seed: seed)
    let capacity = seed % 3 == 0 ? 12 : 40
    var book = MatchingBook(orderCapacity: capacity, levelPages: 2, changeCapacity: 64)
    var naive = NaiveBook(orderCapacity: capacity)
    var buffer = ReportBuffer(capacity: 4)
    var copy = LevelCopy()
    for step in 0..<Self.stepCount {
      apply(flow.next(), &book, &naive, &buffer)
      guard agree(buffer, naive.reports) else {
        Issue.record("seed \(seed) step \(step): \(list(buffer)) is not \(naive.reports)")
        return
      }
      buffer.removeAll()
      naive.reports.removeAll(keepingCapacity: true)
      if flow.random.chance(0.002) {
        book.checkInvariants()
        copy.read(&book)
        guard viewsAgree(book, naive, copy) else {
          Issue.record("seed \(seed) step \(step): the views differ")
          return
        }
      }
    }
    book.checkInvariants()
  }

  /// The comparison is worth what its flow reaches: every kind of report and every reason.
  @Test func flowReachesEveryKindAndReason() {
    var kinds: Set<ReportKind> = []
    var reasons: Set<MatchReason> = []
    for seed in UInt64(0)..<8 {
      var flow = RandomFlow(seed: seed)
      var naive = NaiveBook(orderCapacity: seed % 3 == 0 ? 12 : 40)
      for _ in 0..<5_000 {
        switch flow.next() {
        case .submit(let entry): naive.submit(entry)
        case .modify(let id, let price, let quantity):
          naive.modify(id, price: price, quantity: quantity)
        case .cancel(let id): naive.cancel(id)
        case .cancelAll(let owner): naive.cancelAll(owner: owner)
        }
      }
      kinds.formUnion(naive.reports.map(\.kind))
      reasons.formUnion(naive.reports.map(\.reason))
    }
    #expect(kinds == Set(ReportKind.allCases))
    #expect(reasons == Set(MatchReason.allCases))
  }

  private func apply(
    _ request: BookRequest, _ book: inout MatchingBook, _ naive: inout NaiveBook,
    _ buffer: inout ReportBuffer
  ) {
    switch request {
    case .submit(let entry):
      book.submit(entry, into: &buffer)
      naive.submit(entry)
    case .modify(let id, let price, let quantity):
      book.modify(id, price: price, quantity: quantity, into: &buffer)
      naive.modify(id, price: price, quantity: quantity)
    case .cancel(let id):
      book.cancel(id, into: &buffer)
      naive.cancel(id)
    case .cancelAll(let owner):
      book.cancelAll(owner: owner, into: &buffer)
      naive.cancelAll(owner: owner)
    }
  }

  private func agree(_ buffer: borrowing ReportBuffer, _ expected: [MatchReport]) -> Bool {
    if buffer.count != expected.count { return false }
    var place = 0
    while place < expected.count {
      if buffer[place] != expected[place] { return false }
      place += 1
    }
    return true
  }

  private func list(_ buffer: borrowing ReportBuffer) -> [MatchReport] {
    var reports: [MatchReport] = []
    for place in 0..<buffer.count { reports.append(buffer[place]) }
    return reports
  }

  /// Compares depth, the copy kept from changes, look-ups and queue positions.
  private func viewsAgree(
    _ book: borrowing MatchingBook, _ naive: NaiveBook, _ copy: LevelCopy
  ) -> Bool {
    var isSame = book.orderCount == naive.bids.count + naive.asks.count
    isSame = isSame && book.tradeCount == naive.tradeCount
    for side in [Side.buy, Side.sell] {
      let levels = naive.levels(side)
      isSame = isSame && book.depthArray(side) == levels
      isSame = isSame && book.depthArray(side, countMax: 2) == Array(levels.prefix(2))
      isSame = isSame && copy.levels(side) == levels
      isSame = isSame && (side == .buy ? book.bestBid : book.bestAsk) == levels.first
      for level in levels {
        isSame = isSame && book.quantity(at: level.price, side) == level.quantity
        isSame = isSame && book.quantity(at: level.price, side.opposite) == 0
      }
      var ahead = QueuePosition?.none
      var price: Int64?
      for order in naive[side] {
        if order.price != price { ahead = nil }
        price = order.price
        let position = book.queuePosition(of: order.id)
        isSame = isSame && position?.ordersAhead == ahead?.ordersAhead ?? 0
        isSame = isSame && position?.quantityAhead == ahead?.quantityAhead ?? 0
        ahead = position
        ahead?.ordersAhead += 1
        ahead?.quantityAhead += order.leaves
        let view = book.order(order.id)
        isSame = isSame && view?.leaves == order.leaves && view?.filled == order.filled
        isSame = isSame && view?.price == order.price && view?.owner == order.owner
        isSame = isSame && view?.side == side
      }
    }
    return isSame
  }
}

/// A copy of a book's levels, kept from its change feed; read anew after missed changes.
struct LevelCopy {
  var bids: [Int64: LevelView] = [:]
  var asks: [Int64: LevelView] = [:]

  mutating func read(_ book: inout MatchingBook) {
    if book.hasMissedChanges {
      bids = [:]
      asks = [:]
      for level in book.depthArray(.buy) { bids[level.price] = level }
      for level in book.depthArray(.sell) { asks[level.price] = level }
    } else {
      for place in 0..<book.changeCount { apply(book.change(at: place)) }
    }
    book.clearChanges()
  }

  private mutating func apply(_ change: BookLevelChange) {
    let view =
      change.quantity == 0
      ? nil
      : LevelView(
        price: change.price, quantity: change.quantity, orderCount: change.orderCount)
    if change.side == .buy { bids[change.price] = view } else { asks[change.price] = view }
  }

  func levels(_ side: Side) -> [LevelView] {
    side == .buy
      ? bids.values.sorted { $0.price > $1.price } : asks.values.sorted { $0.price < $1.price }
  }
}

extension NaiveBook {
  func levels(_ side: Side) -> [LevelView] {
    var levels: [LevelView] = []
    for order in self[side] {
      if levels.last?.price == order.price {
        levels[levels.count - 1].quantity += order.leaves
        levels[levels.count - 1].orderCount += 1
      } else {
        levels.append(LevelView(price: order.price, quantity: order.leaves, orderCount: 1))
      }
    }
    return levels
  }
}

extension MatchingBook {
  func depthArray(_ side: Side, countMax: Int = 200) -> [LevelView] {
    let filler = LevelView(price: 0, quantity: 0, orderCount: 0)
    var levels = [LevelView](repeating: filler, count: countMax)
    let count = levels.withUnsafeMutableBufferPointer { depth(side, into: $0) }
    return Array(levels.prefix(count))
  }
}
