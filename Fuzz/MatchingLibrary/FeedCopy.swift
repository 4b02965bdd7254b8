import CMatching
import Glibc

/// Levels and queues as a reader of the two feeds keeps them, held against the book's views.
struct FeedCopy {
  private struct Place: Hashable {
    let side: UInt8
    let price: Int64
  }

  private struct Shown: Equatable {
    let id: UInt64
    var quantity: Int64
  }

  private var levels: [Place: Int64] = [:]
  private var queues: [Place: [Shown]] = [:]

  /// Reads what waits in the feeds, and clears them. If changes were lost, takes all anew.
  mutating func follow(_ library: OpaquePointer, _ book: ntm_book) {
    var levelChanges = [ntm_level_change](repeating: ntm_level_change(), count: 64)
    var orderChanges = [ntm_order_change](repeating: ntm_order_change(), count: 64)
    var count: UInt64 = 0
    var missed: UInt8 = 0
    expect(ntm_level_changes(library, book, 0, &levelChanges, 64, &count, &missed) == 0, "levels")
    for change in levelChanges[..<Int(count)] { apply(change) }
    if missed == 1 { levels = shownLevels(library, book) }
    expect(ntm_order_changes(library, book, 0, &orderChanges, 64, &count, &missed) == 0, "orders")
    if missed == 1 {
      queues = shownQueues(library, book)
    } else {
      for change in orderChanges[..<Int(count)] { apply(change) }
    }
    _ = ntm_clear_level_changes(library, book)
    _ = ntm_clear_order_changes(library, book)
  }

  /// Ends the process unless the copy is what the views show.
  func compare(_ library: OpaquePointer, _ book: ntm_book) {
    expect(levels == shownLevels(library, book), "the level feed keeps a copy of the levels")
    expect(queues == shownQueues(library, book), "the order feed keeps a copy of the queues")
    for (place, queue) in queues {
      let total = queue.reduce(0) { $0 + $1.quantity }
      expect(total == levels[place], "a level is the sum of its orders")
    }
  }

  private mutating func apply(_ change: ntm_level_change) {
    let place = Place(side: change.side, price: change.price)
    expect((change.quantity == 0) == (change.order_count == 0), "a level without orders is empty")
    levels[place] = change.quantity == 0 ? nil : change.quantity
  }

  private mutating func apply(_ change: ntm_order_change) {
    let place = Place(side: change.side, price: change.price)
    let found = queues[place]?.firstIndex { $0.id == change.order_id }
    switch UInt32(change.kind) {
    case NTM_ORDER_ADDED.rawValue:
      expect(found == nil && change.quantity > 0, "an order is added once")
      queues[place, default: []].append(Shown(id: change.order_id, quantity: change.quantity))
    case NTM_ORDER_REDUCED.rawValue:
      guard let found else { fail("an order that is reduced is there") }
      queues[place]![found].quantity = change.quantity
    default:
      guard let found else { fail("an order that is removed is there") }
      queues[place]!.remove(at: found)
      if queues[place]!.isEmpty { queues[place] = nil }
    }
  }

  private func shownLevels(_ library: OpaquePointer, _ book: ntm_book) -> [Place: Int64] {
    var shown: [Place: Int64] = [:]
    var levels = [ntm_level](repeating: ntm_level(), count: 64)
    for side: UInt8 in 0...1 {
      var count: UInt64 = 0
      expect(ntm_depth(library, book, side, &levels, 64, &count) == 0, "depth")
      for level in levels[..<Int(count)] {
        shown[Place(side: side, price: level.price)] = level.quantity
      }
      expect(isSorted(levels[..<Int(count)], side), "levels are in order")
    }
    return shown
  }

  private func isSorted(_ levels: ArraySlice<ntm_level>, _ side: UInt8) -> Bool {
    zip(levels, levels.dropFirst()).allSatisfy {
      side == 0 ? $0.price > $1.price : $0.price < $1.price
    }
  }

  private func shownQueues(_ library: OpaquePointer, _ book: ntm_book) -> [Place: [Shown]] {
    var shown: [Place: [Shown]] = [:]
    var orders = [ntm_order_view](repeating: ntm_order_view(), count: 64)
    for place in shownLevels(library, book).keys {
      var count: UInt64 = 0
      expect(
        ntm_orders_at(library, book, place.side, place.price, &orders, 64, &count) == 0, "orders")
      shown[place] = orders[..<Int(count)].map { Shown(id: $0.order_id, quantity: $0.displayed) }
    }
    return shown
  }
}

/// Says what happens, when FUZZ_TRACE is set: for an input that failed.
func trace(_ text: @autoclosure () -> String) {
  if isTracing { _ = (text() + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) } }
}
private let isTracing = getenv("FUZZ_TRACE") != nil

/// Ends the process, which is how the fuzzer is told.
func fail(_ message: String) -> Never { fatalError("Fuzz: not so: \(message)") }

/// Ends the process unless `condition` holds.
func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fail(message()) }
}
