import MarketData
import TradingModel

/// Follows the public markets of a venue: subscribe, keep updates, snapshot, difference, apply, release;
/// the same for all venues, and again after every loss.
///
/// A book is `.synced` for the core only between a snapshot that joined and the next gap, silence or
/// loss; each is announced by a `FeedStatus`. A message that cannot be read is counted, kept as text
/// and refused; its book, if it is known which, starts over.
final class MarketSession<Dialect: MarketDialect>: VenueSession {
  /// What is under way for one symbol.
  private struct Following {
    /// When a snapshot may be asked for; nil when none is wanted.
    var snapshotAt: Int64?
    /// A snapshot was asked for and has not come.
    var isAsked = false
    var failureCount = 0
    /// When the stream is asked for the whole book again; nil when that is not wanted.
    var renewalAt: Int64?
    /// When something of its book came last.
    var lastUpdate: Int64 = 0
    var lastTrade: UInt64 = 0
    var lastQuote: UInt64 = 0
  }

  /// A stream beside the first.
  private struct SideStream {
    var channel: Int
    var next = 0
    /// When the next subscription message may be sent; `Int64.max` for none to send.
    var subscribeAt: Int64 = .max
  }

  /// Counts for health and tests.
  struct Counts: Equatable {
    var malformed = 0
    var refused = 0
    var other = 0
    /// Books whose checksum was not the venue's.
    var inconsistent = 0
    var snapshots = 0
    var snapshotFailures = 0
    var repeatedTrades = 0
  }

  private static var second: Int64 { 1_000_000_000 }
  /// A snapshot that failed is asked for again after this, doubled each time, up to 30 s.
  private static var retryPause: Int64 { second / 2 }
  private static var retryPauseMax: Int64 { 30 * second }
  /// So long a snapshot through the stream is waited for before it is asked for again.
  private static var renewalPause: Int64 { 2 * second }

  var dialect: Dialect
  var outbox = SessionOutbox()
  var records: RecordBuffer
  private(set) var counts = Counts()
  /// What went wrong last, for people.
  private(set) var lastFault: String?
  private var scales: SymbolScales
  private let symbols: [SymbolScale]
  private var assembler: FeedAssembler
  private var message = VenueMessage()
  private var following: [Following]
  private let shared: SharedBudget
  private let recorder: (any FrameRecorder)?
  /// Nanoseconds without an update after which a synced book is stale.
  private let silenceMax: Int64
  private var isOpen = false
  private var nextSubscription = 0
  private var subscribeAt: Int64 = .max
  private var sides: [SideStream]
  private var heartbeatAt: Int64 = .max
  private var lastWall: Timestamp = 0
  private var text: [UInt8] = []

  /// - Parameters:
  ///   - recordCapacity: bytes for the records of one call; a snapshot and what follows must fit.
  init(
    _ dialect: Dialect, following symbols: [SymbolScale], budget: SharedBudget, silenceMax: Int64,
    recorder: (any FrameRecorder)? = nil, recordCapacity: Int = 1 << 22
  ) {
    self.recorder = recorder
    self.dialect = dialect
    self.symbols = symbols
    self.silenceMax = silenceMax
    shared = budget
    scales = SymbolScales(following: symbols)
    assembler = FeedAssembler(
      following: symbols, rule: dialect.rule, keepsUpdates: dialect.snapshotCost != nil)
    following = Array(repeating: Following(), count: symbols.count)
    sides = dialect.sideStreams.map { SideStream(channel: $0) }
    records = RecordBuffer(capacity: recordCapacity)
    text.reserveCapacity(1 << 14)
  }

  var name: String { dialect.name }
  var channels: [SessionChannel] { dialect.channels }

  /// Whether the book of a symbol can be trusted, by its place in the symbols followed.
  func state(of symbol: Int) -> FeedState { assembler.symbols[symbol].announced }

  /// Gaps found so far.
  var gapCount: Int { assembler.counts.gaps.count }

  // MARK: Connection

  func start(at now: SessionTime) {
    for channel in channels.indices { outbox.open(channel) }
  }

