import Testing
import TradingModel
import VenueSimulator

@testable import Backtest

@Suite struct RecordedVenueTests {
  /// Bids 100 x 10, 99 x 20; asks 101 x 10, 102 x 20.
  private func open(_ model: QueueModel = .proportional) -> Recording {
    let recording = Recording(model: model)
    recording.snapshot(bids: [(100, 10), (99, 20)], asks: [(101, 10), (102, 20)])
    return recording
  }

  /// Behind 10. Sold 6: nothing for us. Sold 9: 4 ahead go, 5 are left for our 8. Sold 9: the rest.
  @Test func tradesAtThePriceFillBehindTheQueue() {
    let recording = open()
    recording.buy(1, 100, 8)
    #expect(recording.kinds == [.accepted] && recording.position(1) == 10)
    recording.trade(.sell, 100, 6)
    recording.update(bids: [(100, 4)])
    #expect(recording.fills.isEmpty && recording.position(1) == 4)
    recording.trade(.sell, 100, 9)
    #expect(recording.fills.map(\.lastQuantity) == [5])
    recording.trade(.sell, 100, 9)
    #expect(recording.fills.map(\.lastQuantity) == [5, 3])
    let fill = recording.fills[1]
    #expect(fill.lastPrice == 100 && fill.liquidity == .maker && fill.cumulativeQuantity == 8)
    // 2 basis points of 300.
    #expect(fill.fee == Money(Decimal(units: 6, decimals: 2)) && fill.feeCurrency == 2)
    #expect(recording.venue.gateway.openCount == 0 && recording.market.buys.isEmpty)
  }

  @Test func tradesOfOurOwnSideDoNothing() {
    let recording = open()
    recording.buy(1, 100, 8)
    recording.trade(.buy, 101, 50)
    #expect(recording.fills.isEmpty && recording.position(1) == 10)
  }

  /// Sold 12 down at 99: our 8 at 100 had to be met first, at our price.
  @Test func tradesThroughThePriceFill() {
    let recording = open()
    recording.buy(1, 100, 8)
    recording.buy(2, 99, 8)
    recording.trade(.sell, 99, 12)
    #expect(recording.fills.map(\.orderID) == [1])
    #expect(recording.fills[0].lastPrice == 100 && recording.fills[0].lastQuantity == 8)
    // 4 of the 12 are left for 99, where 20 stand before us.
    #expect(recording.position(2) == 16)
  }

  /// Three orders at 100 behind 10, 10 and 10; sold 16: 10 ahead, 4 + 2 to us by time.
  @Test func ownOrdersShareATrade() {
    let recording = open()
    for order in UInt64(1)...3 { recording.buy(order, 100, 4) }
    recording.trade(.sell, 100, 16)
    #expect(recording.fills.map(\.orderID) == [1, 2])
    #expect(recording.fills.map(\.lastQuantity) == [4, 2])
    #expect(recording.position(3) == 0)
  }

  /// 10 ahead; the level goes 10, 30, 15 without trades: 15 x 10 / 30 = 5 of them were ahead.
  @Test func cancelsAheadMoveUsForward() {
    for (model, ahead) in [(QueueModel.proportional, Int64(5)), (.conservative, 10)] {
      let recording = open(model)
      recording.buy(1, 100, 8)
      recording.update(bids: [(100, 30)])
      recording.update(bids: [(100, 15)])
      #expect(recording.position(1) == ahead)
      recording.update(bids: [(100, 0)])
      #expect(recording.position(1) == 0)
    }
  }

  @Test func snapshotsKeepTheQueue() {
    let recording = open()
    recording.buy(1, 100, 8)
    recording.state(.gap)
    recording.snapshot(bids: [(100, 50)], asks: [(101, 10)])
    #expect(recording.position(1) == 10)
    recording.snapshot(bids: [(100, 7)], asks: [(101, 10)])
    #expect(recording.position(1) == 7)
  }

  /// An offer of 5 comes down to our bid of 8: it would have met us. We get 5 at our price, once.
  @Test func displayedCrossingFillsOnce() {
    let recording = open()
    recording.buy(1, 100, 8)
    recording.update(bids: [(100, 0)], asks: [(100, 5)])
    #expect(recording.fills.map(\.lastQuantity) == [5] && recording.fills[0].lastPrice == 100)
    recording.update(bids: [(98, 1), (99, 0)])
    #expect(recording.fills.count == 1)
    // 2 more are offered at 99: they fill us at 100, and our last one stays.
    recording.update(asks: [(99, 2)])
    #expect(recording.fills.map(\.lastQuantity) == [5, 2] && recording.fills[1].lastPrice == 100)
  }

  @Test func crossedBooksSayNothing() {
    let recording = open()
    recording.buy(1, 100, 8)
    recording.update(asks: [(100, 5)])
    #expect(recording.market.book.isCrossed && recording.fills.isEmpty)
  }

