import TradingModel

/// What a frame of a public connection is.
enum OKXFrame: UInt8, Sendable, BitwiseCopyable {
  /// Market data of a channel that is read; the message says of which kind.
  case market
  /// The answer to a subscription, and to the end of one.
  case acknowledged
  /// `event: error`.
  case error
  /// Anything else: other channels, notices.
  case other
}

/// Decodes OKX's public frames: order books (`books`, `books5`, `books-l2-tbt`, `books50-l2-tbt`), best
/// quotes (`bbo-tbt`), trades, mark prices, index prices and funding rates.
///
/// Fields after "WebSocket / Order book channel", "Trades channel", "Mark price channel", "Index tickers
/// channel" and "Funding rate channel" of https://www.okx.com/docs-v5/en/. A frame of another kind is `.other`: its data are not
/// looked at. Nothing is allocated.
struct OKXDecoder {
  enum Channel: UInt8, BitwiseCopyable {
    case none
    /// Snapshots and updates.
    case book
    /// Whole books of five levels.
    case wholeBook
    case bestQuote
    case trades
    case markPrice
    /// Of the index that a swap follows, under the index's name.
    case indexPrice
    case fundingRate
    case other
  }

  /// Where things stand in the frame at hand.
  struct Places: BitwiseCopyable {
    var asks = -1
    var bids = -1
    /// The venue's checksum of the book; 0 where it gives none.
    var checksum: Int32 = 0
    /// Whether a `seqId` stood there.
    var hasSequence = false
  }

  private struct Fields {
    var channel = Channel.none
    var event = FieldRange.none
    var action = FieldRange.none
    var data = -1
    var isDataRead = false
  }

  private var fields = Fields()
  private(set) var places = Places()
  private(set) var frame = OKXFrame.other

  /// Reads the frame that begins at the scanner's place, to its end.
  mutating func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, into message: inout VenueMessage
  ) throws(ScanError) {
    fields = Fields()
    places = Places()
    frame = .other
    if Self.tightQuote(&scanner, &scales, into: &message) {
      frame = .market
      return
    }
    var isFirst = true
    if try tightHead(&scanner, &scales, &message) {
      isFirst = false
    } else {
      try scanner.beginObject()
    }
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "arg") {
        try argument(&scanner, &scales, &message)
      } else if scanner.matches(key, "data") {
        try takeData(&scanner, &scales, &message)
      } else if scanner.matches(key, "action") {
        fields.action = try scanner.string()
      } else if scanner.matches(key, "event") {
        fields.event = try scanner.string()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    let end = scanner.offset
    try finish(&scanner, &scales, &message)
    scanner.offset = end
  }

  /// The argument of a push as streams spell it, without a space.
  ///
  /// - Returns: false, and nothing read, for any other beginning.
  @inline(__always)
  private mutating func tightHead(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) -> Bool {
    let start = scanner.offset
    guard scanner.skip("{\"arg\":{\"channel\":\"") else { return false }
    // Back to the quote, which a string begins with.
    scanner.offset &-= 1
    let channel = try scanner.string()
    guard scanner.skip(",\"instId\":\"") else {
      scanner.offset = start
      return false
    }
    scanner.offset &-= 1
    let symbol = try scanner.string()
    guard scanner.skip("}") else {
      scanner.offset = start
      return false
    }
    fields.channel = Self.channel(scanner, channel)
    message.symbol = find(symbol, scanner, &scales)
    return true
  }

  /// `{"channel": "books", "instId": "BTC-USDT"}`.
  private mutating func argument(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
    try scanner.beginObject()
    var isFirst = true
    var symbol = FieldRange.none
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "channel") {
        fields.channel = Self.channel(scanner, try scanner.string())
      } else if scanner.matches(key, "instId") {
        symbol = try scanner.string()
      } else {
        try scanner.skipValue()
      }
    }
    guard symbol.isPresent else { return }
    try message.take(symbol: find(symbol, scanner, &scales), at: symbol.offset)
  }

  /// The followed symbol that a push is about: of an index the swap that follows it.
  @inline(__always)
  private func find(
    _ name: FieldRange, _ scanner: FieldScanner, _ scales: inout SymbolScales
  ) -> Int {
    fields.channel == .indexPrice
      ? Self.swap(of: scanner.bytes(name), &scales) : scales.find(scanner.bytes(name))
  }

  private static func swap(of index: UnsafeRawBufferPointer, _ scales: inout SymbolScales) -> Int {
    let ending = OKX.swapEnding
    guard index.count + ending.utf8CodeUnitCount <= ListingNames.byteCountMax else { return -1 }
    return withUnsafeTemporaryAllocation(byteCount: ListingNames.byteCountMax, alignment: 1) {
      name in
      name.copyMemory(from: index)
      UnsafeMutableRawBufferPointer(rebasing: name[index.count...]).copyMemory(
        from: UnsafeRawBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount))
      return scales.find(
        UnsafeRawBufferPointer(rebasing: name[..<(index.count + ending.utf8CodeUnitCount)]))
    }
  }

  private static func channel(_ scanner: FieldScanner, _ name: FieldRange) -> Channel {
    switch name.count {
    case 5 where scanner.matches(name, "books"): .book
    case 6 where scanner.matches(name, "trades"): .trades
    case 6 where scanner.matches(name, "books5"): .wholeBook
    case 7 where scanner.matches(name, "bbo-tbt"): .bestQuote
    case 10 where scanner.matches(name, "mark-price"): .markPrice
    case 12 where scanner.matches(name, "books-l2-tbt"): .book
    case 12 where scanner.matches(name, "funding-rate"): .fundingRate
    case 13 where scanner.matches(name, "index-tickers"): .indexPrice
    case 14 where scanner.matches(name, "books50-l2-tbt"): .book
    default: .other
    }
  }

  /// Reads the data where the channel is known already, as it always is, else notes their place.
  private mutating func takeData(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    guard fields.channel != .none else { return try OKXText.note(&fields.data, &scanner) }
    fields.isDataRead = true
    try data(&scanner, &scales, &message)
  }

  private mutating func finish(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    if fields.event.isPresent {
      takeEvent(scanner)
      message.symbol = -1
      return
    }
    if !fields.isDataRead {
      guard fields.channel != .none, fields.channel != .other else { return }
      guard fields.data >= 0 else { throw ScanError(scanner.count, "a field \"data\"") }
      scanner.offset = fields.data
      try data(&scanner, &scales, &message)
    }
    guard message.symbol >= 0 else { return }
    switch fields.channel {
    case .book:
      message.kind = try isSnapshot(scanner) ? .snapshot : .depth
      frame = .market
    case .wholeBook:
      message.kind = .book
      frame = .market
    case .bestQuote, .trades: if message.kind != .other { frame = .market }
    case .markPrice, .indexPrice, .fundingRate: frame = .market
    case .none, .other: break
    }
  }

  private mutating func takeEvent(_ scanner: FieldScanner) {
    if scanner.matches(fields.event, "subscribe") || scanner.matches(fields.event, "unsubscribe") {
      frame = .acknowledged
    } else if scanner.matches(fields.event, "error")
      || scanner.matches(fields.event, "channel-conn-count-error")
    {
      frame = .error
    }
  }

  private func isSnapshot(_ scanner: FieldScanner) throws(ScanError) -> Bool {
    guard fields.action.isPresent else { throw ScanError(scanner.count, "a field \"action\"") }
    if scanner.matches(fields.action, "snapshot") { return true }
    if scanner.matches(fields.action, "update") { return false }
    throw ScanError(fields.action.offset, "an \"action\" of \"snapshot\" or \"update\"")
  }
}

