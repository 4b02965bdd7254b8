import Exchange
import TradingModel
import VenueServer

/// The last 24 hours of an instrument, and what stands in its book, in the venue's words
/// (https://bybit-exchange.github.io/docs/v5/market/tickers).
struct BybitTicker {
  typealias Members = [(key: String, value: JSONValue)]
  private let core: BybitCore
  private let instrument: InstrumentIndex
  private let symbol: BybitSymbol
  private let day: Candle
  private let last: Int64

  init(_ instrument: InstrumentIndex, _ core: BybitCore) {
    self.core = core
    self.instrument = instrument
    symbol = core.symbol(instrument)
    day = core.records[Int(instrument)].day(at: core.now.wall / 1_000_000_000)
    last = core.exchange.lastPrice(of: instrument)
  }

  private func price(_ units: Int64) -> JSONValue { .string(symbol.price(units)) }

  /// Change since the price 24 hours ago, cut at six digits.
  private var change: JSONValue {
    guard day.open > 0 else { return "0" }
    let parts = Int128(last - day.open) * 1_000_000 / Int128(day.open)
    return .string(DecimalText.string(parts, decimals: 6))
  }

  private var turnover: JSONValue { .string(symbol.value(day.value)) }
  private var volume: JSONValue {
    .string(DecimalText.string(day.volume, decimals: symbol.quantityDecimals))
  }

  private var best: Members {
    let quote = core.exchange.bestQuote(of: instrument)
    return [
      ("bid1Price", quote.bid.map { price($0.price) } ?? ""),
      ("bid1Size", quote.bid.map { .string(symbol.quantity($0.quantity)) } ?? ""),
      ("ask1Price", quote.ask.map { price($0.price) } ?? ""),
      ("ask1Size", quote.ask.map { .string(symbol.quantity($0.quantity)) } ?? ""),
    ]
  }

  private var prices: Members {
    [
      ("lastPrice", price(last)), ("prevPrice24h", price(day.open)), ("price24hPcnt", change),
      ("highPrice24h", price(day.high)), ("lowPrice24h", price(day.low)),
      ("turnover24h", turnover), ("volume24h", volume),
    ]
  }

  private var contract: Members {
    let mark = core.exchange.mark(of: instrument)
    let interest = core.openInterest(instrument)
    let value = Int128(interest) * Int128(mark.mark)
    return [
      ("prevPrice1h", price(hourAgo)), ("markPrice", price(mark.mark)),
      ("indexPrice", price(mark.index)), ("openInterest", .string(symbol.quantity(interest))),
      ("openInterestValue", .string(symbol.value(value))),
      ("fundingRate", .string(BybitText.text(mark.fundingRate))),
      ("nextFundingTime", .string("\(mark.nextFundingTime / 1_000_000)")),
    ]
  }

  private var hourAgo: Int64 {
    let second = core.now.wall / 1_000_000_000
    return core.records[Int(instrument)].candles(.hour, from: second - 3_600, to: second)
      .first?.open ?? last
  }

  /// As queries tell it.
  var members: Members {
    var members: Members = [("symbol", .string(symbol.name))] + best + prices
    switch symbol.category {
    case .spot: members.append(("usdIndexPrice", price(last)))
    case .linear:
      members += contract
      members += [
        ("predictedDeliveryPrice", ""), ("basisRate", ""), ("deliveryFeeRate", ""),
        ("deliveryTime", "0"), ("basis", ""), ("fundingIntervalHour", "8"),
      ]
    }
    return members
  }

  /// As the `tickers` stream tells it
  /// (https://bybit-exchange.github.io/docs/v5/websocket/public/ticker): that of spot has no best prices.
  var message: Members {
    let name: Members = [("symbol", .string(symbol.name))]
    switch symbol.category {
    case .spot: return name + prices + [("usdIndexPrice", price(last))]
    case .linear:
      return name + [("tickDirection", .string(core.tickDirections[Int(instrument)].word))]
        + prices + contract + best + [("fundingIntervalHour", "8")]
    }
  }
}

/// How a trade's price stands to the one before it.
struct BybitTickDirection {
  private(set) var word = "ZeroPlusTick"
  private var last: Int64 = 0

  mutating func add(_ price: Int64) {
    if last != 0, price > last { word = "PlusTick" }
    if last != 0, price < last { word = "MinusTick" }
    if price == last { word = word.hasSuffix("PlusTick") ? "ZeroPlusTick" : "ZeroMinusTick" }
    last = price
  }
}

extension BybitCore {
  /// What clients hold; the internal account is the other side of it.
  func openInterest(_ instrument: InstrumentIndex) -> Int64 {
    var sum: Int64 = 0
    for account in accounts {
      for side in PositionSide.allCases {
        sum += abs(exchange.position(of: account, instrument, side).quantity)
      }
    }
    return sum
  }

  /// Of contracts the first message is a snapshot, later ones tell what changed; spot has snapshots only.
  func publishTickers(of category: BybitCategory) {
    for instrument in instruments(of: category) {
      let topic = "tickers.\(symbol(instrument).name)"
      guard streams.hasListeners(topic, category) else { continue }
      let ticker = BybitTicker(instrument, self).message
      let sent = sentTickers[instrument] ?? []
      sentTickers[instrument] = ticker
      let changes = ticker.filter { entry in
        !sent.contains { $0.key == entry.key && $0.value == entry.value }
      }
      guard !changes.isEmpty else { continue }
      streams.publish(topic, category) {
        category == .spot
          ? tickerText(instrument, ticker, isSnapshot: true)
          : tickerText(instrument, [ticker[0]] + changes, isSnapshot: false)
      }
    }
  }

  private func tickerText(
    _ instrument: InstrumentIndex, _ members: Members, isSnapshot: Bool
  ) -> String {
    let data = JSONValue.object(members).text
    return #"{"topic":"tickers.\#(symbol(instrument).name)","#
      + #""type":"\#(isSnapshot ? "snapshot" : "delta")","data":\#(data),"#
      + #""cs":\#(takeSequence()),"ts":\#(now.milliseconds)}"#
  }

  /// Sends a new listener what the others know.
  func sendTicker(_ instrument: InstrumentIndex, to session: BybitPublicSession) {
    let ticker = sentTickers[instrument] ?? BybitTicker(instrument, self).message
    sentTickers[instrument] = ticker
    session.connection.send(tickerText(instrument, ticker, isSnapshot: true), .push)
  }
}