  func opened(_ channel: Int, at now: SessionTime) {
    if let side = sides.firstIndex(where: { $0.channel == channel }) {
      sides[side].next = 0
      sides[side].subscribeAt = now.monotonic
      return subscribeSides(now)
    }
    guard channel == 0 else { return wantSnapshotsAgain(now) }
    isOpen = true
    nextSubscription = 0
    subscribeAt = now.monotonic
    if let heartbeat = dialect.heartbeat { heartbeatAt = now.monotonic + heartbeat.interval }
    subscribe(now)
  }

  func closed(_ channel: Int, at now: SessionTime) {
    if let side = sides.firstIndex(where: { $0.channel == channel }) {
      // Books are another stream's.
      sides[side].subscribeAt = .max
      return
    }
    if channel > 0 {
      for symbol in following.indices where following[symbol].isAsked { failed(symbol, now) }
      return
    }
    isOpen = false
    subscribeAt = .max
    heartbeatAt = .max
    for symbol in symbols.indices {
      assembler.lose(symbol)
      following[symbol] = Following()
      announce(.disconnected, symbol, now)
    }
  }

  private func subscribe(_ now: SessionTime) {
    while isOpen, nextSubscription < symbols.count, subscribeAt <= now.monotonic {
      text.removeAll(keepingCapacity: true)
      nextSubscription += max(
        1, dialect.writeSubscription(symbols, from: nextSubscription, into: &text))
      text.withUnsafeBytes { outbox.text(0, tag: 0, $0) }
      subscribeAt += Self.second / Int64(dialect.subscriptionsPerSecond)
    }
    if nextSubscription >= symbols.count { subscribeAt = .max }
  }

  private func subscribeSides(_ now: SessionTime) {
    for side in sides.indices {
      while sides[side].subscribeAt <= now.monotonic {
        text.removeAll(keepingCapacity: true)
        sides[side].next += max(
          1,
          dialect.writeSubscription(
            over: sides[side].channel, symbols, from: sides[side].next, into: &text))
        text.withUnsafeBytes { outbox.text(sides[side].channel, tag: 0, $0) }
        let isDone = sides[side].next >= symbols.count
        sides[side].subscribeAt =
          isDone
          ? .max : sides[side].subscribeAt + Self.second / Int64(dialect.subscriptionsPerSecond)
      }
    }
  }

  // MARK: Messages