  /// Asks 101 x 10, 102 x 20: a market order for 25 takes 10 and 15; the next finds 5, then nothing.
  @Test func marketOrdersConsumeDepth() {
    let recording = open()
    recording.request(.newOrder, 1, .buy, 0, 25, type: .market)
    #expect(recording.fills.map(\.lastPrice) == [101, 102])
    #expect(recording.fills.map(\.lastQuantity) == [10, 15])
    // 5 basis points of 1010.
    #expect(recording.fills[0].fee == Money(Decimal(units: 505, decimals: 3)))
    #expect(recording.fills.allSatisfy { $0.liquidity == .taker })
    recording.request(.newOrder, 2, .buy, 0, 25, type: .market)
    #expect(recording.kinds.suffix(3) == [.accepted, .fill, .expired])
    #expect(recording.fills.last?.lastQuantity == 5)
    #expect(recording.reports.last?.reason == .noLiquidity)
    // 101 shows 14 now: 4 of them are new.
    recording.update(asks: [(101, 14)])
    recording.request(.newOrder, 3, .buy, 101, 9, timeInForce: .immediateOrCancel)
    #expect(recording.fills.last?.lastQuantity == 4)
    #expect(recording.reports.last?.kind == .expired)
    // The level goes and comes back: all of it is new.
    recording.update(asks: [(101, 0)])
    recording.update(asks: [(101, 6)])
    recording.request(.newOrder, 4, .buy, 101, 6, timeInForce: .fillOrKill)
    #expect(recording.fills.last?.lastQuantity == 6)
  }

  @Test func limitTakesThenRests() {
    let recording = open()
    recording.buy(1, 101, 14)
    #expect(recording.fills.map(\.lastQuantity) == [10])
    #expect(recording.position(1) == 0)
    // The recorded ask at 101 is still displayed, but we took it; 3 more come.
    recording.update(asks: [(101, 13)])
    #expect(recording.fills.map(\.lastQuantity) == [10, 3])
    #expect(recording.fills.map(\.liquidity) == [.taker, .maker])
  }

  @Test func postOnlyAndFillOrKill() {
    let recording = open()
    recording.request(.newOrder, 1, .buy, 101, 5, instructions: .postOnly)
    #expect(recording.reports.last?.kind == .rejected)
    #expect(recording.reports.last?.reason == .wouldTake)
    recording.request(.newOrder, 2, .buy, 101, 11, timeInForce: .fillOrKill)
    #expect(recording.kinds.suffix(2) == [.accepted, .expired])
    #expect(recording.reports.last?.reason == .notFillable && recording.fills.isEmpty)
    recording.request(.newOrder, 3, .buy, 102, 30, timeInForce: .fillOrKill)
    #expect(recording.fills.map(\.lastQuantity).reduce(0, +) == 30)
  }

  @Test func replaceKeepsThePlaceOnlyWhenSmaller() {
    let recording = open()
    recording.buy(1, 100, 8)
    recording.trade(.sell, 100, 6)
    recording.update(bids: [(100, 12)])
    recording.request(.replace, 1, .buy, 100, 5)
    #expect(recording.reports.last?.kind == .replaced && recording.position(1) == 4)
    recording.request(.replace, 1, .buy, 100, 6)
    #expect(recording.position(1) == 12)
    recording.request(.replace, 1, .buy, 101, 12)
    #expect(recording.fills.map(\.lastQuantity) == [10])
    recording.request(.cancel, 1)
    #expect(recording.reports.last?.kind == .canceled)
    #expect(recording.reports.last?.cumulativeQuantity == 10 && recording.market.buys.isEmpty)
  }

  @Test func ownOrdersDoNotMeet() {
    let recording = Recording()
    recording.snapshot(bids: [(90, 10)], asks: [(110, 10)])
    recording.buy(1, 100, 5)
    recording.sell(2, 100, 5)
    #expect(recording.kinds.suffix(2) == [.accepted, .canceled])
    #expect(recording.reports.last?.reason == .selfTrade)
    recording.request(.newOrder, 3, .sell, 100, 5, instructions: .postOnly)
    #expect(recording.reports.last?.reason == .wouldTake)
  }

  @Test func nothingIsTakenFromAnUnsyncedBook() {
    let recording = Recording()
    recording.request(.newOrder, 1, .buy, 0, 5, type: .market)
    #expect(recording.reports.last?.kind == .rejected)
    #expect(recording.reports.last?.reason == .noLiquidity)
    recording.snapshot(bids: [(100, 10)], asks: [(101, 10)])
    recording.state(.gap)
    recording.buy(2, 101, 5)
    #expect(recording.reports.last?.kind == .accepted && recording.position(2) == .max)
    recording.request(.newOrder, 3, .buy, 101, 5, timeInForce: .immediateOrCancel)
    #expect(recording.reports.last?.kind == .expired && recording.fills.isEmpty)
    recording.snapshot(bids: [(100, 10)], asks: [(101, 3)])
    #expect(recording.fills.map(\.orderID) == [2] && recording.fills[0].lastQuantity == 3)
  }

