/// Things to do later, in the order of their times and, at equal times, of their coming.
struct DelayedActions {
  private struct Entry {
    var due: Int64
    var number: UInt64
    var action: () -> Void

    func isBefore(_ other: Entry) -> Bool {
      due != other.due ? due < other.due : number < other.number
    }
  }

  /// A binary heap: no entry is before its parent, which stands at half its place.
  private var heap: [Entry] = []
  private var count: UInt64 = 0

  mutating func add(due: Int64, _ action: @escaping () -> Void) {
    var place = heap.count
    heap.append(Entry(due: due, number: count, action: action))
    count += 1
    while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// The first action that is due at `now`, taken out.
  mutating func next(at now: Int64) -> (() -> Void)? {
    guard let first = heap.first, first.due <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == place { return first.action }
      heap.swapAt(place, least)
      place = least
    }
  }
}
