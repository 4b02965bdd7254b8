import Exchange
import TradingModel
import VenueServer

/// Public channels (https://www.okx.com/docs-v5/en/#order-book-trading-market-data-websocket).
extension OKXCore {
  /// Trades of one taker at one price as one.
  func publishTrade(_ trade: OKXTrade, _ index: InstrumentIndex) {
    channels.publish("trades:\(instrument(index).id)") {
      #"[{"instId":"\#(instrument(index).id)","tradeId":"\#(trade.id)","#
        + #""px":"\#(price(trade.price, index))","sz":"\#(quantity(trade.quantity, index))","#
        + #""side":"\#(trade.takerSide.okxWord)","ts":"\#(OKXTime.text(trade.time))","#
        + #""count":"\#(trade.count)","source":"0","seqId":\#(trade.sequence)}]"#
    }
  }

  func publishSingle(_ trade: OKXTrade, _ index: InstrumentIndex) {
    channels.publish("trades-all:\(instrument(index).id)") {
      #"[{"instId":"\#(instrument(index).id)","tradeId":"\#(trade.id)","#
        + #""px":"\#(price(trade.price, index))","sz":"\#(quantity(trade.quantity, index))","#
        + #""side":"\#(trade.takerSide.okxWord)","ts":"\#(OKXTime.text(trade.time))","#
        + #""source":"0"}]"#
    }
  }

  func publishMark(_ mark: MarkEvent) {
    let instrument = instrument(mark.instrument)
    channels.publish("mark-price:\(instrument.id)") {
      JSONValue.array([markJSON(mark.instrument)]).text
    }
    channels.publish("index-tickers:\(instrument.family)") {
      JSONValue.array([indexJSON(mark.instrument)]).text
    }
    channels.publish("price-limit:\(instrument.id)") {
      JSONValue.array([priceLimitJSON(mark.instrument)]).text
    }
  }

  func publishInstruments(_ index: InstrumentIndex) {
    channels.publish("instruments:\(instrument(index).type.rawValue)") {
      JSONValue.array([instrumentJSON(index)]).text
    }
  }

  /// Every 100 ms: tickers of what was traded or quoted since.
  func publishTickers() {
    for place in instruments.indices {
      let index = InstrumentIndex(place)
      let topic = "tickers:\(instrument(index).id)"
      guard channels.hasListeners(topic) else { continue }
      let state = OKXTickerState(
        sequence: exchange.bestQuote(of: index).updateID, tradeID: records[place].last?.id ?? 0)
      if sentTickers[place] == state { continue }
      sentTickers[place] = state
      channels.publish(topic) { JSONValue.array([tickerJSON(index)]).text }
    }
  }

  /// Every second: candles, which are told once more when they are complete.
  func publishCandles() {
    let second = exchange.time / 1_000_000_000
    for place in instruments.indices {
      let index = InstrumentIndex(place)
      for bar in OKXBar.all {
        let topic = "candle\(bar.name):\(instrument(index).id)"
        guard channels.hasListeners(topic) else { continue }
        let start = bar.interval.start(of: second)
        let candles = records[place].candles(bar.interval, from: start - 1, to: second)
        for candle in candles where candle.start >= start || start == second {
          channels.publish(topic) {
            JSONValue.array([candleJSON(candle, bar.interval, index)]).text
          }
        }
      }
    }
  }

  /// Every minute.
  func publishFunding() {
    for place in instruments.indices where instruments[place].isSwap {
      channels.publish("funding-rate:\(instruments[place].id)") {
        JSONValue.array([fundingJSON(InstrumentIndex(place))]).text
      }
    }
  }

  /// What a new listener is told at once.
  func begin(_ subscription: OKXSubscription) {
    let index = subscription.instrumentID.flatMap { exchange.instrument($0) }
    switch subscription.channel {
    case "tickers": index.map { subscription.push(JSONValue.array([tickerJSON($0)]).text) }
    case "mark-price": index.map { subscription.push(JSONValue.array([markJSON($0)]).text) }
    case "funding-rate": index.map { subscription.push(JSONValue.array([fundingJSON($0)]).text) }
    case "price-limit":
      index.map { subscription.push(JSONValue.array([priceLimitJSON($0)]).text) }
    case "index-tickers":
      if let place = instruments.firstIndex(where: {
        $0.isSwap && $0.family == subscription.instrumentID
      }) {
        subscription.push(JSONValue.array([indexJSON(InstrumentIndex(place))]).text)
      }
    case "instruments":
      let all = instruments.indices.filter {
        instruments[$0].type.rawValue == subscription.instrumentType
      }
      subscription.push(JSONValue.array(all.map { instrumentJSON(InstrumentIndex($0)) }).text)
    case "account", "positions", "balance_and_position": beginAccount(subscription)
    default:
      if OKXBookFeed.kinds.contains(where: { $0.channel == subscription.channel }) {
        beginBook(subscription)
      }
    }
  }
}

/// What a ticker was told of last.
struct OKXTickerState: Equatable {
  var sequence: UInt64 = 0
  var tradeID: TradeID = 0
}

/// A candle's length as the venue calls it. Bars of six hours and more without `utc` begin with the days
/// of Hong Kong at the venue; here all begin with those of UTC.
struct OKXBar {
  var name: String
  var interval: CandleInterval

  static let all: [OKXBar] = [
    OKXBar(name: "1s", interval: .second), OKXBar(name: "1m", interval: .minute),
    OKXBar(name: "3m", interval: .minutes3), OKXBar(name: "5m", interval: .minutes5),
    OKXBar(name: "15m", interval: .minutes15), OKXBar(name: "30m", interval: .minutes30),
    OKXBar(name: "1H", interval: .hour), OKXBar(name: "2H", interval: .hours2),
    OKXBar(name: "4H", interval: .hours4), OKXBar(name: "6H", interval: .hours6),
    OKXBar(name: "6Hutc", interval: .hours6), OKXBar(name: "12H", interval: .hours12),
    OKXBar(name: "12Hutc", interval: .hours12), OKXBar(name: "1D", interval: .day),
    OKXBar(name: "1Dutc", interval: .day), OKXBar(name: "3D", interval: .days3),
    OKXBar(name: "3Dutc", interval: .days3), OKXBar(name: "1W", interval: .week),
    OKXBar(name: "1Wutc", interval: .week), OKXBar(name: "1M", interval: .month),
    OKXBar(name: "1Mutc", interval: .month),
  ]

  static func named(_ name: String) -> OKXBar? { all.first { $0.name == name } }
}

extension Side {
  /// As the venue calls it.
  var okxWord: String { self == .buy ? "buy" : "sell" }
}
