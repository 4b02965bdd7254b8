import Testing
import VenueServer

@testable import VenueSimulation

/// Fields and their JSON types are those of recorded messages; what a recorded message does not have is in
/// today's documentation, and is named here. The order of members means nothing at this venue.
@Suite(.enabled(if: OKXRecorded.isThere, "no ../shared/data"))
struct OKXMessageShapeTests {
  /// What differs between a message and a recorded one, a line each.
  static func differences(
    _ made: JSONValue, _ recorded: JSONValue, documented: Set<String>, at path: String = ""
  ) -> [String] {
    switch (made, recorded) {
    case (.object(let a), .object(let b)):
      var lines: [String] = []
      for (key, value) in b {
        guard let mine = made[key] else {
          lines.append("\(path).\(key) is missing")
          continue
        }
        lines += differences(mine, value, documented: documented, at: "\(path).\(key)")
      }
      for (key, _) in a where recorded[key] == nil && !documented.contains(key) {
        lines.append("\(path).\(key) was never recorded")
      }
      return lines
    case (.array(let a), .array(let b)):
      guard let first = a.first, let other = b.first else { return [] }
      return differences(first, other, documented: documented, at: path + "[]")
    case (.string, .string), (.number, .number), (.boolean, .boolean), (.null, .null): return []
    default: return ["\(path): \(made.text), recorded \(recorded.text)"]
    }
  }

