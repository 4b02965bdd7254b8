import Testing
import VenueServer

@testable import VenueSimulation

/// Requests that the venue does not carry out.
@Suite struct BybitRefusalTests {
  private func order(
    _ category: String, _ changes: [(key: String, value: JSONValue)]
  ) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("category", .string(category)), ("symbol", "BTCUSDT"), ("side", "Buy"),
      ("orderType", "Limit"), ("qty", "0.1"), ("price", "59000"),
    ]
    for change in changes {
      members.removeAll { $0.key == change.key }
      members.append(change)
    }
    return .object(members)
  }

  @Test(arguments: [
    ("linear", "symbol", "NOPE", 10001, "params error: symbol invalid"),
    ("linear", "side", "buy", 10001, "params error: side invalid"),
    ("linear", "orderType", "Stop", 10001, "params error: orderType invalid"),
    ("linear", "timeInForce", "DAY", 10001, "params error: timeInForce invalid"),
    ("linear", "qty", "0.0005", 10001, "Qty invalid"),
    ("linear", "qty", "-1", 10001, "Qty invalid"),
    ("linear", "qty", "x", 10001, "Qty invalid"),
    ("linear", "qty", "0", 10001, "The number of contracts exceeds minimum limit allowed"),
    (
      "linear", "qty", "1191", 10001,
      "The number of contracts exceeds maximum limit allowed: too large"
    ),
    (
      "linear", "qty", "9999999999999999", 10001,
      "The number of contracts exceeds maximum limit allowed: too large"
    ),
    ("linear", "price", "59000.05", 10001, "Price invalid"),
    ("linear", "price", "", 10001, "Price invalid"),
    ("linear", "price", "63001", 110003, "Order price exceeds the allowable range."),
    ("linear", "price", "0.1", 110094, "Order does not meet minimum order value 5USDT"),
    ("linear", "orderLinkId", "a b", 10001, "params error: orderLinkId invalid"),
    (
      "linear", "takeProfit", "50000", 10001,
      "TakeProfit:500000000 set for Buy position should be higher than "
        + "base_price:590000000??LastPrice"
    ),
    ("linear", "slippageTolerance", "10", 10001, "params error: slippageToleranceType invalid"),
    ("linear", "qty", "900", 110007, "ab not enough for new order"),
    ("spot", "symbol", "NOPE", 170121, "Invalid symbol."),
    ("spot", "side", "buy", 170117, "Invalid side."),
    ("spot", "orderType", "Stop", 170116, "Invalid orderType."),
    ("spot", "timeInForce", "DAY", 170115, "Invalid timeInForce."),
    ("spot", "qty", "x", 170130, "Data sent for paramter 'qty' is not valid."),
    ("spot", "qty", "0.1000001", 170137, "Order quantity has too many decimals."),
    ("spot", "qty", "0.000001", 170136, "Order quantity exceeded lower limit."),
    ("spot", "qty", "84", 170135, "Order quantity exceeded upper limit."),
    ("spot", "qty", "0.00005", 170140, "Order value exceeded lower limit."),
    ("spot", "qty", "20", 170131, "Insufficient balance."),
    ("spot", "price", "59000.001", 170134, "Order price has too many decimals."),
    ("spot", "price", "70000", 170193, "Buy order price cannot be higher than 63000.00USDT."),
    ("spot", "category", "inverse", 10001, "Illegal category"),
  ])
  func orders(category: String, name: String, value: String, code: Int64, text: String) throws {
    let venue = try BybitSimulated.unlimited()
    let answer = try venue.post("order/create", order(category, [(name, .string(value))]))
    #expect(answer["retCode"]?.integer == code)
    #expect(answer["retMsg"]?.string == text)
    #expect(answer["result"] == .object([]))
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)
  }

  @Test func orderLinkIDsComeOnce() throws {
    let venue = try BybitSimulated.unlimited()
    for (category, code) in [("linear", 110072), ("spot", 170141)] {
      let body = order(category, [("orderLinkId", .string("once-\(category)"))])
      #expect(try venue.post("order/create", body)["retCode"] == 0)
      #expect(try venue.post("order/create", body)["retCode"]?.integer == Int64(code))
    }
  }

  @Test func amendments() throws {
    let venue = try BybitSimulated.unlimited()
    for (category, unknown) in [("linear", 110001), ("spot", 170213)] {
      let id = try venue.place(category, "Buy", "0.1", "59000")
      func amend(_ name: String, _ value: String) throws -> Int64? {
        try venue.post(
          "order/amend",
          [
            "category": .string(category), "symbol": "BTCUSDT", "orderId": .string(id),
            name: .string(value),
          ])["retCode"]?.integer
      }
      #expect(try amend("qty", "0.1") == 10001)
      #expect(try amend("price", "59000.001") == (category == "spot" ? 170134 : 10001))
      #expect(try amend("price", "70000") == (category == "spot" ? 170193 : 110003))
      #expect(try amend("qty", "0.2") == 0)
      #expect(
        try venue.post("order/cancel-all", ["category": .string(category), "symbol": "BTCUSDT"])[
          "retCode"] == 0)
      #expect(try amend("qty", "0.3") == Int64(unknown))
    }
  }

  // MARK: Who asks

  @Test func signatures() throws {
    let venue = try BybitSimulated()
    let key = venue.key()
    func code(_ response: HTTPResponse) throws -> Int64? {
      try JSONValue.parse(response.body)["retCode"]?.integer
    }
    let wrong = venue.send(
      "GET", "account/info", "", key, signature: String(repeating: "0", count: 64))
    #expect(try code(wrong) == 10004)
    let text = try JSONValue.parse(wrong.body)["retMsg"]?.string
    #expect(text == "error sign! origin_string[\(venue.now.milliseconds)\(key.id)5000]")
    #expect(try code(venue.send("GET", "account/info", "", key, offset: -5_001)) == 10002)
    #expect(try code(venue.send("GET", "account/info", "", key, offset: 1_000)) == 10002)
    #expect(try code(venue.send("GET", "account/info", "", key, offset: 999)) == 0)
    #expect(try code(venue.send("GET", "account/info", "", key, offset: -5_000)) == 0)
    var unknown = key
    unknown.id = "nobody"
    #expect(try code(venue.send("GET", "account/info", "", unknown)) == 10003)
    let reader = venue.key(1, [.read])
    #expect(try code(venue.send("GET", "account/info", "", reader)) == 0)
    #expect(
      try code(venue.send("POST", "order/cancel-all", #"{"category":"spot"}"#, reader)) == 10005)
    let open = venue.front.respond(
      to: HTTPRequest(method: "GET", path: "/v5/account/info"), at: venue.now)
    #expect(open.status == 401)
    let lost = venue.front.respond(
      to: HTTPRequest(method: "GET", path: "/v5/nothing"), at: venue.now)
    #expect(lost.status == 404)
  }

  @Test(arguments: ["", "{", "[]", "7", #"{"category":7}"#, #"{"category":{}}"#, "\u{0}"])
  func anyBodyIsSafe(body: String) throws {
    let venue = try BybitSimulated.unlimited()
    for endpoint in BybitEndpoint.all where endpoint.method == "POST" {
      let path = String(endpoint.path.dropFirst(4))
      let answer = try JSONValue.parse(venue.send("POST", path, body, venue.key()).body)
      #expect(answer["retCode"]?.integer != nil)
    }
    for endpoint in BybitEndpoint.all where endpoint.method == "GET" {
      let path = String(endpoint.path.dropFirst(4))
      for query in [
        "", "category=linear&symbol=BTCUSDT&limit=0", "category=spot&cursor=x&limit=9",
        "category=linear&symbol=BTCUSDT&interval=1&start=9223372036854775807&startTime=9223372036854775807",
        "category=linear&symbol=BTCUSDT&interval=M&end=-9223372036854775808&endTime=-9223372036854775808",
      ] {
        let answer = try JSONValue.parse(venue.send("GET", path, query, venue.key()).body)
        #expect(answer["retCode"]?.integer != nil)
      }
    }
  }

  // MARK: Limits

  @Test func accountLimits() throws {
    let venue = try BybitSimulated()
    let body = #"{"category":"linear","symbol":"BTCUSDT","orderId":"x"}"#
    var answers: [HTTPResponse] = []
    for _ in 0..<11 { answers.append(venue.send("POST", "order/cancel", body, venue.key())) }
    #expect(answers.map { $0.headers["X-Bapi-Limit-Status"] }.prefix(2) == ["9", "8"])
    #expect(answers[9].headers["X-Bapi-Limit-Status"] == "0")
    let refused = try JSONValue.parse(answers[10].body)
    #expect(refused["retCode"] == 10006)
    #expect(refused["retMsg"] == "Too many visits. Exceeded the API Rate Limit.")
    #expect(
      answers[10].headers["X-Bapi-Limit-Reset-Timestamp"] == "\(venue.now.milliseconds + 1_000)")
    // The other account and spot have limits of their own.
    #expect(
      try JSONValue.parse(venue.send("POST", "order/cancel", body, venue.key(2)).body)["retCode"]
        == 110001)
    let spot = body.replacing("linear", with: "spot")
    #expect(
      try JSONValue.parse(venue.send("POST", "order/cancel", spot, venue.key()).body)["retCode"]
        == 170213)
    venue.advance(milliseconds: 1_000)
    #expect(
      try JSONValue.parse(venue.send("POST", "order/cancel", body, venue.key()).body)["retCode"]
        == 110001)
  }

  @Test func addressLimit() throws {
    var settings = BybitSettings()
    settings.limits.requestsInFiveSeconds = 3
    let venue = try BybitSimulated(settings)
    let request = HTTPRequest(method: "GET", path: "/v5/market/time")
    let statuses = (0..<5).map { _ in venue.front.respond(to: request, at: venue.now).status }
    #expect(statuses == [200, 200, 200, 403, 403])
    venue.advance(milliseconds: 599_000)
    #expect(venue.front.respond(to: request, at: venue.now).status == 403)
    venue.advance(milliseconds: 1_000)
    #expect(venue.front.respond(to: request, at: venue.now).status == 200)
  }
}
