import TradingModel

// Answers about the account, the key and the venue. None is hot.
extension BinanceSpotDecoder {
  /// Decodes the account. What it held before is gone.
  public mutating func decode(
    account bytes: UnsafeRawBufferPointer, into account: inout BinanceSpotAccount
  ) throws(ScanError) {
    account = BinanceSpotAccount()
    var scanner = FieldScanner(bytes)
    var found = 0
    var points: (maker: Int64, taker: Int64) = (0, 0)
    var hasRates = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "balances") {
        try balances(&scanner, &account.balances, asset: "asset", free: "free", locked: "locked")
        found |= 1
      } else if scanner.matches(key, "canTrade") {
        account.canTrade = try scanner.boolean()
        found |= 2
      } else if scanner.matches(key, "canWithdraw") {
        account.canWithdraw = try scanner.boolean()
        found |= 4
      } else if scanner.matches(key, "canDeposit") {
        account.canDeposit = try scanner.boolean()
      } else if scanner.matches(key, "makerCommission") {
        points.maker = try Self.basisPoints(&scanner)
      } else if scanner.matches(key, "takerCommission") {
        points.taker = try Self.basisPoints(&scanner)
      } else if scanner.matches(key, "commissionRates"), scanner.peek() == UInt8(ascii: "{") {
        try Self.rates(&scanner, &account)
        hasRates = true
      } else if scanner.matches(key, "updateTime") {
        account.updateTime = try scanner.milliseconds()
      } else if scanner.matches(key, "accountType") {
        try scanner.text(into: &account.accountType)
      } else if scanner.matches(key, "permissions") {
        account.permissions = try Self.strings(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard found == 7 else {
      throw ScanError(scanner.offset, "fields \"balances\", \"canTrade\" and \"canWithdraw\"")
    }
    if !hasRates {
      account.makerFee = Rate(parts: points.maker * 10_000)
      account.takerFee = Rate(parts: points.taker * 10_000)
    }
  }

  private static func basisPoints(_ scanner: inout FieldScanner) throws(ScanError) -> Int64 {
    let start = scanner.offset
    let value = try scanner.integer()
    guard abs(value) <= 10_000 else { throw ScanError(start, "at most 10,000 basis points") }
    return value
  }

  private static func rate(_ scanner: inout FieldScanner) throws(ScanError) -> Rate {
    Rate(parts: try scanner.units(decimals: Rate.decimals, power: powerOfTen(Rate.decimals)))
  }

  private static func rates(
    _ scanner: inout FieldScanner, _ account: inout BinanceSpotAccount
  ) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "maker") {
        account.makerFee = try rate(&scanner)
      } else if scanner.matches(key, "taker") {
        account.takerFee = try rate(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
  }

  /// An array of strings.
  static func strings(_ scanner: inout FieldScanner) throws(ScanError) -> [String] {
    var texts: [String] = []
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var text = VenueText()
      try scanner.text(into: &text)
      texts.append(text.description)
    }
    return texts
  }

