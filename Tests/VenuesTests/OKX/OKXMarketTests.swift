import Foundation
import MarketData
import Testing
import TradingModel

@testable import Venues

/// The market session, with OKX's dialect.
@Suite struct OKXMarketTests {
  static let environment = OKX.description.environments[0]
  static let scales = [
    SymbolScale(symbol: "BTC-USDT", listing: 3, priceDecimals: 2, quantityDecimals: 5),
    SymbolScale(symbol: "BTC-USDT-SWAP", listing: 5, priceDecimals: 1, quantityDecimals: 2),
  ]

  private func carrier(_ scales: [SymbolScale] = scales) -> SessionCarrier {
    let carrier = SessionCarrier(
      MarketSession(
        OKXMarket(Self.environment), following: scales,
        budget: SharedBudget(OKX.description.rateLimits), silenceMax: 10_000_000_000))
    carrier.start()
    carrier.open(0)
    return carrier
  }

  private func session(_ carrier: SessionCarrier) throws -> MarketSession<OKXMarket> {
    try #require(carrier.common as? MarketSession<OKXMarket>)
  }

  private func book(
    _ action: String, _ number: Int, after previous: Int, bids: String = "", asks: String = "",
    checksum: Int? = 0, symbol: String = "BTC-USDT"
  ) -> String {
    let sum = checksum.map { ",\"checksum\":\($0)" } ?? ""
    return """
      {"arg":{"channel":"books","instId":"\(symbol)"},"action":"\(action)","data":[{"asks":[\(asks)],\
      "bids":[\(bids)],"ts":"1700000000123"\(sum),"seqId":\(number),"prevSeqId":\(previous)}]}
      """
  }

  private func states(_ carrier: SessionCarrier) -> [FeedState] {
    carrier.records(.feedStatus) { FeedStatus(at: $0)?.state }
  }

  private func synced() -> SessionCarrier {
    let carrier = carrier()
    carrier.receive(
      book(
        "snapshot", 100, after: -1, bids: "[\"100.5\",\"1.5\",\"0\",\"2\"]",
        asks: "[\"100.6\",\"2\",\"0\",\"1\"]"))
    _ = carrier.takeTexts()
    _ = carrier.takeKinds()
    return carrier
  }

