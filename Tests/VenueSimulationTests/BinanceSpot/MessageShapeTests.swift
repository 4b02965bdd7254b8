import Testing
import VenueServer

@testable import VenueSimulation

/// Fields, their order and their JSON types are those of recorded messages; what a recorded message does
/// not have must be in today's documentation, and is named here.
@Suite(.enabled(if: Recorded.isThere, "no ../shared/data"))
struct MessageShapeTests {
  /// What differs between a message and a recorded one, a line each.
  static func differences(
    _ made: JSONValue, _ recorded: JSONValue, documented: Set<String> = [], at path: String = ""
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
      let common = a.map(\.key).filter { recorded[$0] != nil }
      let order = b.map(\.key).filter { made[$0] != nil }
      if common != order { lines.append("\(path): order \(common), recorded \(order)") }
      return lines
    case (.array(let a), .array(let b)):
      guard let first = a.first, let other = b.first else { return [] }
      return differences(first, other, documented: documented, at: path + "[]")
    case (.string, .string), (.number, .number), (.boolean, .boolean), (.null, .null): return []
    // The one asset of a fee is nothing before there is a fee.
    case (.string, .null) where path.hasSuffix(".N"), (.null, .string) where path.hasSuffix(".N"):
      return []
    default: return ["\(path): \(made.text), recorded \(recorded.text)"]
    }
  }

  private func expect(
    _ made: JSONValue?, like file: String, _ documented: Set<String> = [],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let recorded = try Recorded.json("venues/binance_spot/\(file).json")
    let made = try #require(made, sourceLocation: location)
    #expect(
      Self.differences(made, recorded, documented: documented) == [], "\(file)",
      sourceLocation: location)
  }

  private func part(_ file: String, _ key: String) throws -> JSONValue {
    try #require(try Recorded.json("venues/binance_spot/\(file).json")[key])
  }

  @Test func marketData() throws {
    let venue = try Simulated(eventsPerSecond: 200)
    venue.advance(milliseconds: 5000)
    func get(_ target: String) throws -> JSONValue {
      try JSONValue.parse(venue.send("GET", target).body)
    }
    try expect(get("/api/v3/time"), like: "http_server_time")
    try expect(get("/api/v3/ping"), like: "http_status")
    try expect(get("/api/v3/depth?symbol=BTCUSDT"), like: "http_depth_2")
    try expect(get("/api/v3/trades?symbol=BTCUSDT"), like: "http_trades")
    try expect(get("/api/v3/aggTrades?symbol=BTCUSDT"), like: "http_agg_trades")
    try expect(get("/api/v3/klines?symbol=BTCUSDT&interval=1m"), like: "http_candles")
    try expect(get("/api/v3/ticker/price?symbol=BTCUSDT"), like: "http_ticker_2")
    try expect(get("/api/v3/ticker/bookTicker?symbol=BTCUSDT"), like: "http_book_ticker")
    try expect(get("/api/v3/avgPrice?symbol=BTCUSDT"), like: "http_mark_price")
    try expect(get("/api/v3/depth?symbol=NOPE"), like: "http_error")
    // The documentation of exchangeInfo has grown since this one was recorded.
    let info = try get("/api/v3/exchangeInfo")
    let recorded = try Recorded.json("venues/binance_spot/http_exchange_info_8.json")
    #expect(info.members?.map(\.key) == recorded.members?.map(\.key))
    let symbol = try #require(info["symbols"]?.elements?.first)
    for (key, value) in try #require(recorded["symbols"]?.elements?.first?.members) {
      let mine = try #require(symbol[key], "\(key)")
      if key != "filters" { #expect(Self.differences(mine, value) == [], "\(key)") }
    }
    let filters = try #require(symbol["filters"]?.elements)
    for filter in try #require(recorded["symbols"]?.elements?.first?["filters"]?.elements)
    where filter["filterType"]?.string != "MIN_NOTIONAL" {
      let mine = filters.first { $0["filterType"] == filter["filterType"] }
      #expect(Self.differences(try #require(mine), filter) == [])
    }
  }

  @Test func ordersAndAccount() throws {
    let venue = try Simulated()
    let resting = try venue.rest("SELL", "60001.00", "0.5", account: 2)
    try expect(resting, like: "http_order_ack")
    let bought = try venue.rest("BUY", "60001.00", "0.2", account: 1)
    try expect(bought, like: "http_order_ack")
    let id = try #require(bought["orderId"]).text
    try expect(
      venue.answer("GET", "/api/v3/order", "symbol=BTCUSDT&orderId=\(id)"),
      like: "http_order_status_new")
    try expect(
      venue.answer("GET", "/api/v3/allOrders", "symbol=BTCUSDT"), like: "http_order_history")
    try expect(venue.answer("GET", "/api/v3/myTrades", "symbol=BTCUSDT"), like: "http_fills")
    try expect(venue.answer("GET", "/api/v3/account"), like: "http_balances")
    let short = try venue.answer(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.1&price=55000")
    try expect(short, like: "http_order_ack_2")
    let number = try #require(short["orderId"]).text
    try expect(
      venue.answer("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=\(number)"),
      like: "http_cancel_ack")
    let first = try #require(try venue.rest("BUY", "55000", "0.1", account: 1)["orderId"]).text
    let replaced = try venue.answer(
      "POST", "/api/v3/order/cancelReplace",
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=54000"
        + "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=\(first)")
    let recorded = try part("ws_api_response_2", "result")
    #expect(
      Self.differences(replaced, recorded, documented: ["transactTime", "origQuoteOrderQty"]) == [])
    let all = try venue.answer("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
    try expect(all, like: "http_cancel_all_ack")
    let unknown = venue.signed("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=1")
    #expect(
      String(decoding: unknown.body, as: UTF8.self)
        == #"{"code":-2011,"msg":"Unknown order sent."}"#)
  }

  @Test func streams() throws {
    let venue = try Simulated(eventsPerSecond: 200)
    let names = ["trade", "aggTrade", "bookTicker", "depth@100ms", "kline_1m", "ticker"]
    let (session, connection) = venue.streams(names.map { "btcusdt@\($0)" }, isCombined: true)
    venue.advance(milliseconds: 4000)
    let messages = try connection.take()
    func first(_ kind: String) -> JSONValue? {
      messages.first { $0["stream"]?.string == "btcusdt@\(kind)" }
    }
    // The ids of the orders have gone from trades since that was recorded (see feeds/ of 2024).
    let trade = try #require(first("trade")?["data"]?.members)
    #expect(trade.map(\.key) == ["e", "E", "s", "t", "p", "q", "T", "m", "M"])
    try expect(first("aggTrade")?["data"], like: "part_ws_trade")
    try expect(first("bookTicker")?["data"], like: "ws_book_ticker_2")
    try expect(first("depth@100ms")?["data"], like: "ws_depth_update_2")
    try expect(first("kline_1m")?["data"], like: "ws_candle_2")
    try expect(first("ticker")?["data"], like: "ws_ticker_24hr")
    session.received(
      #"{"method":"SUBSCRIBE","params":["ethusdt@trade"],"id":1574649734450}"#, at: venue.now)
    try expect(connection.take().first, like: "ws_subscribe_ack")
    session.received(#"{"method":"SUBSCRIBE","params":["trade"],"id":1}"#, at: venue.now)
    try expect(connection.take().first, like: "ws_error")
  }

  @Test func userEvents() throws {
    let venue = try Simulated()
    let key = venue.key()
    let (session, connection) = venue.requests()
    let text = "apiKey=\(key.id)&timestamp=\(venue.now.milliseconds)"
    let signature = Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
    session.received(
      #"{"id":1,"method":"userDataStream.subscribe.signature","params":{"apiKey":"\#(key.id)","#
        + #""timestamp":\#(venue.now.milliseconds),"signature":"\#(signature)"}}"#, at: venue.now)
    try expect(connection.take().first, like: "ws_subscribe_ack_2", ["rateLimits"])
    let order = try venue.rest("BUY", "59000.00", "0.2", account: 1)
    let placed = try connection.take()
    try expect(placed.first, like: "ws_user_order_update_new_wrapped")
    try expect(placed.last?["event"], like: "ws_user_balance_position")
    try venue.rest("SELL", "59000.00", "0.1", account: 2)
    let filled = try connection.take()
    let recorded = try part("ws_user_order_update_filled_binance_us", "data")
    let fill = try #require(filled.first?["event"])
    #expect(Self.differences(fill, recorded) == [])
    _ = try venue.answer(
      "DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=\(try #require(order["orderId"]).text)")
    let pending = try part("ws_user_order_update_pending_cancel", "data")
    #expect(
      Self.differences(try #require(connection.take().first?["event"]), pending) == [])
    _ = try venue.answer(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.1&price=50000")
    let ended = try connection.take().compactMap { $0["event"] }
    let expired = ended.first { $0["x"]?.string == "EXPIRED" }
    #expect(expired?["eR"]?.string == "INSUFFICIENT_LIQUIDITY")
    let asset = try #require(venue.front.core.exchange.asset("BTC"))
    _ = venue.front.core.exchange.deposit(
      .init(amount: 1_000_000_000_000_000_000), of: asset, to: 1)
    venue.advance(milliseconds: 1)
    try expect(connection.take().first?["event"], like: "ws_user_balance_3")
  }
}
