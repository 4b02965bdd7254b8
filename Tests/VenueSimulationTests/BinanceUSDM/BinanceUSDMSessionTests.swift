import COpenSSL
import Testing

@testable import VenueServer
@testable import VenueSimulation

/// Connections of streams and of the WebSocket API of simulated USD-M futures.
@Suite struct BinanceUSDMSessionTests {
  /// A signature as a client with the private key makes it.
  private func sign(_ text: String, _ key: PublicKey) throws -> String {
    let context = try #require(EVP_MD_CTX_new())
    defer { EVP_MD_CTX_free(context) }
    #expect(EVP_DigestSignInit(context, nil, nil, nil, key.key) == 1)
    var signature = [UInt8](repeating: 0, count: 64)
    var count = signature.count
    let payload = Array(text.utf8)
    #expect(EVP_DigestSign(context, &signature, &count, payload, payload.count) == 1)
    return Base64.encode(Array(signature.prefix(count)))
  }

  private func ask(
    _ venue: SimulatedUSDM, _ session: BinanceRequestSession<BinanceUSDMCore>,
    _ connection: KeptConnection, _ method: String, _ params: String = "{}"
  ) throws -> JSONValue {
    session.received(#"{"id":"x","method":"\#(method)","params":\#(params)}"#, at: venue.now)
    return try #require(try connection.take().first { $0["id"]?.string == "x" })
  }

  @Test func sessionsLogOnAndTrade() throws {
    let venue = try SimulatedUSDM()
    let (session, connection) = venue.requests()
    let key = venue.key(1, .ed25519)
    let now = venue.now.milliseconds
    let order =
      #"{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"0.1","#
      + #""price":"59000","timestamp":\#(now)}"#
    let early = try ask(venue, session, connection, "order.place", order)
    #expect(early["error"]?["code"]?.integer == -1102)
    let signature = try sign(
      "apiKey=\(key.id)&timestamp=\(now)", try #require(key.publicKey))
    let logon = try ask(
      venue, session, connection, "session.logon",
      #"{"apiKey":"\#(key.id)","timestamp":\#(now),"signature":"\#(signature)"}"#)
    #expect(logon["result"]?["apiKey"]?.string == key.id)
    let placed = try ask(venue, session, connection, "order.place", order)
    #expect(placed["status"]?.integer == 200)
    let kinds = placed["rateLimits"]?.elements?.map { $0["interval"]?.string }
    #expect(kinds == ["SECOND", "MINUTE", "MINUTE"])
    let id = try #require(placed["result"]?["orderId"]).text
    let change =
      #"{"symbol":"BTCUSDT","orderId":\#(id),"side":"BUY","quantity":"0.2","price":"59000","#
      + #""timestamp":\#(now)}"#
    let changed = try ask(venue, session, connection, "order.modify", change)
    #expect(changed["result"]?["origQty"]?.string == "0.200")
    let name = #"{"symbol":"BTCUSDT","orderId":\#(id),"timestamp":\#(now)}"#
    let found = try ask(venue, session, connection, "order.status", name)
    #expect(found["result"]?["origQty"]?.string == "0.200")
    let canceled = try ask(venue, session, connection, "order.cancel", name)
    #expect(canceled["result"]?["status"]?.string == "CANCELED")
    let stamp = #"{"timestamp":\#(now)}"#
    for method in ["account.balance", "v2/account.balance", "account.position"] {
      let answer = try ask(venue, session, connection, method, stamp)
      #expect(answer["result"]?.elements?.isEmpty == false, "\(method)")
    }
    #expect(try ask(venue, session, connection, "time")["result"]?["serverTime"]?.integer == now)
    // Spot's subscriptions are not offered here.
    let subscribed = try ask(venue, session, connection, "userDataStream.subscribe")
    #expect(subscribed["error"]?["code"]?.integer == -1020)
  }

  @Test func listenKeysOverTheWebSocketAPI() throws {
    let venue = try SimulatedUSDM()
    let (session, connection) = venue.requests()
    let params = #"{"apiKey":"\#(venue.key().id)"}"#
    let started = try ask(venue, session, connection, "userDataStream.start", params)
    let key = try #require(started["result"]?["listenKey"]?.string)
    let kept = try ask(venue, session, connection, "userDataStream.ping", params)
    #expect(kept["result"]?["listenKey"]?.string == key)
    _ = try ask(venue, session, connection, "userDataStream.stop", params)
    let gone = try ask(venue, session, connection, "userDataStream.ping", params)
    #expect(gone["error"]?["code"]?.integer == -1125)
  }

  @Test func listenKeysEnd() throws {
    let venue = try SimulatedUSDM()
    let (key, connection) = try venue.userStream()
    let id = venue.key().id
    venue.advance(milliseconds: 3_000_000, step: 1000)
    #expect(venue.send("PUT", "/fapi/v1/listenKey", key: id).status == 200)
    venue.advance(milliseconds: 3_000_000, step: 1000)
    #expect(try connection.take().isEmpty)
    venue.advance(milliseconds: 700_000, step: 1000)
    let told = try connection.take()
    #expect(told.map { $0["e"]?.string } == ["listenKeyExpired"])
    #expect(told.first?["listenKey"]?.string == key)
    #expect(venue.send("PUT", "/fapi/v1/listenKey", key: id).status == 400)
    // A new key is another one, and events go there.
    let (next, other) = try venue.userStream()
    #expect(next != key)
    try venue.limit("BUY", "59000.0", "0.1")
    #expect(try connection.take().isEmpty)
    #expect(try other.take().map { $0["e"]?.string } == ["ORDER_TRADE_UPDATE"])
  }

  @Test func addressesOfStreams() throws {
    let venue = try SimulatedUSDM()
    func names(_ target: String) -> [String]? {
      let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
      return venue.core.streamNames(
        HTTPRequest(
          method: "GET", path: parts[0], query: parts.count > 1 ? parts[1] : nil,
          headers: HTTPHeaders(), body: []))
    }
    #expect(names("/ws") == [])
    #expect(names("/ws/btcusdt@depth") == ["btcusdt@depth"])
    #expect(names("/public/ws/btcusdt@depth/ethusdt@depth") == ["btcusdt@depth", "ethusdt@depth"])
    #expect(names("/market/stream?streams=a@trade/b@trade") == ["a@trade", "b@trade"])
    #expect(names("/private/ws?listenKey=KEY") == ["KEY"])
    #expect(names("/private/stream?listenKey=KEY&events=ORDER_TRADE_UPDATE") == ["KEY"])
    #expect(names("/fapi/v1/depth") == nil)
  }

  @Test func streamsArePushedAtTheirRoutes() {
    let routes: [(String, BinanceUSDMRoute)] = [
      ("btcusdt@depth", .public), ("btcusdt@depth20@100ms", .public),
      ("btcusdt@bookTicker", .public), ("!bookTicker", .public), ("btcusdt@aggTrade", .market),
      ("btcusdt@markPrice@1s", .market), ("btcusdt@kline_1m", .market), ("!ticker@arr", .market),
      ("KEYofSomebody", .private),
    ]
    for (stream, route) in routes {
      for other in ["public", "market", "private"] {
        for path in ["/\(other)/stream", "/\(other)/ws/a"] {
          #expect(
            BinanceUSDMCore.pushes(stream, at: path) == (other == route.rawValue),
            "\(stream) at \(path)")
        }
      }
      #expect(
        BinanceUSDMCore.pushes(stream, at: "/ws") && BinanceUSDMCore.pushes(stream, at: "/stream"))
    }
  }

  /// As the venue does it: what belongs elsewhere may be asked for, and stays silent.
  @Test func atTheWrongRouteThereIsSilence() throws {
    let venue = try SimulatedUSDM(eventsPerSecond: 300)
    func heard(_ path: String) throws -> Set<String> {
      let connection = KeptConnection()
      let session = BinanceStreamSession(
        connection, venue.core.streams, unit: .milliseconds, isCombined: true,
        names: ["btcusdt@depth@100ms", "btcusdt@markPrice@1s"], messagesInSecond: 10,
        at: venue.now, isPushed: { BinanceUSDMCore.pushes($0, at: path) },
        isStream: { BinanceUSDMStreamName.isStream($0) })
      venue.advance(milliseconds: 2_500)
      session.received(#"{"method":"LIST_SUBSCRIPTIONS","id":1}"#, at: venue.now)
      session.end()
      let told = try connection.take()
      #expect(told.last?["result"]?.elements?.count == 2)
      return Set(told.compactMap { $0["stream"]?.string })
    }
    #expect(try heard("/public/stream") == ["btcusdt@depth@100ms"])
    #expect(try heard("/market/stream") == ["btcusdt@markPrice@1s"])
    #expect(try heard("/private/stream").isEmpty)
    #expect(try heard("/stream").count == 2)
  }

  @Test func tellsTheRoutedAddresses() throws {
    let venue = try SimulatedUSDM()
    let told = venue.simulation.description(
      at: ServerEndpoint(name: "binance-usdm", address: "127.0.0.1", port: 1, isTLS: true)
    )["venues"]?["binance-usdm"]
    #expect(told?["public_stream"]?.string?.hasSuffix("/public/stream") == true)
    #expect(told?["user_stream"]?.string?.hasSuffix("/private/ws") == true)
  }

  /// A book from a snapshot in the middle of the stream, by the venue's rule.
  @Test(arguments: ["@0ms", "@100ms", "", "@500ms"])
  func differencesRebuildTheBook(_ suffix: String) throws {
    let venue = try SimulatedUSDM(eventsPerSecond: 300)
    venue.advance(milliseconds: 500)
    let (_, connection) = venue.streams(["btcusdt@depth\(suffix)"])
    venue.advance(milliseconds: 1200)
    func snapshot() throws -> JSONValue {
      try JSONValue.parse(venue.send("GET", "/fapi/v1/depth?symbol=BTCUSDT&limit=1000").body)
    }
    let first = try snapshot()
    let begin = try #require(first["lastUpdateId"]?.integer)
    venue.advance(milliseconds: 3000)
    var book: [String: [String: String]] = ["b": [:], "a": [:]]
    for (side, name) in [("b", "bids"), ("a", "asks")] {
      for level in first[name]?.elements ?? [] {
        let pair = level.elements?.compactMap(\.string) ?? []
        book[side]?[pair[0]] = pair[1]
      }
    }
    var last: Int64?
    for update in try connection.take() where try #require(update["u"]?.integer) >= begin {
      let previous = try #require(update["pu"]?.integer)
      if let last { #expect(previous == last) } else { #expect(previous <= begin) }
      last = update["u"]?.integer
      for side in ["b", "a"] {
        for level in update[side]?.elements ?? [] {
          let pair = level.elements?.compactMap(\.string) ?? []
          book[side]?[pair[0]] = pair[1] == "0.000" ? nil : pair[1]
        }
      }
    }
    venue.advance(milliseconds: 0)
    // To the pace's end nothing is missing but what came since the last message.
    let end = try snapshot()
    for update in try connection.take() {
      for side in ["b", "a"] {
        for level in update[side]?.elements ?? [] {
          let pair = level.elements?.compactMap(\.string) ?? []
          book[side]?[pair[0]] = pair[1] == "0.000" ? nil : pair[1]
        }
      }
      last = update["u"]?.integer
    }
    if end["lastUpdateId"]?.integer == last {
      for (side, name) in [("b", "bids"), ("a", "asks")] {
        let levels = end[name]?.elements?.compactMap { $0.elements?.first?.string } ?? []
        #expect(Set(levels) == Set(book[side]?.keys.map { $0 } ?? []))
      }
    }
    #expect(last != nil)
  }

  @Test func faultsAreToldInTheVenuesWords() throws {
    let venue = try SimulatedUSDM()
    let request = HTTPRequest(
      method: "GET", path: "/fapi/v1/time", query: nil, headers: HTTPHeaders(), body: [])
    let banned = venue.front.response(
      to: .banned(secondsLeft: 30), request, at: venue.now)
    #expect(banned.status == 418)
    #expect(banned.headers["Retry-After"] == "30")
    #expect(try JSONValue.parse(banned.body)["code"]?.integer == -1003)
    let unknown = venue.front.response(
      to: .serverError(status: 503, isCarriedOut: true), request, at: venue.now)
    #expect(try JSONValue.parse(unknown.body)["code"]?.integer == -1007)
  }

  @Test func tooManyRequestsBringABan() throws {
    let venue = try SimulatedUSDM()
    var statuses: [Int] = []
    for _ in 0..<150 {
      statuses.append(venue.send("GET", "/fapi/v1/depth?symbol=BTCUSDT&limit=1000").status)
    }
    #expect(statuses.firstIndex(of: 429) == 120)
    #expect(statuses.last == 418)
    venue.advance(milliseconds: 121_000, step: 1000)
    #expect(venue.send("GET", "/fapi/v1/time").status == 200)
  }

  @Test func privateStreamsSendWhatTheyWereAskedFor() throws {
    let venue = try SimulatedUSDM()
    let (key, all) = try venue.userStream()
    let (session, some) = venue.streams([key])
    session.wantedEvents = ["ORDER_TRADE_UPDATE"]
    try venue.limit("SELL", "60000.0", "0.5", account: 2)
    try venue.market("BUY", "0.1")
    #expect(try all.take().count == 4)
    #expect(
      try some.take().map { $0["e"]?.string } == ["ORDER_TRADE_UPDATE", "ORDER_TRADE_UPDATE"])
  }

  @Test func tooManyMessagesEndAConnection() throws {
    let venue = try SimulatedUSDM()
    let (session, connection) = venue.streams(["btcusdt@trade"])
    session.received(#"{"method":"SUBSCRIBE","params":["nonsense"],"id":1}"#, at: venue.now)
    #expect(try connection.take().first?["error"]?["code"]?.integer == 2)
    for id in 0..<12 {
      session.received(#"{"method":"LIST_SUBSCRIPTIONS","id":\#(id)}"#, at: venue.now)
    }
    #expect(connection.closed?.code == 1008)
  }
}
