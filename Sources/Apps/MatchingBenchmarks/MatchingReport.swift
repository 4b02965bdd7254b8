import Glibc
import Runtime

/// What the suite came to, for programs and for people.
struct MatchingReport {
  var isPinned: Bool
  var processorCount: Int
  var seed: UInt64
  /// Nanoseconds, over two cores, before and after all runs.
  var roundTripBefore: Int64
  var roundTripAfter: Int64 = 0
  var results: [MatchingResult] = []

  /// Messages a second that the ledger asks for in every regime.
  static let floor = 45e6
  /// Nanoseconds that the ledger asks for: p50, p99, p99.9.
  static let latencyTargets: [UInt64] = [50, 200, 1_000]

  private var advice: [String] {
    var lines = isPinned ? [] : ["the threads could not be bound to cores: expect wild figures"]
    for result in results where result.engineMedian < Self.floor {
      lines.append(
        "\(result.regime.rawValue) misses 45 M messages/s: \(millions(result.engineMedian)) M")
    }
    return lines
  }

  // MARK: JSON

  var json: String {
    var text = "{\"suite\": \"matching\", \"machine\": {\"cpu\": \"\(Self.processorName)\", "
    text += "\"cores\": \(processorCount), \"pinned\": \(isPinned), "
    text += "\"round_trip_before_ns\": \(roundTripBefore), "
    text += "\"round_trip_after_ns\": \(roundTripAfter)},\n\"seed\": \"\(seed)\",\n\"results\": [\n"
    text += results.flatMap(lines).joined(separator: ",\n")
    text += "],\n\"advice\": [" + advice.map { "\"\($0)\"" }.joined(separator: ", ")
    return text + "]}\n"
  }

  private func lines(_ result: MatchingResult) -> [String] {
    let name = result.regime.rawValue
    return [
      rate("matching \(name)", result.engineRates, result.engineMedian, target: Self.floor),
      rate("null \(name)", result.nullRates, result.nullMedian, target: nil),
      latency("matching \(name) latency", result.latency, result, targets: Self.latencyTargets),
      latency("schedule \(name) latency", result.idleLatency, result, targets: nil),
    ]
  }

  private func rate(
    _ name: String, _ rates: [Double], _ median: Double, target: Double?
  ) -> String {
    let least = Int(rates.min() ?? 0)
    return "{\"name\": \"\(name)\", \"unit\": \"ops/s\", \"p50\": \(Int(median)), "
      + "\"p99\": \(least), \"p99_9\": \(least), \"max\": \(Int(rates.max() ?? 0)), "
      + "\"median\": \(Int(median)), \"runs\": \(rates.count), "
      + "\"target\": \(target.map { "\(Int($0))" } ?? "null"), "
      + "\"met\": \(target.map { median >= $0 } ?? true), \"allocated_bytes_per_op\": null}"
  }

  private func latency(
    _ name: String, _ latency: MatchingLatency, _ result: MatchingResult, targets: [UInt64]?
  ) -> String {
    let values = latency.percentiles
    let isMet = targets.map { zip(values, $0).allSatisfy { $0 < $1 } } ?? true
    return "{\"name\": \"\(name)\", \"unit\": \"ns/op\", \"p50\": \(values[0]), "
      + "\"p99\": \(values[1]), \"p99_9\": \(values[2]), \"max\": \(values[3]), "
      + "\"median\": \(values[0]), \"runs\": \(result.engineRates.count), "
      + "\"lost_share\": \(Self.thousandths(latency.lostShare)), "
      + "\"target\": \(targets.map { "\($0[0])" } ?? "null"), "
      + "\"met\": \(isMet), \"allocated_bytes_per_op\": null}"
  }

  // MARK: Table

  var table: String {
    var text = "matching on \(Self.processorName), \(processorCount) cores, "
    text += "matcher and reader \(isPinned ? "pinned" : "not pinned"), seed \(seed)\n"
    text += "core to core and back: \(roundTripBefore) ns before, \(roundTripAfter) ns after\n\n"
    text += row("regime", ["messages", "reports", "M/s", "least", "best", "null", "ratio"])
    text += "     p50      p99    p99.9       max ns   lost   idle p99   p99.9 ns\n"
    for result in results {
      text += row(
        result.regime.rawValue,
        [
          "\(result.messageCount)", "\(result.reportCount)", millions(result.engineMedian),
          millions(result.engineRates.min() ?? 0), millions(result.engineRates.max() ?? 0),
          millions(result.nullMedian), "\(Int((result.ratio * 100).rounded()))%",
        ])
      for (value, width) in zip(result.latency.percentiles, [8, 9, 9, 10]) {
        text += right("\(value)", width)
      }
      text += right(percent(result.latency.lostShare), 7)
      text += right("\(result.idleLatency.percentiles[1])", 11)
      text += right("\(result.idleLatency.percentiles[2])", 11) + "\n"
    }
    text += "latency at half of the median rate, quietest of as many runs; lost: the part of it in "
    text +=
      "which others had the core; idle: the same schedule with nothing to do, which is what the "
    text += "machine itself takes\n"
    return text + advice.map { "- \($0)\n" }.joined()
  }

  private func row(_ name: String, _ cells: [String]) -> String {
    name + String(repeating: " ", count: max(0, 9 - name.count))
      + cells.map { right($0, 9) }.joined()
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func percent(_ share: Double) -> String {
    let tenths = Int((share * 1_000).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }

  private static func thousandths(_ share: Double) -> String {
    let digits = "\(1_000 + Int((share * 1_000).rounded()))"
    return share < 1 ? "0.\(digits.dropFirst())" : "1"
  }

  private func millions(_ rate: Double) -> String {
    let tenths = rate.isFinite ? Int((rate / 1e5).rounded()) : 0
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static var processorName: String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return "unknown" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, 512, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      if text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") {
        return String(text[text.index(after: colon)...].drop { $0 == " " }.prefix { $0 != "\n" })
      }
    }
    return "unknown"
  }
}
