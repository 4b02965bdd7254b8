import Testing
import TradingModel

@testable import Venues

/// Answers over REST and the WebSocket API: what each says, worked out by hand.
@Suite struct BinanceSpotAnswerTests {
  @Test(.enabled(if: Recordings.areThere)) func aFullAnswerGivesItsFills() throws {
    var bench = BinanceSpotBench()
    #expect(bench.orders(try BinanceSpotSamples.bytes("http_order_ack.json"), .placed) == nil)
    let order = bench.reports[0]
    #expect(order.report.kind == .accepted && order.status == .filled && order.type == .market)
    #expect(order.report.side == .sell && order.report.venueOrderID == 28)
    #expect(order.report.cumulativeQuantity == 1_000_000_000 && order.ownership == .foreign)
    #expect(order.report.venueTime == 1_507_725_176_595_000_000)
    let fill = bench.reports[2].report
    #expect(fill.kind == .fill && fill.tradeID == 57 && fill.venueOrderID == 28)
    #expect(fill.lastPrice == 399_900_000_000 && fill.lastQuantity == 500_000_000)
    #expect(fill.fee == Money(amount: 19_995_000_000_000_000_000) && fill.liquidity == .taker)
    #expect(fill.feeCurrency == BinanceSpotSamples.currency("USDT"))
    #expect(fill.cumulativeQuantity == -1 && fill.side == .sell)
    #expect(fill.venueTime == 1_507_725_176_595_000_000)
  }

  /// Fields come in any order, and one that is not there is not the last message's.
  @Test func aBestQuoteStandsForItself() throws {
    var bench = BinanceSpotBench()
    var message = VenueMessage()
    func quote(_ text: String) -> ScanError? {
      BinanceSpotBench.run(Array(text.utf8)) { (buffer) throws(ScanError) in
        try bench.decoder.decode(bookTicker: buffer, into: &message)
      }
    }
    let prices = "\"bidPrice\":\"4.5\",\"askPrice\":\"5\",\"askQty\":\"2\""
    let first = quote(
      "{\"bidQty\":\"3\",\"symbol\":\"ETHUSDT\",\(prices),\"lastUpdateId\":7,\"time\":1700000000000}"
    )
    #expect(first == nil && message.quote.bidQuantity == 300_000_000)
    #expect(message.final == 7 && message.venueTime > 0)
    let second = quote("{\"symbol\":\"ETHUSDT\",\"bidQty\":\"1\",\(prices)}")
    #expect(second == nil && message.quote.bidQuantity == 100_000_000)
    #expect(message.final == 0 && message.venueTime == 0)
    #expect(message.quote.venueSequence == 0 && message.quote.venueTime == 0)
  }

  @Test func anAcknowledgementSaysLittle() {
    var bench = BinanceSpotBench()
    let text = """
      {"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"nabc-a",\
      "transactTime":1507725176595}
      """
    #expect(bench.orders(text, .placed) == nil)
    let order = bench.reports[0]
    #expect(order.report.kind == .accepted && order.report.orderID == 10)
    #expect(order.report.version == 1 && order.report.cumulativeQuantity == -1)
    #expect(order.status == .unknown && order.ownership == .own && order.listID == -1)
  }

  static let result = """
    {"symbol":"BTCUSDT","orderId":4,"orderListId":-1,"clientOrderId":"nabc-a","price":"2.5",\
    "origQty":"3","executedQty":"1","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY",\
    "time":1499827319559,"updateTime":1499827319560,"isWorking":true}
    """

