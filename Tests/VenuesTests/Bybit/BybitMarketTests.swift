import Testing
import TradingModel

@testable import Venues

/// The market session, with Bybit's dialect.
@Suite struct BybitMarketTests {
  static let scales = [
    SymbolScale(symbol: "BTCUSDT", listing: 3, priceDecimals: 2, quantityDecimals: 5),
    SymbolScale(symbol: "ETHUSDT", listing: 5, priceDecimals: 2, quantityDecimals: 4),
  ]

  private func carrier(
    _ category: BybitCategory = .linear, _ scales: [SymbolScale] = scales
  ) -> SessionCarrier {
    let description = BybitDescription.of(category)
    let carrier = SessionCarrier(
      MarketSession(
        BybitMarket(category, description.environments[0]), following: scales,
        budget: SharedBudget(description.rateLimits), silenceMax: 10_000_000_000))
    carrier.start()
    carrier.open(0)
    return carrier
  }

  private func book(_ type: String, _ update: Int, _ bids: String = "", symbol: String = "BTCUSDT")
    -> String
  {
    """
    {"topic":"orderbook.50.\(symbol)","type":"\(type)","ts":1700000000123,"data":{"s":"\(symbol)",\
    "b":[\(bids)],"a":[["100.50","2"]],"u":\(update),"seq":\(update * 7)},"cts":1700000000120}
    """
  }

  private func states(_ carrier: SessionCarrier) -> [FeedState] {
    carrier.records(.feedStatus) { FeedStatus(at: $0)?.state }
  }

