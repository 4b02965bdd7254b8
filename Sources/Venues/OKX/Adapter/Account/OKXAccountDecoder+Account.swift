import TradingModel

// Balances and positions, pushed (`account`, `positions`) or asked for.
extension OKXAccountDecoder {
  /// Reads balances: `data` at the scanner's place. Each element has its currencies in `details`; those of
  /// the funding account stand there themselves.
  ///
  /// https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-balance
  mutating func balances(
    _ scanner: inout FieldScanner, into news: inout PlainRun<VenueBalance>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try account(&scanner, into: &news)
    }
  }

  private mutating func account(
    _ scanner: inout FieldScanner, into news: inout PlainRun<VenueBalance>
  ) throws(ScanError) {
    let start = scanner.offset
    var details = -1
    var hasCurrency = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "details") {
        try OKXText.note(&details, &scanner)
      } else {
        if scanner.matches(key, "ccy") { hasCurrency = true }
        try scanner.skipValue()
      }
    }
    let end = scanner.offset
    if details >= 0 {
      scanner.offset = details
      try scanner.beginArray()
      var isFirst = true
      while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
        news.append(try balance(&scanner))
      }
    } else if hasCurrency {
      scanner.offset = start
      news.append(try balance(&scanner))
    } else {
      throw ScanError(end, "a field \"details\"")
    }
    scanner.offset = end
  }

  /// Reads one currency's balance, an object at the scanner's place.
  ///
  /// The whole is the cash (`cashBal`), without what open positions have won or lost so far; of it,
  /// `availBal` is free (`availEq` where that is empty). With open profits in cross margin more may be
  /// free than there is cash: what is locked is below zero then, and the whole still right.
  mutating func balance(_ scanner: inout FieldScanner) throws(ScanError) -> VenueBalance {
    var name = FieldRange.none
    var cash = FieldRange.none
    var free = FieldRange.none
    var freeEquity = FieldRange.none
    var frozen = FieldRange.none
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "ccy") {
        name = try OKXText.value(&scanner)
      } else if scanner.matches(key, "cashBal") || scanner.matches(key, "bal") {
        cash = try OKXText.value(&scanner)
      } else if scanner.matches(key, "availBal") {
        free = try OKXText.value(&scanner)
      } else if scanner.matches(key, "availEq") {
        freeEquity = try OKXText.value(&scanner)
      } else if scanner.matches(key, "frozenBal") {
        frozen = try OKXText.value(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard name.count > 0 else { throw ScanError(scanner.offset, "a field \"ccy\"") }
    var balance = VenueBalance()
    balance.asset = VenueText(scanner.bytes(name))
    balance.currency = currencies.find(scanner.bytes(name))
    let isOurs = balance.currency != nil
    balance.free = try Self.amount(free.count > 0 ? free : freeEquity, scanner, isOurs: isOurs)
    let rest = try Self.amount(cash.count > 0 ? cash : frozen, scanner, isOurs: isOurs)
    balance.locked = cash.count > 0 ? rest - balance.free : rest
    return balance
  }

  /// An amount; zero for none. Of currencies that the run does not have it may have any number of decimals.
  private static func amount(
    _ range: FieldRange, _ scanner: FieldScanner, isOurs: Bool
  ) throws(ScanError) -> Money {
    if isOurs || range.count <= 0 { return try OKXText.money(range, scanner) }
    var scanner = scanner
    OKXText.go(to: range, &scanner)
    return try scanner.moneyOfOthers()
  }

  /// Reads positions: `data` at the scanner's place. Long and short of a hedged account come together as
  /// one.
  ///
  /// https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-positions
  mutating func positions(
    _ scanner: inout FieldScanner, into news: inout PlainRun<AccountPosition>
  ) throws(ScanError) {
    let first = news.count
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      let told = try position(&scanner)
      var isNew = true
      for index in first..<news.count where news[index].symbol == told.symbol {
        isNew = false
        let (sum, overflow) = news[index].quantity.addingReportingOverflow(told.quantity)
        if overflow { throw ScanError(scanner.offset, "positions that fit in 64 bits") }
        news[index].quantity = sum
        news[index].entryPrice = 0
      }
      if isNew { news.append(told) }
    }
  }

  /// Reads one position, an object at the scanner's place.
  mutating func position(_ scanner: inout FieldScanner) throws(ScanError) -> AccountPosition {
    var name = FieldRange.none
    var side = FieldRange.none
    var quantity = FieldRange.none
    var price = FieldRange.none
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "instId") {
        name = try OKXText.value(&scanner)
      } else if scanner.matches(key, "posSide") {
        side = try OKXText.value(&scanner)
      } else if scanner.matches(key, "pos") {
        quantity = try OKXText.value(&scanner)
      } else if scanner.matches(key, "avgPx") {
        price = try OKXText.value(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard name.count > 0, quantity.isPresent else {
      throw ScanError(scanner.offset, "fields \"instId\" and \"pos\"")
    }
    let symbol = scales.find(scanner.bytes(name))
    var told = AccountPosition(
      symbol: VenueText(scanner.bytes(name)), listing: symbol >= 0 ? listing(symbol) : nil,
      quantity: 0)
    guard symbol >= 0, let units = scales.units(symbol) else { return told }
    if quantity.count > 0 {
      var place = scanner
      OKXText.go(to: quantity, &place)
      told.quantity = try place.units(decimals: units.quantityDecimals, power: units.quantityPower)
    }
    // `net` has the sign; the sides of a hedged account count from zero.
    if scanner.matches(side, "short"), told.quantity > 0 { told.quantity = -told.quantity }
    if price.count > 0 {
      var place = scanner
      OKXText.go(to: price, &place)
      told.entryPrice = try place.floorUnits(decimals: units.priceDecimals)
    }
    return told
  }
}
