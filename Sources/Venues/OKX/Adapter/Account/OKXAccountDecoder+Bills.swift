import TradingModel

// Funding payments among the bills, and the push that tells of them.
extension OKXAccountDecoder {
  /// Whether a push of `balance_and_position` tells of funding: `data` at the scanner's place.
  /// https://www.okx.com/docs-v5/en/#trading-account-websocket-balance-and-position-channel
  static func isFunding(_ scanner: inout FieldScanner) throws(ScanError) -> Bool {
    var isFunding = false
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        if scanner.matches(key, "eventType"), scanner.peek() == UInt8(ascii: "\"") {
          if scanner.matches(try scanner.string(), "funding_fee") { isFunding = true }
        } else {
          try scanner.skipValue()
        }
      }
    }
    return isFunding
  }

  /// Reads bills, newest first: `data` at the scanner's place. Those that are funding (type 8) of a followed
  /// swap become payments.
  ///
  /// - Returns: how many bills there are of any kind, and the number of the last.
  mutating func bills(
    _ scanner: inout FieldScanner, into news: inout TradingNews
  ) throws(ScanError) -> (count: Int, oldest: VenueText) {
    var (count, oldest) = (0, VenueText())
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try bill(&scanner, &oldest, &news)
      count += 1
    }
    return (count, oldest)
  }

  /// `balChg` is what the account's balance changed by; the key is `billId`.
  private mutating func bill(
    _ scanner: inout FieldScanner, _ oldest: inout VenueText,
    _ news: inout TradingNews
  ) throws(ScanError) {
    var id = FieldRange.none
    var symbol = FieldRange.none
    var currency = FieldRange.none
    var change = FieldRange.none
    var time = FieldRange.none
    var isFunding = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "billId") {
        id = try OKXText.value(&scanner)
      } else if scanner.matches(key, "instId") {
        symbol = try OKXText.value(&scanner)
      } else if scanner.matches(key, "ccy") {
        currency = try OKXText.value(&scanner)
      } else if scanner.matches(key, "balChg") {
        change = try OKXText.value(&scanner)
      } else if scanner.matches(key, "type") {
        let type = try OKXText.value(&scanner)
        isFunding = scanner.matches(type, "8")
      } else if scanner.matches(key, "ts") {
        time = try OKXText.value(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard id.count > 0, time.count > 0 else {
      throw ScanError(scanner.offset, "fields \"billId\" and \"ts\"")
    }
    oldest = VenueText(scanner.bytes(id))
    guard isFunding else { return }
    let place = symbol.count > 0 ? scales.find(scanner.bytes(symbol)) : -1
    guard place >= 0 else { return }
    guard currency.count > 0, change.count > 0 else {
      throw ScanError(scanner.offset, "the currency and amount of funding")
    }
    guard let found = currencies.find(scanner.bytes(currency)) else {
      news.unknownPaymentCurrency = VenueText(scanner.bytes(currency))
      return
    }
    news.payments.append(
      FundingPayment(
        listing: listing(place), currency: found, paymentID: try OKXText.number(id, scanner),
        venueTime: try OKXText.time(time, scanner), amount: try OKXText.money(change, scanner)))
  }
}
