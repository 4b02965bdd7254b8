import Testing
import VenueServer

@testable import VenueSimulation

/// Lists of orders as
/// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints documents them.
@Suite struct ListTests {
  static let bracket =
    "symbol=BTCUSDT&side=SELL&quantity=0.1&listClientOrderId=mine&aboveType=LIMIT_MAKER"
    + "&abovePrice=61000&aboveClientOrderId=profit&belowType=STOP_LOSS_LIMIT&belowStopPrice=59000"
    + "&belowPrice=58900&belowTimeInForce=GTC&belowClientOrderId=loss"

  private func place(_ venue: Simulated, _ query: String = bracket) throws -> JSONValue {
    try venue.answer("POST", "/api/v3/orderList/oco", query)
  }

  private func status(_ venue: Simulated, _ id: String) throws -> String? {
    try venue.answer("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=\(id)")["status"]?
      .string
  }

  /// A follower of account 1's events.
  private func events(_ venue: Simulated) throws -> KeptConnection {
    let response = venue.send("POST", "/api/v3/userDataStream", key: venue.key().id)
    let key = try #require(try JSONValue.parse(response.body)["listenKey"]?.string)
    return venue.streams([key]).1
  }

  /// Kinds and states of events, without those of balances.
  private func story(_ connection: KeptConnection) throws -> [String] {
    try connection.take().compactMap { event in
      switch event["e"]?.string {
      case "executionReport":
        "\(event["c"]?.string ?? "") \(event["x"]?.string ?? "") \(event["X"]?.string ?? "")"
      case "listStatus":
        "list \(event["c"]?.string ?? "") \(event["l"]?.string ?? "") \(event["L"]?.string ?? "")"
      default: nil
      }
    }
  }

