import Testing
import TradingModel

@testable import Venues

/// The account's own stream: what each event says, worked out by hand.
@Suite struct BinanceSpotEventTests {
  /// An execution report of our order 61 (`1p` in base 36), with some fields replaced or added.
  static func report(
    _ changes: [String: String] = [:], more: String = "", symbol: String = "ETHUSDT"
  ) -> String {
    let order = [
      "c", "S", "o", "f", "q", "p", "P", "F", "g", "C", "x", "X", "r", "i", "l", "z", "L", "n", "N",
      "T", "t", "I", "w", "m", "M", "O", "Z", "Y", "Q",
    ]
    var fields = [
      "c": "\"nabc-1p\"", "S": "\"BUY\"", "o": "\"LIMIT\"", "f": "\"GTC\"",
      "q": "\"1.00000000\"", "p": "\"2500.00000000\"", "P": "\"0.00000000\"",
      "F": "\"0.00000000\"", "g": "-1", "C": "\"\"", "x": "\"NEW\"", "X": "\"NEW\"",
      "r": "\"NONE\"", "i": "4293153", "l": "\"0.00000000\"", "z": "\"0.00000000\"",
      "L": "\"0.00000000\"", "n": "\"0\"", "N": "null", "T": "1499405658657", "t": "-1",
      "I": "8641984", "w": "true", "m": "false", "M": "false", "O": "1499405658657",
      "Z": "\"0.00000000\"", "Y": "\"0.00000000\"", "Q": "\"0.00000000\"",
    ]
    fields.merge(changes) { $1 }
    let text = order.map { "\"\($0)\":\(fields[$0]!)" }.joined(separator: ",")
    return """
      {"e":"executionReport","E":1499405658658,"s":"\(symbol)",\(text)\(more)}
      """
  }

  private func order(_ text: String) throws -> BinanceSpotReport {
    var bench = BinanceSpotBench()
    let error = bench.event(text)
    try #require(error == nil, "\(text): \(String(describing: error))")
    try #require(bench.event.kind == .order)
    return bench.event.order
  }

  @Test func aNewOrderIsAccepted() throws {
    let order = try order(Self.report())
    #expect(order.ownership == .own && order.isFollowed && order.isFeeBooked)
    #expect(order.clientOrderID.description == "nabc-1p")
    #expect(order.requestClientOrderID.isEmpty && order.symbol.isEmpty && order.reason.isEmpty)
    #expect(order.listID == -1 && order.type == .limit && order.status == .new)
    let expected = VenueReport(
      kind: .accepted, listing: BinanceSpotSamples.listing("ETHUSDT"), venue: 3, side: .buy,
      liquidity: .taker, orderID: 61, venueOrderID: 4_293_153, version: 1, cumulativeQuantity: 0,
      price: 250_000_000_000, quantity: 100_000_000, venueTime: 1_499_405_658_657_000_000)
    #expect(order.report == expected)
  }

  @Test func aTradeIsAFillWithItsFee() throws {
    let order = try order(
      Self.report([
        "x": "\"TRADE\"", "X": "\"PARTIALLY_FILLED\"", "l": "\"0.25000000\"",
        "z": "\"0.50000000\"", "L": "\"2499.50000000\"", "n": "\"0.00018750\"", "N": "\"BNB\"",
        "t": "98765432", "m": "true", "T": "1499405658700",
      ]))
    let report = order.report
    #expect(report.kind == .fill && report.tradeID == 98_765_432 && report.version == 0)
    #expect(report.lastQuantity == 25_000_000 && report.lastPrice == 249_950_000_000)
    #expect(report.cumulativeQuantity == 50_000_000 && report.liquidity == .maker)
    #expect(report.fee == Money(amount: 187_500_000_000_000))
    #expect(report.feeCurrency == BinanceSpotSamples.currency("BNB"))
    #expect(report.venueTime == 1_499_405_658_700_000_000)
    #expect(order.status == .partiallyFilled && order.execution == .trade)
  }

  /// A fee in an asset that the run does not have is told, and not booked in another currency.
  @Test func aForeignFeeIsNotBooked() throws {
    let order = try order(
      Self.report([
        "x": "\"TRADE\"", "X": "\"FILLED\"", "l": "\"1.0\"", "z": "\"1.0\"", "L": "\"2500\"",
        "n": "\"-0.5\"", "N": "\"DOGE\"", "t": "7",
      ]))
    #expect(!order.isFeeBooked && order.report.fee == .zero && order.report.feeCurrency == 0)
    #expect(order.fee == Money(amount: -500_000_000_000_000_000))
    #expect(order.feeAsset.description == "DOGE")
  }

