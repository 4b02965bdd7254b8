import Testing
import VenueServer

@testable import VenueSimulation

/// Fields and their JSON types are those of recorded messages. The venue writes members in no order, so
/// none is asked for; what a recorded message does not have must be in today's documentation, and is
/// named here.
@Suite(.enabled(if: BybitRecorded.isThere, "no ../shared/data"))
struct BybitMessageShapeTests {
  /// What differs between a message and a recorded one, a line each.
  ///
  /// - Parameter gone: members of recorded messages that the venue no longer has, or has for other
  ///   accounts only.
  static func differences(
    _ made: JSONValue, _ recorded: JSONValue, documented: Set<String>, gone: Set<String>,
    at path: String = ""
  ) -> [String] {
    switch (made, recorded) {
    case (.object(let a), .object(let b)):
      var lines: [String] = []
      for (key, value) in b where !gone.contains(key) {
        guard let mine = made[key] else {
          lines.append("\(path).\(key) is missing")
          continue
        }
        lines += differences(
          mine, value, documented: documented, gone: gone, at: "\(path).\(key)")
      }
      for (key, _) in a where recorded[key] == nil && !documented.contains(key) {
        lines.append("\(path).\(key) was never recorded")
      }
      return lines
    case (.array(let a), .array(let b)):
      guard let other = b.first else { return [] }
      guard let first = a.first else {
        return other.members == nil ? [] : ["\(path) is empty"]
      }
      return differences(first, other, documented: documented, gone: gone, at: path + "[]")
    case (.string, .string), (.number, .number), (.boolean, .boolean), (.null, .null): return []
    default: return ["\(path): \(made.text), recorded \(recorded.text)"]
    }
  }

  private func expect(
    _ made: JSONValue?, like file: String, part: String? = nil, _ documented: Set<String> = [],
    gone: Set<String> = [], _ location: SourceLocation = #_sourceLocation
  ) throws {
    var recorded = try BybitRecorded.json("\(file).json")
    if let part { recorded = try #require(recorded[part], sourceLocation: location) }
    let made = try #require(made, sourceLocation: location)
    #expect(
      Self.differences(made, recorded, documented: documented, gone: gone) == [], "\(file)",
      sourceLocation: location)
  }

  @Test func marketData() throws {
    let venue = try BybitSimulated.unlimited(eventsPerSecond: 200)
    venue.advance(milliseconds: 3_000)
    // Recorded with numbers as texts, which the venue's documentation has not.
    let time = try venue.get("market/time")
    #expect(time["result"]?["timeNano"]?.string != nil)
    try expect(
      venue.get("market/instruments-info", "category=spot"), like: "http_exchange_info_4",
      [
        "nextPageCursor", "stTag", "maxLimitOrderQty", "maxMarketOrderQty",
        "postOnlyMaxLimitOrderSize", "riskParameters",
      ])
    try expect(
      venue.get("market/instruments-info", "category=linear"),
      like: "http_exchange_info_inverse",
      [
        "category", "minNotionalValue", "copyTrading", "upperFundingRate", "lowerFundingRate",
        "isPreListing", "preListingInfo", "riskParameters", "displayName", "symbolType",
      ], gone: ["nextPageCursor"])
    try expect(
      venue.get("market/orderbook", "category=spot&symbol=BTCUSDT"), like: "http_depth",
      ["retExtInfo"])
    try expect(
      venue.get("market/tickers", "category=linear&symbol=BTCUSDT"), like: "http_ticker_swap",
      ["fundingIntervalHour"])
    try expect(
      venue.get("market/recent-trade", "category=spot&symbol=BTCUSDT"), like: "http_trades_2",
      ["isRPITrade", "seq"])
    try expect(
      venue.get("market/kline", "category=linear&symbol=BTCUSDT&interval=1"), like: "http_candles")
    try expect(
      venue.get("market/funding/history", "category=linear&symbol=BTCUSDT"),
      like: "http_funding_history")
  }

  /// Members of orders that recorded ones do not all have.
  private let orderMembers: Set<String> = [
    "parentOrderLinkId",
    "createType", "isLeverage", "marketUnit", "slippageToleranceType", "slippageTolerance",
    "cumFeeDetail", "closedPnl", "ocoTriggerBy", "extraFees",
  ]