  /// Every status, as an answer to a new order and to a question.
  @Test func statuses() {
    var bench = BinanceSpotBench()
    let kinds: [(String, VenueReportKind, VenueReportKind)] = [
      ("NEW", .accepted, .statusOpen), ("PENDING_NEW", .accepted, .statusOpen),
      ("PARTIALLY_FILLED", .accepted, .statusOpen), ("FILLED", .accepted, .statusFilled),
      ("CANCELED", .canceled, .statusCanceled), ("PENDING_CANCEL", .accepted, .statusOpen),
      ("REJECTED", .rejected, .statusRejected), ("EXPIRED", .expired, .statusExpired),
      ("EXPIRED_IN_MATCH", .expired, .statusExpired), ("NOVEL", .accepted, .answerLost),
    ]
    for (word, placed, queried) in kinds {
      let text = Self.result.replacing("\"NEW\"", with: "\"\(word)\"")
      #expect(bench.orders(text, .placed) == nil)
      #expect(bench.reports[0].report.kind == placed, "\(word)")
      #expect(bench.orders("[\(text)]", .queried) == nil)
      let report = bench.reports[0].report
      #expect(report.kind == queried, "\(word)")
      #expect(report.price == 250_000_000 && report.quantity == 300_000_000)
      #expect(report.cumulativeQuantity == 100_000_000 && report.orderID == 10)
      #expect(report.reason == (word == "EXPIRED_IN_MATCH" ? .selfTrade : .none))
      #expect(report.venueTime == 1_499_827_319_560_000_000)
    }
  }

  @Test(.enabled(if: Recordings.areThere)) func canceledOrdersKeepTheirName() throws {
    var bench = BinanceSpotBench()
    #expect(bench.orders(try BinanceSpotSamples.bytes("http_cancel_ack.json"), .canceled) == nil)
    #expect(bench.reports[0].clientOrderID.equals("myOrder1"))
    #expect(bench.reports[0].requestClientOrderID.equals("cancelMyOrder1"))
    let all = try BinanceSpotSamples.bytes("http_cancel_all_ack.json")
    #expect(bench.orders(all, .canceled) == nil)
    #expect(bench.reports[3].report.venueOrderID == 21 && bench.reports[3].listID == 1929)
    #expect(bench.reports[2].type == .stopLossLimit && bench.reports[2].stopPrice == 37_813_100)
  }

  /// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
  @Test func anAmendmentIsAReplace() {
    var bench = BinanceSpotBench()
    let text = """
      {"transactTime":1741926410255,"executionId":75,"amendedOrder":{"symbol":"BTCUSDT","orderId":33,\
      "orderListId":-1,"origClientOrderId":"nabc-a","clientOrderId":"nabc-a_2","price":"6.0",\
      "qty":"5.00000000","executedQty":"1.5","preventedQty":"0.00000000","quoteOrderQty":"0.0",\
      "cumulativeQuoteQty":"0.00000000","status":"NEW","timeInForce":"GTC","type":"LIMIT",\
      "side":"SELL","workingTime":1741926410242,"selfTradePreventionMode":"NONE"}}
      """
    #expect(bench.orders(text, .amended) == nil)
    let report = bench.reports[0].report
    #expect(bench.reports.count == 1 && report.kind == .replaced && report.version == 2)
    #expect(report.quantity == 500_000_000 && report.price == 600_000_000 && report.orderID == 10)
    #expect(report.venueTime == 1_741_926_410_255_000_000)
    #expect(bench.reports[0].cumulativeQuantity == 150_000_000)
  }

  @Test(.enabled(if: Recordings.areThere)) func tradesNameTheirOrderByTheVenuesID() throws {
    var bench = BinanceSpotBench()
    #expect(bench.trades(try BinanceSpotSamples.bytes("http_fills.json")) == nil)
    let trade = bench.reports[0]
    #expect(trade.ownership == .unnamed && trade.isFeeBooked)
    let expected = VenueReport(
      kind: .fill, listing: BinanceSpotSamples.listing("BNBBTC"), venue: 3, side: .buy,
      liquidity: .taker, feeCurrency: BinanceSpotSamples.currency("BNB"), venueOrderID: 100_234,
      tradeID: 28_457, lastPrice: 400_000_100, lastQuantity: 1_200_000_000,
      fee: Money(amount: 10_100_000_000_000_000_000), venueTime: 1_499_865_549_590_000_000)
    #expect(trade.report == expected)
  }

  // MARK: Cancel-replace

