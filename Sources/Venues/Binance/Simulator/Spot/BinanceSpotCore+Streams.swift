import Exchange
import TradingModel
import VenueServer

/// Market streams
/// (https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams).
extension BinanceSpotCore {
  func publishTrade(_ trade: MarketTrade, of instrument: InstrumentIndex) {
    let symbol = symbol(instrument)
    streams.publish("\(symbol.streamName)@trade") { unit in
      #"{"e":"trade","E":\#(unit.count(now.wall)),"s":"\#(symbol.name)","t":\#(trade.id),"#
        + #""p":"\#(price(trade.price, instrument))","q":"\#(quantity(trade.quantity, instrument))","#
        + #""T":\#(unit.count(trade.nanoseconds)),"m":\#(trade.isBuyerMaker),"M":true}"#
    }
  }

  func publishAggregates(of instrument: InstrumentIndex, from id: UInt64) {
    let symbol = symbol(instrument)
    let stream = "\(symbol.streamName)@aggTrade"
    guard streams.hasListeners(stream) else { return }
    for trade in records[Int(instrument)].aggregates(fromTrade: id) {
      streams.publish(stream) { unit in
        #"{"e":"aggTrade","E":\#(unit.count(now.wall)),"s":"\#(symbol.name)","a":\#(trade.id),"#
          + #""p":"\#(price(trade.price, instrument))","q":"\#(quantity(trade.quantity, instrument))","#
          + #""f":\#(trade.firstTradeID),"l":\#(trade.lastTradeID),"#
          + #""T":\#(unit.count(trade.nanoseconds)),"m":\#(trade.isBuyerMaker),"M":true}"#
      }
    }
  }

  func publishBookTicker(_ quote: BestQuoteEvent) {
    let instrument = quote.instrument
    let symbol = symbol(instrument)
    streams.publish("\(symbol.streamName)@bookTicker") { _ in
      #"{"u":\#(quote.updateID),"s":"\#(symbol.name)","#
        + #""b":"\#(price(quote.bid?.price ?? 0, instrument))","#
        + #""B":"\#(quantity(quote.bid?.quantity ?? 0, instrument))","#
        + #""a":"\#(price(quote.ask?.price ?? 0, instrument))","#
        + #""A":"\#(quantity(quote.ask?.quantity ?? 0, instrument))"}"#
    }
  }

  // MARK: Streams with a pace

  /// Every 100 ms.
  func publishFast() {
    for index in symbols.indices {
      let instrument = InstrumentIndex(index)
      publishDifferences(depths[index].fast, instrument, suffix: "@100ms")
      depths[index].fast = PendingDepth.Changes()
      for count in [5, 10, 20] { publishTop(count, instrument, suffix: "@100ms") }
    }
  }

  /// Every second.
  func publishSlow() {
    for index in symbols.indices {
      let instrument = InstrumentIndex(index)
      publishDifferences(depths[index].slow, instrument, suffix: "")
      depths[index].slow = PendingDepth.Changes()
      for count in [5, 10, 20] { publishTop(count, instrument, suffix: "") }
      publishTickers(instrument)
      publishAverage(instrument)
      for interval in CandleInterval.allCases { publishCandle(interval, instrument) }
    }
    publishAllTickers()
  }

  private func publishDifferences(
    _ changes: PendingDepth.Changes, _ instrument: InstrumentIndex, suffix: String
  ) {
    guard let first = changes.first else { return }
    let symbol = symbol(instrument)
    let stream = "\(symbol.streamName)@depth\(suffix)"
    guard streams.hasListeners(stream) else { return }
    let bids = levels(changes.bids.sorted { $0.key > $1.key }, instrument)
    let asks = levels(changes.asks.sorted { $0.key < $1.key }, instrument)
    streams.publish(stream) { unit in
      #"{"e":"depthUpdate","E":\#(unit.count(now.wall)),"s":"\#(symbol.name)","U":\#(first),"#
        + #""u":\#(changes.last),"b":\#(bids),"a":\#(asks)}"#
    }
  }

  private func levels(
    _ levels: [(key: Int64, value: Int64)], _ instrument: InstrumentIndex
  ) -> String {
    "["
      + levels.map {
        #"["\#(price($0.key, instrument))","\#(quantity($0.value, instrument))"]"#
      }.joined(separator: ",") + "]"
  }

  private func publishTop(_ count: Int, _ instrument: InstrumentIndex, suffix: String) {
    let stream = "\(symbol(instrument).streamName)@depth\(count)\(suffix)"
    guard streams.hasListeners(stream) else { return }
    let snapshot = exchange.snapshot(of: instrument, limit: count)
    if depths[Int(instrument)].sentTops.updateValue(snapshot.lastUpdateID, forKey: stream)
      == snapshot.lastUpdateID
    {
      return
    }
    let bids = levels(snapshot.bids.map { ($0.price, $0.quantity) }, instrument)
    let asks = levels(snapshot.asks.map { ($0.price, $0.quantity) }, instrument)
    streams.publish(stream) { _ in
      #"{"lastUpdateId":\#(snapshot.lastUpdateID),"bids":\#(bids),"asks":\#(asks)}"#
    }
  }

