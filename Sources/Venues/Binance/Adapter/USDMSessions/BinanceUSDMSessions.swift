/// The market session of Binance USD-M futures.
final class BinanceUSDMMarketSession: DialectSession {
  let common: MarketSession<BinanceUSDMMarket>

  init(common: MarketSession<BinanceUSDMMarket>) { self.common = common }
}

/// The trading session of Binance USD-M futures.
final class BinanceUSDMTradingSession: DialectSession, OrderSession {
  let common: TradingSession<BinanceUSDMTrading>

  init(common: TradingSession<BinanceUSDMTrading>) { self.common = common }
}
