import Glibc
import LowLatency
import Runtime
import TradingModel

/// Who a run is: ids and places.
enum RunIdentity {
  /// What this build calls itself; part of every run's first record.
  static let build = "needletail \(version)"
  static let version = "0.1.0"
  /// What requests to venues say of the program that sends them.
  static let userAgent = "needletail/\(version)"

  /// A backtest's id: a function of its files and settings, so that the same backtest gives the same
  /// journal.
  static func backtest(_ plan: BacktestPlan, _ options: BacktestOptions) -> UInt64 {
    var hash = RecordHash()
    hash.combine(options.seed)
    for file in plan.definitions.feedFiles {
      for byte in file.sha256 { hash.combine(UInt64(byte)) }
    }
    for byte in (options.strategy + "\n" + options.settings).utf8 { hash.combine(UInt64(byte)) }
    return hash.value | 1
  }

  /// A directory that is not there yet, under the temporary one.
  static func freshDirectory(_ name: String) throws -> String {
    let root = Terminal.environment("TMPDIR") ?? "/tmp"
    let template = "\(root)/needletail-\(name)-XXXXXX"
    var bytes = Array(template.utf8CString)
    guard mkdtemp(&bytes) != nil else {
      throw UsageError(
        "no directory for the journal could be made under \(root): "
          + "\(String(cString: strerror(errno))); name one with --journal DIR")
    }
    return String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension RunResult {
  /// Reads the latency of decisions off counter ticks.
  mutating func take(latency ticks: borrowing Histogram) {
    guard ticks.count > 0 else { return }
    let counter = TimestampCounter()
    func nanoseconds(_ value: UInt64) -> UInt64 {
      UInt64(max(0, counter.nanoseconds(ticks: value)))
    }
    latency = Latency(
      p50: nanoseconds(ticks.percentile(50)), p99: nanoseconds(ticks.percentile(99)),
      p999: nanoseconds(ticks.percentile(99.9)), max: nanoseconds(ticks.max))
  }
}
