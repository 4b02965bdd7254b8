import LowLatency
import Testing

@Suite struct MapTests {
  @Test func refusesZeroDuplicatesAndOverflow() {
    var map = IdentifierMap(capacity: 2)
    #expect(map.insert(0, 1) == false)
    #expect(map.insert(5, 50) == true)
    #expect(map.insert(5, 51) == false)
    #expect(map.insert(.max, 60) == true)
    #expect(map.insert(6, 1) == false)
    #expect(map.find(5) == 50)
    #expect(map.find(0) == nil)
    #expect(map.update(5, 52) == true)
    #expect(map.update(7, 1) == false)
    #expect(map.remove(5) == 52)
    #expect(map.remove(5) == nil)
    #expect(map.find(.max) == 60)
    map.removeAll()
    #expect(map.count == 0)
    #expect(map.find(.max) == nil)
  }

  /// Dense, random, strided and colliding identifiers; the dictionary serves look-ups only.
  @Test(arguments: UInt64(0)..<12) func agreesWithDictionary(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let capacity = 60
    var map = IdentifierMap(capacity: capacity)
    var model: [UInt64: UInt32] = [:]
    let stride = [1, 8, 64, 1 << 20, 1 << 40, 0x9E37_79B9][Int(seed % 6)]
    for step in 0..<5_000 {
      let key = UInt64(random.next(below: 120)) &* UInt64(stride)
      switch random.next(below: 3) {
      case 0:
        let value = UInt32(truncatingIfNeeded: random.next())
        let fits = key != 0 && model[key] == nil && model.count < capacity
        #expect(map.insert(key, value) == fits)
        if fits { model[key] = value }
      case 1: #expect(map.remove(key) == model.removeValue(forKey: key))
      default: #expect(map.find(key) == model[key])
      }
      if step % 100 == 0 { map.checkInvariants() }
    }
    for key in 0..<UInt64(120) {
      #expect(map.find(key &* UInt64(stride)) == model[key &* UInt64(stride)])
    }
    #expect(map.count == model.count)
  }

  @Test(arguments: [1, 63, 64, 65, 4_096, 4_097, 300_000, 1 << 24])
  func bitmapAgreesWithSortedSet(capacity: Int) {
    var random = SeededRandom(seed: UInt64(capacity))
    var bitmap = HierarchicalBitmap(capacity: capacity)
    var model: [Int] = []
    #expect(bitmap.first == nil && bitmap.last == nil && bitmap.isEmpty)
    for step in 0..<1_500 {
      let spread = random.chance(0.5) ? capacity : min(capacity, 200)
      let member = Int(random.next(below: UInt64(spread)))
      let place = model.firstIndex { $0 >= member } ?? model.count
      let isThere = place < model.count && model[place] == member
      #expect(bitmap.contains(member) == isThere)
      if random.chance(0.5) {
        bitmap.set(member)
        if !isThere { model.insert(member, at: place) }
      } else {
        bitmap.clear(member)
        if isThere { model.remove(at: place) }
      }
      let probe = Int(random.next(below: UInt64(capacity + 2))) - 1
      #expect(bitmap.next(after: probe) == model.first { $0 > probe })
      #expect(bitmap.previous(before: probe) == model.last { $0 < probe })
      #expect(bitmap.first == model.first)
      #expect(bitmap.last == model.last)
      if step % 500 == 0 { bitmap.checkInvariants() }
    }
    bitmap.removeAll()
    #expect(bitmap.isEmpty == true)
  }

  private struct Node: ListNode { var links = ListLinks() }

  @Test(arguments: UInt64(0)..<4) func listsAgreeWithArrays(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let slab = Slab<Node>(capacity: 30, filler: Node())
    var ends = [ListEnds(), ListEnds()]
    var model: [[UInt32]] = [[], []]
    for _ in 0..<2_000 {
      let list = Int(random.next(below: 2))
      let index = UInt32(random.next(below: 30))
      if let holder = model.firstIndex(where: { $0.contains(index) }) {
        IntrusiveList.remove(index, from: &ends[holder], in: slab.base)
        model[holder].removeAll { $0 == index }
      } else if random.chance(0.5) {
        IntrusiveList.pushBack(index, to: &ends[list], in: slab.base)
        model[list].append(index)
      } else {
        IntrusiveList.pushFront(index, to: &ends[list], in: slab.base)
        model[list].insert(index, at: 0)
      }
      if random.chance(0.1) {
        let first = IntrusiveList.popFront(from: &ends[list], in: slab.base)
        #expect(first == (model[list].isEmpty ? nil : model[list].removeFirst()))
      }
      for list in 0..<2 {
        let count = IntrusiveList.checkInvariants(ends[list], in: slab.base, countMax: 30)
        #expect(count == model[list].count)
        #expect(ends[list].head == model[list].first ?? ListLinks.none)
        #expect(ends[list].isEmpty == model[list].isEmpty)
      }
    }
  }
}
