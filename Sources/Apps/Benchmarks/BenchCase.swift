/// One line of the suite: what is measured, and what it should come to.
struct BenchCase {
  enum Unit: String {
    case nanoseconds = "ns/op"
    case rate = "ops/s"
  }

  /// The "ours" figures of the ledger; what it does not ask for is nil.
  struct Target {
    var p50: Double?
    var p99: Double?
    var p999: Double?
    /// Of a rate, at least.
    var rate: Double?
  }

  var name: String
  var unit = Unit.nanoseconds
  /// What is inside one operation.
  var counts: String
  var target = Target()
  /// Operations between two readings of the counter.
  var batch = 1
  /// Where the target stands in the ledger.
  var source = ""
  /// Whether the ledger asks for no allocation: every hot path.
  var mustNotAllocate = true
}

/// A case with what all its runs came to.
struct BenchResult {
  var benchCase: BenchCase
  var runs: [RunSample]
  /// Nil where it was not counted.
  var allocatedBytesPerOperation: Double?

  private func median(_ key: KeyPath<RunSample, Double>) -> Double {
    let sorted = runs.map { $0[keyPath: key] }.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  private var isRate: Bool { benchCase.unit == .rate }
  private var rates: [Double] { runs.map(\.median) }

  /// Of times: the median over the runs of each run's percentile. Of rates: the median run.
  var p50: Double { median(\.p50) }
  /// Of rates: the slowest run.
  var p99: Double { isRate ? rates.min() ?? 0 : median(\.p99) }
  var p999: Double { isRate ? rates.min() ?? 0 : median(\.p999) }
  /// The largest of all runs.
  var max: Double { runs.map(\.max).max() ?? 0 }
  /// The median over the runs of each run's mean, or rate.
  var median: Double { median(\.median) }
  /// The best run: on a shared machine, the nearest to what the code itself costs.
  var best: Double {
    isRate ? rates.max() ?? 0 : runs.map(\.p50).min() ?? 0
  }
  /// The least p99 of all runs.
  var bestP99: Double { isRate ? best : runs.map(\.p99).min() ?? 0 }

  /// The number that stands for the case's target; nil without one.
  var target: Double? {
    isRate ? benchCase.target.rate : benchCase.target.p50 ?? benchCase.target.p99
  }

  /// Which of the targets were missed, in words.
  var misses: [String] {
    var found: [String] = []
    func check(_ name: String, _ value: Double, _ limit: Double?) {
      if let limit, value > limit { found.append("\(name) \(whole(value)) > \(whole(limit)) ns") }
    }
    if let least = benchCase.target.rate, median < least {
      found.append("\(grouped(median))/s < \(grouped(least))/s")
    }
    check("p50", p50, benchCase.target.p50)
    check("p99", p99, benchCase.target.p99)
    check("p99.9", p999, benchCase.target.p999)
    if benchCase.mustNotAllocate, let bytes = allocatedBytesPerOperation, bytes > 0 {
      found.append("allocates \(tenths(bytes)) bytes/op")
    }
    return found
  }

  var isMet: Bool { misses.isEmpty }
}

/// A whole number.
func whole(_ value: Double) -> String { String(Int64(value.rounded())) }

/// One decimal below 100, none above.
func tenths(_ value: Double) -> String {
  if value >= 100 { return whole(value) }
  let scaled = Int64((value * 10).rounded())
  return "\(scaled / 10).\(scaled % 10)"
}

/// A whole number with a comma every three digits.
func grouped(_ value: Double) -> String {
  let digits = Array(whole(value))
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}
