import TradingModel

// Funding. An `ACCOUNT_UPDATE` of it has neither an id nor, of a crossed position, its symbol: what was paid
// is asked for, and the transaction's id there is the key.
// https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Balance-and-Position-Update
extension BinanceUSDMTrading {
  private static var paymentLimit: UInt64 { 1_000 }

  /// Where the window of time begins that a page is of, milliseconds; it is as long as one of fills, and
  /// incomes are kept for three months.
  private static func windowStart(
    _ from: Timestamp, _ page: VenueText, at timestamp: UInt64
  ) -> UInt64 {
    let oldest = timestamp > fillsKept ? timestamp - fillsKept : 0
    return UInt64(page.description) ?? max(UInt64(max(0, from / 1_000_000)), oldest)
  }

  /// Asks for a window of time: a page is where it begins.
  mutating func writePayments(
    from: Timestamp, _ page: VenueText, _ tag: UInt64, _ timestamp: UInt64,
    _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    let start = Self.windowStart(from, page, at: timestamp)
    encoder.form.parameters.removeAll()
    encoder.form.parameters.add("endTime", number: start + Self.fillWindow)
    encoder.form.parameters.add("incomeType", "FUNDING_FEE")
    encoder.form.parameters.add("limit", number: Self.paymentLimit)
    encoder.form.parameters.add("recvWindow", number: encoder.receiveWindow)
    encoder.form.parameters.add("startTime", number: start)
    encoder.form.parameters.add("timestamp", number: timestamp)
    return try send(BinanceRoute.USDM.income, tag, &outbox)
  }

  mutating func readPayments(
    from: Timestamp, _ page: VenueText, _ result: UnsafeRawBufferPointer, at time: Timestamp,
    _ news: inout TradingNews
  ) throws(ScanError) {
    let told = try decoder.decode(income: result, into: &news)
    let now = UInt64(max(0, time / 1_000_000))
    let start = Self.windowStart(from, page, at: now)
    let last = UInt64(max(0, told.last / 1_000_000))
    if told.count >= Int(Self.paymentLimit), last > start {
      // Those of the same millisecond come again.
      news.nextPage = VenueText("\(last)")
    } else if start + Self.fillWindow <= now {
      news.nextPage = VenueText("\(start + Self.fillWindow)")
    }
  }
}
