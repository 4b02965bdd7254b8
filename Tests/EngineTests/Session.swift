import TradingCore
import TradingModel

/// Random trading at two scripted venues.
final class Session {
  let desk: Desk
  let venues: [ScriptedVenue]
  var dice: Dice

  init(
    seed: UInt64, faults: Int, checks: UInt8 = 3, strategies: [StrategyDefinition] = []
  ) throws {
    desk = try Desk(strategies: strategies, checks: checks, opened: false)
    venues = Market.listings.map {
      ScriptedVenue($0, seed: seed &* 31 &+ UInt64($0.index), faults: faults)
    }
    dice = Dice(seed)
    for venue in venues { venue.connect() }
    for listing in 0..<2 as Range<ListingIndex> { try desk.quote(listing, 9_999, 10_001) }
    try settle()
  }

  func pass(_ led: Led) {
    for request in led.requests { venues[Int(request.venue)].receive(request) }
  }

  func settle() throws {
    for venue in venues {
      while !venue.inbox.isEmpty || !venue.outbox.isEmpty {
        venue.work()
        while let report = venue.hear() { pass(try desk.tell(report)) }
      }
    }
  }

  func step() throws {
    let venue = venues[dice.below(2)]
    switch dice.below(24) {
    case 0...3:
      let side: Side = dice.once(in: 2) ? .buy : .sell
      let price = (side == .buy ? 9_999 : 10_001) + dice.within(-3...3)
      pass(
        try desk.command(
          Command(
            kind: .submit, side: side,
            timeInForce: dice.once(in: 4) ? .immediateOrCancel : .goodTillCancel,
            listing: venue.listing.index, strategy: StrategyIndex(dice.below(3)), price: price,
            quantity: dice.within(1...3_000))))
    case 4, 5:
      var open: [OrderID] = []
      desk.core.forEachOpenOrder { open.append($0.id) }
      guard !open.isEmpty else { return }
      let id = open[dice.below(open.count)]
      pass(
        try desk.command(
          Command(
            kind: .modify, orderID: id, price: 10_000 + dice.within(-4...4),
            quantity: dice.within(1...4_000))))
    case 6, 7:
      var open: [OrderID] = []
      desk.core.forEachOpenOrder { open.append($0.id) }
      guard !open.isEmpty else { return }
      pass(try desk.command(Command(kind: .cancel, orderID: open[dice.below(open.count)])))
    case 8...12: for _ in 0..<2 { venue.work() }
    case 13...17:
      for _ in 0..<3 { if let report = venue.hear() { pass(try desk.tell(report)) } }
    case 18, 19, 20: venue.tradeSomething()
    case 21: pass(try desk.wait(dice.within(1...3_000_000_000)))
    case 22 where dice.once(in: 10):
      venue.disconnect()
      while let report = venue.hear() { pass(try desk.tell(report)) }
      if dice.once(in: 2) { venue.tradeSomething() }
      venue.connect()
    default:
      if dice.once(in: 30) { pass(try desk.command(Command(kind: .cancelAll))) }
      if dice.once(in: 10) {
        for listing in 0..<2 as Range<ListingIndex> {
          pass(try desk.quote(listing, 9_999 + dice.within(-2...0), 10_001))
        }
      }
    }
  }

  func makePeace() throws {
    for venue in venues {
      venue.faults = 0
      venue.disconnect()
      venue.connect()
    }
    try settle()
    for _ in 0..<12 {
      pass(try desk.wait(40_000_000_000))
      for listing in 0..<2 as Range<ListingIndex> { pass(try desk.quote(listing, 9_999, 10_001)) }
      pass(try desk.command(Command(kind: .cancelAll)))
      try settle()
    }
  }
}