  @Test func theAnswerIsAsDocumented() throws {
    let venue = try Simulated()
    let list = try place(venue)
    #expect(
      list.members?.map(\.key) == [
        "orderListId", "contingencyType", "listStatusType", "listOrderStatus", "listClientOrderId",
        "transactionTime", "symbol", "orders", "orderReports",
      ])
    #expect(list["contingencyType"]?.string == "OCO" && list["symbol"]?.string == "BTCUSDT")
    #expect(list["listStatusType"]?.string == "EXEC_STARTED")
    #expect(list["listOrderStatus"]?.string == "EXECUTING")
    #expect(list["listClientOrderId"]?.string == "mine")
    #expect(list["orders"]?.elements?.map { $0["clientOrderId"]?.string } == ["loss", "profit"])
    let reports = try #require(list["orderReports"]?.elements)
    #expect(reports.map { $0["type"]?.string } == ["STOP_LOSS_LIMIT", "LIMIT_MAKER"])
    #expect(reports.map { $0["orderListId"] } == [list["orderListId"], list["orderListId"]])
    #expect(reports.map { $0["status"]?.string } == ["NEW", "NEW"])
    #expect(reports[0]["stopPrice"]?.string == "59000.00000000" && reports[0]["workingTime"] == -1)
    #expect(reports[1]["workingTime"] == reports[1]["transactTime"])
    // A pair holds what one of the two needs.
    let account = try venue.answer("GET", "/api/v3/account")
    let btc = account["balances"]?.elements?.first { $0["asset"]?.string == "BTC" }
    #expect(btc?["locked"]?.string == "0.10000000")
    let counts = try venue.answer("GET", "/api/v3/rateLimit/order").elements
    #expect(counts?.first?["count"]?.integer == 2)
  }

  @Test func aFillEndsTheOther() throws {
    let venue = try Simulated()
    let connection = try events(venue)
    let list = try place(venue)
    #expect(
      try story(connection) == [
        "loss NEW NEW", "profit NEW NEW", "list OCO EXEC_STARTED EXECUTING",
      ])
    try venue.rest("BUY", "61000", "0.1", account: 2)
    let pushes = try connection.take()
    for push in pushes where push["e"]?.string != "outboundAccountPosition" {
      #expect(push["g"] == list["orderListId"])
    }
    #expect(
      pushes.filter { $0["e"]?.string == "executionReport" }.map { $0["x"]?.string } == [
        "EXPIRED", "TRADE",
      ])
    let done = try #require(pushes.last { $0["e"]?.string == "listStatus" })
    #expect(
      done.members?.map(\.key) == ["e", "E", "s", "g", "c", "l", "L", "r", "C", "T", "O"])
    #expect(done["l"]?.string == "ALL_DONE" && done["L"]?.string == "ALL_DONE")
    #expect(done["C"]?.string == "mine" && done["r"]?.string == "NONE")
    #expect(done["O"]?.elements?.map { $0["c"]?.string } == ["loss", "profit"])
    #expect(try status(venue, "loss") == "EXPIRED")
    #expect(try status(venue, "profit") == "FILLED")
    let trade = try venue.answer("GET", "/api/v3/myTrades", "symbol=BTCUSDT").elements?.first
    #expect(trade?["orderListId"] == list["orderListId"])
  }

  @Test(arguments: ["orderList", "order", "openOrders"])
  func aCancelOfOneIsACancelOfAll(_ path: String) throws {
    let venue = try Simulated()
    let list = try place(venue)
    let connection = try events(venue)
    let query = [
      "orderList": "&listClientOrderId=mine&newClientOrderId=end",
      "order": "&origClientOrderId=profit&newClientOrderId=end", "openOrders": "",
    ]
    var answer = try venue.answer(
      "DELETE", "/api/v3/\(path)", "symbol=BTCUSDT\(query[path] ?? "")")
    if path == "openOrders" {
      #expect(answer.elements?.count == 1)
      answer = try #require(answer.elements?.first)
    }
    #expect(answer["orderListId"] == list["orderListId"])
    #expect(answer["listStatusType"]?.string == "ALL_DONE")
    let reports = try #require(answer["orderReports"]?.elements)
    #expect(reports.map { $0["origClientOrderId"]?.string } == ["loss", "profit"])
    #expect(reports.allSatisfy { $0["status"]?.string == "CANCELED" })
    #expect(Set(reports.map { $0["clientOrderId"]?.text }).count == 1)
    let pushes = try connection.take()
    #expect(
      Set(
        pushes.filter { $0["e"]?.string == "executionReport" }.map {
          "\($0["C"]?.string ?? "") \($0["X"]?.string ?? "")"
        }) == ["loss CANCELED", "profit CANCELED"])
    #expect(pushes.last { $0["e"]?.string == "listStatus" }?["L"]?.string == "ALL_DONE")
    let again = venue.signed(
      "DELETE", "/api/v3/orderList", "symbol=BTCUSDT&listClientOrderId=mine")
    #expect(try JSONValue.parse(again.body)["code"]?.integer == -2011)
  }

  @Test func listsAreFound() throws {
    let venue = try Simulated()
    let list = try place(venue)
    let id = try #require(list["orderListId"]).text
    let short = try venue.answer("GET", "/api/v3/orderList", "orderListId=\(id)")
    #expect(
      short.members?.map(\.key) == [
        "orderListId", "contingencyType", "listStatusType", "listOrderStatus", "listClientOrderId",
        "transactionTime", "symbol", "orders",
      ])
    #expect(try venue.answer("GET", "/api/v3/orderList", "origClientOrderId=mine") == short)
    #expect(try venue.answer("GET", "/api/v3/openOrderList").elements == [short])
    _ = try venue.answer("DELETE", "/api/v3/orderList", "symbol=BTCUSDT&orderListId=\(id)")
    #expect(try venue.answer("GET", "/api/v3/openOrderList").elements == [])
    let all = try venue.answer("GET", "/api/v3/allOrderList", "limit=10").elements
    #expect(all?.map { $0["listOrderStatus"]?.string } == ["ALL_DONE"])
    #expect(try venue.answer("GET", "/api/v3/allOrderList", "fromId=2").elements == [])
    #expect(try venue.answer("GET", "/api/v3/allOrderList", account: 2).elements == [])
    let orders = try venue.answer("GET", "/api/v3/allOrders", "symbol=BTCUSDT").elements
    #expect(orders?.map { $0["orderListId"] } == [list["orderListId"], list["orderListId"]])
  }

  @Test func aPendingOrderComesWhenTheWorkingOneIsFilled() throws {
    let venue = try Simulated()
    let connection = try events(venue)
    let list = try venue.answer(
      "POST", "/api/v3/orderList/oto",
      "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=59500&workingQuantity=0.1"
        + "&workingTimeInForce=GTC&workingClientOrderId=w&pendingType=LIMIT&pendingSide=SELL"
        + "&pendingPrice=62000&pendingQuantity=0.05&pendingTimeInForce=GTC&pendingClientOrderId=p")
    #expect(list["contingencyType"]?.string == "OTO")
    let reports = try #require(list["orderReports"]?.elements)
    #expect(reports.map { $0["status"]?.string } == ["NEW", "PENDING_NEW"])
    #expect(reports[1]["workingTime"] == -1)
    #expect(try status(venue, "p") == "PENDING_NEW")
    #expect(
      try story(connection) == [
        "w NEW NEW", "p NEW PENDING_NEW", "list OTO EXEC_STARTED EXECUTING",
      ])
    try venue.rest("SELL", "59500", "0.1", account: 2)
    #expect(
      try story(connection) == ["w TRADE FILLED", "list OTO EXEC_STARTED EXECUTING", "p NEW NEW"])
    #expect(try status(venue, "p") == "NEW")
  }

  /// "the placement response will show the working order as FILLED but the pending order will still appear as
  /// PENDING_NEW"
  @Test func aWorkingOrderThatIsFilledAtOnce() throws {
    let venue = try Simulated()
    try venue.rest("SELL", "60000", "0.1", account: 2)
    let list = try venue.answer(
      "POST", "/api/v3/orderList/otoco",
      "symbol=BTCUSDT&newOrderRespType=FULL&workingType=LIMIT&workingSide=BUY&workingPrice=60000"
        + "&workingQuantity=0.1&workingTimeInForce=GTC&pendingSide=SELL&pendingQuantity=0.05"
        + "&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=61000&pendingAboveClientOrderId=a"
        + "&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=59000&pendingBelowClientOrderId=b")
    let reports = try #require(list["orderReports"]?.elements)
    #expect(reports.map { $0["status"]?.string } == ["FILLED", "PENDING_NEW", "PENDING_NEW"])
    #expect(reports[0]["fills"]?.elements?.count == 1)
    #expect(try status(venue, "a") == "NEW" && status(venue, "b") == "NEW")
    let counts = try venue.answer("GET", "/api/v3/rateLimit/order").elements
    #expect(counts?.first?["count"]?.integer == 3)
    try venue.rest("BUY", "61000", "0.05", account: 2)
    #expect(try status(venue, "a") == "FILLED" && status(venue, "b") == "EXPIRED")
  }

  /// The fee of the working order is missing for the pending one.
  @Test func whatCannotComeIsRejected() throws {
    let venue = try Simulated()
    let connection = try events(venue)
    _ = try venue.answer(
      "POST", "/api/v3/orderList/oto",
      "symbol=BTCUSDT&workingType=LIMIT_MAKER&workingSide=BUY&workingPrice=59500"
        + "&workingQuantity=0.1&workingClientOrderId=w&pendingType=LIMIT&pendingSide=SELL"
        + "&pendingPrice=62000&pendingQuantity=9000&pendingTimeInForce=GTC&pendingClientOrderId=p"
    )
    _ = try connection.take()
    try venue.rest("SELL", "59500", "0.1", account: 2)
    let pushes = try connection.take().filter { $0["e"]?.string == "executionReport" }
    #expect(pushes.last?["x"]?.string == "REJECTED" && pushes.last?["X"]?.string == "REJECTED")
    #expect(pushes.last?["r"]?.string == "INSUFFICIENT_BALANCES")
    #expect(try status(venue, "p") == "REJECTED")
  }

  @Test func theOlderRequest() throws {
    let venue = try Simulated()
    let list = try venue.answer(
      "POST", "/api/v3/order/oco",
      "symbol=BTCUSDT&side=BUY&quantity=0.1&price=59000&stopPrice=61000&stopLimitPrice=61100"
        + "&stopLimitTimeInForce=GTC&limitClientOrderId=l&stopClientOrderId=s")
    let reports = try #require(list["orderReports"]?.elements)
    #expect(reports.map { $0["clientOrderId"]?.string } == ["s", "l"])
    #expect(reports.map { $0["type"]?.string } == ["STOP_LOSS_LIMIT", "LIMIT_MAKER"])
    #expect(reports.map { $0["price"]?.string } == ["61100.00000000", "59000.00000000"])
  }

  @Test(arguments: [
    ("LIMIT_MAKER", "LIMIT_MAKER", "SELL", -1168), ("LIMIT", "STOP_LOSS", "SELL", -1158),
    ("STOP_LOSS", "LIMIT_MAKER", "SELL", -1166), ("LIMIT_MAKER", "STOP_LOSS", "BUY", -1165),
    ("TAKE_PROFIT", "STOP_LOSS", "BUY", -1196), ("STOP_LOSS", "STOP_LOSS", "SELL", -1197),
    ("TAKE_PROFIT", "TAKE_PROFIT", "BUY", -1198), ("TAKE_PROFIT", "TAKE_PROFIT", "SELL", -1199),
    ("NONE", "STOP_LOSS", "SELL", -1116), ("LIMIT_MAKER", "STOP_LOSS", "SELL", -1102),
  ])
  func typesHaveTheirPlaces(_ above: String, _ below: String, _ side: String, _ code: Int) throws {
    let response = try Simulated().signed(
      "POST", "/api/v3/orderList/oco",
      "symbol=BTCUSDT&side=\(side)&quantity=0.1&aboveType=\(above)&belowType=\(below)")
    #expect(try JSONValue.parse(response.body)["code"]?.integer == code)
  }

  @Test(arguments: [
    ("61000", "59000", ""), ("59900", "59000", "relationship"), ("61000", "60100", "relationship"),
    ("61000.001", "59000", "PRICE_FILTER"), ("400000", "59000", "PERCENT_PRICE_BY_SIDE"),
  ])
  func pricesHaveTheirPlaces(_ above: String, _ below: String, _ words: String) throws {
    let venue = try Simulated()
    let response = venue.signed(
      "POST", "/api/v3/orderList/oco",
      "symbol=BTCUSDT&side=SELL&quantity=0.1&aboveType=LIMIT_MAKER&abovePrice=\(above)"
        + "&belowType=STOP_LOSS&belowStopPrice=\(below)")
    let message = try JSONValue.parse(response.body)["msg"]?.string ?? ""
    #expect(words.isEmpty ? response.status == 200 : message.contains(words), "\(message)")
    if !words.isEmpty { #expect(venue.front.core.exchange.openOrders(of: 1).isEmpty) }
  }

  @Test func moreThanTheVenueTakesAreRefused() throws {
    let venue = try Simulated()
    _ = try place(venue)
    func code(_ query: String) throws -> String {
      let response = venue.signed("POST", "/api/v3/orderList/oco", query)
      let json = try JSONValue.parse(response.body)
      return "\(json["code"]?.text ?? "") \(json["msg"]?.string ?? "")"
    }
    #expect(try code(Self.bracket) == "-2010 Duplicate order sent.")
    let other = Self.bracket.replacing("=mine", with: "=other").replacing("=profit", with: "=p2")
    #expect(
      try code(other.replacing("=loss", with: "=p2")) == "-2010 Duplicate order sent.")
    #expect(
      try code(other.replacing("0.1", with: "9000").replacing("=loss", with: "=l2"))
        == "-2010 Account has insufficient balance for requested action.")
    #expect(
      try code(
        other.replacing("belowTimeInForce=GTC", with: "belowTimeInForce=IOC")
          .replacing("=loss", with: "=l2") + "&belowIcebergQty=0.05")
        == "-1160 Parameter 'belowIcebergQty' is not supported if 'belowTimeInForce' is not GTC.")
    // The least of both filters: five that wait for a price.
    for place in 3...6 {
      _ = try self.place(
        venue,
        Self.bracket.replacing("=mine", with: "=m\(place)").replacing("=profit", with: "=p\(place)")
          .replacing("=loss", with: "=l\(place)"))
    }
    #expect(
      try code(other.replacing("=loss", with: "=l2")) == "-1013 Filter failure: MAX_NUM_ALGO_ORDERS"
    )
    let missing = venue.signed("GET", "/api/v3/orderList", "orderListId=99")
    #expect(try JSONValue.parse(missing.body)["msg"]?.string == "Order list does not exist.")
    let none = venue.signed("GET", "/api/v3/orderList")
    #expect(try JSONValue.parse(none.body)["code"]?.integer == -1102)
  }

  @Test func overTheWebSocketAPI() throws {
    let venue = try Simulated()
    let (session, connection) = venue.requests()
    let key = venue.key()
    func ask(_ method: String, _ query: String) throws -> JSONValue {
      var fields = query.split(separator: "&").map {
        $0.split(separator: "=", maxSplits: 1).map(String.init)
      }
      fields += [["apiKey", key.id], ["timestamp", "\(venue.now.milliseconds)"]]
      let text = fields.sorted { $0[0] < $1[0] }.map { "\($0[0])=\($0[1])" }
        .joined(separator: "&")
      fields.append([
        "signature", Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8))),
      ])
      let parameters = fields.map { #""\#($0[0])":"\#($0[1])""# }.joined(separator: ",")
      session.received(
        #"{"id":1,"method":"\#(method)","params":{\#(parameters)}}"#, at: venue.now)
      return try #require(try connection.take().last)
    }
    let placed = try ask("orderList.place.oco", Self.bracket)
    #expect(placed["status"]?.integer == 200, "\(placed["error"]?["msg"]?.string ?? "")")
    #expect(try ask("openOrderLists.status", "")["result"]?.elements?.count == 1)
    #expect(
      try ask("orderList.status", "origClientOrderId=mine")["result"]?["orderListId"]
        == placed["result"]?["orderListId"])
    let canceled = try ask("orderList.cancel", "symbol=BTCUSDT&listClientOrderId=mine")
    #expect(canceled["result"]?["orderReports"]?.elements?.count == 2)
    #expect(try ask("allOrderLists", "")["result"]?.elements?.count == 1)
  }
}
