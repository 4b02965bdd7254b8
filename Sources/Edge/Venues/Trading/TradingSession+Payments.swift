import TradingModel

/// What a session knows of its account's funding payments, and when it asks for them.
///
/// They are asked for in looks, one at a time: all pages from a little before the last look that was told
/// whole. A payment that is told again has the same id, and the core books it once.
struct PaymentSchedule {
  /// A look that is under way.
  struct Look: BitwiseCopyable {
    /// From when payments are asked for, and when the look began, by the venue's clock.
    var from: Timestamp
    var startedAt: Timestamp
    /// When it is given up, on the monotonic clock, unless another page comes.
    var deadline: Int64
  }

  /// When looks are due, on the monotonic clock, in order.
  var dueAt: [Int64] = []
  var look: Look?
  /// When the last look began that was told whole, by the venue's clock; 0 before the first.
  var toldUntil: Timestamp = 0
  /// When the last look began, on the monotonic clock; nil before the first.
  var lastLookAt: Int64?
  /// Looks that failed since the last that did not.
  var failureCount = 0
  /// The currencies that payments came in and the run does not know.
  var unknownCurrencies: Set<String> = []

  /// When there is something to do, on the monotonic clock.
  var nextTime: Int64 { look?.deadline ?? dueAt.first ?? .max }
}

// Funding: what a venue books on the account for positions that are held at a funding time.
extension TradingSession where Dialect: ~Copyable {
  /// A venue may tell of a payment a little before its own list has it, so that the list is asked for at
  /// once and again after these, nanoseconds.
  private static var paymentPauses: [Int64] { [0, 2 * second, 10 * second] }
  /// A venue tells of each contract's payment by itself: looks begin no closer to each other, nanoseconds.
  private static var paymentLookPause: Int64 { 2 * second }
  /// So long after a look without a good answer there is another, nanoseconds; twice as long each time.
  private static var paymentRetryPause: Int64 { 5 * second }
  private static var paymentRetryPauseMax: Int64 { 300 * second }
  /// Without any word of one, payments are asked for as often as this, nanoseconds.
  private static var paymentInterval: Int64 { 600 * second }
  /// Payments may be listed so long after they were booked, nanoseconds.
  private static var paymentMargin: Int64 { 3_600 * second }
  /// Patience with one page, and with the first snapshot.
  private static var paymentPatience: Int64 { 30 * second }
  private static var paymentSnapshotPatience: Int64 { 120 * second }

  /// Where positions may have been paid for, a look follows: behind the snapshot, so that fills that were
  /// missed are booked first.
  func schedulePayments(in pause: Int64, _ now: SessionTime) {
    payments.dueAt = dialect.hasPayments ? [now.monotonic + pause] : []
  }

  /// Logged on: the first look is behind the first snapshot, or here if that takes long.
  func beginPayments(_ now: SessionTime) { schedulePayments(in: Self.paymentSnapshotPatience, now) }

  /// Nothing is asked any more.
  func endPayments() {
    payments.dueAt = []
    payments.look = nil
    for (tag, entry) in asked where entry.question.isOfPayments { asked[tag] = nil }
    waiting.remove(where: \.isOfPayments)
  }

  /// Tells the core of the payments in the news. One that is told again has the same id.
  func takePayments(_ now: SessionTime) {
    for index in 0..<news.payments.count
    where news.payments[index].venueTime >= dialect.paymentsSince {
      guard
        let record = records.append(
          kind: .fundingPayment, byteCount: FundingPayment.byteCount, isOutput: false,
          time: now.wall)
      else {
        // The carrier empties the buffer after every call: one call never makes this many.
        lastFault = "no room for a funding payment"
        return
      }
      news.payments[index].store(at: record)
    }
    noteUnknownCurrency()
    guard news.hasPayments, phase == .ready else { return }
    let first = max(
      now.monotonic, payments.lastLookAt.map { $0 + Self.paymentLookPause } ?? now.monotonic)
    payments.dueAt = Self.paymentPauses.map { max(first, now.monotonic + $0) }
    askForPayments(now)
  }

  /// A payment in a currency that the run does not know is booked nowhere: somebody must hear of it.
  private func noteUnknownCurrency() {
    guard !news.unknownPaymentCurrency.isEmpty else { return }
    let name = news.unknownPaymentCurrency.description
    guard payments.unknownCurrencies.insert(name).inserted else { return }
    warn("funding is paid in \(name), which no listing of the run has: it is not booked")
  }

  /// Begins a look, where it is time to, and gives one up that has no answer.
  func askForPayments(_ now: SessionTime) {
    if let look = payments.look {
      if look.deadline <= now.monotonic { failPayments(now) }
      return
    }
    guard phase == .ready, let due = payments.dueAt.first, due <= now.monotonic else { return }
    payments.dueAt.removeAll { $0 <= now.monotonic }
    if payments.dueAt.isEmpty { schedulePayments(in: Self.paymentInterval, now) }
    let time = venueTime(now)
    let since = dialect.paymentsSince > 0 ? dialect.paymentsSince : time - Self.paymentMargin
    let from = max(since, payments.toldUntil - Self.paymentMargin, 0)
    payments.lastLookAt = now.monotonic
    payments.look = PaymentSchedule.Look(from: from, startedAt: time, deadline: 0)
    askForPayments(from: from, page: VenueText(), over: dialect.orderChannel, now)
  }

  private func askForPayments(
    from: Timestamp, page: VenueText, over channel: Int, _ now: SessionTime
  ) {
    // Counts from when it is asked.
    payments.look?.deadline = .max
    askInTurn(.payments(from: from, page: page), over: channel, now)
  }

  /// A page of a look has left.
  func askedForPayments(_ now: SessionTime) {
    payments.look?.deadline = now.monotonic + Self.paymentPatience
  }

  /// A page of the look under way.
  func takePaymentPage(_ asked: Asked, _ now: SessionTime) {
    guard case .payments(let from, _) = asked.question, let look = payments.look else { return }
    guard case .done = news.outcome else { return failPayments(now) }
    if !news.nextPage.isEmpty {
      return askForPayments(from: from, page: news.nextPage, over: asked.channel, now)
    }
    payments.look = nil
    payments.failureCount = 0
    payments.toldUntil = max(payments.toldUntil, look.startedAt)
  }

  /// The look under way came to nothing: another follows.
  func failPayments(_ now: SessionTime) {
    let due = payments.dueAt
    endPayments()
    let grown = min(
      Self.paymentRetryPause << Int64(min(payments.failureCount, 6)), Self.paymentRetryPauseMax)
    payments.failureCount += 1
    let time = now.monotonic + max(grown, banLeft(now))
    payments.dueAt = [time] + due.filter { $0 > time }
  }
}
