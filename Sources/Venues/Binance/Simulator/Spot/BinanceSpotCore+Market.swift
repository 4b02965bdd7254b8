import Exchange
import TradingModel
import VenueServer

/// Market data requests
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints).
extension BinanceSpotCore {
  func depth(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let limit = try call.parameters.limit(100, max: 5000)
    let snapshot = exchange.snapshot(of: instrument, limit: limit)
    return [
      "lastUpdateId": .integer(snapshot.lastUpdateID),
      "bids": levels(snapshot.bids, instrument),
      "asks": levels(snapshot.asks, instrument),
    ]
  }

  private func levels(_ levels: [ExchangeLevel], _ instrument: InstrumentIndex) -> JSONValue {
    .array(
      levels.map {
        [
          .string(price($0.price, instrument)), .string(quantity($0.quantity, instrument)),
        ]
      })
  }

  func trades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let limit = try call.parameters.limit(500, max: 1000)
    return .array(
      records[Int(instrument)].trades.suffix(limit).map {
        trade($0, instrument, call.unit)
      })
  }

  func historicalTrades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    guard let from = call.parameters.integer("fromId") else { return try trades(call) }
    let instrument = try instrument(call.parameters["symbol"])
    let limit = try call.parameters.limit(500, max: 1000)
    let trades = records[Int(instrument)].trades
    let first = trades.firstIndex { Int64($0.id) >= from } ?? trades.endIndex
    return .array(
      trades[first...].prefix(limit).map { trade($0, instrument, call.unit) })
  }

  private func trade(
    _ trade: MarketTrade, _ instrument: InstrumentIndex, _ unit: TimeUnit
  ) -> JSONValue {
    [
      "id": .integer(trade.id),
      "price": .string(price(trade.price, instrument)),
      "qty": .string(quantity(trade.quantity, instrument)),
      "quoteQty": .string(value(Int128(trade.price) * Int128(trade.quantity), instrument)),
      "time": unit.json(trade.nanoseconds),
      "isBuyerMaker": .boolean(trade.isBuyerMaker),
      "isBestMatch": true,
    ]
  }

  func aggregateTrades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let instrument = try instrument(parameters["symbol"])
    let limit = try parameters.limit(500, max: 1000)
    let all = records[Int(instrument)].aggregates
    var list = all[...]
    if let from = parameters.integer("fromId") {
      if parameters["startTime"] != nil || parameters["endTime"] != nil {
        throw BinanceError(-1128, "Combination of optional parameters invalid.")
      }
      list = all[(all.firstIndex { Int64($0.id) >= from } ?? all.endIndex)...].prefix(limit)
    } else if parameters["startTime"] == nil, parameters["endTime"] == nil {
      list = all.suffix(limit)
    } else {
      let from = Self.nanoseconds(parameters.integer("startTime") ?? 0)
      let to = parameters.integer("endTime").map { Self.nanoseconds($0) &+ 999_999 } ?? .max
      let chosen = all.filter { $0.nanoseconds >= from && $0.nanoseconds <= to }
      list = parameters["startTime"] == nil ? chosen.suffix(limit) : chosen.prefix(limit)
    }
    return .array(
      list.map { trade in
        [
          "a": .integer(trade.id),
          "p": .string(price(trade.price, instrument)),
          "q": .string(quantity(trade.quantity, instrument)),
          "f": .integer(trade.firstTradeID),
          "l": .integer(trade.lastTradeID),
          "T": call.unit.json(trade.nanoseconds),
          "m": .boolean(trade.isBuyerMaker),
          "M": true,
        ]
      })
  }

  func klines(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let instrument = try instrument(parameters["symbol"])
    guard let interval = CandleInterval(rawValue: parameters["interval"] ?? "") else {
      throw BinanceError(-1120, "Invalid interval.")
    }
    let limit = try parameters.limit(500, max: 1000)
    let record = records[Int(instrument)]
    let present = now.wall / 1_000_000_000
    let end = parameters.integer("endTime").map { Self.nanoseconds($0) / 1_000_000_000 }
    let to = min(present, end ?? present)
    let span = interval.seconds * Int64(limit + 1)
    let start = parameters.integer("startTime").map {
      (Self.nanoseconds($0) + 999_999_999) / 1_000_000_000
    }
    let from = start ?? max(0, to - span)
    let candles = record.candles(interval, from: from, to: min(to, from + span + span))
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
      .string(price(candle.open, instrument)),
      .string(price(candle.high, instrument)),
      .string(price(candle.low, instrument)),
      .string(price(candle.close, instrument)),
      .string(quantity(candle.volume, instrument)),
      .integer(unit.count(end) - 1),
      .string(value(candle.value, instrument)),
      .integer(candle.count),
      .string(quantity(candle.takerBuyVolume, instrument)),
      .string(value(candle.takerBuyValue, instrument)),
      "0",
    ]
  }

  // MARK: Averages and tickers

  /// The average price of five minutes, cut at 8 decimals; the last price where nothing was traded.
  func averageText(_ instrument: InstrumentIndex) -> String {
    let average = records[Int(instrument)].average(minutes: 5, at: now.wall / 1_000_000_000)
    if average.volume == 0 { return price(exchange.lastPrice(of: instrument), instrument) }
    return quotient(average.value, average.volume, instrument)
  }

  /// Value over volume as a price with 8 decimals.
  func quotient(_ value: Int128, _ volume: Int128, _ instrument: InstrumentIndex) -> String {
    if volume == 0 { return "0.00000000" }
    let shift = 8 - symbol(instrument).priceDecimals
    return DecimalDigits.text(
      divide(value * powerOfTen128(shift), by: volume, .down), decimals: 8)
  }

  func averagePrice(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let last = records[Int(instrument)].last?.nanoseconds ?? exchange.settings.startTime
    return [
      "mins": 5, "price": .string(averageText(instrument)), "closeTime": call.unit.json(last),
    ]
  }

  /// One answer for `symbol`, a list otherwise.
  private func each(
    _ call: BinanceCall, _ make: (InstrumentIndex) -> JSONValue
  ) throws(BinanceError) -> JSONValue {
    let chosen = try symbolsAsked(call.parameters)
    if call.parameters["symbol"] != nil, let only = chosen?.first { return make(only) }
    return .array((chosen ?? symbols.indices.map { UInt16($0) }).map(make))
  }

  func tickerPrice(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try each(call) {
      [
        "symbol": .string(symbol($0).name),
        "price": .string(price(exchange.lastPrice(of: $0), $0)),
      ]
    }
  }

  func tickerBook(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try each(call) { instrument in
      var members: Members = [("symbol", .string(symbol(instrument).name))]
      members += bestMembers(instrument)
      return .object(members)
    }
  }

  private func bestMembers(_ instrument: InstrumentIndex) -> Members {
    let quote = exchange.bestQuote(of: instrument)
    return [
      ("bidPrice", .string(price(quote.bid?.price ?? 0, instrument))),
      ("bidQty", .string(quantity(quote.bid?.quantity ?? 0, instrument))),
      ("askPrice", .string(price(quote.ask?.price ?? 0, instrument))),
      ("askQty", .string(quantity(quote.ask?.quantity ?? 0, instrument))),
    ]
  }

  func ticker24Hour(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let isMini = call.parameters["type"] == "MINI"
    return try each(call) { instrument in
      let day = BinanceSpotDayTicker(instrument, self)
      var members: Members = [("symbol", .string(symbol(instrument).name))]
      if !isMini {
        members += [
          ("priceChange", .string(day.change)),
          ("priceChangePercent", .string(day.changePercent)),
          ("weightedAvgPrice", .string(day.average)),
          ("prevClosePrice", .string(day.previousClose)),
          ("lastPrice", .string(day.last)),
          ("lastQty", .string(day.lastQuantity)),
        ]
        members += bestMembers(instrument)
      }
      members += [
        ("openPrice", .string(day.open)), ("highPrice", .string(day.high)),
        ("lowPrice", .string(day.low)),
      ]
      if isMini { members.append(("lastPrice", .string(day.last))) }
      members += [
        ("volume", .string(day.volume)), ("quoteVolume", .string(day.value)),
        ("openTime", call.unit.json(now.wall - 86_400_000_000_000)),
        ("closeTime", call.unit.json(now.wall)),
        ("firstId", .integer(day.candle.firstTradeID)),
        ("lastId", .integer(day.candle.lastTradeID)), ("count", .integer(day.candle.count)),
      ]
      return .object(members)
    }
  }
}

/// The statistics of the last 24 hours as texts.
struct BinanceSpotDayTicker {
  let candle: Candle
  let change, changePercent, average, previousClose, last, lastQuantity: String
  let open, high, low, volume, value: String

  init(_ instrument: InstrumentIndex, _ core: BinanceSpotCore) {
    let second = core.now.wall / 1_000_000_000
    let record = core.records[Int(instrument)]
    let candle = record.day(at: second)
    self.candle = candle
    func price(_ units: Int64) -> String { core.price(units, instrument) }
    change = price(candle.close - candle.open)
    changePercent = DecimalDigits.text(
      candle.open == 0
        ? 0
        : divide(
          Int128(candle.close - candle.open) * 100_000, by: Int128(candle.open), .halfEven),
      decimals: 3, digits: 3)
    average = core.quotient(candle.value, candle.volume, instrument)
    previousClose = price(record.priceBefore(second))
    last = price(candle.close)
    lastQuantity = core.quantity(record.last?.quantity ?? 0, instrument)
    open = price(candle.open)
    high = price(candle.high)
    low = price(candle.low)
    volume = core.quantity(candle.volume, instrument)
    value = core.value(candle.value, instrument)
  }
}
