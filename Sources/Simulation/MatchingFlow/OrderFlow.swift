import CComparison
import LowLatency

/// Makes the comparison's order flow: about two messages for each new order, from a seed.
///
/// The mid follows geometric Brownian motion. Orders rest passively at a power-law distance with a
/// hump about 8 ticks out, quantity 1 to 100; 15 % are immediate-or-cancel; 20 % of the rest are
/// modified (quantity + 1, mostly with a one-tick reprice); 95 % are canceled after an exponential
/// life, filled or not, because their owners do not know; 2 % of cancels and modifies come twice.
public struct OrderFlow {
  var random: SeededRandom
  let shape: FlowShape
  let orderCount: Int
  let openingMid = 33_500.0
  var logMid = 0.0
  var agenda = FlowAgenda()
  var messages: [FlowMessage] = []

  /// The messages of `regime` around `orderCount` new orders; equal seeds give equal flows.
  public static func messages(
    _ regime: FlowRegime, seed: UInt64, orderCount: Int = 1_000_000
  ) -> [FlowMessage] {
    var flow = OrderFlow(
      random: SeededRandom(seed: seed), shape: regime.shape, orderCount: orderCount)
    return flow.generate()
  }

  private init(random: SeededRandom, shape: FlowShape, orderCount: Int) {
    self.random = random
    self.shape = shape
    self.orderCount = orderCount
    messages.reserveCapacity(orderCount * 9 / 4)
  }

  private mutating func generate() -> [FlowMessage] {
    var time = 0.0
    for order in 1...max(1, orderCount) {
      time += random.exponential()
      while let due = agenda.next(before: time) { send(due) }
      moveMid(order)
      enter(UInt64(order), at: time)
    }
    for index in messages.indices { messages[index].payload.sequence_number = UInt64(index + 1) }
    return messages
  }

  private mutating func moveMid(_ order: Int) {
    let steps = Double(orderCount)
    logMid += shape.deviation / steps.squareRoot() * random.normal()
    if shape.drop == 0 { return }
    let phase = Double(order) / steps
    let slope = PortableMath.log(1 - shape.drop) * 5 / steps
    if phase >= 0.4 && phase < 0.6 { logMid += slope }
    if phase >= 0.6 && phase < 0.8 { logMid -= slope }
  }

  private mutating func enter(_ orderID: UInt64, at time: Double) {
    let side = UInt8(random.next() & 1)
    let isImmediate = random.chance(0.15)
    let mid = Int64(openingMid * PortableMath.exp(logMid))
    let distance = isImmediate ? -self.distance() : self.distance()
    let price = side == 0 ? mid - distance : mid + 1 + distance
    let message = FlowMessage(
      .newOrder, orderID: orderID, price: price,
      quantity: UInt32(random.integer(in: 1...100)), side: side, isImmediate: isImmediate)
    messages.append(message)
    if isImmediate { return }
    let life = shape.lifetime * random.exponential()
    if random.chance(0.95) {
      plan(FlowMessage(.cancel, orderID: orderID), at: time + life)
    }
    if random.chance(0.2) {
      planModify(of: message, at: time + life * random.uniform())
    }
  }

  /// Log-logistic: a power law with exponent 3 behind a hump near 7 ticks, half of it below 8.
  private mutating func distance() -> Int64 {
    let u = random.uniform()
    let distance = 8 * PortableMath.pow(u / (1 - u), 1.0 / 3)
    return Int64(min(distance, shape.distanceMax))
  }

  private mutating func planModify(of order: FlowMessage, at time: Double) {
    let step: Int64 = random.chance(0.8) ? (random.chance(0.5) ? 1 : -1) : 0
    plan(
      FlowMessage(
        .modify, orderID: order.payload.order_id, price: order.payload.price_ticks + step,
        quantity: order.payload.quantity + 1, side: order.payload.side), at: time)
  }

  private mutating func plan(_ message: FlowMessage, at time: Double) {
    agenda.add(message, at: time)
    if random.chance(0.02) { agenda.add(message, at: time + random.exponential() * 10) }
  }

  private mutating func send(_ message: FlowMessage) { messages.append(message) }
}

/// What is to be sent later: a binary heap by time, earlier entries first among equals.
struct FlowAgenda {
  private struct Entry {
    var time: Double
    var number: Int
    var message: FlowMessage

    func isBefore(_ other: Entry) -> Bool {
      time != other.time ? time < other.time : number < other.number
    }
  }

  private var heap: [Entry] = []
  private var count = 0

  mutating func add(_ message: FlowMessage, at time: Double) {
    count += 1
    heap.append(Entry(time: time, number: count, message: message))
    var place = heap.count - 1
    while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes the earliest message that is due before `time`; nil when there is none.
  mutating func next(before time: Double) -> FlowMessage? {
    guard let first = heap.first, first.time < time else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return first.message
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in 2 * place + 1...2 * place + 2 where child < heap.count {
        if heap[child].isBefore(heap[least]) { least = child }
      }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