  /// Of a canceled order, `C` is its own id and `c` that of the cancel.
  @Test func aCanceledOrderKeepsItsName() throws {
    let order = try order(
      Self.report(
        ["x": "\"CANCELED\"", "X": "\"CANCELED\"", "c": "\"web_77\"", "C": "\"nabc-1p\""]))
    #expect(order.report.kind == .canceled && order.ownership == .own)
    #expect(order.report.orderID == 61 && order.report.version == 0)
    #expect(order.clientOrderID.description == "nabc-1p")
    #expect(order.requestClientOrderID.description == "web_77")
  }

  @Test func ordersOfOthersAreForeign() throws {
    let others = [
      "web_77", "", "nabc-", "nabc-0", "nabc-01", "nabc-1P", "nabd-1p", "nabc-1p_", "nabc-1p_0",
      "nabc-1p-2", "nabc-zzzzzzzzzzzzzzzz",
    ]
    for id in others {
      let order = try order(Self.report(["c": "\"\(id)\""]))
      #expect(order.ownership == .foreign && order.report.orderID == 0, "\(id)")
      #expect(order.clientOrderID.description == id)
      #expect(order.report.version == 0)
    }
    // The largest id there is.
    let order = try order(Self.report(["c": "\"nabc-3w5e11264sgsf\""]))
    #expect(order.ownership == .own && order.report.orderID == .max)
  }

  /// `_<version>`: an order that took the place of an earlier one of the same engine order.
  @Test func anOrderInThePlaceOfAnother() throws {
    let placed = try order(Self.report(["c": "\"nabc-1p_3\"", "z": "\"0.1\""]))
    #expect(placed.report.kind == .replaced && placed.report.version == 3)
    #expect(placed.report.orderID == 61 && placed.nameVersion == 3)
    #expect(placed.report.cumulativeQuantity == -1 && placed.cumulativeQuantity == 10_000_000)
    let rejected = try order(
      Self.report(["c": "\"nabc-1p_3\"", "x": "\"REJECTED\"", "X": "\"REJECTED\""]))
    #expect(rejected.report.kind == .replaceRejected && rejected.report.version == 3)
    let amended = try order(
      Self.report([
        "c": "\"nabc-1p_4\"", "C": "\"nabc-1p\"", "x": "\"REPLACED\"", "q": "\"0.4\"",
      ]))
    #expect(amended.report.kind == .replaced && amended.report.version == 4)
    #expect(amended.report.quantity == 40_000_000)
  }

  @Test func refusalsSayWhy() throws {
    let reasons: [(String, VenueReason)] = [
      ("INSUFFICIENT_BALANCES", .insufficientBalance), ("WOULD_MATCH_IMMEDIATELY", .wouldTake),
      ("STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY", .priceOutsideLimits),
      ("OCO_BAD_PRICES", .priceOutsideLimits), ("SOMETHING_NEW", .other),
    ]
    for (word, reason) in reasons {
      let order = try order(
        Self.report(["x": "\"REJECTED\"", "X": "\"REJECTED\"", "r": "\"\(word)\""]))
      #expect(order.report.kind == .rejected && order.report.reason == reason, "\(word)")
      #expect(order.report.version == 1 && order.reason.description == word)
    }
    let expired = try order(
      Self.report(
        ["x": "\"EXPIRED\"", "X": "\"EXPIRED\""], more: ",\"eR\":\"UNFILLED_FOK_ORDER_EXPIRED\""))
    #expect(expired.report.kind == .expired && expired.report.reason == .notFillable)
  }

  /// Self-trade prevention ends an order, or makes it smaller.
  @Test func selfTradePrevention() throws {
    let ended = try order(
      Self.report(["x": "\"TRADE_PREVENTION\"", "X": "\"EXPIRED_IN_MATCH\""], more: ",\"A\":\"1\""))
    #expect(ended.report.kind == .expired && ended.report.reason == .selfTrade)
    let smaller = try order(
      Self.report(["x": "\"TRADE_PREVENTION\"", "X": "\"NEW\""], more: ",\"A\":\"0.3\",\"v\":3"))
    #expect(smaller.report.kind == .replaced && smaller.report.quantity == 70_000_000)
    #expect(smaller.quantity == 100_000_000 && smaller.preventedQuantity == 30_000_000)
  }

