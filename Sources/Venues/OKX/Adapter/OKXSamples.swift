import Credentials
import TradingModel

/// Messages in the form of https://www.okx.com/docs-v5/en/: "Order book channel", "Trades channel", "Order
/// channel".
extension OKX {
  public static func decodingSamples() throws -> [DecodingSample] {
    var numbers = SampleNumbers(price: 92_000, priceDecimals: 1, quantityDecimals: 8)
    let environment = description.environments[0]
    let account = AccountNames.sample("BTC-USDT", .spot, base: "BTC", quote: "USDT", numbers)
    func market(_ kind: SampleKind, _ messages: [[UInt8]]) -> DecodingSample {
      .market(kind, OKXMarket(environment), account.symbolScales[0], messages)
    }
    func orders(_ kind: SampleKind, _ messages: [[UInt8]]) throws -> DecodingSample {
      try .trading(
        kind, OKXTrading(environment, .sample, account), over: OKXTrading.streamChannel,
        messages)
    }
    return [
      market(.bestQuote, numbers.messages(bestQuote)), market(.trade, numbers.messages(trade)),
      market(.depth, numbers.messages(depth)), try orders(.order, numbers.messages(accepted)),
      try orders(.fill, numbers.messages(filled)),
    ]
  }

  private static func bestQuote(_ numbers: inout SampleNumbers) -> String {
    #"{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["\#(numbers.price(1))","#
      + #""\#(numbers.quantity())","0","13"]],"bids":[["\#(numbers.price())","#
      + #""\#(numbers.quantity())","0","2"]],"ts":"\#(numbers.time)","seqId":\#(numbers.next())}]}"#
  }

  private static func trade(_ numbers: inout SampleNumbers) -> String {
    #"{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","#
      + #""tradeId":"\#(numbers.next())","px":"\#(numbers.price())","sz":"\#(numbers.quantity())","#
      + #""side":"buy","ts":"\#(numbers.time)","count":"1","source":"0","#
      + #""seqId":\#(numbers.next())}]}"#
  }

  private static func depth(_ numbers: inout SampleNumbers) -> String {
    let bids = numbers.levels(.buy) { #"["\#($0)","\#($1)","0","4"]"# }
    let asks = numbers.levels(.sell) { #"["\#($0)","\#($1)","0","4"]"# }
    let sequence = numbers.next()
    // Since 2026 the venue sends no checksum.
    return #"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"#
      + #""asks":\#(asks),"bids":\#(bids),"ts":"\#(numbers.time)","checksum":0,"#
      + #""prevSeqId":\#(sequence - 1),"seqId":\#(sequence)}]}"#
  }

  private static func accepted(_ numbers: inout SampleNumbers) -> String {
    event(&numbers, quantity: numbers.quantity(), "live", fill: nil)
  }

  private static func filled(_ numbers: inout SampleNumbers) -> String {
    let (whole, part) = numbers.orderQuantity()
    return event(&numbers, quantity: whole, "partially_filled", fill: part)
  }

  private static func event(
    _ numbers: inout SampleNumbers, quantity: String, _ state: String, fill: String?
  ) -> String {
    let time = numbers.time
    let price = numbers.price()
    let fillPrice = fill == nil ? "" : price
    let fee = fill == nil ? "0" : "-0.00001234"
    let id = numbers.clientOrderID(clientOrderIDPrefix(SampleNumbers.prefix))
    return #"{"arg":{"channel":"orders","instType":"ANY","uid":"44705892343619584"},"data":[{"#
      + #""accFillSz":"\#(fill ?? "0")","algoClOrdId":"","algoId":"","amendResult":"","#
      + #""amendSource":"","attachAlgoClOrdId":"","attachAlgoOrds":[],"avgPx":"\#(fillPrice)","#
      + #""cTime":"\#(time)","cancelSource":"","category":"normal","ccy":"","clOrdId":"\#(id)","#
      + #""code":"0","execType":"\#(fill == nil ? "" : "M")","#
      + #""fee":"\#(fee)","feeCcy":"BTC","fillFee":"\#(fee)","#
      + #""fillFeeCcy":"\#(fill == nil ? "" : "BTC")","fillFwdPx":"","fillMarkPx":"","#
      + #""fillMarkVol":"","fillNotionalUsd":"","fillPnl":"0","fillPx":"\#(fillPrice)","#
      + #""fillPxUsd":"","fillPxVol":"","fillSz":"\#(fill ?? "0")","#
      + #""fillTime":"\#(fill == nil ? "" : "\(time)")","instId":"BTC-USDT","instType":"SPOT","#
      + #""isTpLimit":"false","lastPx":"\#(price)","lever":"0","linkedAlgoOrd":{"algoId":""},"#
      + #""msg":"","notionalUsd":"17.93","ordId":"\#(numbers.next())","ordType":"limit","pnl":"0","#
      + #""posSide":"","px":"\#(price)","pxType":"","pxUsd":"","pxVol":"","quickMgnType":"","#
      + #""rebate":"0","rebateCcy":"USDT","reduceOnly":"false","reqId":"","side":"buy","#
      + #""slOrdPx":"","slTriggerPx":"","slTriggerPxType":"","source":"","state":"\#(state)","#
      + #""stpId":"","stpMode":"cancel_maker","sz":"\#(quantity)","tag":"","tdMode":"cash","#
      + #""tgtCcy":"","tpOrdPx":"","tpTriggerPx":"","tpTriggerPxType":"","#
      + #""tradeId":"\#(fill == nil ? "" : "\(numbers.next())")","tradeQuoteCcy":"USDT","#
      + #""uTime":"\#(time)"}]}"#
  }
}
