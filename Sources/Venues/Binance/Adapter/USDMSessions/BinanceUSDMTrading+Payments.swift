import TradingModel

/// How far the account's funding payments were looked at; milliseconds since the epoch.
struct BinancePaymentLook: BitwiseCopyable {
  /// The last full look told payments up to then.
  var toldUntil: UInt64 = 0
  /// When the look under way began.
  var seenUntil: UInt64 = 0
  /// Where the window that was asked for last begins and ends.
  var windowStart: UInt64 = 0
  var windowEnd: UInt64 = 0
}

// Funding. An `ACCOUNT_UPDATE` of it has neither an id nor, of a crossed position, its symbol: what was paid
// is asked for, and the transaction's id there is the key.
// https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Balance-and-Position-Update
extension BinanceUSDMTrading {
  private static var paymentLimit: UInt64 { 1_000 }
  /// Payments may be listed a little after they were booked; milliseconds.
  private static var paymentMargin: UInt64 { 3_600_000 }

  /// Asks for a window of time: a page is where it begins.
  mutating func writePayments(
    _ page: VenueText, _ tag: UInt64, _ timestamp: UInt64, _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    var start = UInt64(page.description) ?? 0
    if page.isEmpty {
      payments.seenUntil = timestamp
      let told =
        payments.toldUntil > Self.paymentMargin ? payments.toldUntil - Self.paymentMargin : 0
      let oldest = timestamp > Self.fillsKept ? timestamp - Self.fillsKept : 0
      let begin = UInt64(max(0, paymentsSince / 1_000_000))
      start = max(told, oldest, begin > 0 ? begin : timestamp - min(timestamp, Self.paymentMargin))
    }
    payments.windowStart = start
    payments.windowEnd = start + Self.fillWindow
    encoder.form.parameters.removeAll()
    encoder.form.parameters.add("endTime", number: payments.windowEnd)
    encoder.form.parameters.add("incomeType", "FUNDING_FEE")
    encoder.form.parameters.add("limit", number: Self.paymentLimit)
    encoder.form.parameters.add("recvWindow", number: encoder.receiveWindow)
    encoder.form.parameters.add("startTime", number: start)
    encoder.form.parameters.add("timestamp", number: timestamp)
    return try send(BinanceRoute.USDM.income, tag, &outbox)
  }

  mutating func readPayments(
    _ result: UnsafeRawBufferPointer, at time: Timestamp, _ news: inout TradingNews
  ) throws(ScanError) {
    let page = try decoder.decode(income: result, into: &news.payments)
    let last = UInt64(max(0, page.last / 1_000_000))
    if page.count >= Int(Self.paymentLimit), last > payments.windowStart {
      // Those of the same millisecond come again.
      news.nextPage = VenueText("\(last)")
    } else if payments.windowEnd <= UInt64(max(0, time / 1_000_000)) {
      news.nextPage = VenueText("\(payments.windowEnd)")
    }
  }
}