  @Test func aStopIsTriggeredWhenItEntersTheBook() throws {
    let stop = ["o": "\"STOP_LOSS_LIMIT\"", "P": "\"2450\""]
    let entered = try order(Self.report(stop.merging(["w": "false"]) { $1 }))
    #expect(entered.report.kind == .accepted && entered.stopPrice == 245_000_000_000)
    let triggered = try order(Self.report(stop.merging(["T": "1499405659999"]) { $1 }))
    #expect(triggered.report.kind == .triggered && triggered.isOnBook)
  }

  /// Fields in any order, an envelope of either kind, spaces, and fields that nobody knows.
  @Test func formsOfOneReport() throws {
    let bare = Self.report()
    let fields = bare.dropFirst().dropLast()
    let turned =
      "{" + fields.split(separator: ",").reversed().joined(separator: " ,\n") + " }"
    let plain = try order(bare).report
    for text in [
      turned, "{\"stream\":\"k\",\"data\":\(bare)}", "{\"data\":\(turned),\"stream\":\"k\"}",
      "{\"subscriptionId\":0,\"event\":\(bare)}", " {\"event\" : \(bare) , \"subscriptionId\":7}\n",
      Self.report([:], more: ",\"zz\":{\"a\":[1,{}]},\"uS\":true,\"gP\":\"PRIMARY_PEG\",\"b\":[]"),
    ] {
      #expect(try order(text).report == plain, "\(text)")
    }
    var bench = BinanceSpotBench()
    #expect(bench.event("{\"subscriptionId\":7,\"event\":\(bare)}") == nil)
    #expect(bench.event.subscriptionID == 7)
  }

  /// Numbers without quotes, ids in quotes, and a symbol that is not followed.
  @Test func loosenessOfTypes() throws {
    let bare = try order(
      Self.report(["i": "\"28\"", "q": "1.0", "p": "2500", "C": "null", "t": "null", "g": "\"5\""]))
    #expect(bare.report.venueOrderID == 28 && bare.report.quantity == 100_000_000)
    #expect(bare.listID == 5)
    let other = try order(Self.report(["q": "\"0.1234567890123\""], symbol: "DOGEUSDT"))
    #expect(!other.isFollowed && other.symbol.description == "DOGEUSDT")
    #expect(other.report.quantity == 0 && other.ownership == .own)
  }

  @Test func malformedReportsAreRefusedWithThePlace() {
    var bench = BinanceSpotBench()
    let good = Self.report()
    let texts: [(String, String)] = [
      (good.replacing("\"s\":\"ETHUSDT\",", with: ""), "a field \"s\""),
      (good.replacing("\"i\":4293153,", with: ""), "a field \"i\""),
      (good.replacing("\"S\":\"BUY\"", with: "\"S\":\"LONG\""), "BUY or SELL"),
      (
        good.replacing("\"q\":\"1.00000000\"", with: "\"q\":\"1.000000001\""),
        "a number of at most 8 decimals that fits in 64 bits"
      ),
      (good + "x", "the end of the message"), (String(good.dropLast()), "',' or '}'"),
      ("[]", "'{'"), ("", "'{'"),
    ]
    for (text, expected) in texts {
      let error = bench.event(text)
      #expect(error?.expected == expected, "\(text)")
      #expect((error?.offset ?? -1) >= 0 && (error?.offset ?? .max) <= text.utf8.count)
    }
  }

  @Test func unknownEventsAreCountedByName() {
    var bench = BinanceSpotBench()
    for text in [
      "{\"e\":\"newThing\",\"E\":1}",
      "{\"subscriptionId\":1,\"event\":{\"E\":1,\"e\":\"newThing\"}}",
      "{\"e\":\"orderReport\",\"i\":\"6c62\"}",
    ] {
      #expect(bench.event(text) == nil)
      #expect(bench.event.kind == .other)
    }
    // Words that nobody knows, about an order of ours: what became of it is asked for.
    #expect(bench.event(Self.report(["x": "\"X1\"", "X": "\"X2\"", "C": "null"])) == nil)
    #expect(bench.event.kind == .order && bench.event.order.report.kind == .answerLost)
    #expect(bench.event.order.report.orderID == 61)
    let counts = bench.decoder.unknownEvents
    var named: [String] = []
    for entry in counts.entries { named.append("\(entry.name) \(entry.count)") }
    #expect(named == ["newThing 2", "orderReport 1", "executionReport 1"] && counts.total == 4)
    #expect(bench.event("{\"id\":1,\"status\":200,\"result\":{}}") == nil)
    #expect(bench.event.kind == .reply && bench.decoder.unknownEvents.total == 4)
  }

  // MARK: Balances and lists