  @Test(.enabled(if: Recordings.areThere)) func bothHalvesSucceed() throws {
    var bench = BinanceSpotBench()
    let bytes = try BinanceSpotSamples.bytes("http_amend_ack.json")
    let answer = try bench.cancelReplace(bytes).get()
    #expect(answer.cancelResult == .success && answer.newOrderResult == .success)
    #expect(bench.reports[0].report.kind == .canceled)
    #expect(bench.reports[0].report.venueOrderID == 16_383_156_620)
    #expect(bench.reports[1].report.kind == .accepted)
    #expect(bench.reports[1].report.price == 1_350_000_000_000)
  }

  @Test func halvesThatFail() throws {
    var bench = BinanceSpotBench()
    let both = Array(
      """
      {"code":-2022,"msg":"Order cancel-replace failed.","data":{"cancelResult":"FAILURE",\
      "newOrderResult":"NOT_ATTEMPTED","cancelResponse":{"code":-2011,"msg":"Unknown order sent."},\
      "newOrderResponse":null}}
      """.utf8)
    let error = try BinanceSpotBench.value(both) { (buffer) throws(ScanError) in
      try BinanceError(buffer)
    }.get()
    #expect(error.code == -2022 && error.message.equals("Order cancel-replace failed."))
    let part = try #require(error.data)
    let inner = Array(both[part.offset..<part.offset + part.byteCount])
    let answer = try bench.cancelReplace(inner).get()
    #expect(answer.cancelResult == .failure && answer.newOrderResult == .notAttempted)
    #expect(answer.cancelError?.code == -2011 && answer.newOrderError == nil)
    #expect(answer.cancelError?.meaning(status: 400) == .reject(.unknownOrder))
    #expect(bench.reports.count == 0)
    let half = Array(
      """
      {"cancelResult":"SUCCESS","newOrderResult":"FAILURE","cancelResponse":\(Self.result),\
      "newOrderResponse":{"code":-2010,"msg":"Order would immediately match and take."}}
      """.utf8)
    let second = try bench.cancelReplace(half).get()
    #expect(second.canceledCount == 1 && bench.reports.count == 1)
    #expect(bench.reports[0].report.kind == .canceled)
    #expect(second.newOrderError?.meaning(status: 409) == .reject(.wouldTake))
  }

  // MARK: Replies

