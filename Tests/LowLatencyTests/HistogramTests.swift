import LowLatency
import Testing

@Suite struct HistogramTests {
  @Test func percentilesStayWithinOneSixtyFourth() {
    var random = SeededRandom(seed: 3)
    var histogram = Histogram()
    var values: [UInt64] = []
    for _ in 0..<20_000 {
      let value = random.next() >> random.next(below: 64)
      values.append(value)
      histogram.record(value)
    }
    values.sort()
    for percent in [0, 0.1, 1, 25, 50, 90, 99, 99.9, 100] {
      let rank = max(1, Int((Double(values.count) * (percent / 100)).rounded(.up)))
      let exact = values[rank - 1]
      let reported = histogram.percentile(percent)
      #expect(reported >= exact)
      #expect(reported - exact <= exact / 64)
    }
    #expect(histogram.min == values.first)
    #expect(histogram.max == values.last)
    #expect(histogram.count == 20_000)
    histogram.checkInvariants()
  }

  @Test func bucketsCoverTheWholeRangeWithoutGaps() {
    var histogram = Histogram()
    let empty = histogram.bucket(at: 0)
    #expect(empty.lower == 0 && empty.count == 0)
    for place in 1..<histogram.bucketCount {
      #expect(histogram.bucket(at: place).lower == histogram.bucket(at: place - 1).upper + 1)
    }
    #expect(histogram.bucket(at: histogram.bucketCount - 1).upper == .max)
    for value in [0, 63, 64, 65, 127, 128, 1 << 40, UInt64.max] { histogram.record(value) }
    for place in 0..<histogram.bucketCount {
      let bucket = histogram.bucket(at: place)
      let expected = [0, 63, 64, 65, 127, 128, 1 << 40, UInt64.max]
        .count { $0 >= bucket.lower && $0 <= bucket.upper }
      #expect(bucket.count == UInt64(expected))
    }
  }

  @Test func mergesAndResets() {
    var one = Histogram()
    var two = Histogram()
    #expect(one.mean == 0 && one.min == 0 && one.max == 0 && one.percentile(50) == 0)
    one.record(10)
    two.record(30, times: 3)
    two.record(7, times: 0)
    one.merge(two)
    #expect(one.count == 4)
    #expect(one.mean == 25)
    #expect(one.min == 10 && one.max == 30)
    one.reset()
    #expect(one.count == 0 && one.mean == 0)
    one.checkInvariants()
  }
}
