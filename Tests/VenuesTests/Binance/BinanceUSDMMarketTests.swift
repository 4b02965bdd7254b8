import Testing
import TradingModel

@testable import Venues

/// The market session, with Binance USD-M futures' dialect.
@Suite struct BinanceUSDMMarketTests {
  static let scales = [
    SymbolScale(symbol: "BTCUSDT", listing: 3, priceDecimals: 1, quantityDecimals: 3),
    SymbolScale(symbol: "ETHUSDT", listing: 5, priceDecimals: 2, quantityDecimals: 3),
  ]

  private func session(
    _ environment: VenueEnvironment = BinanceUSDM.description.environments[0],
    _ scales: [SymbolScale] = scales
  ) -> MarketSession<BinanceUSDMMarket> {
    MarketSession(
      BinanceUSDMMarket(environment), following: scales,
      budget: SharedBudget(BinanceUSDM.description.rateLimits), silenceMax: 10_000_000_000)
  }

  private func started(
    _ session: MarketSession<BinanceUSDMMarket>, open channels: [Int] = [1, 0, 2]
  ) -> SessionCarrier {
    let carrier = SessionCarrier(session)
    carrier.start()
    for channel in channels { carrier.open(channel) }
    return carrier
  }

  private func update(_ first: Int, _ last: Int, previous: Int, _ bids: String = "") -> String {
    """
    {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000123,\
    "T":1700000000120,"s":"BTCUSDT","U":\(first),"u":\(last),"pu":\(previous),"b":[\(bids)],"a":[]}}
    """
  }

  private func snapshot(_ last: Int) -> String {
    """
    {"lastUpdateId":\(last),"E":1700000000200,"T":1700000000199,"bids":[["100.0","1.5"]],\
    "asks":[["100.5","2"]]}
    """
  }

  private func states(_ carrier: SessionCarrier) -> [FeedState] {
    carrier.records(.feedStatus) { FeedStatus(at: $0)?.state }
  }

  @Test func dataInAnotherOrderIsData() {
    let carrier = started(session())
    carrier.receive(update(95, 100, previous: 94))
    carrier.answer(0, snapshot(100))
    _ = carrier.takeKinds()
    let data = update(101, 101, previous: 100).split(separator: "\"data\":")[1].dropLast()
    carrier.receive("{\"data\":\(data),\"stream\":\"btcusdt@depth@100ms\"}")
    #expect(carrier.takeKinds() == [.bookUpdate])
  }

