import Glibc
import Links
import Runtime
import Strategies
import TradingModel
import Transport
import Venues

/// `needletail record VENUE`: writes live market data to files that `book` and `backtest` read.
enum RecordCommand {
  static let usage = CommandUsage(
    name: "record", summary: "write a venue's live market data to files",
    arguments: "VENUE", argumentCount: 1...1,
    options: [
      .value("symbols", "A,B,...", "the symbols, as the venue spells them"),
      .value("out", "DIR", "where the files go; made if it is not there", takesPath: true),
      .value("seconds", "N", "how long; until interrupted if not given"),
      .value("rotate", "HOURS", "begin new files every so many hours; 24 if not given"),
      .value("environment", "NAME", "of the venue; see needletail venues; live if not given"),
      .value("stream", "URL", "another address for the stream, as of a simulator"),
      .value("rest", "URL", "another address for snapshots and what the symbols are"),
      .value("ca", "FILE", "trust only the authorities in this PEM file", takesPath: true),
      .flag("json", "print one JSON object at the end"),
    ],
    notes: """
      A file for each symbol, VENUE_SYMBOL_TIME.gz: a line for each frame, its receive time in
      nanoseconds before it; and VENUE_SYMBOL_TIME.instruments.json with what the venue says the symbol
      is, which backtest takes from there; with --stream, --rest says whom to ask for that. Gaps, losses and stale feeds are told on standard error, and the book is
      joined anew; the files then hold another snapshot. Ends with status 1 when nothing at all came.
      """,
    examples: [
      "needletail record \(VenueRegistry.exampleName) --symbols BTCUSDT,ETHUSDT --out recordings "
        + "--seconds 60"
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let name = options.arguments[0]
    guard let venue = VenueRegistry.find(name)?.adapter else {
      throw UsageError.unknown("venue", name, among: VenueRegistry.names)
    }
    let symbols = (options.text("symbols") ?? "").split(separator: ",").map(String.init)
    guard !symbols.isEmpty else { throw UsageError("--symbols is missing") }
    guard Set(symbols).count == symbols.count else {
      throw UsageError("--symbols: one stands twice")
    }
    if let reason = venue.description.refusal(following: symbols.count) {
      throw UsageError("--symbols: \(reason); record the others in another run")
    }
    guard let directory = options.text("out") else { throw UsageError("--out is missing") }
    let hours = try options.integer("rotate", in: 0...Int64(8_760)) ?? 24
    let environment = try environment(venue.description, options)
    Interruption.handle()
    let writer = try CaptureWriter(
      directory: directory, venue: name, symbols: symbols, rotation: hours * 3_600_000_000_000,
      definitions: try definitions(venue, environment, symbols, options))
    // Every venue's numbers have at most so many decimals; a recording keeps the text anyway.
    let scales = symbols.enumerated().map { index, symbol in
      SymbolScale(
        symbol: symbol, listing: ListingIndex(index), priceDecimals: 8, quantityDecimals: 8)
    }
    let budget = SharedBudget(venue.description.rateLimits)
    let session = venue.marketSession(
      environment, following: scales, budget: budget,
      silenceMax: 60_000_000_000, recorder: writer)
    let link: SessionLink
    do throws(LinkError) {
      var linkOptions = LinkOptions(tls: try trust(options))
      linkOptions.userAgent = RunIdentity.userAgent
      link = try SessionLink(session, linkOptions, budget: budget)
    } catch {
      throw UsageError("\(error)")
    }
    let recording = Recording(link, writer, symbols: symbols)
    return try recording.run(seconds: options.seconds("seconds"), json: options.has("json"))
  }

  /// The venue's addresses, or those of the command line.
  private static func environment(
    _ venue: VenueDescription, _ options: CommandOptions
  ) throws(UsageError) -> VenueEnvironment {
    let name = options.text("environment")
    guard var environment = venue.environment(name) else {
      throw UsageError.unknown("environment", name ?? "", among: venue.environments.map(\.name))
    }
    if let stream = options.text("stream") { environment.publicStream = stream }
    if let rest = options.text("rest") { environment.rest = rest }
    return environment
  }

  /// What the venue says of the symbols; nothing where the stream is another's and nobody says whom to ask.
  private static func definitions(
    _ venue: any VenueAdapter.Type, _ environment: VenueEnvironment, _ symbols: [String],
    _ options: CommandOptions
  ) throws(UsageError) -> [InstrumentDefinition] {
    if options.has("stream"), !options.has("rest") {
      warnOfNoDefinitions("--stream is given and --rest is not, so there is nobody to ask")
      return []
    }
    let told = try RecordedInstruments(
      venue, environment, symbols, trust: options.text("ca").map { .file($0) } ?? .system)
    if let fault = told.fault { warnOfNoDefinitions(fault) }
    return told.definitions
  }

  private static func warnOfNoDefinitions(_ reason: String) {
    writeText(
      "record: warning: what the symbols are is not recorded, and backtest may need --instruments: "
        + "\(reason)\n", to: STDERR_FILENO)
  }

  private static func trust(_ options: CommandOptions) throws(LinkError) -> TLSContext? {
    do throws(TLSError) {
      return try TLSContext(trust: options.text("ca").map { .file($0) } ?? .system)
    } catch {
      throw .trust("\(error)")
    }
  }
}

/// One run of `record`.
private final class Recording: RecordTaker {
  private let link: SessionLink
  private let writer: CaptureWriter
  private let symbols: [String]
  private var states: [FeedState]
  private var reported: [String?]
  private var reportedFault: String?
  /// The recording is over: that connections end now is nothing to tell.
  private var isStopping = false

