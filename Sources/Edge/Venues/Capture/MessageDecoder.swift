import TradingModel

/// Turns a line of any kind of capture into a `VenueMessage`.
struct MessageDecoder {
  /// The capture's kind; `.csv` becomes trades or quotes with the first header.
  private(set) var kind: FeedKind
  private var binance = BinanceDecoder()
  private var okx = OKXDecoder()
  private var table = TableDecoder()

  init(kind: FeedKind) { self.kind = kind }

  /// Decodes one line.
  ///
  /// - Parameters:
  ///   - isFirst: it is its file's first, where a table has its header.
  ///   - fallback: the symbol of a message that names none; -1 if open.
  /// - Returns: false for a line that is no message (a table's header).
  mutating func decode(
    _ line: UnsafeRawBufferPointer, isFirst: Bool, fallback: Int,
    _ scales: inout SymbolScales, into message: inout VenueMessage
  ) throws(ScanError) -> Bool {
    message.clear()
    var scanner = FieldScanner(line)
    switch kind {
    case .binanceSpot, .binanceUSDM, .binanceCOINM:
      message.receiveTime = try Self.receiveTime(&scanner)
      try binance.decode(&scanner, &scales, fallback: fallback, into: &message)
    case .hyperliquid:
      message.receiveTime = try Self.receiveTime(&scanner)
      try HyperliquidDecoder.decode(&scanner, &scales, into: &message)
    case .okx:
      message.receiveTime = try Self.receiveTime(&scanner)
      try okx.decode(&scanner, &scales, into: &message)
    case .bybit:
      // Captures of the venue's own have no local time in front.
      message.receiveTime = scanner.peek() == UInt8(ascii: "{") ? 0 : try Self.receiveTime(&scanner)
      try BybitDecoder.decode(&scanner, &scales, into: &message)
    case .csv, .csvTrades, .csvQuotes, .cmeMBO:
      if isFirst {
        kind = try table.readHeader(&scanner, kind)
        return false
      }
      try table.decode(&scanner, &scales, into: &message)
    }
    return true
  }

  /// The order-by-order record last decoded (`.cmeMBO`).
  var orderRecord: OrderRecord { table.order }

  /// `<local receive time, ns since the epoch> <frame>`.
  private static func receiveTime(_ scanner: inout FieldScanner) throws(ScanError) -> Timestamp {
    let start = scanner.offset
    guard scanner.count > 0, scanner.base[start] &- 0x30 <= 9 else {
      throw ScanError(start, "the receive time in nanoseconds, then a JSON message")
    }
    let time = try scanner.unsigned()
    guard scanner.offset < scanner.count, scanner.base[scanner.offset] == 0x20 else {
      throw ScanError(scanner.offset, "a space and a JSON message behind the receive time")
    }
    return Timestamp(time)
  }
}