  @Test func booksAndTradesComeOverTwoStreams() {
    let session = session()
    #expect(
      session.channels.map(\.address) == [
        "wss://fstream.binance.com/public/stream", "https://fapi.binance.com",
        "wss://fstream.binance.com/market/stream",
      ])
    let carrier = started(session)
    #expect(carrier.opened == [0, 1, 2])
    #expect(
      carrier.takeTexts() == [
        .init(
          channel: 0, tag: 0,
          text: """
            {"method":"SUBSCRIBE","params":["btcusdt@depth@100ms","btcusdt@bookTicker",\
            "ethusdt@depth@100ms","ethusdt@bookTicker"],"id":1}
            """),
        .init(
          channel: 2, tag: 0,
          text: """
            {"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@markPrice@1s",\
            "ethusdt@aggTrade","ethusdt@markPrice@1s"],"id":2}
            """),
      ])
  }

  @Test func overAnAddressWithoutARouteEverythingComesOverOne() {
    var environment = BinanceUSDM.description.environments[0]
    environment.publicStream = "wss://127.0.0.1:9000/stream"
    let carrier = started(session(environment), open: [1, 0])
    #expect(carrier.opened == [0, 1])
    let sent = carrier.takeTexts()
    #expect(sent.count == 1)
    #expect(
      sent[0].text.contains(
        "\"btcusdt@depth@100ms\",\"btcusdt@bookTicker\",\"btcusdt@aggTrade\",\"btcusdt@markPrice@1s\""
      ))
  }

  @Test func pacesManySubscriptionsOverEach() {
    let many = (0..<200).map {
      SymbolScale(
        symbol: "S\($0)USDT", listing: UInt16($0), priceDecimals: 2, quantityDecimals: 2)
    }
    let carrier = started(session(BinanceUSDM.description.environments[0], many))
    #expect(carrier.takeTexts().map(\.channel) == [0, 2])
    carrier.pass(seconds: 0.1)
    #expect(carrier.takeTexts().isEmpty)
    carrier.pass(seconds: 1)
    #expect(carrier.takeTexts().map(\.channel).sorted() == [0, 0, 0, 2, 2, 2])
  }

  @Test func joinsHeldUpdatesToTheSnapshot() {
    let carrier = started(session())
    carrier.receive("{\"result\":null,\"id\":1}")
    carrier.receive(update(95, 100, previous: 94))
    #expect(
      carrier.takeRequests() == [
        .init(channel: 1, tag: 0, text: "GET /fapi/v1/depth?symbol=BTCUSDT&limit=1000")
      ])
    carrier.receive(update(101, 105, previous: 100, "[\"99.9\",\"3\"]"))
    // Numbers need not follow each other, only name the one before.
    carrier.receive(update(108, 110, previous: 105))
    carrier.answer(0, snapshot(105))
    #expect(carrier.kinds == [.bookUpdate, .feedStatus, .bookUpdate, .bookUpdate])
    #expect(states(carrier) == [.synced])
    let updates = carrier.records(.bookUpdate) { BookUpdate(at: $0) }
    #expect(updates.map(\.venueSequence) == [105, 105, 110])
    #expect(updates.map(\.isSnapshot) == [true, false, false])
    _ = carrier.takeKinds()
    carrier.receive(update(120, 121, previous: 112))
    #expect(states(carrier) == [.gap])
    #expect(carrier.takeRequests().count == 1)
  }

  @Test func tradesAndMarkPricesOfTheSecondStream() throws {
    let session = session()
    let carrier = started(session)
    let trade = """
      {"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1700000000100,"a":77,"s":"BTCUSDT",\
      "p":"100.1","q":"0.250","nq":"0.250","f":1,"l":2,"T":1700000000099,"m":true,"st":1}}
      """
    carrier.receive(trade, on: 2)
    carrier.receive(trade, on: 2)
    let trades = carrier.records(.trade) { Trade(at: $0) }
    #expect(trades.count == 1)
    #expect(trades[0].tradeID == 77 && trades[0].price == 1001 && trades[0].quantity == 250)
    #expect(trades[0].aggressor == .sell && trades[0].listing == 3)
    carrier.receive(
      """
      {"stream":"ethusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1700000001000,\
      "s":"ETHUSDT","p":"11794.15000000","ap":"11794.1","i":"11784.62659091","P":"11784.25641265",\
      "r":"0.00038167","T":1700006400000,"st":1}}
      """, on: 2)
    let prices = carrier.records(.contractUpdate) { ContractUpdate(at: $0) }
    #expect(prices.count == 1)
    #expect(prices[0].listing == 5 && prices[0].venueTime == 1_700_000_001_000_000_000)
    #expect(prices[0].markPrice == (try Decimal("11794.15")))
    #expect(prices[0].indexPrice == (try Decimal("11784.62659091")))
    #expect(prices[0].fundingRate == (try Decimal("0.00038167")))
    #expect(prices[0].nextFundingTime == 1_700_006_400_000_000_000)
    // A delivery contract has no funding.
    carrier.receive(
      """
      {"stream":"ethusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1700000002000,\
      "s":"ETHUSDT","p":"11795","P":"11784.25641265","r":"","T":0}}
      """, on: 2)
    let last = try #require(carrier.records(.contractUpdate) { ContractUpdate(at: $0) }.last)
    #expect(last.markPrice == (try Decimal("11795")) && last.indexPrice == nil)
    #expect(last.fundingRate == nil && last.nextFundingTime == nil)
    // One that cannot be read is no loss of the book.
    carrier.receive(update(95, 100, previous: 94))
    carrier.answer(0, snapshot(97))
    _ = carrier.takeKinds()
    carrier.receive(
      """
      {"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1700000002000,\
      "s":"BTCUSDT","p":"1.0000000000000000000001","r":"","T":0}}
      """, on: 2)
    #expect(session.counts.malformed == 1 && carrier.kinds.isEmpty)
  }

  @Test func theSecondStreamComesAndGoesWithoutTheBooks() {
    let carrier = started(session())
    carrier.receive(update(95, 100, previous: 94))
    carrier.answer(0, snapshot(97))
    #expect(states(carrier) == [.synced])
    _ = carrier.takeKinds()
    _ = carrier.takeTexts()
    carrier.close(2)
    #expect(carrier.kinds.isEmpty)
    carrier.receive(update(101, 102, previous: 100))
    #expect(carrier.takeKinds() == [.bookUpdate])
    carrier.open(2)
    #expect(carrier.takeTexts().map(\.channel) == [2])
  }
}
