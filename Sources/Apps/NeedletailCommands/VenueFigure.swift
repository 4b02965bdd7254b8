import Benchmarks
import LowLatency
import TradingModel
import Venues

/// One figure of `needletail bench venues`; times in nanoseconds.
struct VenueFigure {
  var name: String
  var venue: String
  var p50: Double
  var p99: Double
  var p999: Double
  var max: Double
  var mean: Double
  var count: UInt64
  var runs = 1
  /// What is asked of `judged`; nil where nothing is.
  var target: Double?
  /// Which of the values the target is for.
  var targeted = "p50"
  /// Bytes taken from the allocator by one operation; nil where that is not counted.
  var allocatedBytes: Double?
  /// What else there is to say, as members of the JSON object.
  var more: [(name: String, value: String)] = []
  var note: String

  init(_ name: String, _ venue: String, _ histogram: borrowing Histogram, note: String) {
    self.name = "\(name), \(venue)"
    self.venue = venue
    p50 = Double(histogram.percentile(50))
    p99 = Double(histogram.percentile(99))
    p999 = Double(histogram.percentile(99.9))
    max = Double(histogram.max)
    mean = histogram.mean
    count = histogram.count
    self.note = note
  }

  /// A decoder's.
  init(_ venue: String, _ figure: DecodingFigure) {
    name = "decode \(figure.kind.rawValue), \(venue)"
    self.venue = venue
    p50 = figure.p50
    p99 = figure.p99
    p999 = figure.p999
    max = figure.max
    mean = figure.mean
    count = figure.count
    runs = DecodingSuite.runCount
    target = figure.target
    allocatedBytes = figure.allocatedBytes
    more = [
      ("bytes", SessionView.fixed(figure.byteCount, 1)),
      ("megabytes_per_second", SessionView.fixed(figure.megabytesPerSecond, 0)),
      ("simdjson_p50", SessionView.fixed(figure.referenceP50, 1)),
      ("reference", quoted(DecodingSuite.reference)),
    ]
    note =
      "\(SessionView.fixed(figure.byteCount, 0)) bytes, "
      + "\(SessionView.fixed(figure.megabytesPerSecond, 0)) MB/s; simdjson's parse "
      + SessionView.duration(UInt64(figure.referenceP50))
  }

  private var judged: Double {
    switch targeted {
    case "p99": p99
    case "max": max
    default: p50
    }
  }

  var isMet: Bool { (target.map { judged <= $0 } ?? true) && (allocatedBytes ?? 0) == 0 }

  var json: String {
    func number(_ value: Double) -> String { SessionView.fixed(value, 1) }
    var members: [(name: String, value: String)] = [
      ("name", quoted(name)), ("venue", quoted(venue)), ("unit", "\"ns/op\""),
      ("p50", number(p50)), ("p99", number(p99)), ("p99_9", number(p999)), ("max", number(max)),
      ("median", number(mean)), ("runs", "\(runs)"), ("operations", "\(count)"),
      ("target", target.map(number) ?? "null"),
      ("target_of", target == nil ? "null" : quoted(targeted)),
      ("met", target == nil && isMet ? "null" : "\(isMet)"),
      ("allocated_bytes_per_op", allocatedBytes.map(number) ?? "null"),
    ]
    members += more
    members.append(("note", quoted(note)))
    return "{" + members.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ") + "}"
  }

  var line: String {
    var text = name.padded(to: 44)
    for (name, value) in [("p50", p50), ("p99", p99), ("p99.9", p999), ("max", max)] {
      text += " \(name) \(SessionView.right(SessionView.duration(UInt64(value)), 9))"
    }
    let mark = target == nil ? "" : isMet ? " met" : " missed"
    return text + "\(mark)  \(count) x, \(note)\n"
  }
}

/// All figures of a run, for programs and for people.
struct VenueBenchReport {
  var figures: [VenueFigure]
  private let machine = BenchMachine()

  init(figures: [VenueFigure]) { self.figures = figures }

  private var advice: [String] {
    figures.filter { !$0.isMet }.map { "\($0.name) misses its target" }
  }

  /// One JSON document; one figure a line.
  var json: String {
    "{\"suite\": \"venues\", \"machine\": {\"cpu\": \(quoted(machine.cpu)), "
      + "\"cores\": \(machine.cores), \"kernel\": \(quoted(machine.kernel)), "
      + "\"swift\": \(quoted(machine.swift)), \"date\": \(quoted(machine.date))},\n\"results\": [\n"
      + figures.map(\.json).joined(separator: ",\n") + "],\n\"advice\": ["
      + advice.map(quoted).joined(separator: ", ") + "]}\n"
  }

  var table: String {
    "venues on \(machine.cpu), \(machine.cores) cores, Linux \(machine.kernel), "
      + "Swift \(machine.swift), \(machine.date)\n" + figures.map(\.line).joined()
  }
}
