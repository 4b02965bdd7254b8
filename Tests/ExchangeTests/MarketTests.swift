import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

@Suite struct MarketTests {
  private func start(_ f: Fixture, _ instrument: UInt16, rate: Double = 200, seed: UInt64 = 3) {
    f.exchange.startMarket(
      .around(
        f.exchange.settings.instruments[Int(instrument)], eventsPerSecond: rate, seed: seed,
        startTime: startTime),
      in: instrument)
  }

  /// Spread, depth and rate are those of a market.
  @Test(arguments: [50.0, 200, 500])
  func generatedMarketsAreSensible(rate: Double) {
    let f = Fixture()
    start(f, spot, rate: rate)
    _ = f.exchange.takeEvents()
    var (depths, trades, spreads, misses) = (0, 0, Int64(0), 0)
    for step in 1...200 {
      f.exchange.advance(to: startTime + Int64(step) * second / 10)
      for event in f.exchange.takeEvents() {
        if case .depth = event { depths += 1 }
        if case .trade = event { trades += 1 }
      }
      let snapshot = f.exchange.snapshot(of: spot, limit: 20)
      guard let bid = snapshot.bids.first, let ask = snapshot.asks.first else {
        misses += 1
        continue
      }
      spreads += ask.price - bid.price
      if snapshot.bids.count < 8 || snapshot.asks.count < 8 { misses += 1 }
      #expect(bid.price < ask.price)
    }
    #expect(misses < 10, "\(misses)")
    // In cents of 50,000.00: some basis points at most.
    #expect(spreads / 200 < 5_000, "\(spreads / 200)")
    let perSecond = Double(depths) / 20
    #expect(perSecond > rate * 0.5 && perSecond < rate * 2, "\(perSecond)")
    #expect(trades > Int(rate / 5), "\(trades)")
    f.check()
  }

  @Test func severalMarketsRunAtOnceAndCanPause() {
    let f = Fixture()
    for place in [spot, token, linear, inverse] { start(f, place, seed: UInt64(place)) }
    f.exchange.advance(to: startTime + 5 * second)
    for place in [spot, token, linear, inverse] {
      #expect(!f.exchange.recentTrades(of: place, limit: 5).isEmpty)
    }
    let mark = f.exchange.mark(of: linear)
    #expect(mark.mark != 500_000 && abs(mark.mark - mark.index) < 1_000)
    f.exchange.setMarketPaused(true, in: spot)
    let count = f.exchange.market(spot).updateID
    f.exchange.advance(to: startTime + 60 * second)
    #expect(f.exchange.market(spot).updateID == count)
    f.exchange.setMarketPaused(false, in: spot)
    _ = f.exchange.takeEvents()
    f.exchange.advance(to: startTime + 61 * second)
    let told = f.exchange.market(spot).updateID - count
    #expect(told > 50 && told < 2_000, "\(told): nothing is made up for")
    f.check()
  }

