/// The market session of Binance spot.
final class BinanceSpotMarketSession: DialectSession {
  let common: MarketSession<BinanceSpotMarket>

  init(common: MarketSession<BinanceSpotMarket>) { self.common = common }
}

/// The trading session of Binance spot.
final class BinanceSpotTradingSession: DialectSession, OrderSession {
  let common: TradingSession<BinanceSpotTrading>

  init(common: TradingSession<BinanceSpotTrading>) { self.common = common }
}
