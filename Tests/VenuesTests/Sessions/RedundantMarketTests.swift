import Testing
import TradingModel

@testable import Venues

/// What two lines do in single cases.
@Suite struct RedundantMarketTests {
  /// Both lines are up, and the book is good.
  private func synced(_ style: LineStyle) -> TwoLines {
    let venue = TwoLines(style, seed: 7)
    for index in 0..<2 { venue.open(index) }
    venue.make()
    for index in 0..<2 { while venue.bring(index) {} }
    venue.answerRequests()
    venue.make()
    for index in 0..<2 { while venue.bring(index) {} }
    return venue
  }

  private func counts(_ venue: TwoLines) throws -> MarketCounts {
    switch venue.carrier.session {
    case let session as MarketSession<BinanceSpotMarket>: return session.counts
    case let session as MarketSession<BinanceUSDMMarket>: return session.counts
    case let session as MarketSession<OKXMarket>: return session.counts
    case let session as MarketSession<BybitMarket>: return session.counts
    default:
      Issue.record("a market session was expected")
      return MarketCounts()
    }
  }

  @Test func opensEveryStreamTwice() {
    let venue = TwoLines(.futures, seed: 1)
    let channels = venue.carrier.session.channels
    #expect(channels.map(\.kind) == [.webSocket, .http, .webSocket, .webSocket, .webSocket])
    #expect(channels[3].address == channels[0].address)
    #expect(channels[4].address == channels[2].address)
    #expect(channels[3].purpose == "books, second line")
    #expect(venue.carrier.opened == [0, 1, 2, 3, 4])
    for channel in [0, 2, 3, 4] { venue.carrier.open(channel) }
    let texts = venue.carrier.takeTexts()
    #expect(texts.map(\.channel) == [0, 2, 3, 4])
    #expect(texts[0].text == texts[2].text.replacing("\"id\":1", with: "\"id\":1"))
    #expect(texts[1].text.contains("aggTrade") && texts[3].text.contains("aggTrade"))
  }

  @Test func theEnvironmentSaysWhetherThereAreTwo() {
    var environment = BinanceSpot.description.environments[0]
    let budget = SharedBudget(BinanceSpot.description.rateLimits)
    func session() -> any VenueSession {
      BinanceSpot.marketSession(
        environment, following: BinanceSpotMarketTests.scales, budget: budget, silenceMax: 1,
        recorder: nil)
    }
    #expect(session().channels.count == 2)
    environment.hasRedundantFeed = true
    #expect(session().channels.count == 3)
  }

  @Test(arguments: LineStyle.allCases)
  func eachUpdateIsToldOnce(_ style: LineStyle) throws {
    let venue = synced(style)
    #expect(venue.states == [.synced])
    let before = venue.sequences.count
    for _ in 0..<10 {
      venue.make()
      venue.bring(1)
      venue.bring(0)
    }
    #expect(venue.sequences.count == before + 10)
    #expect(venue.book == venue.now)
    let counts = try counts(venue)
    #expect(counts.lines[1].first >= 10 && counts.lines[0].repeated >= 10)
    #expect(counts.lines.map(\.openings) == [1, 1])
    #expect(counts.lines[0].silence(at: venue.carrier.now) == 0)
    venue.pass(milliseconds: 30)
    #expect(try self.counts(venue).lines[0].silence(at: venue.carrier.now) == 30_000_000)
  }

  @Test(arguments: LineStyle.allCases, [0, 1])
  func theLossOfALineIsNotHeard(_ style: LineStyle, lost: Int) throws {
    let venue = synced(style)
    venue.make()
    venue.bring(lost)
    venue.close(lost)
    #expect(venue.states == [.synced])
    venue.make()
    while venue.bring(1 - lost) {}
    #expect(venue.book == venue.now)
    venue.open(lost)
    venue.make()
    venue.bring(lost)
    venue.bring(lost)
    venue.make()
    for index in 0..<2 { while venue.bring(index) {} }
    #expect(venue.book == venue.now)
    venue.close(1 - lost)
    venue.make()
    while venue.bring(lost) {}
    #expect(venue.book == venue.now && venue.states == [.synced])
    #expect(try counts(venue).lines.map(\.losses) == [1, 1])
    venue.close(lost)
    #expect(venue.states == [.synced, .disconnected])
  }

