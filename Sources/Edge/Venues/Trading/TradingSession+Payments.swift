import TradingModel

// Funding: what a venue books on the account for positions that are held at a funding time.
extension TradingSession where Dialect: ~Copyable {
  /// A venue may tell of a payment a little before its own list has it, so that the list is asked for at
  /// once and again after these, nanoseconds.
  private static var paymentPauses: [Int64] { [0, 2 * second, 10 * second] }
  /// So long after a question without a good answer it is asked again, nanoseconds.
  private static var paymentRetryPause: Int64 { 5 * second }
  /// Without any word of one, payments are asked for as often as this, nanoseconds.
  private static var paymentInterval: Int64 { 600 * second }

  /// Payments up to now are in the full look at the account, which comes next.
  func schedulePayments(_ now: SessionTime) {
    paymentsAt = dialect.hasPayments ? [now.monotonic + Self.paymentInterval] : []
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
        lastFault = "no room for a funding payment"
        return
      }
      news.payments[index].store(at: record)
    }
    guard news.hasPayments else { return }
    paymentsAt = Self.paymentPauses.map { now.monotonic + $0 }
    askForPayments(now)
  }

  /// Asks for payments, where it is time to.
  func askForPayments(_ now: SessionTime) {
    guard let due = paymentsAt.first, due <= now.monotonic else { return }
    paymentsAt.removeAll { $0 <= now.monotonic }
    if paymentsAt.isEmpty { schedulePayments(now) }
    guard phase == .ready else { return }
    ask(.payments(page: VenueText()), over: dialect.orderChannel, now)
  }

  /// An answer to `askForPayments`.
  func takePaymentPage(_ asked: Asked, _ now: SessionTime) {
    guard case .done = news.outcome else { return askForPaymentsLater(now) }
    if !news.nextPage.isEmpty { ask(.payments(page: news.nextPage), over: asked.channel, now) }
  }

  /// A question was refused, or has no answer: it is asked again from its beginning.
  func askForPaymentsLater(_ now: SessionTime) {
    let time = now.monotonic + Self.paymentRetryPause
    if let due = paymentsAt.first, due <= time { return }
    paymentsAt.insert(time, at: 0)
  }
}
