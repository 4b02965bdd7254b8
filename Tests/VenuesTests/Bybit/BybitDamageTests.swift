import CAllocationCount
import LowLatency
import Runtime
import Testing
import TradingModel

@testable import Venues

#if DEBUG
  private let isOptimized = false
#else
  private let isOptimized = true
#endif

/// Messages that are cut short or changed: each is read or refused, at a place inside it.
@Suite struct BybitDamageTests {
  static let order =
    """
    {"topic":"order","id":"i","creationTime":1672364262474,"data":[{"category":"linear",\
    "symbol":"ETHUSDT","orderId":"5cf98598-39a7-459e-97bf-76ca765ee020","side":"Sell",\
    "orderType":"Market","cancelType":"UNKNOWN","price":"72.5","qty":"1","orderIv":"",\
    "timeInForce":"IOC","orderStatus":"Filled","orderLinkId":"nabc-10","lastPriceOnCreated":"",\
    "reduceOnly":false,"leavesQty":"","leavesValue":"","cumExecQty":"1","cumExecValue":"75",\
    "avgPrice":"75","blockTradeId":"","positionIdx":0,"cumExecFee":"0.358635",\
    "createdTime":"1672364262444","updatedTime":"1672364262457","rejectReason":"EC_NoError",\
    "stopOrderType":"","tpslMode":"","triggerPrice":"","takeProfit":"","stopLoss":"",\
    "tpTriggerBy":"","slTriggerBy":"","tpLimitPrice":"","slLimitPrice":"","triggerDirection":0,\
    "triggerBy":"","closeOnTrigger":false,"placeType":"price","smpType":"None","smpGroup":0,\
    "smpOrderId":"","feeCurrency":""}]}
    """
  static let fill =
    """
    {"topic":"execution","id":"i","creationTime":1746270400355,"data":[{"category":"linear",\
    "symbol":"BTCUSDT","closedSize":"0.5","execFee":"26.3725275",\
    "execId":"0ab1bdf7-4219-438b-b30a-32ec863018f7","execPrice":"95900.1","execQty":"0.5",\
    "execType":"Trade","execValue":"47950.05","feeRate":"0.00055","tradeIv":"","markIv":"",\
    "blockTradeId":"","markPrice":"95901.48","indexPrice":"","underlyingPrice":"","leavesQty":"0",\
    "orderId":"9aac161b-8ed6-450d-9cab-c5cc67c21784","orderLinkId":"nabc-1","orderPrice":"94942.5",\
    "orderQty":"0.5","orderType":"Market","stopOrderType":"UNKNOWN","side":"Sell",\
    "execTime":"1746270400353","isLeverage":"0","isMaker":false,"seq":140612148849382}]}
    """
  static let reply =
    """
    {"reqId":"7","retCode":0,"retMsg":"OK","op":"order.create","data":{"orderId":"1","orderLinkId":\
    "nabc-1"},"header":{"X-Bapi-Limit":"10","X-Bapi-Limit-Status":"9",\
    "X-Bapi-Limit-Reset-Timestamp":"1711001595208","Traceid":"t","Timenow":"1711001595209"},\
    "connId":"c"}
    """
  static let book: String = {
    let levels = (0..<20).map { "[\"\(2000 + $0).10\",\"\($0).5\"]" }.joined(separator: ",")
    return """
      {"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1672304484978,"data":{"s":"BTCUSDT",\
      "b":[\(levels)],"a":[\(levels)],"u":18521288,"seq":7961638724},"cts":1672304484976}
      """
  }()
  static let quote =
    """
    {"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1672304484978,"data":{"s":"BTCUSDT",\
    "b":[["16493.50","0.006"]],"a":[["16611.00","0.029"]],"u":18521288,"seq":7961638724},\
    "cts":1672304484976}
    """
  static let trade =
    """
    {"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[\
    {"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick",\
    "i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false}]}
    """
  static let wallet =
    """
    {"topic":"wallet","data":[{"coin":[{"coin":"BTC","walletBalance":"1.5","locked":"0.5"}]}]}
    """
  static let position =
    """
    {"topic":"position","data":[{"symbol":"BTCUSDT","side":"Sell","size":"1","entryPrice":"2.000000001"}]}
    """
  static let ticker =
    """
    {"topic":"tickers.BTCUSDT","type":"delta","ts":1,"data":{"markPrice":"1.5","fundingRate":"-0.1"}}
    """
  static let instruments =
    """
    {"retCode":0,"result":{"list":[{"symbol":"BTCUSDT","status":"Trading","baseCoin":"BTC",\
    "quoteCoin":"USDT","lotSizeFilter":{"basePrecision":"0.0001","minOrderQty":"0.001"},\
    "priceFilter":{"tickSize":"0.1"}}],"nextPageCursor":null}}
    """
  static let samples = [
    order, fill, reply, book, quote, trade, wallet, position, ticker, instruments,
  ]

