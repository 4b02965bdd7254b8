import Exchange
import TradingModel

/// A trade of a symbol. Times are milliseconds.
struct MarketTrade {
  var id: UInt64
  var price: Int64
  var quantity: Int64
  var nanoseconds: Int64
  var isBuyerMaker: Bool
  var takerOrderID: OrderID
}

/// Trades of one taker order at one price, one after the other.
struct AggregateTrade {
  var id: UInt64
  var price: Int64
  var quantity: Int64
  var firstTradeID: UInt64
  var lastTradeID: UInt64
  var nanoseconds: Int64
  var isBuyerMaker: Bool
  var takerOrderID: OrderID
}

/// What was traded in a span of time.
struct Candle {
  /// Seconds since the epoch.
  var start: Int64
  var open: Int64
  var high: Int64
  var low: Int64
  var close: Int64
  var volume: Int128 = 0
  /// In price units times quantity units.
  var value: Int128 = 0
  var takerBuyVolume: Int128 = 0
  var takerBuyValue: Int128 = 0
  var count = 0
  /// -1 without trades, as the venue has it.
  var firstTradeID: Int64 = -1
  var lastTradeID: Int64 = -1

  /// A span in which nothing was traded yet.
  init(start: Int64, price: Int64) {
    self.start = start
    open = price
    high = price
    low = price
    close = price
  }

  mutating func add(_ trade: MarketTrade) {
    if count == 0 {
      open = trade.price
      high = trade.price
      low = trade.price
      firstTradeID = Int64(trade.id)
    }
    high = max(high, trade.price)
    low = min(low, trade.price)
    close = trade.price
    lastTradeID = Int64(trade.id)
    count += 1
    let value = Int128(trade.price) * Int128(trade.quantity)
    volume += Int128(trade.quantity)
    self.value += value
    if !trade.isBuyerMaker {
      takerBuyVolume += Int128(trade.quantity)
      takerBuyValue += value
    }
  }

  /// Joins a later span.
  mutating func add(_ later: Candle) {
    if later.count > 0 {
      if count == 0 {
        open = later.open
        high = later.high
        low = later.low
        firstTradeID = later.firstTradeID
      }
      high = max(high, later.high)
      low = min(low, later.low)
      lastTradeID = later.lastTradeID
    }
    close = later.close
    count += later.count
    volume += later.volume
    value += later.value
    takerBuyVolume += later.takerBuyVolume
    takerBuyValue += later.takerBuyValue
  }
}

/// The trades of one symbol and what follows from them.
struct MarketRecord {
  static let tradesMax = 20_000
  let startPrice: Int64
  let startSecond: Int64
  private(set) var trades: [MarketTrade] = []
  private(set) var aggregates: [AggregateTrade] = []
  private(set) var seconds: [Candle] = []
  private(set) var minutes: [Candle] = []
  private(set) var last: MarketTrade?
  private var nextAggregateID: UInt64 = 1

  init(startPrice: Int64, startSecond: Int64) {
    self.startPrice = startPrice
    self.startSecond = startSecond
  }

  /// Takes the next trade.
  mutating func add(_ trade: MarketTrade) {
    last = trade
    trades.append(trade)
    if trades.count >= 2 * Self.tradesMax { trades.removeFirst(trades.count - Self.tradesMax) }
    addToAggregate(trade)
    let second = trade.nanoseconds / 1_000_000_000
    Self.add(trade, to: &seconds, start: second, max: 7_200)
    Self.add(trade, to: &minutes, start: second / 60 * 60, max: 20_000)
  }

  private mutating func addToAggregate(_ trade: MarketTrade) {
    if var newest = aggregates.last, newest.takerOrderID == trade.takerOrderID,
      newest.price == trade.price, newest.isBuyerMaker == trade.isBuyerMaker,
      newest.lastTradeID + 1 == trade.id
    {
      newest.quantity += trade.quantity
      newest.lastTradeID = trade.id
      aggregates[aggregates.count - 1] = newest
      return
    }
    aggregates.append(
      AggregateTrade(
        id: nextAggregateID, price: trade.price, quantity: trade.quantity,
        firstTradeID: trade.id, lastTradeID: trade.id, nanoseconds: trade.nanoseconds,
        isBuyerMaker: trade.isBuyerMaker, takerOrderID: trade.takerOrderID))
    nextAggregateID += 1
    if aggregates.count >= 2 * Self.tradesMax {
      aggregates.removeFirst(aggregates.count - Self.tradesMax)
    }
  }

