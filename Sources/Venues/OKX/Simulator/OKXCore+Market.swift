import Exchange
import TradingModel
import VenueServer

/// Public data (https://www.okx.com/docs-v5/en/#public-data-rest-api,
/// https://www.okx.com/docs-v5/en/#order-book-trading-market-data).
extension OKXCore {
  func instruments(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let type = try call.parameters.need("instType")
    let matching = try instruments(matching: call.parameters)
    if type == "OPTION", call.parameters["uly"] == nil, call.parameters["instFamily"] == nil {
      throw .either("uly", or: "instFamily")
    }
    if matching.isEmpty, call.parameters["instId"] != nil { throw .unknownInstrument }
    return OKXAnswer(matching.map { instrumentJSON($0) })
  }

  func instrumentJSON(_ index: InstrumentIndex) -> JSONValue {
    let json = instrument(index).json(
      listTime: exchange.settings.startTime - 86_400_000_000_000 * 365)
    guard exchange.status(of: index) != .trading else { return json }
    return .object(
      (json.members ?? []).map { $0.key == "state" ? ($0.key, .string("suspend")) : $0 })
  }

  // MARK: Books and trades

  func book(_ call: OKXCall, most: Int, usual: Int) throws(OKXError) -> OKXAnswer {
    let index = try instrument(call.parameters)
    let depth = try call.parameters.limit("sz", usual: usual, most: most)
    let snapshot = exchange.snapshot(of: index, limit: depth)
    func list(_ levels: [ExchangeLevel]) -> JSONValue {
      .array(
        levels.map { level in
          [
            .string(price(level.price, index)), .string(quantity(level.quantity, index)), "0",
            .string("\(level.orderCount)"),
          ]
        })
    }
    return OKXAnswer([
      [
        "asks": list(snapshot.asks), "bids": list(snapshot.bids),
        "ts": OKXTime.json(snapshot.time), "seqId": .integer(snapshot.lastUpdateID),
      ]
    ])
  }

  func trades(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let index = try instrument(call.parameters)
    let limit = try call.parameters.limit(most: 500)
    return OKXAnswer(records[Int(index)].trades.suffix(limit).reversed().map { json($0, index) })
  }

  func tradeHistory(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let index = try instrument(call.parameters)
    let page = try OKXPage(call.parameters)
    let chosen = records[Int(index)].trades.reversed().filter {
      page.contains($0.id, at: $0.nanoseconds)
    }
    return OKXAnswer(page.cut(Array(chosen)).map { json($0, index) })
  }

  private func json(_ trade: MarketTrade, _ index: InstrumentIndex) -> JSONValue {
    [
      "instId": .string(instrument(index).id), "side": trade.isBuyerMaker ? "sell" : "buy",
      "sz": .string(quantity(trade.quantity, index)), "px": .string(price(trade.price, index)),
      "source": "0", "tradeId": .string("\(trade.id)"), "ts": OKXTime.json(trade.nanoseconds),
    ]
  }

  // MARK: Tickers and candles

  func ticker(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    OKXAnswer([tickerJSON(try instrument(call.parameters))])
  }

  func tickers(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    _ = try call.parameters.need("instType")
    return OKXAnswer(try instruments(matching: call.parameters).map { tickerJSON($0) })
  }

  func tickerJSON(_ index: InstrumentIndex) -> JSONValue {
    let instrument = instrument(index)
    let quote = exchange.bestQuote(of: index)
    let second = exchange.time / 1_000_000_000
    let record = records[Int(index)]
    let day = record.day(at: second)
    let midnight = record.candles(.day, from: second, to: second).first?.open ?? day.open
    func level(_ level: ExchangeLevel?) -> (JSONValue, JSONValue) {
      guard let level else { return ("", "0") }
      return (.string(price(level.price, index)), .string(quantity(level.quantity, index)))
    }
    let (bid, ask) = (level(quote.bid), level(quote.ask))
    return [
      "instType": .string(instrument.type.rawValue), "instId": .string(instrument.id),
      "last": .string(price(exchange.lastPrice(of: index), index)),
      "lastSz": .string(record.last.map { quantity($0.quantity, index) } ?? "0"),
      "askPx": ask.0, "askSz": ask.1, "bidPx": bid.0, "bidSz": bid.1,
      "open24h": .string(price(day.open, index)), "high24h": .string(price(day.high, index)),
      "low24h": .string(price(day.low, index)),
      "volCcy24h": .string(currencyVolume(day, index)),
      "vol24h": .string(instrument.quantity(day.volume)),
      "ts": .string("\(now.milliseconds)"), "sodUtc0": .string(price(midnight, index)),
      "sodUtc8": .string(price(midnight, index)),
    ]
  }

  /// The value that was traded, in the quote asset.
  private func value(_ candle: Candle, _ index: InstrumentIndex) -> String {
    let instrument = instrument(index)
    return DecimalText.string(
      candle.value,
      decimals: instrument.priceDecimals + instrument.quantityDecimals
        + instrument.contractDecimals)
  }

  /// Coins of contracts, the quote asset of spot.
  private func currencyVolume(_ candle: Candle, _ index: InstrumentIndex) -> String {
    let instrument = instrument(index)
    return instrument.isSwap
      ? DecimalText.string(
        candle.volume, decimals: instrument.quantityDecimals + instrument.contractDecimals)
      : value(candle, index)
  }

