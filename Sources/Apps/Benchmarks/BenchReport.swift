/// What a suite came to, for programs and for people.
struct BenchReport {
  var suite: String
  /// Whose requests were encoded.
  var venue: String
  var machine: BenchMachine
  var results: [BenchResult]
  var overheadNanoseconds: Double
  var isPinned: Bool
  var countsAllocations: Bool

  /// What stands in the way of the targets, and of good figures.
  var advice: [String] {
    var lines: [String] = []
    if !isPinned { lines.append("the thread could not be bound to a core: expect wild maxima") }
    if !countsAllocations {
      lines.append("this process does not count allocations: link CAllocationCount")
    }
    for result in results {
      let misses = result.misses
      if !misses.isEmpty {
        lines.append(
          "\(result.benchCase.name) misses \(result.benchCase.source): "
            + misses.joined(separator: ", "))
      }
      if result.benchCase.unit == .nanoseconds, result.p99 > 3 * result.bestP99, result.p99 > 500 {
        lines.append(
          "\(result.benchCase.name): p99 differs threefold between runs; the machine is busy")
      }
    }
    return lines
  }

  // MARK: JSON

  /// One JSON document; one result a line.
  var json: String {
    var text = "{\"suite\": \(quoted(suite)), \"venue\": \(quoted(venue)), \"machine\": {"
    text += "\"cpu\": \(quoted(machine.cpu)), \"cores\": \(machine.cores), "
    text += "\"kernel\": \(quoted(machine.kernel)), \"swift\": \(quoted(machine.swift)), "
    text += "\"date\": \(quoted(machine.date)), "
    text += "\"counter_overhead_ns\": \(tenths(overheadNanoseconds)), "
    text += "\"pinned\": \(isPinned)},\n\"results\": [\n"
    text += results.map(json).joined(separator: ",\n")
    text += "],\n\"advice\": ["
    text += advice.map(quoted).joined(separator: ", ")
    return text + "]}\n"
  }

  private func json(_ result: BenchResult) -> String {
    let target = result.target.map(whole) ?? "null"
    let bytes = result.allocatedBytesPerOperation.map(tenths) ?? "null"
    let source = result.benchCase
    var text = "{\"name\": \(quoted(source.name)), \"unit\": \(quoted(source.unit.rawValue)), "
    text += "\"p50\": \(number(result.p50, source)), \"p99\": \(number(result.p99, source)), "
    text += "\"p99_9\": \(number(result.p999, source)), \"max\": \(number(result.max, source)), "
    text += "\"median\": \(number(result.median, source)), "
    text += "\"runs\": \(result.runs.count), \"target\": \(target), \"met\": \(result.isMet), "
    text += "\"allocated_bytes_per_op\": \(bytes), "
    text += "\"best\": \(number(result.best, source)), "
    text += "\"targets\": \(targets(source.target)), "
    text += "\"source\": \(quoted(source.source)), "
    text += "\"operations\": \(result.runs.reduce(0) { $0 + $1.operations }), "
    text += "\"batch\": \(source.batch), \"threads\": \"fused, one thread\", "
    text += "\"wait\": \"none\", \"load\": \"closed loop\", "
    let clock = source.unit == .rate ? "thread processor time" : "counter"
    text += "\"clock\": \(quoted(clock)), \"counts\": \(quoted(source.counts))}"
    return text
  }

  private func targets(_ target: BenchCase.Target) -> String {
    let parts = [
      ("p50", target.p50), ("p99", target.p99), ("p99_9", target.p999), ("rate", target.rate),
    ]
    let found = parts.compactMap { name, value in value.map { "\"\(name)\": \(whole($0))" } }
    return "{" + found.joined(separator: ", ") + "}"
  }

  private func number(_ value: Double, _ source: BenchCase) -> String {
    source.unit == .rate ? whole(value) : tenths(value)
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  // MARK: Table

  /// A table for people; `colour` marks what is met and what is not.
  func table(colour: Bool, baseline: BenchBaseline? = nil) -> String {
    var text = "\(suite) on \(machine.cpu), \(machine.cores) cores, Linux \(machine.kernel), "
    text += "Swift \(machine.swift), \(machine.date)\n"
    text += "one fused thread, \(isPinned ? "pinned" : "not pinned"), closed loop, no waiting; "
    text += "reading the counter took \(tenths(overheadNanoseconds)) ns and is subtracted\n"
    text += "times in ns: median over the runs of each run's percentile; max of all runs; "
    text += "rates: median run, per second of the thread's processor time (p99: the slowest)\n"
    text += "requests are encoded for \(venue)\n\n"
    text += row(["case", "p50", "p99", "p99.9", "max", "best p50", "target", "B/op", ""]) + "\n"
    for result in results {
      var line = row(cells(result))
      if let baseline { line += baseline.ratio(of: result) }
      let mark = result.target == nil && result.isMet ? "" : result.isMet ? "met" : "missed"
      let code = result.isMet ? "32" : "31"
      text += line + (colour && !mark.isEmpty ? "\u{1B}[\(code)m\(mark)\u{1B}[0m" : mark) + "\n"
    }
    let lines = advice
    if !lines.isEmpty { text += "\n" + lines.map { "- \($0)" }.joined(separator: "\n") + "\n" }
    return text
  }

  private func cells(_ result: BenchResult) -> [String] {
    let isRate = result.benchCase.unit == .rate
    func cell(_ value: Double) -> String { isRate ? grouped(value) : tenths(value) }
    return [
      result.benchCase.name, cell(result.p50), cell(result.p99), isRate ? "" : cell(result.p999),
      cell(result.max), cell(result.best), result.target.map(grouped) ?? "",
      result.allocatedBytesPerOperation.map(tenths) ?? "", "",
    ]
  }

  private func row(_ cells: [String]) -> String {
    let widths = [24, 12, 12, 9, 13, 12, 12, 6, 2]
    var line = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
      line += index == 0 ? cell + padding : padding + cell
    }
    return line
  }
}