  init(_ link: SessionLink, _ writer: CaptureWriter, symbols: [String]) {
    self.link = link
    self.writer = writer
    self.symbols = symbols
    states = Array(repeating: .waiting, count: symbols.count)
    reported = Array(repeating: nil, count: link.health.count)
  }

  func run(seconds: Int64?, json: Bool) throws -> Int32 {
    link.taker = self
    let start = SessionTime.now
    let end = seconds.map { start.monotonic + $0 } ?? .max
    var nextFlush = start.monotonic
    link.start(at: start)
    var now = start
    while now.monotonic < end, !Interruption.isRequested, writer.failure == nil {
      now = .now
      if link.turn(at: now) == 0 { WaitPolicy.block(nanoseconds: 200_000).wait() }
      if now.monotonic >= nextFlush {
        writer.flush()
        tellConnections()
        nextFlush = now.monotonic + 1_000_000_000
      }
    }
    stop(now)
    writer.close()
    if let failure = writer.failure { return fail("record", "\(failure)", ExitStatus.failed) }
    if writer.frameCount == 0, !Interruption.isRequested {
      return fail("record", "nothing was recorded: \(lastReason)", ExitStatus.failed)
    }
    writeText(json ? result : summary, to: STDOUT_FILENO)
    return Interruption.isRequested ? ExitStatus.interrupted : ExitStatus.done
  }

  private func stop(_ now: SessionTime) {
    isStopping = true
    link.stop(at: now)
    let end = now.monotonic + 500_000_000
    while link.health.contains(where: \.isOpen), Clock.monotonic < end {
      if link.turn(at: .now) == 0 { WaitPolicy.block(nanoseconds: 200_000).wait() }
    }
  }

  /// Feed states, for people: the frames themselves went to the files.
  func take(
    _ buffer: borrowing RecordBuffer, at now: SessionTime
  ) {
    var offset = 0
    while offset < buffer.byteCount {
      let record = UnsafeRawPointer(buffer.base + offset)
      offset += Int(record.load32(0))
      guard record.load16(4) == RecordKind.feedStatus.rawValue, let status = FeedStatus(at: record)
      else { continue }
      if isStopping { continue }
      states[Int(status.listing)] = status.state
      writeText("record: \(symbols[Int(status.listing)]) is \(status.state)\n", to: STDERR_FILENO)
    }
  }

  /// Why nothing came, as far as anybody said.
  private var lastReason: String {
    link.session.lastFault ?? link.health.compactMap(\.lastReason).last ?? "the venue sent nothing"
  }

  private func tellConnections() {
    if let fault = link.session.lastFault, fault != reportedFault {
      reportedFault = fault
      writeText("record: \(fault)\n", to: STDERR_FILENO)
    }
    for (index, health) in link.health.enumerated() where health.lastReason != reported[index] {
      reported[index] = health.lastReason
      if let reason = health.lastReason {
        writeText("record: \(health.purpose) (\(health.address)): \(reason)\n", to: STDERR_FILENO)
      }
    }
  }

  private var summary: String {
    "\(writer.frameCount) frames in \(writer.paths.count) "
      + "file\(writer.paths.count == 1 ? "" : "s")\n" + writer.paths.map { "  \($0)\n" }.joined()
  }

  private var result: String {
    let list = writer.paths.map(quoted).joined(separator: ", ")
    let states = zip(symbols, states).map { "\(quoted($0)): \(quoted("\($1)"))" }
    return "{\"frames\": \(writer.frameCount), \"files\": [\(list)], "
      + "\"feeds\": {\(states.joined(separator: ", "))}}\n"
  }
}
