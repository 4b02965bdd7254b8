import LowLatency
import MarketData
import Testing
import TradingModel
import VenueSimulator

@testable import Backtest

/// Random markets and random orders; what must hold whatever happens.
@Suite struct RecordedVenueProperties {
  /// One conservative queue, trades only: we get what goes beyond those who were ahead, no more.
  @Test(arguments: UInt64(0)..<200)
  func fillsAreWhatTradesLeaveUs(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let recording = Recording(model: .conservative)
    let ahead = random.integer(in: 0...40)
    recording.snapshot(bids: [(100, ahead), (99, 5)], asks: [(101, 10)])
    var orders: [Int64] = []
    for number in 1...UInt64(random.integer(in: 1...4)) {
      orders.append(random.integer(in: 1...20))
      recording.buy(number, 100, orders[Int(number) - 1])
    }
    var traded: Int64 = 0
    for _ in 0..<10 {
      let quantity = random.integer(in: 1...15)
      recording.trade(.sell, 100, quantity)
      traded += quantity
      // The level is filled up again from behind, at once or never.
      if random.chance(0.5) { recording.update(bids: [(100, 60)]) }
      let reached = max(0, traded - ahead)
      let wanted = orders.reduce(0, +)
      #expect(recording.fills.map(\.lastQuantity).reduce(0, +) == min(reached, wanted))
    }
    // In the order of their entry.
    let ids = recording.fills.map(\.orderID)
    #expect(ids == ids.sorted())
  }

  @Test(arguments: UInt64(0)..<150)
  func nothingIsFree(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let recording = Recording(model: seed & 1 == 0 ? .proportional : .conservative)
    var limits: [OrderID: (side: Side, price: Int64)] = [:]
    var filled: [OrderID: Int64] = [:]
    var tradeIDs: Set<TradeID> = []
    recording.snapshot(bids: [(99, 10)], asks: [(101, 10)])
    for step in 1...UInt64(200) {
      recording.forgetReports()
      let traded = act(recording, step, &random, &limits)
      for fill in recording.fills {
        let limit = limits[fill.orderID]!
        filled[fill.orderID, default: 0] += fill.lastQuantity
        #expect(tradeIDs.insert(fill.tradeID).inserted)
        #expect(fill.side == limit.side && fill.lastQuantity > 0)
        #expect(fill.cumulativeQuantity == filled[fill.orderID])
        #expect(
          limit.side == .buy ? fill.lastPrice <= limit.price : fill.lastPrice >= limit.price)
        if fill.liquidity == .maker { #expect(fill.lastPrice == limit.price) }
      }
      if let traded {
        // One trade's volume is shared; a trade makes no taker of us.
        #expect(recording.fills.map(\.lastQuantity).reduce(0, +) <= traded)
        #expect(recording.fills.allSatisfy { $0.liquidity == .maker })
      }
      check(recording, filled)
    }
    #expect(!filled.isEmpty)
  }

  /// Does something at random; the quantity if it was a trade.
  private func act(
    _ recording: Recording, _ step: UInt64, _ random: inout SeededRandom,
    _ limits: inout [OrderID: (side: Side, price: Int64)]
  ) -> Int64? {
    let price = random.integer(in: 95...105)
    let side: Side = random.next() & 1 == 0 ? .buy : .sell
    switch random.next(below: 20) {
    case 0...6:
      let level = (price, random.chance(0.3) ? 0 : random.integer(in: 1...30))
      // Mostly uncrossed: bids below 100, asks above, now and then anything.
      if price < 100 || (price == 100 && side == .buy) {
        recording.update(bids: [level])
      } else if random.chance(0.9) {
        recording.update(asks: [level])
      } else {
        recording.update(bids: [(price, 0)], asks: [(price - 4, 3), (price, 0)])
      }
    case 7...11:
      let quantity = random.integer(in: 1...25)
      recording.trade(random.chance(0.1) ? nil : side, price, quantity)
      return quantity
    case 12: recording.state(random.chance(0.5) ? .gap : .disconnected)
    case 13:
      recording.snapshot(
        bids: [(99, random.integer(in: 1...20)), (98, 4)], asks: [(101, 9), (103, 7)])
    case 14: recording.request(.cancel, 1 + random.next(below: step), side)
    case 15:
      let order = 1 + random.next(below: step)
      recording.request(.replace, order, side, price, random.integer(in: 1...40))
      if recording.kinds.contains(.replaced) { limits[order]?.price = price }
    default:
      let isMarket = random.chance(0.2)
      limits[step] = (side, isMarket ? (side == .buy ? .max : .min) : price)
      recording.request(
        .newOrder, step, side, price, random.integer(in: 1...30), type: isMarket ? .market : .limit,
        timeInForce: [.goodTillCancel, .goodTillCancel, .immediateOrCancel, .fillOrKill][
          Int(random.next(below: 4))])
    }
    return nil
  }

  private func check(_ recording: Recording, _ filled: [OrderID: Int64]) {
    let gateway = recording.venue.gateway
    let market = recording.market
    for (side, consumed) in [(Side.buy, market.consumedBids), (.sell, market.consumedAsks)] {
      for level in consumed.levels {
        #expect(level.taken > 0 && level.taken <= level.level)
        #expect(level.level == market.book.quantity(at: level.price, side))
      }
    }
    var resting = 0
    for orders in [market.buys, market.sells] {
      for place in 0..<orders.count {
        let order = gateway.order(at: orders[place].order)
        resting += 1
        #expect(order.state == .open && order.price == orders[place].price)
        #expect(order.side == orders.side && orders[place].position.ahead >= 0)
        if place > 0 { #expect(!orders.isBetter(order.price, than: orders[place - 1].price)) }
      }
    }
    #expect(resting == gateway.openCount)
    for orderID in filled.keys {
      let order = gateway.order(at: gateway.index(of: orderID)!)
      #expect(order.cumulativeQuantity == filled[orderID])
      #expect(order.cumulativeQuantity <= order.quantity)
      #expect((order.state == .filled) == (order.cumulativeQuantity == order.quantity))
    }
  }
}
