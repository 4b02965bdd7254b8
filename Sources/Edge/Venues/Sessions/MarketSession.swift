import MarketData
import TradingModel

/// Follows the public markets of a venue: subscribe, keep updates, snapshot, difference, apply, release;
/// the same for all venues, and again after every loss.
///
/// A book is `.synced` for the core only between a snapshot that joined and the next gap, silence or
/// loss; each is announced by a `FeedStatus`. A message that cannot be read is counted, kept as text
/// and refused; its book, if it is known which, starts over.
///
/// A redundant session has two lines: every stream is opened twice, whichever line brings something first
/// is used, and what was seen is dropped. A line that is lost while the other is in sequence changes
/// nothing for the core; it comes back and joins. An update that is ahead of its book waits for the
/// other line to bring what lies between, and is a gap only when no open line can.
final class MarketSession<Dialect: MarketDialect>: VenueSession {
  /// What is under way for one symbol.
  struct Following {
    /// When a snapshot may be asked for; nil when none is wanted.
    var snapshotAt: Int64?
    /// A snapshot was asked for and has not come.
    var isAsked = false
    var failureCount = 0
    /// When the stream is asked for the whole book again; nil when that is not wanted.
    var renewalAt: Int64?
    /// Until when updates that are ahead of the book may wait; nil where none are.
    var aheadUntil: Int64?
    /// When something of its book came last.
    var lastUpdate: Int64 = 0
    var lastTrade: UInt64 = 0
    var lastQuote: UInt64 = 0
    var contractTimes = ContractTimes()
  }

  static var second: Int64 { 1_000_000_000 }
  /// A snapshot that failed is asked for again after this, doubled each time, up to 30 s; one that was
  /// refused for good after 30 s.
  static var retryPause: Int64 { second / 2 }
  static var retryPauseMax: Int64 { 30 * second }
  /// So long a snapshot through the stream is waited for before it is asked for again.
  static var renewalPause: Int64 { 2 * second }
  /// So long an update that is ahead waits for another line.
  static var aheadPause: Int64 { second / 20 }
  /// The second line is opened anew once after so long.
  static var renewalAge: Int64 { 12 * 3_600 * second }
  /// The channel over which snapshots are asked for.
  static var snapshotChannel: Int { 1 }

  // Whatever a message touches is held without the run-time checks for overlapping accesses, which cost
  // more than the decoding. There are none: a session is turned by one thread, nothing that it hands one of
  // these to knows the session, and `write`'s closures use their parameters alone.
  @exclusivity(unchecked) var outbox = SessionOutbox()
  @exclusivity(unchecked) var records: RecordBuffer
  @exclusivity(unchecked) var tally = MarketCounts()
  /// What went wrong last, for people.
  var lastFault: String?
  @exclusivity(unchecked) var scales: SymbolScales
  let symbols: [SymbolScale]
  @exclusivity(unchecked) var assembler: FeedAssembler
  @exclusivity(unchecked) var message = VenueMessage()
  @exclusivity(unchecked) var following: [Following]
  /// By symbol, of a redundant session; nil before the first trade.
  @exclusivity(unchecked) var seenTrades: [SeenTrades?]
  let shared: SharedBudget
  let recorder: (any FrameRecorder)?
  /// Nanoseconds without an update after which a synced book is stale.
  let silenceMax: Int64
  @exclusivity(unchecked) var lines: [MarketLine<Dialect>]
  /// The lines whose stream of books is open, a bit each.
  @exclusivity(unchecked) var openLines: UInt8 = 0
  let channels: [SessionChannel]
  /// Of each channel, the line it belongs to; -1 for none.
  private let lineOfChannel: [Int]
  @exclusivity(unchecked) var text: [UInt8] = []

  /// - Parameters:
  ///   - isRedundant: whether every stream is opened twice; nil for what the environment says.
  ///   - recordCapacity: bytes for the records of one call; a snapshot and what follows must fit.
  init(
    _ dialect: Dialect, following symbols: [SymbolScale], budget: SharedBudget, silenceMax: Int64,
    isRedundant: Bool? = nil, recorder: (any FrameRecorder)? = nil, recordCapacity: Int = 1 << 22
  ) {
    self.recorder = recorder
    self.symbols = symbols
    self.silenceMax = silenceMax
    shared = budget
    scales = SymbolScales(following: symbols)
    let lineCount = isRedundant ?? dialect.environment.hasRedundantFeed ? 2 : 1
    assembler = FeedAssembler(
      following: symbols, rule: dialect.rule, keepsUpdates: dialect.snapshotCost != nil,
      lineCount: lineCount)
    following = Array(repeating: Following(), count: symbols.count)
    seenTrades = Array(repeating: nil, count: symbols.count)
    let streams = [0] + dialect.sideStreams
    let own = dialect.channels
    var channels = own
    lines = []
    for line in 0..<lineCount {
      let places = line == 0 ? streams : streams.indices.map { channels.count + $0 }
      lines.append(MarketLine(dialect, channels: places, symbolCount: symbols.count))
      guard line > 0 else { continue }
      for stream in streams {
        var again = own[stream]
        again.purpose += ", second line"
        channels.append(again)
      }
    }
    self.channels = channels
    var lineOfChannel = Array(repeating: -1, count: channels.count)
    for (index, line) in lines.enumerated() {
      for stream in line.streams { lineOfChannel[stream.channel] = index }
    }
    self.lineOfChannel = lineOfChannel
    records = RecordBuffer(capacity: recordCapacity)
    text.reserveCapacity(1 << 14)
  }