  @Test(arguments: LineStyle.allCases)
  func whatIsAheadWaitsForTheOtherLine(_ style: LineStyle) throws {
    let venue = synced(style)
    let before = venue.sequences.count
    venue.make()
    venue.lose(0)
    venue.make()
    venue.bring(0)
    venue.make()
    venue.bring(0)
    #expect(venue.sequences.count == before)
    while venue.bring(1) {}
    #expect(venue.book == venue.now && venue.states == [.synced])
    #expect(try counts(venue).lines[0].ahead == 2)
    venue.pass(milliseconds: 500)
    #expect(venue.states == [.synced])
  }

  @Test(arguments: LineStyle.allCases)
  func whatNoLineBringsInTimeIsAGap(_ style: LineStyle) {
    let venue = synced(style)
    venue.make()
    venue.lose(0)
    venue.make()
    venue.bring(0)
    venue.pass(milliseconds: 49)
    #expect(venue.states == [.synced])
    venue.pass(milliseconds: 2)
    #expect(venue.states == [.synced, .gap])
    venue.answerRequests()
    while venue.bring(0) || venue.bring(1) {}
    #expect(venue.states == [.synced, .gap, .synced])
    #expect(venue.book == venue.now)
  }

  @Test(arguments: LineStyle.allCases)
  func whatBothLinesHavePassedIsAGapAtOnce(_ style: LineStyle) {
    let venue = synced(style)
    venue.make()
    venue.lose(0)
    venue.lose(1)
    venue.make()
    venue.bring(0)
    #expect(venue.states == [.synced])
    venue.bring(1)
    #expect(venue.states == [.synced, .gap])
  }

  @Test(arguments: LineStyle.allCases)
  func withOneLineLeftAGapIsToldAtOnce(_ style: LineStyle) {
    let venue = synced(style)
    venue.make()
    venue.lose(0)
    venue.make()
    venue.bring(0)
    venue.close(1)
    #expect(venue.states == [.synced, .gap])
  }

  @Test func whatIsAheadIsBounded() throws {
    let venue = synced(.bybit)
    venue.make()
    venue.lose(0)
    for _ in 0...AheadUpdates.countMax {
      venue.make()
      venue.bring(0)
    }
    #expect(venue.states == [.synced, .gap])
    #expect(try counts(venue).lines[0].ahead == AheadUpdates.countMax)
  }

  /// A line that comes back brings a whole book; a good one is not thrown back to it.
  @Test(arguments: [LineStyle.okx, .bybit])
  func aLateSnapshotThrowsNothingBack(_ style: LineStyle) {
    let venue = synced(style)
    let late = venue.wholeBook(venue.now)
    venue.make()
    venue.bring(0)
    let before = venue.sequences.count
    venue.receive(late, 1)
    #expect(venue.sequences.count == before && venue.book == venue.now)
  }

  /// Venues close connections of a certain age: the lines must not be of the same.
  @Test(arguments: LineStyle.allCases)
  func theLinesAreNotOfTheSameAge(_ style: LineStyle) {
    let venue = synced(style)
    venue.close(0)
    venue.pass(milliseconds: 12 * 3_600_000 + 1)
    #expect(venue.carrier.opened.contains(venue.line[1]))
    venue.open(0)
    venue.make()
    for index in 0..<2 { while venue.bring(index) {} }
    venue.answerRequests()
    #expect(venue.state == .synced)
    let states = venue.states
    venue.pass(milliseconds: 60_000)
    #expect(!venue.carrier.opened.contains(venue.line[1]))
    venue.close(1)
    #expect(venue.carrier.opened.contains(venue.line[1]))
    venue.open(1)
    venue.make()
    for index in 0..<2 { while venue.bring(index) {} }
    #expect(venue.states == states && venue.book == venue.now)
    venue.pass(milliseconds: 24 * 3_600_000)
    #expect(venue.carrier.opened.contains(venue.line[1]))
  }

  @Test func aBookNobodyElseCarriesIsLostWithItsLine() {
    let venue = TwoLines(.binance, seed: 3)
    venue.open(0)
    venue.make()
    venue.bring(0)
    venue.answerRequests()
    #expect(venue.states == [.synced])
    // Open, and not heard of its subscription yet.
    venue.open(1)
    venue.close(0)
    #expect(venue.states == [.synced, .disconnected])
  }

