import TradingModel

// What start-up asks, over REST.
extension OKX {
  public static func refusal(
    in answer: UnsafeRawBufferPointer, status: Int
  ) -> VenueErrorMeaning? {
    var scanner = FieldScanner(answer)
    let envelope = try? OKXEnvelope(&scanner)
    if status == 200, envelope?.code == 0 { return nil }
    if status == 200, let envelope, envelope.code == 1 || envelope.code == 2 {
      scanner.offset = envelope.data
      if let meaning = try? batchMeaning(&scanner) { return meaning }
    }
    return OKXErrors.meaning(code: envelope?.code ?? 0, status: status)
  }

  public static func serverTime(in answer: UnsafeRawBufferPointer) throws -> Timestamp? {
    var scanner = try data(answer)
    return try OKXTrading.serverTime(&scanner)
  }

  public static func definitions(
    in answer: UnsafeRawBufferPointer, of symbols: [String]
  ) throws -> [InstrumentDefinition] {
    try OKXInstrument.list(answer)
      .filter { symbols.contains($0.symbol) }
      .compactMap { $0.definition(venue: description.name) }
  }

  public static func keyPermissions(in answer: UnsafeRawBufferPointer) throws -> KeyPermissions {
    let told = try OKXAccountConfiguration(answer)
    return KeyPermissions(
      mayRead: told.mayRead, mayTrade: told.mayTrade, mayWithdraw: told.mayWithdraw,
      isAddressBound: told.isAddressBound)
  }

  /// Of a batch in which all or some failed (1 and 2), by the orders' own codes: the first that says more
  /// than that an order is gone. https://www.okx.com/docs-v5/en/#error-code
  private static func batchMeaning(
    _ scanner: inout FieldScanner
  ) throws(ScanError) -> VenueErrorMeaning? {
    var gone: VenueErrorMeaning?
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      let told = try OKXAcknowledgement(&scanner)
      if told.code == 0 { continue }
      let meaning = OKXErrors.meaning(code: told.code, status: 200)
      guard meaning == .reject(.unknownOrder) || meaning == .reject(.tooLate) else {
        return meaning
      }
      gone = meaning
    }
    return gone
  }

  /// At most 100; the next are older than the last of them.
  /// https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-list
  public static func openOrders(in answer: UnsafeRawBufferPointer) throws -> OpenOrderPage {
    var scanner = try data(answer)
    let orders = try OpenOrder.list(&scanner, symbol: "instId", orderID: "ordId")
    return OpenOrderPage(orders: orders, next: orders.last?.orderID)
  }

  public static func balances(in answer: UnsafeRawBufferPointer) throws -> [VenueBalance] {
    var decoder = OKXAccountDecoder(OKXNames(venue: 0, symbols: []))
    var scanner = try data(answer)
    var balances = PlainRun<VenueBalance>()
    try decoder.balances(&scanner, into: &balances)
    return (0..<balances.count).map { balances[$0] }
  }

  public static func positions(
    in answer: UnsafeRawBufferPointer, _ symbols: [SymbolScale]
  ) throws -> [AccountPosition] {
    var decoder = OKXAccountDecoder(OKXNames(venue: 0, symbols: symbols))
    var scanner = try data(answer)
    var positions = PlainRun<AccountPosition>()
    try decoder.positions(&scanner, into: &positions)
    return (0..<positions.count).map { positions[$0] }
  }

  /// Goes to the data of a good answer.
  static func data(_ answer: UnsafeRawBufferPointer) throws(ScanError) -> FieldScanner {
    var scanner = FieldScanner(answer)
    let envelope = try OKXEnvelope(&scanner)
    guard envelope.code == 0, envelope.data >= 0 else {
      throw ScanError(0, "an answer with code 0 and data")
    }
    scanner.offset = envelope.data
    return scanner
  }
}
