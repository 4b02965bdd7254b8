/// The market session of Bybit.
final class BybitMarketSession: DialectSession {
  let common: MarketSession<BybitMarket>

  init(common: MarketSession<BybitMarket>) { self.common = common }
}

/// The trading session of Bybit.
final class BybitTradingSession: DialectSession, OrderSession {
  let common: TradingSession<BybitTrading>

  init(common: TradingSession<BybitTrading>) { self.common = common }
}
