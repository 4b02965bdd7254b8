import TradingModel

// Funding: the channel `balance_and_position` says that there was some (`eventType` "funding_fee"), and the
// bills of type 8 say which, with the key (`billId`).
// https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-7-days
extension OKXTrading {
  private static var day: Timestamp { 86_400_000_000_000 }
  /// `bills` reaches seven days back; beyond that, `bills-archive`.
  private static var recentBillSpan: Timestamp { 7 * day - day / 24 }

  mutating func writePayments(
    from: Timestamp, _ page: VenueText, _ tag: UInt64, _ time: Timestamp,
    _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    let route: OKXRoute = from < time - Self.recentBillSpan ? .billsArchive : .bills
    encoder.parameters.removeAll()
    encoder.parameters.add("instType", "SWAP")
    encoder.parameters.add("type", number: 8)
    encoder.parameters.add("begin", number: UInt64(max(0, from / 1_000_000)))
    addPage(page)
    return ask(try encoder.rest(route, at: time), route, tag, into: &outbox)
  }

  mutating func readPayments(
    _ scanner: inout FieldScanner, into news: inout TradingNews
  ) throws(ScanError) {
    let page = try decoder.bills(&scanner, into: &news)
    if page.count == Int(Self.pageLimit) { news.nextPage = page.oldest }
  }
}
