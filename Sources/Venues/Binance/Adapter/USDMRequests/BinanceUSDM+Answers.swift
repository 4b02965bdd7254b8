import TradingModel

// What start-up asks, over REST.
extension BinanceUSDM {
  public static func refusal(
    in answer: UnsafeRawBufferPointer, status: Int
  ) -> VenueErrorMeaning? {
    if status == 200 { return nil }
    let error = (try? BinanceError(answer)) ?? BinanceError()
    return BinanceUSDMErrors.meaning(
      code: error.code, status: status, message: error.message, until: error.retryAfter)
  }

  public static func serverTime(in answer: UnsafeRawBufferPointer) throws -> Timestamp? {
    try BinanceSpotDecoder.serverTime(answer)
  }

  public static func definitions(
    in answer: UnsafeRawBufferPointer, of symbols: [String]
  ) throws -> [InstrumentDefinition] {
    try BinanceUSDMExchangeInfo(answer).symbols
      .filter { symbols.contains($0.symbol) }
      .compactMap { $0.definition(venue: description.name) }
  }

  public static func keyPermissions(in answer: UnsafeRawBufferPointer) throws -> KeyPermissions {
    let told = try BinanceSpotDecoder.keyPermissions(answer)
    return KeyPermissions(
      mayRead: told.mayRead, mayTrade: told.mayFuturesTrade, mayWithdraw: told.mayWithdraw,
      isAddressBound: told.isAddressBound)
  }

  /// All of a symbol in one answer.
  public static func openOrders(in answer: UnsafeRawBufferPointer) throws -> OpenOrderPage {
    var scanner = FieldScanner(answer)
    return OpenOrderPage(
      orders: try OpenOrder.list(&scanner, symbol: "symbol", orderID: "orderId"), next: nil)
  }

  public static func balances(in answer: UnsafeRawBufferPointer) throws -> [VenueBalance] {
    var decoder = BinanceUSDMDecoder(AccountNames.none)
    var balances = PlainRun<VenueBalance>()
    try decoder.decode(balances: answer, into: &balances)
    return (0..<balances.count).map { balances[$0] }
  }

  public static func positions(
    in answer: UnsafeRawBufferPointer, _ symbols: [SymbolScale]
  ) throws -> [AccountPosition] {
    var decoder = BinanceUSDMDecoder(AccountNames.none, symbols: symbols)
    var positions = PlainRun<AccountPosition>()
    try decoder.decode(positions: answer, into: &positions)
    return (0..<positions.count).map { positions[$0] }
  }
}

extension AccountNames {
  /// Of nobody: for answers that are read without a run.
  fileprivate static var none: AccountNames {
    AccountNames(venue: 0, listings: [], currencies: [], clientOrderIDPrefix: "-")
  }
}
