import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Market data requests
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api).
extension BinanceUSDMCore {
  func depth(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let limit = call.parameters.integer("limit") ?? 500
    guard [5, 10, 20, 50, 100, 500, 1000].contains(limit) else {
      throw BinanceError(-4021, "\(limit) is not valid depth limit.")
    }
    let snapshot = exchange.snapshot(of: instrument, limit: Int(limit))
    return [
      "lastUpdateId": .integer(snapshot.lastUpdateID),
      "E": call.unit.json(now.wall), "T": call.unit.json(now.wall),
      "bids": levels(snapshot.bids, instrument), "asks": levels(snapshot.asks, instrument),
    ]
  }

  private func levels(_ levels: [ExchangeLevel], _ instrument: InstrumentIndex) -> JSONValue {
    .array(
      levels.map {
        [.string(price($0.price, instrument)), .string(quantity($0.quantity, instrument))]
      })
  }

  func trades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let limit = try call.parameters.limit(500, max: 1000)
    return .array(
      records[Int(instrument)].trades.suffix(limit).map { trade($0, instrument, call.unit) })
  }

  func historicalTrades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    guard let from = call.parameters.integer("fromId") else { return try trades(call) }
    let instrument = try instrument(call.parameters["symbol"])
    let limit = try call.parameters.limit(100, max: 500)
    let trades = records[Int(instrument)].trades
    let first = trades.firstIndex { Int64($0.id) >= from } ?? trades.endIndex
    return .array(trades[first...].prefix(limit).map { trade($0, instrument, call.unit) })
  }

  private func trade(
    _ trade: MarketTrade, _ instrument: InstrumentIndex, _ unit: TimeUnit
  ) -> JSONValue {
    [
      "id": .integer(trade.id), "price": .string(price(trade.price, instrument)),
      "qty": .string(quantity(trade.quantity, instrument)),
      "quoteQty": .string(value(Int128(trade.price) * Int128(trade.quantity), instrument)),
      "time": unit.json(trade.nanoseconds), "isBuyerMaker": .boolean(trade.isBuyerMaker),
    ]
  }

  func aggregateTrades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let instrument = try instrument(parameters["symbol"])
    let limit = try parameters.limit(500, max: 1000)
    let all = records[Int(instrument)].aggregates
    var list = all.suffix(limit)
    if let from = parameters.integer("fromId") {
      list = all[(all.firstIndex { Int64($0.id) >= from } ?? all.endIndex)...].prefix(limit)
    } else if let start = parameters.integer("startTime") {
      let end = parameters.integer("endTime").map { Self.nanoseconds($0) &+ 999_999 } ?? .max
      let from = Self.nanoseconds(start)
      list = all.filter { $0.nanoseconds >= from && $0.nanoseconds <= end }.prefix(limit)
    }
    return .array(
      list.map { trade in
        [
          "a": .integer(trade.id), "p": .string(price(trade.price, instrument)),
          "q": .string(quantity(trade.quantity, instrument)), "f": .integer(trade.firstTradeID),
          "l": .integer(trade.lastTradeID), "T": call.unit.json(trade.nanoseconds),
          "m": .boolean(trade.isBuyerMaker),
        ]
      })
  }

  func klines(_ call: BinanceCall, _ name: String?) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let instrument = try instrument(name)
    guard let interval = CandleInterval(rawValue: parameters["interval"] ?? ""), interval != .second
    else { throw BinanceError(-1120, "Invalid interval.") }
    let limit = try parameters.limit(500, max: 1500)
    let present = now.wall / 1_000_000_000
    let end = parameters.integer("endTime").map { Self.nanoseconds($0) / 1_000_000_000 }
    let to = min(present, end ?? present)
    let span = interval.seconds * Int64(limit + 1)
    let start = parameters.integer("startTime").map {
      (Self.nanoseconds($0) + 999_999_999) / 1_000_000_000
    }
    let from = start ?? max(0, to - span)
    let candles = records[Int(instrument)].candles(
      interval, from: from, to: min(to, from + span + span))
    let chosen = candles.filter { start == nil || $0.start >= from }
    return .array(
      (start == nil ? chosen.suffix(limit) : chosen.prefix(limit)).map {
        kline($0, interval, instrument, call.unit)
      })
  }

  private func kline(
    _ candle: Candle, _ interval: CandleInterval, _ instrument: InstrumentIndex, _ unit: TimeUnit
  ) -> JSONValue {
    let end = interval.end(after: candle.start) * 1_000_000_000
    return [
      unit.json(candle.start * 1_000_000_000),
      .string(price(candle.open, instrument)), .string(price(candle.high, instrument)),
      .string(price(candle.low, instrument)), .string(price(candle.close, instrument)),
      .string(quantity(candle.volume, instrument)), .integer(unit.count(end) - 1),
      .string(value(candle.value, instrument)), .integer(candle.count),
      .string(quantity(candle.takerBuyVolume, instrument)),
      .string(value(candle.takerBuyValue, instrument)), "0",
    ]
  }

  // MARK: Marks and funding

  /// One answer for `symbol`, a list otherwise.
  private func each(
    _ call: BinanceCall, _ make: (InstrumentIndex) -> JSONValue
  ) throws(BinanceError) -> JSONValue {
    if call.parameters["symbol"] != nil {
      return make(try instrument(call.parameters["symbol"]))
    }
    return .array(symbols.indices.map { make(InstrumentIndex($0)) })
  }

  func rate(_ rate: Rate) -> String { DecimalDigits.text(rate) }

  func premiumIndex(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try each(call) { instrument in
      let mark = exchange.mark(of: instrument)
      return [
        "symbol": .string(symbol(instrument).name),
        "markPrice": .string(longPrice(mark.mark, instrument)),
        "indexPrice": .string(longPrice(mark.index, instrument)),
        "estimatedSettlePrice": .string(longPrice(mark.index, instrument)),
        "lastFundingRate": .string(rate(mark.fundingRate)),
        "interestRate": "0.00010000",
        "nextFundingTime": call.unit.json(mark.nextFundingTime),
        "time": call.unit.json(now.wall),
      ]
    }
  }

  func setFundingInterval(_ interval: Int64) { exchange.setFundingInterval(interval) }

  func fundingRates(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    var chosen: InstrumentIndex?
    if call.parameters["symbol"] != nil { chosen = try instrument(call.parameters["symbol"]) }
    let limit = try call.parameters.limit(100, max: 1000)
    let from = Self.nanoseconds(call.parameters.integer("startTime") ?? 0)
    let to = call.parameters.integer("endTime").map(Self.nanoseconds) ?? .max
    let list = exchange.fundingSettlements.filter {
      (chosen == nil || $0.instrument == chosen) && $0.time >= from && $0.time <= to
    }
    return .array(
      list.suffix(limit).map { funding in
        [
          "symbol": .string(symbol(funding.instrument).name),
          "fundingTime": call.unit.json(funding.time),
          "fundingRate": .string(rate(funding.rate)),
          "markPrice": .string(longPrice(funding.mark, funding.instrument)),
        ]
      })
  }

  /// What clients hold on one side of the market.
  func openInterest(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    var held: Int64 = 0
    for account in 1..<max(1, exchange.accountCount) {
      for position in exchange.positions(of: account) where position.instrument == instrument {
        held += abs(position.quantity)
      }
    }
    return [
      "symbol": .string(symbol(instrument).name),
      "openInterest": .string(quantity(held, instrument)), "time": call.unit.json(now.wall),
    ]
  }

  // MARK: Tickers

  func tickerPrice(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try each(call) {
      [
        "symbol": .string(symbol($0).name),
        "price": .string(price(exchange.lastPrice(of: $0), $0)),
        "time": call.unit.json(records[Int($0)].last?.nanoseconds ?? now.wall),
      ]
    }
  }

  func tickerBook(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try each(call) { instrument in
      let quote = exchange.bestQuote(of: instrument)
      return [
        "symbol": .string(symbol(instrument).name),
        "bidPrice": .string(price(quote.bid?.price ?? 0, instrument)),
        "bidQty": .string(quantity(quote.bid?.quantity ?? 0, instrument)),
        "askPrice": .string(price(quote.ask?.price ?? 0, instrument)),
        "askQty": .string(quantity(quote.ask?.quantity ?? 0, instrument)),
        "time": call.unit.json(now.wall),
        "lastUpdateId": .integer(quote.updateID),
      ]
    }
  }

  func ticker24Hour(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try each(call) { instrument in
      let day = BinanceUSDMDayTicker(instrument, self)
      return [
        "symbol": .string(symbol(instrument).name), "priceChange": .string(day.change),
        "priceChangePercent": .string(day.changePercent),
        "weightedAvgPrice": .string(day.average), "lastPrice": .string(day.last),
        "lastQty": .string(day.lastQuantity), "openPrice": .string(day.open),
        "highPrice": .string(day.high), "lowPrice": .string(day.low),
        "volume": .string(day.volume), "quoteVolume": .string(day.value),
        "openTime": call.unit.json(now.wall - 86_400_000_000_000),
        "closeTime": call.unit.json(now.wall), "firstId": .integer(day.candle.firstTradeID),
        "lastId": .integer(day.candle.lastTradeID), "count": .integer(day.candle.count),
      ]
    }
  }
}

