import Glibc
import MatchLines
import Runtime
import Strategies
import TradingModel

/// `needletail match`: orders from JSON lines into one matching book, reports out.
enum MatchCommand {
  static let usage = CommandUsage(
    name: "match", summary: "try orders on the matching engine from JSON lines",
    arguments: "[FILE | -]", argumentCount: 0...1,
    options: [
      .flag("reports", "print reports; this is what happens without --book too"),
      .flag("book", "print the book at the end"),
      .value("levels", "N", "levels to print a side where a query says no depth (10)"),
      .value("tick", "STEP", "the step of prices, such as 0.01; without it prices count ticks"),
      .value("lot", "STEP", "the step of quantities; without it quantities are whole units"),
      .value("capacity", "N", "how many orders can rest (\(MatchSession.usualCapacity))"),
      .value("seed", "S", "what the parts that icebergs show are drawn from (0)"),
      .flag("keep-going", "pass over bad lines; the exit status is 2 all the same"),
      .flag("echo", "print each line of input before what comes of it"),
      .flag("verify", "compare with the expected lines of a scenario; status 3 at a difference"),
    ],
    notes: """
      One JSON object a line, from FILE or standard input; each line's reports are printed before the
      next one is waited for. Prices and quantities are whole numbers, or decimal numbers with --tick,
      --lot or a first line {"op":"instrument","tick":"0.01","lot":"0.001"}.
      Operations: new, modify, cancel_replace, cancel, cancel_all, advance, end_day, position, phase,
      uncross. Queries: book, orders, order, indication, show_position, statistics, check, hash.
      docs/matching-messages.md has every field, docs/matching-rules.md what the book does.
      """,
    examples: [
      #"echo '{"op":"new","order_id":1,"side":"buy","price":100,"quantity":5}' | needletail match"#,
      "needletail match --verify Tests/Scenarios/price-time-priority.jsonl",
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let setup = MatchSetup(
      tick: try step("tick", options), lot: try step("lot", options),
      capacity: try options.integer("capacity", in: MatchSetup.capacities),
      seed: try options.integer("seed", in: 0...UInt64.max))
    let session = MatchSession(
      defaults: setup, depth: try options.integer("levels", in: MatchSetup.depths) ?? 10,
      printsReports: options.has("reports") || options.has("verify") || !options.has("book"))
    var run = MatchRun(
      MatchTranscript(session, echoes: options.has("echo"), verifies: options.has("verify")),
      keepsGoing: options.has("keep-going"), printsBook: options.has("book"))
    // A reader that goes away is seen at the next write, not as a signal.
    signal(SIGPIPE, SIG_IGN)
    let path = options.arguments.first ?? "-"
    if path == "-" { return run.read(STDIN_FILENO, name: "standard input") }
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else {
      return fail("match", "\(path): \(String(cString: strerror(errno)))", ExitStatus.usage)
    }
    defer { close(descriptor) }
    return run.read(descriptor, name: path)
  }

  private static func step(
    _ name: String, _ options: CommandOptions
  ) throws(UsageError) -> Decimal? {
    guard let text = options.text(name) else { return nil }
    guard let value = MatchSetup.step(text) else {
      throw UsageError(
        "--\(name): '\(text)' was expected to be a number above 0 of at most 9 digits and 18 "
          + "decimals, such as 0.01")
    }
    return value
  }
}

/// One run of `needletail match`: input cut into lines, output written as soon as the input pauses.
struct MatchRun: ~Copyable {
  private var transcript: MatchTranscript
  private let keepsGoing: Bool
  private let printsBook: Bool
  private let output: Int32
  private var name = ""
  private var line: [UInt8] = []
  private var hasBadLine = false
  /// The errno of the first failed write; 0 while all went well.
  private var failure: Int32 = 0

  init(
    _ transcript: consuming MatchTranscript, keepsGoing: Bool, printsBook: Bool,
    output: Int32 = STDOUT_FILENO
  ) {
    self.transcript = transcript
    self.keepsGoing = keepsGoing
    self.printsBook = printsBook
    self.output = output
  }

  /// Reads `descriptor` to its end, and gives the exit status.
  mutating func read(_ descriptor: Int32, name: String) -> Int32 {
    self.name = name
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while failure == 0, !hasBadLine || keepsGoing {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 {
        flush()
        return fail("match", "\(name): \(String(cString: strerror(errno)))", ExitStatus.usage)
      }
      if count == 0 { break }
      take(chunk[..<count])
      flush()
    }
    if !line.isEmpty, !hasBadLine || keepsGoing { takeLine() }
    return end()
  }

  private mutating func take(_ chunk: ArraySlice<UInt8>) {
    var rest = chunk
    while let newline = rest.firstIndex(of: 0x0A) {
      append(rest[..<newline])
      takeLine()
      if hasBadLine, !keepsGoing { return }
      rest = rest[(newline + 1)...]
    }
    append(rest)
  }

  /// What is beyond the longest line is not kept: the reader only has to see that it is too long.
  private mutating func append(_ part: ArraySlice<UInt8>) {
    line += part.prefix(max(0, MatchLineReader.lineMax + 2 - line.count))
  }

  private mutating func takeLine() {
    if line.last == 0x0D { line.removeLast() }
    do throws(MatchLineError) {
      try transcript.take(line)
    } catch {
      hasBadLine = true
      // What was printed before the bad line stands before its message on a terminal.
      flush()
      _ = fail("match", "\(name):\(transcript.lineNumber):\(error)", ExitStatus.usage)
    }
    line.removeAll(keepingCapacity: true)
    if transcript.session.output.bytes.count > 1 << 16 { flush() }
  }

  private mutating func end() -> Int32 {
    transcript.finish()
    if printsBook { transcript.session.printBook() }
    flush()
    for difference in transcript.differences {
      writeText("needletail match: \(name):\(difference)\n", to: STDERR_FILENO)
    }
    if failure != 0, failure != EPIPE {
      return fail(
        "match", "standard output: \(String(cString: strerror(failure)))", ExitStatus.failed)
    }
    if hasBadLine { return ExitStatus.usage }
    if !transcript.differences.isEmpty { return ExitStatus.difference }
    if transcript.verifies {
      writeText(
        "needletail match: \(name): all \(transcript.comparedCount) lines came as expected\n",
        to: STDERR_FILENO)
    }
    return ExitStatus.done
  }

  private mutating func flush() {
    let bytes = transcript.session.output.bytes
    var offset = 0
    while failure == 0, offset < bytes.count {
      let written = bytes.withUnsafeBytes {
        write(output, $0.baseAddress! + offset, $0.count - offset)
      }
      if written > 0 { offset += written } else if errno != EINTR { failure = errno }
    }
    transcript.session.output.bytes.removeAll(keepingCapacity: true)
  }
}