  @Test func balances() throws {
    var bench = BinanceSpotBench()
    #expect(
      bench.event(
        """
        {"e":"outboundAccountPosition","E":1564034571105,"u":1564034571073,"B":[\
        {"a":"ETH","f":"10000.000000","l":"0.5"},{"a":"\\u5e01","f":"123456789012345678.9","l":"1"}]}
        """) == nil)
    #expect(bench.event.kind == .balances && bench.event.balances.count == 2)
    #expect(bench.event.updateTime == 1_564_034_571_073_000_000)
    let first = bench.event.balances[0]
    #expect(first.currency == BinanceSpotSamples.currency("ETH"))
    #expect(first.free == Money(Decimal(units: 10_000)) && first.total.description == "10000.5")
    let second = bench.event.balances[1]
    #expect(second.currency == nil && second.asset.description == "\u{5e01}")
    #expect(second.free.description == "123456789012345678.9")
    #expect(
      bench.event("{\"e\":\"balanceUpdate\",\"E\":2,\"a\":\"BTC\",\"d\":\"-100.5\",\"T\":3}") == nil
    )
    #expect(bench.event.kind == .balanceChange && bench.event.balances.count == 1)
    #expect(bench.event.balances[0].change.description == "-100.5")
    #expect(bench.event("{\"e\":\"balanceUpdate\",\"E\":2,\"a\":\"BTC\"}") != nil)
    #expect(bench.event("{\"e\":\"outboundAccountPosition\",\"E\":2}") != nil)
  }

  @Test func endsOfStreams() {
    var bench = BinanceSpotBench()
    for (text, kind) in [
      ("{\"e\":\"listenKeyExpired\",\"E\":5,\"listenKey\":\"abc\"}", .listenKeyExpired),
      (
        "{\"subscriptionId\":0,\"event\":{\"e\":\"eventStreamTerminated\",\"E\":5}}",
        .streamTerminated
      ),
      ("{\"event\":{\"e\":\"serverShutdown\",\"E\":5}}", .serverShutdown),
    ] as [(String, BinanceSpotUserEventKind)] {
      #expect(bench.event(text) == nil)
      #expect(bench.event.kind == kind && bench.event.eventTime == 5_000_000)
    }
  }

  @Test(.enabled(if: Recordings.areThere)) func aRecordedList() throws {
    var bench = BinanceSpotBench()
    #expect(bench.event(try BinanceSpotSamples.bytes("ws_user_order_update_wrapped.json")) == nil)
    let list = bench.event.list
    #expect(list.listID == 2 && list.contingency.equals("OCO") && list.isFollowed)
    #expect(list.statusType.equals("EXEC_STARTED") && list.orderStatus.equals("EXECUTING"))
    #expect(bench.event.listOrders.count == 2)
    #expect(bench.event.listOrders[1].venueOrderID == 18)
    #expect(bench.event.listOrders[1].clientOrderID.description == "bfYPSQdLoqAJeNrOr9adzq")
    #expect(bench.event.listOrders[1].orderID == 0)
  }

  @Test(.enabled(if: Recordings.areThere)) func aRecordedFill() throws {
    var bench = BinanceSpotBench()
    let name = "ws_user_order_update_filled_binance_us.json"
    #expect(bench.event(try BinanceSpotSamples.bytes(name)) == nil)
    let order = bench.event.order
    #expect(order.ownership == .foreign && order.status == .filled)
    #expect(order.clientOrderID.description == "T0ESHzso0banw0QiPFZYgj")
    let expected = VenueReport(
      kind: .fill, listing: BinanceSpotSamples.listing("BTCUSD"), venue: 3, side: .sell,
      liquidity: .taker, feeCurrency: BinanceSpotSamples.currency("USD"),
      venueOrderID: 2_281_896_601, tradeID: 88_685_053, lastPrice: 11_729_077_000_000,
      lastQuantity: 42_000, cumulativeQuantity: 42_000, price: 11_729_077_000_000,
      quantity: 42_000, fee: Money(amount: 4_926_210_000_000_000),
      venueTime: 1_759_347_763_167_000_000)
    #expect(order.report == expected)
  }

  /// The recorded client ids of a foreign library's run, read as if they were ours.
  @Test(.enabled(if: Recordings.areThere)) func aRecordedExpiry() throws {
    var bench = BinanceSpotBench()
    let name = "ws_user_order_update_expired.json"
    #expect(bench.event(try BinanceSpotSamples.bytes(name)) == nil)
    let order = bench.event.order
    // `0000000000000` is no number that we write.
    #expect(order.ownership == .foreign && order.report.reason == .noLiquidity)
    #expect(order.reason.equals("INSUFFICIENT_LIQUIDITY"))
  }
}