// MARK: - Data

extension OKXDecoder {
  private mutating func data(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    switch fields.channel {
    case .book, .wholeBook, .bestQuote:
      guard message.symbol >= 0 else { return try scanner.skipValue() }
      try one(&scanner)
      try book(&scanner, &scales, &message)
      try close(&scanner)
    case .trades: try TradeArrays.objects(&scanner, &scales, &message, Self.trade)
    case .markPrice, .indexPrice, .fundingRate:
      guard message.symbol >= 0 else { return try scanner.skipValue() }
      message.kind = .contract
      try one(&scanner)
      try contract(&scanner, &message)
      try close(&scanner)
    case .none, .other: try scanner.skipValue()
    }
  }

  /// These channels tell one thing a message.
  private func one(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginArray()
    if scanner.peek() != UInt8(ascii: "{") {
      throw ScanError(scanner.offset, "an object in \"data\"")
    }
  }

  private func close(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.expect(UInt8(ascii: "]"), "']' behind one object")
  }

  private mutating func book(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    if scanner.skip("\"asks\":") {
      isFirst = false
      try asks(&scanner, &scales, &message)
      if scanner.skip(",\"bids\":") { try bids(&scanner, &scales, &message) }
    }
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "asks") {
        try asks(&scanner, &scales, &message)
      } else if scanner.matches(key, "bids") {
        try bids(&scanner, &scales, &message)
      } else if scanner.matches(key, "ts") {
        if let time = OKXText.tightTime(&scanner) {
          message.venueTime = time
        } else {
          message.venueTime = try OKXText.time(try OKXText.value(&scanner), scanner)
        }
      } else if scanner.matches(key, "seqId") {
        message.final = try scanner.identifier()
        message.first = message.final
        places.hasSequence = true
      } else if scanner.matches(key, "prevSeqId") {
        // -1 of a snapshot.
        message.previous = try scanner.identifier()
      } else if scanner.matches(key, "checksum") {
        places.checksum = Int32(truncatingIfNeeded: try scanner.integer())
      } else {
        try scanner.skipValue()
      }
    }
    guard places.asks >= 0, places.bids >= 0 else {
      throw ScanError(scanner.offset, "fields \"asks\" and \"bids\"")
    }
    if fields.channel == .bestQuote { takeQuote(&message) }
  }

  @inline(__always)
  private mutating func asks(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    scanner.skipSpace()
    places.asks = scanner.offset
    try OKXLevels.read(&scanner, &scales, message.symbol, .sell, &message.levels)
  }

  @inline(__always)
  private mutating func bids(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    scanner.skipSpace()
    places.bids = scanner.offset
    try OKXLevels.read(&scanner, &scales, message.symbol, .buy, &message.levels)
  }

  /// The best level of each side; a side that is empty has no quantity.
  private func takeQuote(_ message: inout VenueMessage) {
    message.quote = BestQuote(
      listing: 0, venueSequence: message.final, venueTime: message.venueTime, bidPrice: 0,
      bidQuantity: 0, askPrice: 0, askQuantity: 0)
    for index in 0..<message.levels.count {
      let level = LevelChange(at: message.levels.base + index * LevelChange.byteCount)
      switch level.side {
      case .buy where message.quote.bidQuantity == 0:
        message.quote.bidPrice = level.price
        message.quote.bidQuantity = level.quantity
      case .sell where message.quote.askQuantity == 0:
        message.quote.askPrice = level.price
        message.quote.askQuantity = level.quantity
      default: break
      }
    }
    message.levels.removeAll()
    message.kind = .bestQuote
    // Sessions leave out quotes whose number is not above the last one, and these numbers may begin
    // anew in the middle of a connection: `quote.venueSequence` alone has it.
    message.first = 0
    message.final = 0
  }

  /// `[{"instId", "tradeId", "px", "sz", "side", "ts", "count", "seqId"}, ...]`: the side is the taker's;
  /// one entry may add up several trades of one taker at one price, under the number of the last.
  private static func trade(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    var trade = Trade(
      listing: 0, aggressor: nil, tradeID: 0, venueTime: 0, price: 0, quantity: 0)
    var symbol = -1
    var price = NotedNumber()
    var quantity = NotedNumber()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "instId") {
        symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "px") {
        price = try scales.notePrice(&scanner, symbol)
      } else if scanner.matches(key, "sz") {
        quantity = try scales.noteQuantity(&scanner, symbol)
      } else if scanner.matches(key, "side") {
        trade.aggressor = scanner.matches(try scanner.string(), "buy") ? .buy : .sell
      } else if scanner.matches(key, "tradeId") {
        trade.tradeID = try OKXText.number(try OKXText.value(&scanner), scanner)
      } else if scanner.matches(key, "ts") {
        if let time = OKXText.tightTime(&scanner) {
          trade.venueTime = time
        } else {
          trade.venueTime = try OKXText.time(try OKXText.value(&scanner), scanner)
        }
      } else {
        try scanner.skipValue()
      }
    }
    try TradeArrays.append(
      trade, symbol, price: price, quantity: quantity, "fields \"px\" and \"sz\"", &scanner,
      &scales,
      &message)
    if symbol >= 0 { message.venueTime = trade.venueTime }
  }

  /// A swap's mark price, that of its index, or its funding: the rate that is paid at `fundingTime`, as
  /// foreseen until then.
  /// https://www.okx.com/docs-v5/en/#public-data-websocket-mark-price-channel,
  /// https://www.okx.com/docs-v5/en/#public-data-websocket-index-tickers-channel,
  /// https://www.okx.com/docs-v5/en/#public-data-websocket-funding-rate-channel
  private func contract(
    _ scanner: inout FieldScanner, _ message: inout VenueMessage
  ) throws(ScanError) {
    var value: Decimal?
    let name: StaticString =
      switch fields.channel {
      case .markPrice: "markPx"
      case .indexPrice: "idxPx"
      default: "fundingRate"
      }
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, name) {
        value = try OKXText.decimal(try OKXText.value(&scanner), scanner)
      } else if scanner.matches(key, "fundingTime") {
        let time = try OKXText.time(try OKXText.value(&scanner), scanner)
        if time > 0 { message.contract.nextFundingTime = time }
      } else if scanner.matches(key, "ts") {
        message.venueTime = try OKXText.time(try OKXText.value(&scanner), scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard let value else {
      throw ScanError(scanner.offset, "\"markPx\", \"idxPx\" or \"fundingRate\"")
    }
    switch fields.channel {
    case .markPrice: message.contract.markPrice = value
    case .indexPrice: message.contract.indexPrice = value
    default: message.contract.fundingRate = value
    }
  }
}
