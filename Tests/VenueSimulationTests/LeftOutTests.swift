import Testing
import VenueServer

@testable import VenueSimulation

/// What the simulators leave out, as docs/venues.md lists it: who asks for it hears so.
@Suite struct LeftOutTests {
  private func code(_ response: HTTPResponse) -> String {
    let json = try? JSONValue.parse(response.body)
    return "\(response.status)\(json?["code"].map { " \($0.text)" } ?? "")"
  }

  @Test(arguments: [
    ("orderList/opo", "", "404"), ("orderList/opoco", "", "404"), ("sor/order", "", "404"),
    ("order", "side=SELL&type=STOP_LOSS&quantity=1&trailingDelta=100", "400 -2010"),
    (
      "order",
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000&pegPriceType=PRIMARY_PEG",
      "400 -1104"
    ),
    (
      "order",
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000"
        + "&selfTradePreventionMode=TRANSFER", "400 -1013"
    ),
  ])
  func byBinanceSpot(_ path: String, _ query: String, _ answer: String) throws {
    let more = query.isEmpty ? "" : "&" + query
    #expect(
      code(try Simulated().signed("POST", "/api/v3/" + path, "symbol=BTCUSDT" + more)) == answer)
  }

  @Test(arguments: [
    ("v1/order", "type=STOP_MARKET&quantity=1&stopPrice=50000", "400 -4120"),
    ("v1/order", "type=LIMIT&timeInForce=RPI&quantity=1&price=50000", "400 -4188"),
    ("v1/multiAssetsMargin", "multiAssetsMargin=true", "400 -1020"),
    ("v1/algo/futures/newOrderTwap", "", "404"),
  ])
  func byBinanceUSDM(_ path: String, _ query: String, _ answer: String) throws {
    let start = path == "v1/order" ? "symbol=BTCUSDT&side=SELL&" : ""
    #expect(code(try SimulatedUSDM().signed("POST", path, start + query)) == answer)
  }

  private func okxCode(_ answer: JSONValue) -> String? {
    answer["data"]?.elements?.first?["sCode"]?.string ?? answer["code"]?.string
  }

  @Test(arguments: ["chase", "iceberg", "smart_iceberg", "twap"])
  func algoOrdersByOKX(_ type: String) throws {
    let answer = try OKXSimulated().answer(
      "POST", "/api/v5/trade/order-algo",
      [
        "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "sell", "ordType": .string(type),
        "sz": "1", "tpTriggerPx": "70000", "tpOrdPx": "-1", "slTriggerPx": "50000", "slOrdPx": "-1",
      ])
    #expect(okxCode(answer) == "51000")
  }

  @Test func othersByOKX() throws {
    let venue = try OKXSimulated()
    func swap(_ more: [(key: String, value: JSONValue)]) throws -> String? {
      try venue.place("BTC-USDT-SWAP", "buy", "limit", "1", "50000", more: more)["sCode"]?.string
    }
    let stop: JSONValue = ["slTriggerPx": "49000", "slOrdPx": "-1"]
    #expect(try swap([("attachAlgoOrds", [stop, stop])]) == "51000")
    for (name, value) in [
      ("tpTriggerRatio", "0.1"), ("tpOrdKind", "limit"), ("callbackRatio", "0.1"),
      ("slTriggerPxType", "index"),
    ] {
      let more: [(key: String, value: JSONValue)] = [(name, .string(value))]
      let members = (stop.members ?? []) + more
      #expect(try swap([("attachAlgoOrds", [.object(members)])]) == "51000", "\(name)")
    }
    let attachedToTrigger = try venue.answer(
      "POST", "/api/v5/trade/order-algo",
      [
        "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "buy", "ordType": "trigger",
        "sz": "1", "triggerPx": "59000", "orderPx": "-1", "attachAlgoOrds": [stop],
      ])
    #expect(okxCode(attachedToTrigger) == "51000")
    let margin = try venue.place(
      "BTC-USDT", "buy", "limit", "1", "50000", more: [("tdMode", "cross")])
    #expect(margin["sCode"]?.string == "51000")
    let trailing = try venue.answer(
      "POST", "/api/v5/trade/order-algo",
      [
        "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "sell",
        "ordType": "move_order_stop", "sz": "1", "callbackSpread": "100",
      ])
    #expect(okxCode(trailing) == "51257")
    #expect(
      try venue.signed("POST", "/api/v5/trade/cancel-advance-algos", body: "{}").status == 404)
    // Margin is isolated or cross while anything stands, as the first order has it.
    #expect(try swap([("tdMode", "isolated")]) == "0")
    #expect(try swap([("tdMode", "cross")]) == "51000")
    #expect(try swap([("tdMode", "isolated")]) == "0")
  }

  /// And a trigger by the index price: the simulators have no index of their own.
  @Test(arguments: ["spot", "linear"])
  func termsOfOrdersByBybit(_ category: String) throws {
    func place(_ more: [(key: String, value: JSONValue)]) throws -> JSONValue {
      try BybitSimulated().post(
        "order/create",
        .object(
          [
            ("category", .string(category)), ("symbol", "BTCUSDT"), ("side", "Buy"),
            ("orderType", "Limit"), ("qty", "0.1"), ("price", "59000"),
          ] + more))
    }
    let tolerance = try place([("slippageTolerance", "10")])
    #expect(tolerance["retCode"] == 10001)
    #expect(tolerance["retMsg"] == "params error: slippageTolerance is not supported")
    let index = try place([("takeProfit", "62000"), ("tpTriggerBy", "IndexPrice")])
    #expect(index["retMsg"] == "params error: tpTriggerBy invalid")
  }

  @Test(arguments: [
    "position/set-tpsl-mode", "position/add-margin", "position/switch-isolated",
    "position/set-risk-limit",
  ])
  func requestsByBybit(_ path: String) throws {
    let venue = try BybitSimulated()
    #expect(venue.send("POST", path, "{}", venue.key()).status == 404)
  }

  @Test func marginOnSpotByBybit() throws {
    let answer = try BybitSimulated().post(
      "order/create",
      [
        "category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.1",
        "price": "59000", "isLeverage": 1,
      ])
    #expect(answer["retCode"] == 170_036)
  }
}
