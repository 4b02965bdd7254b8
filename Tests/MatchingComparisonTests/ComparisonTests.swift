import CComparison
import Foundation
import LowLatency
import MatchingComparison
import MatchingFlow
import Testing

/// The comparison's C interface against a naive book, byte for byte. The interface knows one engine
/// a process, so these tests take turns.
@Suite(.serialized) struct ComparisonTests {
  static let isHeavy = ProcessInfo.processInfo.environment["NEEDLETAIL_HEAVY"] == "1"
  static let seeds = UInt64(1)...(isHeavy ? 20 : 2)
  static let orderCount = isHeavy ? 50_000 : 6_000

  @Test(arguments: FlowRegime.allCases, seeds)
  func flowAgreesWithNaiveBook(regime: FlowRegime, seed: UInt64) {
    compare(
      OrderFlow.messages(regime, seed: seed, orderCount: Self.orderCount), own: true, seed: seed)
  }

  @Test(arguments: seeds) func hostQueueAgrees(seed: UInt64) {
    compare(OrderFlow.messages(.normal, seed: seed, orderCount: 2_000), own: false, seed: seed)
  }

  /// Ids used twice, unknown and 0; quantity 0 and the largest; prices at both ends of 64 bits; ids
  /// that share their place in the direct table.
  @Test(arguments: UInt64(1)...(isHeavy ? 200 : 8), [true, false])
  func badInputAgrees(seed: UInt64, isSparse: Bool) {
    var random = SeededRandom(seed: seed)
    var messages: [FlowMessage] = []
    for number in 1...8_000 {
      let low = random.next(below: 60)
      let id = isSparse ? low << 22 | low << 58 : low
      let price: Int64 =
        switch random.next(below: 8) {
        case 0: .min + random.integer(in: 0...1)
        case 1: .max - random.integer(in: 0...1)
        case 2: random.integer(in: .min ... .max)
        default: random.integer(in: -70...70)
        }
      let quantity: UInt32 =
        switch random.next(below: 20) {
        case 0: 0
        case 1: .max
        default: UInt32(random.integer(in: 1...50))
        }
      let kinds: [FlowMessage.Kind] = [.newOrder, .newOrder, .modify, .cancel]
      var message = FlowMessage(
        kinds[Int(random.next(below: 4))], orderID: id, price: price, quantity: quantity,
        side: UInt8(random.next(below: 2)), isImmediate: random.chance(0.2))
      if message.kind == .modify { message.payload.ioc = 0 }
      message.payload.sequence_number = UInt64(number)
      messages.append(message)
    }
    compare(messages, own: true, seed: seed)
  }

  @Test func sameSeedSameFlow() {
    for regime in FlowRegime.allCases {
      let first = OrderFlow.messages(regime, seed: 7, orderCount: 500)
      let second = OrderFlow.messages(regime, seed: 7, orderCount: 500)
      let areSame = first.withUnsafeBytes { a in second.withUnsafeBytes { b in a.elementsEqual(b) }
      }
      #expect(areSame && first.count >= 500)
    }
  }

  @Test func withoutEngineNothingHappens() {
    engineShutdown()
    var order = new_order_t()
    order.order_id = 1
    order.quantity = 1
    engineOnNewOrder(&order)
    engineFlush()
    #expect(engineQueryBestBid() == .min && engineQueryBestAsk() == .max)
    #expect(engineQueryDepthAt(0, 0) == 0)
  }

  /// More orders rest than memory was reserved for: it grows, is counted, and nothing is lost.
  @Test func growsBeyondReserve() {
    let host = HostQueue()
    engineInit(0, host.transport, host.queue)
    defer { engineShutdown() }
    let count = UInt64(1 << 17) + 5
    var order = new_order_t()
    order.quantity = 1
    for id in 1...count {
      order.order_id = id
      order.price_ticks = Int64(id % 90_000)
      engineOnNewOrder(&order)
    }
    #expect(comparisonOrderCount() == Int(count))
    #expect(comparisonGrowthCounts().orders == 1 && comparisonGrowthCounts().pages > 0)
    #expect(engineQueryDepthAt(1, 0) == 2 && engineQueryBestBid() == 89_999)
    comparisonCheckInvariants()
    var cancel = cancel_t()
    for id in 1...count {
      cancel.order_id = id
      engineOnCancel(&cancel)
    }
    #expect(comparisonOrderCount() == 0 && engineQueryBestBid() == .min)
    comparisonCheckInvariants()
  }

