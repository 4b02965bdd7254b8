import LowLatency
import Testing
import TradingModel
import VenueSimulator

@Suite struct DeliveryQueueTests {
  private func trade(_ number: UInt64) -> Trade {
    Trade(
      listing: 0, aggressor: .buy, tradeID: number, venueTime: 1, price: 2, quantity: 3)
  }

  /// Against an array that is sorted by (arrival, order of pushing) whenever it is read.
  @Test(arguments: UInt64(0)..<20)
  func agreesWithSortedArray(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let queue = DeliveryQueue(capacity: 2, longCapacity: 1)
    var model: [(arrival: Timestamp, number: UInt64, byteCount: Int)] = []
    var buffer = RecordBuffer(capacity: 1 << 16)
    var number: UInt64 = 0
    for _ in 0..<3000 {
      if random.chance(0.52) {
        number += 1
        let arrival = random.integer(in: 0...50)
        let levels = random.chance(0.2) ? Int(random.next(below: 300)) : 0
        if levels > 0 {
          let byteCount = BookUpdate.byteCount(levelCount: levels)
          let record = queue.push(kind: .bookUpdate, byteCount: byteCount, arrival: arrival)
          BookUpdate(
            listing: 0, isSnapshot: false, levelCount: levels, venueSequence: number, venueTime: 0
          ).store(at: record)
          model.append((arrival, number, byteCount))
        } else {
          queue.push(trade(number), arrival: arrival)
          model.append((arrival, number, Trade.byteCount))
        }
      } else if let next = model.indices.min(by: {
        (model[$0].arrival, model[$0].number) < (model[$1].arrival, model[$1].number)
      }) {
        let expected = model.remove(at: next)
        #expect(queue.nextTime == expected.arrival)
        buffer.removeAll()
        let isPopped = queue.pop(into: &buffer)
        #expect(isPopped)
        let header = RecordHeader(at: buffer.base)
        #expect(header.time == expected.arrival && Int(header.byteCount) == expected.byteCount)
        // Both kinds hold the number at offset 48.
        #expect(UnsafeRawPointer(buffer.base).load64(48) == expected.number)
      }
      #expect(queue.count == model.count)
    }
  }

  @Test func slotsAreUsedAgain() {
    let queue = DeliveryQueue(capacity: 4)
    for round in 0..<1000 {
      for number in 0..<4 { queue.push(trade(UInt64(number)), arrival: Int64(round)) }
      for _ in 0..<4 { queue.removeNext() }
    }
    #expect(queue.growthCount == 0)
    #expect(queue.nextTime == .max && queue.next == nil)
  }

  @Test func whatDoesNotFitStays() {
    let queue = DeliveryQueue()
    var small = RecordBuffer(capacity: 80)
    queue.push(trade(1), arrival: 5)
    queue.push(VenueReport(kind: .connected, venue: 0, venueTime: 0), arrival: 5)
    var isPopped = queue.pop(into: &small)
    #expect(isPopped)
    isPopped = queue.pop(into: &small)
    #expect(!isPopped)
    #expect(queue.count == 1)
    var empty = RecordBuffer(capacity: 160)
    isPopped = queue.pop(into: &empty)
    #expect(isPopped && queue.isEmpty)
    isPopped = queue.pop(into: &empty)
    #expect(!isPopped)
  }

  @Test func copiesCarryTheirArrival() {
    var source = RecordBuffer(capacity: 80)
    trade(9).store(
      at: source.append(kind: .trade, byteCount: 80, isOutput: false, time: 1)!)
    let queue = DeliveryQueue()
    queue.push(copying: source.base, arrival: 77)
    let header = RecordHeader(at: queue.next!)
    #expect(header.time == 77 && header.kind == RecordKind.trade.rawValue)
    #expect(Trade(at: queue.next!) == trade(9))
  }
}