  @Test func accountsTradeWithGeneratedOrders() {
    let f = Fixture()
    start(f, spot)
    let id = f.enter(f.anna, .market, .buy, quantity: 1_000)
    #expect(f.order(id).state == .filled)
    guard let bid = f.exchange.bestQuote(of: spot).bid else {
      Issue.record("a bid")
      return
    }
    let rests = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: bid.price + 10)
    f.exchange.advance(to: startTime + 30 * second)
    #expect(f.order(rests).state == .filled)
    #expect(f.exchange.fills(of: f.anna).last?.liquidity == .maker)
    f.check()
  }

  @Test func preOpenOrdersAreUncrossed() {
    let f = Fixture { $0.instruments[0].status = .preOpen }
    start(f, spot)
    let buy = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 5_010_000)
    let sell = f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 4_990_000)
    #expect(f.refusal(f.anna, .market, .buy, quantity: 1_000) == .marketClosed)
    #expect(f.order(buy).filled == 0)
    f.exchange.advance(to: startTime + second)
    #expect(f.exchange.recentTrades(of: spot, limit: 9).isEmpty)
    f.exchange.setStatus(spot, .trading)
    #expect(f.order(buy).state == .filled && f.order(sell).state == .filled)
    #expect(f.exchange.recentTrades(of: spot, limit: 1).count == 1)
    #expect(f.exchange.market(spot).trades[0].isAuction)
    f.exchange.advance(to: startTime + 2 * second)
    #expect(f.exchange.bestQuote(of: spot).bid != nil)
    f.check()
  }

  @Test func haltedMarketsStandStill() {
    let f = Fixture()
    start(f, spot)
    f.exchange.setStatus(spot, .halted)
    let before = f.exchange.snapshot(of: spot, limit: 100)
    f.exchange.advance(to: startTime + 10 * second)
    var after = f.exchange.snapshot(of: spot, limit: 100)
    after.time = before.time
    #expect(after == before)
    f.exchange.setStatus(spot, .trading)
    f.exchange.advance(to: startTime + 11 * second)
    #expect(f.exchange.market(spot).updateID > before.lastUpdateID)
    f.check()
  }

  @Test func recordedLevelsAreMirrored() {
    let f = Fixture()
    f.exchange.setLevel(spot, .buy, price: 4_999_000, quantity: 500)
    f.exchange.setLevel(spot, .sell, price: 5_000_000, quantity: 700)
    f.exchange.setLevel(spot, .sell, price: 5_000_000, quantity: 300)
    f.exchange.takeLiquidity(spot, .buy, price: 5_000_000, quantity: 100)
    f.exchange.setLevel(spot, .sell, price: 5_000_000, quantity: 900)
    f.exchange.setLevel(spot, .buy, price: 4_999_000, quantity: 0)
    f.exchange.setLevel(spot, .buy, price: 4_998_000, quantity: 400)
    f.exchange.setLevel(spot, .buy, price: 4_998_001, quantity: 400)
    let snapshot = f.exchange.snapshot(of: spot, limit: 9)
    #expect(snapshot.bids.map(\.price) == [4_998_000] && snapshot.bids[0].quantity == 400)
    #expect(snapshot.asks.map(\.quantity) == [900])
    #expect(f.exchange.lastPrice(of: spot) == 5_000_000)
    // An order of ours that a level crosses trades at our price.
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_999_500)
    f.exchange.setLevel(spot, .sell, price: 4_999_000, quantity: 1_000)
    #expect(f.order(id).state == .filled && f.order(id).filledValue == money("499.95"))
    f.check()
  }

  @Test func updateIDsAreConsecutiveAndSnapshotsFit() {
    let f = Fixture()
    start(f, spot)
    let snapshot = f.exchange.snapshot(of: spot, limit: .max)
    var levels: [Int64: ExchangeLevel] = [:]
    for level in snapshot.bids + snapshot.asks { levels[level.price] = level }
    _ = f.exchange.takeEvents()
    f.exchange.advance(to: startTime + 10 * second)
    var next = snapshot.lastUpdateID + 1
    for case .depth(let event) in f.exchange.takeEvents() {
      #expect(event.firstUpdateID == next)
      next = event.lastUpdateID + 1
      for change in event.changes {
        if change.quantity > 0 {
          levels[change.price] = change
        } else if levels[change.price]?.side == change.side {
          levels[change.price] = nil
        }
      }
    }
    let end = f.exchange.snapshot(of: spot, limit: .max)
    #expect(end.lastUpdateID == next - 1)
    #expect(levels.count == end.bids.count + end.asks.count)
    for level in end.bids + end.asks { #expect(levels[level.price] == level) }
  }

  @Test func singleOrdersAreToldWhereAsked() {
    let f = Fixture { $0.tellsOrderChanges = true }
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000)
    let told = f.exchange.takeEvents().compactMap { event -> BookOrderChange? in
      if case .orderChange(_, _, let change) = event { change } else { nil }
    }
    #expect(
      told == [BookOrderChange(.added, orderID: id, side: .buy, price: 4_900_000, quantity: 1_000)])
  }

  @Test func steppingDoesNotMatter() {
    let (coarse, fine) = (Fixture(), Fixture())
    for f in [coarse, fine] { for place in [spot, linear] { start(f, place) } }
    coarse.exchange.advance(to: startTime + 3 * second)
    for step in 1...300 { fine.exchange.advance(to: startTime + Int64(step) * second / 100) }
    #expect(coarse.exchange.takeEvents() == fine.exchange.takeEvents())
    #expect(coarse.exchange.stateHash() == fine.exchange.stateHash())
  }
}
