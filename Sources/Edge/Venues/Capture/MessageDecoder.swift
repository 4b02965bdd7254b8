import TradingModel

/// Turns a line of any kind of capture into a `VenueMessage`.
struct MessageDecoder {
  /// The capture's kind; `.csv` becomes trades or quotes with the first header.
  private(set) var kind: FeedKind
  /// Nil for a table.
  private let frames: FrameDecoder.Type?
  private var table = TableDecoder()

  init(kind: FeedKind) {
    self.kind = kind
    if case .frames(let frames) = kind.content { self.frames = frames } else { frames = nil }
  }

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
    if let frames {
      try frames.decode(&scanner, &scales, fallback: fallback, into: &message)
      return true
    }
    if isFirst {
      kind = FeedKind.of(try table.readHeader(&scanner, kind.table ?? .open))
      return false
    }
    try table.decode(&scanner, &scales, into: &message)
    return true
  }

  /// The order-by-order record last decoded (`.cmeMBO`).
  var orderRecord: OrderRecord { table.order }
}
