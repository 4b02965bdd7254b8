import Testing
import TradingModel

@testable import Venues

// What others, and the venue itself, do with the account stands beside our own: it is left alone, and must
// not keep ours from being read.
extension OKXTradingTests {
  /// A fill of the venue's liquidation, and one of a block trade.
  private var foreignFills: [String] {
    [
      fill("-61", client: "").replacing("312269865356374016", with: "312269865356374099"),
      fill("62", client: "").replacing("\"312269865356374016\"", with: "\"\""),
      fill("", client: "").replacing("312269865356374016", with: ""),
    ]
  }

  @Test func fillsWithoutOrderOrBelowZeroStandBesideOurs() throws {
    let carrier = try ready()
    carrier.send(
      VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, orderID: 0, version: 4))
    let asked = carrier.takeRequests()
    try #require(asked.count == 3)
    let rows = foreignFills + [fill("60")]
    carrier.answer(asked[0].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[]}")
    carrier.answer(
      asked[1].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(rows.joined(separator: ","))]}")
    carrier.answer(asked[2].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[]}")
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.snapshotBegin, .fill, .snapshotEnd])
    #expect(told[1].tradeID == 60 && told[1].orderID == 36)
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.counts.foreign == 3 && session.counts.malformed == 0)
  }

  /// Of our own fills neither number may be missing.
  @Test func anOwnFillWithoutItsNumbersIsRefused() throws {
    let bench = OKXBench()
    for row in [
      fill("60").replacing("\"312269865356374016\"", with: "\"\""),
      fill("60").replacing("\"tradeId\":\"60\"", with: "\"tradeId\":\"\""),
      fill("-").replacing("\"billId\":\"5-\"", with: "\"billId\":\"5\""),
    ] { #expect(bench.outcome(.fill, Array(row.utf8)) == nil, "\(row)") }
  }

  /// A block trade among many rows ends no page early: all rows count.
  @Test func rowsOfOthersCountForPaging() throws {
    let carrier = try ready()
    carrier.send(
      VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, orderID: 0, version: 4))
    let asked = carrier.takeRequests()
    let block = fill("62", client: "").replacing("\"312269865356374016\"", with: "\"\"")
    let rows = Array(repeating: fill("60"), count: 99) + [block]
    carrier.answer(
      asked[1].tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(rows.joined(separator: ","))]}")
    #expect(carrier.takeRequests().map { $0.text.contains("&after=562&") } == [true])
  }

  /// The venue numbers what it does by force below zero: it is another trade than the one above zero.
  @Test func tradesBelowZeroAreApart() throws {
    let carrier = try open()
    for trade in ["61", "-61"] {
      carrier.receive(
        OKXSamples.push(
          OKXSamples.order([
            "state": "partially_filled", "accFillSz": "0.5", "fillSz": "0.25",
            "fillPx": "60000", "tradeId": trade,
          ])))
    }
    let told = reports(carrier).filter { $0.kind == .fill }
    #expect(told.map(\.tradeID) == [61, 61 | 1 << 63])
  }

  /// A purchase for 10.123457 USDT, of a pair whose lots have fewer decimals.
  private var quoteSized: [String: String] {
    [
      "clOrdId": "", "ordId": "99", "ordType": "market", "tgtCcy": "quote_ccy", "px": "",
      "sz": "10.123457", "accFillSz": "0.00016", "state": "filled",
    ]
  }

  @Test func anOrderSizedInTheQuoteCurrencyStandsBesideOurs() throws {
    let carrier = try ready()
    carrier.send(newOrder())
    carrier.receive(OKXSamples.push(OKXSamples.order(quoteSized), OKXSamples.order()))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.accepted])
    #expect(told[0].quantity == 150_000)
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.counts.foreign == 1 && session.counts.malformed == 0)
  }

  /// The same in the list of open orders, and with the unit left out.
  @Test(arguments: ["quote_ccy", ""]) func listsWithSuchOrdersAreRead(unit: String) throws {
    let carrier = try ready()
    carrier.send(
      VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, orderID: 0, version: 4))
    let asked = carrier.takeRequests()
    var order = quoteSized
    order["state"] = "live"
    order["tgtCcy"] = unit
    carrier.answer(
      asked[0].tag,
      "{\"code\":\"0\",\"msg\":\"\",\"data\":[\(OKXSamples.order(order)),\(OKXSamples.order())]}")
    for part in asked.dropFirst() {
      carrier.answer(part.tag, "{\"code\":\"0\",\"msg\":\"\",\"data\":[]}")
    }
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.snapshotBegin, .statusOpen, .snapshotEnd])
    #expect(told[1].orderID == 36 && told[1].quantity == 150_000)
  }

  /// Of an order of ours a size that is no quantity of the listing is refused as before.
  @Test func anOwnSizeOutsideTheLotIsRefused() throws {
    let carrier = try ready()
    carrier.receive(OKXSamples.push(OKXSamples.order(["sz": "1.1234567"])))
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.counts.malformed == 1)
  }

  /// A state that nobody knows, of an order of ours: what became of it is asked for.
  @Test func aStateThatNobodyKnowsLeavesAnOrderUnknown() throws {
    let carrier = try open()
    carrier.receive(OKXSamples.push(OKXSamples.order(["state": "odd"])))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.answerLost] && told[0].orderID == 36)
    carrier.receive(
      OKXSamples.push(OKXSamples.order(["state": "odd", "clOrdId": "x1", "ordId": "9"])))
    #expect(reports(carrier).count == 1)
  }

  /// No code is no success: nobody knows whether the order stands.
  @Test(arguments: ["\"\"", "null"]) func anAnswerWithoutACodeLeavesAnOrderUnknown(code: String)
    throws
  {
    let carrier = try ready()
    carrier.send(newOrder())
    let sent = carrier.takeTexts()
    try #require(sent.count == 1)
    carrier.receive(
      acknowledgement(sent[0].tag, "order").replacing("\"sCode\":\"0\"", with: "\"sCode\":\(code)"))
    #expect(reports(carrier).map(\.kind) == [.answerLost])
  }

  /// A currency that the run does not have may have any number of decimals, and must not be in its way.
  @Test func balancesOfOtherCurrenciesMayHaveManyDecimals() throws {
    let carrier = try ready()
    carrier.receive(
      """
      {"arg":{"channel":"account"},"data":[{"details":[{"ccy":"SHIB","cashBal":\
      "-1.1234567890123456789","availBal":"0"},{"ccy":"USDT","cashBal":"100.50000000000000000000",\
      "availBal":"90"}]}]}
      """)
    let session = try #require(carrier.common as? TradingSession<OKXTrading>)
    #expect(session.counts.malformed == 0)
    #expect(session.balances.map(\.total.description) == ["-1.123456789012345678", "100.5"])
  }

  /// One instrument that is not traded yet has no sizes: it has no definition, and the others have theirs.
  @Test func anInstrumentWithoutSizesIsLeftOut() throws {
    let new = instrument("NEW-USDT", 7).replacing("\"tickSz\":\"0.1\"", with: "\"tickSz\":\"\"")
    let old = instrument("BTC-USDT", 8).replacing(
      "\"instType\"", with: "\"baseCcy\":\"BTC\",\"quoteCcy\":\"USDT\",\"instType\"")
    let answer = Array("{\"code\":\"0\",\"msg\":\"\",\"data\":[\(new),\(old)]}".utf8)
    let found = try answer.withUnsafeBytes {
      try OKX.definitions(in: $0, of: ["NEW-USDT", "BTC-USDT"])
    }
    #expect(found.map(\.symbol) == ["BTC-USDT"])
  }
}