  func received(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {
    lastWall = now.wall
    message.clear()
    message.receiveTime = received
    do throws(ScanError) {
      switch try dialect.decode(bytes, &scales, into: &message) {
      case .data:
        if message.symbol >= 0 {
          recorder?.record(symbol: message.symbol, bytes, received: received)
        }
        take(now)
      case .acknowledged: break
      case .inconsistent:
        counts.inconsistent += 1
        lastFault = "the checksum of a book is not the venue's"
        if message.symbol >= 0 { startOver(message.symbol, now) }
      case .refused(let words):
        counts.refused += 1
        lastFault = words
      case .other: counts.other += 1
      }
    } catch {
      counts.malformed += 1
      lastFault =
        "at byte \(error.offset) \(error.expected) was expected: "
        + String(decoding: bytes.prefix(200), as: UTF8.self)
      if message.symbol >= 0 { startOver(message.symbol, now) }
    }
  }

  private func take(_ now: SessionTime) {
    let symbol = message.symbol
    guard symbol >= 0 else {
      counts.other += 1
      return
    }
    switch message.kind {
    case .depth: takeDepth(symbol, now)
    case .snapshot, .book: takeBook(symbol, now)
    case .trade, .aggregateTrade: takeTrades(symbol)
    case .bestQuote:
      if message.final != 0 {
        if message.final <= following[symbol].lastQuote { return }
        following[symbol].lastQuote = message.final
      }
      write { assembler, message, records throws(FeedError) in
        try assembler.emitQuote(message, into: &records)
      }
    case .order, .other: counts.other += 1
    }
  }

  private func takeDepth(_ symbol: Int, _ now: SessionTime) {
    following[symbol].lastUpdate = now.monotonic
    write { assembler, message, records throws(FeedError) in
      try assembler.takeDepth(&message, into: &records)
    }
    if !assembler.isSynced(symbol) {
      wantSnapshot(symbol, now)
    } else if state(of: symbol) == .stale {
      announce(.synced, symbol, now)
    }
  }

  /// A whole book through the stream.
  private func takeBook(_ symbol: Int, _ now: SessionTime) {
    following[symbol].lastUpdate = now.monotonic
    write { assembler, message, records throws(FeedError) in
      try assembler.takeSnapshot(&message, into: &records)
    }
    following[symbol].renewalAt = nil
    following[symbol].failureCount = 0
  }

  /// Trades that were seen already come again after a reconnect, or over a second connection.
  private func takeTrades(_ symbol: Int) {
    let last = following[symbol].lastTrade
    let before = message.trades.count
    message.trades.removeAll { $0.tradeID != 0 && $0.tradeID <= last }
    counts.repeatedTrades += before - message.trades.count
    guard let newest = message.trades.last else { return }
    following[symbol].lastTrade = max(last, newest.tradeID)
    write { assembler, message, records throws(FeedError) in
      try assembler.emitTrades(message, into: &records)
    }
  }

  // MARK: Snapshots

  private func wantSnapshot(_ symbol: Int, _ now: SessionTime) {
    guard dialect.snapshotCost != nil else { return wantRenewal(symbol, now) }
    guard !following[symbol].isAsked,
      following[symbol].snapshotAt == nil
    else { return }
    following[symbol].snapshotAt = now.monotonic
    askForSnapshots(now)
  }

  /// Where snapshots come through the stream: leaves it and subscribes again, and once more after a pause
  /// while no snapshot comes.
  private func wantRenewal(_ symbol: Int, _ now: SessionTime) {
    guard following[symbol].renewalAt == nil, nextSubscription >= symbols.count else { return }
    following[symbol].renewalAt = now.monotonic
    renew(now)
  }

  private func renew(_ now: SessionTime) {
    for symbol in following.indices {
      guard isOpen, let time = following[symbol].renewalAt, time <= now.monotonic else { continue }
      let doublings = min(following[symbol].failureCount, 6)
      following[symbol].failureCount += 1
      following[symbol].renewalAt =
        now.monotonic + min(Self.renewalPause << Int64(doublings), Self.retryPauseMax)
      text.removeAll(keepingCapacity: true)
      dialect.writeRenewal(symbols[symbol], into: &text)
      for line in text.split(separator: UInt8(ascii: "\n")) {
        line.withUnsafeBytes { outbox.text(0, tag: 0, $0) }
      }
    }
  }

  private func wantSnapshotsAgain(_ now: SessionTime) {
    for symbol in following.indices
    where isOpen && !assembler.isSynced(symbol) && following[symbol].lastUpdate > 0 {
      wantSnapshot(symbol, now)
    }
  }

  private func askForSnapshots(_ now: SessionTime) {
    guard let cost = dialect.snapshotCost else { return }
    for symbol in following.indices {
      guard let time = following[symbol].snapshotAt, time <= now.monotonic else { continue }
      do throws(RateRefusal) {
        try shared.budget.take(cost, at: now.wall)
      } catch {
        following[symbol].snapshotAt = now.monotonic + max(1, error.retryAt - now.wall)
        continue
      }
      following[symbol].snapshotAt = nil
      following[symbol].isAsked = true
      var target = dialect.snapshotTarget(symbols[symbol].symbol)
      target.withUTF8 {
        outbox.request(1, tag: UInt64(symbol), .get, target: UnsafeRawBufferPointer($0))
      }
    }
  }

  func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime
  ) {
    lastWall = now.wall
    let symbol = Int(tag)
    guard symbol < following.count, following[symbol].isAsked else { return }
    dialect.observeLimits(answer, &shared.budget, at: now.wall)
    guard answer.status == 200 else {
      lastFault =
        "a snapshot of \(symbols[symbol].symbol) was answered with \(answer.status): "
        + String(decoding: answer.body.prefix(200), as: UTF8.self)
      return failed(symbol, now)
    }
    message.clear()
    message.receiveTime = received
    do throws(ScanError) {
      try dialect.decodeSnapshot(answer.body, index: symbol, &scales, into: &message)
    } catch {
      counts.malformed += 1
      lastFault =
        "a snapshot of \(symbols[symbol].symbol): at byte \(error.offset) "
        + "\(error.expected) was expected"
      return failed(symbol, now)
    }
    following[symbol].isAsked = false
    counts.snapshots += 1
    recorder?.record(symbol: symbol, answer.body, received: received)
    // Our connection was lost meanwhile: what it would join is gone.
    guard isOpen else { return }
    write { assembler, message, records throws(FeedError) in
      try assembler.takeSnapshot(&message, into: &records)
      while assembler.replaying >= 0 { try assembler.replayOne(&message, into: &records) }
    }
    if assembler.isSynced(symbol) {
      following[symbol].failureCount = 0
    } else {
      // It was older than the updates we have, or we miss one.
      failed(symbol, now)
    }
  }

  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {
    if channel > 0, Int(tag) < following.count { failed(Int(tag), now) }
  }

