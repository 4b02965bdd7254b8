import TradingModel

/// Decodes the rows of comma-separated captures: trades, best quotes, and order-by-order records.
///
/// Columns are found by the names in the header, in any order; a name that the kind does not know
/// is an error, a missing one too.
struct TableDecoder {
  /// What a column holds.
  enum Column: UInt8, CaseIterable {
    case milliseconds, nanoseconds
    case tradeID, price, quantity, buyerIsMaker
    case bidPrice, bidQuantity, askPrice, askQuantity
    case eventTime, receiveTime, action, side, orderID, flags, sequence

    var name: StaticString {
      switch self {
      case .milliseconds: "ts_ms"
      case .nanoseconds: "ts_ns"
      case .tradeID: "trade_id"
      case .price: "price"
      case .quantity: "quantity"
      case .buyerIsMaker: "buyer_is_maker"
      case .bidPrice: "bid_price"
      case .bidQuantity: "bid_qty"
      case .askPrice: "ask_price"
      case .askQuantity: "ask_qty"
      case .eventTime: "ts_event"
      case .receiveTime: "ts_recv"
      case .action: "action"
      case .side: "side"
      case .orderID: "order_id"
      case .flags: "flags"
      case .sequence: "sequence"
      }
    }
  }

  private var columns: [Column] = []
  private var kind = TableKind.open
  private var rowNumber: UInt64 = 0
  /// The order-by-order record read last.
  private(set) var order = OrderRecord()

  private static let tradeColumns: [Column] = [.tradeID, .price, .quantity, .buyerIsMaker]
  private static let quoteColumns: [Column] = [.bidPrice, .bidQuantity, .askPrice, .askQuantity]
  private static let orderColumns: [Column] = [
    .eventTime, .receiveTime, .action, .side, .price, .quantity, .orderID, .flags, .sequence,
  ]

  /// Reads a header.
  ///
  /// - Returns: the table's kind, which the header must agree with unless it was `.open`.
  mutating func readHeader(
    _ scanner: inout FieldScanner, _ expected: TableKind
  ) throws(ScanError) -> TableKind {
    columns.removeAll()
    while true {
      let start = scanner.offset
      while scanner.offset < scanner.count, scanner.base[scanner.offset] != UInt8(ascii: ",") {
        scanner.offset += 1
      }
      let name = FieldRange(offset: start, count: scanner.offset - start)
      columns.append(try Self.column(scanner, name))
      if scanner.offset == scanner.count { break }
      scanner.offset += 1
    }
    kind = try resolve(expected)
    return kind
  }

  private static func column(
    _ scanner: FieldScanner, _ name: FieldRange
  ) throws(ScanError) -> Column {
    if scanner.matches(name, "size") { return .quantity }
    for column in Column.allCases where scanner.matches(name, column.name) { return column }
    throw ScanError(name.offset, "a header with known column names")
  }

  private func resolve(_ expected: TableKind) throws(ScanError) -> TableKind {
    let hasTime = columns.contains(.milliseconds) || columns.contains(.nanoseconds)
    var found = TableKind.open
    if hasTime, holds(Self.tradeColumns, more: 1) { found = .trades }
    if hasTime, holds(Self.quoteColumns, more: 1) { found = .quotes }
    if holds(Self.orderColumns, more: 0) { found = .orders }
    if found != .open, expected == found || (expected == .open && found != .orders) { return found }
    switch expected {
    case .orders:
      throw ScanError(
        0, "the header ts_event,ts_recv,action,side,price,size,order_id,flags,sequence")
    case .trades:
      throw ScanError(0, "the header ts_ms,trade_id,price,quantity,buyer_is_maker (or ts_ns)")
    case .quotes:
      throw ScanError(0, "the header ts_ms,bid_price,bid_qty,ask_price,ask_qty (or ts_ns)")
    case .open:
      throw ScanError(0, "the header of a trades or quotes table")
    }
  }

  private func holds(_ wanted: [Column], more: Int) -> Bool {
    columns.count == wanted.count + more && wanted.allSatisfy { columns.contains($0) }
  }

  /// Reads a row.
  mutating func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, into message: inout VenueMessage
  ) throws(ScanError) {
    message.symbol = scales.find(UnsafeRawBufferPointer(start: nil, count: 0))
    if message.symbol < 0 { message.symbol = 0 }
    var trade = Trade(
      listing: 0, aggressor: nil, tradeID: 0, venueTime: 0, price: 0, quantity: 0)
    order = OrderRecord()
    for index in columns.indices {
      if index > 0 { try scanner.expect(UInt8(ascii: ","), "',' and the next column") }
      try read(columns[index], &scanner, &scales, &trade, &message)
    }
    try scanner.expectEnd()
    rowNumber += 1
    finish(&trade, &message)
  }

  private mutating func read(
    _ column: Column, _ scanner: inout FieldScanner, _ scales: inout SymbolScales,
    _ trade: inout Trade, _ message: inout VenueMessage
  ) throws(ScanError) {
    let symbol = message.symbol
    switch column {
    case .milliseconds: message.receiveTime = try scanner.milliseconds()
    case .nanoseconds: message.receiveTime = Timestamp(try scanner.unsigned())
    case .tradeID: trade.tradeID = try scanner.unsigned()
    case .price: trade.price = try price(&scanner, &scales, symbol)
    case .quantity: trade.quantity = try scales.quantity(&scanner, symbol)
    case .buyerIsMaker: trade.aggressor = try scanner.boolean() ? .sell : .buy
    case .bidPrice: message.quote.bidPrice = try scales.price(&scanner, symbol)
    case .bidQuantity: message.quote.bidQuantity = try scales.quantity(&scanner, symbol)
    case .askPrice: message.quote.askPrice = try scales.price(&scanner, symbol)
    case .askQuantity: message.quote.askQuantity = try scales.quantity(&scanner, symbol)
    case .eventTime: message.venueTime = Timestamp(try scanner.unsigned())
    case .receiveTime: message.receiveTime = Timestamp(try scanner.unsigned())
    case .action: order.action = try OrderRecord.Action(reading: &scanner)
    case .side: order.side = try OrderRecord.side(reading: &scanner)
    case .orderID: order.orderID = try scanner.unsigned()
    case .flags:
      let start = scanner.offset
      guard let flags = UInt8(exactly: try scanner.unsigned()) else {
        throw ScanError(start, "flags of 0 to 255")
      }
      order.flags = flags
    case .sequence: message.final = try scanner.unsigned()
    }
  }

  /// A price; an order-by-order record without one (a clear) leaves it empty.
  private func price(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ symbol: Int
  ) throws(ScanError) -> Int64 {
    if kind == .orders, order.action == .clear || order.action == .none,
      scanner.offset < scanner.count, scanner.base[scanner.offset] == UInt8(ascii: ",")
    {
      return 0
    }
    return try scales.price(&scanner, symbol)
  }

  private mutating func finish(_ trade: inout Trade, _ message: inout VenueMessage) {
    switch kind {
    case .trades:
      message.kind = .trade
      message.venueTime = message.receiveTime
      trade.venueTime = message.receiveTime
      message.trades.append(trade)
    case .quotes:
      message.kind = .bestQuote
      message.venueTime = message.receiveTime
      message.final = rowNumber
      message.quote.venueSequence = rowNumber
      message.quote.venueTime = message.receiveTime
    case .orders, .open:
      message.kind = .order
      order.price = trade.price
      order.quantity = trade.quantity
      order.sequence = message.final
      order.venueTime = message.venueTime
      order.receiveTime = message.receiveTime
    }
  }
}
