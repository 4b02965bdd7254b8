import Exchange
import TradingModel
import VenueServer

/// Market streams
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams).
extension BinanceUSDMCore {
  private var stamp: Int64 { now.milliseconds }

  func publishTrade(_ trade: MarketTrade, of instrument: InstrumentIndex) {
    let symbol = symbol(instrument)
    streams.publish("\(symbol.streamName)@trade") { unit in
      #"{"e":"trade","E":\#(stamp),"T":\#(unit.count(trade.nanoseconds)),"s":"\#(symbol.name)","#
        + #""t":\#(trade.id),"p":"\#(price(trade.price, instrument))","#
        + #""q":"\#(quantity(trade.quantity, instrument))","X":"MARKET","m":\#(trade.isBuyerMaker)}"#
    }
  }

  /// Trades of one order at one price. The venue joins what 100 ms bring; here they come at once.
  func publishAggregates(of instrument: InstrumentIndex, from id: UInt64) {
    let symbol = symbol(instrument)
    let stream = "\(symbol.streamName)@aggTrade"
    guard streams.hasListeners(stream) else { return }
    for trade in records[Int(instrument)].aggregates(fromTrade: id) {
      streams.publish(stream) { unit in
        #"{"e":"aggTrade","E":\#(stamp),"a":\#(trade.id),"s":"\#(symbol.name)","#
          + #""p":"\#(price(trade.price, instrument))","q":"\#(quantity(trade.quantity, instrument))","#
          + #""f":\#(trade.firstTradeID),"l":\#(trade.lastTradeID),"#
          + #""T":\#(unit.count(trade.nanoseconds)),"m":\#(trade.isBuyerMaker),"st":1}"#
      }
    }
  }

  func publishBookTicker(_ quote: BestQuoteEvent) {
    let instrument = quote.instrument
    let symbol = symbol(instrument)
    for stream in ["\(symbol.streamName)@bookTicker", "!bookTicker"] {
      streams.publish(stream) { unit in
        #"{"e":"bookTicker","u":\#(quote.updateID),"s":"\#(symbol.name)","#
          + #""b":"\#(price(quote.bid?.price ?? 0, instrument))","#
          + #""B":"\#(quantity(quote.bid?.quantity ?? 0, instrument))","#
          + #""a":"\#(price(quote.ask?.price ?? 0, instrument))","#
          + #""A":"\#(quantity(quote.ask?.quantity ?? 0, instrument))","#
          + #""T":\#(unit.count(quote.time)),"E":\#(stamp)}"#
      }
    }
  }

  // MARK: Depth

  func take(_ depth: DepthEvent) {
    let index = Int(depth.instrument)
    for place in depths[index].indices {
      depths[index][place].changes.add(depth)
      if depths[index][place].tenths == 0 { publishDifferences(depth.instrument, place) }
    }
  }

