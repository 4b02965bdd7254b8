import Testing
import TradingModel

@testable import Venues

// Several requests in one message. Answers as documented:
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-place-multiple-orders
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-cancel-multiple-orders
extension OKXTradingTests {
  /// One element of an answer: the order's id here, the venue's number and its code.
  private func told(_ client: String, _ order: String, _ code: String = "0") -> String {
    """
    {"clOrdId":"\(client)","ordId":"\(order)","tag":"","ts":"1695190491421","sCode":"\(code)",\
    "sMsg":"words","subCode":""}
    """
  }

  private func batch(
    _ tag: UInt64, _ operation: String, _ code: String, _ orders: [String]
  ) -> String {
    """
    {"id":"\(tag)","op":"\(operation)","data":[\(orders.joined(separator: ","))],"code":"\(code)",\
    "msg":"","inTime":"1695190491421339","outTime":"1695190491423240"}
    """
  }

  /// The one message that was sent.
  private func sent(_ carrier: SessionCarrier) throws -> SessionCarrier.Asked {
    let texts = carrier.takeTexts()
    try #require(texts.count == 1, "\(texts)")
    return texts[0]
  }

  private func request(
    _ kind: VenueRequestKind, _ id: OrderID, _ venueID: VenueOrderID
  ) -> VenueRequest {
    var request = newOrder(id)
    request.kind = kind
    request.version = 2
    request.venueOrderID = venueID
    if kind == .replace { request.price = 6_100_000 }
    return request
  }

