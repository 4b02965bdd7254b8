import TradingModel

// What start-up asks, over REST.
extension BinanceSpot {
  public static func refusal(
    in answer: UnsafeRawBufferPointer, status: Int
  ) -> VenueErrorMeaning? {
    if status == 200 { return nil }
    let error = (try? BinanceError(answer)) ?? BinanceError()
    return error.meaning(status: status)
  }

  public static func serverTime(in answer: UnsafeRawBufferPointer) throws -> Timestamp? {
    try BinanceSpotDecoder.serverTime(answer)
  }

  public static func definitions(
    in answer: UnsafeRawBufferPointer, of symbols: [String]
  ) throws -> [InstrumentDefinition] {
    try BinanceExchangeInfo(answer).symbols
      .filter { symbols.contains($0.symbol) }
      .compactMap { $0.definition(venue: description.name) }
  }

  public static func keyPermissions(in answer: UnsafeRawBufferPointer) throws -> KeyPermissions {
    let told = try BinanceSpotDecoder.keyPermissions(answer)
    return KeyPermissions(
      mayRead: told.mayRead, mayTrade: told.maySpotTrade, mayWithdraw: told.mayWithdraw,
      isAddressBound: told.isAddressBound)
  }

  /// All of a symbol in one answer.
  public static func openOrders(in answer: UnsafeRawBufferPointer) throws -> OpenOrderPage {
    var scanner = FieldScanner(answer)
    return OpenOrderPage(
      orders: try OpenOrder.list(&scanner, symbol: "symbol", orderID: "orderId"), next: nil)
  }

  public static func balances(in answer: UnsafeRawBufferPointer) throws -> [VenueBalance] {
    var decoder = BinanceSpotDecoder(
      BinanceSpotNames(venue: 0, symbols: [], currencies: [], clientOrderIDPrefixes: []))
    var account = BinanceSpotAccount()
    try decoder.decode(account: answer, into: &account)
    return (0..<account.balances.count).map { account.balances[$0] }
  }
}
