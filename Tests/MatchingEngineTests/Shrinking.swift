/// Makes a failing sequence short: chunks are left out, from halves down to single requests, as
/// long as it still fails (delta debugging). What it may spend is counted in replayed requests, so that
/// the result is the same on every machine.
struct Shrinker<Element> {
  /// How many elements of the sequence are needed until it fails; nil when it does not.
  let failure: ([Element]) -> Int?
  private var budget: Int

  init(budget: Int, failure: @escaping ([Element]) -> Int?) {
    self.budget = budget
    self.failure = failure
  }

  /// The shortest that was found; `elements` itself when it does not fail.
  mutating func shrink(_ elements: [Element]) -> [Element] {
    guard var shortest = failing(elements) else { return elements }
    var size = max(1, shortest.count / 2)
    while budget > 0 {
      let before = shortest.count
      shortest = withoutChunks(of: size, shortest)
      // Single ones are tried until all are needed: one that was may not be any more.
      if size == 1 && shortest.count == before { break }
      size = max(1, size / 2)
    }
    return shortest
  }

  private mutating func withoutChunks(of size: Int, _ elements: [Element]) -> [Element] {
    var shortest = elements
    var end = shortest.count
    while end > 0 && budget > 0 {
      let start = max(0, end - size)
      var trial = shortest
      trial.removeSubrange(start..<end)
      if let shorter = failing(trial) { shortest = shorter }
      end = min(start, shortest.count)
    }
    return shortest
  }

  /// The part of a failing sequence up to its failure; nil when it does not fail.
  private mutating func failing(_ elements: [Element]) -> [Element]? {
    budget -= elements.count + 1
    guard let count = failure(elements) else { return nil }
    return Array(elements.prefix(count))
  }
}
