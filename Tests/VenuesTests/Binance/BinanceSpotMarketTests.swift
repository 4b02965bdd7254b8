import Testing
import TradingModel

@testable import Venues

/// The market session, with Binance spot's dialect.
@Suite struct BinanceSpotMarketTests {
  static let environment = BinanceSpot.description.environments[0]
  static let scales = [
    SymbolScale(symbol: "BTCUSDT", listing: 3, priceDecimals: 2, quantityDecimals: 5),
    SymbolScale(symbol: "ETHUSDT", listing: 5, priceDecimals: 2, quantityDecimals: 4),
  ]

  static func carrier(
    _ scales: [SymbolScale] = scales, silence: Int64 = 10_000_000_000
  ) -> SessionCarrier {
    let budget = SharedBudget(BinanceSpot.description.rateLimits)
    let carrier = SessionCarrier(
      MarketSession(
        BinanceSpotMarket(environment), following: scales, budget: budget, silenceMax: silence))
    carrier.start()
    carrier.open(1)
    carrier.open(0)
    return carrier
  }

  private func update(_ first: Int, _ last: Int, _ bids: String = "", symbol: String = "BTCUSDT")
    -> String
  {
    """
    {"stream":"\(symbol.lowercased())@depth@100ms","data":{"e":"depthUpdate","E":1700000000123,\
    "s":"\(symbol)","U":\(first),"u":\(last),"b":[\(bids)],"a":[]}}
    """
  }

  private func snapshot(_ last: Int) -> String {
    "{\"lastUpdateId\":\(last),\"bids\":[[\"100.00\",\"1.5\"]],\"asks\":[[\"100.50\",\"2\"]]}"
  }

  private func states(_ carrier: SessionCarrier) -> [FeedState] {
    carrier.records(.feedStatus) { FeedStatus(at: $0)?.state }
  }