  /// Beyond the deepest level that is shown nobody knows who stands there.
  @Test func placesBeyondTheFeedAreUnknown() {
    let recording = open()
    recording.buy(1, 90, 5)
    #expect(recording.position(1) == .max)
    recording.trade(.sell, 90, 100)
    #expect(recording.fills.isEmpty)
    recording.update(bids: [(90, 30)])
    #expect(recording.position(1) == 30)
  }

  /// Best quotes only: behind the best a place is unknown until the best comes there.
  @Test func quotesAreABookOfOneLevel() {
    let recording = Recording()
    recording.quote((100, 10), (102, 10))
    recording.buy(1, 100, 5)
    recording.buy(2, 99, 5)
    recording.buy(3, 101, 5)
    #expect(recording.position(1) == 10 && recording.position(2) == .max)
    #expect(recording.position(3) == 0)
    recording.trade(.sell, 101, 2)
    #expect(recording.fills.map(\.orderID) == [3])
    // The bid goes up: what stood at 100 is hidden, our place there stays. Then it comes back.
    recording.quote((101, 4), (102, 10))
    #expect(recording.position(1) == 10)
    recording.quote((99, 6), (102, 10))
    #expect(recording.position(1) == 0 && recording.position(2) == 6)
    recording.request(.newOrder, 4, .buy, 0, 25, type: .market)
    #expect(recording.reports.last?.kind == .expired)
    #expect(recording.fills.last?.lastQuantity == 10)
    recording.quote((99, 6), (100, 1))
    #expect(recording.fills.last?.lastPrice == 101 && recording.fills.last?.orderID == 3)
  }

  /// Trades only: no book, so no market orders, and only trades strictly beyond a price fill it.
  @Test func tradesAloneFillOnlyWhenTheyGoThrough() {
    let recording = Recording()
    recording.trade(.sell, 100, 5)
    recording.request(.newOrder, 1, .buy, 0, 5, type: .market)
    #expect(recording.reports.last?.reason == .noLiquidity)
    recording.buy(2, 99, 5)
    recording.sell(3, 101, 5)
    for aggressor in [Side.buy, .sell, nil] { recording.trade(aggressor, 99, 50) }
    for aggressor in [Side.buy, .sell, nil] { recording.trade(aggressor, 101, 50) }
    #expect(recording.fills.isEmpty)
    recording.trade(nil, 98, 3)
    #expect(recording.fills.map(\.orderID) == [2] && recording.fills[0].lastQuantity == 3)
    #expect(recording.fills[0].lastPrice == 99)
    recording.trade(.sell, 102, 50)
    #expect(recording.fills.map(\.orderID) == [2, 3])
  }

  /// A request that arrives with a record comes after it; latency runs on both legs.
  @Test func latencyAndOrderOfEvents() {
    var settings = RecordedVenueSettings(
      venue: 2, seed: 1, startTime: 0, listings: [Recording.listing])
    settings.gateway.latency = VenueLatency(feed: 5, entry: 100, answer: 30)
    let venue = RecordedVenue(settings)
    let deliveries = DeliveryQueue()
    #expect(venue.nextEventTime == 0 && venue.venueTime(receivedAt: 50) == 45)
    venue.advance(to: 0, into: deliveries)
    #expect(deliveries.nextTime == 30)
    venue.send(
      VenueRequest(
        kind: .newOrder, side: .buy, listing: 4, venue: 2, orderID: 1, version: 1, price: 100,
        quantity: 5),
      at: 900, into: deliveries)
    #expect(venue.nextEventTime == 1000)
    var buffer = RecordBuffer(capacity: 256)
    let record = buffer.append(
      kind: .bookUpdate, byteCount: BookUpdate.byteCount(levelCount: 1), isOutput: false, time: 0)!
    BookUpdate(
      listing: 4, isSnapshot: true, levelCount: 1, venueSequence: 1, venueTime: 1000
    ).store(at: record)
    LevelChange(side: .sell, price: 100, quantity: 9).store(at: record + BookUpdate.levelsOffset)
    venue.follow(record: record, at: 1000, into: deliveries)
    deliveries.removeNext()
    #expect(deliveries.isEmpty)
    venue.advance(to: 1000, into: deliveries)
    #expect(deliveries.count == 2 && deliveries.nextTime == 1030)
    #expect(venue.gateway.order(at: venue.gateway.index(of: 1)!).state == .filled)
  }
}
