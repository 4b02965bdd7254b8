import MarketData
import TradingModel

/// Reads a recorded feed and gives its market data as records, in the listings' units and after
/// the venue's sequence rules.
///
/// Records carry the receive time and sequence 0. A book's updates begin with a snapshot; updates
/// that came before it are offered to the venue's rule when it comes, and those that fit follow
/// it, at the snapshot's receive time, one each call. A gap is announced by a `FeedStatus`, and
/// nothing more of that book is given before the next snapshot.
///
/// What each kind gives:
/// - A venue's messages: `BookUpdate`, `Trade`, `BestQuote`, `ContractUpdate`, `FeedStatus`; where each message holds a
///   whole book, every `BookUpdate` is a snapshot.
/// - `cme-mbo`: at each event's end the changed price levels as a `BookUpdate`; `Trade` for T
///   records. The snapshot's orders become one snapshot `BookUpdate`.
/// - `csv-trades`: `Trade`. `csv-quotes`: each row a snapshot `BookUpdate` of one level a side,
///   numbered by row.
public struct CaptureFeed: ~Copyable {
  /// The kind; never `.csv`, which the survey resolved.
  public let kind: FeedKind
  /// What was read and decided so far.
  public var counts: FeedCounts { assembler.counts }

  var lines: CaptureLines
  var decoder: MessageDecoder
  var scales: SymbolScales
  var message = VenueMessage()
  var assembler: FeedAssembler
  var orders: OrderByOrderFlow
  /// The symbol of a message that names none, for each file; -1 if open.
  private let fallbacks: [Int]
  private let emitsAggregateTrades: Bool
  private var lastReceiveTime = Timestamp.min
  private var announcedEnd = false

  /// A buffer of this many bytes takes any one message of a book of up to 60,000 levels.
  public static let recordCapacity = 1 << 20

  /// Opens a surveyed capture.
  ///
  /// - Parameters:
  ///   - survey: of the same files.
  ///   - scales: the symbols to follow and their units, at least as fine as the survey found.
  ///   - orderTick: for `cme-mbo`, the price step in price units; 1 is always right.
  /// - Throws: `.unreadable`.
  public init(
    survey: CaptureSurvey, following scales: [SymbolScale], orderTick: Int64 = 1
  ) throws(FeedError) {
    kind = survey.kind
    lines = try CaptureLines(files: survey.files.map(\.path))
    decoder = MessageDecoder(kind: survey.kind)
    self.scales = SymbolScales(following: scales)
    assembler = FeedAssembler(
      following: scales, rule: survey.kind.sequenceRule, keepsUpdates: survey.kind.keepsUpdates)
    orders = OrderByOrderFlow(tick: orderTick)
    emitsAggregateTrades = survey.messageCount(.trade) == 0
    fallbacks = survey.files.map { file in
      let names = file.symbols.isEmpty ? survey.symbols.map(\.name) : file.symbols
      guard names.count == 1 else { return -1 }
      return scales.firstIndex { $0.symbol == names[0] } ?? -1
    }
  }

  /// Reads one message and appends its records, of which there may be none.
  ///
  /// - Returns: false at the end of the capture.
  /// - Throws: `FeedError`; everything before the fault has been given.
  public mutating func next(into buffer: inout RecordBuffer) throws(FeedError) -> Bool {
    if assembler.replaying >= 0 {
      try assembler.replayOne(&message, into: &buffer)
      return true
    }
    guard let line = try lines.next() else { return try finish(into: &buffer) }
    assembler.counts.lines = lines.lineCount
    let isMessage: Bool
    do throws(ScanError) {
      isMessage = try decoder.decode(
        line, isFirst: lines.isFirstOfFile, fallback: fallbacks[lines.fileIndex], &scales,
        into: &message)
    } catch {
      try lines.takeBack(line, for: error)
      assembler.counts.lines = lines.lineCount
      return true
    }
    if isMessage { try take(into: &buffer) }
    return true
  }

  /// Reads the book of single orders behind a `cme-mbo` feed, as of the record read last.
  public func withOrderBook<R>(_ body: (borrowing OrderByOrderBook) -> R) -> R {
    body(orders.book)
  }

