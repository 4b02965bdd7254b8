import TradingModel

// What start-up asks, over REST.
extension OKX {
  public static func refusal(
    in answer: UnsafeRawBufferPointer, status: Int
  ) -> VenueErrorMeaning? {
    var scanner = FieldScanner(answer)
    let envelope = try? OKXEnvelope(&scanner)
    if status == 200, envelope?.code == 0 { return nil }
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
