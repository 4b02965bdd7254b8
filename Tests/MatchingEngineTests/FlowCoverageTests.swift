import LowLatency
import MatchingEngine
import Testing

/// The comparison is worth what its flow reaches.
@Suite struct FlowCoverageTests {
  /// A kind of report, with a reason it can have.
  struct Pair: Hashable {
    var kind: ReportKind
    var reason: MatchReason
  }

  /// All that the rules name.
  static let reasons: [ReportKind: [MatchReason]] = [
    .accepted: [.none, .repriced],
    .rejected: [
      .orderIDIsZero, .duplicateOrderID, .quantityNotPositive, .quantityAboveLimit, .tradingHalted,
      .cancelOnly, .invalidTerms, .expireTimePassed, .conflictingInstructions, .notInAuction,
      .reduceOnly, .orderCapacity, .noReferencePrice, .wouldCross, .notFillable,
    ],
    .trade: [.none, .auction],
    .canceled: [
      .requested, .massCancel, .immediateOrCancel, .noLiquidity, .selfTradePrevention,
      .modifiedToFilled, .notInAuction, .reduceOnly, .notFillable,
    ],
    .reduced: [.selfTradePrevention, .reduceOnly],
    .replaced: [.none, .repriced],
    .cancelRejected: [.unknownOrder, .tradingHalted],
    .replaceRejected: [
      .unknownOrder, .tradingHalted, .cancelOnly, .quantityNotPositive, .quantityAboveLimit,
      .invalidTerms, .wouldCross,
    ],
    .triggered: [.none],
    .expired: [.timeReached, .endOfDay],
  ]

  @Test func flowReachesEveryKindWithEveryReason() {
    var counts: [Pair: Int] = [:]
    var requests = 0
    for seed in UInt64(0)..<36 {
      var flow = RandomFlow(seed: seed)
      var naive = NaiveBook(flow.shape)
      for _ in 0..<2_000 {
        naive.apply(flow.next(naive))
        requests += 1
        for report in naive.reports {
          counts[Pair(kind: report.kind, reason: report.reason), default: 0] += 1
        }
        naive.reports.removeAll(keepingCapacity: true)
      }
    }
    var expected: Set<Pair> = []
    for (kind, reasons) in Self.reasons {
      for reason in reasons { expected.insert(Pair(kind: kind, reason: reason)) }
    }
    #expect(expected.subtracting(counts.keys) == [])
    #expect(Set(counts.keys).subtracting(expected) == [])
    #expect(Set(expected.map(\.kind)) == Set(ReportKind.allCases))
    #expect(Set(expected.map(\.reason)) == Set(MatchReason.allCases))
    // Much trading, few refusals.
    var refusals = 0
    for (pair, count) in counts {
      let kinds: [ReportKind] = [.rejected, .cancelRejected, .replaceRejected]
      if kinds.contains(pair.kind) { refusals += count }
    }
    #expect(refusals * 3 < requests)
    #expect((counts[Pair(kind: .trade, reason: .none)] ?? 0) * 5 > requests)
    #expect((counts[Pair(kind: .triggered, reason: .none)] ?? 0) * 60 > requests)
  }

  @Test func flowsWithOneSeedAreEqual() {
    for seed in UInt64(0)..<12 {
      var one = RandomFlow(seed: seed)
      var two = RandomFlow(seed: seed)
      var naive = NaiveBook(one.shape)
      for _ in 0..<200 {
        let request = one.next(naive)
        #expect(request == two.next(naive))
        naive.apply(request)
      }
    }
  }
}