  /// The order-by-order record read last; nil for other kinds.
  public var orderRecord: OrderRecord? { kind.isOrderByOrder ? decoder.orderRecord : nil }

  /// Updates kept for a snapshot that has not come.
  public var heldUpdateCount: Int { assembler.heldUpdateCount }

  private mutating func take(into buffer: inout RecordBuffer) throws(FeedError) {
    guard message.symbol >= 0 else {
      if message.kind == .snapshot { assembler.counts.unattributedSnapshots += 1 }
      assembler.counts.messages[Int(MessageKind.other.rawValue)] += 1
      return
    }
    assembler.counts.messages[Int(message.kind.rawValue)] += 1
    if message.receiveTime < lastReceiveTime { assembler.counts.timeWentBack += 1 }
    lastReceiveTime = message.receiveTime
    switch message.kind {
    case .depth: try assembler.takeDepth(&message, into: &buffer)
    case .snapshot: try assembler.takeSnapshot(&message, into: &buffer)
    case .book: try assembler.takeBook(&message, into: &buffer)
    case .trade: try assembler.emitTrades(message, into: &buffer)
    case .aggregateTrade:
      if emitsAggregateTrades { try assembler.emitTrades(message, into: &buffer) }
    case .bestQuote: try takeQuote(into: &buffer)
    case .contract: try assembler.emitContract(message, into: &buffer)
    case .order: try takeOrder(into: &buffer)
    case .other: break
    }
  }

  /// What is left when the last line was read: an order-by-order snapshot nothing came after.
  private mutating func finish(into buffer: inout RecordBuffer) throws(FeedError) -> Bool {
    if kind.isOrderByOrder, orders.isLoading, !announcedEnd {
      announcedEnd = true
      try publishOrders(into: &buffer)
      return true
    }
    return false
  }
}

// MARK: - Quotes that are books

extension CaptureFeed {
  private mutating func takeQuote(into buffer: inout RecordBuffer) throws(FeedError) {
    guard kind.table == .quotes else { return try assembler.emitQuote(message, into: &buffer) }
    let quote = message.quote
    if quote.bidQuantity > 0 {
      message.levels.append(
        LevelChange(side: .buy, price: quote.bidPrice, quantity: quote.bidQuantity))
    }
    if quote.askQuantity > 0 {
      message.levels.append(
        LevelChange(side: .sell, price: quote.askPrice, quantity: quote.askQuantity))
    }
    try assembler.takeBook(&message, into: &buffer)
  }
}

// MARK: - Orders

extension CaptureFeed {
  private mutating func takeOrder(into buffer: inout RecordBuffer) throws(FeedError) {
    let record = decoder.orderRecord
    if orders.endsSnapshot(record) { try publishOrders(into: &buffer) }
    if record.action == .trade {
      message.trades.append(
        Trade(
          listing: 0, aggressor: record.side, tradeID: record.sequence,
          venueTime: record.venueTime, price: record.price, quantity: record.quantity))
      message.receiveTime = record.receiveTime
      try assembler.emitTrades(message, into: &buffer)
    }
    if record.action == .fill { assembler.counts.filledQuantity += Int128(record.quantity) }
    if !orders.take(record) { assembler.counts.refusedOrders += 1 }
    if record.isEventEnd {
      assembler.counts.orderEvents += 1
      if orders.book.isCrossed { assembler.counts.crossedEventEnds += 1 }
      try publishOrders(into: &buffer)
    }
  }

  private mutating func publishOrders(into buffer: inout RecordBuffer) throws(FeedError) {
    message.levels.removeAll()
    let isWhole = orders.takeChanges(into: &message.levels)
    message.symbol = 0
    message.receiveTime = orders.last.receiveTime
    message.venueTime = orders.last.venueTime
    message.final = orders.last.sequence
    if !isWhole, message.levels.count == 0 { return }
    assembler.counts.applied += 1
    try assembler.emitBook(message, into: &buffer, isSnapshot: isWhole)
    if orders.isComplete {
      try assembler.announce(
        .synced, sequence: message.final, message, into: &buffer)
    }
  }
}
