import TradingModel

/// Orders and own events of one account at one venue; the same for all venues.
///
/// Each time its channels come up it takes the dialect's steps of logging on; then it is `connected`,
/// and the core asks for a snapshot. A request whose answer does not come within `answerTimeout` is told
/// lost, and its late answer is still used. Nothing is ever sent twice.
final class TradingSession<Dialect: TradingDialect & ~Copyable>: OrderSession {
  /// Where the session stands.
  enum Phase: Equatable {
    case down
    /// A step of logging on is asked.
    case loggingOn(step: Int)
    /// Logged on, and the venue's dead-man switch is not set yet: nothing is entered.
    case arming
    case ready
    /// Somebody must look: nothing more is sent.
    case stopped(VenueStopCause)
  }

  /// A question of the session's own whose answer is due.
  struct Asked {
    var question: TradingQuestion
    var channel: Int
    var at: SessionTime
    /// What a query of the core found, told behind its fills, or when no later order is found.
    var status: OrderNews?
    /// Of the order that a query is about.
    var name = OrderName(orderID: 0)
  }

  /// An order of ours as far as this session knows.
  struct KnownOrder: BitwiseCopyable {
    var terms: OrderTerms
    var name: OrderName
    var isAccepted = false
    /// The replace that is under way: which one, and what it asks for. Version 0: none.
    var replaceVersion: RequestVersion = 0
    var replacePrice: Int64 = 0
    var replaceQuantity: Int64 = 0
    /// The end of the order whose place this one is to take, while nobody knows whether it did.
    var formerEnd: VenueReport?
    /// How much of it was filled, as far as that was told; too little after a restart.
    var filled: Int64 = 0
  }

  /// Counts for health and tests.
  struct Counts: Equatable {
    /// Messages that could not be read.
    var malformed = 0
    /// News of orders of the account that are not ours: they are left alone.
    var foreign = 0
  }

  static var second: Int64 { 1_000_000_000 }
  /// Nanoseconds until an answer counts as lost.
  static var answerTimeout: Int64 { 5 * second }
  static var retryPause: Int64 { second }
  static var retryPauseMax: Int64 { 60 * second }
  /// Venues tell their time in milliseconds.
  static var clockResolution: Int64 { 1_000_000 }

  var dialect: Dialect
  let shared: SharedBudget
  var outbox = SessionOutbox()
  var records = RecordBuffer(capacity: 1 << 22)
  var table = RequestTable()
  var asked: [UInt64: Asked] = [:]
  var news = TradingNews()
  var known: [OrderID: KnownOrder] = [:]
  var owners = OrderOwners()
  var replacing: [OrderID: SteppedReplace] = [:]
  var snapshot: AccountSnapshot?
  /// Whether a full look at the account was told since the session logged on last.
  var isCompared = false
  /// Ends that venues tell as states, and open ones that count more than was told: told a moment later,
  /// behind the fills that made them.
  var ends: [(dueAt: Int64, report: VenueReport)] = []
  var clock = ClockOffset()
  var counts = Counts()
  var doubt = AccountDoubt()
  /// What went wrong last, for people.
  var lastFault: String?
  /// As told last, by asset and by symbol.
  private(set) var balances: [VenueBalance] = []
  private(set) var positions: [AccountPosition] = []

  var payments = PaymentSchedule()
  /// Whether a fee was charged in a currency that the run does not have; told once.
  var hasUnbookedFee = false

  var phase = Phase.down
  /// Whether the account may enter orders, as far as the venue has said; cancels go on.
  private(set) var mayEnter = true
  var deadManState: DeadManState
  /// What somebody should look at, and has not taken yet.
  private var warnings: [String] = []
  private var isStepDone: [Bool]
  private var isOpen: [Bool]
  private var stepDeadline: Int64 = .max
  private var retryAt: Int64 = .max
  private var failureCount = 0
  private var repeatedAt: [Int64]

  init(_ dialect: consuming Dialect, budget: SharedBudget) {
    shared = budget
    isStepDone = Array(repeating: false, count: dialect.logOn.count)
    isOpen = Array(repeating: false, count: dialect.channels.count)
    repeatedAt = Array(repeating: .max, count: dialect.repeated.count)
    deadManState = DeadManState(partCount: dialect.deadMan?.partCount ?? 0)
    self.dialect = dialect
    known.reserveCapacity(1 << 12)
  }

  var name: String { dialect.name }
  var channels: [SessionChannel] { dialect.channels }
  var venue: VenueIndex { dialect.venue }

  /// The venue's time as far as it is known.
  func venueTime(_ now: SessionTime) -> Timestamp { max(0, clock.venueTime(at: now.wall)) }

  // MARK: Connection

  func start(at now: SessionTime) {
    for channel in channels.indices where !dialect.channelsOpenedLater.contains(channel) {
      outbox.open(channel)
    }
    goOn(now)
  }

  func opened(_ channel: Int, at now: SessionTime) {
    isOpen[channel] = true
    for (index, step) in dialect.logOn.enumerated()
    where step.kind == .open && step.channel == channel && phase == .loggingOn(step: index) {
      return finishStep(index, now)
    }
    goOn(now)
  }