  @Test func subscribesWhenItsStreamIsUp() {
    let carrier = carrier()
    #expect(carrier.session.channels.map(\.address) == ["wss://stream.bybit.com/v5/public/linear"])
    #expect(
      carrier.takeTexts().map(\.text) == [
        """
        {"req_id":"1","op":"subscribe","args":["orderbook.50.BTCUSDT","publicTrade.BTCUSDT",\
        "orderbook.1.BTCUSDT","tickers.BTCUSDT","orderbook.50.ETHUSDT","publicTrade.ETHUSDT",\
        "orderbook.1.ETHUSDT","tickers.ETHUSDT"]}
        """
      ])
    carrier.close(0)
    carrier.open(0)
    #expect(carrier.takeTexts().count == 1)
  }

  /// "Spot can input up to 10 args for each subscription request".
  @Test func spotTakesTenTopicsInAMessage() {
    let many = (0..<10).map {
      SymbolScale(symbol: "S\($0)", listing: UInt16($0), priceDecimals: 2, quantityDecimals: 2)
    }
    let carrier = carrier(.spot, many)
    carrier.pass(seconds: 2)
    let texts = carrier.takeTexts().map(\.text).filter { $0.contains("subscribe") }
    #expect(texts.count == 4)
    for text in texts { #expect(text.split(separator: ",").count - 2 <= 10) }
    #expect(!texts.joined().contains("tickers"))
  }

  @Test func pingsEveryTwentySeconds() {
    let carrier = carrier()
    _ = carrier.takeTexts()
    carrier.pass(seconds: 41)
    #expect(
      carrier.takeTexts().map(\.text) == ["{\"op\":\"ping\"}", "{\"op\":\"ping\"}"])
    carrier.receive(
      "{\"success\":true,\"ret_msg\":\"pong\",\"conn_id\":\"x\",\"req_id\":\"\",\"op\":\"ping\"}")
    #expect(carrier.kinds.isEmpty)
  }

  @Test func followsTheBookFromItsSnapshot() {
    let carrier = carrier()
    carrier.receive(
      "{\"success\":true,\"ret_msg\":\"\",\"conn_id\":\"x\",\"req_id\":\"1\",\"op\":\"subscribe\"}")
    carrier.receive(book("snapshot", 100, "[\"100.00\",\"1.5\"],[\"99.50\",\"2\"]"))
    carrier.receive(book("delta", 101, "[\"100.00\",\"0\"]"))
    #expect(carrier.kinds == [.bookUpdate, .feedStatus, .bookUpdate])
    let updates = carrier.records(.bookUpdate) { BookUpdate(at: $0) }
    #expect(updates.map(\.isSnapshot) == [true, false])
    #expect(updates.map(\.levelCount) == [3, 2])
    #expect(updates.map(\.venueSequence) == [100, 101])
    #expect(updates.allSatisfy { $0.listing == 3 && $0.venueTime == 1_700_000_000_120_000_000 })
    #expect(states(carrier) == [.synced])
  }

  @Test func aNewSnapshotReplacesTheBook() {
    let carrier = carrier()
    carrier.receive(book("snapshot", 100))
    _ = carrier.takeKinds()
    // After a restart of the service the numbers begin anew.
    carrier.receive(book("snapshot", 1))
    carrier.receive(book("delta", 2))
    #expect(carrier.kinds == [.bookUpdate, .bookUpdate])
  }

  @Test func aGapIsMendedBySubscribingAnew() {
    let carrier = carrier()
    carrier.receive(book("snapshot", 100))
    _ = carrier.takeTexts()
    carrier.receive(book("delta", 102))
    #expect(states(carrier) == [.synced, .gap])
    let texts = carrier.takeTexts().map(\.text)
    #expect(
      texts == [
        "{\"req_id\":\"2\",\"op\":\"unsubscribe\",\"args\":[\"orderbook.50.BTCUSDT\"]}",
        "{\"req_id\":\"3\",\"op\":\"subscribe\",\"args\":[\"orderbook.50.BTCUSDT\"]}",
      ])
    carrier.receive(book("delta", 103))
    #expect(carrier.takeTexts().isEmpty)
    carrier.receive(book("snapshot", 200))
    carrier.receive(book("delta", 201))
    #expect(states(carrier) == [.synced, .gap, .synced])
  }

  @Test func aMessageThatCannotBeReadStartsItsBookOver() {
    let carrier = carrier()
    carrier.receive(book("snapshot", 100))
    _ = carrier.takeTexts()
    carrier.receive(
      "{\"topic\":\"orderbook.50.BTCUSDT\",\"type\":\"delta\",\"ts\":1,\"data\":{\"s\":\"BTCUSDT\","
        + "\"b\":[[\"x\",\"1\"]],\"a\":[],\"u\":101}}")
    #expect(states(carrier) == [.synced, .gap])
    #expect(carrier.takeTexts().count == 2)
  }

  @Test func tellsTradesAndTheBestQuote() {
    let carrier = carrier()
    carrier.receive(
      """
      {"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[\
      {"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick",\
      "i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false},{"T":1672304486866,"s":"BTCUSDT",\
      "S":"Sell","v":"0.002","p":"16578.00","i":"1","BT":false}]}
      """)
    let trades = carrier.records(.trade) { Trade(at: $0) }
    #expect(trades.map(\.price) == [1_657_850, 1_657_800])
    #expect(trades.map(\.aggressor) == [.buy, .sell])
    #expect(trades.map(\.quantity) == [100, 200])
    func quote(_ sequence: Int, _ bid: String) -> String {
      """
      {"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1700000000123,"data":{"s":"BTCUSDT",\
      "b":[["\(bid)","1.5"]],"a":[],"u":5,"seq":\(sequence)},"cts":1700000000120}
      """
    }
    carrier.receive(quote(70, "100.00"))
    // The same again after 3 s without a change, and an older one.
    carrier.receive(quote(70, "100.00"))
    carrier.receive(quote(69, "99.00"))
    let quotes = carrier.records(.bestQuote) { BestQuote(at: $0) }
    #expect(quotes.map(\.bidPrice) == [10_000])
    #expect(quotes[0].bidQuantity == 150_000 && quotes[0].askPrice == 0)
    #expect(quotes[0].venueSequence == 70 && quotes[0].listing == 3)
  }

  /// The core has no record of these.
  @Test func keepsMarkPriceAndFundingRate() throws {
    var bench = BybitBench(.linear)
    #expect(
      bench.stream(
        """
        {"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","markPrice":"17217.33",\
        "indexPrice":"17227.361234567","nextFundingTime":"1673280000000","fundingRate":"-0.000212"},\
        "cs":24987956059,"ts":1673272861686}
        """) == nil)
    #expect(bench.message.kind == .contract)
    #expect(bench.message.contract.indexPrice == (try Decimal("17227.361234567")))
    #expect(bench.message.contract.fundingRate == (try Decimal("-0.000212")))
    #expect(bench.message.contract.nextFundingTime == 1_673_280_000_000_000_000)
    #expect(
      bench.stream(
        """
        {"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","markPrice":"17217.34",\
        "fundingRate":""},"cs":24987956060,"ts":1673272861786}
        """) == nil)
    // A delta tells what changed, and no more.
    #expect(bench.message.contract.markPrice == (try Decimal("17217.34")))
    #expect(bench.message.contract.indexPrice == nil)
    #expect(bench.message.contract.fundingRate == nil)
    #expect(bench.message.contract.nextFundingTime == nil)
    #expect(
      bench.stream(
        """
        {"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","lastPrice":"17217.3"},\
        "cs":24987956061,"ts":1673272861886}
        """) == nil)
    #expect(bench.message.kind == .other)
  }

  /// A live capture has the local time in front of each frame; the venue's own files have none.
  @Test func capturesOfBothKindsAreRead() throws {
    var decoder = MessageDecoder(kind: .bybit)
    var scales = SymbolScales(following: Self.scales)
    var message = VenueMessage()
    let frame = Array(book("snapshot", 1).utf8)
    for (line, time) in [
      (frame, 1_700_000_000_123_000_000),
      (Array("1700000000999000000 ".utf8) + frame, 1_700_000_000_999_000_000),
    ] {
      let error = BybitBench.run(line) { (buffer) throws(ScanError) in
        _ = try decoder.decode(
          buffer, isFirst: true, fallback: -1, &scales, into: &message)
      }
      #expect(error == nil && message.receiveTime == time && message.kind == .snapshot)
    }
  }
}
