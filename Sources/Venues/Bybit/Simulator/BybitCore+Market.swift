import Exchange
import TradingModel
import VenueServer

/// Market data (https://bybit-exchange.github.io/docs/v5/market/time and those beside it).
extension BybitCore {
  func timeResult() -> JSONValue {
    [
      "timeSecond": .string("\(now.wall / 1_000_000_000)"), "timeNano": .string("\(now.wall)"),
    ]
  }

  private func listed(_ parameters: BybitParameters) throws(BybitError) -> (
    BybitCategory, InstrumentIndex
  ) {
    let category = try parameters.category()
    guard let instrument = instrument(parameters["symbol"] ?? "", category) else {
      throw .unsupportedSymbol
    }
    return (category, instrument)
  }

  // MARK: Instruments

  /// Of contracts a page at a time: the cursor is the place of the next one.
  func instruments(_ parameters: BybitParameters) throws(BybitError) -> JSONValue {
    let category = try parameters.category()
    var places = instruments(of: category)
    if let name = parameters["symbol"] {
      guard let instrument = instrument(name, category) else { throw .unsupportedSymbol }
      places = [instrument]
    }
    if let base = parameters["baseCoin"] { places.removeAll { symbol($0).base != base } }
    if let status = parameters["status"], status != "Trading" { places = [] }
    switch category {
    case .spot:
      return [
        "category": "spot", "list": .array(places.map { spotInstrument(symbol($0)) }),
        "nextPageCursor": "",
      ]
    case .linear:
      let limit = try parameters.limit(500, max: 1_000)
      let (page, cursor) = try Self.page(places, parameters, limit)
      return [
        "category": "linear", "list": .array(page.map { linearInstrument(symbol($0)) }),
        "nextPageCursor": .string(cursor),
      ]
    }
  }

  /// The part of a list that a cursor names, and the cursor of the next part.
  static func page<Entry>(
    _ entries: [Entry], _ parameters: BybitParameters, _ limit: Int
  ) throws(BybitError) -> (page: [Entry], cursor: String) {
    var start = 0
    if let cursor = parameters["cursor"] {
      guard let place = Int(cursor.dropFirst("page_".count)), cursor.hasPrefix("page_"),
        (0...entries.count).contains(place)
      else { throw BybitError(10001, "cursor invalid") }
      start = place
    }
    let end = min(entries.count, start + limit)
    return (Array(entries[start..<end]), end < entries.count ? "page_\(end)" : "")
  }

  private func spotInstrument(_ symbol: BybitSymbol) -> JSONValue {
    let most = symbol.quantity(symbol.quantityMax)
    return [
      "symbol": .string(symbol.name), "baseCoin": .string(symbol.base),
      "quoteCoin": .string(symbol.quote), "innovation": "0", "status": "Trading",
      "marginTrading": "utaOnly", "stTag": "0",
      "lotSizeFilter": [
        "basePrecision": .string(symbol.step(decimals: symbol.quantityDecimals)),
        "quotePrecision": .string(
          symbol.step(decimals: symbol.priceDecimals + symbol.quantityDecimals)),
        "minOrderQty": .string(symbol.quantity(symbol.quantityMin)),
        "maxOrderQty": .string(most),
        "minOrderAmt": .string("\(symbol.notionalMin)"),
        "maxOrderAmt": .string("\(symbol.notionalMax ?? 0)"),
        "maxLimitOrderQty": .string(most),
        "maxMarketOrderQty": .string(symbol.quantity(symbol.marketQuantityMax)),
        "postOnlyMaxLimitOrderSize": .string(most),
      ],
      "priceFilter": ["tickSize": .string(symbol.price(1))],
      "riskParameters": Self.riskParameters,
    ]
  }

  private static let riskParameters: JSONValue = [
    "priceLimitRatioX": .string(BybitText.text(BybitSymbol.priceLimit)),
    "priceLimitRatioY": .string(BybitText.text(BybitSymbol.priceLimit)),
  ]

