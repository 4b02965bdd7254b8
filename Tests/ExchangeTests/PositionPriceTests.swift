import Exchange
import Testing
import TradingModel

/// Average prices of positions.
@Suite struct PositionPriceTests {
  private func exchange(_ kind: ContractKind, size: Int64) -> SimulatedExchange {
    let listing = Listing(
      index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: kind,
      priceDecimals: 1, quantityDecimals: kind == .inverse ? 0 : 3,
      contractSize: Decimal(units: size))
    return SimulatedExchange(
      ExchangeSettings(
        assets: [ExchangeAsset("BTC"), ExchangeAsset("USDT")],
        instruments: [
          ExchangeInstrument(symbol: "BTC", listing: listing, startPrice: 600_000)
        ], startTime: 0, seed: 1))
  }

  private func position(_ side: Side, _ quantity: Int64, in exchange: SimulatedExchange)
    -> ExchangePosition
  {
    let fees = FeeSchedule(maker: .zero, taker: .zero)
    let accounts = (0..<2).map { _ in exchange.addAccount(keys: [], fees: fees) }
    for account in accounts {
      for asset in 0..<2 {
        _ = exchange.deposit(
          Money(Decimal(units: 10_000_000)), of: CurrencyIndex(asset), to: account)
      }
    }
    for (price, part) in [(600_000, 1), (600_100, 3)] as [(Int64, Int64)] {
      let request = { (side: Side) in
        OrderRequest(.limit, side, 0, quantity: quantity * part / 4, price: price)
      }
      _ = exchange.submit(request(side.opposite), by: accounts[1])
      _ = exchange.submit(request(side), by: accounts[0])
    }
    return exchange.position(of: accounts[0], 0, .net)
  }

  @Test(arguments: [Side.buy, .sell])
  func linear(_ side: Side) {
    let exchange = exchange(.linear, size: 1)
    let position = position(side, 4_000, in: exchange)
    // A quarter at 60,000 and three at 60,010.
    #expect(exchange.averagePrice(of: position)?.description == "60007.5")
    #expect(exchange.averagePrice(of: exchange.position(of: 1, 0, .long)) == nil)
  }

  @Test(arguments: [Side.buy, .sell])
  func inverse(_ side: Side) throws {
    let exchange = exchange(.inverse, size: 100)
    let position = position(side, 40_000, in: exchange)
    // 4 / (1 / 60,000 + 3 / 60,010), to what the cost's 18 decimals give.
    let text = try #require(exchange.averagePrice(of: position)).description
    #expect(text.hasPrefix("60007.49968"))
  }
}
