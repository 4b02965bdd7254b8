import TradingModel

/// A full look at the account, under way: which orders are open, and which fills there were since the
/// last look. Its parts come one by one, and are told together when all are there.
struct AccountSnapshot {
  var request: VenueRequest
  /// By the venue's clock, before the first question left: what is newer may be missing.
  var takenAt: Timestamp
  /// When it is begun anew, on the monotonic clock, if it is not complete.
  var deadline: Int64
  /// How often it was begun before.
  var attempt = 0
  /// Answers that have not come.
  var missing = 0
  var openOrders: [OrderNews] = []
  var fills: [OrderNews] = []
  /// Fills of orders that nobody here knows yet: of an earlier run, or not ours.
  var strangers: Set<VenueOrderID> = []
}

extension TradingSession where Dialect: ~Copyable {
  func startSnapshot(_ request: VenueRequest, attempt: Int = 0, _ now: SessionTime) {
    forgetSnapshotQuestions()
    // The venue's clock may be behind what we think of it.
    let margin = clock.uncertainty == .max ? Self.second : clock.uncertainty
    let patience = min(Self.answerTimeout << Int64(min(attempt, 4)), Self.retryPauseMax)
    let pause = banLeft(now)
    snapshot = AccountSnapshot(
      request: request, takenAt: venueTime(now) - margin,
      deadline: now.monotonic + (pause > 0 ? pause : patience), attempt: attempt)
    for part in 0..<dialect.snapshotPartCount {
      snapshot?.missing += 1
      ask(.snapshot(part: part, page: VenueText()), over: dialect.orderChannel, now)
    }
  }

  func forgetSnapshotQuestions() {
    for (tag, question) in asked where question.question.isOfSnapshot { asked[tag] = nil }
  }

  /// An answer did not come: everything is asked anew, because one look must be of one time.
  func restartSnapshot(_ now: SessionTime) {
    guard let snapshot else { return }
    self.snapshot = nil
    forgetSnapshotQuestions()
    if phase == .ready {
      startSnapshot(snapshot.request, attempt: snapshot.attempt + 1, now)
    }
  }

  func takeSnapshotPart(_ question: TradingQuestion, _ now: SessionTime) {
    // Begun anew at its deadline, if this part was refused.
    guard snapshot != nil else { return }
    if case .failed(_, let kind) = news.outcome {
      // An order that the venue no longer knows is nobody's here.
      guard case .order = question, kind == .notFound else { return }
    }
    snapshot?.missing -= 1
    for index in 0..<news.orders.count { keep(news.orders[index], of: question, now) }
    if case .snapshot(let part, _) = question, !news.nextPage.isEmpty {
      snapshot?.missing += 1
      ask(.snapshot(part: part, page: news.nextPage), over: dialect.orderChannel, now)
    }
    if snapshot?.missing == 0 { finishSnapshot(now) }
  }

  private func keep(_ told: OrderNews, of question: TradingQuestion, _ now: SessionTime) {
    switch question {
    case .order(let listing, let asked):
      if told.ownership == .own { owners.note(listing, asked, of: told.report.orderID) }
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
    let id = told.report.venueOrderID
    guard told.isFollowed, owners[told.report] == nil,
      snapshot?.strangers.insert(id).inserted == true
    else { return }
    snapshot?.missing += 1
    ask(.order(told.report.listing, id), over: dialect.orderChannel, now)
  }

  private func finishSnapshot(_ now: SessionTime) {
    guard let done = snapshot else { return }
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

extension TradingQuestion {
  /// Whether it is a part of a snapshot.
  var isOfSnapshot: Bool {
    switch self {
    case .snapshot, .order: true
    case .request, .logOn, .repeated, .fills, .payments, .deadMan: false
    }
  }
}