  var name: String { dialect.name }

  /// The first line's.
  var dialect: Dialect { lines[0].dialect }

  /// What it has met so far.
  var counts: MarketCounts {
    var counts = tally
    counts.lines = lines.map(\.counts)
    return counts
  }

  var isRedundant: Bool { lines.count > 1 }

  /// Whether the book of a symbol can be trusted, by its place in the symbols followed.
  func state(of symbol: Int) -> FeedState { assembler.symbols[symbol].announced }

  /// Gaps found so far.
  var gapCount: Int { assembler.counts.gaps.count }

  /// The line of a channel, and its stream there; nil for other channels.
  func stream(of channel: Int) -> (line: Int, stream: Int)? {
    let line = channel < lineOfChannel.count ? lineOfChannel[channel] : -1
    guard line >= 0,
      let stream = lines[line].streams.firstIndex(where: { $0.channel == channel })
    else { return nil }
    return (line, stream)
  }

  /// The line that a message came over.
  func line(of channel: Int) -> Int { max(0, lineOfChannel[channel]) }

  // MARK: Time

  func start(at now: SessionTime) {
    for channel in channels.indices { outbox.open(channel) }
  }

  var nextTime: Int64 {
    var time = Int64.max
    for line in lines.indices {
      time = min(time, lines[line].heartbeatAt, lines[line].renewAt)
      for stream in lines[line].streams.indices {
        time = min(time, lines[line].streams[stream].subscribeAt)
      }
    }
    let isOpen = openLines != 0
    for symbol in following.indices {
      if isOpen, let at = following[symbol].renewalAt { time = min(time, at) }
      if let at = following[symbol].snapshotAt { time = min(time, at) }
      if let at = following[symbol].aheadUntil { time = min(time, at) }
      if isOpen, assembler.symbols[symbol].announced == .synced {
        time = min(time, following[symbol].lastUpdate + silenceMax)
      }
    }
    return time
  }

  func advance(to now: SessionTime) {
    subscribe(now)
    giveUpLate(now)
    askForSnapshots(now)
    renew(now)
    sayHeartbeats(now)
    renewLines(now)
    for symbol in following.indices
    where openLines != 0 && state(of: symbol) == .synced
      && following[symbol].lastUpdate + silenceMax <= now.monotonic
    {
      announce(.stale, symbol, now)
    }
  }

  // MARK: Load

  func fallBehind(at now: SessionTime) { assembler.isConflating = true }

  func catchUp(at now: SessionTime) {
    guard assembler.isConflating else { return }
    assembler.isConflating = false
    var isWhole = true
    do throws(FeedError) {
      tally.conflated += try assembler.tellAll(into: &records)
    } catch {
      lastFault = "\(error)"
      isWhole = false
    }
    guard !isWhole else { return }
    // What could not be told is missing in those books.
    tally.malformed += 1
    for symbol in assembler.dropUntold() { startOver(symbol, now) }
  }

  // MARK: Records

  func announce(_ state: FeedState, _ symbol: Int, _ now: SessionTime) {
    let sequence = assembler.symbols[symbol].synchronizer.last
    message.clear()
    message.symbol = symbol
    message.receiveTime = now.wall
    write { assembler, message, records throws(FeedError) in
      try assembler.announce(state, sequence: sequence, message, into: &records)
    }
  }

  /// - Returns: whether it could be written.
  @discardableResult
  func write(
    _ body: (inout FeedAssembler, inout VenueMessage, inout RecordBuffer) throws(FeedError) -> Void
  ) -> Bool {
    let gapsBefore = gapCount
    do throws(FeedError) {
      try body(&assembler, &message, &records)
      if gapCount > gapsBefore { tellGap() }
      return true
    } catch {
      // The room is taken for the largest messages; one that is larger cannot be followed.
      lastFault = "\(error)"
      tally.malformed += 1
      return false
    }
  }

  /// The last gap as the fault, in the venue's numbers.
  private func tellGap() {
    guard let gap = assembler.counts.gaps.last else { return }
    lastFault =
      "the book of \(symbols[message.symbol].symbol) has a gap: after \(gap.last) came "
      + (gap.foundFirst == gap.foundLast ? "" : "\(gap.foundFirst) to ") + "\(gap.foundLast)"
  }
}