  private static func add(
    _ trade: MarketTrade, to candles: inout [Candle], start: Int64, max: Int
  ) {
    if candles.last?.start != start { candles.append(Candle(start: start, price: trade.price)) }
    candles[candles.count - 1].add(trade)
    if candles.count >= 2 * max { candles.removeFirst(candles.count - max) }
  }

  /// The aggregates that were begun or went on since there were `count` trades ever seen.
  func aggregates(fromTrade id: UInt64) -> ArraySlice<AggregateTrade> {
    var first = aggregates.count
    while first > 0, aggregates[first - 1].lastTradeID >= id { first -= 1 }
    return aggregates[first...]
  }

  /// The candles of an interval that touch `from...to` (seconds), gaps filled with the close before.
  func candles(_ interval: CandleInterval, from: Int64, to: Int64) -> [Candle] {
    let parts = interval.seconds < 60 ? seconds : minutes
    let first = interval.start(of: max(from, startSecond))
    guard first <= to else { return [] }
    // What was traded before the first candle gives its price where nothing was traded in it.
    var price = startPrice
    var index = 0
    while index < parts.count, parts[index].start < first {
      price = parts[index].close
      index += 1
    }
    var result: [Candle] = []
    var start = first
    while start <= to {
      let end = interval.end(after: start)
      var candle = Candle(start: start, price: price)
      while index < parts.count, parts[index].start < end {
        candle.add(parts[index])
        index += 1
      }
      price = candle.close
      result.append(candle)
      start = end
    }
    return result
  }

  /// The last 24 hours, or as much of them as there is.
  func day(at second: Int64) -> Candle {
    let from = max(startSecond, second - 86_400)
    var candle = Candle(start: from, price: startPrice)
    for part in minutes where part.start + 60 > from { candle.add(part) }
    return candle
  }

  /// The price before the window of `day`.
  func priceBefore(_ second: Int64) -> Int64 {
    minutes.last { $0.start + 60 <= second - 86_400 }?.close ?? startPrice
  }

  /// Value and volume of the last `minutes` minutes.
  func average(minutes count: Int64, at second: Int64) -> (value: Int128, volume: Int128) {
    var value: Int128 = 0
    var volume: Int128 = 0
    for candle in seconds.reversed() {
      if candle.start <= second - count * 60 { break }
      value += candle.value
      volume += candle.volume
    }
    return (value, volume)
  }
}

/// The intervals of candles that venues have, as many of them spell them.
enum CandleInterval: String, CaseIterable {
  case second = "1s"
  case minute = "1m"
  case minutes3 = "3m"
  case minutes5 = "5m"
  case minutes15 = "15m"
  case minutes30 = "30m"
  case hour = "1h"
  case hours2 = "2h"
  case hours4 = "4h"
  case hours6 = "6h"
  case hours8 = "8h"
  case hours12 = "12h"
  case day = "1d"
  case days3 = "3d"
  case week = "1w"
  case month = "1M"

  /// The length; of a month nominal.
  var seconds: Int64 {
    switch self {
    case .second: 1
    case .minute: 60
    case .minutes3: 180
    case .minutes5: 300
    case .minutes15: 900
    case .minutes30: 1800
    case .hour: 3600
    case .hours2: 7200
    case .hours4: 14400
    case .hours6: 21600
    case .hours8: 28800
    case .hours12: 43200
    case .day: 86400
    case .days3: 259_200
    case .week: 604_800
    case .month: 2_592_000
    }
  }

  /// The start of the interval that `second` lies in. Weeks begin on Monday, months on the first.
  func start(of second: Int64) -> Int64 {
    switch self {
    case .week: (second - 345_600) / 604_800 * 604_800 + 345_600
    case .month: Self.month(of: second).start
    default: second / seconds * seconds
    }
  }

  /// The start of the interval after the one that begins at `start`.
  func end(after start: Int64) -> Int64 {
    self == .month ? Self.month(of: start).end : start + seconds
  }

  /// Bounds of the month of the proleptic Gregorian calendar, by Howard Hinnant's civil-days method
  /// (https://howardhinnant.github.io/date_algorithms.html).
  private static func month(of second: Int64) -> (start: Int64, end: Int64) {
    let days = second / 86400 + 719_468
    let era = days / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let firstDay = days - (dayOfYear - (153 * month + 2) / 5)
    let lengths: [Int64] = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]
    let year = yearOfEra + era * 400 + 1
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = month < 11 ? lengths[Int(month)] : isLeap ? 29 : 28
    let start = (firstDay - 719_468) * 86400
    return (start, start + length * 86400)
  }
}
