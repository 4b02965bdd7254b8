/// The market session of OKX.
final class OKXMarketSession: DialectSession {
  let common: MarketSession<OKXMarket>

  init(common: MarketSession<OKXMarket>) { self.common = common }
}

/// The trading session of OKX.
final class OKXTradingSession: DialectSession, OrderSession {
  let common: TradingSession<OKXTrading>

  init(common: TradingSession<OKXTrading>) { self.common = common }
}