  @Test func repliesOfTheWebSocketAPI() throws {
    let text = """
      {"id":"5494\\u0041","status":418,"error":{"code":-1003,"msg":"Way too much request weight used; \
      IP banned until 1659146400000. Please use WebSocket Streams for live updates to avoid bans.",\
      "data":{"serverTime":1659142907531,"retryAfter":1659146400000}},"rateLimits":[\
      {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":1200,"count":2411},\
      {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":7}]}
      """
    let reply = try BinanceSpotBench.value(Array(text.utf8)) { (buffer) throws(ScanError) in
      try BinanceReply(buffer)
    }.get()
    #expect(reply.id.equals("5494A") && reply.status == 418 && reply.result == nil)
    let error = try #require(reply.error)
    #expect(error.code == -1003 && error.serverTime == 1_659_142_907_531_000_000)
    #expect(error.retryAfter == 1_659_146_400_000_000_000)
    #expect(
      error.meaning(status: 418) == .rateLimited(until: 1_659_146_400_000_000_000, by: .address))
    #expect(reply.usage.count == 2)
    #expect(
      reply.usage[0]
        == BinanceLimit(kind: .requestWeight, interval: 60_000_000_000, limit: 1200, used: 2411))
    #expect(
      reply.usage[1] == BinanceLimit(kind: .orders, interval: 10_000_000_000, limit: 50, used: 7))
  }

  @Test func headersTellTheUse() {
    var usage = BinanceUsage()
    func take(_ name: String, _ value: String) -> Bool {
      Array(name.utf8).withUnsafeBytes { name in
        Array(value.utf8).withUnsafeBytes { usage.take(header: name, value: $0) }
      }
    }
    #expect(take("X-MBX-USED-WEIGHT-1M", "12") && take("x-mbx-order-count-10s", "3"))
    for (name, value) in [
      ("X-MBX-USED-WEIGHT", "12"), ("X-MBX-USED-WEIGHT-M", "1"), ("X-MBX-USED-WEIGHT-1X", "1"),
      ("X-MBX-USED-WEIGHT-1M", "1x"), ("Date", "1"), ("X-MBX-USED-WEIGHT-1M", ""),
    ] {
      #expect(!take(name, value), "\(name): \(value)")
    }
    #expect(usage.count == 2)
    #expect(
      usage[1] == BinanceLimit(kind: .orders, interval: 10_000_000_000, limit: 0, used: 3))
  }

  // MARK: The account and the venue

  @Test(.enabled(if: Recordings.areThere)) func theAccount() throws {
    var bench = BinanceSpotBench()
    #expect(bench.account(try BinanceSpotSamples.bytes("http_balances.json")) == nil)
    #expect(bench.account.canTrade && bench.account.canWithdraw && bench.account.canDeposit)
    #expect(bench.account.permissions == ["SPOT"] && bench.account.accountType.equals("SPOT"))
    #expect(bench.account.makerFee == Rate(parts: 150_000))
    #expect(bench.account.balances[0].free.description == "4723846.89208129")
    #expect(bench.account.balances[1].currency == BinanceSpotSamples.currency("LTC"))
    #expect(bench.account(try BinanceSpotSamples.bytes("http_balances_5.json")) == nil)
    #expect(bench.account.makerFee == Rate(parts: 100_000) && bench.account.permissions.isEmpty)
  }

  /// https://developers.binance.com/docs/wallet/account/api-key-permission
  @Test func permissionsOfAKey() throws {
    let text = """
      {"ipRestrict":true,"createTime":1623840271000,"enableReading":true,"enableWithdrawals":true,\
      "enableInternalTransfer":false,"enableMargin":false,"enableFutures":false,\
      "permitsUniversalTransfer":true,"enableSpotAndMarginTrading":true}
      """
    func read(_ text: String) -> Result<BinanceKeyPermissions, ScanError> {
      BinanceSpotBench.value(Array(text.utf8)) { (buffer) throws(ScanError) in
        try BinanceSpotDecoder.keyPermissions(buffer)
      }
    }
    let permissions = try read(text).get()
    #expect(permissions.mayWithdraw && permissions.maySpotTrade && permissions.isAddressBound)
    #expect(permissions.mayTransferUniversally && !permissions.mayTransferInternally)
    // What does not say so may not pass for "no".
    #expect(throws: ScanError.self) { try read("{\"enableReading\":true}").get() }
    #expect(throws: ScanError.self) { try read("{\"enableWithdrawals\":null}").get() }
  }

  @Test func smallAnswers() throws {
    func read<Value>(
      _ text: String, _ body: (UnsafeRawBufferPointer) throws(ScanError) -> Value
    ) -> Value? {
      try? BinanceSpotBench.value(Array(text.utf8), body).get()
    }
    #expect(
      read("{\"serverTime\":1499827319559}", BinanceSpotDecoder.serverTime)
        == 1_499_827_319_559_000_000)
    #expect(read("{}", BinanceSpotDecoder.serverTime) == nil)
    #expect(read("{\"status\":0,\"msg\":\"normal\"}", BinanceSpotDecoder.systemStatus) == .normal)
    #expect(read("{\"status\":1}", BinanceSpotDecoder.systemStatus) == .maintenance)
    #expect(read("{\"status\":-7}", BinanceSpotDecoder.systemStatus) == .other)
    #expect(
      read("{\"listenKey\":\"pqia91ma\"}", BinanceSpotDecoder.listenKey)?.description == "pqia91ma")
    #expect(read("{\"listenKey\":\"\"}", BinanceSpotDecoder.listenKey) == nil)
    #expect(read("{\"subscriptionId\":0}", BinanceSpotDecoder.subscriptionID) == 0)
    #expect(read("{\"subscriptionId\":null}", BinanceSpotDecoder.subscriptionID) == nil)
    #expect(read(" {} ", BinanceSpotDecoder.empty) != nil)
    #expect(read("{\"a\":1}", BinanceSpotDecoder.empty) == nil)
  }
}