  /// Plays `messages` through both, draining and looking at the book now and then.
  private func compare(_ messages: [FlowMessage], own: Bool, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var naive = NaiveComparison()
    let host = HostQueue()
    let transport = own ? engineGetTransport()! : host.transport
    let queue = own ? transport.pointee.create(1 << 16) : host.queue
    defer { if own { transport.pointee.destroy(queue) } }
    engineInit(seed, transport, queue)
    defer { engineShutdown() }
    var drained: [me_report_t] = []
    for (index, message) in messages.enumerated() {
      withUnsafePointer(to: message) { send($0) }
      naive.send(message)
      // A reader looks without waiting for a flush, and sees whatever was published by then.
      if random.chance(0.05) { drained += drain(transport, queue) }
      guard random.chance(0.01) || index == messages.count - 1 else { continue }
      engineFlush()
      drained += drain(transport, queue)
      guard drained.elementsEqual(naive.reports, by: Self.areSame) else {
        Issue.record("seed \(seed), message \(index): reports differ")
        return
      }
      naive.reports = []
      drained = []
      guard viewsAgree(naive, &random, around: message.payload.price_ticks) else {
        Issue.record("seed \(seed), message \(index): the books differ")
        return
      }
    }
    comparisonCheckInvariants()
  }

  private func send(_ message: UnsafePointer<FlowMessage>) {
    switch message.pointee.kind {
    case .newOrder: engineOnNewOrder(message.newOrder)
    case .cancel: engineOnCancel(message.cancel)
    case .modify: engineOnModify(message.modify)
    }
  }

  private func drain(
    _ transport: UnsafePointer<me_transport_t>, _ queue: UnsafeMutableRawPointer?
  ) -> [me_report_t] {
    var reports: [me_report_t] = []
    var room = [me_report_t](repeating: me_report_t(), count: 100)
    while true {
      let count = Int(transport.pointee.drain(queue, &room, 100))
      if count == 0 { return reports }
      reports += room.prefix(count)
    }
  }

  private static func areSame(_ a: me_report_t, _ b: me_report_t) -> Bool {
    withUnsafeBytes(of: a) { a in withUnsafeBytes(of: b) { b in a.elementsEqual(b) } }
  }

  private func viewsAgree(
    _ naive: NaiveComparison, _ random: inout SeededRandom, around price: Int64
  ) -> Bool {
    var isSame = engineQueryBestBid() == naive.best(0) ?? .min
    isSame = isSame && engineQueryBestAsk() == naive.best(1) ?? .max
    for _ in 0..<8 {
      let near = price &+ random.integer(in: -20...20)
      let side = Int(random.next(below: 2))
      let asked = random.chance(0.5) ? near : naive.best(side) ?? near
      isSame = isSame && engineQueryDepthAt(asked, UInt8(side)) == naive.depth(asked, side)
    }
    return isSame
  }
}

/// A host's queue, as simple as can be.
final class HostQueue {
  final class Reports {
    var waiting: [me_report_t] = []
  }

  let transport: UnsafePointer<me_transport_t>
  let queue: UnsafeMutableRawPointer

  init() {
    queue = Unmanaged.passRetained(Reports()).toOpaque()
    let table = UnsafeMutablePointer<me_transport_t>.allocate(capacity: 1)
    table.initialize(
      to: me_transport_t(
        create: nil,
        push: { queue, report in
          Unmanaged<Reports>.fromOpaque(queue!).takeUnretainedValue().waiting.append(
            report!.pointee)
          return 1
        },
        drain: { queue, target, countMax in
          let reports = Unmanaged<Reports>.fromOpaque(queue!).takeUnretainedValue()
          let count = min(reports.waiting.count, Int(countMax))
          for index in 0..<count { target![index] = reports.waiting[index] }
          reports.waiting.removeFirst(count)
          return UInt32(count)
        },
        flush: { _ in }, destroy: nil))
    transport = UnsafePointer(table)
  }

  deinit {
    Unmanaged<Reports>.fromOpaque(queue).release()
    transport.deallocate()
  }
}
