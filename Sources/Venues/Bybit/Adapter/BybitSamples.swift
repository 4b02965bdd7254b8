import Credentials
import TradingModel

/// Messages in the form of https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook,
/// .../public/trade, .../private/order and .../private/execution.
extension BybitVenue {
  public static func decodingSamples() throws -> [DecodingSample] {
    var numbers =
      category == .spot
      ? SampleNumbers(price: 92_000, priceDecimals: 2, quantityDecimals: 6)
      : SampleNumbers(price: 92_000, priceDecimals: 1, quantityDecimals: 3)
    let environment = description.environments[0]
    let account = AccountNames.sample(
      "BTCUSDT", category == .spot ? .spot : .linear, base: "BTC", quote: "USDT", numbers)
    func market(_ kind: SampleKind, _ messages: [[UInt8]]) -> DecodingSample {
      .market(kind, BybitMarket(category, environment), account.symbolScales[0], messages)
    }
    func orders(_ kind: SampleKind, _ messages: [[UInt8]]) throws -> DecodingSample {
      try .trading(
        kind, BybitTrading(category, environment, .sample, account), over: 1, messages)
    }
    return [
      market(.bestQuote, numbers.messages(BybitSamples.bestQuote)),
      market(.trade, numbers.messages(BybitSamples.trade)),
      market(.depth, numbers.messages(BybitSamples.depth)),
      try orders(.order, numbers.messages { BybitSamples.accepted(&$0, category) }),
      try orders(.fill, numbers.messages { BybitSamples.filled(&$0, category) }),
    ]
  }
}

private enum BybitSamples {
  static func bestQuote(_ numbers: inout SampleNumbers) -> String {
    #"{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":\#(numbers.time),"data":{"#
      + #""s":"BTCUSDT","b":[["\#(numbers.price())","\#(numbers.quantity())"]],"#
      + #""a":[["\#(numbers.price(1))","\#(numbers.quantity())"]],"u":\#(numbers.next()),"#
      + #""seq":\#(numbers.next())},"cts":\#(numbers.time - 1)}"#
  }

  static func trade(_ numbers: inout SampleNumbers) -> String {
    #"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":\#(numbers.time),"data":[{"#
      + #""T":\#(numbers.time - 1),"s":"BTCUSDT","S":"Buy","v":"\#(numbers.quantity())","#
      + #""p":"\#(numbers.price())","L":"PlusTick","i":"\#(identifier(&numbers))","BT":false,"#
      + #""RPI":false,"seq":\#(numbers.next())}]}"#
  }

  static func depth(_ numbers: inout SampleNumbers) -> String {
    let bids = numbers.levels(.buy) { #"["\#($0)","\#($1)"]"# }
    let asks = numbers.levels(.sell) { #"["\#($0)","\#($1)"]"# }
    return #"{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":\#(numbers.time),"data":{"#
      + #""s":"BTCUSDT","b":\#(bids),"a":\#(asks),"u":\#(numbers.next()),"#
      + #""seq":\#(numbers.next())},"cts":\#(numbers.time - 1)}"#
  }

  private static func identifier(_ numbers: inout SampleNumbers) -> String {
    let digits = String(numbers.next())
    return "20f43950-d8dd-5b31-9112-" + String(repeating: "0", count: 12 - digits.utf8.count)
      + digits
  }

  static func accepted(_ numbers: inout SampleNumbers, _ category: BybitCategory) -> String {
    let (quantity, time) = (numbers.quantity(), numbers.time)
    return #"{"id":"5923240c6880ab-c59f-420b-9adb-3639adc9dd90","topic":"order","#
      + #""creationTime":\#(time),"data":[{"category":"\#(category.text)","symbol":"BTCUSDT","#
      + #""orderId":"\#(identifier(&numbers))","orderLinkId":"\#(numbers.clientOrderID())","#
      + #""blockTradeId":"","side":"Buy","positionIdx":0,"orderStatus":"New","#
      + #""createType":"CreateByUser","cancelType":"UNKNOWN","rejectReason":"EC_NoError","#
      + #""timeInForce":"GTC","isLeverage":"","orderType":"Limit","price":"\#(numbers.price())","#
      + #""qty":"\#(quantity)","orderIv":"","avgPrice":"","leavesQty":"\#(quantity)","#
      + #""leavesValue":"184.1","cumExecQty":"0","cumExecValue":"0","cumExecFee":"0","#
      + #""cumFeeDetail":{},"stopOrderType":"","triggerPrice":"","triggerDirection":0,"#
      + #""triggerBy":"","lastPriceOnCreated":"","tpslMode":"","ocoTriggerBy":"","takeProfit":"","#
      + #""stopLoss":"","tpTriggerBy":"","slTriggerBy":"","tpLimitPrice":"","slLimitPrice":"","#
      + #""reduceOnly":false,"closeOnTrigger":false,"placeType":"","smpType":"None","smpGroup":0,"#
      + #""smpOrderId":"","marketUnit":"","slippageToleranceType":"UNKNOWN","#
      + #""slippageTolerance":"","createdTime":"\#(time)","updatedTime":"\#(time)"}]}"#
  }

  static func filled(_ numbers: inout SampleNumbers, _ category: BybitCategory) -> String {
    let (whole, part) = numbers.orderQuantity()
    let (price, time) = (numbers.price(), numbers.time)
    return #"{"topic":"execution","id":"386825804_BTCUSDT_140612148849382","#
      + #""creationTime":\#(time + 2),"data":[{"category":"\#(category.text)","#
      + #""symbol":"BTCUSDT","closedSize":"0","execFee":"0.01234","feeCurrency":"USDT","#
      + #""execId":"\#(identifier(&numbers))","execPrice":"\#(price)","execQty":"\#(part)","#
      + #""execType":"Trade","execValue":"184.1","feeRate":"0.00055","tradeIv":"","markIv":"","#
      + #""blockTradeId":"","markPrice":"\#(price)","indexPrice":"","underlyingPrice":"","#
      + #""leavesQty":"0","orderId":"\#(identifier(&numbers))","#
      + #""orderLinkId":"\#(numbers.clientOrderID())","orderPrice":"\#(price)","#
      + #""orderQty":"\#(whole)","orderType":"Limit","stopOrderType":"UNKNOWN","side":"Buy","#
      + #""execTime":"\#(time)","isLeverage":"0","isMaker":true,"seq":\#(numbers.next()),"#
      + #""createType":"CreateByUser"}]}"#
  }
}
