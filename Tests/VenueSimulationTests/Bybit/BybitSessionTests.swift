import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Connections: books, log-ins, order entry.
@Suite struct BybitSessionTests {
  /// A book as a client keeps it.
  private struct Book {
    var levels: [[String: String]] = [[:], [:]]
    var updateID: Int64 = 0

    mutating func take(_ message: JSONValue) throws {
      let data = try #require(message["data"])
      let id = try #require(data["u"]?.integer)
      if message["type"] == "snapshot" {
        levels = [[:], [:]]
      } else {
        #expect(id == updateID + 1)
      }
      updateID = id
      for (place, side) in ["b", "a"].enumerated() {
        for level in data[side]?.elements ?? [] {
          let price = try #require(level.elements?.first?.string)
          let quantity = try #require(level.elements?.last?.string)
          if quantity == "0" {
            // What goes was there.
            #expect(levels[place].removeValue(forKey: price) != nil)
          } else {
            levels[place][price] = quantity
          }
        }
      }
    }
  }

  private func follow(_ texts: [JSONValue], _ book: inout Book) throws {
    for message in texts where message["topic"] != nil { try book.take(message) }
  }

  @Test(arguments: [BybitCategory.spot, .linear], [50, 200, 1_000])
  func booksFollowTheVenue(category: BybitCategory, depth: Int) throws {
    let venue = try BybitSimulated.unlimited(eventsPerSecond: 400)
    venue.advance(milliseconds: 1_000)
    let (session, connection) = venue.publicSession(category)
    session.received(#"{"op":"subscribe","args":["orderbook.\#(depth).BTCUSDT"]}"#, at: venue.now)
    var book = Book()
    try follow(connection.take(), &book)
    for _ in 0..<20 {
      venue.advance(milliseconds: 250)
      try follow(connection.take(), &book)
      let instrument = try #require(venue.core.instrument("BTCUSDT", category))
      let place = try #require(BybitBook.depths.firstIndex(of: depth))
      let topic = venue.core.books[Int(instrument)].topics[place]
      #expect(Int64(topic.updateID) == book.updateID)
      let symbol = venue.core.symbol(instrument)
      #expect(book.levels[0].count == topic.bids.count && book.levels[1].count == topic.asks.count)
      for level in topic.bids {
        #expect(book.levels[0][symbol.price(level.price)] == symbol.quantity(level.quantity))
      }
    }
    // A restart of the service: a snapshot with update id 1, and on from there.
    venue.core.restartBook(of: try #require(venue.core.instrument("BTCUSDT", category)))
    let messages = try connection.take()
    #expect(messages.first?["type"] == "snapshot" && messages.first?["data"]?["u"] == 1)
    try follow(messages, &book)
    venue.advance(milliseconds: 2_000)
    try follow(connection.take(), &book)
    #expect(book.updateID > 1)
  }

  /// Who listens already is not sent what the next one is told first.
  @Test func listenersJoinInBetween() throws {
    let venue = try BybitSimulated.unlimited(eventsPerSecond: 400)
    let request = #"{"op":"subscribe","args":["orderbook.200.ETHUSDT"]}"#
    let (first, heardFirst) = venue.publicSession(.linear)
    first.received(request, at: venue.now)
    venue.advance(milliseconds: 530)
    let (second, heardSecond) = venue.publicSession(.linear)
    second.received(request, at: venue.now)
    venue.advance(milliseconds: 500)
    var (one, other) = (Book(), Book())
    try follow(heardFirst.take(), &one)
    try follow(heardSecond.take(), &other)
    #expect(one.updateID == other.updateID && one.levels == other.levels)
  }

  @Test func bestLevelsAreSnapshots() throws {
    let venue = try BybitSimulated.unlimited()
    try venue.place("spot", "Buy", "0.1", "59000")
    let (session, connection) = venue.publicSession(.spot)
    session.received(#"{"op":"subscribe","args":["orderbook.1.BTCUSDT"]}"#, at: venue.now)
    #expect(try connection.take().count == 2)
    try venue.place("spot", "Buy", "0.2", "59001")
    venue.advance(milliseconds: 10)
    let changed = try #require(try connection.take().first)
    #expect(changed["type"] == "snapshot")
    #expect(changed["data"]?["b"] == [["59001.00", "0.200000"]] && changed["data"]?["a"] == [])
    // Without a change it comes again after three seconds, with the same update id.
    venue.advance(milliseconds: 3_010)
    let again = try connection.take()
    #expect(again.count == 1 && again.first?["data"]?["u"] == changed["data"]?["u"])
  }

  @Test func requestsOfPublicStreams() throws {
    let venue = try BybitSimulated.unlimited()
    let (session, connection) = venue.publicSession(.spot)
    func ask(_ text: String) throws -> JSONValue {
      session.received(text, at: venue.now)
      return try #require(try connection.take().first)
    }
    let unknown = try ask(#"{"op":"subscribe","req_id":"7","args":["orderbook.500.BTCUSDT"]}"#)
    #expect(unknown["success"] == false && unknown["req_id"] == "7")
    #expect(unknown["ret_msg"] == "error:handler not found,topic:orderbook.500.BTCUSDT")
    let many = (0..<11).map { _ in "\"tickers.BTCUSDT\"" }.joined(separator: ",")
    #expect(try ask(#"{"op":"subscribe","args":[\#(many)]}"#)["ret_msg"] == "args size >10")
    #expect(try ask(#"{"op":"subscribe","args":["allLiquidation.BTCUSDT"]}"#)["success"] == false)
    #expect(try ask(#"{"op":"ping"}"#)["ret_msg"] == "pong")
    for text in ["", "[", "7", "{}", #"{"op":7}"#, #"{"op":"nothing"}"#, #"{"op":"subscribe"}"#] {
      #expect(try ask(text)["success"] == false)
    }
    let (linear, heard) = venue.publicSession(.linear)
    linear.received(#"{"op":"subscribe","args":["allLiquidation.BTCUSDT"]}"#, at: venue.now)
    #expect(try heard.take().first?["success"] == true)
  }

  @Test func logIns() throws {
    let venue = try BybitSimulated()
    let connection = KeptConnection()
    let session = BybitPrivateSession(connection, venue.core, at: venue.now)
    func ask(_ text: String) throws -> JSONValue {
      session.received(text, at: venue.now)
      return try #require(try connection.take().first)
    }
    let early = try ask(#"{"op":"subscribe","args":["order"]}"#)
    #expect(early["ret_msg"] == "Request not authorized")
    #expect(try ask(venue.logIn(venue.key(), expiresIn: 0))["success"] == false)
    var other = venue.key()
    other.secret = "wrong"
    #expect(try ask(venue.logIn(other))["ret_msg"] == "Invalid sign")
    for text in [
      #"{"op":"auth"}"#, #"{"op":"auth","args":[1,2,3]}"#, #"{"op":"auth","args":["a"]}"#,
    ] {
      #expect(try ask(text)["success"] == false)
    }
    #expect(try ask(venue.logIn(venue.key()))["success"] == true)
    #expect(try ask(#"{"op":"subscribe","args":["order","nothing"]}"#)["success"] == false)
    #expect(try ask(#"{"op":"subscribe","args":["order.linear"]}"#)["success"] == true)
    try venue.place("spot", "Buy", "0.1", "59000")
    #expect(try connection.take().isEmpty)
    try venue.place("linear", "Buy", "0.1", "59000")
    #expect(try connection.take().map { $0["topic"]?.string } == ["order.linear"])
    try venue.place("linear", "Buy", "0.1", "59000", account: 2)
    #expect(try connection.take().isEmpty)
  }

  @Test func orderEntry() throws {
    let venue = try BybitSimulated()
    let (session, connection) = try venue.tradeSession()
    func ask(
      _ op: String, _ id: String, _ arguments: String, time: Int64 = 0
    ) throws -> JSONValue {
      session.received(
        #"{"reqId":"\#(id)","header":{"X-BAPI-TIMESTAMP":"\#(venue.now.milliseconds + time)"},"#
          + #""op":"\#(op)","args":[\#(arguments)]}"#, at: venue.now)
      return try #require(try connection.take().first)
    }
    let order =
      #"{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","#
      + #""price":"59000","orderLinkId":"by-socket"}"#
    let placed = try ask("order.create", "a", order)
    #expect(placed["retCode"] == 0 && placed["data"]?["orderLinkId"] == "by-socket")
    #expect(placed["header"]?["X-Bapi-Limit-Status"] == "9")
    #expect(try ask("order.create", "a", order)["retCode"] == 20006)
    #expect(try ask("order.create", "b", order)["retCode"] == 110072)
    #expect(try ask("order.create", "c", order, time: -6_000)["retCode"] == 10002)
    #expect(try ask("order.nothing", "d", order)["retCode"] == 10404)
    #expect(try ask("order.create", "e", "")["retCode"] == 10001)
    let name = #"{"category":"linear","symbol":"BTCUSDT","orderLinkId":"by-socket"}"#
    #expect(try ask("order.cancel", "f", name)["data"]?["orderId"] == placed["data"]?["orderId"])
    session.received(#"{"op":"ping"}"#, at: venue.now)
    #expect(try connection.take().first?["op"] == "pong")
    session.received(venue.logIn(venue.key()), at: venue.now)
    #expect(try connection.take().first?["retCode"] == 20001)
    // A server's error behind the deed: the answer does not tell, but the order is there.
    connection.failure = .serverError(status: 500, isCarriedOut: true)
    let lost = order.replacing("by-socket", with: "lost")
    #expect(try ask("order.create", "g", lost)["retCode"] == 10016)
    connection.failure = nil
    let found = try venue.get("order/realtime", "category=linear&orderLinkId=lost")
    #expect(try venue.result(found)["list"]?.elements?.first?["orderStatus"] == "New")
  }
}
