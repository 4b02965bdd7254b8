import Glibc
import Runtime

/// `needletail bench [core]`: measures, prints a table or one JSON document, compares.
///
/// - Parameters:
///   - arguments: those behind `bench`.
///   - venue: whose requests are encoded.
/// - Returns: the exit code: 0 done, 1 a measurement or a file failed, 2 wrong usage.
public func runBenchCommand(arguments: [String], venue: BenchVenue) -> Int32 {
  do throws(BenchOptions.Mistake) {
    let options = try BenchOptions(arguments)
    if options.wantsHelp {
      print(BenchOptions.help, terminator: "")
      return 0
    }
    return measure(options, venue)
  } catch {
    tell("\(error.message); see needletail bench --help")
    return 2
  }
}

private func measure(_ options: BenchOptions, _ venue: BenchVenue) -> Int32 {
  var baseline: BenchBaseline?
  if let path = options.compare {
    guard let text = contents(of: path), let found = BenchBaseline(text) else {
      tell("\(path): expected the figures that needletail bench --save wrote")
      return 2
    }
    baseline = found
  }
  do {
    let report = try coreReport(options.scale, venue, only: options.only)
    if let path = options.save, !write(report.json, to: path) {
      tell("\(path): \(String(cString: strerror(errno)))")
      return 1
    }
    let colour = !options.json && isatty(1) == 1 && getenv("NO_COLOR") == nil && options.colour
    print(
      options.json ? report.json : report.table(colour: colour, baseline: baseline),
      terminator: "")
    if options.json, baseline != nil { tell(report.table(colour: false, baseline: baseline)) }
    return 0
  } catch {
    tell("the measurement failed: \(error)")
    return 1
  }
}

/// Runs the suite `core`.
func coreReport(
  _ scale: BenchScale, _ venue: BenchVenue, only: String? = nil
) throws -> BenchReport {
  let isTerminal = isatty(2) == 1
  var suite = CoreSuite(scale: scale, venue: venue, only: only) { name in
    if isTerminal { tell("measuring \(name)") }
  }
  try suite.run()
  return BenchReport(
    suite: "core", venue: venue.title, machine: BenchMachine(), results: suite.results,
    overheadNanoseconds: suite.overheadNanoseconds, isPinned: suite.processor != nil,
    countsAllocations: AllocationCounter.isAvailable)
}

/// A line for people, on standard error.
private func tell(_ text: String) {
  let line = Array("needletail bench: \(text)\n".utf8)
  _ = Glibc.write(2, line, line.count)
}

private func write(_ text: String, to path: String) -> Bool {
  guard let file = fopen(path, "w") else { return false }
  let isWritten = fputs(text, file) >= 0
  return fclose(file) == 0 && isWritten
}

private func contents(of path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { break }
    bytes += chunk[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
