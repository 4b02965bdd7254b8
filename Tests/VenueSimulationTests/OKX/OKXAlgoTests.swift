import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Algo orders: https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading.
struct OKXAlgoTests {
  private let swap = "BTC-USDT-SWAP"

  /// A simulator with a book around 60,000 for the swap, and a long position of 10 contracts.
  private func venue(holding: String? = "10") throws -> OKXSimulated {
    let venue = try OKXSimulated()
    for (side, price) in [("sell", "60010"), ("buy", "59990")] {
      _ = try venue.place(swap, side, "limit", "500", price, account: 2)
    }
    if let holding { _ = try venue.place(swap, "buy", "market", holding) }
    return venue
  }

  private func algo(
    _ venue: OKXSimulated, _ type: String, _ more: [(key: String, value: JSONValue)]
  ) throws -> JSONValue {
    let body: [(key: String, value: JSONValue)] = [
      ("instId", .string(swap)), ("tdMode", "cross"), ("side", "sell"),
      ("ordType", .string(type)), ("sz", "10"),
    ]
    let answer = try venue.answer(
      "POST", "/api/v5/trade/order-algo",
      .object(body.filter { entry in !more.contains { $0.key == entry.key } } + more))
    return try #require(answer["data"]?.elements?.first, "\(answer.text)")
  }

  /// The pair around the market, closing the position.
  private func pair(
    _ venue: OKXSimulated, _ more: [(key: String, value: JSONValue)] = []
  ) throws -> String {
    let ack = try algo(
      venue, "oco",
      [
        ("tpTriggerPx", "61000"), ("tpOrdPx", "-1"), ("slTriggerPx", "59000"),
        ("slOrdPx", "58900"), ("reduceOnly", "true"), ("algoClOrdId", "pair1"),
      ] + more)
    #expect(ack["sCode"]?.string == "0" && ack["algoClOrdId"]?.string == "pair1", "\(ack.text)")
    return try #require(ack["algoId"]?.string)
  }

  /// One of these texts of an algo order.
  private func details(_ venue: OKXSimulated, _ id: String) throws -> JSONValue {
    let answer = try venue.answer("GET", "/api/v5/trade/order-algo?algoId=\(id)")
    return try #require(answer["data"]?.elements?.first, "\(answer.text)")
  }

  private func words(_ json: JSONValue, _ names: String...) -> [String] {
    names.map { json[$0]?.string ?? "-" }
  }

  private func list(
    _ venue: OKXSimulated, _ kind: String, _ query: String
  ) throws -> [JSONValue] {
    let answer = try venue.answer("GET", "/api/v5/trade/orders-algo-\(kind)?\(query)")
    #expect(answer["code"]?.string == "0", "\(answer.text)")
    return answer["data"]?.elements ?? []
  }

  /// Lets a trade of another account set the last price.
  private func move(_ venue: OKXSimulated, to price: Int64) throws {
    let index = try #require(venue.core.exchange.instrument(swap))
    let last = venue.core.exchange.lastPrice(of: index)
    venue.core.exchange.takeLiquidity(
      index, price * 10 > last ? .buy : .sell, price: price * 10, quantity: 1)
    venue.advance(milliseconds: 20)
  }

  /// Liquidity at a price, behind what stands at 60,010 and 59,990.
  private func offer(_ venue: OKXSimulated, _ side: String, _ price: String) throws {
    for order in venue.core.exchange.openOrders(of: 2)
    where (order.side == .buy) == (side == "buy") {
      _ = try venue.answer(
        "POST", "/api/v5/trade/cancel-order",
        ["instId": .string(swap), "ordId": .string("\(order.id)")], account: 2)
    }
    _ = try venue.place(swap, side, "limit", "500", price, account: 2)
  }

  @Test func oneOfAPairEndsTheOther() throws {
    let venue = try venue()
    let (session, connection) = try venue.session(.business, account: 1)
    venue.send(
      "subscribe", [["channel": "orders-algo", "instType": "SWAP"]], to: session)
    _ = try connection.take()
    let id = try pair(venue)
    let live = try details(venue, id)
    #expect(
      words(live, "ordType", "state", "tpTriggerPx", "tpOrdPx", "slTriggerPx", "slOrdPx", "sz")
        == ["oco", "live", "61000", "-1", "59000", "58900", "10"])
    #expect(words(live, "ordId", "actualSide", "reduceOnly") == ["", "", "true"])
    #expect(try list(venue, "pending", "ordType=oco").count == 1)
    #expect(try list(venue, "pending", "ordType=conditional").isEmpty)