  func closed(_ channel: Int, at now: SessionTime) {
    isOpen[channel] = false
    // Requests over HTTP are told one by one, and a connection for them may end at any time.
    guard channels[channel].kind == .webSocket else { return }
    if channel == dialect.orderChannel {
      while let request = table.giveUp(sentUpTo: .max) { lost(request, now) }
    }
    for (tag, question) in asked where question.channel == channel { asked[tag] = nil }
    snapshot = nil
    if dialect.channelsOpenedLater.contains(channel) { outbox.close(channel) }
    logOnAgain(now) { $0.channel == channel }
  }

  /// Takes steps again.
  private func logOnAgain(_ now: SessionTime, where isLost: (LogOnStep) -> Bool) {
    for (index, step) in dialect.logOn.enumerated() where isLost(step) {
      isStepDone[index] = false
    }
    if case .stopped = phase { return }
    leave(.down, now)
    goOn(now)
  }

  /// The account's own events no longer come over a channel that is open.
  func streamEnded(_ channel: Int, _ now: SessionTime) {
    if dialect.channelsOpenedLater.contains(channel) {
      isOpen[channel] = false
      outbox.close(channel)
    }
    snapshot = nil
    logOnAgain(now) { $0.channel == channel && $0.bringsEvents }
  }

  /// Goes to a phase in which nothing is sent; tells it if orders could be sent before.
  func leave(_ phase: Phase, _ now: SessionTime) {
    let wasReady = self.phase == .ready
    isCompared = false
    self.phase = phase
    stepDeadline = .max
    // Without a renewal the venue cancels what stands, unless we come again in time.
    if deadManState.stage == .arming { deadManState.begin(.idle, at: now.monotonic) }
    if wasReady {
      for index in repeatedAt.indices { repeatedAt[index] = .max }
      endPayments()
      // In doubt it was told already.
      if doubt.endsAt == .max {
        emit(VenueReport(kind: .disconnected, venue: venue, venueTime: now.wall), now)
      }
      doubt.endsAt = .max
    }
  }

  /// The venue refuses whatever is sent with this key: nothing more is, until somebody has looked and the
  /// run begins anew. Two causes are less: a session that is logged out logs on again, and an account that
  /// may not enter orders still cancels them.
  func stop(_ cause: VenueStopCause, over channel: Int, _ now: SessionTime) {
    switch cause {
    case .loggedOut:
      snapshot = nil
      again("logged out", now) { $0.channel == channel }
    case .permission where phase == .ready:
      if mayEnter { warn("orders are no longer entered: \(lastFault ?? "the venue refuses them")") }
      mayEnter = false
    case .permission, .key, .signature, .ban, .firewall: leave(.stopped(cause), now)
    }
  }

  /// Our clock is not what the venue's is: it is asked for its time now, and not when the minute is over.
  func estimateClockAgain(_ now: SessionTime) {
    clock.forget()
    for (index, question) in dialect.repeated.enumerated()
    where question.kind == .time && phase == .ready {
      repeatedAt[index] = now.monotonic
    }
  }

  /// Takes the next step of logging on that can be taken.
  private func goOn(_ now: SessionTime) {
    guard phase == .down, retryAt == .max else { return }
    guard let index = isStepDone.firstIndex(of: false) else { return arm(now) }
    let step = dialect.logOn[index]
    let channel = step.via ?? step.channel
    guard isOpen[channel] || channels[channel].kind == .http else { return }
    // What is asked elsewhere for a channel's sake waits for that channel.
    guard step.kind == .open || isOpen[step.channel] || channels[step.channel].kind == .http else {
      return
    }
    let pause = banLeft(now)
    guard pause == 0 else {
      // Asking while a ban lasts makes it longer.
      retryAt = now.monotonic + pause
      return
    }
    phase = .loggingOn(step: index)
    stepDeadline = now.monotonic + Self.answerTimeout
    ask(.logOn(index), over: channel, now)
  }

  func finishStep(_ index: Int, _ now: SessionTime) {
    isStepDone[index] = true
    stepDeadline = .max
    phase = .down
    goOn(now)
  }

  /// Logged on, and protected as far as the venue does that: orders may be entered.
  func begin(_ now: SessionTime) {
    phase = .ready
    mayEnter = true
    failureCount = 0
    for (index, question) in dialect.repeated.enumerated() {
      repeatedAt[index] = now.monotonic + question.interval
    }
    beginPayments(now)
    emit(VenueReport(kind: .connected, venue: venue, venueTime: venueTime(now)), now)
  }

  /// How long the venue still shuts us out, ns; 0 when it does not.
  func banLeft(_ now: SessionTime) -> Int64 {
    let until = shared.budget.bannedUntil
    return until > venueTime(now) ? until - venueTime(now) : 0
  }

