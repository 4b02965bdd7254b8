import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Orders, positions and money of simulated USD-M futures.
@Suite struct BinanceUSDMTradingTests {
  private func number(_ value: JSONValue?) throws -> String { try #require(value).text }

  @Test func anOrderIsAcknowledgedBeforeItIsMatched() throws {
    let venue = try SimulatedUSDM()
    try venue.limit("SELL", "60001.00", "0.5", account: 2)
    let query = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.2"
    let acknowledged = try venue.answer("POST", "v1/order", query)
    #expect(acknowledged["status"]?.string == "NEW")
    #expect(acknowledged["executedQty"]?.string == "0.000")
    let id = try number(acknowledged["orderId"])
    let found = try venue.answer("GET", "v1/order", "symbol=BTCUSDT&orderId=\(id)")
    #expect(found["status"]?.string == "FILLED")
    #expect(found["avgPrice"]?.string == "60001.00000")
    #expect(found["cumQuote"]?.string == "12000.20000")
  }

  @Test func modificationsKeepTheNumber() throws {
    let venue = try SimulatedUSDM()
    let order = try venue.limit("BUY", "59000.0", "0.2")
    let id = try number(order["orderId"])
    func modify(_ quantity: String, _ price: String) -> Int64? {
      venue.code(
        "PUT", "v1/order",
        "symbol=BTCUSDT&orderId=\(id)&side=BUY&quantity=\(quantity)&price=\(price)")
    }
    #expect(modify("0.3", "59100.0") == nil)
    #expect(modify("0.3", "59100.0") == -5027)
    #expect(modify("0.3", "59100.05") == -4014)
    let unknown = "symbol=BTCUSDT&orderId=1&side=BUY&quantity=1&price=59000.0"
    #expect(venue.code("PUT", "v1/order", unknown) == -2013)
    let found = try venue.answer("GET", "v1/openOrder", "symbol=BTCUSDT&orderId=\(id)")
    #expect(found["price"]?.string == "59100.00")
    #expect(found["origQty"]?.string == "0.300")
    // Down to what was filled, it is canceled.
    try venue.limit("SELL", "59100.0", "0.1", account: 2)
    #expect(modify("0.1", "59100.0") == nil)
    let ended = try venue.answer("GET", "v1/order", "symbol=BTCUSDT&orderId=\(id)")
    #expect(ended["status"]?.string == "CANCELED")
    #expect(ended["executedQty"]?.string == "0.100")
  }

  @Test func postOnlyAndFillOrKillAreRefused() throws {
    let venue = try SimulatedUSDM()
    try venue.limit("SELL", "60001.0", "0.5", account: 2)
    let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&price=60001.0"
    #expect(venue.code("POST", "v1/order", order + "&quantity=0.1&timeInForce=GTX") == -5022)
    #expect(venue.code("POST", "v1/order", order + "&quantity=0.6&timeInForce=FOK") == -5021)
    #expect(try venue.answer("GET", "v1/allOrders", "symbol=BTCUSDT").elements?.isEmpty == true)
    #expect(venue.code("POST", "v1/order", order + "&quantity=0.5&timeInForce=FOK") == nil)
    let matched = try venue.answer(
      "POST", "v1/order",
      "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.1&timeInForce=GTD&price=59000.0"
        + "&goodTillDate=\(venue.now.milliseconds + 700_999)")
    #expect(matched["goodTillDate"]?.integer == (venue.now.milliseconds + 700_999) / 1000 * 1000)
    venue.advance(milliseconds: 701_000, step: 1000)
    let found = try venue.answer(
      "GET", "v1/order", "symbol=BTCUSDT&orderId=\(try number(matched["orderId"]))")
    #expect(found["status"]?.string == "EXPIRED")
  }

  @Test func pricesOfTheBookAreMatched() throws {
    let venue = try SimulatedUSDM()
    try venue.limit("BUY", "59000.0", "0.1", account: 2)
    let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.1&timeInForce=GTC&priceMatch=QUEUE"
    let queued = try venue.answer("POST", "v1/order", order)
    #expect(queued["price"]?.string == "59000.00")
    #expect(queued["priceMatch"]?.string == "QUEUE")
    #expect(venue.code("POST", "v1/order", order + "&price=59000") == -1106)
  }

  @Test func algoOrdersWaitApart() throws {
    let venue = try SimulatedUSDM()
    let (_, connection) = try venue.userStream()
    // A last price of 60,000, and bids below.
    try venue.limit("SELL", "60000.0", "0.1", account: 2)
    try venue.limit("BUY", "60000.0", "0.1", account: 1)
    try venue.limit("BUY", "59500.0", "1", account: 2)
    try venue.limit("BUY", "59000.0", "1", account: 2)
    _ = try connection.take()
    let stop = "symbol=BTCUSDT&side=SELL&algoType=CONDITIONAL&type=STOP_MARKET"
    #expect(
      venue.code("POST", "v1/order", "symbol=BTCUSDT&side=SELL&type=STOP_MARKET&stopPrice=1")
        == -4120)
    #expect(
      venue.code("POST", "v1/algoOrder", stop + "&quantity=0.1&triggerPrice=60500") == -2021)
    let algo = try venue.answer(
      "POST", "v1/algoOrder", stop + "&closePosition=true&triggerPrice=59500.0")
    #expect(algo["algoStatus"]?.string == "NEW")
    #expect(algo["quantity"]?.string == "0.000")
    #expect(try venue.answer("GET", "v1/openOrders").elements?.isEmpty == true)
    #expect(try venue.answer("GET", "v1/openAlgoOrders").elements?.count == 1)
    // A trade at 59,500 triggers it; it closes the position of 0.1 and no more.
    try venue.limit("SELL", "59500.0", "0.01", account: 2, "&selfTradePreventionMode=NONE")
    let id = try number(algo["algoId"])
    let found = try venue.answer("GET", "v1/algoOrder", "algoId=\(id)")
    #expect(found["algoStatus"]?.string == "FINISHED")
    #expect(found["actualQty"]?.string == "0.100")
    let position = try venue.answer("GET", "v2/positionRisk", "symbol=BTCUSDT").elements?.first
    #expect(position?["positionAmt"]?.string == "0.000")
    let events = try connection.take()
    let words = events.map { ($0["e"]?.string ?? "") + " " + ($0["o"]?["X"]?.string ?? "") }
    #expect(
      words == [
        "ALGO_UPDATE NEW", "ALGO_UPDATE TRIGGERED", "ORDER_TRADE_UPDATE NEW", "TRADE_LITE ",
        "ACCOUNT_UPDATE ", "ORDER_TRADE_UPDATE FILLED", "ALGO_UPDATE FINISHED",
      ])
    let actual = try #require(found["actualOrderId"]?.string)
    let became = try venue.answer("GET", "v1/order", "symbol=BTCUSDT&orderId=\(actual)")
    #expect(became["type"]?.string == "MARKET")
    #expect(became["closePosition"]?.boolean == true)
  }

  @Test func countdownsCancel() throws {
    let venue = try SimulatedUSDM()
    let order = try venue.limit("BUY", "59000.0", "0.2")
    let stop = "symbol=BTCUSDT&side=BUY&algoType=CONDITIONAL&type=STOP_MARKET&quantity=0.1"
    _ = try venue.answer("POST", "v1/algoOrder", stop + "&triggerPrice=65000")
    for _ in 0..<3 {
      _ = try venue.answer(
        "POST", "v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=1000")
      venue.advance(milliseconds: 900)
    }
    #expect(try venue.answer("GET", "v1/openOrders").elements?.count == 1)
    venue.advance(milliseconds: 200)
    let id = try number(order["orderId"])
    let found = try venue.answer("GET", "v1/order", "symbol=BTCUSDT&orderId=\(id)")
    #expect(found["status"]?.string == "CANCELED")
    #expect(try venue.answer("GET", "v1/openAlgoOrders").elements?.count == 1)
  }

  @Test func hedgeModeHoldsBothSides() throws {
    let venue = try SimulatedUSDM()
    _ = try venue.answer("POST", "v1/positionSide/dual", "dualSidePosition=true")
    try venue.limit("SELL", "60000.0", "1", account: 2)
    #expect(
      venue.code("POST", "v1/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1") == -4061)
    try venue.market("BUY", "0.5", "&positionSide=LONG")
    try venue.limit("BUY", "60000.0", "1", account: 2)
    try venue.market("SELL", "0.25", "&positionSide=SHORT")
    let held = try venue.answer("GET", "v3/positionRisk").elements ?? []
    #expect(held.map { $0["positionSide"]?.string } == ["LONG", "SHORT"])
    #expect(held.map { $0["positionAmt"]?.string } == ["0.500", "-0.250"])
    #expect(venue.code("POST", "v1/positionSide/dual", "dualSidePosition=false") == -4068)
    let state = venue.front.state(FormFields(""), at: venue.now)
    let positions = state["accounts"]?.elements?.first?["positions"]?.elements ?? []
    #expect(positions.map { $0["quantity"]?.string } == ["0.5", "-0.25"])
    #expect(positions.map { $0["entryPrice"]?.string } == ["60000", "60000"])
  }

  @Test func fundingIsPaidAndTold() throws {
    let venue = try SimulatedUSDM()
    try venue.limit("SELL", "60000.0", "1", account: 2)
    try venue.market("BUY", "1")
    let (_, connection) = try venue.userStream()
    let before = venue.core.exchange.balance(of: 1, 0).total
    venue.advance(milliseconds: 28_800_000, step: 60_000)
    let income = try venue.answer("GET", "v1/income", "incomeType=FUNDING_FEE").elements ?? []
    #expect(income.count == 1)
    // 0.01 % of 60,000 USDT.
    #expect(income.first?["income"]?.string == "-6.00000000")
    let after = venue.core.exchange.balance(of: 1, 0).total
    #expect(before - after == Money(Decimal(units: 6)))
    let rates = try venue.answer("GET", "v1/fundingRate", "symbol=BTCUSDT").elements ?? []
    #expect(rates.map { $0["fundingRate"]?.string } == ["0.00010000"])
    // The listen key ended meanwhile: its stream said so.
    let words = try connection.take().map { $0["e"]?.string }
    #expect(words.contains("listenKeyExpired"))
  }

  @Test func settingsAreRefusedWhereTheyChangeNothing() throws {
    let venue = try SimulatedUSDM()
    let code = venue.code
    #expect(code("POST", "v1/positionSide/dual", "dualSidePosition=false", 1) == -4059)
    #expect(code("POST", "v1/marginType", "symbol=BTCUSDT&marginType=CROSSED", 1) == -4046)
    #expect(code("POST", "v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED", 1) == nil)
    #expect(code("POST", "v1/leverage", "symbol=BTCUSDT&leverage=126", 1) == -4028)
    #expect(code("POST", "v1/leverage", "symbol=BTCUSDT&leverage=3", 1) == nil)
    let config = try venue.answer("GET", "v1/symbolConfig", "symbol=BTCUSDT").elements?.first
    #expect(config?["leverage"]?.integer == 3)
    #expect(config?["marginType"]?.string == "ISOLATED")
    try venue.limit("BUY", "59000.0", "0.1")
    #expect(code("POST", "v1/marginType", "symbol=BTCUSDT&marginType=CROSSED", 1) == -4047)
  }

  @Test func theBooksOfTheVenueAreRight() throws {
    let venue = try SimulatedUSDM(eventsPerSecond: 200)
    venue.advance(milliseconds: 2000)
    for turn in 0..<40 {
      let side = turn % 3 == 0 ? "SELL" : "BUY"
      try venue.market(side, "0.0\(1 + turn % 9)", account: 1 + turn % 2)
      venue.advance(milliseconds: 50)
    }
    let state = venue.front.state(FormFields(""), at: venue.now)
    #expect(state["brokenInvariants"]?.elements?.isEmpty == true)
    #expect(state["accounts"]?.elements?.count == 2)
    // Wallet = 1,000,000 + realised - fees, as fills tell them.
    for account in 1...2 {
      let fills = venue.core.exchange.fills(of: account)
      let change = fills.reduce(Money.zero) { $0 + $1.realized - $1.fee }
      let wallet = venue.core.exchange.balance(of: account, 0).total
      #expect(wallet == Money(Decimal(units: 1_000_000)) + change)
    }
  }
}