    try offer(venue, "sell", "61000")
    try move(venue, to: 61_000)
    let done = try details(venue, id)
    #expect(words(done, "state", "actualSide", "actualSz") == ["effective", "tp", "10"])
    #expect(try list(venue, "pending", "ordType=oco").isEmpty)
    #expect(try list(venue, "history", "ordType=oco&state=effective").count == 1)
    #expect(try list(venue, "history", "ordType=oco&state=canceled").isEmpty)
    let order = try venue.answer(
      "GET", "/api/v5/trade/order?instId=\(swap)&ordId=\(done["ordId"]?.string ?? "")")
    let sold = try #require(order["data"]?.elements?.first)
    #expect(
      words(sold, "algoId", "algoClOrdId", "clOrdId", "state", "side", "source")
        == [id, "pair1", "", "filled", "sell", "7"])
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)

    let pushed = try connection.take().compactMap { $0["data"]?.elements?.first }
    #expect(pushed.map { $0["state"]?.string } == ["live", "effective"])
    #expect(pushed.allSatisfy { $0["algoId"]?.string == id })
    #expect(pushed.last?["ordIdList"]?.elements?.count == 1)
    #expect(venue.core.exchange.brokenInvariants().isEmpty)
  }

  @Test func theStopOfAPairHasItsLimit() throws {
    let venue = try venue()
    let id = try pair(venue)
    try offer(venue, "buy", "58950")
    try move(venue, to: 58_950)
    let done = try details(venue, id)
    #expect(words(done, "state", "actualSide") == ["effective", "sl"])
    let order = try venue.answer(
      "GET", "/api/v5/trade/order?instId=\(swap)&ordId=\(done["ordId"]?.string ?? "")")
    #expect(
      words(order["data"]?.elements?.first ?? [:], "ordType", "px", "state")
        == ["limit", "58900", "filled"])
  }

  @Test func aPairIsCanceledAsOne() throws {
    let venue = try venue()
    let id = try pair(venue)
    let (session, connection) = try venue.session(.business, account: 1)
    venue.send("subscribe", [["channel": "orders-algo", "instType": "ANY"]], to: session)
    _ = try connection.take()
    func cancel() throws -> String? {
      let answer = try venue.answer(
        "POST", "/api/v5/trade/cancel-algos",
        [["instId": .string(swap), "algoClOrdId": "pair1"]])
      return answer["data"]?.elements?.first?["sCode"]?.string
    }
    #expect(try cancel() == "0")
    #expect(try cancel() == "51401")
    #expect(try details(venue, id)["state"]?.string == "canceled")
    let pushed = try connection.take().compactMap { $0["data"]?.elements?.first }
    #expect(pushed.map { $0["state"]?.string } == ["canceled"])
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)
    // The name is free again.
    _ = try pair(venue)
  }

  @Test(arguments: [
    ([("tpTriggerPx", "59000")], "51279"), ([("slTriggerPx", "61000")], "51280"),
    ([("tpTriggerPx", "")], "50014"), ([("slOrdPx", "")], "50014"),
    ([("tpTriggerPx", "61000.55")], "51000"), ([("sz", "0.001")], "51121"),
    ([("tpTriggerPxType", "index")], "51000"), ([("ordType", "chase")], "51000"),
    ([("tpOrdKind", "limit")], "51000"), ([("algoClOrdId", "taken")], "51065"),
  ])
  func refusals(_ change: [(String, String)], _ code: String) throws {
    let venue = try venue()
    _ = try algo(
      venue, "trigger",
      [("triggerPx", "50000"), ("orderPx", "-1"), ("algoClOrdId", "taken")])
    // Names of orders are others than those of algo orders.
    _ = try venue.place(swap, "buy", "limit", "1", "58000", more: [("clOrdId", "free")])
    let before = venue.core.exchange.openOrders(of: 1).count
    var terms: [(key: String, value: JSONValue)] = [
      ("tpTriggerPx", "61000"), ("tpOrdPx", "-1"), ("slTriggerPx", "59000"), ("slOrdPx", "-1"),
      ("algoClOrdId", "free"),
    ]
    for (name, value) in change {
      terms.removeAll { $0.key == name }
      terms.append((name, .string(value)))
    }
    let ack = try algo(venue, "oco", terms)
    #expect(ack["sCode"]?.string == code, "\(ack.text)")
    #expect(venue.core.exchange.openOrders(of: 1).count == before)
  }

  /// "Only stop-loss logic will be performed and take-profit logic will be ignored."
  @Test func aConditionalOrderWithBothIsAStop() throws {
    let venue = try venue()
    let ack = try algo(
      venue, "conditional",
      [
        ("tpTriggerPx", "61000"), ("tpOrdPx", "-1"), ("slTriggerPx", "59000"), ("slOrdPx", "-1"),
      ])
    let json = try details(venue, try #require(ack["algoId"]?.string))
    #expect(words(json, "ordType", "slTriggerPx", "tpTriggerPx") == ["conditional", "59000", ""])
  }

  /// `closeFraction` 1 closes what the position is by then.
  @Test func aPairClosesAPosition() throws {
    let venue = try venue()
    let id = try pair(venue, [("closeFraction", "1"), ("sz", ""), ("slOrdPx", "-1")])
    #expect(words(try details(venue, id), "closeFraction", "sz") == ["1", ""])
    _ = try venue.place(swap, "buy", "market", "5")
    try offer(venue, "buy", "58950")
    try move(venue, to: 58_950)
    #expect(
      words(try details(venue, id), "state", "actualSide", "actualSz") == ["effective", "sl", "15"])
    let positions = try venue.answer("GET", "/api/v5/account/positions")
    #expect(positions["data"]?.elements?.isEmpty != false)
  }

  // MARK: Amendments

  private func amend(
    _ venue: OKXSimulated, _ id: String, _ more: [(key: String, value: JSONValue)]
  ) throws -> String? {
    let answer = try venue.answer(
      "POST", "/api/v5/trade/amend-algos",
      .object([("instId", .string(swap)), ("algoId", .string(id)), ("reqId", "r1")] + more))
    let ack = try #require(answer["data"]?.elements?.first, "\(answer.text)")
    #expect(ack["reqId"]?.string == "r1" && ack["algoId"]?.string == id)
    return ack["sCode"]?.string
  }

  @Test func amendments() throws {
    let venue = try venue()
    let id = try pair(venue)
    let (session, connection) = try venue.session(.business, account: 1)
    venue.send("subscribe", [["channel": "orders-algo", "instType": "ANY"]], to: session)
    _ = try connection.take()
    #expect(try amend(venue, id, []) == "51500")
    #expect(try amend(venue, id, [("newTpTriggerPx", "59000")]) == "51279")
    #expect(try details(venue, id)["tpTriggerPx"]?.string == "61000")
    #expect(
      try amend(
        venue, id,
        [
          ("newSz", "4"), ("newTpTriggerPx", "60500"), ("newTpOrdPx", "60400"),
          ("newSlOrdPx", "-1"),
        ]
      ) == "0")
    #expect(
      words(
        try details(venue, id), "state", "sz", "tpTriggerPx", "tpOrdPx", "slTriggerPx", "slOrdPx",
        "algoClOrdId") == ["live", "4", "60500", "60400", "59000", "-1", "pair1"])
    let pushed = try connection.take().compactMap { $0["data"]?.elements?.first }
    #expect(pushed.map { words($0, "state", "amendResult", "reqId") } == [["live", "0", "r1"]])
    // 0 takes a part away, and not all of them.
    #expect(try amend(venue, id, [("newTpTriggerPx", "0")]) == "0")
    #expect(words(try details(venue, id), "ordType", "tpTriggerPx") == ["oco", ""])
    #expect(try amend(venue, id, [("newTpTriggerPx", "60500")]) == "51000")
    #expect(try amend(venue, id, [("newSlTriggerPx", "0")]) == "51500")
    try offer(venue, "buy", "58950")
    try move(venue, to: 58_950)
    #expect(words(try details(venue, id), "state", "actualSz") == ["effective", "4"])
    #expect(try amend(venue, id, [("newSz", "5")]) == "51503")
    #expect(venue.core.exchange.brokenInvariants().isEmpty)
  }

  @Test func amendmentsOfOthers() throws {
    let venue = try venue()
    let ack = try algo(venue, "trigger", [("triggerPx", "59000"), ("orderPx", "-1")])
    let id = try #require(ack["algoId"]?.string)
    #expect(try amend(venue, id, [("newTriggerPx", "58000")]) == "50014")
    #expect(try amend(venue, id, [("newTriggerPx", "58000"), ("newOrdPx", "57990")]) == "0")
    #expect(words(try details(venue, id), "triggerPx", "ordPx") == ["58000", "57990"])
    let trailing = try algo(venue, "move_order_stop", [("callbackRatio", "0.01")])
    let other = try #require(trailing["algoId"]?.string)
    #expect(try amend(venue, other, [("newSz", "1")]) == "51059")
    #expect(try amend(venue, other, [("newSz", "1"), ("cxlOnFail", true)]) == "51059")
    #expect(try details(venue, other)["state"]?.string == "canceled")
    #expect(try amend(venue, "17", [("newSz", "1")]) == "51503")
  }

  // MARK: Attached to orders

  private func place(
    _ venue: OKXSimulated, _ price: String, _ more: [(key: String, value: JSONValue)] = [],
    attached: [(key: String, value: JSONValue)] = []
  ) throws -> JSONValue {
    let usual: [(key: String, value: JSONValue)] = [
      ("attachAlgoClOrdId", "guard"), ("tpTriggerPx", "61000"), ("tpOrdPx", "-1"),
      ("slTriggerPx", "58000"), ("slOrdPx", "-1"),
    ]
    let one = usual.filter { entry in !attached.contains { $0.key == entry.key } } + attached
    return try venue.place(
      swap, "buy", "limit", "20", price, more: [("attachAlgoOrds", [.object(one)])] + more)
  }

  private func order(_ venue: OKXSimulated, _ ack: JSONValue) throws -> JSONValue {
    let id = try #require(ack["ordId"]?.string)
    let answer = try venue.answer("GET", "/api/v5/trade/order?instId=\(swap)&ordId=\(id)")
    return try #require(answer["data"]?.elements?.first)
  }

  @Test func whatIsAttachedComesWithTheFill() throws {
    let venue = try venue(holding: nil)
    let ack = try place(venue, "59000")
    let placed = try order(venue, ack)
    let attached = try #require(placed["attachAlgoOrds"]?.elements?.first)
    #expect(
      words(attached, "attachAlgoClOrdId", "tpTriggerPx", "tpOrdPx", "slTriggerPx", "slOrdPx")
        == ["guard", "61000", "-1", "58000", "-1"])
    let name = try #require(attached["attachAlgoId"]?.string)
    #expect(!name.isEmpty)
    #expect(try list(venue, "pending", "ordType=oco").isEmpty)

    try offer(venue, "sell", "59000")
    #expect(try order(venue, ack)["state"]?.string == "filled")
    let algo = try #require(try list(venue, "pending", "ordType=oco").first)
    #expect(
      words(algo, "state", "algoClOrdId", "sz", "side", "reduceOnly", "tpTriggerPx")
        == ["live", "guard", "20", "sell", "true", "61000"])
    #expect(algo["algoId"]?.string != name)

    try offer(venue, "buy", "57990")
    try move(venue, to: 57_990)
    let done = try details(venue, try #require(algo["algoId"]?.string))
    #expect(words(done, "state", "actualSide", "actualSz") == ["effective", "sl", "20"])
    #expect(venue.core.exchange.brokenInvariants().isEmpty)
  }

  @Test func whatIsAttachedIsForWhatWasFilled() throws {
    let venue = try venue(holding: nil)
    let ack = try place(venue, "59000")
    for order in venue.core.exchange.openOrders(of: 2) where order.side == .sell {
      _ = try venue.answer(
        "POST", "/api/v5/trade/cancel-order",
        ["instId": .string(swap), "ordId": .string("\(order.id)")], account: 2)
    }
    for order in venue.core.exchange.openOrders(of: 2) where order.side == .buy {
      _ = try venue.answer(
        "POST", "/api/v5/trade/cancel-order",
        ["instId": .string(swap), "ordId": .string("\(order.id)")], account: 2)
    }
    _ = try venue.place(swap, "sell", "limit", "7", "59000", account: 2)
    #expect(try order(venue, ack)["state"]?.string == "partially_filled")
    #expect(try list(venue, "pending", "ordType=oco").isEmpty)
    _ = try venue.answer(
      "POST", "/api/v5/trade/cancel-order", ["instId": .string(swap), "ordId": ack["ordId"] ?? ""])
    #expect(try order(venue, ack)["state"]?.string == "canceled")
    let algo = try #require(try list(venue, "pending", "ordType=oco").first)
    #expect(words(algo, "state", "sz") == ["live", "7"])
  }

  @Test func whatIsAttachedEndsWithAnOrderThatIsNotFilled() throws {
    let venue = try venue(holding: nil)
    let (session, connection) = try venue.session(.business, account: 1)
    venue.send("subscribe", [["channel": "orders-algo", "instType": "ANY"]], to: session)
    _ = try connection.take()
    let ack = try place(venue, "59000", attached: [("tpTriggerPx", ""), ("tpOrdPx", "")])
    _ = try venue.answer(
      "POST", "/api/v5/trade/cancel-order", ["instId": .string(swap), "ordId": ack["ordId"] ?? ""])
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)
    #expect(try connection.take().isEmpty)
    for kind in ["oco", "conditional"] {
      #expect(try list(venue, "pending", "ordType=\(kind)").isEmpty)
      #expect(try list(venue, "history", "ordType=\(kind)&state=canceled").isEmpty)
    }
  }

  @Test func whatIsAttachedCanBeAmended() throws {
    let venue = try venue(holding: nil)
    let ack = try place(venue, "59000")
    func amend(_ one: [(key: String, value: JSONValue)]) throws -> String? {
      let answer = try venue.answer(
        "POST", "/api/v5/trade/amend-order",
        [
          "instId": .string(swap), "ordId": ack["ordId"] ?? "",
          "attachAlgoOrds": [.object(one)],
        ])
      return answer["data"]?.elements?.first?["sCode"]?.string
    }
    #expect(
      try amend([
        ("attachAlgoClOrdId", "guard"), ("newTpTriggerPx", "62000"), ("newTpOrdPx", "-1"),
      ]) == "0")
    #expect(try amend([("attachAlgoClOrdId", "guard"), ("newTpTriggerPx", "58000")]) == "51046")
    #expect(try amend([("attachAlgoClOrdId", "other"), ("newTpTriggerPx", "62000")]) == "51527")
    try offer(venue, "sell", "59000")
    let algo = try #require(try list(venue, "pending", "ordType=oco").first)
    #expect(words(algo, "tpTriggerPx", "slTriggerPx") == ["62000", "58000"])
    let plain = try venue.place(swap, "buy", "limit", "1", "58000")
    let answer = try venue.answer(
      "POST", "/api/v5/trade/amend-order",
      [
        "instId": .string(swap), "ordId": plain["ordId"] ?? "",
        "attachAlgoOrds": [["attachAlgoId": "1", "newTpTriggerPx": "62000"]],
      ])
    #expect(answer["data"]?.elements?.first?["sCode"]?.string == "51538")
  }

  @Test(arguments: [
    ([("tpTriggerPx", "59000")], "51046"), ([("slTriggerPx", "59000")], "51047"),
    ([("tpOrdPx", "")], "50014"), ([("tpOrdKind", "limit")], "51000"),
    ([("tpTriggerRatio", "0.3")], "51000"), ([("sz", "1")], "51000"),
    ([("tpTriggerPx", ""), ("tpOrdPx", ""), ("slTriggerPx", ""), ("slOrdPx", "")], "51178"),
    ([("attachAlgoClOrdId", "pair1")], "51068"),
  ])
  func refusalsOfWhatIsAttached(_ change: [(String, String)], _ code: String) throws {
    let venue = try venue()
    _ = try pair(venue)
    let before = venue.core.exchange.openOrders(of: 1).count
    let ack = try place(venue, "59000", attached: change.map { ($0.0, .string($0.1)) })
    #expect(ack["sCode"]?.string == code, "\(ack.text)")
    #expect(venue.core.exchange.openOrders(of: 1).count == before)
  }

  @Test func refusalsOfOrdersWithMore() throws {
    let venue = try venue()
    #expect(try place(venue, "59000", [("reduceOnly", true)])["sCode"]?.string == "51100")
    let sell: [(key: String, value: JSONValue)] = [("side", "sell"), ("px", "60500")]
    #expect(try place(venue, "", sell)["sCode"]?.string == "51048")
    let market: [(key: String, value: JSONValue)] = [("ordType", "market"), ("px", "")]
    #expect(
      try place(venue, "", market, attached: [("tpTriggerPx", "60010")])["sCode"]?.string == "51050"
    )
    #expect(try place(venue, "", market)["sCode"]?.string == "0")
    #expect(try list(venue, "pending", "ordType=oco").count == 1)
    let one: JSONValue = ["slTriggerPx": "58000", "slOrdPx": "-1"]
    let spot = try venue.place(
      "BTC-USDT", "buy", "market", "0.1", more: [("tgtCcy", "base_ccy"), ("attachAlgoOrds", [one])])
    #expect(spot["sCode"]?.string == "51044")
    let two = try venue.place(
      swap, "buy", "limit", "1", "59000", more: [("attachAlgoOrds", [one, one])])
    #expect(two["sCode"]?.string == "51000")
  }
}