  /// Two orders that stand, 36 and 37 as 501 and 502.
  private func two() throws -> SessionCarrier {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37)])
    let tag = try sent(carrier).tag
    carrier.receive(
      batch(tag, "batch-orders", "0", [told("ntX10", "501"), told("ntX11", "502")]))
    let reports = reports(carrier)
    #expect(reports.map(\.kind) == [.accepted, .accepted])
    #expect(reports.map(\.orderID) == [36, 37] && reports.map(\.venueOrderID) == [501, 502])
    _ = carrier.takeKinds()
    return carrier
  }

  @Test func ordersThatAreDecidedTogetherGoTogether() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37)])
    let message = try sent(carrier)
    let order = { (id: String) in
      """
      {"instIdCode":10458,"tdMode":"cash","clOrdId":"ntX\(id)","side":"buy","ordType":"limit",\
      "sz":"1.5","px":"60000.1"}
      """
    }
    #expect(
      message.text == """
        {"id":"\(message.tag)","op":"batch-orders","expTime":"1700000005500",\
        "args":[\(order("10")),\(order("11"))]}
        """)
  }

  @Test func changesAndCancelsGoTogetherToo() throws {
    let carrier = try two()
    carrier.send([request(.replace, 36, 501), request(.replace, 37, 502)])
    let change = try sent(carrier)
    #expect(change.text.contains("\"op\":\"batch-amend-orders\",\"expTime\":"))
    #expect(
      change.text.hasSuffix(
        """
        [{"instIdCode":10458,"ordId":"501","reqId":"2","newSz":"1.5","newPx":"61000"},\
        {"instIdCode":10458,"ordId":"502","reqId":"2","newSz":"1.5","newPx":"61000"}]}
        """))
    carrier.receive(
      batch(
        change.tag, "batch-amend-orders", "2",
        [told("ntX10", "501"), told("ntX11", "502", "51503")]))
    #expect(reports(carrier).map(\.kind) == [.replaceRejected])
    #expect(reports(carrier).map(\.orderID) == [37])
    _ = carrier.takeKinds()

    carrier.send([request(.cancel, 36, 501), request(.cancel, 37, 502)])
    let cancel = try sent(carrier)
    #expect(
      cancel.text == """
        {"id":"\(cancel.tag)","op":"batch-cancel-orders","args":[{"instIdCode":10458,"ordId":"501"},\
        {"instIdCode":10458,"ordId":"502"}]}
        """)
  }

  /// Code 2, and each order's own code.
  @Test func someOrdersOfABatchAreRefused() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37), newOrder(38)])
    let tag = try sent(carrier).tag
    carrier.receive(
      batch(
        tag, "batch-orders", "2",
        [told("ntX10", "", "51008"), told("ntX11", "502"), told("ntX12", "", "59999")]))
    let told = reports(carrier)
    #expect(told.map(\.kind) == [.rejected, .accepted, .answerLost])
    #expect(told.map(\.orderID) == [36, 37, 38])
    #expect(told[0].reason == .insufficientBalance && told[1].venueOrderID == 502)
  }

  /// Code 1 and a list; a whole message refused has a code and none.
  @Test func allOrdersOfABatchAreRefused() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37)])
    carrier.receive(
      batch(
        try sent(carrier).tag, "batch-orders", "1",
        [told("ntX10", "", "51008"), told("ntX11", "", "51121")]))
    #expect(reports(carrier).map(\.kind) == [.rejected, .rejected])
    #expect(reports(carrier).map(\.reason) == [.insufficientBalance, .offGrid])
    _ = carrier.takeKinds()
    carrier.send([newOrder(38), newOrder(39)])
    carrier.receive(batch(try sent(carrier).tag, "batch-orders", "60013", []))
    #expect(reports(carrier).map(\.kind) == [.rejected, .rejected])
    #expect(reports(carrier).map(\.orderID) == [38, 39])
  }

  /// The venue's list is read by the orders it names, and by place where it names none.
  @Test func aBatchIsReadByItsOrders() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37), newOrder(38)])
    carrier.receive(
      batch(
        try sent(carrier).tag, "batch-orders", "2",
        [told("ntX12", "503"), told("", "", "51008"), told("ntX10", "501")]))
    let told = reports(carrier)
    #expect(told.map(\.orderID) == [36, 37, 38])
    #expect(told.map(\.kind) == [.accepted, .rejected, .accepted])
    #expect(told.map(\.venueOrderID) == [501, 0, 503])
  }

  /// What the answer does not speak of is not known.
  @Test func anOrderThatABatchsAnswerLeavesOutIsUnknown() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37)])
    carrier.receive(batch(try sent(carrier).tag, "batch-orders", "2", [told("ntX11", "502")]))
    let reports = reports(carrier)
    #expect(reports.map(\.orderID) == [36, 37])
    #expect(reports.map(\.kind) == [.answerLost, .accepted])
  }

  @Test func aLostAnswerLeavesEachOrderUnknown() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37)])
    let tag = try sent(carrier).tag
    carrier.receive(OKXSamples.push(OKXSamples.order()))
    #expect(reports(carrier).map(\.kind) == [.accepted])
    _ = carrier.takeKinds()
    carrier.pass(seconds: 6)
    #expect(reports(carrier).map(\.kind) == [.answerLost, .answerLost])
    #expect(reports(carrier).map(\.orderID) == [36, 37])
    _ = carrier.takeKinds()
    // Late, and used all the same.
    carrier.receive(
      batch(
        tag, "batch-orders", "2", [told("ntX10", "312269865356374016"), told("ntX11", "", "51008")])
    )
    #expect(reports(carrier).contains { $0.kind == .rejected && $0.orderID == 37 })
    #expect(!reports(carrier).contains { $0.kind == .rejected && $0.orderID == 36 })
  }

  @Test func aLostConnectionLeavesEachOrderUnknown() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37)])
    _ = try sent(carrier)
    carrier.close(0)
    let kinds = reports(carrier).filter { $0.orderID != 0 }
    #expect(kinds.map(\.kind) == [.answerLost, .answerLost] && kinds.map(\.orderID) == [36, 37])
  }

  @Test func aBatchThatNeverLeftWasNotSent() throws {
    let carrier = try ready()
    carrier.send([newOrder(36), newOrder(37)])
    let tag = try sent(carrier).tag
    carrier.unsent(tag)
    #expect(reports(carrier).map(\.kind) == [.notSent, .notSent])
    #expect(reports(carrier).map(\.orderID) == [36, 37])
    carrier.unsent(tag + 1)
    #expect(reports(carrier).count == 2)
  }

  /// At most twenty, in the order in which they were decided, and what cannot be written is left out.
  @Test func batchesHaveBounds() throws {
    let carrier = try ready()
    var strange = newOrder(900)
    strange.type = .pegged
    carrier.send((0..<22).map { newOrder(36 + OrderID($0)) })
    let messages = carrier.takeTexts()
    #expect(messages.count == 2)
    #expect(messages.map { $0.text.components(separatedBy: "instIdCode").count - 1 } == [20, 2])
    carrier.pass(seconds: 3)
    _ = carrier.takeTexts()
    _ = carrier.takeKinds()
    carrier.send([newOrder(100), strange, newOrder(101), request(.cancel, 100, 0), newOrder(102)])
    let rest = carrier.takeTexts()
    #expect(
      rest.map { String($0.text.split(separator: "\"")[7]) } == [
        "batch-orders", "cancel-order", "order",
      ])
    #expect(rest[0].text.components(separatedBy: "instIdCode").count - 1 == 2)
    #expect(reports(carrier).map(\.kind) == [.rejected])
    #expect(reports(carrier).map(\.orderID) == [900])
    carrier.receive(
      batch(rest[0].tag, "batch-orders", "0", [told("ntX2s", "601"), told("ntX2t", "602")]))
    #expect(reports(carrier).dropFirst().map(\.orderID) == [100, 101])
  }
}