  private func expect(
    _ made: JSONValue?, like file: String, part: String? = nil, documented: Set<String> = [],
    gone: Set<String> = [], _ location: SourceLocation = #_sourceLocation
  ) throws {
    var recorded = try OKXRecorded.json("venues/okx/\(file).json")
    if let part { recorded = try #require(recorded[part], sourceLocation: location) }
    let made = try #require(made, sourceLocation: location)
    let lines = Self.differences(made, recorded, documented: documented).filter { line in
      !gone.contains { line.hasSuffix(".\($0) is missing") }
    }
    #expect(lines == [], "\(file)", sourceLocation: location)
  }

  @Test func publicData() throws {
    let venue = try OKXSimulated(eventsPerSecond: 200)
    venue.advance(milliseconds: 3_000)
    try expect(venue.get("/public/time"), like: "http_server_time")
    let swaps = try venue.get("/public/instruments?instType=SWAP")
    try expect(swaps, like: "http_exchange_info_swap")
    try expect(
      venue.get("/public/instruments?instType=SPOT"), like: "http_exchange_info_2",
      documented: [
        "contTdSwTime", "futureSettlement", "instIdCode", "maxPlatOILmt", "openType", "posLmtAmt",
        "posLmtPct", "preMktSwTime", "tradeQuoteCcyList",
      ])
    try expect(
      venue.get("/market/books?instId=BTC-USDT&sz=5"), like: "http_depth", documented: ["seqId"])
    try expect(
      venue.get("/market/trades?instId=BTC-USDT"), like: "http_trades", documented: ["source"])
    try expect(venue.get("/market/ticker?instId=BTC-USDT"), like: "http_ticker_2")
    try expect(venue.get("/market/tickers?instType=SWAP"), like: "http_ticker_swap")
    try expect(venue.get("/market/candles?instId=BTC-USDT"), like: "http_candles_full")
    try expect(venue.get("/public/mark-price?instType=SWAP"), like: "http_mark_price_2")
    try expect(
      venue.get("/public/funding-rate?instId=BTC-USDT-SWAP"), like: "http_funding_rate_swap",
      documented: ["formulaType", "impactValue", "interestRate", "premium", "settState"],
      gone: ["sttState"])
    try expect(
      venue.get("/public/funding-rate-history?instId=BTC-USDT-SWAP"), like: "http_funding_history",
      documented: ["formulaType", "method"])
    try expect(venue.get("/market/books?instId=NO-PE"), like: "http_error")
  }

  @Test func orders() throws {
    let venue = try OKXSimulated()
    let placed = try venue.answer(
      "POST", "/api/v5/trade/order",
      [
        "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "1",
        "px": "50000",
      ])
    try expect(
      placed, like: "http_order_ack_3", documented: ["inTime", "outTime", "subCode", "ts"])
    let id = try #require(placed["data"]?.elements?.first?["ordId"])
    let one: JSONValue = ["instId": "BTC-USDT", "ordId": id]
    let batch = try venue.answer(
      "POST", "/api/v5/trade/batch-orders",
      [
        [
          "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "buy", "ordType": "limit",
          "sz": "1", "px": "50000",
        ]
      ])
    try expect(batch, like: "http_batch_order_ack", documented: ["subCode", "ts"])
    let pending = try venue.answer("GET", "/api/v5/trade/orders-pending?instType=SWAP")
    try expect(pending, like: "http_open_orders_new_2")
    try expect(
      venue.answer("GET", "/api/v5/trade/order?instId=BTC-USDT&ordId=\(id.string ?? "")"),
      like: "http_open_orders_new_2")
    let amended = try venue.answer(
      "POST", "/api/v5/trade/amend-order",
      ["instId": "BTC-USDT", "ordId": id, "newSz": "2"])
    try expect(amended, like: "http_amend_ack", documented: ["inTime", "outTime", "ts"])
    let canceled = try venue.answer("POST", "/api/v5/trade/cancel-order", one)
    try expect(canceled, like: "http_cancel_ack", documented: ["inTime", "outTime", "ts"])
    try expect(
      venue.answer("GET", "/api/v5/trade/orders-history?instType=SPOT"),
      like: "http_open_orders_new_2")
    try expect(
      venue.answer("POST", "/api/v5/trade/cancel-all-after", ["timeOut": "0"]),
      like: "http_cancel_all_ack", documented: ["tag"])
    let algo = try venue.answer(
      "POST", "/api/v5/trade/order-algo",
      [
        "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "sell", "ordType": "trigger",
        "sz": "1", "triggerPx": "50000", "orderPx": "-1",
      ])
    try expect(algo, like: "http_order_ack", documented: ["clOrdId", "tag"])
    let waiting = try venue.answer("GET", "/api/v5/trade/orders-algo-pending?ordType=trigger")
    try expect(
      waiting, like: "http_order_history_4",
      documented: [
        "algoClOrdId", "amendPxOnTriggerType", "attachAlgoOrds", "clOrdId", "closeFraction",
        "failCode", "isTradeBorrowMode", "linkedOrd", "ordIdList", "quickMgnType", "reduceOnly",
        "tradeQuoteCcy", "uTime",
      ])
  }

  /// Algo orders with two triggers, alone and attached, and what the channel tells of them.
  @Test func algoOrders() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.business, account: 1)
    venue.send("subscribe", [["channel": "orders-algo", "instType": "SWAP"]], to: session)
    _ = try connection.take()
    _ = try venue.answer(
      "POST", "/api/v5/trade/order-algo",
      [
        "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "sell", "ordType": "oco", "sz": "1",
        "tpTriggerPx": "61000", "tpOrdPx": "-1", "slTriggerPx": "59000", "slOrdPx": "-1",
      ])
    let listed: Set<String> = [
      "activePx", "activePxType", "actualSide", "amendPxOnTriggerType", "attachAlgoOrds",
      "callbackRatio", "callbackSpread", "ccy", "closeFraction", "ctVal", "failCode",
      "isTradeBorrowMode", "last", "lever", "linkedOrd", "moveTriggerPx", "notionalUsd",
      "ordIdList", "ordPx", "pxLimit", "pxSpread", "pxVar", "quickMgnType", "szLimit", "tgtCcy",
      "timeInterval", "tradeQuoteCcy", "triggerPx", "triggerPxType", "uly",
    ]
    try expect(
      venue.answer("GET", "/api/v5/trade/orders-algo-pending?ordType=oco"),
      like: "http_open_orders_new_attached_oco", documented: listed)
    let pushed = try #require(try connection.take().first)
    try expect(
      pushed, like: "ws_user_order_update_new_algo",
      documented: listed.union([
        "amendResult", "reqId", "slOrdPx", "slTriggerPx", "slTriggerPxType", "tpOrdPx",
        "tpTriggerPx", "tpTriggerPxType", "uid",
      ]))
    _ = try venue.place(
      "BTC-USDT-SWAP", "buy", "limit", "1", "59000",
      more: [("attachAlgoOrds", [["slTriggerPx": "58000", "slOrdPx": "-1"]])])
    try expect(
      venue.answer("GET", "/api/v5/trade/orders-pending"),
      like: "http_open_orders_new_with_attached_tp_sl",
      documented: [
        "activePx", "amendPxOnTriggerType", "callbackRatio", "callbackSpread", "failCode",
        "failReason", "slTriggerRatio", "sz", "tpOrdKind", "tpTriggerRatio",
      ])
  }

  @Test func account() throws {
    let venue = try OKXSimulated()
    _ = try venue.place("BTC-USDT-SWAP", "sell", "limit", "10", "60000", account: 2)
    _ = try venue.place("BTC-USDT-SWAP", "buy", "market", "5")
    try expect(
      venue.answer("GET", "/api/v5/account/balance")["data"]?.elements?.first?["details"]?
        .elements?.first, like: "http_balances")
    try expect(
      venue.answer("GET", "/api/v5/account/positions"), like: "http_positions",
      documented: [
        "baseBorrowed", "baseInterest", "bizRefId", "bizRefType", "clSpotInUseAmt",
        "closeOrderAlgo", "deltaBS", "deltaPA", "gammaBS", "gammaPA", "imr", "liab", "liabCcy",
        "maxSpotInUseAmt", "nonSettleAvgPx", "settledPnl", "thetaBS", "thetaPA", "vegaBS",
        "vegaPA",
      ])
    try expect(
      venue.answer("GET", "/api/v5/trade/fills"), like: "http_fills_2",
      documented: [
        "feeRate", "fillFwdPx", "fillIdxPx", "fillMarkPx", "fillMarkVol", "fillPnl", "fillPxUsd",
        "fillPxVol", "fillTime", "subType", "tradeQuoteCcy",
      ])
    try expect(
      venue.answer("GET", "/api/v5/account/trade-fee?instType=SPOT"), like: "http_fees",
      documented: ["feeGroup", "ruleType"])
    try expect(
      venue.answer("POST", "/api/v5/account/set-position-mode", ["posMode": "net_mode"]),
      like: "http_account_settings")
    try expect(
      venue.answer(
        "POST", "/api/v5/account/set-leverage",
        ["instId": "BTC-USDT-SWAP", "lever": "5", "mgnMode": "cross"]),
      like: "http_account_settings_2")
  }

  @Test func streams() throws {
    let venue = try OKXSimulated(eventsPerSecond: 200)
    venue.advance(milliseconds: 1_000)
    let (session, connection) = try venue.session(.public)
    venue.send(
      "subscribe",
      ["books", "bbo-tbt", "trades", "tickers"].map {
        ["channel": .string($0), "instId": "BTC-USDT"]
      } + [
        ["channel": "mark-price", "instId": "BTC-USDT-SWAP"],
        ["channel": "funding-rate", "instId": "BTC-USDT-SWAP"],
        ["channel": "instruments", "instType": "SWAP"],
      ], to: session)
    venue.advance(milliseconds: 2_000)
    let messages = try connection.take()
    func last(_ channel: String) -> JSONValue? {
      messages.last { $0["arg"]?["channel"]?.string == channel && $0["data"] != nil }
    }
    try expect(last("books"), like: "ws_depth_update")
    try expect(last("bbo-tbt"), like: "ws_book_ticker")
    try expect(last("trades"), like: "ws_trade_2", documented: ["count", "source", "seqId"])
    try expect(last("tickers"), like: "ws_ticker")
    try expect(last("mark-price"), like: "ws_funding_rate_swap_2")
    try expect(
      last("funding-rate")?["data"]?.elements?.first, like: "ws_funding_rate_2",
      documented: ["formulaType", "impactValue", "interestRate"])
    try expect(
      last("instruments"), like: "ws_instrument",
      documented: [
        "auctionEndTime", "contTdSwTime", "futureSettlement", "instIdCode", "maxPlatOILmt",
        "openType", "posLmtAmt", "posLmtPct", "preMktSwTime", "tradeQuoteCcyList",
      ])
    try expect(messages.first, like: "ws_unsubscribe_ack")
    let (business, candles) = try venue.session(.business)
    venue.send("subscribe", [["channel": "candle1D", "instId": "BTC-USDT"]], to: business)
    venue.advance(milliseconds: 1_000)
    try expect(candles.take().last, like: "ws_candle")
  }

  @Test func privateStreams() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    let login = try connection.take()
    #expect(login.map(\.text).first?.hasPrefix(#"{"event":"login","msg":"","code":"0""#) == true)
    venue.send(
      "subscribe",
      [
        ["channel": "orders", "instType": "SWAP"], ["channel": "account"],
        ["channel": "positions", "instType": "ANY"],
      ], to: session)
    try expect(connection.take().first, like: "ws_subscribe_ack_5", documented: ["connId"])
    _ = try venue.place("BTC-USDT-SWAP", "sell", "limit", "10", "60000", account: 2)
    _ = try venue.place("BTC-USDT-SWAP", "buy", "limit", "5", "60000")
    let messages = try connection.take()
    func last(_ channel: String) -> JSONValue? {
      messages.last { $0["arg"]?["channel"]?.string == channel && $0["data"] != nil }
    }
    let pages: Set<String> = ["uid", "eventType", "curPage", "lastPage"]
    let order = try #require(last("orders"))
    // One recorded message has what the other lacks.
    let more = try #require(try OKXRecorded.json("venues/okx/part_http_order_filled.json").members)
    try expect(
      order, like: "ws_user_order_update_filled",
      documented: Set(more.map(\.key) + ["uid", "tradeQuoteCcy"]))
    try expect(
      order["data"]?.elements?.first, like: "part_http_order_filled",
      documented: ["tradeQuoteCcy"])
    try expect(last("account"), like: "ws_user_balance", documented: pages)
    try expect(
      last("positions"), like: "ws_user_position",
      documented: pages.union([
        "bePx", "clSpotInUseAmt", "fee", "fundingFee", "liqPenalty", "maxSpotInUseAmt",
        "nonSettleAvgPx", "pnl", "realizedPnl", "settledPnl",
      ]), gone: ["instId"])
  }

  @Test func orderEntry() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    _ = try connection.take()
    venue.send(
      "mass-cancel", [["instType": "OPTION", "instFamily": "BTC-USD"]], id: "1512", to: session)
    try expect(
      connection.take().first, like: "ws_api_response", documented: ["inTime", "outTime"])
    venue.send("what", [], to: session)
    try expect(connection.take().first, like: "ws_auth_error", documented: ["connId"])
  }
}
