import COpenSSL
import Testing
import VenueServer

@testable import VenueSimulation

/// Connections of the WebSocket API and of market streams.
@Suite struct SessionTests {
  /// A signature as a client with the private key makes it.
  private func sign(_ text: String, _ key: PublicKey) throws -> String {
    let context = try #require(EVP_MD_CTX_new())
    defer { EVP_MD_CTX_free(context) }
    #expect(EVP_DigestSignInit(context, nil, nil, nil, key.key) == 1)
    var signature = [UInt8](repeating: 0, count: 64)
    var count = signature.count
    let payload = Array(text.utf8)
    #expect(EVP_DigestSign(context, &signature, &count, payload, payload.count) == 1)
    var encoded = [UInt8](repeating: 0, count: 100)
    let length = EVP_EncodeBlock(&encoded, signature, Int32(count))
    return String(decoding: encoded.prefix(Int(length)), as: UTF8.self)
  }

  private func ed25519(_ venue: Simulated) throws -> VenueKey {
    try #require(
      venue.front.core.keys.keys.values.first { $0.account == 1 && $0.scheme == .ed25519 })
  }

  @Test func sessionsLogOnWithEd25519() throws {
    let venue = try Simulated()
    let (session, connection) = venue.requests()
    let key = try ed25519(venue)
    let now = venue.now.milliseconds
    func ask(_ method: String, _ params: String = "{}") throws -> JSONValue {
      session.received(#"{"id":"x","method":"\#(method)","params":\#(params)}"#, at: venue.now)
      return try #require(try connection.take().first { $0["id"]?.string == "x" })
    }
    let order =
      #"{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"0.1","#
      + #""price":"50000","timestamp":\#(now)}"#
    #expect(try ask("order.place", order)["error"]?["code"]?.integer == -1102)
    let text = "apiKey=\(key.id)&timestamp=\(now)"
    let signature = try sign(text, try #require(key.publicKey))
    let logon = try ask(
      "session.logon",
      #"{"apiKey":"\#(key.id)","timestamp":\#(now),"signature":"\#(signature)"}"#)
    #expect(logon["result"]?["apiKey"]?.string == key.id)
    #expect(logon["result"]?["authorizedSince"]?.integer == now)
    let placed = try ask("order.place", order)
    #expect(placed["status"]?.integer == 200)
    #expect(placed["rateLimits"]?.elements?.count == 3)
    let id = try #require(placed["result"]?["orderId"]).text
    let amended = try ask(
      "order.amend.keepPriority",
      #"{"symbol":"BTCUSDT","orderId":\#(id),"newQty":"0.05","timestamp":\#(now)}"#)
    #expect(amended["result"]?["amendedOrder"]?["qty"]?.string == "0.05000000")
    let open = try ask("openOrders.status", #"{"timestamp":\#(now)}"#)
    #expect(open["result"]?.elements?.count == 1)
    #expect(try ask("userDataStream.subscribe")["result"]?["subscriptionId"]?.integer == 0)
    #expect(try ask("userDataStream.subscribe")["error"]?["code"]?.integer == -2035)
    #expect(try ask("session.status")["result"]?["userDataStream"]?.boolean == true)
    let out = try ask("session.logout")
    #expect(out["result"]?["apiKey"]?.isNull == true)
    #expect(try ask("order.place", order)["error"]?["code"]?.integer == -1102)
  }

  @Test func keysOfOtherSchemesDoNotLogOn() throws {
    let venue = try Simulated()
    let (session, connection) = venue.requests()
    let key = venue.key()
    session.received(
      #"{"id":1,"method":"session.logon","params":{"apiKey":"\#(key.id)","timestamp":1,"signature":"a"}}"#,
      at: venue.now)
    let answer = try #require(try connection.take().first)
    #expect(answer["error"]?["code"]?.integer == -4056)
    #expect(answer["error"]?["msg"]?.string == "HMAC_SHA256 API key is not supported.")
  }

  @Test(arguments: [
    ("", "Invalid JSON Request"), ("[", "Invalid JSON Request"), ("7", "Invalid JSON Request"),
    (#"{"id":1}"#, "Mandatory parameter 'method' was not sent, was empty/null, or malformed."),
    (#"{"id":1,"method":"x"}"#, "This operation is not supported."),
    (#"{"id":1,"method":"depth","params":[]}"#, "JSON sent for parameter 'params' is not valid"),
  ])
  func badRequestsAreAnswered(_ text: String, _ message: String) throws {
    let venue = try Simulated()
    let (session, connection) = venue.requests()
    session.received(text, at: venue.now)
    let answer = try #require(try connection.take().first)
    #expect(answer["status"]?.integer == 400)
    #expect(answer["error"]?["msg"]?.string == message)
  }

  /// A request may be carried out though its answer says that nobody knows.
  @Test func faultsAreToldInTheVenuesWords() throws {
    let venue = try Simulated()
    let (session, connection) = venue.requests()
    let key = venue.key()
    func place(_ failure: ServerFailure?) throws -> JSONValue {
      connection.failure = failure
      let text =
        "apiKey=\(key.id)&price=50000&quantity=0.1&side=BUY&symbol=BTCUSDT&timeInForce=GTC"
        + "&timestamp=\(venue.now.milliseconds)&type=LIMIT"
      let signature = Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
      var params = FormFields(text).fields.map { ($0.name, JSONValue.string($0.value)) }
      params.append(("signature", .string(signature)))
      let request: JSONValue = [
        "id": 1, "method": "order.place",
        "params": .object(params.map { (key: $0.0, value: $0.1) }),
      ]
      session.received(request.text, at: venue.now)
      return try #require(try connection.take().first)
    }
    let lost = try place(.serverError(status: 503, isCarriedOut: true))
    #expect(lost["status"]?.integer == 503 && lost["error"]?["code"]?.integer == -1007)
    #expect(venue.front.core.exchange.openOrders(of: 1).count == 1)
    let dropped = try place(.serverError(status: 500, isCarriedOut: false))
    #expect(dropped["status"]?.integer == 500 && dropped["error"]?["code"]?.integer == -1001)
    let banned = try place(.banned(secondsLeft: 30))
    #expect(banned["status"]?.integer == 418)
    #expect(
      banned["error"]?["data"]?["retryAfter"]?.integer == venue.now.milliseconds + 30_000)
    #expect(try place(.maintenance)["status"]?.integer == 503)
    #expect(venue.front.core.exchange.openOrders(of: 1).count == 1)
    #expect(try place(nil)["status"]?.integer == 200)
  }

  /// A stop is told three times: when it comes, when it is triggered, and when it is filled.
  @Test func stopsAreTriggered() throws {
    let venue = try Simulated()
    let key = venue.key().id
    let response = venue.send("POST", "/api/v3/userDataStream", key: key)
    let listenKey = try #require(try JSONValue.parse(response.body)["listenKey"]?.string)
    let (_, connection) = venue.streams([listenKey])
    let stop = try venue.answer(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.2&stopPrice=59990")
    try venue.rest("BUY", "59980", "1", account: 2)
    try venue.rest("SELL", "59980", "0.1", account: 2, more: "&selfTradePreventionMode=NONE")
    venue.advance(milliseconds: 10)
    let reports = try connection.take().filter { $0["e"]?.string == "executionReport" }
    #expect(reports.map { $0["x"]?.string } == ["NEW", "NEW", "TRADE"])
    #expect(reports.map { $0["w"]?.boolean } == [false, true, false])
    #expect(reports.last?["X"]?.string == "FILLED")
    #expect(reports.last?["L"]?.string == "59980.00000000")
    let view = try venue.answer(
      "GET", "/api/v3/order", "symbol=BTCUSDT&orderId=\(try #require(stop["orderId"]).text)")
    #expect(view["status"]?.string == "FILLED" && view["isWorking"]?.boolean == true)
  }

  @Test func propertiesOfStreams() throws {
    let venue = try Simulated(eventsPerSecond: 200)
    let (session, connection) = venue.streams(["btcusdt@bookTicker"])
    venue.advance(milliseconds: 1500)
    #expect(try connection.take().allSatisfy { $0["stream"] == nil })
    session.received(#"{"method":"SET_PROPERTY","params":["combined",true],"id":5}"#, at: venue.now)
    #expect(connection.texts == [#"{"result":null,"id":5}"#])
    connection.texts = []
    venue.advance(milliseconds: 1500)
    let wrapped = try connection.take()
    #expect(!wrapped.isEmpty && wrapped.allSatisfy { $0["stream"] != nil })
    session.received(
      #"{"method":"UNSUBSCRIBE","params":["btcusdt@bookTicker"],"id":6}"#, at: venue.now)
    connection.texts = []
    venue.advance(milliseconds: 1000)
    #expect(connection.texts.isEmpty)
    session.received(#"{"method":"SET_PROPERTY","params":["speed",1],"id":7}"#, at: venue.now)
    session.received("nonsense", at: venue.now)
    session.received(#"{"method":"STOP","id":8}"#, at: venue.now)
    let codes = try connection.take().map { $0["error"]?["code"]?.integer }
    #expect(codes == [0, 3, 2])
  }

  /// Differences applied to a snapshot are the book.
  @Test func differencesRebuildTheBook() throws {
    let venue = try Simulated(eventsPerSecond: 300)
    let (_, connection) = venue.streams(["btcusdt@depth@100ms"])
    venue.advance(milliseconds: 3000)
    func snapshot() throws -> JSONValue {
      try JSONValue.parse(venue.send("GET", "/api/v3/depth?symbol=BTCUSDT&limit=5000").body)
    }
    var book: [String: [String: String]] = ["b": [:], "a": [:]]
    let start = try snapshot()
    for (side, name) in [("b", "bids"), ("a", "asks")] {
      for level in start[name]?.elements ?? [] {
        let pair = level.elements?.compactMap(\.string) ?? []
        book[side]?[pair[0]] = pair[1]
      }
    }
    let from = try #require(start["lastUpdateId"]?.integer)
    venue.advance(milliseconds: 3000)
    let end = try snapshot()
    let to = try #require(end["lastUpdateId"]?.integer)
    venue.advance(milliseconds: 200)
    var last: Int64?
    for message in try connection.take() {
      let first = try #require(message["U"]?.integer)
      if let last { #expect(first == last + 1) }
      last = message["u"]?.integer
      guard let last, last > from, last <= to else { continue }
      for side in ["b", "a"] {
        for level in message[side]?.elements ?? [] {
          let pair = level.elements?.compactMap(\.string) ?? []
          book[side]?[pair[0]] = pair[1] == "0.00000000" ? nil : pair[1]
        }
      }
    }
    for (side, name) in [("b", "bids"), ("a", "asks")] {
      let levels = end[name]?.elements?.map { $0.elements?.compactMap(\.string) ?? [] } ?? []
      #expect(book[side] == Dictionary(uniqueKeysWithValues: levels.map { ($0[0], $0[1]) }))
    }
  }
}