  /// Every entry for any bytes.
  static func tryEverything(_ bytes: [UInt8], _ bench: inout BybitBench) -> [ScanError] {
    var errors: [ScanError] = []
    func note(_ error: ScanError?) { if let error { errors.append(error) } }
    if case .failure(let error) = bench.push(bytes) { note(error) }
    note(bench.stream(bytes))
    for content in [BybitAccountDecoder.Content.orders, .fills, .wallets, .positions] {
      note(bench.list(content, bytes))
      bench.news.removeAll()
      note(
        BybitBench.run(bytes) { (buffer) throws(ScanError) in
          _ = try bench.decoder.answer(content, buffer, into: &bench.news)
        })
    }
    note(BybitBench.run(bytes) { (buffer) throws(ScanError) in _ = try BybitReply(buffer) })
    note(BybitBench.run(bytes) { (buffer) throws(ScanError) in _ = try BybitInstruments(buffer) })
    note(
      BybitBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try BybitAnswers.serverTime(buffer)
      })
    note(
      BybitBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try BybitAnswers.keyPermissions(buffer, .linear)
      })
    return errors
  }

  @Test(arguments: 0..<10) func cutAtEveryByte(sample: Int) {
    var bench = BybitBench(.linear)
    let whole = Array(Self.samples[sample].utf8)
    for count in 0..<whole.count {
      let cut = Array(whole[..<count])
      for error in Self.tryEverything(cut, &bench) {
        // A part of a message counts its own bytes.
        #expect(error.offset >= 0 && error.offset <= count)
      }
      // None is a whole message.
      #expect((try? bench.push(cut).get()) == nil && bench.stream(cut) != nil)
    }
  }

  @Test(arguments: UInt64(0)..<16) func changedAtRandom(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var bench = BybitBench(seed % 2 == 0 ? .linear : .spot)
    var sources = Self.samples.map { Array($0.utf8) }
    if Recordings.areThere {
      for file in try BybitSamples.files() { sources.append(try BybitSamples.bytes(file)) }
    }
    let telling = Array("\"\\{}[],:.-0129eEntfu_".utf8)
    for _ in 0..<150 {
      var bytes = sources[Int(random.next(below: UInt64(sources.count)))]
      for _ in 0...random.next(below: 4) where !bytes.isEmpty {
        let place = Int(random.next(below: UInt64(bytes.count)))
        switch random.next(below: 4) {
        case 0: bytes[place] = UInt8(random.next(below: 256))
        case 1: bytes[place] = telling[Int(random.next(below: UInt64(telling.count)))]
        case 2: bytes.remove(at: place)
        default: bytes.insert(telling[Int(random.next(below: UInt64(telling.count)))], at: place)
        }
      }
      for error in Self.tryEverything(bytes, &bench) {
        #expect(error.offset >= 0 && error.offset <= bytes.count)
      }
    }
  }

  /// Nothing is taken for hot messages once the values have their room.
  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func hotMessagesTakeNoMemory() throws {
    try #require(AllocationCounter.isAvailable)
    var bench = BybitBench(.linear)
    let own = [Self.order, Self.fill].map { Array($0.utf8) }
    let market = [Self.book, Self.quote, Self.trade, Self.ticker].map { Array($0.utf8) }
    let answer = Array(Self.reply.utf8)
    func round() -> Bool {
      var isRead = true
      for bytes in own {
        isRead = bytes.withUnsafeBytes { Self.isRead($0, &bench, isOwn: true) } && isRead
      }
      for bytes in market {
        isRead = bytes.withUnsafeBytes { Self.isRead($0, &bench, isOwn: false) } && isRead
      }
      return answer.withUnsafeBytes { (try? BybitReply($0)) != nil } && isRead
    }
    #expect(round())
    AllocationCounter.start()
    var isRead = true
    for _ in 0..<100 { isRead = round() && isRead }
    let count = AllocationCounter.stop()
    #expect(isRead && count == AllocationCounter.Count(calls: 0, bytes: 0))
  }

  private static func isRead(
    _ bytes: UnsafeRawBufferPointer, _ bench: inout BybitBench, isOwn: Bool
  ) -> Bool {
    do throws(ScanError) {
      if isOwn {
        bench.news.removeAll()
        return try bench.decoder.push(bytes, into: &bench.news) && bench.news.orders.count == 1
      }
      bench.message.clear()
      return try bench.market.decode(bytes, &bench.scales, into: &bench.message) == .data
        || bench.message.symbol >= 0
    } catch {
      return false
    }
  }
}