/// The statistics of the last 24 hours as texts.
struct BinanceUSDMDayTicker {
  let candle: Candle
  let change, changePercent, average, last, lastQuantity: String
  let open, high, low, volume, value: String

  init(_ instrument: InstrumentIndex, _ core: BinanceUSDMCore) {
    let record = core.records[Int(instrument)]
    let candle = record.day(at: core.now.wall / 1_000_000_000)
    self.candle = candle
    func price(_ units: Int64) -> String { core.price(units, instrument) }
    change = price(candle.close - candle.open)
    changePercent = DecimalDigits.text(
      candle.open == 0
        ? 0
        : divide(
          Int128(candle.close - candle.open) * 100_000, by: Int128(candle.open), .halfEven),
      decimals: 3, digits: 3)
    let decimals = core.symbol(instrument).priceDecimals
    average =
      candle.volume == 0
      ? price(candle.close)
      : DecimalDigits.text(
        divide(candle.value, by: candle.volume, .down), decimals: decimals, digits: decimals)
    last = price(candle.close)
    lastQuantity = core.quantity(record.last?.quantity ?? 0, instrument)
    open = price(candle.open)
    high = price(candle.high)
    low = price(candle.low)
    volume = core.quantity(candle.volume, instrument)
    value = core.value(candle.value, instrument)
  }
}
