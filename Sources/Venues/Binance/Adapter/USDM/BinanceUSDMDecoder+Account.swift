import TradingModel

/// What the fields of a balance are called, where it stands.
struct BinanceUSDMBalanceNames {
  var asset: StaticString
  /// What is owned.
  var wallet: StaticString
  /// What of it may be used; empty where it is not told, and the whole counts as free.
  var available: StaticString
  /// Empty where it is not told.
  var change: StaticString

  /// `B` of `ACCOUNT_UPDATE`.
  static var event: Self { Self(asset: "a", wallet: "wb", available: "", change: "bc") }
  /// `GET /fapi/v3/balance`, `v2/account.balance`.
  static var answer: Self {
    Self(asset: "asset", wallet: "balance", available: "availableBalance", change: "")
  }
  /// `assets` of `GET /fapi/v3/account`.
  static var account: Self {
    Self(asset: "asset", wallet: "walletBalance", available: "availableBalance", change: "")
  }
}

/// What the fields of a position are called, where it stands.
struct BinanceUSDMPositionNames {
  var symbol: StaticString
  var quantity: StaticString
  var entryPrice: StaticString
  var side: StaticString

  /// `P` of `ACCOUNT_UPDATE`.
  static var event: Self { Self(symbol: "s", quantity: "pa", entryPrice: "ep", side: "ps") }
  /// `GET /fapi/v3/positionRisk`, `v2/account.position`.
  static var answer: Self {
    Self(
      symbol: "symbol", quantity: "positionAmt", entryPrice: "entryPrice", side: "positionSide")
  }
}

// Balances and positions. None is hot.
// https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api
extension BinanceUSDMDecoder {
  /// Decodes an array of balances, or an account with its `assets`.
  mutating func decode(
    balances bytes: UnsafeRawBufferPointer, into run: inout PlainRun<VenueBalance>
  ) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    if scanner.peek() == UInt8(ascii: "[") {
      try balances(&scanner, .answer, &run)
    } else {
      var hasAssets = false
      try scanner.beginObject()
      var isFirst = true
      while let key = try scanner.nextKey(&isFirst) {
        if scanner.matches(key, "assets") {
          try balances(&scanner, .account, &run)
          hasAssets = true
        } else {
          try scanner.skipValue()
        }
      }
      guard hasAssets else { throw ScanError(scanner.offset, "a field \"assets\"") }
    }
    try scanner.expectEnd()
  }

  /// An array of balances. What is free may not exceed what is owned: profits that are not realized may
  /// be used as margin, and are nothing yet.
  mutating func balances(
    _ scanner: inout FieldScanner, _ names: BinanceUSDMBalanceNames,
    _ run: inout PlainRun<VenueBalance>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var balance = VenueBalance()
      var wallet: Money?
      var available: Money?
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        if scanner.matches(key, names.asset) {
          let name = try scanner.string()
          balance.currency = currencies.find(scanner.bytes(name))
          balance.asset = try scanner.kept(name)
        } else if scanner.matches(key, names.wallet) {
          wallet = try scanner.money()
        } else if scanner.matches(key, names.available) {
          available = try scanner.money()
        } else if scanner.matches(key, names.change) {
          balance.change = try scanner.money()
        } else {
          try scanner.skipValue()
        }
      }
      guard let wallet, !balance.asset.isEmpty else {
        throw ScanError(scanner.offset, "an asset and what of it is owned")
      }
      balance.free = min(wallet, available ?? wallet)
      balance.locked = wallet - balance.free
      run.append(balance)
    }
  }

  /// Decodes an array of positions.
  mutating func decode(
    positions bytes: UnsafeRawBufferPointer, into run: inout PlainRun<AccountPosition>
  ) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    try positions(&scanner, .answer, &run)
    try scanner.expectEnd()
  }

  /// An array of positions. Those of hedge mode (`LONG`, `SHORT`) are left out: such an account is not
  /// traded.
  mutating func positions(
    _ scanner: inout FieldScanner, _ names: BinanceUSDMPositionNames,
    _ run: inout PlainRun<AccountPosition>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var symbol = -1
      var name: VenueText?
      var isWhole = true
      var quantity = -1
      var entryPrice = -1
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        if scanner.matches(key, names.symbol) {
          let text = try scanner.string()
          symbol = scales.find(scanner.bytes(text))
          name = try scanner.kept(text)
        } else if scanner.matches(key, names.quantity) {
          try Self.note(&quantity, &scanner)
        } else if scanner.matches(key, names.entryPrice) {
          try Self.note(&entryPrice, &scanner)
        } else if scanner.matches(key, names.side) {
          isWhole = scanner.matches(try scanner.string(), "BOTH")
        } else {
          try scanner.skipValue()
        }
      }
      let end = scanner.offset
      guard let name, quantity >= 0 else {
        throw ScanError(end, "a position's symbol and quantity")
      }
      guard isWhole else { continue }
      var position = AccountPosition(
        symbol: name, listing: symbol >= 0 ? listing(symbol) : nil, quantity: 0)
      if let units = symbol >= 0 ? scales.units(symbol) : nil {
        scanner.offset = quantity
        position.quantity = try Self.whole(
          &scanner, decimals: units.quantityDecimals)
        if entryPrice >= 0 {
          scanner.offset = entryPrice
          position.entryPrice = try scanner.floorUnits(decimals: units.priceDecimals)
        }
      }
      scanner.offset = end
      run.append(position)
    }
  }

  /// A number of either sign in units of 10^-`decimals`.
  private static func whole(
    _ scanner: inout FieldScanner, decimals: Int
  ) throws(ScanError) -> Int64 {
    let start = scanner.offset
    let amount = try scanner.money().amount
    let unit = powerOfTen128(Money.decimals - decimals)
    let (units, remainder) = amount.quotientAndRemainder(dividingBy: unit)
    guard remainder == 0, let result = Int64(exactly: units) else {
      throw ScanError(start, text: "a number of at most \(decimals) decimals that fits in 64 bits")
    }
    return result
  }

  /// Decodes `{"dualSidePosition":true}`: whether the account is in hedge mode.
  static func isHedged(_ bytes: UnsafeRawBufferPointer) throws(ScanError) -> Bool {
    var scanner = FieldScanner(bytes)
    var isHedged: Bool?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "dualSidePosition") {
        isHedged = try scanner.boolean()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard let isHedged else { throw ScanError(scanner.offset, "a field \"dualSidePosition\"") }
    return isHedged
  }

  /// Reads `{"symbol":"BTCUSDT","countdownTime":"100000"}`: the countdown is set.
  ///
  /// - Throws: `ScanError` for anything else.
  static func checkCountdown(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    var isSet = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "countdownTime") { isSet = true }
      try scanner.skipValue()
    }
    try scanner.expectEnd()
    guard isSet else { throw ScanError(scanner.offset, "a field \"countdownTime\"") }
  }
}