  func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) {
    if Int(tag) < following.count { failed(Int(tag), now) }
  }

  private func failed(_ symbol: Int, _ now: SessionTime) {
    counts.snapshotFailures += 1
    following[symbol].isAsked = false
    let doublings = min(following[symbol].failureCount, 6)
    following[symbol].failureCount += 1
    following[symbol].snapshotAt =
      now.monotonic + min(Self.retryPause << Int64(doublings), Self.retryPauseMax)
  }

  private func startOver(_ symbol: Int, _ now: SessionTime) {
    guard assembler.isSynced(symbol) else { return }
    assembler.lose(symbol)
    announce(.gap, symbol, now)
    wantSnapshot(symbol, now)
  }

  // MARK: Time

  var nextTime: Int64 {
    var time = min(subscribeAt, heartbeatAt)
    for side in sides { time = min(time, side.subscribeAt) }
    for symbol in following.indices {
      if isOpen, let at = following[symbol].renewalAt { time = min(time, at) }
      if let at = following[symbol].snapshotAt { time = min(time, at) }
      if isOpen, assembler.symbols[symbol].announced == .synced {
        time = min(time, following[symbol].lastUpdate + silenceMax)
      }
    }
    return time
  }

  func advance(to now: SessionTime) {
    lastWall = now.wall
    if subscribeAt <= now.monotonic { subscribe(now) }
    subscribeSides(now)
    askForSnapshots(now)
    renew(now)
    if let heartbeat = dialect.heartbeat, heartbeatAt <= now.monotonic {
      heartbeatAt = now.monotonic + heartbeat.interval
      var text = heartbeat.text
      text.withUTF8 { outbox.text(0, tag: 0, UnsafeRawBufferPointer($0)) }
    }
    for symbol in following.indices
    where isOpen && state(of: symbol) == .synced
      && following[symbol].lastUpdate + silenceMax <= now.monotonic
    {
      announce(.stale, symbol, now)
    }
  }

  // MARK: Records

  private func announce(_ state: FeedState, _ symbol: Int, _ now: SessionTime) {
    let sequence = assembler.symbols[symbol].synchronizer.last
    message.clear()
    message.symbol = symbol
    message.receiveTime = now.wall
    write { assembler, message, records throws(FeedError) in
      try assembler.announce(state, sequence: sequence, message, into: &records)
    }
  }

  private func write(
    _ body: (inout FeedAssembler, inout VenueMessage, inout RecordBuffer) throws(FeedError) -> Void
  ) {
    do throws(FeedError) {
      try body(&assembler, &message, &records)
    } catch {
      // The room is taken for the largest messages; one that is larger cannot be followed.
      lastFault = "\(error)"
      counts.malformed += 1
    }
  }
}
