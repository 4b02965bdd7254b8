import TradingModel

/// A question of the session's own that waits for its turn.
struct WaitingQuestion {
  var question: TradingQuestion
  var channel: Int
  var status: OrderNews?
  var name: OrderName
  /// Since when, on the monotonic clock.
  var since: Int64
}

/// Questions of the session's own that wait for the budget, in order.
struct WaitingQuestions {
  private var questions: [WaitingQuestion] = []
  private var start = 0
  /// The budget has room again, on the monotonic clock; `.min` where the first has not been tried.
  var retryAt: Int64 = .min
  /// When a question on behalf of the core, waiting or asked, has waited long enough.
  var deadline: Int64 = .max
  /// As many are asked as may be: the next one leaves with an answer.
  var isFull = false

  var count: Int { questions.count - start }
  var first: WaitingQuestion? { count > 0 ? questions[start] : nil }

  /// When there is something to do, on the monotonic clock.
  var nextTime: Int64 { min(deadline, count == 0 || isFull ? .max : retryAt) }

  /// What the core waits for goes first.
  mutating func append(_ question: WaitingQuestion) {
    if !question.question.isForCore {
      questions.append(question)
    } else if start > 0 {
      start -= 1
      questions[start] = question
    } else {
      questions.insert(question, at: 0)
    }
  }

  mutating func removeFirst() -> WaitingQuestion {
    defer { if count == 0 { removeAll() } }
    start += 1
    return questions[start - 1]
  }

  private mutating func removeAll() {
    questions.removeAll(keepingCapacity: true)
    start = 0
  }

  mutating func remove(where isRemoved: (TradingQuestion) -> Bool) {
    questions.removeSubrange(..<start)
    start = 0
    questions.removeAll { isRemoved($0.question) }
  }

  /// Since when the oldest waits on behalf of the core; nil for none.
  var oldestForCore: Int64? {
    questions[start...].filter(\.question.isForCore).map(\.since).min()
  }

  /// Takes out what waits on behalf of the core since `time` or longer.
  mutating func takeForCore(since time: Int64) -> [WaitingQuestion] {
    let taken = questions[start...].filter { $0.question.isForCore && $0.since <= time }
    questions.removeSubrange(..<start)
    start = 0
    questions.removeAll { $0.question.isForCore && $0.since <= time }
    return taken
  }
}

// Questions of the session's own take from the budget as ordinary requests do, so that the reserve stays
// for cancels, and wait where it has no room.
extension TradingSession where Dialect: ~Copyable {
  /// Questions of the session's own that may be due at once.
  private static var askedMax: Int { 16 }

  /// Asks as soon as the limits allow.
  func askInTurn(
    _ question: TradingQuestion, over channel: Int, status: OrderNews? = nil,
    as name: OrderName = OrderName(orderID: 0), _ now: SessionTime
  ) {
    let entry = WaitingQuestion(
      question: question, channel: channel, status: status, name: name, since: now.monotonic)
    // Nothing is asked any more: it has no answer.
    guard phase == .ready else { return unasked(Asked(entry, now), now) }
    waiting.append(entry)
    if question.isForCore {
      waiting.deadline = min(waiting.deadline, now.monotonic + Self.answerTimeout)
    }
    askWaiting(now)
  }

  /// Asks what has waited, as far as the limits allow.
  func askWaiting(_ now: SessionTime) {
    while phase == .ready, let next = waiting.first {
      let due = asked.values.reduce(0) { $0 + ($1.question.waitsForBudget ? 1 : 0) }
      waiting.isFull = due >= Self.askedMax
      guard !waiting.isFull, waiting.retryAt <= now.monotonic else { return }
      guard ask(next, now) else { return }
    }
  }

  /// - Returns: whether the next one may be tried.
  private func ask(_ next: WaitingQuestion, _ now: SessionTime) -> Bool {
    let mark = outbox.mark
    let tag = table.takeTag()
    let cost: RequestCost
    do throws(RequestError) {
      cost = try dialect.write(
        next.question, next.name, tag: tag, at: venueTime(now), into: &outbox)
    } catch {
      outbox.takeBack(to: mark)
      lastFault = "\(error)"
      refuse(waiting.removeFirst(), now)
      return true
    }
    do throws(RateRefusal) {
      try shared.budget.take(cost, at: now)
    } catch {
      outbox.takeBack(to: mark)
      let pause = max(error.retryAt - shared.budget.venueTime(at: now), 1_000_000)
      waiting.retryAt = now.monotonic + pause
      return false
    }
    _ = waiting.removeFirst()
    waiting.retryAt = .min
    asked[tag] = Asked(next, now)
    if next.question.isOfSnapshot { extendSnapshot(now) }
    if next.question.isOfPayments { askedForPayments(now) }
    return true
  }

  /// A question that the venue does not offer, or that cannot be written.
  private func refuse(_ entry: WaitingQuestion, _ now: SessionTime) {
    guard case .order = entry.question else { return unasked(Asked(entry, now), now) }
    // An order that cannot be asked about is nobody's here.
    snapshot?.missing -= 1
  }

  /// Nothing is asked any more: what waits has no answer.
  func forgetWaiting(_ now: SessionTime) {
    while waiting.count > 0 { unasked(Asked(waiting.removeFirst(), now), now) }
    waiting.retryAt = .min
  }

  /// Time has passed.
  func advanceWaiting(_ now: SessionTime) {
    if waiting.deadline <= now.monotonic { giveUpForCore(now) }
    askWaiting(now)
    finishSnapshotIfDone(now)
  }

  /// What the core waits for has no answer in time: it asks again.
  private func giveUpForCore(_ now: SessionTime) {
    waiting.deadline = .max
    var lost: [Asked] = []
    for (tag, question) in asked where question.question.isForCore {
      let end = question.at.monotonic + Self.answerTimeout
      if end > now.monotonic {
        waiting.deadline = min(waiting.deadline, end)
      } else {
        asked[tag] = nil
        lost.append(question)
      }
    }
    for entry in waiting.takeForCore(since: now.monotonic - Self.answerTimeout) {
      lost.append(Asked(entry, now))
    }
    if let since = waiting.oldestForCore {
      waiting.deadline = min(waiting.deadline, since + Self.answerTimeout)
    }
    for question in lost { unasked(question, now) }
  }
}

extension TradingSession.Asked where Dialect: ~Copyable {
  init(_ entry: WaitingQuestion, _ now: SessionTime) {
    self.init(
      question: entry.question, channel: entry.channel, at: now, status: entry.status,
      name: entry.name)
  }
}

extension TradingQuestion {
  /// Whether it is a part of a snapshot.
  var isOfSnapshot: Bool {
    switch self {
    case .snapshot, .order: true
    case .request, .logOn, .repeated, .fills, .payments, .deadMan: false
    }
  }

  var isOfPayments: Bool {
    if case .payments = self { true } else { false }
  }

  /// Whether a query of the core waits for the answer.
  var isForCore: Bool {
    switch self {
    case .request, .fills: true
    case .snapshot, .order, .logOn, .repeated, .payments, .deadMan: false
    }
  }

  /// Whether it takes from the budget as an ordinary request does.
  var waitsForBudget: Bool { isForCore || isOfSnapshot || isOfPayments }
}