  /// Decodes what the key may do. An answer that does not say whether it may withdraw is refused.
  public static func keyPermissions(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> BinanceKeyPermissions {
    var permissions = BinanceKeyPermissions()
    var scanner = FieldScanner(bytes)
    var saysWithdrawals = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "enableWithdrawals") {
        permissions.mayWithdraw = try scanner.boolean()
        saysWithdrawals = true
      } else if scanner.matches(key, "enableReading") {
        permissions.mayRead = try scanner.boolean()
      } else if scanner.matches(key, "enableSpotAndMarginTrading") {
        permissions.maySpotTrade = try scanner.boolean()
      } else if scanner.matches(key, "enableFutures") {
        permissions.mayFuturesTrade = try scanner.boolean()
      } else if scanner.matches(key, "enableInternalTransfer") {
        permissions.mayTransferInternally = try scanner.boolean()
      } else if scanner.matches(key, "permitsUniversalTransfer") {
        permissions.mayTransferUniversally = try scanner.boolean()
      } else if scanner.matches(key, "ipRestrict") {
        permissions.isAddressBound = try scanner.boolean()
      } else if scanner.matches(key, "tradingAuthorityExpirationTime") {
        permissions.tradingEnds = try scanner.null() ? 0 : try scanner.milliseconds()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard saysWithdrawals else {
      throw ScanError(scanner.offset, "a field \"enableWithdrawals\"")
    }
    return permissions
  }

  /// Decodes `{"serverTime":..}`: the venue's clock, ns since the epoch.
  public static func serverTime(_ bytes: UnsafeRawBufferPointer) throws(ScanError) -> Timestamp {
    var scanner = FieldScanner(bytes)
    var time: Timestamp = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "serverTime") {
        time = try scanner.milliseconds()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard time > 0 else { throw ScanError(scanner.offset, "a field \"serverTime\"") }
    return time
  }

  /// Decodes `{"listenKey":".."}`.
  public static func listenKey(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> VenueMessageText {
    var scanner = FieldScanner(bytes)
    var text = VenueMessageText()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "listenKey") {
        try scanner.text(into: &text)
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard !text.isEmpty, !text.isCut else {
      throw ScanError(scanner.offset, "a field \"listenKey\" of 1 to 192 bytes")
    }
    return text
  }

  /// Decodes `{"status":0,"msg":"normal"}`.
  public static func systemStatus(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> BinanceSystemStatus {
    var scanner = FieldScanner(bytes)
    var status: BinanceSystemStatus?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "status") {
        status =
          UInt8(exactly: try scanner.integer()).flatMap { BinanceSystemStatus(rawValue: $0) }
          ?? .other
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard let status else { throw ScanError(scanner.offset, "a field \"status\"") }
    return status
  }

  /// Decodes `{"subscriptionId":0}`, the result of subscribing to the account's own events over the
  /// WebSocket API: what `BinanceSpotUserEvent.subscriptionID` will be.
  ///
  /// https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/user-data-stream-requests
  public static func subscriptionID(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> Int64 {
    var scanner = FieldScanner(bytes)
    var id: Int64?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "subscriptionId") {
        id = try scanner.integer()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard let id, id >= 0 else { throw ScanError(scanner.offset, "a field \"subscriptionId\"") }
    return id
  }

  /// Decodes an answer that only says "done": `{}`, of a ping, or of a listen key kept or closed.
  public static func empty(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    try scanner.beginObject()
    var isFirst = true
    if try scanner.nextKey(&isFirst) != nil { throw ScanError(scanner.offset, "an empty object") }
    try scanner.expectEnd()
  }

  /// Decodes the commissions of symbols: an array of them, or one.
  public static func symbolFees(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> [BinanceSymbolFee] {
    var fees: [BinanceSymbolFee] = []
    var scanner = FieldScanner(bytes)
    if scanner.peek() == UInt8(ascii: "[") {
      try scanner.beginArray()
      var isFirst = true
      while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
        fees.append(try symbolFee(&scanner))
      }
    } else {
      fees.append(try symbolFee(&scanner))
    }
    try scanner.expectEnd()
    return fees
  }

  private static func symbolFee(
    _ scanner: inout FieldScanner
  ) throws(ScanError) -> BinanceSymbolFee {
    var fee = BinanceSymbolFee()
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "symbol") {
        try scanner.text(into: &fee.symbol)
        found |= 1
      } else if scanner.matches(key, "makerCommission") {
        fee.makerFee = try rate(&scanner)
        found |= 2
      } else if scanner.matches(key, "takerCommission") {
        fee.takerFee = try rate(&scanner)
        found |= 4
      } else {
        try scanner.skipValue()
      }
    }
    guard found == 7 else {
      throw ScanError(scanner.offset, "a symbol and its two commissions")
    }
    return fee
  }
}