  private func publishAverage(_ instrument: InstrumentIndex) {
    let symbol = symbol(instrument)
    streams.publish("\(symbol.streamName)@avgPrice") { unit in
      let last = records[Int(instrument)].last?.nanoseconds ?? exchange.settings.startTime
      return #"{"e":"avgPrice","E":\#(unit.count(now.wall)),"s":"\#(symbol.name)","i":"5m","#
        + #""w":"\#(averageText(instrument))","T":\#(unit.count(last))}"#
    }
  }

  private func publishCandle(_ interval: CandleInterval, _ instrument: InstrumentIndex) {
    let symbol = symbol(instrument)
    let stream = "\(symbol.streamName)@kline_\(interval.rawValue)"
    guard streams.hasListeners(stream) else { return }
    let second = now.wall / 1_000_000_000
    let start = interval.start(of: second)
    // The candle that just ended is told once more, closed.
    let candles = records[Int(instrument)].candles(interval, from: start - 1, to: second)
    for candle in candles where candle.start >= start || start == second {
      let isClosed = interval.end(after: candle.start) <= second
      streams.publish(stream) {
        candleText(candle, interval, instrument, isClosed: isClosed, $0)
      }
    }
  }

  private func candleText(
    _ candle: Candle, _ interval: CandleInterval, _ instrument: InstrumentIndex, isClosed: Bool,
    _ unit: TimeUnit
  ) -> String {
    let name = symbol(instrument).name
    let start = candle.start * 1_000_000_000
    let end = interval.end(after: candle.start) * 1_000_000_000
    return #"{"e":"kline","E":\#(unit.count(now.wall)),"s":"\#(name)","k":{"#
      + #""t":\#(unit.count(start)),"T":\#(unit.count(end) - 1),"s":"\#(name)","#
      + #""i":"\#(interval.rawValue)","f":\#(candle.firstTradeID),"L":\#(candle.lastTradeID),"#
      + #""o":"\#(price(candle.open, instrument))","c":"\#(price(candle.close, instrument))","#
      + #""h":"\#(price(candle.high, instrument))","l":"\#(price(candle.low, instrument))","#
      + #""v":"\#(quantity(candle.volume, instrument))","n":\#(candle.count),"x":\#(isClosed),"#
      + #""q":"\#(value(candle.value, instrument))","#
      + #""V":"\#(quantity(candle.takerBuyVolume, instrument))","#
      + #""Q":"\#(value(candle.takerBuyValue, instrument))","B":"0"}}"#
  }

  // MARK: Tickers

  private func publishTickers(_ instrument: InstrumentIndex) {
    let name = symbol(instrument).streamName
    streams.publish("\(name)@ticker") { tickerText(instrument, $0) }
    streams.publish("\(name)@miniTicker") { miniTickerText(instrument, $0) }
  }

  private func publishAllTickers() {
    let all = symbols.indices.map { InstrumentIndex($0) }
    streams.publish("!ticker@arr") { unit in
      "[" + all.map { tickerText($0, unit) }.joined(separator: ",") + "]"
    }
    streams.publish("!miniTicker@arr") { unit in
      "[" + all.map { miniTickerText($0, unit) }.joined(separator: ",") + "]"
    }
  }

  private func tickerText(_ instrument: InstrumentIndex, _ unit: TimeUnit) -> String {
    let day = BinanceSpotDayTicker(instrument, self)
    let quote = exchange.bestQuote(of: instrument)
    let open = unit.count(now.wall - 86_400_000_000_000)
    return #"{"e":"24hrTicker","E":\#(unit.count(now.wall)),"s":"\#(symbol(instrument).name)","#
      + #""p":"\#(day.change)","P":"\#(day.changePercent)","w":"\#(day.average)","#
      + #""x":"\#(day.previousClose)","c":"\#(day.last)","Q":"\#(day.lastQuantity)","#
      + #""b":"\#(price(quote.bid?.price ?? 0, instrument))","#
      + #""B":"\#(quantity(quote.bid?.quantity ?? 0, instrument))","#
      + #""a":"\#(price(quote.ask?.price ?? 0, instrument))","#
      + #""A":"\#(quantity(quote.ask?.quantity ?? 0, instrument))","#
      + #""o":"\#(day.open)","h":"\#(day.high)","l":"\#(day.low)","v":"\#(day.volume)","#
      + #""q":"\#(day.value)","O":\#(open),"C":\#(unit.count(now.wall)),"#
      + #""F":\#(day.candle.firstTradeID),"L":\#(day.candle.lastTradeID),"n":\#(day.candle.count)}"#
  }

  private func miniTickerText(_ instrument: InstrumentIndex, _ unit: TimeUnit) -> String {
    let day = BinanceSpotDayTicker(instrument, self)
    return #"{"e":"24hrMiniTicker","E":\#(unit.count(now.wall)),"#
      + #""s":"\#(symbol(instrument).name)","c":"\#(day.last)","o":"\#(day.open)","#
      + #""h":"\#(day.high)","l":"\#(day.low)","v":"\#(day.volume)","q":"\#(day.value)"}"#
  }
}
