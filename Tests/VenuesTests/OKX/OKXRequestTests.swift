import Credentials
import Foundation
import Testing
import TradingModel

@testable import Venues

/// The requests of OKX, through the code that trades.
@Suite struct OKXRequestTests {
  private static let environment = OKX.description.environments[0]
  private static let time: UInt64 = 1_754_000_000_123

  private func credential() -> VenueCredential {
    VenueCredential(
      apiKey: "the key", kind: .hmac, secret: SecretBytes("secret"),
      passphrase: SecretBytes("pass"))
  }

  private func request(
    _ action: VenueAction, _ input: RequestInput, environment: VenueEnvironment = environment
  ) throws -> WireRequest {
    let all = try OKX.requests(action, input, credential(), environment, timestamp: Self.time)
    return try #require(all.count == 1 ? all[0] : nil)
  }

  private func order(_ symbol: String = "BTC-USDT") -> RequestInput {
    var input = RequestInput()
    input.symbol = symbol
    input.side = .buy
    input.quantity = try? Decimal("0.01250")
    input.price = try? Decimal("50000.50")
    input.clientOrderID = "sw0rder1"
    return input
  }

  @Test func ordersAreWrittenAsTheVenueWantsThem() throws {
    let wire = try request(.place, order())
    #expect(wire.method == "POST" && wire.url == "https://www.okx.com/api/v5/trade/order")
    #expect(
      wire.body == """
        {"instId":"BTC-USDT","tdMode":"cash","clOrdId":"sw0rder1","side":"buy","ordType":"limit",\
        "sz":"0.0125","px":"50000.5"}
        """)
    #expect(
      wire.headers.map(\.name) == [
        "OK-ACCESS-KEY", "OK-ACCESS-SIGN", "OK-ACCESS-TIMESTAMP", "OK-ACCESS-PASSPHRASE",
        "Content-Type",
      ])
    #expect(wire.headers.contains { $0 == ("OK-ACCESS-TIMESTAMP", "2025-07-31T22:13:20.123Z") })
    #expect(wire.headers.contains { $0 == ("OK-ACCESS-PASSPHRASE", "pass") })
    var input = order("BTC-USDT-SWAP")
    input.instructions = .reduceOnly
    input.type = .market
    input.price = nil
    #expect(
      try request(.place, input).body == """
        {"instId":"BTC-USDT-SWAP","tdMode":"cross","clOrdId":"sw0rder1","side":"buy",\
        "ordType":"market","sz":"0.0125","reduceOnly":true}
        """)
  }

  @Test func typesAndTimesInForceAreTheVenues() throws {
    var input = order()
    input.instructions = .postOnly
    #expect(try request(.place, input).body.contains("\"ordType\":\"post_only\""))
    input.timeInForce = .immediateOrCancel
    #expect(throws: RequestError.instructions(.postOnly)) { try request(.place, input) }
    input.instructions = []
    #expect(try request(.place, input).body.contains("\"ordType\":\"ioc\""))
    input.timeInForce = .fillOrKill
    #expect(try request(.place, input).body.contains("\"ordType\":\"fok\""))
    input.timeInForce = .day
    #expect(throws: RequestError.timeInForce(.day)) { try request(.place, input) }
    input.timeInForce = .goodTillCancel
    input.type = .market
    #expect(try request(.place, input).body.contains("\"tgtCcy\":\"base_ccy\""))
    input.type = .pegged
    #expect(throws: RequestError.orderType(.pegged)) { try request(.place, input) }
    input.type = .limit
    input.instructions = .reduceOnly
    #expect(throws: RequestError.instructions(.reduceOnly)) { try request(.place, input) }
    input.clientOrderID = "with-dash"
    #expect(throws: RequestError.self) { try request(.cancel, input) }
    input.clientOrderID = String(repeating: "a", count: 33)
    #expect(throws: RequestError.self) { try request(.cancel, input) }
  }

  @Test func operationsOverTheConnection() throws {
    var input = order()
    input.channel = .webSocket
    for action: VenueAction in [.place, .modify, .cancel] {
      #expect(throws: RequestError.missing("instrument-code")) { try request(action, input) }
    }
    input.instrumentCode = 10_458
    let wire = try request(.place, input)
    #expect(wire.method.isEmpty && wire.url == Self.environment.orderEntry)
    #expect(
      wire.body.hasPrefix(
        """
        {"id":"1","op":"order","expTime":"1754000005123","args":[{"instIdCode":10458,"tdMode":"cash",
        """))
    #expect(
      try request(.cancel, input).body == """
        {"id":"1","op":"cancel-order","args":[{"instIdCode":10458,"clOrdId":"sw0rder1"}]}
        """)
    input.venueOrderID = 42
    #expect(
      try request(.modify, input).body.hasSuffix(
        "{\"instIdCode\":10458,\"ordId\":\"42\",\"newSz\":\"0.0125\",\"newPx\":\"50000.5\"}]}"))
    let stream = try request(.userStream, input).body
    #expect(stream == OKX.userStreamSubscription)
  }

  /// The instrument's number stands in operations once it is known, and our own version in changes.
  @Test func operationsNameInstrumentsByNumber() throws {
    var encoder = OKXEncoder(
      apiKey: "key", passphrase: nil, signer: try credential().signer(),
      clientOrderIDPrefix: "nabc-", isDemo: false, listingCapacity: 4)
    encoder.add(OKXTradingTests.listing, symbol: "BTC-USDT")
    encoder.setCode(3, 10_458)
    encoder.setCode(2, 1)
    var request = VenueRequest(
      kind: .replace, listing: 3, venue: 2, orderID: 36, version: 7, price: 101, quantity: 150_000)
    let text = String(
      decoding: try encoder.operation(request, id: 9, deadline: nil), as: UTF8.self)
    #expect(
      text == """
        {"id":"9","op":"amend-order","args":[{"instIdCode":10458,"clOrdId":"nabcX10","reqId":"7",\
        "newSz":"1.5","newPx":"1.01"}]}
        """)
    request.kind = .queryOrder
    let query = try encoder.rest(request, at: 0)
    #expect(
      String(decoding: query.target, as: UTF8.self)
        == "/api/v5/trade/order?instId=BTC-USDT&clOrdId=nabcX10")
    request.listing = 1
    #expect(throws: RequestError.unknownListing(1)) {
      try encoder.operation(request, id: 9, deadline: nil)
    }
  }

  @Test func batchesAndTheSwitch() throws {
    var input = order()
    input.clientOrderIDs = ["a1", "b2"]
    let cancel = try request(.cancelBatch, input)
    #expect(cancel.url.hasSuffix("/api/v5/trade/cancel-batch-orders"))
    #expect(
      cancel.body
        == "[{\"instId\":\"BTC-USDT\",\"clOrdId\":\"a1\"},{\"instId\":\"BTC-USDT\",\"clOrdId\":\"b2\"}]"
    )
    let place = try request(.placeBatch, input).body
    #expect(try JSONNode.parse(Array(place.utf8)).items.count == 2)
    input.clientOrderIDs = []
    input.venueOrderIDs = [7, 8]
    #expect(
      try request(.cancelBatch, input).body == """
        [{"instId":"BTC-USDT","ordId":"7"},{"instId":"BTC-USDT","ordId":"8"}]
        """)
    input.venueOrderIDs = []
    input.clientOrderIDs = (0..<21).map { "a\($0)" }
    #expect(throws: RequestError.self) { try request(.cancelBatch, input) }
    input.timeout = 60
    #expect(try request(.deadManSwitch, input).body == "{\"timeOut\":\"60\"}")
    input.timeout = 5
    #expect(throws: RequestError.self) { try request(.deadManSwitch, input) }
  }

  /// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-place-multiple-orders
  @Test func batchesOverTheConnection() throws {
    var input = order()
    input.channel = .webSocket
    input.clientOrderIDs = ["a1", "b2"]
    #expect(throws: RequestError.missing("instrument-code")) { try request(.placeBatch, input) }
    input.instrumentCode = 10_458
    let place = try request(.placeBatch, input)
    #expect(place.method.isEmpty && place.url == Self.environment.orderEntry)
    let terms = "\"side\":\"buy\",\"ordType\":\"limit\",\"sz\":\"0.0125\",\"px\":\"50000.5\"}"
    #expect(
      place.body == """
        {"id":"1","op":"batch-orders","expTime":"1754000005123","args":[{"instIdCode":10458,\
        "tdMode":"cash","clOrdId":"a1",\(terms),{"instIdCode":10458,"tdMode":"cash","clOrdId":"b2",\
        \(terms)]}
        """)
    input.clientOrderIDs = []
    input.venueOrderIDs = [7, 8]
    #expect(
      try request(.cancelBatch, input).body == """
        {"id":"1","op":"batch-cancel-orders","args":[{"instIdCode":10458,"ordId":"7"},\
        {"instIdCode":10458,"ordId":"8"}]}
        """)
  }

  @Test func questionsHaveTheirPaths() throws {
    var input = RequestInput()
    let all = try OKX.requests(
      .instruments, input, credential(), Self.environment, timestamp: Self.time)
    #expect(
      all.map(\.url) == [
        "https://www.okx.com/api/v5/public/instruments?instType=SPOT",
        "https://www.okx.com/api/v5/public/instruments?instType=SWAP",
      ])
    #expect(all.allSatisfy { $0.headers.isEmpty && $0.body.isEmpty })
    input.symbol = "BTC-USDT-SWAP"
    #expect(
      try request(.instruments, input).url.hasSuffix("?instType=SWAP&instId=BTC-USDT-SWAP"))
    input.startTime = 5
    #expect(try request(.fills, input).url.hasSuffix("/trade/fills?instId=BTC-USDT-SWAP&begin=5"))
    let demo = try request(.balances, input, environment: OKX.description.environments[1])
    #expect(demo.headers.contains { $0 == ("x-simulated-trading", "1") })
  }

  @Test func everyActionIsWrittenOrRefusedWithAReason() throws {
    var input = order()
    input.venueOrderID = 42
    input.timeout = 30
    input.instrumentCode = 10_458
    for action in VenueAction.allCases {
      for channel in VenueChannel.allCases {
        input.channel = channel
        let isOffered: Bool =
          switch OKX.description.support(of: action) {
          case .native(let channels), .restricted(let channels, _): channels.contains(channel)
          case .emulated, .none: false
          }
        do {
          _ = try OKX.requests(
            action, input, credential(), Self.environment, timestamp: Self.time)
          #expect(isOffered, "\(action) over \(channel)")
        } catch let error as RequestError {
          #expect(!isOffered && !"\(error)".isEmpty, "\(action) over \(channel): \(error)")
        }
      }
    }
  }

  /// https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-multiple-orders
  @Test func allOrdersAreCanceledInBatchesOfTwenty() throws {
    var input = RequestInput()
    input.symbol = "BTC-USDT"
    #expect {
      _ = try OKX.requests(
        .cancelAll, input, credential(), Self.environment, timestamp: Self.time)
    } throws: { error in
      "\(error)".contains("takes several requests") && "\(error)".contains("cancel-batch")
    }
    input.openOrders = (1...23).map { OpenOrder(symbol: "BTC-USDT", orderID: "\($0)") }
    let requests = try OKX.requests(
      .cancelAll, input, credential(), Self.environment, timestamp: Self.time)
    #expect(requests.count == 2)
    #expect(
      requests.allSatisfy {
        $0.method == "POST" && $0.url.hasSuffix("/api/v5/trade/cancel-batch-orders")
      })
    #expect(
      requests[1].body
        == "["
        + (21...23).map { "{\"instId\":\"BTC-USDT\",\"ordId\":\"\($0)\"}" }
        .joined(separator: ",") + "]")
    input.page = "77"
    #expect(try request(.openOrders, input).url.hasSuffix("?instId=BTC-USDT&after=77"))
  }

  @Test func batchesAreRefusedByTheirOrdersCodes() {
    func meaning(_ codes: [Int]) -> VenueErrorMeaning? {
      let data = codes.map {
        "{\"ordId\":\"1\",\"clOrdId\":\"\",\"sCode\":\"\($0)\",\"sMsg\":\"\"}"
      }
      let body = "{\"code\":\"2\",\"msg\":\"\",\"data\":[\(data.joined(separator: ","))]}"
      return Array(body.utf8).withUnsafeBytes { OKX.refusal(in: $0, status: 200) }
    }
    #expect(meaning([0, 51400]) == .reject(.unknownOrder))
    #expect(meaning([51400, 51403]) == .reject(.other))
    #expect(meaning([51401, 50013]) == .askFirst)
  }

  @Test func momentsAreWrittenAsDates() {
    var room = [UInt8](repeating: 0, count: 128)
    for (milliseconds, text): (Int64, String) in [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
      (1_709_251_199_001, "2024-02-29T23:59:59.001Z"),
      (1_735_689_599_000, "2024-12-31T23:59:59.000Z"),
      (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
    ] {
      let count = room.withUnsafeMutableBytes { bytes in
        var writer = RequestWriter(at: bytes.baseAddress!)
        OKXTimeText.write(milliseconds * 1_000_000, &writer)
        return writer.end - bytes.baseAddress!
      }
      #expect(String(decoding: room[..<count], as: UTF8.self) == text)
    }
  }

  @Test(.enabled(if: Recordings.areThere, "no ../shared/data"))
  func recordedSignatures() throws {
    let path = "\(Recordings.folder)/signing/okx.json"
    let data = try #require(FileManager.default.contents(atPath: path))
    let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let secrets = try #require(file["credentials"] as? [String: String])
    let vectors = try #require(file["vectors"] as? [[String: Any]])
    let signer = VenueCredential(
      apiKey: secrets["apiKey"]!, kind: .hmac, secret: SecretBytes(secrets["secret"]!),
      passphrase: SecretBytes(secrets["password"]!))
    let time = try #require(file["frozen_time_ms"] as? Int64) * 1_000_000
    for vector in vectors {
      let url = try #require(URL(string: vector["url"] as! String))
      let headers = vector["headers"] as! [String: String]
      var encoder = OKXEncoder(
        apiKey: signer.apiKey, passphrase: signer.passphrase, signer: try signer.signer(),
        clientOrderIDPrefix: "", isDemo: false, listingCapacity: 1)
      let isPost = vector["http_method"] as? String == "POST"
      // Paths are constants of the program: each vector's goes through the writer as a body does.
      let target = url.path + (url.query.map { "?" + $0 } ?? "")
      let body = vector["body"] as? String ?? ""
      let written = encoder.signedHeaders(
        method: isPost ? .post : .get, target: target, body: body, at: time)
      for (name, value) in headers {
        #expect(
          written.contains("\(name): \(value)\r\n"), "\(vector["description"] ?? ""): \(name)")
      }
    }
    #expect(vectors.count > 15)
  }

  @Test(.enabled(if: Recordings.areThere, "no ../shared/data"))
  func recordedLogIn() throws {
    let path = "\(Recordings.folder)/signing/ws_login.json"
    let bytes = Array(try #require(FileManager.default.contents(atPath: path)))
    let entry = try #require(try JSONNode.parse(bytes).items.first { $0["venue"]?.text == "okx" })
    let secrets = try #require(entry["credentials"])
    let credential = VenueCredential(
      apiKey: secrets["apiKey"]!.text!, kind: .hmac, secret: SecretBytes(secrets["secret"]!.text!),
      passphrase: SecretBytes(secrets["password"]!.text!))
    let time = try #require(entry["frozen_time_ms"]?.int)
    var input = RequestInput()
    input.channel = .webSocket
    let wire = try OKX.requests(
      .logOn, input, credential, Self.environment, timestamp: UInt64(time))[0]
    let written = try JSONNode.parse(Array(wire.body.utf8))["args"]!.items[0]
    let expected = entry["login_message"]!["args"]!.items[0]
    for name in ["apiKey", "passphrase", "timestamp", "sign"] {
      #expect(written[name]?.text == expected[name]?.text, "\(name)")
    }
  }
}

extension OKXEncoder {
  /// The headers of any request, as text.
  fileprivate mutating func signedHeaders(
    method: RequestMethod, target: String, body: String, at time: Timestamp
  ) -> String {
    let target = Array(target.utf8)
    let body = Array(body.utf8)
    return target.withUnsafeBytes { target in
      body.withUnsafeBytes { body in
        String(
          decoding: headerLines(OKXRoute(method, ""), target, body, time), as: UTF8.self)
      }
    }
  }
}