  private func publishDifferences(_ instrument: InstrumentIndex, _ place: Int) {
    let depth = depths[Int(instrument)][place]
    guard let first = depth.changes.first else { return }
    depths[Int(instrument)][place].changes = PendingDepth.Changes()
    depths[Int(instrument)][place].previous = depth.changes.last
    let symbol = symbol(instrument)
    let stream = "\(symbol.streamName)@depth\(depth.suffix)"
    guard streams.hasListeners(stream) else { return }
    let previous = depth.previous == 0 ? first - 1 : depth.previous
    let bids = levels(depth.changes.bids.sorted { $0.key > $1.key }, instrument)
    let asks = levels(depth.changes.asks.sorted { $0.key < $1.key }, instrument)
    streams.publish(stream) { unit in
      #"{"e":"depthUpdate","E":\#(stamp),"T":\#(unit.count(now.wall)),"s":"\#(symbol.name)","#
        + #""ps":"\#(symbol.name)","st":1,"U":\#(first),"u":\#(depth.changes.last),"pu":\#(previous),"#
        + #""b":\#(bids),"a":\#(asks)}"#
    }
    // The venue's name of the usual pace.
    if depth.suffix.isEmpty, streams.hasListeners(stream + "@250ms") {
      streams.publish(stream + "@250ms") { unit in
        #"{"e":"depthUpdate","E":\#(stamp),"T":\#(unit.count(now.wall)),"s":"\#(symbol.name)","#
          + #""ps":"\#(symbol.name)","st":1,"U":\#(first),"u":\#(depth.changes.last),"#
          + #""pu":\#(previous),"b":\#(bids),"a":\#(asks)}"#
      }
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

  /// The top of the book, as a difference of everything.
  private func publishTop(_ count: Int, _ instrument: InstrumentIndex, _ depth: BinanceUSDMDepth) {
    let symbol = symbol(instrument)
    let stream = "\(symbol.streamName)@depth\(count)\(depth.suffix)"
    guard streams.hasListeners(stream) else { return }
    let snapshot = exchange.snapshot(of: instrument, limit: count)
    let bids = levels(snapshot.bids.map { ($0.price, $0.quantity) }, instrument)
    let asks = levels(snapshot.asks.map { ($0.price, $0.quantity) }, instrument)
    let first = min(snapshot.lastUpdateID, depth.previous + 1)
    streams.publish(stream) { unit in
      #"{"e":"depthUpdate","E":\#(stamp),"T":\#(unit.count(now.wall)),"s":"\#(symbol.name)","#
        + #""ps":"\#(symbol.name)","st":1,"U":\#(first),"u":\#(snapshot.lastUpdateID),"#
        + #""pu":\#(depth.previous),"b":\#(bids),"a":\#(asks)}"#
    }
  }

  // MARK: Streams with a pace

  func publishFast() {
    let tenth = now.monotonic / 100_000_000
    for index in symbols.indices {
      let instrument = InstrumentIndex(index)
      for place in depths[index].indices {
        let depth = depths[index][place]
        guard depth.isDue(at: tenth), depth.changes.first != nil else { continue }
        for count in [5, 10, 20] { publishTop(count, instrument, depth) }
        publishDifferences(instrument, place)
      }
    }
  }

  /// Every second.
  func publishSlow() {
    let all = symbols.indices.map { InstrumentIndex($0) }
    let second = now.monotonic / 1_000_000_000
    for instrument in all {
      let name = symbol(instrument).streamName
      publish("\(name)@markPrice@1s") { markText(instrument, $0) }
      if second % 3 == 0 { publish("\(name)@markPrice") { markText(instrument, $0) } }
      publish("\(name)@ticker") { tickerText(instrument, $0) }
      publish("\(name)@miniTicker") { miniTickerText(instrument, $0) }
      for interval in CandleInterval.allCases { publishCandle(interval, instrument) }
    }
    publishList("!markPrice@arr@1s", all, markText)
    if second % 3 == 0 { publishList("!markPrice@arr", all, markText) }
    publishList("!ticker@arr", all, tickerText)
    publishList("!miniTicker@arr", all, miniTickerText)
  }

  private func publish(_ stream: String, _ make: (TimeUnit) -> String) {
    if streams.hasListeners(stream) { streams.publish(stream, make) }
  }

  private func publishList(
    _ stream: String, _ all: [InstrumentIndex], _ make: (InstrumentIndex, TimeUnit) -> String
  ) {
    publish(stream) { unit in "[" + all.map { make($0, unit) }.joined(separator: ",") + "]" }
  }

  private func markText(_ instrument: InstrumentIndex, _ unit: TimeUnit) -> String {
    let mark = exchange.mark(of: instrument)
    return #"{"e":"markPriceUpdate","E":\#(stamp),"s":"\#(symbol(instrument).name)","#
      + #""p":"\#(longPrice(mark.mark, instrument))","i":"\#(longPrice(mark.index, instrument))","#
      + #""P":"\#(longPrice(mark.index, instrument))","r":"\#(rate(mark.fundingRate))","#
      + #""T":\#(unit.count(mark.nextFundingTime)),"st":1}"#
  }

  private func tickerText(_ instrument: InstrumentIndex, _ unit: TimeUnit) -> String {
    let day = BinanceUSDMDayTicker(instrument, self)
    let open = unit.count(now.wall - 86_400_000_000_000)
    return #"{"e":"24hrTicker","E":\#(stamp),"s":"\#(symbol(instrument).name)","#
      + #""p":"\#(day.change)","P":"\#(day.changePercent)","w":"\#(day.average)","#
      + #""c":"\#(day.last)","Q":"\#(day.lastQuantity)","o":"\#(day.open)","h":"\#(day.high)","#
      + #""l":"\#(day.low)","v":"\#(day.volume)","q":"\#(day.value)","O":\#(open),"C":\#(stamp),"#
      + #""F":\#(day.candle.firstTradeID),"L":\#(day.candle.lastTradeID),"n":\#(day.candle.count),"#
      + #""st":1}"#
  }

  private func miniTickerText(_ instrument: InstrumentIndex, _ unit: TimeUnit) -> String {
    let day = BinanceUSDMDayTicker(instrument, self)
    return #"{"e":"24hrMiniTicker","E":\#(stamp),"s":"\#(symbol(instrument).name)","#
      + #""c":"\#(day.last)","o":"\#(day.open)","h":"\#(day.high)","l":"\#(day.low)","#
      + #""v":"\#(day.volume)","q":"\#(day.value)"}"#
  }

  private func publishCandle(_ interval: CandleInterval, _ instrument: InstrumentIndex) {
    let stream = "\(symbol(instrument).streamName)@kline_\(interval.rawValue)"
    guard streams.hasListeners(stream) else { return }
    let second = now.wall / 1_000_000_000
    let start = interval.start(of: second)
    // The candle that just ended is told once more, closed.
    let candles = records[Int(instrument)].candles(interval, from: start - 1, to: second)
    for candle in candles where candle.start >= start || start == second {
      let isClosed = interval.end(after: candle.start) <= second
      streams.publish(stream) { candleText(candle, interval, instrument, isClosed: isClosed, $0) }
    }
  }

  private func candleText(
    _ candle: Candle, _ interval: CandleInterval, _ instrument: InstrumentIndex, isClosed: Bool,
    _ unit: TimeUnit
  ) -> String {
    let name = symbol(instrument).name
    let start = candle.start * 1_000_000_000
    let end = interval.end(after: candle.start) * 1_000_000_000
    return #"{"e":"kline","E":\#(stamp),"s":"\#(name)","k":{"t":\#(unit.count(start)),"#
      + #""T":\#(unit.count(end) - 1),"s":"\#(name)","i":"\#(interval.rawValue)","#
      + #""f":\#(candle.firstTradeID),"L":\#(candle.lastTradeID),"#
      + #""o":"\#(price(candle.open, instrument))","c":"\#(price(candle.close, instrument))","#
      + #""h":"\#(price(candle.high, instrument))","l":"\#(price(candle.low, instrument))","#
      + #""v":"\#(quantity(candle.volume, instrument))","n":\#(candle.count),"x":\#(isClosed),"#
      + #""q":"\#(value(candle.value, instrument))","#
      + #""V":"\#(quantity(candle.takerBuyVolume, instrument))","#
      + #""Q":"\#(value(candle.takerBuyValue, instrument))","B":"0"}}"#
  }
}
