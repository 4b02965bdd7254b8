import LowLatency
import Testing

@testable import Transport

@Suite struct ByteQueueTests {
  @Test(arguments: UInt64(0)..<50)
  func agreesWithArray(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var queue = ByteQueue(capacity: 8, limit: 100)
    var model: [UInt8] = []
    for step in 0..<500 {
      if random.chance(0.55) {
        let bytes = [UInt8](repeating: UInt8(step & 255), count: Int(random.next(below: 20)))
        let fits = model.count + bytes.count <= 100
        check(bytes.withUnsafeBytes { queue.append($0) } == fits)
        if fits { model += bytes }
      } else {
        let count = Int(random.next(below: UInt64(model.count + 1)))
        queue.consume(count)
        model.removeFirst(count)
      }
      check(Array(queue.bytes) == model)
    }
  }

  @Test func whatDoesNotFitChangesNothing() {
    var queue = ByteQueue(capacity: 4, limit: 6)
    check(queue.append("abcd"))
    check(!queue.append("efg"))
    check(Array(queue.bytes) == Array("abcd".utf8))
    check(queue.append("ef"))
    check(!queue.append(byte: 0))
  }
}