  /// Newest first; `after` and `before` are times
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks).
  func candles(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    let index = try instrument(parameters)
    guard let bar = OKXBar.named(parameters["bar"] ?? "1m") else { throw .parameter("bar") }
    let limit = try parameters.limit(most: 300)
    let second = exchange.time / 1_000_000_000
    // Times that nobody means are cut, so that sums of them fit.
    let times: ClosedRange<Int64> = 0...10_000_000_000_000_000
    func time(_ name: String) throws(OKXError) -> Int64? {
      try parameters.integer(name).map { min(max($0, times.lowerBound), times.upperBound) }
    }
    let after = try time("after").map { ($0 + 999) / 1000 } ?? .max
    let before = try time("before").map { $0 / 1000 } ?? 0
    let to = min(second, after == .max ? second : after - 1)
    let from = max(before, to - bar.interval.seconds * Int64(limit + 1))
    let all = records[Int(index)].candles(bar.interval, from: from, to: to)
      .filter { $0.start < after && $0.start > before }
    return OKXAnswer(
      all.suffix(limit).reversed().map { candleJSON($0, bar.interval, index) })
  }

  func candleJSON(
    _ candle: Candle, _ interval: CandleInterval, _ index: InstrumentIndex
  ) -> JSONValue {
    let isComplete = interval.end(after: candle.start) <= exchange.time / 1_000_000_000
    return [
      .string("\(candle.start * 1000)"), .string(price(candle.open, index)),
      .string(price(candle.high, index)), .string(price(candle.low, index)),
      .string(price(candle.close, index)), .string(instrument(index).quantity(candle.volume)),
      .string(currencyVolume(candle, index)), .string(value(candle, index)),
      isComplete ? "1" : "0",
    ]
  }

  // MARK: Contracts

  func marks(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    _ = try call.parameters.need("instType")
    return OKXAnswer(
      try instruments(matching: call.parameters).filter { instrument($0).isSwap }
        .map { markJSON($0) })
  }

  func markJSON(_ index: InstrumentIndex) -> JSONValue {
    let mark = exchange.mark(of: index)
    return [
      "instType": .string(instrument(index).type.rawValue),
      "instId": .string(instrument(index).id), "markPx": .string(price(mark.mark, index)),
      "ts": OKXTime.json(mark.time),
    ]
  }

  func indexTickers(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let id = call.parameters["instId"]
    if id == nil, call.parameters["quoteCcy"] == nil { throw .either("quoteCcy", or: "instId") }
    return OKXAnswer(
      instruments.indices.filter { place in
        instruments[place].isSwap && (id == nil || id == instruments[place].family)
      }.map { indexJSON(InstrumentIndex($0)) })
  }

  func indexJSON(_ index: InstrumentIndex) -> JSONValue {
    let mark = exchange.mark(of: index)
    let day = records[Int(index)].day(at: exchange.time / 1_000_000_000)
    return [
      "instId": .string(instrument(index).family), "idxPx": .string(price(mark.index, index)),
      "high24h": .string(price(day.high, index)), "low24h": .string(price(day.low, index)),
      "open24h": .string(price(day.open, index)), "sodUtc0": .string(price(day.open, index)),
      "sodUtc8": .string(price(day.open, index)), "ts": OKXTime.json(mark.time),
    ]
  }

  func funding(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let index = try instrument(call.parameters)
    guard instrument(index).isSwap else { throw .parameter("instId") }
    return OKXAnswer([fundingJSON(index)])
  }

  /// `fundingTime` is when the present rate is paid, `nextFundingTime` the time after it.
  func fundingJSON(_ index: InstrumentIndex) -> JSONValue {
    let mark = exchange.mark(of: index)
    let interval = exchange.fundingInterval(of: index)
    let rate = DecimalText.string(Int128(mark.fundingRate.parts), decimals: Rate.decimals)
    return [
      "formulaType": "withRate", "fundingRate": .string(rate),
      "fundingTime": OKXTime.json(mark.nextFundingTime), "impactValue": "20000",
      "instId": .string(instrument(index).id), "instType": "SWAP", "interestRate": "0.0001",
      "maxFundingRate": "0.00375", "method": "current_period", "minFundingRate": "-0.00375",
      "nextFundingRate": "", "nextFundingTime": OKXTime.json(mark.nextFundingTime + interval),
      "premium": "0", "settFundingRate": .string(rate), "settState": "settled",
      "ts": .string("\(now.milliseconds)"),
    ]
  }

  /// The payments since the start, newest first.
  func fundingHistory(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let index = try instrument(call.parameters)
    guard instrument(index).isSwap else { throw .parameter("instId") }
    let interval = exchange.fundingInterval(of: index)
    let limit = try call.parameters.limit(most: 400)
    let mark = exchange.mark(of: index)
    let rate = DecimalText.string(Int128(mark.fundingRate.parts), decimals: Rate.decimals)
    var entries: [JSONValue] = []
    var time = mark.nextFundingTime - interval
    while interval > 0, time > exchange.settings.startTime, entries.count < limit {
      entries.append([
        "formulaType": "withRate", "fundingRate": .string(rate),
        "fundingTime": OKXTime.json(time), "instId": .string(instrument(index).id),
        "instType": "SWAP", "method": "current_period", "realizedRate": .string(rate),
      ])
      time -= interval
    }
    return OKXAnswer(entries)
  }

  func priceLimit(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    OKXAnswer([priceLimitJSON(try instrument(call.parameters))])
  }

  func priceLimitJSON(_ index: InstrumentIndex) -> JSONValue {
    let limits = priceLimits(index)
    return [
      "instType": .string(instrument(index).type.rawValue),
      "instId": .string(instrument(index).id), "buyLmt": .string(limits.highestBuy),
      "sellLmt": .string(limits.lowestSell), "ts": .string("\(now.milliseconds)"),
      "enabled": true,
    ]
  }
}