  /// Three streams a symbol, of which a connection takes 1,024.
  @Test func moreSymbolsThanAConnectionTakesAreRefused() {
    #expect(BinanceSpot.description.refusal(following: 341) == nil)
    #expect(
      BinanceSpot.description.refusal(following: 342)
        == "342 symbols are more than one connection to binance-spot takes: at most 341")
    #expect(BinanceUSDM.description.refusal(following: 512) == nil)
    #expect(BinanceUSDM.description.refusal(following: 513) != nil)
    #expect(OKX.description.refusal(following: 10_000) == nil)
  }

  @Test func subscribesWhenItsStreamIsUp() {
    let carrier = Self.carrier()
    #expect(carrier.opened == [0, 1])
    let sent = carrier.takeTexts()
    #expect(
      sent.map(\.text) == [
        """
        {"method":"SUBSCRIBE","params":["btcusdt@depth@100ms","btcusdt@trade","btcusdt@bookTicker",\
        "ethusdt@depth@100ms","ethusdt@trade","ethusdt@bookTicker"],"id":1}
        """
      ])
    carrier.close(0)
    carrier.open(0)
    #expect(carrier.takeTexts().count == 1)
  }

  @Test func pacesManySubscriptions() {
    let many = (0..<200).map {
      SymbolScale(
        symbol: "S\($0)USDT", listing: UInt16($0), priceDecimals: 2, quantityDecimals: 2)
    }
    let carrier = Self.carrier(many)
    #expect(carrier.takeTexts().count == 1)
    carrier.pass(seconds: 0.2)
    #expect(carrier.takeTexts().isEmpty)
    carrier.pass(seconds: 1)
    #expect(carrier.takeTexts().count == 3)
  }

  @Test func joinsHeldUpdatesToTheSnapshot() {
    let carrier = Self.carrier()
    carrier.receive("{\"result\":null,\"id\":1}")
    carrier.receive(update(95, 100))
    #expect(
      carrier.takeRequests() == [
        .init(channel: 1, tag: 0, text: "GET /api/v3/depth?symbol=BTCUSDT&limit=1000")
      ])
    carrier.receive(update(101, 105, "[\"99.99\",\"3\"]"))
    carrier.receive(update(106, 110))
    #expect(carrier.takeRequests().isEmpty)
    #expect(carrier.kinds.isEmpty)
    carrier.answer(0, snapshot(102))
    #expect(carrier.kinds == [.bookUpdate, .feedStatus, .bookUpdate, .bookUpdate])
    #expect(states(carrier) == [.synced])
    let updates = carrier.records(.bookUpdate) { BookUpdate(at: $0) }
    #expect(updates.map(\.isSnapshot) == [true, false, false])
    #expect(updates.map(\.venueSequence) == [102, 105, 110])
    #expect(updates.allSatisfy { $0.listing == 3 })
    _ = carrier.takeKinds()
    carrier.receive(update(111, 112))
    #expect(carrier.takeKinds() == [.bookUpdate])
  }

  /// JSON has its fields in any order, and spaces between them.
  @Test func dataInAnotherOrderIsData() {
    let carrier = synced()
    _ = carrier.takeKinds()
    let usual = update(101, 101)
    let data = usual.split(separator: "\"data\":")[1].dropLast()
    carrier.receive("{\"data\":\(data),\"stream\":\"btcusdt@depth@100ms\"}")
    #expect(carrier.takeKinds() == [.bookUpdate])
    carrier.receive(
      update(102, 102).replacing("{\"stream\":", with: "{ \"stream\" : "))
    #expect(carrier.takeKinds() == [.bookUpdate])
    carrier.receive("\n" + update(103, 103))
    #expect(carrier.takeKinds() == [.bookUpdate])
  }

  private func synced() -> SessionCarrier {
    let carrier = Self.carrier()
    carrier.receive(update(95, 100))
    carrier.answer(0, snapshot(100))
    _ = carrier.takeKinds()
    _ = carrier.takeRequests()
    return carrier
  }

  @Test func startsOverAtAGap() {
    let carrier = synced()
    carrier.receive(update(103, 104))
    #expect(states(carrier) == [.gap])
    #expect(carrier.takeKinds() == [.feedStatus])
    #expect(carrier.takeRequests().count == 1)
    carrier.receive(update(105, 106))
    carrier.answer(0, snapshot(104))
    #expect(states(carrier) == [.synced])
    #expect(carrier.takeKinds() == [.bookUpdate, .feedStatus, .bookUpdate])
  }

  @Test func asksAgainWhenTheSnapshotIsTooOld() {
    let carrier = Self.carrier()
    carrier.receive(update(195, 200))
    _ = carrier.takeRequests()
    carrier.answer(0, snapshot(150))
    #expect(states(carrier).last == .gap)
    #expect(carrier.takeRequests().isEmpty)
    carrier.pass(seconds: 0.6)
    #expect(carrier.takeRequests().count == 1)
    carrier.answer(0, snapshot(200))
    #expect(states(carrier).last == .synced)
  }

  @Test func waitsForTheVenuesLimit() {
    let carrier = Self.carrier()
    carrier.receive(update(95, 100))
    _ = carrier.takeRequests()
    carrier.answer(0, status: 429, "{}", headers: ["retry-after": "20"])
    carrier.pass(seconds: 19)
    #expect(carrier.takeRequests().isEmpty)
    carrier.pass(seconds: 2)
    #expect(carrier.takeRequests().count == 1)
  }

  /// What is refused for good is asked for now and then only.
  @Test func aSnapshotRefusedForGoodIsToldOf() throws {
    let carrier = Self.carrier()
    carrier.receive(update(95, 100))
    _ = carrier.takeRequests()
    let session = try #require(carrier.common as? MarketSession<BinanceSpotMarket>)
    for _ in 0..<3 {
      carrier.answer(0, status: 400, "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}")
      #expect(session.lastFault?.contains("BTCUSDT was refused with 400") == true)
      #expect(session.lastFault?.contains("Invalid symbol") == true)
      carrier.pass(seconds: 29)
      #expect(carrier.takeRequests().isEmpty)
      carrier.pass(seconds: 2)
      #expect(carrier.takeRequests().count == 1)
    }
  }

  @Test(arguments: ["", "{}", "[1]", "{\"lastUpdateId\":0}", "{\"lastUpdateId\":5,\"bids\":3}"])
  func asksAgainForASnapshotItCannotRead(_ body: String) {
    let carrier = Self.carrier()
    carrier.receive(update(95, 100))
    _ = carrier.takeRequests()
    carrier.answer(0, body)
    #expect(states(carrier).isEmpty)
    carrier.pass(seconds: 1)
    #expect(carrier.takeRequests().count == 1)
  }

  @Test func tellsOfALostConnection() {
    let carrier = synced()
    carrier.close(0)
    #expect(states(carrier) == [.disconnected, .disconnected])
    _ = carrier.takeKinds()
    carrier.open(0)
    // What came before the connection was lost joins nothing.
    carrier.receive(update(101, 102))
    #expect(carrier.takeKinds().isEmpty)
    #expect(carrier.takeRequests().count == 1)
    carrier.answer(0, snapshot(102))
    #expect(states(carrier) == [.synced])
  }

  @Test func aSnapshotOfTheLastConnectionIsOfNoUse() {
    let carrier = Self.carrier()
    carrier.receive(update(95, 100))
    carrier.close(0)
    _ = carrier.takeKinds()
    carrier.answer(0, snapshot(100))
    #expect(carrier.takeKinds().isEmpty)
  }

  @Test func silenceMakesABookStale() {
    let carrier = synced()
    carrier.pass(seconds: 9.9)
    #expect(carrier.kinds.isEmpty)
    carrier.pass(seconds: 0.2)
    #expect(states(carrier) == [.stale])
    carrier.pass(seconds: 60)
    #expect(states(carrier) == [.stale])
    carrier.receive(update(101, 101))
    #expect(states(carrier) == [.stale, .synced])
    #expect(carrier.takeKinds() == [.feedStatus, .bookUpdate, .feedStatus])
  }

  @Test func aMessageItCannotReadStartsItsBookOver() {
    let carrier = synced()
    carrier.receive(update(101, 102, "[\"x\",\"3\"]"))
    #expect(states(carrier) == [.gap])
    #expect(carrier.takeRequests().count == 1)
    carrier.receive("{\"stream\":")
    carrier.receive([0xFF, 0x00])
    carrier.receive("")
    #expect(states(carrier) == [.gap])
  }

  /// More decimals than the listing has: the venue may have changed it, and that is said.
  @Test func aPriceWithTooManyDecimalsNamesItsSymbol() throws {
    let carrier = synced()
    carrier.receive(update(101, 102, "[\"99.999\",\"3\"]"))
    let session = try #require(carrier.common as? MarketSession<BinanceSpotMarket>)
    let fault = try #require(session.lastFault)
    #expect(
      fault.contains("a number of at most 2 decimals")
        && fault.contains("for BTCUSDT, whose tick or lot may have changed"), "\(fault)")
  }

  /// The levels were read in the units of the first, and are not the second's.
  @Test func aSecondSymbolBehindLevelsIsRefused() throws {
    let carrier = synced()
    carrier.receive(
      update(101, 102, "[\"99.99\",\"3\"]").replacing(
        "\"a\":[]", with: "\"a\":[],\"s\":\"ETHUSDT\""))
    #expect(carrier.records(.bookUpdate) { BookUpdate(at: $0) }.isEmpty)
    let session = try #require(carrier.common as? MarketSession<BinanceSpotMarket>)
    #expect(session.lastFault?.contains("one symbol in a message") == true)
  }

  @Test func givesEachTradeAndQuoteOnce() {
    let carrier = Self.carrier()
    let trade = """
      {"stream":"btcusdt@trade","data":{"e":"trade","E":1,"s":"BTCUSDT","t":7,"p":"100.01",\
      "q":"0.5","T":1700000000100,"m":true,"M":true}}
      """
    let quote = """
      {"stream":"btcusdt@bookTicker","data":{"u":9,"s":"BTCUSDT","b":"1.00","B":"2","a":"1.01",\
      "A":"3"}}
      """
    for _ in 0..<2 {
      carrier.receive(trade)
      carrier.receive(quote)
    }
    let trades = carrier.records(.trade) { Trade(at: $0) }
    #expect(
      trades == [
        Trade(
          listing: 3, aggressor: .sell, tradeID: 7, venueTime: 1_700_000_000_100_000_000,
          price: 10_001, quantity: 50_000)
      ])
    let quotes = carrier.records(.bestQuote) { BestQuote(at: $0) }
    #expect(quotes.count == 1)
    #expect(quotes.first?.listing == 3 && quotes.first?.askPrice == 101)
  }

  @Test func aRefusedSubscriptionIsTold() throws {
    let carrier = Self.carrier()
    carrier.receive("{\"error\":{\"code\":2,\"msg\":\"Invalid request\"},\"id\":1}")
    let session = try #require(carrier.common as? MarketSession<BinanceSpotMarket>)
    #expect(session.counts.refused == 1)
    #expect(session.lastFault?.contains("Invalid request") == true)
  }

  @Test(.enabled(if: Recordings.areThere, "no ../shared/data"))
  func givesWhatTheCaptureGives() throws {
    let files = ["binance_spot/btcusdt_20240808.gz"].map { Recordings.feed($0) }
    let survey = try CaptureSurvey(kind: .binanceSpot, files: files)
    let scale = [SymbolScale(symbol: "BTCUSDT", listing: 3, priceDecimals: 2, quantityDecimals: 8)]
    var capture = try CaptureFeed(survey: survey, following: scale)
    var expected = RecordBuffer(capacity: 1 << 26)
    while try capture.next(into: &expected) {}
    let carrier = Self.carrier(scale, silence: .max / 4)
    var lines = try CaptureLines(files: files)
    while let line = try lines.next() {
      let frame = Array(line.drop { $0 != 0x20 }.dropFirst())
      if frame.starts(with: Array("{\"lastUpdateId\"".utf8)) {
        carrier.answer(0, frame)
      } else {
        carrier.receive(frame)
      }
    }
    var offset = 0
    var index = 0
    while offset < expected.byteCount, index < carrier.kinds.count {
      let record = UnsafeRawPointer(expected.base + offset)
      let count = Int(record.load(as: UInt32.self))
      let body = UnsafeRawBufferPointer(
        start: record + RecordHeader.byteCount, count: count - RecordHeader.byteCount)
      try #require(carrier.bodies[index].elementsEqual(body), "record \(index)")
      offset += count
      index += 1
    }
    #expect(offset == expected.byteCount && index == carrier.kinds.count)
    #expect(index > 40_000)
  }

  /// Numbers that began anew are all older than the book: it grows stale in spite of them.
  @Test func updatesOlderThanTheBookDoNotKeepItFresh() {
    let carrier = synced()
    for second in 0..<12 {
      carrier.receive(update(second + 1, second + 1))
      carrier.pass(seconds: 1)
    }
    #expect(states(carrier).first == .stale)
    // Then the book is begun anew, and goes on with the new numbers.
    #expect(carrier.takeRequests().count == 1)
    carrier.answer(0, snapshot(12))
    carrier.receive(update(13, 13))
    #expect(states(carrier).last == .synced)
  }
}