  /// Asks something of the session's own; not while the venue shuts us out.
  ///
  /// - Returns: its tag; nil when it was not asked.
  @discardableResult
  func ask(
    _ question: TradingQuestion, over channel: Int, status: OrderNews? = nil,
    as name: OrderName = OrderName(orderID: 0), _ now: SessionTime
  ) -> UInt64? {
    guard banLeft(now) == 0 else { return nil }
    let tag = table.takeTag()
    do throws(RequestError) {
      let cost = try dialect.write(
        question, name, tag: tag, at: venueTime(now), into: &outbox)
      asked[tag] = Asked(
        question: question, channel: channel, at: now, status: status, name: name)
      // What the session asks for itself is counted, and not refused: without it nothing goes on.
      shared.budget.count(cost, at: now)
      return tag
    } catch {
      lastFault = "\(error)"
      return nil
    }
  }

  /// Takes the step again after a pause, which grows, and with it those that are no longer done.
  ///
  /// - Parameter isLoss: whether the question was lost with its connection. The first time it is asked again
  ///   at once: what is asked waits for the next connection.
  func again(
    _ fault: String, isLoss: Bool = false, notBefore pause: Int64 = 0, _ now: SessionTime,
    where isLost: (LogOnStep) -> Bool = { _ in false }
  ) {
    lastFault = fault
    for (index, step) in dialect.logOn.enumerated() where isLost(step) {
      isStepDone[index] = false
    }
    leave(.down, now)
    let grown =
      isLoss && failureCount == 0
      ? 0 : min(Self.retryPause << Int64(min(failureCount, 6)), Self.retryPauseMax)
    failureCount += 1
    retryAt = now.monotonic + max(grown, pause)
  }

  // MARK: Time

  var nextTime: Int64 {
    var time = min(retryAt, stepDeadline)
    for at in repeatedAt { time = min(time, at) }
    if let sent = table.oldestSentAt() { time = min(time, sent + Self.answerTimeout) }
    if let snapshot { time = min(time, snapshot.deadline) }
    if let end = ends.first { time = min(time, end.dueAt) }
    time = min(time, payments.nextTime)
    time = min(time, doubt.endsAt)
    time = min(time, deadManState.nextTime)
    if phase == .ready, let deadMan = dialect.deadMan {
      time = min(time, deadManState.end(deadMan.countdown))
    }
    return time
  }

  func advance(to now: SessionTime) {
    while let request = table.giveUp(sentUpTo: now.monotonic - Self.answerTimeout) {
      lost(request, now)
    }
    if let snapshot, snapshot.deadline <= now.monotonic { restartSnapshot(now) }
    while let end = ends.first, end.dueAt <= now.monotonic {
      ends.removeFirst()
      tellLate(end.report, now)
    }
    endDoubt(now)
    askForPayments(now)
    if stepDeadline <= now.monotonic { again("a step of logging on was not answered", now) }
    if retryAt <= now.monotonic {
      retryAt = .max
      goOn(now)
    }
    for index in repeatedAt.indices where repeatedAt[index] <= now.monotonic {
      repeatAsking(index, now)
    }
    advanceDeadMan(now)
  }

  private func repeatAsking(_ index: Int, _ now: SessionTime) {
    let question = dialect.repeated[index]
    repeatedAt[index] = now.monotonic + question.interval
    if question.kind != .heartbeat {
      let pause = banLeft(now)
      guard pause == 0 else {
        repeatedAt[index] = now.monotonic + pause
        return
      }
      ask(.repeated(index), over: question.channel, now)
      return
    }
    _ = try? dialect.write(
      .repeated(index), OrderName(orderID: 0), tag: 0, at: venueTime(now), into: &outbox)
  }

  // MARK: For people

  /// Something that somebody should look at.
  func warn(_ text: String) {
    // The oldest are kept: they say how it began.
    if warnings.count < 16, warnings.last != text { warnings.append(text) }
  }

  func takeWarnings() -> [String] {
    defer { warnings.removeAll() }
    return warnings
  }

  // MARK: Records

  func emit(_ report: VenueReport, _ now: SessionTime) {
    guard
      let record = records.append(
        kind: .venueReport, byteCount: VenueReport.byteCount, isOutput: false, time: now.wall)
    else {
      // The carrier empties the buffer after every call: one call never makes this many.
      lastFault = "no room for a report"
      return
    }
    report.store(at: record)
  }

  /// Tells the core what came of a request that has no report of the venue's.
  func tell(
    _ kind: VenueReportKind, _ request: VenueRequest, reason: VenueReason = .none,
    _ now: SessionTime
  ) {
    emit(
      VenueReport(
        kind: kind, listing: request.listing, venue: venue, side: request.side, reason: reason,
        orderID: request.orderID, venueOrderID: request.venueOrderID, version: request.version,
        venueTime: venueTime(now)), now)
  }

  /// Keeps what an account was told to have.
  func keepAccount() {
    for index in 0..<news.balances.count {
      let balance = news.balances[index]
      if let place = balances.firstIndex(where: { $0.asset == balance.asset }) {
        balances[place] = balance
      } else {
        balances.append(balance)
      }
    }
    for index in 0..<news.positions.count {
      let position = news.positions[index]
      if let place = positions.firstIndex(where: { $0.symbol == position.symbol }) {
        positions[place] = position
      } else {
        positions.append(position)
      }
    }
  }
}
