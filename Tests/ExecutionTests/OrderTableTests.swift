import Execution
import Testing
import TradingModel

@Suite struct OrderTableTests {
  @Test func findsByIDUntilThePlaceIsUsedAgain() {
    var table = OrderTable(capacity: 4, strategyCapacity: 1, listingCapacity: 1)
    let first = must(table.insert(makeOrder()))
    check(first.pointee.id == 1 && table.find(1) == first && table.find(0) == nil)
    check(table.find(5) == nil, "the same place, another order")
    first.pointee.row = .canceled
    table.settle(first, wasSettled: false)
    check(table.openCount == 0 && table.find(1) == first)
    for id in 2...5 as ClosedRange<OrderID> {
      let order = must(table.insert(makeOrder()))
      check(order.pointee.id == id)
      order.pointee.row = .canceled
      table.settle(order, wasSettled: false)
    }
    check(table.find(1) == nil && table.find(5) != nil)
  }

  @Test func skipsTakenPlacesAndRefusesBeyondHalf() {
    var table = OrderTable(capacity: 4, strategyCapacity: 1, listingCapacity: 1)
    let first = must(table.insert(makeOrder()))
    for _ in 0..<3 {
      let order = must(table.insert(makeOrder()))
      order.pointee.row = .canceled
      table.settle(order, wasSettled: false)
    }
    let next = must(table.insert(makeOrder()))
    check(next.pointee.id == 6, "5 would stand where 1 still does")
    check(table.insert(makeOrder()) == nil && !table.hasRoom && table.lastID == 6)
    check(table.find(1) == first)
    table.checkInvariants()
  }

  @Test func aRecordedOrderKeepsItsID() {
    var table = OrderTable(capacity: 8, strategyCapacity: 1, listingCapacity: 1)
    let order = must(table.insert(makeOrder(), id: 11))
    check(order.pointee.id == 11 && table.lastID == 11 && table.find(11) == order)
    check(table.insert(makeOrder(), id: 19) == nil, "its place is taken")
    check(table.insert(makeOrder(), id: 0) == nil)
    check(must(table.insert(makeOrder())).pointee.id == 12)
    table.advanceIDs(past: 20)
    check(must(table.insert(makeOrder())).pointee.id == 21)
    table.checkInvariants()
  }

  /// Against a plain list of open orders.
  @Test(arguments: UInt64(0)..<30)
  func agreesWithAList(seed: UInt64) {
    var dice = Dice(seed)
    let capacity = 1 << (2 + dice.below(4))
    var table = OrderTable(capacity: capacity, strategyCapacity: 3, listingCapacity: 2)
    var open: [Order] = []
    var done: [OrderID] = []
    for _ in 0..<400 {
      switch dice.below(4) {
      case 0, 1:
        let order = makeOrder(
          strategy: StrategyIndex(dice.below(3)), listing: ListingIndex(dice.below(2)))
        let before = table.lastID
        let placed = table.insert(order)
        check((placed != nil) == (open.count * 2 < capacity), "seed \(seed)")
        if let placed {
          // The next id whose place is free.
          var id = before + 1
          while open.contains(where: {
            ($0.id - id) % UInt64(capacity) == 0 || $0.id == id
              || (id - $0.id) % UInt64(capacity) == 0
          }) { id += 1 }
          check(placed.pointee.id == id, "seed \(seed)")
          open.append(placed.pointee)
          done.removeAll { $0 % UInt64(capacity) == id % UInt64(capacity) }
        }
      case 2 where !open.isEmpty:
        let gone = open.remove(at: dice.below(open.count))
        let order = table.find(gone.id)!
        order.pointee.row = .canceled
        table.settle(order, wasSettled: false)
        table.settle(order, wasSettled: true)
        done.append(gone.id)
      case 3 where !done.isEmpty && open.count * 2 < capacity:
        // A late report makes a settled order doubtful again.
        let id = done.remove(at: dice.below(done.count))
        let order = table.find(id)!
        order.pointee.uncertainty = .contradiction
        table.settle(order, wasSettled: true)
        open.append(order.pointee)
        order.pointee.uncertainty = .contradiction
      default: break
      }
      table.checkInvariants()
      check(table.openCount == open.count)
      for strategy in 0..<3 as Range<StrategyIndex> {
        for listing in 0..<2 as Range<ListingIndex> {
          var found: [OrderID] = []
          var cursor = table.first(strategy: strategy, listing: listing)
          while let order = cursor {
            found.append(order.pointee.id)
            cursor = table.next(after: order)
          }
          let expected = open.filter { $0.strategy == strategy && $0.listing == listing }
          check(found == expected.map(\.id), "seed \(seed)")
        }
      }
      for id in done { check(table.find(id)?.pointee.id == id, "seed \(seed)") }
      // A doubtful order that settles again must first lose its doubt.
      for order in open where table.find(order.id)!.pointee.isSettled {
        Issue.record("an open order is settled, seed \(seed)")
      }
    }
  }

  @Test func theHashSeesOpenOrdersAndNotSlots() {
    func hash(_ table: borrowing OrderTable) -> UInt64 {
      var hash = RecordHash()
      table.hash(into: &hash)
      return hash.value
    }
    var a = OrderTable(capacity: 8, strategyCapacity: 2, listingCapacity: 2)
    var b = OrderTable(capacity: 64, strategyCapacity: 2, listingCapacity: 2)
    check(hash(a) == hash(b))
    for _ in 0..<3 {
      _ = a.insert(makeOrder())
      _ = b.insert(makeOrder())
    }
    check(hash(a) == hash(b))
    must(a.find(2)).pointee.quantity += 1
    check(hash(a) != hash(b))
  }
}