  @Test func ordersAndAccount() throws {
    let venue = try BybitSimulated.unlimited()
    let body: JSONValue = [
      "category": "linear", "symbol": "BTCUSDT", "side": "Sell", "orderType": "Limit",
      "qty": "0.5", "price": "60001", "orderLinkId": "linear-004",
    ]
    try expect(venue.post("order/create", body, account: 2), like: "http_order_ack_swap")
    let id = try venue.place("linear", "Buy", "0.2", "60001")
    try venue.place("spot", "Sell", "0.2", "60001", account: 2)
    try venue.place("spot", "Buy", "0.1", "60001")
    try expect(
      venue.get("order/history", "category=linear"), like: "http_order_history_2",
      orderMembers)
    try expect(
      venue.get("order/realtime", "category=linear&symbol=BTCUSDT", account: 2),
      like: "http_order_ack_2", orderMembers.union(["nextPageCursor"]))
    try expect(
      venue.get("execution/list", "category=linear"), like: "http_fills_2",
      ["feeCurrency", "closedSize", "seq", "createType"])
    try expect(
      venue.get("position/list", "category=linear&symbol=BTCUSDT"), like: "http_positions",
      ["sessionAvgPrice", "positionIMByMp", "positionMMByMp"])
    try expect(
      venue.get("account/wallet-balance", "accountType=UNIFIED"), like: "http_balances_short",
      [
        "accountIMRateByMp", "accountMMRateByMp", "totalInitialMarginByMp",
        "totalMaintenanceMarginByMp", "totalOrderIM", "totalPositionIM", "totalPositionMM",
      ])
    try expect(
      venue.get("account/info"), like: "http_balances", ["retExtInfo", "time"])
    try expect(venue.get("account/fee-rate", "category=linear"), like: "http_fees")
    try expect(
      venue.get("user/query-api"), like: "http_account_settings_api_key_info",
      gone: [
        "FiatP2P", "FiatBybitPay", "FiatConvertBroker", "FiatGlobalPay", "FiatBitPay", "BitCard",
        "ByXPost",
      ])
    let name: JSONValue = [
      "category": "linear", "symbol": "BTCUSDT", "orderLinkId": "linear-004",
    ]
    try expect(venue.post("order/cancel", name, account: 2), like: "http_cancel_ack")
    let unknown = try venue.post(
      "order/cancel", ["category": "linear", "symbol": "BTCUSDT", "orderId": .string(id)])
    #expect(unknown["retCode"] == 110001)
    try expect(
      venue.post("order/cancel-all", ["category": "spot"]), like: "http_cancel_all_ack", ["list"])
  }

  @Test func batches() throws {
    let venue = try BybitSimulated.unlimited()
    func entry(_ quantity: String) -> JSONValue {
      [
        "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": .string(quantity),
        "price": "59000",
      ]
    }
    let made = try venue.post(
      "order/create-batch", ["category": "linear", "request": [entry("5000"), entry("0.1")]])
    try expect(made, like: "http_batch_order_ack")
    #expect(made["retExtInfo"]?["list"]?.elements?.map { $0["code"]?.integer } == [10001, 0])
    let id = try #require(made["result"]?["list"]?.elements?.last?["orderId"])
    let amended = try venue.post(
      "order/amend-batch",
      [
        "category": "linear",
        "request": [["symbol": "BTCUSDT", "orderId": id, "qty": "0.2"]],
      ])
    try expect(amended, like: "http_amend_ack_2")
  }

