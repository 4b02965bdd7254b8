import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

struct OKXSessionTests {
  private func code(_ connection: OKXConnection) throws -> String? {
    try connection.take().last?["code"]?.string
  }

  @Test func textPings() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.public)
    session.received("ping", at: venue.now)
    #expect(connection.texts == ["pong"])
  }

  @Test func silenceIsNoticed() throws {
    let venue = try OKXSimulated()
    let (session, _) = try venue.session(.public)
    #expect(session.activeAt == venue.now.monotonic)
    venue.advance(milliseconds: 500)
    session.received("ping", at: venue.now)
    #expect(session.activeAt == venue.now.monotonic)
  }

  @Test func acknowledgementsNameRequestAndConnection() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.public)
    let argument: JSONValue = ["channel": "trades", "instId": "BTC-USDT"]
    venue.send("subscribe", [argument], id: "5", to: session)
    let ack = try #require(try connection.take().first)
    #expect(ack["id"]?.string == "5" && ack["event"]?.string == "subscribe")
    #expect(ack["arg"] == argument && ack["connId"]?.string?.utf8.count == 8)
    venue.send("unsubscribe", [argument], to: session)
    #expect(try connection.take().first?["event"]?.string == "unsubscribe")
    #expect(session.subscriptions.isEmpty)
  }

  @Test func wrongRequests() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.public)
    for text in ["", "{}", "[1]", #"{"op":"subscribe"}"#, #"{"op":"subscribe","args":[]}"#, "\0"] {
      session.received(text, at: venue.now)
      #expect(try code(connection) == "60012", "\(text)")
    }
    let wrong: [JSONValue] = [
      ["channel": "trades", "instId": "NO-PE"], ["channel": "what"], [:], "trades",
      ["channel": "candle1m", "instId": "BTC-USDT"], ["channel": "account"],
      ["channel": "mark-price", "instId": "BTC-USDT"], ["channel": "instruments"],
    ]
    for argument in wrong {
      venue.send("subscribe", [argument], to: session)
      #expect(try code(connection) == "60018", "\(argument.text)")
    }
  }

  @Test func logins() throws {
    let venue = try OKXSimulated()
    let key = try venue.key()
    func code(_ key: APIKey, secret: String, time: Int64) throws -> (String?, UInt16?) {
      let (session, connection) = try venue.session(.private)
      let sign = OKXSignature.of("\(time)GET/users/self/verify", secret: secret)
      venue.send(
        "login",
        [
          [
            "apiKey": .string(key.id), "passphrase": .string(key.passphrase),
            "timestamp": .string("\(time)"), "sign": .string(sign),
          ]
        ], to: session)
      return (try connection.take().last?["code"]?.string, connection.closed?.code)
    }
    let time = venue.now.milliseconds / 1000
    #expect(try code(key, secret: key.secret, time: time) == ("0", nil))
    #expect(try code(key, secret: "other", time: time) == ("60007", 4001))
    #expect(try code(key, secret: key.secret, time: time - 31) == ("60006", 4001))
    var other = key
    other.passphrase = "other"
    #expect(try code(other, secret: key.secret, time: time) == ("60024", 4001))
    other.id = "other"
    #expect(try code(other, secret: key.secret, time: time) == ("60005", 4001))
  }

  @Test func privateChannelsNeedALogin() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private)
    venue.send("subscribe", [["channel": "account"]], to: session)
    #expect(try code(connection) == "60011")
    venue.send("order", [["instId": "BTC-USDT"]], id: "1", to: session)
    #expect(try code(connection) == "60011")
    let (other, kept) = try venue.session(.private, account: 1)
    venue.send("subscribe", [["channel": "orders"]], to: other)
    #expect(try code(kept) == "60018")
    venue.send("subscribe", [["channel": "orders", "instType": "SPOT"]], to: other)
    let count = try #require(try kept.take().last)
    #expect(count["event"]?.string == "channel-conn-count" && count["connCount"]?.string == "1")
  }

  @Test func ordersGoToWhoWantsThem() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    venue.send("subscribe", [["channel": "orders", "instType": "SWAP"]], to: session)
    _ = try connection.take()
    _ = try venue.place("BTC-USDT", "buy", "limit", "1", "50000")
    _ = try venue.place("BTC-USDT-SWAP", "buy", "limit", "1", "50000", account: 2)
    #expect(try connection.take().isEmpty)
    _ = try venue.place("BTC-USDT-SWAP", "buy", "limit", "1", "50000")
    let push = try #require(try connection.take().first)
    #expect(push["arg"]?["uid"]?.string == venue.core.accounts[1].uid)
    session.end()
    _ = try venue.place("BTC-USDT-SWAP", "buy", "limit", "1", "50000")
    #expect(try connection.take().isEmpty)
  }

  @Test func aFailureMayHideWhatWasDone() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    _ = try connection.take()
    let order: JSONValue = [
      "instIdCode": 10301, "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "1",
      "px": "50000",
    ]
    connection.failure = .serverError(status: 502, isCarriedOut: false)
    venue.send("order", [order], id: "1", to: session)
    #expect(try code(connection) == "50026")
    #expect(venue.core.exchange.openOrders(of: 1).isEmpty)
    connection.failure = .serverError(status: 502, isCarriedOut: true)
    venue.send("order", [order], id: "2", to: session)
    #expect(try code(connection) == "50004")
    #expect(venue.core.exchange.openOrders(of: 1).count == 1)
  }

  @Test func orderEntryTakesCodes() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    _ = try connection.take()
    let terms: [(key: String, value: JSONValue)] = [
      ("tdMode", "cash"), ("side", "buy"), ("ordType", "limit"), ("sz", "1"), ("px", "50000"),
    ]
    func answer(_ name: (key: String, value: JSONValue)) throws -> String? {
      venue.send("order", [.object([name] + terms)], id: "1", to: session)
      return try connection.take().last?["data"]?.elements?.first?["sCode"]?.string
    }
    #expect(try answer(("instId", "BTC-USDT")) == "50014")
    #expect(try answer(("instIdCode", 7)) == "51001")
    #expect(try answer(("instIdCode", 10301)) == "0")
    #expect(try answer(("instIdCode", "10301")) == "0")
  }

  @Test func requestsAreCounted() throws {
    var settings = OKXSettings()
    settings.requestsInHour = 3
    let venue = try OKXSimulated(settings)
    let (session, connection) = try venue.session(.public)
    for _ in 0..<3 {
      venue.send("subscribe", [["channel": "trades", "instId": "BTC-USDT"]], to: session)
      #expect(try connection.take().first?["event"]?.string == "subscribe")
    }
    venue.send("subscribe", [["channel": "trades", "instId": "BTC-USDT"]], to: session)
    #expect(try code(connection) == "60014")
  }

  /// Several trades of one taker at one price are told as one, and one by one.
  @Test func tradesOfOneTaker() throws {
    let venue = try OKXSimulated()
    for _ in 0..<3 { _ = try venue.place("BTC-USDT", "sell", "limit", "0.1", "60000", account: 2) }
    _ = try venue.place("BTC-USDT", "sell", "limit", "0.1", "60001", account: 2)
    let (session, connection) = try venue.session(.public)
    venue.send("subscribe", [["channel": "trades", "instId": "BTC-USDT"]], to: session)
    let (business, single) = try venue.session(.business)
    venue.send("subscribe", [["channel": "trades-all", "instId": "BTC-USDT"]], to: business)
    _ = try (connection.take(), single.take())
    _ = try venue.place("BTC-USDT", "buy", "limit", "0.4", "60001")
    let trades = try connection.take().compactMap { $0["data"]?.elements?.first }
    #expect(trades.map { $0["count"]?.string } == ["3", "1"])
    #expect(trades.map { $0["sz"]?.string } == ["0.3", "0.1"])
    #expect(try single.take().count == 4)
  }
}
