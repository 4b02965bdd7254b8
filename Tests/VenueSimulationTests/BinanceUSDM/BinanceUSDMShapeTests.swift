import Testing
import VenueServer

@testable import VenueSimulation

/// Fields and their JSON types are those of recorded messages and of the documentation's examples. The
/// fields' order is not looked at: the recorded ones of this product come from many hands.
@Suite(.enabled(if: Recorded.isThere, "no ../shared/data"))
struct BinanceUSDMShapeTests {
  /// Looks at one message. `documented` are fields that came after the recording, `gone` those that a
  /// recorded message had for what the simulation does not do.
  private func expect(
    _ made: JSONValue?, like file: String, _ documented: Set<String> = [], gone: Set<String> = [],
    part: String? = nil, _ location: SourceLocation = #_sourceLocation
  ) throws {
    var recorded = try Recorded.json("venues/binance_usdm/\(file).json")
    if let part { recorded = try #require(recorded[part]) }
    let made = try #require(made, sourceLocation: location)
    let lines = MessageShapeTests.differences(made, recorded, documented: documented)
      .filter { line in !line.contains(": order [") }
      .filter { line in !gone.contains { line.hasSuffix(".\($0) is missing") } }
    #expect(lines == [], "\(file)", sourceLocation: location)
  }

  @Test func marketData() throws {
    let venue = try SimulatedUSDM(eventsPerSecond: 200)
    venue.advance(milliseconds: 5000)
    func get(_ target: String) throws -> JSONValue {
      try JSONValue.parse(venue.send("GET", "/fapi/v1/\(target)").body)
    }
    try expect(get("depth?symbol=BTCUSDT"), like: "http_depth_2")
    try expect(get("trades?symbol=BTCUSDT"), like: "http_trades")
    try expect(get("aggTrades?symbol=BTCUSDT"), like: "http_agg_trades")
    try expect(
      get("continuousKlines?pair=BTCUSDT&contractType=PERPETUAL&interval=1m"),
      like: "http_candles_continuous")
    try expect(
      get("ticker/bookTicker?symbol=BTCUSDT"), like: "http_book_ticker", ["lastUpdateId"])
    try expect(get("ticker/24hr?symbol=BTCUSDT"), like: "http_ticker")
    try expect(get("premiumIndex?symbol=BTCUSDT"), like: "http_funding_rate_4")
    let info = try get("exchangeInfo")
    let recorded = try Recorded.json("venues/binance_usdm/http_exchange_info.json")
    #expect(info.members?.map(\.key) == recorded.members?.map(\.key))
    let symbol = try #require(info["symbols"]?.elements?.first)
    let other = try #require(recorded["symbols"]?.elements?.first)
    let differences = MessageShapeTests.differences(
      symbol, other, documented: ["maxMoveOrderLimit"])
    #expect(differences.filter { !$0.contains(": order [") } == [])
    #expect(
      symbol["filters"]?.elements?.map { $0["filterType"]?.string }
        == other["filters"]?.elements?.map { $0["filterType"]?.string })
  }

