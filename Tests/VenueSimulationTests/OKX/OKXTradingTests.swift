import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

struct OKXTradingTests {
  private func order(_ venue: OKXSimulated, _ ack: JSONValue, in instrument: String) throws
    -> JSONValue
  {
    let id = try #require(ack["ordId"]?.string)
    let answer = try venue.answer(
      "GET", "/api/v5/trade/order?instId=\(instrument)&ordId=\(id)")
    return try #require(answer["data"]?.elements?.first, "\(answer.text)")
  }

  @Test(arguments: [
    ("buy", "limit", "0.001", "", "51000"), ("buy", "limit", "0", "50000", "51000"),
    ("buy", "limit", "x", "50000", "51000"), ("buy", "limit", "0.000000001", "50000", "51121"),
    ("buy", "limit", "0.000001", "50000", "51020"), ("buy", "limit", "1", "50000.01", "51000"),
    ("buy", "limit", "1", "63001", "51137"), ("sell", "limit", "1", "56999.9", "51138"),
    ("buy", "limit", "100", "50000", "51008"), ("sell", "limit", "11", "60000", "51008"),
    ("buy", "limit", "500", "50000", "51005"), ("up", "limit", "1", "50000", "51000"),
    ("buy", "odd", "1", "50000", "51000"), ("buy", "market", "2000000", "", "51201"),
    ("sell", "market", "11", "", "51008"), ("buy", "limit", "", "50000", "50014"),
  ])
  func refusals(side: String, type: String, size: String, price: String, code: String) throws {
    let venue = try OKXSimulated()
    _ = try venue.place("BTC-USDT", "buy", "limit", "20", "40000", account: 2)
    let ack = try venue.place("BTC-USDT", side, type, size, price)
    #expect(ack["sCode"]?.string == code, "\(ack.text)")
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)
  }

  @Test func bodies() throws {
    let venue = try OKXSimulated()
    func code(_ path: String, _ body: String) throws -> String? {
      try JSONValue.parse(try venue.signed("POST", path, body: body).body)["code"]?.string
    }
    #expect(try code("/api/v5/trade/order", "") == "50000")
    #expect(try code("/api/v5/trade/order", "{") == "50002")
    #expect(try code("/api/v5/trade/order", "7") == "50002")
    #expect(try code("/api/v5/trade/batch-orders", "[]") == "51000")
    let many = "[" + Array(repeating: "{}", count: 21).joined(separator: ",") + "]"
    #expect(try code("/api/v5/trade/batch-orders", many) == "50025")
    #expect(try venue.signed("GET", "/api/v5/trade/batch-orders").status == 405)
    #expect(venue.send("GET", "/api/v5/nothing").status == 404)
    #expect(try venue.signed("POST", "/api/v5/trade/order", body: "{}", key: 1).status == 401)
  }

  @Test func marginOfSwapsAndSpotShareOneBalance() throws {
    let venue = try OKXSimulated()
    _ = try venue.place("BTC-USDT-SWAP", "sell", "limit", "100", "60000", account: 2)
    let bought = try venue.place("BTC-USDT-SWAP", "buy", "market", "100")
    let filled = try order(venue, bought, in: "BTC-USDT-SWAP")
    #expect(filled["state"]?.string == "filled" && filled["avgPx"]?.string == "60000")
    // One bitcoin at three times: 20,000 of margin, and a fee of 30.
    #expect(filled["fee"]?.string == "-30")
    let balance = try venue.answer("GET", "/api/v5/account/balance?ccy=USDT")
    let detail = try #require(
      balance["data"]?.elements?.first?["details"]?.elements?.first)
    #expect(detail["availBal"]?.string == "979970" && detail["frozenBal"]?.string == "20000")
    #expect(detail["cashBal"]?.string == "999970" && detail["imr"]?.string == "20000")
    let ack = try venue.place("BTC-USDT", "buy", "limit", "17", "58000")
    #expect(ack["sCode"]?.string == "51008")
  }

  @Test func longAndShort() throws {
    let venue = try OKXSimulated()
    let mode = try venue.answer(
      "POST", "/api/v5/account/set-position-mode", ["posMode": "long_short_mode"])
    #expect(mode["code"]?.string == "0")
    for (side, price) in [("sell", "60010"), ("buy", "59990")] {
      _ = try venue.place("BTC-USDT-SWAP", side, "limit", "100", price, account: 2)
    }
    func trade(_ side: String, _ position: String) throws -> JSONValue {
      try venue.place(
        "BTC-USDT-SWAP", side, "market", "10", more: [("posSide", .string(position))])
    }
    #expect(try trade("buy", "net")["sCode"]?.string == "51000")
    #expect(try trade("sell", "long")["sCode"]?.string == "51169")
    #expect(try trade("buy", "long")["sCode"]?.string == "0")
    #expect(try trade("sell", "short")["sCode"]?.string == "0")
    let held = try venue.answer("GET", "/api/v5/account/positions")
    let words = (held["data"]?.elements ?? []).map {
      "\($0["posSide"]?.string ?? "") \($0["pos"]?.string ?? "") \($0["avgPx"]?.string ?? "")"
    }
    #expect(words == ["long 10 60010", "short 10 59990"])
  }

  @Test func amendments() throws {
    let venue = try OKXSimulated()
    let ack = try venue.place("BTC-USDT", "buy", "limit", "1", "50000")
    let id = try #require(ack["ordId"])
    func amend(_ more: [(key: String, value: JSONValue)]) throws -> String? {
      let answer = try venue.answer(
        "POST", "/api/v5/trade/amend-order",
        .object([("instId", "BTC-USDT"), ("ordId", id)] + more))
      return answer["data"]?.elements?.first?["sCode"]?.string
    }
    #expect(try amend([]) == "51500")
    #expect(try amend([("newPx", "70000")]) == "51137")
    #expect(try amend([("newSz", "100")]) == "51502")
    #expect(try amend([("newPx", "49000"), ("newSz", "2")]) == "0")
    let amended = try order(venue, ack, in: "BTC-USDT")
    #expect(amended["px"]?.string == "49000" && amended["sz"]?.string == "2")
    _ = try venue.place("BTC-USDT", "sell", "ioc", "1.5", "58000", account: 2)
    _ = try venue.place("BTC-USDT", "sell", "limit", "0.5", "57000", account: 2)
    #expect(try amend([("newSz", "0.1")]) == "0" || venue.core.exchange.openOrders(of: 1).isEmpty)
    #expect(try amend([("newPx", "70000"), ("cxlOnFail", true)]) != "0")
  }

  @Test func conditionalOrdersBecomeOthers() throws {
    let venue = try OKXSimulated()
    _ = try venue.place("BTC-USDT-SWAP", "sell", "limit", "10", "60010", account: 2)
    let answer = try venue.answer(
      "POST", "/api/v5/trade/order-algo",
      [
        "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "buy", "ordType": "trigger",
        "sz": "3", "triggerPx": "60005", "orderPx": "-1", "algoClOrdId": "one",
      ])
    let algoID = try #require(answer["data"]?.elements?.first?["algoId"]?.string)
    let swap = try #require(venue.core.exchange.instrument("BTC-USDT-SWAP"))
    venue.core.exchange.takeLiquidity(swap, .buy, price: 600_100, quantity: 1)
    venue.advance(milliseconds: 20)
    let algo = try venue.answer("GET", "/api/v5/trade/order-algo?algoId=\(algoID)")
    let json = try #require(algo["data"]?.elements?.first)
    #expect(json["state"]?.string == "effective" && json["algoClOrdId"]?.string == "one")
    let id = try #require(json["ordId"]?.string)
    #expect(id != algoID)
    let order = try venue.answer(
      "GET", "/api/v5/trade/order?instId=BTC-USDT-SWAP&ordId=\(id)")
    #expect(order["data"]?.elements?.first?["algoId"]?.string == algoID)
    #expect(order["data"]?.elements?.first?["state"]?.string == "filled")
  }

  /// The schedule of regular users: https://www.okx.com/fees.
  @Test func swapsAndSpotHaveFeesOfTheirOwn() throws {
    let venue = try OKXSimulated()
    func rates(_ type: String) throws -> [String?] {
      let answer = try venue.answer("GET", "/api/v5/account/trade-fee?instType=\(type)")
      let rates = try #require(answer["data"]?.elements?.first)
      return ["maker", "taker", "makerU", "takerU"].map { rates[$0]?.string }
    }
    #expect(try rates("SPOT") == ["-0.0008", "-0.001", "", ""])
    #expect(try rates("MARGIN") == ["-0.0008", "-0.001", "", ""])
    #expect(try rates("SWAP") == ["", "", "-0.0002", "-0.0005"])

    // Ten contracts of 0.01 BTC at 60,010: 6,001 USDT. One coin at 60,010 on spot pays in what it receives.
    for (name, size, price, maker, taker) in [
      ("BTC-USDT-SWAP", "10", "60010", ("-1.2002", "-0.0002"), ("-3.0005", "-0.0005")),
      ("BTC-USDT", "1", "60010", ("-48.008", "-0.0008"), ("-0.001", "-0.001")),
    ] {
      _ = try venue.place(name, "sell", "limit", size, price, account: 2)
      _ = try venue.place(name, "buy", "ioc", size, price)
      let kind = name.hasSuffix("SWAP") ? "SWAP" : "SPOT"
      for (account, expected) in [(1, taker), (2, maker)] {
        let fills = try venue.answer(
          "GET", "/api/v5/trade/fills?instType=\(kind)", account: account)
        let fill = try #require(fills["data"]?.elements?.first)
        #expect(fill["fee"]?.string == expected.0 && fill["feeRate"]?.string == expected.1)
      }
    }
  }

  @Test func deadManSwitch() throws {
    let venue = try OKXSimulated()
    let ack = try venue.place("BTC-USDT", "buy", "limit", "1", "50000")
    func set(_ seconds: String) throws -> JSONValue {
      try venue.answer("POST", "/api/v5/trade/cancel-all-after", ["timeOut": .string(seconds)])
    }
    #expect(try set("5")["code"]?.string == "51000")
    // Once a second.
    #expect(try set("10")["code"]?.string == "50011")
    venue.advance(milliseconds: 1_000)
    #expect(try set("10")["code"]?.string == "0")
    venue.advance(milliseconds: 9_000)
    #expect(try set("10")["code"]?.string == "0")
    venue.advance(milliseconds: 9_000)
    #expect(try order(venue, ack, in: "BTC-USDT")["state"]?.string == "live")
    venue.advance(milliseconds: 1_010)
    let canceled = try order(venue, ack, in: "BTC-USDT")
    #expect(canceled["state"]?.string == "canceled" && canceled["cancelSource"]?.string == "20")
  }

  @Test func limits() throws {
    let venue = try OKXSimulated()
    for _ in 0..<60 {
      let ack = try venue.place("BTC-USDT", "buy", "limit", "0.001", "50000")
      #expect(ack["sCode"]?.string == "0")
    }
    let path = "/api/v5/trade/order"
    let refused = try venue.signed("POST", path, body: #"{"instId":"BTC-USDT"}"#)
    #expect(refused.status == 429)
    #expect(try JSONValue.parse(refused.body)["code"]?.string == "50011")
    // Cancels, other instruments and other users are counted apart.
    #expect(try venue.signed("POST", path, body: #"{"instId":"ETH-USDT"}"#).status == 200)
    #expect(
      try venue.signed("POST", path, body: #"{"instId":"BTC-USDT"}"#, account: 2).status == 200)
    #expect(
      try venue.signed(
        "POST", "/api/v5/trade/cancel-order", body: #"{"instId":"BTC-USDT","ordId":"1"}"#
      ).status == 200)
    venue.advance(milliseconds: 2_000)
    #expect(try venue.signed("POST", path, body: #"{"instId":"BTC-USDT"}"#).status == 200)
  }

  /// Orders of lists are counted one by one, apart from single orders; a list of one is a single order
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-place-multiple-orders).
  @Test func listsAreCountedByTheirOrders() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    _ = try connection.take()
    func place(_ count: Int, _ operation: String = "batch-orders") throws -> JSONValue? {
      let order: JSONValue = [
        "instIdCode": .integer(OKXInstrument.all[0].code), "tdMode": "cash", "side": "buy",
        "ordType": "limit", "sz": "0.001", "px": "50000",
      ]
      venue.send(operation, Array(repeating: order, count: count), id: "1", to: session)
      return try connection.take().first
    }
    for _ in 0..<60 { #expect(try place(1)?["code"]?.string == "0") }
    for operation in ["batch-orders", "order"] {
      let refused = try place(1, operation)
      #expect(refused?["code"]?.string == "50011" && refused?["data"]?.elements?.isEmpty == true)
    }
    for _ in 0..<15 { #expect(try place(20)?["code"]?.string == "0") }
    #expect(try place(2)?["code"]?.string == "50011")
    #expect(venue.core.exchange.openOrders(of: 1).count == 360)
    venue.advance(milliseconds: 2_000)
    #expect(try place(2)?["code"]?.string == "0")
    #expect(try place(21)?["code"]?.string == "50025")
    #expect(try place(0)?["code"]?.string == "60013")
  }

  /// Codes 0, 1 and 2, and each order's own, in the order in which they were asked for.
  @Test func operationsOnLists() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    _ = try connection.take()
    let code: JSONValue = .integer(OKXInstrument.all[0].code)
    func ask(_ operation: String, _ orders: [JSONValue]) throws -> (String, [String]) {
      venue.send(operation, orders, id: "b1", to: session)
      let answer = try #require(try connection.take().first)
      #expect(answer["id"]?.string == "b1" && answer["op"]?.string == operation)
      #expect(answer["msg"]?.string == "")
      let codes = (answer["data"]?.elements ?? []).map { $0["sCode"]?.string ?? "" }
      return (answer["code"]?.string ?? "", codes)
    }
    func order(_ name: String, _ size: String, _ price: String) -> JSONValue {
      [
        "instIdCode": code, "tdMode": "cash", "clOrdId": .string(name), "side": "buy",
        "ordType": "limit", "sz": .string(size), "px": .string(price),
      ]
    }
    func named(_ name: String, _ more: [(key: String, value: JSONValue)] = []) -> JSONValue {
      .object([("instIdCode", code), ("clOrdId", .string(name))] + more)
    }
    #expect(
      try ask("batch-orders", [order("a", "1", "50000"), order("b", "1", "50001")])
        == ("0", ["0", "0"]))
    #expect(
      try ask("batch-orders", [order("c", "1", "50000"), order("a", "1", "50001")])
        == ("2", ["0", "51016"]))
    #expect(
      try ask("batch-orders", [order("d", "100", "50000"), order("e", "0.000001", "50000")])
        == ("1", ["51008", "51020"]))
    #expect(
      try ask(
        "batch-amend-orders",
        [named("a", [("newPx", "49000")]), named("x", [("newPx", "49000")])]) == (
          "2", ["0", "51503"]
        ))
    #expect(
      try ask("batch-cancel-orders", [named("x"), named("a"), named("b"), named("c")])
        == ("2", ["51400", "0", "0", "0"]))
    #expect(try ask("batch-cancel-orders", [named("a"), named("b")]) == ("1", ["51401", "51401"]))
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)
  }

  /// Whatever parameters say, there is an answer.
  @Test func strangeValues() throws {
    let venue = try OKXSimulated(OKXSettings(limitsRates: false), eventsPerSecond: 100)
    venue.advance(milliseconds: 1_000)
    _ = try venue.place("BTC-USDT", "buy", "limit", "1", "50000", more: [("clOrdId", "one")])
    let values = [
      "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1e400", "-1", "0",
      "x", "BTC-USDT", "BTC-USDT-SWAP", "1e18", "0.000000000000000000001", "null", "cross", "one",
    ]
    let names = [
      "after", "before", "begin", "end", "limit", "sz", "bar", "ordId", "clOrdId", "algoId", "px",
      "newSz", "newPx", "lever", "timeOut", "instIdCode", "triggerPx", "callbackRatio", "ccy",
      "activePx", "posSide", "tgtCcy", "instFamily", "expTime",
    ]
    for endpoint in OKXEndpoint.byPath.values.flatMap({ $0 }) {
      for (place, value) in values.enumerated() {
        var members: [(key: String, value: JSONValue)] = [
          ("instId", place % 2 == 0 ? "BTC-USDT" : "BTC-USDT-SWAP"), ("tdMode", "cross"),
          ("instType", "SWAP"), ("ordType", place % 3 == 0 ? "move_order_stop" : "limit"),
          ("side", "sell"), ("mgnMode", "cross"),
        ]
        members += names.map { ($0, .string(value)) }
        let query = members.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: "&")
        let body = JSONValue.object(members).text
        let response =
          endpoint.method == "GET"
          ? try venue.signed("GET", "\(endpoint.path)?\(query)")
          : try venue.signed("POST", endpoint.path, body: endpoint.isList ? "[\(body)]" : body)
        #expect(try JSONValue.parse(response.body)["code"]?.string != nil, "\(endpoint.path)")
      }
    }
    #expect(venue.core.exchange.brokenInvariants().isEmpty)
  }

  @Test func expiredRequests() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    _ = try connection.take()
    session.received(
      #"{"id":"1","op":"order","expTime":"\#(venue.now.milliseconds - 1)","args":[{"instId":"BTC-USDT","#
        + #""tdMode":"cash","side":"buy","ordType":"limit","sz":"1","px":"50000"}]}"#,
      at: venue.now)
    #expect(try connection.take().first?["code"]?.string == "51149")
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)
  }

  /// After a play of chance nothing is broken, and the records have every order.
  @Test(arguments: UInt64(1)...5)
  func recordsHold(seed: UInt64) throws {
    let venue = try OKXSimulated(eventsPerSecond: 200)
    var texts = RandomTexts(seed: seed)
    for turn in 0..<60 {
      venue.advance(milliseconds: 50)
      let account = Int(texts.nextNumber() % 2) + 1
      let instrument = OKXInstrument.all[Int(texts.nextNumber() % 4)]
      let side = texts.nextNumber() % 2 == 0 ? "buy" : "sell"
      let types = ["limit", "post_only", "ioc", "fok", "limit"]
      let type = types[Int(texts.nextNumber() % 5)]
      let index = try #require(venue.core.exchange.instrument(instrument.id))
      let last = venue.core.exchange.lastPrice(of: index)
      let price = last + Int64(texts.nextNumber() % 200) - 100
      _ = try venue.place(
        instrument.id, side, type, instrument.isSwap ? "0.5" : "0.01", instrument.price(price),
        account: account, more: [("clOrdId", .string("turn\(turn)"))])
      if turn % 5 == 4, let open = venue.core.exchange.openOrders(of: account).first {
        _ = try venue.answer(
          "POST", "/api/v5/trade/cancel-order",
          [
            "instId": .string(venue.core.instrument(open.instrument).id),
            "ordId": .string("\(open.id)"),
          ], account: account)
      }
    }
    let state = venue.front.state(FormFields(""), at: venue.now)
    #expect(state["brokenInvariants"]?.elements?.isEmpty == true)
    let accounts = try #require(state["accounts"]?.elements)
    let orders = accounts.flatMap { $0["orders"]?.elements ?? [] }
    #expect(orders.count > 40)
    #expect(Set(orders.compactMap { $0["status"]?.string }).count > 2)
  }
}
