import Credentials
import Testing
import TradingModel

@testable import Venues

/// Bybit's disconnect protection: a setting, a subscription that counts the connection, and a look whether
/// the account has it at all.
@Suite struct BybitDeadManTests {
  typealias Session = TradingSession<BybitTrading>
  // Channels: trade stream, private stream, REST.
  private let entry = 0
  private let stream = 1
  private let rest = 2

  private func carrier(
    _ category: BybitCategory = .linear, _ setting: DeadManSetting = DeadManSetting(seconds: 60)
  ) throws -> SessionCarrier {
    let account = AccountNames(
      venue: 2, listings: [(BybitTradingTests.listing, "BTCUSDT")],
      currencies: [("BTC", 1), ("USDT", 2)], clientOrderIDPrefix: "nt-", deadMan: setting)
    let venue: any BybitVenue.Type = category == .spot ? BybitSpot.self : BybitLinear.self
    return SessionCarrier(
      try venue.tradingSession(
        venue.description.environments[0],
        VenueCredential(apiKey: "key", kind: .hmac, secret: SecretBytes("secret")), account,
        budget: SharedBudget(venue.description.rateLimits)))
  }

  /// Subscribed to the account's own events; what comes next was not answered.
  private func logOn(_ carrier: SessionCarrier) {
    carrier.start()
    carrier.open(stream)
    carrier.open(entry)
    answerTime(carrier)
    carrier.receive(
      "{\"reqId\":\"\(carrier.takeTexts()[0].tag)\",\"retCode\":0,\"retMsg\":\"OK\",\"op\":\"auth\"}",
      on: entry)
    subscribe(carrier)
    if carrier.requests.first?.text.contains("position") == true {
      carrier.answer(
        carrier.takeRequests()[0].tag,
        "{\"retCode\":0,\"result\":{\"list\":[{\"positionIdx\":0}]}}", on: rest)
    }
  }

  private func answerTime(_ carrier: SessionCarrier) {
    carrier.answer(
      carrier.takeRequests()[0].tag,
      "{\"retCode\":0,\"result\":{\"timeNano\":\"1700000000500000000\"}}", on: rest)
  }

  private func subscribe(_ carrier: SessionCarrier) {
    _ = carrier.takeTexts()
    carrier.receive("{\"success\":true,\"ret_msg\":\"\",\"op\":\"auth\"}", on: stream)
    stream(carrier, "")
  }

  /// Answers what was sent over the private stream: with yes, or with words.
  private func stream(_ carrier: SessionCarrier, _ fault: String, _ operation: String = "subscribe")
  {
    let sent = carrier.takeTexts()
    guard sent.count == 1 else {
      Issue.record("\(sent)")
      return
    }
    carrier.receive(
      "{\"success\":\(fault.isEmpty),\"ret_msg\":\"\(fault)\",\"conn_id\":\"y\","
        + "\"req_id\":\"\(sent[0].tag)\",\"op\":\"\(operation)\"}", on: stream)
  }

  /// Answers what was asked over REST.
  private func answer(
    _ carrier: SessionCarrier, _ request: String, code: Int = 0, _ result: String = "{}"
  ) {
    let asked = carrier.takeRequests()
    #expect(asked.map(\.text) == [request])
    guard asked.count == 1 else { return }
    carrier.answer(
      asked[0].tag, "{\"retCode\":\(code),\"retMsg\":\"words\",\"result\":\(result)}", on: rest)
  }

  private static func setting(_ product: String, _ seconds: Int = 60) -> String {
    "POST /v5/order/disconnected-cancel-all "
      + "{\"product\":\"\(product)\",\"timeWindow\":\(seconds)}"
  }
  private static let check = "GET /v5/account/query-dcp-info"
  /// As documented.
  private static let both =
    "{\"dcpInfos\":[{\"product\":\"SPOT\",\"dcpStatus\":\"ON\",\"timeWindow\":\"10\"},"
    + "{\"product\":\"DERIVATIVES\",\"dcpStatus\":\"ON\",\"timeWindow\":\"10\"}]}"

  private func kinds(_ carrier: SessionCarrier) -> [VenueReportKind] {
    defer { _ = carrier.takeKinds() }
    return carrier.records(.venueReport) { VenueReport(at: $0) }.map(\.kind)
  }

  private func warnings(_ carrier: SessionCarrier) -> [String] {
    (carrier.session as? any OrderSession)?.takeWarnings() ?? []
  }

