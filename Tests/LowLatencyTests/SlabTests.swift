import LowLatency
import Testing

@Suite struct SlabTests {
  @Test func reusesPlacesLastInFirstOut() {
    var slab = Slab<Int>(capacity: 3, filler: 0)
    let handles = (0..<3).map { slab.insert($0) }
    #expect(handles.map { $0?.index } == [0, 1, 2])
    #expect(slab.insert(9) == nil)
    #expect(slab.isFull == true)
    #expect(slab.remove(handles[0]!) == true)
    #expect(slab.remove(handles[2]!) == true)
    #expect(slab.insert(7) == SlabHandle(index: 2, generation: 3))
    #expect(slab.insert(8)?.index == 0)
    slab.checkInvariants()
  }

  @Test func recognisesStaleAndInventedHandles() {
    var slab = Slab<Int>(capacity: 2, filler: 0)
    let handle = slab.insert(5)!
    #expect(slab.pointer(for: handle)?.pointee == 5)
    #expect(slab.handle(at: 0) == handle)
    #expect(slab.remove(handle) == true)
    #expect(slab.remove(handle) == false)
    #expect(slab.pointer(for: handle) == nil)
    #expect(slab.handle(at: 0) == nil)
    let inventions = [
      SlabHandle.none, SlabHandle(index: 9, generation: 1), SlabHandle(index: 1, generation: 0),
      SlabHandle(index: 0, generation: 2),
    ]
    for handle in inventions { #expect(slab.isLive(handle) == false) }
    #expect(slab.count == 0)
  }

  @Test(arguments: UInt64(0)..<8) func agreesWithDictionary(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var slab = Slab<UInt64>(capacity: 40, filler: 0)
    var model: [SlabHandle: UInt64] = [:]
    var known: [SlabHandle] = []
    for _ in 0..<4_000 {
      if random.chance(0.55) {
        let value = random.next()
        let handle = slab.insert(value)
        #expect((handle == nil) == (model.count == 40))
        guard let handle else { continue }
        #expect(model.updateValue(value, forKey: handle) == nil, "A handle is given once")
        known.append(handle)
      } else if !known.isEmpty {
        let handle = known[Int(random.next(below: UInt64(known.count)))]
        #expect(slab.pointer(for: handle)?.pointee == model[handle])
        #expect(slab.remove(handle) == (model.removeValue(forKey: handle) != nil))
      }
      #expect(slab.count == model.count)
    }
    slab.checkInvariants()
  }
}
