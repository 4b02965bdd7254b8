import TradingModel

// Funding payments: `FUNDING_FEE` of `GET /fapi/v1/income`.
// https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Get-Income-History
extension BinanceUSDMDecoder {
  /// Decodes an array of incomes: what is funding of a followed symbol becomes a payment.
  ///
  /// - Returns: how many there are of any kind, and the time of the last.
  mutating func decode(
    income bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> (count: Int, last: Timestamp) {
    var scanner = FieldScanner(bytes)
    var (count, last) = (0, Timestamp(0))
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      last = max(last, try income(&scanner, &news))
      count += 1
    }
    try scanner.expectEnd()
    return (count, last)
  }

  /// "tranId is unique in the same incomeType for a user."
  private mutating func income(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) -> Timestamp {
    var symbol = -1
    var asset = FieldRange.none
    var isFunding = false
    var amount = -1
    var id: UInt64 = 0
    var time: Timestamp = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "symbol") {
        symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "incomeType") {
        isFunding = scanner.matches(try scanner.string(), "FUNDING_FEE")
      } else if scanner.matches(key, "income") {
        try Self.note(&amount, &scanner)
      } else if scanner.matches(key, "asset") {
        asset = try scanner.string()
      } else if scanner.matches(key, "time") {
        time = try scanner.milliseconds()
      } else if scanner.matches(key, "tranId") {
        id = try scanner.identifier()
      } else {
        try scanner.skipValue()
      }
    }
    guard amount >= 0, time > 0 else { throw ScanError(scanner.offset, "an income and its time") }
    guard isFunding, symbol >= 0 else { return time }
    if id == 0 { throw ScanError(scanner.offset, "a \"tranId\" of funding") }
    guard asset.count > 0 else { throw ScanError(scanner.offset, "an \"asset\" of funding") }
    guard let currency = currencies.find(scanner.bytes(asset)) else {
      news.unknownPaymentCurrency = VenueText(scanner.bytes(asset))
      return time
    }
    var place = scanner
    place.offset = amount
    news.payments.append(
      FundingPayment(
        listing: listing(symbol), currency: currency, paymentID: id, venueTime: time,
        amount: try place.money()))
    return time
  }
}
