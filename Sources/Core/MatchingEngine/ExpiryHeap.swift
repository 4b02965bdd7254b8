import LowLatency
import TradingModel

/// Special orders by the time they expire, then by entry: a binary heap of their places.
struct ExpiryHeap: ~Copyable {
  private(set) var count = 0
  private var capacity: Int
  private var places: UnsafeMutablePointer<UInt32>
  typealias Orders = UnsafeMutablePointer<SpecialOrder>

  init(capacity: Int) {
    self.capacity = capacity
    places = .allocate(capacity: capacity)
    places.initialize(repeating: 0, count: capacity)
  }

  deinit { places.deallocate() }

  /// Makes room for `wanted` orders.
  mutating func reserve(_ wanted: Int) {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: wanted)
    larger.initialize(repeating: 0, count: wanted)
    larger.update(from: places, count: count)
    places.deallocate()
    places = larger
    capacity = wanted
  }

  /// The order that expires first; nil when there is none. O(1).
  var first: UInt32? { count == 0 ? nil : places[0] }

  /// The order at `position` (0 ..< `count`), in no useful order.
  subscript(position: Int) -> UInt32 { places[position] }

  /// Stops the process unless no order expires before the one above it. O(n).
  func checkInvariants(_ orders: Orders) {
    for position in 0..<count {
      precondition(
        orders[Int(places[position])].heapPlace == UInt32(position),
        "Invariant: an expiry knows its place")
      precondition(
        position == 0 || !isBefore(position, (position - 1) / 2, orders),
        "Invariant: no order expires before the one above it")
    }
  }

  /// O(log n).
  mutating func add(_ place: UInt32, _ orders: Orders) {
    precondition(count < capacity, "Invariant: there is room for each special order")
    put(place, at: count, orders)
    count += 1
    rise(count - 1, orders)
  }

  /// O(log n).
  mutating func remove(_ place: UInt32, _ orders: Orders) {
    let position = Int(orders[Int(place)].heapPlace)
    precondition(
      position < count && places[position] == place, "Invariant: an expiry knows its place")
    orders[Int(place)].heapPlace = .max
    count -= 1
    if position == count { return }
    put(places[count], at: position, orders)
    rise(position, orders)
    sink(position, orders)
  }

  private func put(_ place: UInt32, at position: Int, _ orders: Orders) {
    places[position] = place
    orders[Int(place)].heapPlace = UInt32(position)
  }

  private func isBefore(_ left: Int, _ right: Int, _ orders: Orders) -> Bool {
    let (a, b) = (orders + Int(places[left]), orders + Int(places[right]))
    let (first, second) = (a.pointee.terms.expireTime, b.pointee.terms.expireTime)
    if first != second { return first < second }
    return a.pointee.entryNumber < b.pointee.entryNumber
  }

  private func exchange(_ left: Int, _ right: Int, _ orders: Orders) {
    let place = places[left]
    put(places[right], at: left, orders)
    put(place, at: right, orders)
  }

  private func rise(_ start: Int, _ orders: Orders) {
    var position = start
    while position > 0 && isBefore(position, (position - 1) / 2, orders) {
      exchange(position, (position - 1) / 2, orders)
      position = (position - 1) / 2
    }
  }

  private func sink(_ start: Int, _ orders: Orders) {
    var position = start
    while true {
      var least = position
      for child in [position * 2 + 1, position * 2 + 2] where child < count {
        if isBefore(child, least, orders) { least = child }
      }
      if least == position { return }
      exchange(position, least, orders)
      position = least
    }
  }
}