  @Test func subscribesWhenItsStreamIsUp() {
    let carrier = carrier()
    #expect(carrier.opened == [0])
    let texts = carrier.takeTexts().map(\.text)
    #expect(texts.count == 1)
    #expect(
      texts[0].hasPrefix(
        "{\"op\":\"subscribe\",\"args\":[{\"channel\":\"books\",\"instId\":\"BTC-USDT\"},"
          + "{\"channel\":\"trades\",\"instId\":\"BTC-USDT\"},"
          + "{\"channel\":\"bbo-tbt\",\"instId\":\"BTC-USDT\"},"
          + "{\"channel\":\"books\",\"instId\":\"BTC-USDT-SWAP\"},"))
    #expect(
      texts[0].hasSuffix(
        "{\"channel\":\"mark-price\",\"instId\":\"BTC-USDT-SWAP\"},"
          + "{\"channel\":\"funding-rate\",\"instId\":\"BTC-USDT-SWAP\"},"
          + "{\"channel\":\"index-tickers\",\"instId\":\"BTC-USDT\"}]}"))
    #expect(throws: Never.self) { try JSONNode.parse(Array(texts[0].utf8)) }
  }

  @Test func saysPing() {
    let carrier = carrier()
    _ = carrier.takeTexts()
    carrier.pass(seconds: 41)
    #expect(carrier.takeTexts().map(\.text) == ["ping", "ping"])
    carrier.receive("pong")
    #expect(carrier.kinds.isEmpty)
  }

  @Test func followsABookFromItsSnapshot() {
    let carrier = carrier()
    carrier.receive(
      book(
        "snapshot", 100, after: -1, bids: "[\"100.5\",\"1.5\",\"0\",\"2\"]",
        asks: "[\"100.6\",\"2\",\"0\",\"1\"],[\"100.7\",\"0.00001\",\"0\",\"1\"]"))
    #expect(carrier.kinds == [.bookUpdate, .feedStatus])
    #expect(states(carrier) == [.synced])
    carrier.receive(book("update", 103, after: 100, bids: "[\"100.5\",\"0\",\"0\",\"0\"]"))
    // Nothing changed for a minute: it repeats its number.
    carrier.receive(book("update", 103, after: 103))
    carrier.receive(book("update", 105, after: 103))
    let updates = carrier.records(.bookUpdate) { BookUpdate(at: $0) }
    #expect(updates.map(\.isSnapshot) == [true, false, false, false])
    #expect(updates.map(\.venueSequence) == [100, 103, 103, 105])
    #expect(updates.allSatisfy { $0.listing == 3 && $0.venueTime == 1_700_000_000_123_000_000 })
    #expect(updates[0].levelCount == 3 && updates[1].levelCount == 1)
  }

  @Test func numbersMayBeginAnew() {
    let carrier = synced()
    carrier.receive(book("update", 3, after: 100))
    carrier.receive(book("update", 5, after: 3))
    #expect(carrier.takeKinds() == [.bookUpdate, .bookUpdate])
  }

  @Test func asksForTheBookAgainAtAGap() throws {
    let carrier = synced()
    carrier.receive(book("update", 105, after: 103))
    #expect(states(carrier) == [.gap])
    #expect(
      carrier.takeTexts().map(\.text) == [
        "{\"op\":\"unsubscribe\",\"args\":[{\"channel\":\"books\",\"instId\":\"BTC-USDT\"}]}",
        "{\"op\":\"subscribe\",\"args\":[{\"channel\":\"books\",\"instId\":\"BTC-USDT\"}]}",
      ])
    carrier.receive(book("update", 106, after: 105))
    #expect(carrier.takeTexts().isEmpty)
    // No snapshot came.
    carrier.pass(seconds: 2.1)
    #expect(carrier.takeTexts().count == 2)
    carrier.receive(book("snapshot", 120, after: -1))
    #expect(states(carrier) == [.gap, .synced])
    carrier.receive(book("update", 121, after: 120))
    #expect(carrier.records(.bookUpdate) { BookUpdate(at: $0) }.map(\.venueSequence) == [120, 121])
  }

  @Test func comparesChecksumsWhereTheVenueGivesThem() throws {
    let carrier = carrier()
    let market = try session(carrier)
    // The venue's documented example.
    carrier.receive(
      book(
        "snapshot", 100, after: -1,
        bids: "[\"3366.1\",\"7\",\"0\",\"1\"],[\"3366\",\"6\",\"0\",\"1\"]",
        asks: "[\"3366.8\",\"9\",\"0\",\"1\"],[\"3368\",\"8\",\"0\",\"1\"]",
        checksum: -1_881_014_294))
    #expect(market.dialect.checkedCount == 1 && market.counts.inconsistent == 0)
    #expect(states(carrier) == [.synced])
    // Three changes that come to the same book.
    carrier.receive(
      book(
        "update", 101, after: 100, bids: "[\"3366.5\",\"2\",\"0\",\"1\"]", checksum: 0))
    #expect(market.counts.inconsistent == 0)
    // What had no checksum was not kept: nothing to compare with before a snapshot.
    carrier.receive(book("update", 102, after: 101, checksum: 77))
    #expect(market.dialect.checkedCount == 1 && market.counts.inconsistent == 0)
  }

  @Test func aBookThatIsNotTheVenuesStartsOver() throws {
    let carrier = carrier()
    let market = try session(carrier)
    carrier.receive(
      book(
        "snapshot", 100, after: -1,
        bids: "[\"3366.1\",\"7\",\"0\",\"1\"],[\"3366\",\"6\",\"0\",\"1\"]",
        asks: "[\"3366.8\",\"1\",\"0\",\"1\"],[\"3368\",\"8\",\"0\",\"1\"],"
          + "[\"3370\",\"8\",\"0\",\"1\"]",
        checksum: Int(checksum("3366.1:7:3366.8:1:3366:6:3368:8:3370:8"))))
    carrier.receive(
      book(
        "update", 101, after: 100,
        asks: "[\"3366.8\",\"9\",\"0\",\"1\"],[\"3370\",\"0\",\"0\",\"0\"]",
        checksum: -1_881_014_294))
    #expect(market.dialect.checkedCount == 2 && market.counts.inconsistent == 0)
    _ = carrier.takeTexts()
    carrier.receive(
      book("update", 102, after: 101, asks: "[\"3366.9\",\"9\",\"0\",\"1\"]", checksum: 5))
    #expect(market.counts.inconsistent == 1)
    #expect(states(carrier) == [.synced, .gap])
    #expect(carrier.takeTexts().count == 2)
  }

  /// What follows a lost message has a checksum that cannot fit: the gap is told, and nothing else.
  @Test func aLostMessageIsAGapAndNoWrongChecksum() throws {
    let carrier = carrier()
    let market = try session(carrier)
    func snapshot(_ number: Int) {
      carrier.receive(
        book(
          "snapshot", number, after: -1, bids: "[\"100.5\",\"1.5\",\"0\",\"2\"]",
          asks: "[\"100.6\",\"2\",\"0\",\"1\"]", checksum: Int(checksum("100.5:1.5:100.6:2"))))
    }
    func update(_ number: Int, after previous: Int, _ quantity: Int, checked words: String) {
      carrier.receive(
        book(
          "update", number, after: previous, asks: "[\"100.6\",\"\(quantity)\",\"0\",\"1\"]",
          checksum: Int(checksum(words))))
    }
    snapshot(100)
    // The same twice, as a venue may push it: it is no gap, and its checksum still counts.
    for _ in 0..<2 { update(101, after: 100, 3, checked: "100.5:1.5:100.6:3") }
    #expect(market.lastFault == nil && market.dialect.checkedCount == 3)
    _ = carrier.takeTexts()
    // 102 was lost: it took the bid away.
    update(103, after: 102, 4, checked: "100.6:4")
    #expect(market.counts.inconsistent == 0 && market.gapCount == 1)
    #expect(market.lastFault == "the book of BTC-USDT has a gap: after 101 came 103")
    #expect(states(carrier) == [.synced, .gap] && carrier.takeTexts().count == 2)
    snapshot(110)
    update(111, after: 110, 5, checked: "100.5:1.5:100.6:5")
    #expect(states(carrier) == [.synced, .gap, .synced])
    update(112, after: 111, 6, checked: "of another book")
    #expect(market.counts.inconsistent == 1 && market.gapCount == 1)
    #expect(market.lastFault == "the checksum of a book is not the venue's")
    #expect(states(carrier) == [.synced, .gap, .synced, .gap])
  }

  private func checksum(_ text: String) -> Int32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in text.utf8 {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return Int32(bitPattern: ~sum)
  }

  @Test func checksumsOfDeepBooksTakeTheBest25() throws {
    let carrier = carrier()
    let market = try session(carrier)
    var random = SystemRandomNumberGenerator()
    var bids: [Int: Int] = [:]
    var asks: [Int: Int] = [:]
    var number = 100
    for round in 0..<60 {
      var changes: (bids: [String], asks: [String]) = ([], [])
      for _ in 0..<(round == 0 ? 300 : 20) {
        let price = Int.random(in: 1...200, using: &random)
        let quantity = round == 0 ? 3 : Int.random(in: 0...4, using: &random)
        let level = "[\"\(price)\",\"\(quantity)\",\"0\",\"1\"]"
        if price <= 100 {
          bids[price] = quantity == 0 ? nil : quantity
          changes.bids.append(level)
        } else {
          asks[price] = quantity == 0 ? nil : quantity
          changes.asks.append(level)
        }
      }
      let best = (bids.keys.sorted(by: >), asks.keys.sorted())
      var words: [String] = []
      for depth in 0..<25 {
        if depth < best.0.count { words.append("\(best.0[depth]):\(bids[best.0[depth]]!)") }
        if depth < best.1.count { words.append("\(best.1[depth]):\(asks[best.1[depth]]!)") }
      }
      carrier.receive(
        book(
          round == 0 ? "snapshot" : "update", number, after: round == 0 ? -1 : number - 1,
          bids: changes.bids.joined(separator: ","), asks: changes.asks.joined(separator: ","),
          checksum: Int(checksum(words.joined(separator: ":")))))
      number += 1
    }
    #expect(market.dialect.checkedCount == 60 && market.counts.inconsistent == 0)
  }

  @Test func givesTradesAndQuotes() {
    let carrier = carrier()
    let trade = """
      {"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"7",\
      "px":"100.01","sz":"0.5","side":"sell","ts":"1700000000100","count":"3","seqId":9}]}
      """
    for _ in 0..<2 { carrier.receive(trade) }
    #expect(
      carrier.records(.trade) { Trade(at: $0) } == [
        Trade(
          listing: 3, aggressor: .sell, tradeID: 7, venueTime: 1_700_000_000_100_000_000,
          price: 10_001, quantity: 50_000)
      ])
    func quote(_ number: Int, _ bid: String) -> String {
      """
      {"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["100.02","3","0","1"]],\
      "bids":[\(bid)],"ts":"1700000000100","seqId":\(number)}]}
      """
    }
    carrier.receive(quote(9, "[\"100.01\",\"2\",\"0\",\"1\"]"))
    carrier.receive(quote(3, ""))
    let quotes = carrier.records(.bestQuote) { BestQuote(at: $0) }
    #expect(quotes.map(\.bidPrice) == [10_001, 0] && quotes.map(\.bidQuantity) == [200_000, 0])
    #expect(quotes.map(\.venueSequence) == [9, 3] && quotes.allSatisfy { $0.askPrice == 10_002 })
  }

  @Test func tellsMarkPricesAndFundingRates() throws {
    let carrier = carrier()
    let market = try session(carrier)
    carrier.receive(
      """
      {"arg":{"channel":"mark-price","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP",\
      "instId":"BTC-USDT-SWAP","markPx":"42310.66","ts":"1630049139746"}]}
      """)
    carrier.receive(
      """
      {"arg":{"channel":"funding-rate","instId":"BTC-USDT-SWAP"},"data":[{"fundingRate":\
      "0.0001875391284828","fundingTime":"1700726400000","instId":"BTC-USDT-SWAP","instType":"SWAP",\
      "nextFundingRate":"","ts":"1700724675402"}]}
      """)
    let told = carrier.records(.contractUpdate) { ContractUpdate(at: $0) }
    #expect(market.counts.malformed == 0)
    #expect(told.count == 2 && carrier.kinds == [.contractUpdate, .contractUpdate])
    #expect(told[0].markPrice == (try Decimal("42310.66")) && told[0].fundingRate == nil)
    #expect(told[0].venueTime == 1_630_049_139_746_000_000)
    #expect(told[1].fundingRate == (try Decimal("0.0001875391284828")))
    #expect(told[1].nextFundingTime == 1_700_726_400_000_000_000 && told[1].markPrice == nil)
  }

  /// Under the index's name, which is that of a spot instrument as well; as documented:
  /// https://www.okx.com/docs-v5/en/#public-data-websocket-index-tickers-channel
  @Test func tellsIndexPricesOfTheSwap() throws {
    let carrier = carrier()
    let market = try session(carrier)
    let data = """
      "data":[{"instId":"BTC-USDT","idxPx":"42310.1","high24h":"0.5","low24h":"0.1","open24h":"0.1",\
      "sodUtc0":"0.1","sodUtc8":"0.1","ts":"1630049139746"}]}
      """
    carrier.receive("{\"arg\":{\"channel\":\"index-tickers\",\"instId\":\"BTC-USDT\"},\(data)")
    carrier.receive("{\"arg\":{\"instId\":\"BTC-USDT\",\"channel\":\"index-tickers\"}, \(data)")
    // Of another index nobody asked.
    carrier.receive("{\"arg\":{\"channel\":\"index-tickers\",\"instId\":\"ETH-USDT\"},\(data)")
    let told = carrier.records(.contractUpdate) { ContractUpdate(at: $0) }
    #expect(market.counts.malformed == 0 && told.count >= 1)
    for update in told {
      #expect(update.indexPrice == (try Decimal("42310.1")) && update.markPrice == nil)
      #expect(update.venueTime == 1_630_049_139_746_000_000 && update.listing == told[0].listing)
    }
    carrier.receive(
      """
      {"arg":{"channel":"mark-price","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP",\
      "instId":"BTC-USDT-SWAP","markPx":"42310.66","ts":"1630049139747"}]}
      """)
    let last = try #require(carrier.records(.contractUpdate) { ContractUpdate(at: $0) }.last)
    let mark = try Decimal("42310.66")
    #expect(last.listing == told[0].listing && last.markPrice == mark)
    carrier.receive(
      "{\"arg\":{\"channel\":\"index-tickers\",\"instId\":\"BTC-USDT\"},\"data\":[{\"ts\":\"1\"}]}")
    #expect(market.counts.malformed == 1)
  }

  @Test func tellsOfRefusalsAndOfWhatItCannotRead() throws {
    let carrier = synced()
    let market = try session(carrier)
    carrier.receive(
      "{\"event\":\"error\",\"code\":\"60018\",\"msg\":\"Wrong URL or channel\",\"connId\":\"a\"}")
    #expect(market.counts.refused == 1)
    #expect(market.lastFault?.contains("60018") == true)
    carrier.receive("{\"event\":\"subscribe\",\"arg\":{\"channel\":\"books\"},\"connId\":\"a\"}")
    carrier.receive("{\"event\":\"notice\",\"code\":\"64008\",\"msg\":\"\",\"connId\":\"a\"}")
    #expect(market.counts.other == 1)
    carrier.receive(book("update", 101, after: 100, bids: "[\"x\",\"3\",\"0\",\"1\"]"))
    #expect(states(carrier) == [.gap])
    #expect(market.counts.malformed == 1)
    for text in ["{", "[]", "", "{\"arg\":{\"channel\":\"books\",\"instId\":\"BTC-USDT\"}}"] {
      carrier.receive(text)
    }
    #expect(market.counts.malformed == 5)
  }

  @Test func theDocumentedChecksum() throws {
    guard Recordings.areThere else { return }
    let path = "\(Recordings.folder)/book_checksum_examples.json"
    let bytes = Array(try #require(FileManager.default.contents(atPath: path)))
    let example = try #require(
      try JSONNode.parse(bytes).items.first { $0["venue"]?.text == "okx" })
    let check = OKXBookCheck()
    check.start(at: 1)
    var scales = SymbolScales(following: Self.scales)
    for (side, name) in [(Side.buy, "bids"), (.sell, "asks")] {
      let rows = try #require(example[name]).rows.map { "[\"\($0[0])\",\"\($0[1])\"]" }
      let text = Array("[\(rows.joined(separator: ","))]".utf8)
      let error = OKXSamples.run(text) { (buffer) throws(ScanError) in
        var scanner = FieldScanner(buffer)
        try check.take(&scanner, &scales, 0, side)
      }
      #expect(error == nil)
    }
    #expect(Int(check.checksum()) == example["checksum"]?.int)
  }

  @Test func whatWasRecordedIsReadAgain() throws {
    let scratch = try Scratch()
    let lines = [
      book("snapshot", 100, after: -1, bids: "[\"100.5\",\"1.5\",\"0\",\"2\"]"),
      book("update", 103, after: 100, bids: "[\"100.5\",\"0\",\"0\",\"0\"]"),
      book("update", 109, after: 104), book("snapshot", 110, after: -1),
    ]
    let text = lines.enumerated().map { "170000000000000000\($0.offset) \($0.element)\n" }.joined()
    let file = scratch.file("okx", text)
    let survey = try CaptureSurvey(kind: .okx, files: [file])
    var feed = try CaptureFeed(survey: survey, following: [Self.scales[0]])
    var records = RecordBuffer(capacity: 1 << 16)
    while try feed.next(into: &records) {}
    #expect(feed.counts.applied == 3 && feed.counts.gaps.count == 1)
    #expect(feed.counts.messageCount(.depth) == 2 && feed.counts.discarded == 1)
  }
}
