import Credentials
import TradingModel

/// Messages in the form of
/// https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams and
/// https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream.
extension BinanceSpot {
  public static func decodingSamples() throws -> [DecodingSample] {
    var numbers = SampleNumbers(
      price: 92_000, priceDecimals: 2, quantityDecimals: 5, writtenDecimals: 8)
    let environment = description.environments[0]
    let account = AccountNames.sample("BTCUSDT", .spot, base: "BTC", quote: "USDT", numbers)
    func market(_ kind: SampleKind, _ messages: [[UInt8]]) -> DecodingSample {
      .market(kind, BinanceSpotMarket(environment), account.symbolScales[0], messages)
    }
    func orders(_ kind: SampleKind, _ messages: [[UInt8]]) throws -> DecodingSample {
      try .trading(kind, BinanceSpotTrading(environment, .sample, account), over: 0, messages)
    }
    return [
      market(.bestQuote, numbers.messages(bestQuote)), market(.trade, numbers.messages(trade)),
      market(.depth, numbers.messages(depth)), try orders(.order, numbers.messages(accepted)),
      try orders(.fill, numbers.messages(filled)),
    ]
  }

  private static func bestQuote(_ numbers: inout SampleNumbers) -> String {
    #"{"stream":"btcusdt@bookTicker","data":{"u":\#(numbers.next()),"s":"BTCUSDT","#
      + #""b":"\#(numbers.price())","B":"\#(numbers.quantity())","#
      + #""a":"\#(numbers.price(1))","A":"\#(numbers.quantity())"}}"#
  }

  private static func trade(_ numbers: inout SampleNumbers) -> String {
    #"{"stream":"btcusdt@trade","data":{"e":"trade","E":\#(numbers.time),"s":"BTCUSDT","#
      + #""t":\#(numbers.next()),"p":"\#(numbers.price())","q":"\#(numbers.quantity())","#
      + #""T":\#(numbers.time),"m":true,"M":true}}"#
  }

  private static func depth(_ numbers: inout SampleNumbers) -> String {
    let bids = numbers.levels(.buy) { #"["\#($0)","\#($1)"]"# }
    let asks = numbers.levels(.sell) { #"["\#($0)","\#($1)"]"# }
    return #"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":\#(numbers.time),"#
      + #""s":"BTCUSDT","U":\#(numbers.next()),"u":\#(numbers.next()),"b":\#(bids),"a":\#(asks)}}"#
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
    let none = "0.00000000"
    let fee = fill == nil ? #""n":"0","N":null"# : #""n":"0.00001234","N":"BTC""#
    return #"{"subscriptionId":0,"event":{"e":"executionReport","E":\#(time),"s":"BTCUSDT","#
      + #""c":"\#(numbers.clientOrderID())","S":"BUY","o":"LIMIT","f":"GTC","q":"\#(quantity)","#
      + #""p":"\#(price)","P":"\#(none)","F":"\#(none)","g":-1,"C":"","x":"\#(happened)","#
      + #""X":"\#(status)","r":"NONE","i":\#(numbers.next()),"l":"\#(fill ?? none)","#
      + #""z":"\#(fill ?? none)","L":"\#(fill == nil ? none : price)",\#(fee),"T":\#(time),"#
      + #""t":\#(fill == nil ? "-1" : "\(numbers.next())"),"I":\#(numbers.next()),"w":true,"#
      + #""m":\#(fill != nil),"M":false,"O":\#(time),"Z":"\#(none)","Y":"\#(none)","Q":"\#(none)","#
      + #""W":\#(time),"V":"NONE"}}"#
  }
}
