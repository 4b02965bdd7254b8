import Credentials
import TradingModel

/// Messages in the form of
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams and
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams.
extension BinanceUSDM {
  public static func decodingSamples() throws -> [DecodingSample] {
    var numbers = SampleNumbers(price: 92_000, priceDecimals: 1, quantityDecimals: 3)
    let environment = description.environments[0]
    let account = AccountNames.sample("BTCUSDT", .linear, base: "BTC", quote: "USDT", numbers)
    func market(_ kind: SampleKind, _ messages: [[UInt8]]) -> DecodingSample {
      .market(
        kind, BinanceUSDMMarket(environment), account.symbolScales[0], messages)
    }
    func orders(_ kind: SampleKind, _ messages: [[UInt8]]) throws -> DecodingSample {
      try .trading(
        kind, BinanceUSDMTrading(environment, .sample, account),
        over: BinanceUSDMTrading.ownEvents, messages)
    }
    return [
      market(.bestQuote, numbers.messages(bestQuote)), market(.trade, numbers.messages(trade)),
      market(.depth, numbers.messages(depth)), try orders(.order, numbers.messages(accepted)),
      try orders(.fill, numbers.messages(filled)),
    ]
  }

  private static func bestQuote(_ numbers: inout SampleNumbers) -> String {
    #"{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":\#(numbers.next()),"#
      + #""s":"BTCUSDT","b":"\#(numbers.price())","B":"\#(numbers.quantity())","#
      + #""a":"\#(numbers.price(1))","A":"\#(numbers.quantity())","T":\#(numbers.time),"#
      + #""E":\#(numbers.time + 1)}}"#
  }

  private static func trade(_ numbers: inout SampleNumbers) -> String {
    let first = numbers.next()
    return #"{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":\#(numbers.time + 1),"#
      + #""a":\#(numbers.next()),"s":"BTCUSDT","p":"\#(numbers.price())","#
      + #""q":"\#(numbers.quantity())","f":\#(first),"l":\#(first + 1),"T":\#(numbers.time),"#
      + #""m":true,"st":1}}"#
  }

  private static func depth(_ numbers: inout SampleNumbers) -> String {
    let bids = numbers.levels(.buy) { #"["\#($0)","\#($1)"]"# }
    let asks = numbers.levels(.sell) { #"["\#($0)","\#($1)"]"# }
    let first = numbers.next()
    return #"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":\#(numbers.time + 1),"#
      + #""T":\#(numbers.time),"s":"BTCUSDT","ps":"BTCUSDT","st":1,"U":\#(first),"#
      + #""u":\#(numbers.next()),"pu":\#(first - 1),"b":\#(bids),"a":\#(asks)}}"#
  }

  private static func accepted(_ numbers: inout SampleNumbers) -> String {
    event(&numbers, quantity: numbers.quantity(), "NEW", "NEW", fill: nil)
  }

  private static func filled(_ numbers: inout SampleNumbers) -> String {
    let (whole, part) = numbers.orderQuantity()
    return event(&numbers, quantity: whole, "TRADE", "PARTIALLY_FILLED", fill: part)
  }

  private static func event(
    _ numbers: inout SampleNumbers, quantity: String, _ happened: String, _ status: String,
    fill: String?
  ) -> String {
    let time = numbers.time
    let price = numbers.price()
    let fee = fill == nil ? #""N":null,"n":null"# : #""N":"USDT","n":"0.01234000""#
    return #"{"e":"ORDER_TRADE_UPDATE","T":\#(time),"E":\#(time + 1),"o":{"s":"BTCUSDT","#
      + #""c":"\#(numbers.clientOrderID())","S":"BUY","o":"LIMIT","f":"GTC","q":"\#(quantity)","#
      + #""p":"\#(price)","ap":"\#(fill == nil ? "0" : price)","sp":"0","x":"\#(happened)","#
      + #""X":"\#(status)","i":\#(numbers.next()),"l":"\#(fill ?? "0")","z":"\#(fill ?? "0")","#
      + #""L":"\#(fill == nil ? "0" : price)",\#(fee),"T":\#(time),"#
      + #""t":\#(fill == nil ? 0 : numbers.next()),"b":"0","a":"0","m":\#(fill != nil),"R":false,"#
      + #""wt":"CONTRACT_PRICE","ot":"LIMIT","ps":"BOTH","cp":false,"rp":"0","pP":false,"si":0,"#
      + #""ss":0,"V":"NONE","pm":"NONE","gtd":0}}"#
  }
}
