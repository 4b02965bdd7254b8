import TradingModel

/// A full look at the account, under way: which orders are open, and which fills there were since the
/// last look. Its parts come one by one, and are told together when all are there.
struct AccountSnapshot {
  var request: VenueRequest
  /// By the venue's clock, before the first question left: what is newer may be missing.
  var takenAt: Timestamp
  /// When what has no good answer is asked anew, on the monotonic clock; never while questions only wait
  /// for the budget.
  var deadline: Int64 = .max
  /// How often that was since the last good answer.
  var attempt = 0
  /// Questions that have no good answer.
  var missing = 0
  /// Those among them that were refused or lost, and are asked anew at the deadline.
  var failed: [TradingQuestion] = []
  /// The core asked again: what is listed as open must be of later than that.
  var isListOld = false
  var openOrders: [OrderNews] = []
  var fills: [OrderNews] = []
  /// Fills of orders that nobody here knows yet: of an earlier run, or not ours.
  var strangers: Set<OrderNumber> = []

  init(_ request: VenueRequest, takenAt: Timestamp) {
    self.request = request
    self.takenAt = takenAt
  }
}

extension TradingSession where Dialect: ~Copyable {
  func startSnapshot(_ request: VenueRequest, _ now: SessionTime) {
    // The core asks again where a look takes long: it goes on, and only what is open is listed anew.
    if snapshot != nil {
      snapshot?.request = request
      snapshot?.isListOld = true
      return
    }
    // The venue's clock may be behind what we think of it.
    let margin = clock.uncertainty == .max ? Self.second : clock.uncertainty
    snapshot = AccountSnapshot(request, takenAt: venueTime(now) - margin)
    askForParts(dialect.snapshotPartCount, now)
  }

  private func askForParts(_ count: Int, _ now: SessionTime) {
    for part in 0..<count { askForPart(.snapshot(part: part, page: VenueText()), now) }
  }

  private func askForPart(_ question: TradingQuestion, _ now: SessionTime) {
    snapshot?.missing += 1
    askInTurn(question, over: dialect.orderChannel, now)
  }

  /// A question has left, or was answered: how long the answers that are due may take counts from now.
  func extendSnapshot(_ now: SessionTime) {
    guard let attempt = snapshot?.attempt else { return }
    let patience = min(Self.answerTimeout << Int64(min(attempt, 4)), Self.retryPauseMax)
    let isDue =
      snapshot?.failed.isEmpty == false || asked.values.contains { $0.question.isOfSnapshot }
    snapshot?.deadline = isDue ? now.monotonic + patience : .max
  }

  func forgetSnapshot() {
    snapshot = nil
    for (tag, question) in asked where question.question.isOfSnapshot { asked[tag] = nil }
    waiting.remove(where: \.isOfSnapshot)
  }

  /// Asks anew what was refused, lost, or has no answer; what was answered is kept, and pages go on where
  /// they were.
  func resumeSnapshot(_ now: SessionTime) {
    guard var again = snapshot?.failed else { return }
    for (tag, question) in asked where question.question.isOfSnapshot {
      again.append(question.question)
      asked[tag] = nil
    }
    snapshot?.failed = []
    snapshot?.attempt += 1
    snapshot?.deadline = .max
    for question in again { askInTurn(question, over: dialect.orderChannel, now) }
  }

  /// A question of the look was lost with its connection, or cannot be asked. What is asked waits for the
  /// next connection: the first time it is asked anew at once.
  func lostOfSnapshot(_ question: TradingQuestion, _ now: SessionTime) {
    guard let attempt = snapshot?.attempt else { return }
    snapshot?.failed.append(question)
    extendSnapshot(now)
    if attempt == 0 { snapshot?.deadline = now.monotonic }
  }

  func takeSnapshotPart(_ question: TradingQuestion, _ now: SessionTime) {
    guard snapshot != nil else { return }
    if case .failed(_, let kind) = news.outcome {
      // An order that the venue no longer knows is nobody's here.
      guard case .order(let listing, let id) = question, kind == .notFound else {
        snapshot?.failed.append(question)
        return extendSnapshot(now)
      }
      foreign.insert(OrderNumber(listing: listing, id: id))
    }
    snapshot?.missing -= 1
    snapshot?.attempt = 0
    for index in 0..<news.orders.count { keep(news.orders[index], of: question, now) }
    if case .snapshot(let part, _) = question, !news.nextPage.isEmpty {
      askForPart(.snapshot(part: part, page: news.nextPage), now)
    }
    extendSnapshot(now)
    finishSnapshotIfDone(now)
  }

  func finishSnapshotIfDone(_ now: SessionTime) {
    if snapshot?.missing == 0 { finishSnapshot(now) }
  }

  private func keep(_ told: OrderNews, of question: TradingQuestion, _ now: SessionTime) {
    switch question {
    case .order(let listing, let asked):
      if told.ownership == .own {
        owners.note(listing, asked, of: told.report.orderID)
        if told.report.kind != .statusOpen { owners.end(told.report) }
      } else {
        foreign.insert(OrderNumber(listing: listing, id: asked))
      }
    case _ where told.report.kind == .fill:
      snapshot?.fills.append(told)
      if told.ownership == .unnamed { askForOwner(told, now) }
    default:
      snapshot?.openOrders.append(told)
      if told.ownership == .own { owners.note(told.report, of: told.report.orderID) }
    }
  }

  /// A fill names its order by the venue's number: of an order that nobody here knows that alone says
  /// nothing, and the order is asked for.
  private func askForOwner(_ told: OrderNews, _ now: SessionTime) {
    let number = OrderNumber(listing: told.report.listing, id: told.report.venueOrderID)
    guard told.isFollowed, owners[told.report] == nil, !foreign.contains(number),
      snapshot?.strangers.insert(number).inserted == true
    else { return }
    askForPart(.order(number.listing, number.id), now)
  }

  private func finishSnapshot(_ now: SessionTime) {
    guard let done = snapshot else { return }
    if done.isListOld {
      snapshot?.isListOld = false
      snapshot?.openOrders = []
      return askForParts(dialect.openOrderPartCount, now)
    }
    snapshot = nil
    var frame = VenueReport(
      kind: .snapshotBegin, venue: venue, version: done.request.version, venueTime: done.takenAt)
    emit(frame, now)
    for fill in done.fills { take(fill, now) }
    for order in done.openOrders { take(order, now) }
    frame.kind = .snapshotEnd
    emit(frame, now)
    isCompared = true
    dialect.snapshotTold()
    schedulePayments(in: 0, now)
    askForPayments(now)
  }
}