  private func linearInstrument(_ symbol: BybitSymbol) -> JSONValue {
    let most = symbol.quantity(symbol.quantityMax)
    let highest = 2_000_000 * powerOfTen(symbol.priceDecimals) - 1
    return [
      "symbol": .string(symbol.name), "contractType": "LinearPerpetual", "status": "Trading",
      "baseCoin": .string(symbol.base), "quoteCoin": .string(symbol.quote),
      "launchTime": "1584230400000", "deliveryTime": "0", "deliveryFeeRate": "",
      "priceScale": .string("\(symbol.priceDigits)"),
      "leverageFilter": [
        "minLeverage": "1", "maxLeverage": .string("\(symbol.leverageMax).00"),
        "leverageStep": "1",
      ],
      "priceFilter": [
        "minPrice": .string(symbol.price(1)), "maxPrice": .string(symbol.price(highest)),
        "tickSize": .string(symbol.price(1)),
      ],
      "lotSizeFilter": [
        "maxOrderQty": .string(most), "minOrderQty": .string(symbol.quantity(symbol.quantityMin)),
        "qtyStep": .string(symbol.quantity(1)), "postOnlyMaxOrderQty": .string(most),
        "maxMktOrderQty": .string(symbol.quantity(symbol.marketQuantityMax)),
        "minNotionalValue": .string("\(symbol.notionalMin)"),
      ],
      "unifiedMarginTrade": true, "fundingInterval": .integer(BybitSymbol.fundingMinutes),
      "settleCoin": .string(symbol.quote), "copyTrading": "both", "upperFundingRate": "0.005",
      "lowerFundingRate": "-0.005", "isPreListing": false, "preListingInfo": .null,
      "riskParameters": Self.riskParameters, "displayName": "", "symbolType": "",
    ]
  }

  // MARK: Tickers, trades, candles

  func tickers(_ parameters: BybitParameters) throws(BybitError) -> JSONValue {
    let category = try parameters.category()
    var places = instruments(of: category)
    if let name = parameters["symbol"] {
      guard let instrument = instrument(name, category) else { throw .unsupportedSymbol }
      places = [instrument]
    }
    return [
      "category": .string(category.rawValue),
      "list": .array(places.map { .object(BybitTicker($0, self).members) }),
    ]
  }

  /// Newest first.
  func trades(_ parameters: BybitParameters) throws(BybitError) -> JSONValue {
    let (category, instrument) = try listed(parameters)
    let limit = try parameters.limit(
      category == .spot ? 60 : 500, max: category == .spot ? 60 : 1_000)
    let symbol = symbol(instrument)
    let list = exchange.recentTrades(of: instrument, limit: limit).reversed().map { trade in
      [
        "execId": .string(BybitIdentifiers.execution(trade.id, instrument, category)),
        "symbol": .string(symbol.name), "price": .string(symbol.price(trade.price)),
        "size": .string(symbol.quantity(trade.quantity)), "side": .string(trade.takerSide.bybit),
        "time": .string("\(trade.time / 1_000_000)"), "isBlockTrade": false, "isRPITrade": false,
        "seq": .integer(tradeSequence(trade)),
      ] as JSONValue
    }
    return ["category": .string(category.rawValue), "list": .array(Array(list))]
  }

  func tradeSequence(_ trade: TradePrint) -> UInt64 {
    140_612_000_000_000 + trade.id * 8 + UInt64(trade.instrument)
  }

  /// Newest first; the last one is still going on.
  func candles(_ parameters: BybitParameters) throws(BybitError) -> JSONValue {
    let (category, instrument) = try listed(parameters)
    guard let interval = CandleInterval(bybit: parameters["interval"] ?? "") else {
      throw BybitError(10001, "Invalid period!")
    }
    let limit = try parameters.limit(200, max: 1_000)
    let second = now.wall / 1_000_000_000
    let to = min(parameters.integer("end").map { $0 / 1_000 } ?? second, second)
    let earliest = to - Int64(limit - 1) * interval.seconds
    let start = parameters.integer("start").map { min($0, now.milliseconds + 1_000) }
    let from = max(start.map { ($0 + 999) / 1_000 } ?? earliest, earliest)
    let symbol = symbol(instrument)
    let list = records[Int(instrument)].candles(interval, from: from, to: to).suffix(limit)
      .filter { $0.start >= from || parameters["start"] == nil }
      .reversed().map { candle -> JSONValue in
        [
          .string("\(candle.start * 1_000)"), .string(symbol.price(candle.open)),
          .string(symbol.price(candle.high)), .string(symbol.price(candle.low)),
          .string(symbol.price(candle.close)),
          .string(DecimalText.string(candle.volume, decimals: symbol.quantityDecimals)),
          .string(symbol.value(candle.value)),
        ]
      }
    return [
      "category": .string(category.rawValue), "symbol": .string(symbol.name),
      "list": .array(Array(list)),
    ]
  }

