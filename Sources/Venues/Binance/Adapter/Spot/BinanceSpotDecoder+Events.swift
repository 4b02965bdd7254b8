import TradingModel

// The account's own stream: bare events, `{"stream":..,"data":{..}}` of the market data host, and
// `{"subscriptionId":..,"event":{..}}` of the WebSocket API.
// https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream
extension BinanceSpotDecoder {
  /// Decodes one message of the stream.
  ///
  /// - Parameter event: what it says; whatever it held before is gone, also after an error.
  /// - Throws: `ScanError` for what is no such message; any bytes are safe.
  /// - Complexity: O(bytes).
  public mutating func decode(
    userEvent bytes: UnsafeRawBufferPointer, into event: inout BinanceSpotUserEvent
  ) throws(ScanError) {
    event.clear()
    var scanner = FieldScanner(bytes)
    scanner.skipSpace()
    let start = scanner.offset
    try scanner.beginObject()
    var isFirst = true
    var hasEvent = false
    var isReply = false
    while let key = try scanner.nextKey(&isFirst) {
      if key.count == 1 {
        // No envelope: the whole object is the event.
        scanner.offset = start
        try body(&scanner, &event)
        hasEvent = true
        break
      }
      if scanner.matches(key, "event") || scanner.matches(key, "data"),
        scanner.peek() == UInt8(ascii: "{")
      {
        try body(&scanner, &event)
        hasEvent = true
      } else if scanner.matches(key, "subscriptionId") {
        event.subscriptionID = try scanner.null() ? -1 : try scanner.integer()
      } else {
        isReply =
          isReply || scanner.matches(key, "id") || scanner.matches(key, "result")
          || scanner.matches(key, "error") || scanner.matches(key, "status")
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    if !hasEvent, isReply { event.kind = .reply }
    if event.kind == .other { unknownEvents.count(event.name) }
  }

  /// The event's object at the scanner's place.
  private mutating func body(
    _ scanner: inout FieldScanner, _ event: inout BinanceSpotUserEvent
  ) throws(ScanError) {
    scanner.skipSpace()
    let name = try Self.eventName(scanner)
    switch Self.kind(scanner, name) {
    case .order:
      let isKnown = try executionReport(&scanner, &event)
      event.kind = .order
      if !isKnown { unknownEvents.count(try scanner.kept(name)) }
    case .list:
      try listStatus(&scanner, &event)
      event.kind = .list
    case .other:
      if name.isPresent { event.name = try scanner.kept(name) }
      try scanner.skipValue()
    case let kind:
      try accountEvent(kind, &scanner, &event)
      event.kind = kind
    }
  }

  /// The value of `e`, wherever it stands; none where there is no such field.
  @inline(__always)
  private static func eventName(_ scanner: FieldScanner) throws(ScanError) -> FieldRange {
    var ahead = scanner
    try ahead.beginObject()
    var isFirst = true
    while let key = try ahead.nextKey(&isFirst) {
      if key.count == 1, ahead.base[key.offset] == UInt8(ascii: "e"),
        ahead.peek() == UInt8(ascii: "\"")
      {
        return try ahead.string()
      }
      try ahead.skipValue()
    }
    return .none
  }

  @inline(__always)
  private static func kind(
    _ scanner: FieldScanner, _ name: FieldRange
  ) -> BinanceSpotUserEventKind {
    switch name.count {
    case 10: return scanner.matches(name, "listStatus") ? .list : .other
    case 13: return scanner.matches(name, "balanceUpdate") ? .balanceChange : .other
    case 14: return scanner.matches(name, "serverShutdown") ? .serverShutdown : .other
    case 15: return scanner.matches(name, "executionReport") ? .order : .other
    case 16: return scanner.matches(name, "listenKeyExpired") ? .listenKeyExpired : .other
    case 18: return scanner.matches(name, "externalLockUpdate") ? .externalLock : .other
    case 21: return scanner.matches(name, "eventStreamTerminated") ? .streamTerminated : .other
    case 23: return scanner.matches(name, "outboundAccountPosition") ? .balances : .other
    default: return .other
    }
  }

  // MARK: Balances, and events without content

  private mutating func accountEvent(
    _ kind: BinanceSpotUserEventKind, _ scanner: inout FieldScanner,
    _ event: inout BinanceSpotUserEvent
  ) throws(ScanError) {
    var single = VenueBalance()
    var hasAsset = false
    var hasChange = false
    var hasBalances = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      switch key.count == 1 ? scanner.base[key.offset] : 0 {
      case UInt8(ascii: "E"): event.eventTime = try scanner.milliseconds()
      case UInt8(ascii: "u"), UInt8(ascii: "T"): event.updateTime = try scanner.milliseconds()
      case UInt8(ascii: "a"):
        try asset(&scanner, &single)
        hasAsset = true
      case UInt8(ascii: "d"):
        single.change = try scanner.money()
        hasChange = true
      case UInt8(ascii: "B"):
        hasBalances = true
        try balances(&scanner, &event.balances, asset: "a", free: "f", locked: "l")
      default: try scanner.skipValue()
      }
    }
    if kind == .balances, !hasBalances { throw ScanError(scanner.offset, "a field \"B\"") }
    if kind == .balanceChange || kind == .externalLock {
      guard hasAsset else { throw ScanError(scanner.offset, "a field \"a\"") }
      guard hasChange else { throw ScanError(scanner.offset, "a field \"d\"") }
      event.balances.removeAll()
      event.balances.append(single)
    }
  }

  private mutating func asset(
    _ scanner: inout FieldScanner, _ balance: inout VenueBalance
  ) throws(ScanError) {
    let name = try scanner.string()
    balance.currency = currencies.find(scanner.bytes(name))
    balance.asset = try scanner.kept(name)
  }

  /// An array of `{asset, free, locked}` under the given names.
  mutating func balances(
    _ scanner: inout FieldScanner, _ run: inout PlainRun<VenueBalance>, asset: StaticString,
    free: StaticString, locked: StaticString
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var balance = VenueBalance()
      var found = 0
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        if scanner.matches(key, asset) {
          try self.asset(&scanner, &balance)
          found |= 1
        } else if scanner.matches(key, free) {
          balance.free = try scanner.money()
          found |= 2
        } else if scanner.matches(key, locked) {
          balance.locked = try scanner.money()
          found |= 4
        } else {
          try scanner.skipValue()
        }
      }
      guard found == 7 else {
        throw ScanError(scanner.offset, "an asset, what of it is free and what is locked")
      }
      run.append(balance)
    }
  }

  // MARK: Order lists

  private mutating func listStatus(
    _ scanner: inout FieldScanner, _ event: inout BinanceSpotUserEvent
  ) throws(ScanError) {
    var list = BinanceOrderList()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      switch key.count == 1 ? scanner.base[key.offset] : 0 {
      case UInt8(ascii: "E"): event.eventTime = try scanner.milliseconds()
      case UInt8(ascii: "T"): event.updateTime = try scanner.milliseconds()
      case UInt8(ascii: "s"):
        let symbol = scales.find(scanner.bytes(try scanner.string()))
        list.isFollowed = symbol >= 0
        if symbol >= 0 { list.listing = listing(symbol) }
      case UInt8(ascii: "g"): list.listID = try scanner.integer()
      case UInt8(ascii: "c"): try scanner.text(into: &list.contingency)
      case UInt8(ascii: "l"): try scanner.text(into: &list.statusType)
      case UInt8(ascii: "L"): try scanner.text(into: &list.orderStatus)
      case UInt8(ascii: "r"): try scanner.text(into: &list.reason)
      case UInt8(ascii: "C"): try scanner.text(into: &list.clientID)
      case UInt8(ascii: "O"): try listOrders(&scanner, &event.listOrders)
      default: try scanner.skipValue()
      }
    }
    guard list.listID >= 0 else { throw ScanError(scanner.offset, "a field \"g\"") }
    event.list = list
  }

  private func listOrders(
    _ scanner: inout FieldScanner, _ run: inout PlainRun<BinanceListOrder>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var order = BinanceListOrder()
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        switch key.count == 1 ? scanner.base[key.offset] : 0 {
        case UInt8(ascii: "i"): order.venueOrderID = try scanner.identifier()
        case UInt8(ascii: "c"):
          let name = try scanner.string()
          order.clientOrderID = try scanner.kept(name)
          order.orderID = ownNames.read(scanner.bytes(name))?.orderID ?? 0
        default: try scanner.skipValue()
        }
      }
      run.append(order)
    }
  }
}
