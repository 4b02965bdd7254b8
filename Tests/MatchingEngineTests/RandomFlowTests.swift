import Foundation
import LowLatency
import MatchingEngine
import Synchronization
import Testing
import TradingModel

/// The book against the naive one, report by report. A failure names its seed and step and the
/// shortest script that was found for `needletail match`. NEEDLETAIL_SEED runs one seed alone and
/// writes its script while it runs, for a seed that ends the process; NEEDLETAIL_SEEDS runs so
/// many; NEEDLETAIL_HEAVY=1 runs 10^8 requests. NEEDLETAIL_FIRST_FAILURE=1 stops at the first
/// failure and does not shrink it.
@Suite struct RandomFlowTests {
  static let environment = ProcessInfo.processInfo.environment
  static let isHeavy = environment["NEEDLETAIL_HEAVY"] == "1"
  static let single = environment["NEEDLETAIL_SEED"].flatMap { UInt64($0) }
  static let seedCount = environment["NEEDLETAIL_SEEDS"].flatMap { UInt64($0) }
  static let seeds = Array(
    single.map { $0..<($0 + 1) } ?? 0..<(seedCount ?? (isHeavy ? 2_000 : 104)))
  static let isBrief = environment["NEEDLETAIL_FIRST_FAILURE"] == "1"
  static let failureCount = Atomic(0)
  /// So many failing seeds are shrunk: the others mostly fail for the same reason.
  static let shrunkMax = 3
  static let stepCount = isHeavy ? 50_000 : 4_000
  #if DEBUG
    static let checksEveryRequest = true
  #else
    static let checksEveryRequest = false
  #endif
  static let announcement: Void = print(
    "RandomFlowTests: \(seeds.count) seeds of \(stepCount) requests,",
    "\(seeds.count * stepCount) in all")

  @Test(arguments: seeds) func agreesWithNaiveBook(seed: UInt64) throws {
    if Self.isBrief && Self.failureCount.load(ordering: .relaxed) > 0 { return }
    Self.announcement
    var flow = RandomFlow(seed: seed)
    var duel = BookDuel(flow.shape)
    let journal = Self.single == nil ? nil : try ScriptFile(name: "seed-\(seed)", flow.shape)
    var requests: [BookRequest] = []
    for step in 0..<Self.stepCount {
      let request = flow.next(duel.naive)
      requests.append(request)
      try journal?.append(request)
      var difference = duel.apply(request)
      if difference == nil && flow.random.chance(0.03) { difference = duel.readFeeds() }
      if difference == nil && flow.random.chance(0.004) { difference = duel.compareViews() }
      if Self.checksEveryRequest || seed % 16 == 0 { duel.book.checkInvariants() }
      guard let difference else { continue }
      Issue.record("seed \(seed) step \(step): \(difference)")
      return try report(RequestScript(shape: flow.shape, requests: requests), seed)
    }
    if let difference = duel.compareViews() {
      Issue.record("seed \(seed), at its end: \(difference)")
      try report(RequestScript(shape: flow.shape, requests: requests), seed)
    }
  }

  /// Shrinks a failing script and tells it.
  private func report(_ script: RequestScript, _ seed: UInt64) throws {
    let earlier = Self.failureCount.add(1, ordering: .relaxed).oldValue
    if Self.isBrief || earlier >= Self.shrunkMax { return }
    // What only shows in feeds that were read late shows at the end, if at all.
    let looksOften = Self.failure(script.requests, script.shape, looksOften: true) != nil
    var shrinker = Shrinker<BookRequest>(budget: 200_000) {
      Self.failure($0, script.shape, looksOften: looksOften)?.count
    }
    let short = RequestScript(shape: script.shape, requests: shrinker.shrink(script.requests))
    let failure = Self.failure(short.requests, short.shape, looksOften: looksOften)
    let path = try ScriptFile.write(short, name: "seed-\(seed)")
    Issue.record(
      """
      seed \(seed), \(short.requests.count) requests, also in \(path):
      \(short.lines.prefix(60).joined(separator: "\n"))
      \(failure?.difference ?? "not found again by a replay")
      """)
  }

  /// How many of the requests are needed until the books differ, and in what; nil when they do not.
  private static func failure(
    _ requests: [BookRequest], _ shape: BookShape, looksOften: Bool
  ) -> (count: Int, difference: String)? {
    var duel = BookDuel(shape)
    for (step, request) in requests.enumerated() {
      var difference = duel.apply(request)
      if difference == nil && looksOften { difference = duel.compareViews() }
      if let difference { return (step + 1, difference) }
    }
    return duel.compareViews().map { (requests.count, $0) }
  }
}