  @Test(arguments: [
    (BybitCategory.linear, "DERIVATIVES", "dcp.future"), (.spot, "SPOT", "dcp.spot"),
  ])
  func isSetForEachConnection(
    _ category: BybitCategory, _ product: String, _ topic: String
  ) throws {
    let carrier = try carrier(category)
    logOn(carrier)
    for connection in 0..<2 {
      if connection == 1 {
        carrier.close(stream)
        carrier.open(stream)
        answerTime(carrier)
        subscribe(carrier)
      }
      _ = kinds(carrier)
      answer(carrier, Self.setting(product))
      let tag = try #require(carrier.texts.first).tag
      #expect(
        carrier.texts.map(\.text) == [
          "{\"req_id\":\"\(tag)\",\"op\":\"subscribe\",\"args\":[\"\(topic)\"]}"
        ])
      stream(carrier, "")
      #expect(kinds(carrier).isEmpty)
      answer(carrier, Self.check, Self.both)
      #expect(kinds(carrier) == [.connected] && warnings(carrier).isEmpty)
    }
    // A connection that was counted no more may end.
    carrier.disarm()
    let tag = try #require(carrier.texts.first).tag
    #expect(
      carrier.texts.map(\.text) == [
        "{\"req_id\":\"\(tag)\",\"op\":\"unsubscribe\",\"args\":[\"\(topic)\"]}"
      ])
    stream(carrier, "", "unsubscribe")
    #expect((carrier.session as? any OrderSession)?.isDisarming == false)
  }

  /// The venue gives it on application only. What it says to others is not documented.
  @Test(arguments: [0, 1, 2, 3])
  func anAccountWithoutItIsTold(_ way: Int) throws {
    for isRequired in [false, true] {
      let carrier = try carrier(.linear, DeadManSetting(seconds: 60, isRequired: isRequired))
      logOn(carrier)
      answer(carrier, Self.setting("DERIVATIVES"), code: [10_005, 3_400_999, 0, 0][way])
      if !carrier.texts.isEmpty {
        stream(carrier, way == 2 ? "error:handler not found,topic:dcp.future" : "")
      }
      let spot =
        "{\"dcpInfos\":[{\"product\":\"SPOT\",\"dcpStatus\":\"ON\",\"timeWindow\":\"10\"}]}"
      if !carrier.requests.isEmpty {
        answer(carrier, Self.check, way == 3 ? spot : "{\"dcpInfos\":[]}")
      }
      let session = try #require(carrier.common as? Session)
      let warnings = warnings(carrier)
      if isRequired {
        #expect(session.phase == .stopped(.permission) && kinds(carrier).isEmpty)
        #expect(session.lastFault?.contains("dead-man switch") == true)
      } else {
        #expect(kinds(carrier) == [.connected])
        // Once, and for the first cause: what later steps say follows from it.
        #expect(warnings.count == 1 && session.lastFault == nil)
        let words = ["permission denied", "3400999", "handler not found", "for DERIVATIVES"][way]
        #expect(warnings[0].hasPrefix("orders stand without the venue's dead-man switch: "))
        #expect(warnings[0].contains(words))
      }
    }
  }

  @Test func aServerThatIsBusyIsAskedAgain() throws {
    let carrier = try carrier()
    logOn(carrier)
    let asked = carrier.takeRequests()
    carrier.answer(asked[0].tag, status: 502, "<html>", on: rest)
    #expect(kinds(carrier).isEmpty)
    carrier.pass(seconds: 1)
    answer(carrier, Self.setting("DERIVATIVES"))
    stream(carrier, "")
    answer(carrier, Self.check, Self.both)
    #expect(kinds(carrier) == [.connected] && warnings(carrier).isEmpty)
  }

  @Test func whatItCancelsHasItsReason() throws {
    var news = TradingNews()
    let account = AccountNames(
      venue: 2, listings: [(BybitTradingTests.listing, "BTCUSDT")], currencies: [],
      clientOrderIDPrefix: "nt-")
    var decoder = BybitAccountDecoder(BybitNames(.linear, account))
    let push = """
      {"id":"i","topic":"order","creationTime":1700000001000,"data":[{"category":"linear",\
      "symbol":"BTCUSDT","orderId":"fd4300ae-7847-404e-b947-b46980a4d140","side":"Buy",\
      "orderType":"Limit","cancelType":"CancelByDCP","price":"60000","qty":"1.5",\
      "timeInForce":"GTC","orderStatus":"Cancelled","orderLinkId":"nt-10","cumExecQty":"0",\
      "rejectReason":"EC_PerCancelRequest","updatedTime":"1700000001000"}]}
      """
    let isPush = try Array(push.utf8).withUnsafeBytes { try decoder.push($0, into: &news) }
    #expect(isPush && news.orders.count == 1)
    #expect(news.orders[0].report.kind == .statusCanceled)
    #expect(news.orders[0].report.reason == .deadManSwitch)
  }
}
