import TradingModel

// Funding: the channel `balance_and_position` says that there was some (`eventType` "funding_fee"), and the
// bills of type 8 say which, with the key (`billId`).
// https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-7-days
extension OKXTrading {
  private static var hour: Timestamp { 3_600_000_000_000 }
  /// `bills` reaches seven days back; beyond that, `bills-archive`.
  private static var recentBillSpan: Timestamp { (7 * 24 - 1) * hour }

  mutating func writePayments(
    _ page: VenueText, _ tag: UInt64, _ time: Timestamp, _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    if page.isEmpty { paymentsAskedAt = time }
    // A payment may be listed a little after it was booked.
    let start = max(paymentsSince > 0 ? paymentsSince : time - Self.hour, paymentsTold - Self.hour)
    let route: OKXRoute = start < time - Self.recentBillSpan ? .billsArchive : .bills
    encoder.parameters.removeAll()
    encoder.parameters.add("instType", "SWAP")
    encoder.parameters.add("type", number: 8)
    encoder.parameters.add("begin", number: UInt64(max(0, start / 1_000_000)))
    addPage(page)
    return ask(try encoder.rest(route, at: time), route, tag, into: &outbox)
  }

  mutating func readPayments(
    _ scanner: inout FieldScanner, into news: inout TradingNews
  ) throws(ScanError) {
    let page = try decoder.bills(&scanner, into: &news.payments)
    if page.count == Int(Self.pageLimit) { news.nextPage = page.oldest }
  }
}
