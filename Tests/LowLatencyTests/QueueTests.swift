import Foundation
import LowLatency
import Testing

@Suite struct QueueTests {
  @Test(arguments: UInt64(0)..<6) func fixedQueueAgreesWithArray(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var queue = FixedQueue<UInt64>(capacity: 5, filler: 0)
    var model: [UInt64] = []
    for _ in 0..<2_000 {
      if random.chance(0.5) {
        let value = random.next()
        #expect(queue.push(value) == (model.count < 5))
        if model.count < 5 { model.append(value) }
      } else {
        #expect(queue.pop() == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(queue.count == model.count)
      #expect(queue.isFull == (model.count == 5))
      if let last = model.last { #expect(queue[model.count - 1] == last) }
    }
    queue.checkInvariants()
    queue.removeAll()
    #expect(queue.pop() == nil)
  }

  @Test func stagedElementsWaitForPublication() {
    let queue = SPSCQueue<Int>(capacity: 4, filler: 0)
    #expect(queue.stage(1) == true)
    #expect(queue.stage(2) == true)
    #expect(queue.pop() == nil)
    queue.publish()
    #expect(queue.readableCount() == 2)
    #expect(queue.readable(1).pointee == 2)
    #expect(queue.push(3) == true)
    #expect(queue.push(4) == true)
    #expect(queue.push(5) == false)
    #expect(queue.freeCount() == 0)
    #expect(queue.pop() == 1)
    #expect(queue.push(5) == true)
    var target = [0, 0, 0, 0, 0, 0]
    let first = target.withUnsafeMutableBufferPointer {
      queue.drain(into: $0.baseAddress!, countMax: 6)
    }
    let second = target.withUnsafeMutableBufferPointer {
      queue.drain(into: $0.baseAddress! + first, countMax: 6 - first)
    }
    #expect(first + second == 4)
    #expect(target == [2, 3, 4, 5, 0, 0])
  }

  /// One real thread writes numbers in batches, this one reads them, single or drained.
  @Test func carriesEveryElementBetweenThreads() {
    let count = 200_000
    let shared = SharedQueue()
    let producer = Thread {
      var random = SeededRandom(seed: 1)
      for number in 0..<count {
        while !shared.queue.stage(number) {
          shared.queue.publish()
          sched_yield()
        }
        if random.chance(0.2) { shared.queue.publish() }
      }
      shared.queue.publish()
    }
    producer.start()
    var expected = 0
    var inOrder = true
    let batch = UnsafeMutablePointer<Int>.allocate(capacity: 16)
    defer { batch.deallocate() }
    while expected < count {
      if let number = shared.queue.pop() {
        inOrder = inOrder && number == expected
        expected += 1
      }
      let drained = shared.queue.drain(into: batch, countMax: 16)
      for index in 0..<drained {
        inOrder = inOrder && batch[index] == expected
        expected += 1
      }
      if drained == 0 { sched_yield() }
    }
    #expect(inOrder)
    #expect(shared.queue.pop() == nil)
  }

  @Test(arguments: UInt64(0)..<6) func ringAgreesWithArrays(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let ring = SPSCRing(byteCapacity: 256)
    var staged: [[UInt8]] = []
    var visible: [[UInt8]] = []
    for _ in 0..<5_000 {
      switch random.next(below: 4) {
      case 0, 1:
        let count = Int(random.next(below: UInt64(ring.recordByteCountMax + 1)))
        guard let room = ring.claim(byteCount: count) else { continue }
        #expect(Int(bitPattern: room) % 8 == 0)
        let record = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        room.copyMemory(from: record, byteCount: count)
        ring.commit(byteCount: count)
        staged.append(record)
      case 2:
        ring.publish()
        visible += staged
        staged = []
      default:
        let record = ring.front()
        #expect((record == nil) == visible.isEmpty)
        guard let record else { continue }
        #expect(Array(record) == visible.removeFirst())
        ring.advance()
        if random.chance(0.7) { ring.release() }
      }
    }
    // Emptied, the ring takes the longest record wherever its ends stand.
    ring.publish()
    while ring.front() != nil { ring.advance() }
    ring.release()
    #expect(ring.claim(byteCount: ring.recordByteCountMax) != nil)
  }

  @Test func ringCarriesEveryRecordBetweenThreads() {
    let count = 50_000
    let shared = SharedQueue()
    let producer = Thread {
      for number in 0..<count {
        let byteCount = 8 + number % 5 * 8
        var room = shared.ring.claim(byteCount: byteCount)
        while room == nil {
          shared.ring.publish()
          sched_yield()
          room = shared.ring.claim(byteCount: byteCount)
        }
        for offset in stride(from: 0, to: byteCount, by: 8) {
          room!.storeBytes(of: number, toByteOffset: offset, as: Int.self)
        }
        shared.ring.commit(byteCount: byteCount)
        if number % 3 == 0 { shared.ring.publish() }
      }
      shared.ring.publish()
    }
    producer.start()
    var intact = true
    for number in 0..<count {
      var record = shared.ring.front()
      while record == nil {
        shared.ring.release()
        sched_yield()
        record = shared.ring.front()
      }
      intact = intact && record!.count == 8 + number % 5 * 8
      intact = intact && record!.load(fromByteOffset: record!.count - 8, as: Int.self) == number
      shared.ring.advance()
    }
    #expect(intact)
  }
}

private final class SharedQueue: Sendable {
  let queue = SPSCQueue<Int>(capacity: 64, filler: 0)
  let ring = SPSCRing(byteCapacity: 512)
}
