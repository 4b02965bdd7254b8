import LowLatency
import Testing

@Suite struct PriceLadderTests {
  @Test func startsEmptyAndSmall() {
    var ladder = PriceLadder<UInt64>(pageCapacity: 4, empty: 7)
    #expect(ladder.first == nil && ladder.last == nil && ladder.isEmpty)
    #expect(ladder.next(after: 0) == nil && ladder.previous(before: 0) == nil)
    #expect(ladder.pointer(at: 0) == nil)
    #expect(ladder.remove(at: 0) == false)
    #expect(ladder.byteCount < 24 * 1_024)
    #expect(ladder.insert(at: -1).pointee == 7)
    #expect(ladder.level(at: -1) == 7)
    ladder.checkInvariants()
  }

  @Test func reachesEveryPrice() {
    var ladder = PriceLadder<Int64>(pageCapacity: 2, empty: 0)
    let prices: [Int64] = [
      .min, .min + 1, .min + 64, -1 << 40, -65, -64, -1, 0, 63, 64, 4_095, 4_096, 1 << 40,
      .max - 64, .max - 1, .max,
    ]
    for price in prices.reversed() { ladder.insert(at: price).pointee = price }
    ladder.checkInvariants()
    #expect(ladder.first == .min && ladder.last == .max && ladder.count == prices.count)
    for (index, price) in prices.enumerated() {
      #expect(ladder.pointer(at: price)?.pointee == price)
      #expect(ladder.next(after: price) == (index + 1 < prices.count ? prices[index + 1] : nil))
      #expect(ladder.previous(before: price) == (index > 0 ? prices[index - 1] : nil))
    }
    #expect(ladder.growthCount > 0)
    ladder.removeAll()
    ladder.checkInvariants()
    #expect(ladder.isEmpty && ladder.pageCount == 0 && ladder.first == nil)
  }

  @Test func pagesAreRecycledAndPointersStay() {
    var ladder = PriceLadder<Int64>(pageCapacity: 2, empty: 0)
    let kept = ladder.insert(at: 5)
    kept.pointee = 55
    for step in 1..<5_000 {
      let price = Int64(step) * 1_000_003
      ladder.insert(at: price).pointee = 1
      #expect(ladder.remove(at: price) == true)
    }
    #expect(ladder.growthCount == 0 && ladder.pageCount == 1)
    for step in 1..<500 { ladder.insert(at: Int64(step) * 1_000_003).pointee = 1 }
    #expect(ladder.growthCount > 0)
    #expect(ladder.pointer(at: 5) == kept && kept.pointee == 55)
    ladder.checkInvariants()
  }

  /// Prices near one another, around zero, scattered, and at powers of two.
  @Test(arguments: UInt64(0)..<24) func agreesWithSortedArray(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var ladder = PriceLadder<Int64>(pageCapacity: 3, empty: -1)
    var model: [Int64] = []
    func price() -> Int64 {
      switch seed % 4 {
      case 0: return 33_500 + random.integer(in: -40...40)
      case 1: return random.integer(in: -5_000...5_000)
      case 2: return random.integer(in: .min ... .max) >> random.integer(in: 0...63)
      default: return (1 << random.integer(in: 0...62)) &+ random.integer(in: -2...2)
      }
    }
    for step in 0..<1_500 {
      let wanted =
        model.isEmpty || random.chance(0.7) ? price() : model.randomElement(using: &random)!
      let place = model.firstIndex { $0 >= wanted } ?? model.count
      let isThere = place < model.count && model[place] == wanted
      #expect(ladder.pointer(at: wanted)?.pointee == (isThere ? wanted &* 3 : nil))
      if random.chance(0.5) {
        let level = ladder.insert(at: wanted)
        #expect(level.pointee == (isThere ? wanted &* 3 : -1))
        level.pointee = wanted &* 3
        if !isThere { model.insert(wanted, at: place) }
      } else {
        #expect(ladder.remove(at: wanted) == isThere)
        if isThere { model.remove(at: place) }
      }
      let probe = price()
      #expect(ladder.next(after: probe) == model.first { $0 > probe })
      #expect(ladder.previous(before: probe) == model.last { $0 < probe })
      #expect(ladder.level(at: probe) == (model.contains(probe) ? probe &* 3 : nil))
      #expect(ladder.first == model.first && ladder.last == model.last)
      #expect(ladder.firstLevel?.pointee == model.first.map { $0 &* 3 })
      #expect(ladder.lastLevel?.pointee == model.last.map { $0 &* 3 })
      #expect(ladder.count == model.count)
      if step % 50 == 0 { ladder.checkInvariants() }
    }
    ladder.checkInvariants()
  }
}
