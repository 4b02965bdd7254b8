import CPlatform
import Glibc
import LowLatency
import MatchingFlow
import Runtime

/// What one regime came to.
struct MatchingResult {
  var regime: FlowRegime
  var messageCount: Int
  var reportCount: Int
  /// Messages a second, run by run, alternating.
  var engineRates: [Double] = []
  var nullRates: [Double] = []
  /// At half of the median rate, in the quietest run.
  var latency = MatchingLatency(percentiles: [0, 0, 0, 0], lostShare: 0)
  /// Of the same schedule with nothing to do.
  var idleLatency = MatchingLatency(percentiles: [0, 0, 0, 0], lostShare: 0)

  var engineMedian: Double { Self.median(engineRates) }
  var nullMedian: Double { Self.median(nullRates) }
  var ratio: Double { nullMedian > 0 ? engineMedian / nullMedian : 0 }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}

/// `needletail bench matching`: messages a second through the comparison's interface with a reader
/// on the second core, and latency at half of that.
///
/// - Parameter arguments: those behind `matching`.
/// - Returns: the exit status: 0 done, 1 failed, 2 wrong usage.
public func matchingSuite(arguments: [String]) -> Int32 {
  do throws(MatchingOptions.Mistake) {
    let options = try MatchingOptions(arguments)
    if options.wantsHelp {
      writeText(MatchingOptions.help, to: STDOUT_FILENO)
      return 0
    }
    if let books = options.books {
      measureBooks(options, count: books)
      return 0
    }
    return measure(options)
  } catch {
    writeText("needletail bench matching: \(error.message)\n", to: STDERR_FILENO)
    return 2
  }
}

private func measure(_ options: MatchingOptions) -> Int32 {
  do {
    let interface =
      try options.library.map { try MatchingInterface(library: $0) } ?? MatchingInterface()
    let processors: (matcher: Int32, reader: Int32) = (0, 1)
    let processorCount = AgentRunner.processorCount
    guard processorCount > 1 || options.playsOnly else {
      throw MatchingFailure(description: "matcher and reader need a processor each")
    }
    let isPinned = cplatform_pin_thread(processors.matcher) == 0
    let counter = TimestampCounter()
    func roundTrip() -> Int64 {
      options.playsOnly
        ? 0 : CoreRoundTrip.nanoseconds(processors: processors, counter: counter)
    }
    var report = MatchingReport(
      isPinned: isPinned, processorCount: processorCount, seed: options.seed,
      roundTripBefore: roundTrip())
    for regime in options.regimes {
      let messages = OrderFlow.messages(regime, seed: options.seed, orderCount: options.orderCount)
      let run = MatchingRun(
        interface: interface, messages: messages, processors: processors)
      report.results.append(run.result(regime, options, counter))
    }
    if options.playsOnly { return 0 }
    report.roundTripAfter = roundTrip()
    writeText(options.json ? report.json : report.table, to: STDOUT_FILENO)
    return 0
  } catch {
    writeText("needletail bench matching: \(error)\n", to: STDERR_FILENO)
    return 1
  }
}

extension MatchingRun {
  /// All measurements of one regime: engine and null engine in turn, then latency.
  fileprivate func result(
    _ regime: FlowRegime, _ options: MatchingOptions, _ counter: TimestampCounter
  ) -> MatchingResult {
    if options.playsOnly {
      let times = (0..<options.runs).map { _ in playAlone() }.sorted()
      let (least, median) = (times[0], times[times.count / 2])
      writeText(
        "\(regime.rawValue) alone: \(least) ns a message at best, median \(median)\n",
        to: STDERR_FILENO)
      return MatchingResult(regime: regime, messageCount: messages.count, reportCount: 0)
    }
    let stream = reportStream()
    var result = MatchingResult(
      regime: regime, messageCount: messages.count, reportCount: stream.reports.count)
    for _ in 0..<options.runs {
      result.engineRates.append(engineRate(stream))
      result.nullRates.append(nullRate(stream))
    }
    result.latency = quietestLatency(
      of: options.runs, rate: result.engineMedian / 2, counter: counter)
    result.idleLatency = quietestLatency(
      of: options.runs, rate: result.engineMedian / 2, counter: counter, sends: false)
    return result
  }
}