  @Test func aQuietBookIsCarriedByALineThatWasGrantedIt() {
    let venue = TwoLines(.binance, seed: 3)
    venue.open(0)
    venue.make()
    venue.bring(0)
    venue.answerRequests()
    venue.open(1)
    venue.receive("{\"result\":null,\"id\":1}", 1)
    venue.close(0)
    #expect(venue.states == [.synced])
    venue.make()
    while venue.bring(1) {}
    #expect(venue.book == venue.now && venue.states == [.synced])
  }

  @Test func whatOneLineCannotReadTheOtherBrings() {
    let venue = synced(.binance)
    venue.make()
    venue.lose(0)
    let broken = """
      {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,\
      "b":[["x","1"]],"a":[]}}
      """
    venue.receive(broken, 0)
    #expect(venue.states == [.synced])
    venue.bring(1)
    #expect(venue.book == venue.now)
    venue.receive(broken, 1)
    #expect(venue.states == [.synced, .gap])
  }

  private func trade(_ id: Int) -> String {
    """
    {"stream":"btcusdt@trade","data":{"e":"trade","E":1,"s":"BTCUSDT","t":\(id),"p":"100",\
    "q":"5","T":1700000000100,"m":true,"M":true}}
    """
  }

  private func tradeIDs(_ carrier: SessionCarrier) -> [TradeID] {
    carrier.records(.trade) { Trade(at: $0).tradeID }
  }

  /// A line that joins ahead of the other must not make trades disappear.
  @Test func eachTradeIsToldOnceInWhateverOrder() throws {
    let venue = TwoLines(.binance, seed: 1)
    let carrier = venue.carrier
    for index in 0..<2 { carrier.open(venue.line[index]) }
    for (line, id) in [(0, 7), (0, 8), (2, 7), (2, 10), (0, 8), (0, 9), (0, 10), (2, 9), (2, 11)] {
      carrier.receive(trade(id), on: line)
    }
    #expect(tradeIDs(carrier) == [7, 8, 10, 9, 11])
    #expect(try counts(venue).repeatedTrades == 4)
  }

  @Test func tradesWithoutNumbersAreKnownByTheirNames() {
    let venue = TwoLines(.bybit, seed: 1)
    for index in 0..<2 { venue.carrier.open(index) }
    func trades(_ names: [String]) -> String {
      let list = names.map {
        """
        {"T":1700000000100,"s":"BTCUSDT","S":"Buy","v":"1","p":"100","i":"\($0)"}
        """
      }
      return """
        {"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1700000000100,\
        "data":[\(list.joined(separator: ","))]}
        """
    }
    venue.carrier.receive(trades(["a-1", "a-2"]), on: 0)
    venue.carrier.receive(trades(["a-1", "a-2"]), on: 1)
    venue.carrier.receive(trades(["a-2", "a-3"]), on: 1)
    #expect(tradeIDs(venue.carrier).count == 3)
  }

  @Test func bestQuotesAreToldByTheirNumbers() {
    let venue = TwoLines(.binance, seed: 1)
    for index in 0..<2 { venue.carrier.open(venue.line[index]) }
    func quote(_ number: Int) -> String {
      """
      {"stream":"btcusdt@bookTicker","data":{"u":\(number),"s":"BTCUSDT","b":"1","B":"2","a":"3",\
      "A":"3"}}
      """
    }
    for (line, number) in [(0, 9), (2, 9), (2, 11), (0, 10), (0, 11), (0, 12)] {
      venue.carrier.receive(quote(number), on: line)
    }
    let numbers = venue.carrier.records(.bestQuote) { BestQuote(at: $0).venueSequence }
    #expect(numbers == [9, 11, 12])
  }
}

@Suite struct SeenTradesTests {
  @Test func eachNumberIsNewOnce() {
    let seen = SeenTrades()
    for round in 0..<3 {
      for key in UInt64(1)...1_000 { #expect(seen.insert(key, isOrdered: true) == (round == 0)) }
    }
  }

  @Test func whatIsForgottenIsOldWhereNumbersRise() {
    let seen = SeenTrades()
    let end = UInt64(SeenTrades.countMax * 5)
    for key in 1...end where key != 17 { _ = seen.insert(key, isOrdered: true) }
    #expect(!seen.insert(17, isOrdered: true))
    for key in end - UInt64(SeenTrades.countMax) + 1...end {
      #expect(!seen.insert(key, isOrdered: false))
    }
    #expect(seen.insert(end + 1, isOrdered: true))
  }
}