  /// Newest first. The rate does not change here, so those before the start are known too.
  func fundingHistory(_ parameters: BybitParameters) throws(BybitError) -> JSONValue {
    let (category, instrument) = try listed(parameters)
    guard category == .linear else { throw .illegalCategory }
    let limit = try parameters.limit(200, max: 200)
    if parameters["startTime"] != nil, parameters["endTime"] == nil { throw .invalid("endTime") }
    let interval = exchange.fundingInterval(of: instrument) / 1_000_000
    let end = min(parameters.integer("endTime") ?? .max, now.milliseconds)
    let start = parameters.integer("startTime") ?? 0
    let rate = BybitText.text(exchange.mark(of: instrument).fundingRate)
    var list: [JSONValue] = []
    var time = interval > 0 ? end / interval * interval : 0
    while list.count < limit, time >= start, time > 0 {
      list.append([
        "symbol": .string(symbol(instrument).name), "fundingRate": .string(rate),
        "fundingRateTimestamp": .string("\(time)"),
      ])
      time -= interval
    }
    return ["category": "linear", "list": .array(list)]
  }

  // MARK: Streams

  /// https://bybit-exchange.github.io/docs/v5/websocket/public/trade
  func publishTrades(_ prints: [TradePrint]) {
    for instrument in symbols.indices.map({ InstrumentIndex($0) }) {
      let mine = prints.filter { $0.instrument == instrument }
      guard !mine.isEmpty else { continue }
      let symbol = symbol(instrument)
      let topic = "publicTrade.\(symbol.name)"
      let isHeard = streams.hasListeners(topic, symbol.category)
      var list = ""
      for trade in mine {
        tickDirections[Int(instrument)].add(trade.price)
        guard isHeard else { continue }
        if !list.isEmpty { list += "," }
        list += tradeText(trade, symbol)
      }
      streams.publish(topic, symbol.category) {
        #"{"topic":"\#(topic)","type":"snapshot","ts":\#(now.milliseconds),"data":[\#(list)]}"#
      }
    }
  }

  /// The direction of the price is told of contracts only.
  private func tradeText(_ trade: TradePrint, _ symbol: BybitSymbol) -> String {
    let id = BybitIdentifiers.execution(trade.id, trade.instrument, symbol.category)
    let direction =
      symbol.category == .linear
      ? #""L":"\#(tickDirections[Int(trade.instrument)].word)","# : ""
    return #"{"T":\#(trade.time / 1_000_000),"s":"\#(symbol.name)","#
      + #""S":"\#(trade.takerSide.bybit)","v":"\#(symbol.quantity(trade.quantity))","#
      + #""p":"\#(symbol.price(trade.price))",\#(direction)"i":"\#(id)","BT":false,"#
      + #""RPI":false,"seq":\#(tradeSequence(trade))}"#
  }

  /// https://bybit-exchange.github.io/docs/v5/websocket/public/kline
  func publishCandles() {
    let second = now.wall / 1_000_000_000
    for (place, symbol) in symbols.enumerated() {
      for (word, interval) in CandleInterval.bybit {
        let topic = "kline.\(word).\(symbol.name)"
        guard streams.hasListeners(topic, symbol.category) else { continue }
        let start = interval.start(of: second)
        // The candle that just ended is told once more, confirmed.
        for candle in records[place].candles(interval, from: start - 1, to: second)
        where candle.start >= start || start == second {
          streams.publish(topic, symbol.category) { candleText(candle, word, interval, symbol) }
        }
      }
    }
  }

  private func candleText(
    _ candle: Candle, _ word: String, _ interval: CandleInterval, _ symbol: BybitSymbol
  ) -> String {
    let end = interval.end(after: candle.start)
    let volume = DecimalText.string(candle.volume, decimals: symbol.quantityDecimals)
    return #"{"topic":"kline.\#(word).\#(symbol.name)","data":[{"start":\#(candle.start * 1_000),"#
      + #""end":\#(end * 1_000 - 1),"interval":"\#(word)","open":"\#(symbol.price(candle.open))","#
      + #""close":"\#(symbol.price(candle.close))","high":"\#(symbol.price(candle.high))","#
      + #""low":"\#(symbol.price(candle.low))","volume":"\#(volume)","#
      + #""turnover":"\#(symbol.value(candle.value))","#
      + #""confirm":\#(end <= now.wall / 1_000_000_000),"timestamp":\#(now.milliseconds)}],"#
      + #""ts":\#(now.milliseconds),"type":"snapshot"}"#
  }
}

extension CandleInterval {
  /// The venue's words (https://bybit-exchange.github.io/docs/v5/enum#interval).
  static let bybit: [(word: String, interval: CandleInterval)] = [
    ("1", .minute), ("3", .minutes3), ("5", .minutes5), ("15", .minutes15), ("30", .minutes30),
    ("60", .hour), ("120", .hours2), ("240", .hours4), ("360", .hours6), ("720", .hours12),
    ("D", .day), ("W", .week), ("M", .month),
  ]

  init?(bybit word: String) {
    guard let found = Self.bybit.first(where: { $0.word == word }) else { return nil }
    self = found.interval
  }
}