  @Test func publicStreams() throws {
    let venue = try BybitSimulated.unlimited(eventsPerSecond: 200)
    let (session, connection) = venue.publicSession(.linear)
    session.received(
      #"{"op":"subscribe","req_id":"sub-orderbook-1","args":["orderbook.50.BTCUSDT","#
        + #""publicTrade.BTCUSDT","tickers.BTCUSDT","kline.5.BTCUSDT"]}"#, at: venue.now)
    venue.advance(milliseconds: 4_000)
    let messages = try connection.take()
    try expect(messages.first, like: "ws_subscribe_ack")
    func first(_ topic: String, _ type: String) -> JSONValue? {
      messages.first { $0["topic"]?.string == topic && $0["type"]?.string == type }
    }
    try expect(
      first("orderbook.50.BTCUSDT", "snapshot"), like: "ws_depth_snapshot", ["cts"])
    try expect(first("orderbook.50.BTCUSDT", "delta"), like: "ws_depth_update_swap")
    try expect(first("publicTrade.BTCUSDT", "snapshot"), like: "ws_trade_5", ["RPI", "seq"])
    try expect(first("tickers.BTCUSDT", "snapshot"), like: "ws_ticker_linear")
    try expect(first("kline.5.BTCUSDT", "snapshot"), like: "ws_candle")
    let known = Set(
      try BybitRecorded.json("ws_ticker_linear.json")["data"]?.members?.map(\.key) ?? [])
    for delta in messages where delta["topic"] == "tickers.BTCUSDT" {
      #expect(known.isSuperset(of: delta["data"]?.members?.map(\.key) ?? []))
    }
    let (spot, heard) = venue.publicSession(.spot)
    spot.received(
      #"{"op":"subscribe","req_id":"10001","args":["tickers.BTCUSDT"]}"#, at: venue.now)
    let answers = try heard.take()
    try expect(answers.first, like: "ws_subscribe_ack_2")
    // The ticker of spot as documented; the one that was recorded is of a leveraged token.
    #expect(
      Set(answers.last?["data"]?.members?.map(\.key) ?? []) == [
        "symbol", "lastPrice", "prevPrice24h", "price24hPcnt", "highPrice24h", "lowPrice24h",
        "turnover24h", "volume24h", "usdIndexPrice",
      ])
  }

  @Test func privateStreams() throws {
    let venue = try BybitSimulated.unlimited()
    let (session, connection) = try venue.privateSession(
      ["order", "execution", "execution.fast", "position", "wallet"])
    try venue.place("linear", "Sell", "0.5", "60001", account: 2)
    try venue.place("linear", "Buy", "0.2", "60001")
    let messages = try connection.take()
    func first(_ topic: String) -> JSONValue? { messages.first { $0["topic"]?.string == topic } }
    try expect(first("order"), like: "ws_user_order_update_filled", orderMembers)
    try expect(
      first("execution"), like: "ws_user_fill", ["feeCurrency", "createType", "execPnl"])
    try expect(first("execution.fast"), like: "ws_user_fill_2")
    try expect(first("position"), like: "ws_user_position_short")
    try expect(
      first("wallet"), like: "ws_user_balance_5",
      [
        "spotBorrow", "accountIMRateByMp", "accountMMRateByMp", "totalInitialMarginByMp",
        "totalMaintenanceMarginByMp",
      ], gone: ["channel"])
    let stop = try venue.place(
      "linear", "Sell", "0.1",
      more: [("triggerPrice", "45000"), ("triggerDirection", 2), ("triggerBy", "LastPrice")])
    let waiting = try connection.take().first { $0["topic"] == "order" }
    try expect(waiting, like: "ws_user_order_update_untriggered_stop_market", orderMembers)
    #expect(waiting?["data"]?.elements?.first?["orderId"]?.string == stop)
    session.received(#"{"op":"ping","req_id":"2"}"#, at: venue.now)
    try expect(connection.take().first, like: "ws_heartbeat_4")
    let (fresh, other) = (
      BybitPrivateSession(connection, venue.core, at: venue.now), connection
    )
    fresh.received(venue.logIn(venue.key()), at: venue.now)
    try expect(other.take().first, like: "ws_auth_ack")
  }

  @Test func orderEntry() throws {
    let venue = try BybitSimulated()
    let connection = KeptConnection()
    let session = BybitTradeSession(connection, venue.front, at: venue.now)
    session.received(venue.logIn(venue.key()), at: venue.now)
    try expect(connection.take().first, like: "ws_auth_ack_2")
    session.received(
      #"{"reqId":"1","header":{"X-BAPI-TIMESTAMP":"\#(venue.now.milliseconds)"},"#
        + #""op":"order.create","args":[{"category":"spot","symbol":"BTCUSDT","side":"Buy","#
        + #""orderType":"Limit","qty":"0.1","price":"59000"}]}"#, at: venue.now)
    try expect(connection.take().first, like: "ws_api_response")
  }
}