  @Test func ordersAndAccount() throws {
    let venue = try SimulatedUSDM()
    try venue.limit("SELL", "60001.00", "0.5", account: 2)
    let bought = try venue.limit("BUY", "60001.00", "0.2")
    try expect(bought, like: "ws_api_response", part: "result")
    let id = try #require(bought["orderId"]).text
    try expect(
      venue.answer("GET", "v1/order", "symbol=BTCUSDT&orderId=\(id)"), like: "http_order_ack")
    try expect(
      venue.answer("GET", "v1/allOrders", "symbol=BTCUSDT").elements?.first,
      like: "part_http_order_new")
    try expect(venue.answer("GET", "v1/userTrades", "symbol=BTCUSDT"), like: "http_fills")
    try expect(venue.answer("GET", "v2/account"), like: "http_balances", ["feeBurn"])
    // Two numbers of that record were read as texts by the library that kept it.
    let risk = try venue.answer("GET", "v3/positionRisk").elements?.first
    let known = try #require(
      try Recorded.json("venues/binance_usdm/http_positions_3.json").elements?.first?.members)
    #expect(Set(risk?.members?.map(\.key) ?? []) == Set(known.map(\.key)))
    try expect(
      venue.answer("GET", "v2/positionRisk"), like: "http_positions_account_one_way",
      ["breakEvenPrice", "notional", "isolatedWallet", "isolated", "adlQuantile"])
    try expect(
      venue.answer("GET", "v1/commissionRate", "symbol=BTCUSDT"), like: "http_fees",
      ["rpiCommissionRate"])
    try expect(
      venue.answer("POST", "v1/leverage", "symbol=BTCUSDT&leverage=10"),
      like: "http_account_settings_3")
    try expect(venue.answer("GET", "v1/positionSide/dual"), like: "http_account_settings")
    let resting = try venue.limit("BUY", "59000.00", "0.2")
    let number = try #require(resting["orderId"]).text
    let change = "orderId=\(number)&side=BUY&symbol=BTCUSDT&quantity=0.1&price=59000.0"
    let changed = try venue.answer("PUT", "v1/order", change)
    try expect(
      .array([.object([]), changed]).elements?.last, like: "ws_api_response", part: "result")
    try expect(
      venue.answer("DELETE", "v1/order", "symbol=BTCUSDT&orderId=\(number)"),
      like: "http_cancel_ack",
      ["avgPrice", "priceMatch", "selfTradePreventionMode", "goodTillDate"],
      gone: ["activatePrice", "priceRate"])
    let listenKey = venue.send("POST", "/fapi/v1/listenKey", key: venue.key().id)
    try expect(JSONValue.parse(listenKey.body), like: "http_ws_token")
    let stop = "symbol=BTCUSDT&side=SELL&algoType=CONDITIONAL&type=STOP_MARKET&quantity=0.1"
    let algo = try venue.answer("POST", "v1/algoOrder", stop + "&triggerPrice=59000")
    // The documentation of today calls it `orderType`.
    try expect(
      .array([algo]), like: "http_open_orders",
      [
        "orderType", "price", "icebergQuantity", "selfTradePreventionMode", "priceMatch",
        "closePosition", "priceProtect", "triggerTime", "goodTillDate",
      ], gone: ["type"])
    let algoID = try #require(algo["algoId"]).text
    try expect(
      venue.answer("DELETE", "v1/algoOrder", "algoId=\(algoID)"), like: "part_http_order_2")
  }

  @Test func streams() throws {
    let venue = try SimulatedUSDM(eventsPerSecond: 200)
    let names = [
      "trade", "aggTrade", "bookTicker", "depth@100ms", "kline_1m", "ticker", "markPrice",
    ]
    let (_, connection) = venue.streams(names.map { "btcusdt@\($0)" }, isCombined: true)
    venue.advance(milliseconds: 7000)
    let messages = try connection.take()
    func first(_ kind: String) -> JSONValue? {
      messages.first { $0["stream"]?.string == "btcusdt@\(kind)" }?["data"]
    }
    try expect(first("trade"), like: "ws_trade", ["X"])
    try expect(first("aggTrade"), like: "ws_agg_trade")
    try expect(first("bookTicker"), like: "ws_book_ticker_2")
    try expect(first("depth@100ms"), like: "ws_depth_update")
    try expect(first("kline_1m"), like: "ws_candle_open")
    try expect(first("ticker"), like: "ws_ticker_24hr")
    try expect(first("markPrice"), like: "ws_mark_price")
  }

  @Test func userEvents() throws {
    let venue = try SimulatedUSDM()
    let (_, connection) = try venue.userStream()
    try venue.limit("BUY", "59000.00", "0.2")
    let later: Set<String> = ["pm", "gtd", "er"]
    try expect(
      connection.take().first, like: "ws_user_order_update_partially_filled_trade_partial",
      later, gone: ["AP", "cr"])
    try venue.limit("SELL", "59000.00", "0.1", account: 2)
    let filled = try connection.take()
    #expect(
      filled.compactMap { $0["e"]?.string } == [
        "TRADE_LITE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE",
      ])
    try expect(filled[0], like: "ws_user_fill")
    try expect(filled[1], like: "ws_user_balance", ["ma"])
    try expect(filled[1], like: "ws_user_position", ["bep"])
    try expect(
      filled[2], like: "ws_user_order_update_partially_filled_trade_partial", later,
      gone: ["AP", "cr"])
    let stop = "symbol=BTCUSDT&side=SELL&algoType=CONDITIONAL&type=STOP_MARKET&quantity=0.1"
    let algo = try venue.answer("POST", "v1/algoOrder", stop + "&triggerPrice=58000")
    _ = try venue.answer("DELETE", "v1/algoOrder", "algoId=\(try #require(algo["algoId"]).text)")
    let updates = try connection.take()
    #expect(updates.map { $0["o"]?["X"]?.string } == ["NEW", "CANCELED"])
    try expect(updates.last, like: "ws_user_order_update_triggered", part: "data")
    try expect(
      updates.last?["o"], like: "part_ws_user_order_canceled", gone: ["rm"])
  }
}
