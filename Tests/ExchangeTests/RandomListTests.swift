import Foundation
import LowLatency
import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

/// Random lists among random orders. NEEDLETAIL_HEAVY=1 plays 400 seeds. A failure names its seed.
@Suite struct RandomListTests {
  static let isHeavy = ProcessInfo.processInfo.environment["NEEDLETAIL_HEAVY"] == "1"

  func play(seed: UInt64, count: Int, mode: PositionMode) -> SimulatedExchange {
    var random = SeededRandom(seed: seed)
    var settings = exchangeSettings(seed: seed)
    settings.rules.passedTriggerIsRefused = random.chance(0.5)
    settings.rules.decreaseKeepsPriority = random.chance(0.5)
    settings.rules.closingOrdersEndWithPosition = random.chance(0.7)
    settings.rules.postOnlyThatTakes = random.chance(0.5) ? .expire : .refuse
    for place in settings.instruments.indices { settings.instruments[place].openOrdersMax = 60 }
    let exchange = SimulatedExchange(settings)
    let fees = FeeSchedule(
      maker: Rate(parts: 75_300), taker: Rate(parts: 123_457),
      asset: random.chance(0.5) ? .received : .quote)
    for _ in 0..<3 {
      let account = exchange.addAccount(keys: [], fees: fees, positionMode: mode, leverage: 7)
      for (asset, amount) in [(btc, "0.9"), (usdt, "60000"), (bnb, "5")] {
        _ = exchange.deposit(money(amount), of: asset, to: account)
      }
    }
    var player = RandomPlayer(exchange: exchange, random: random)
    var ledger = NaiveLedger(
      totals: Array(repeating: Array(repeating: .zero, count: 3), count: 4))
    for step in 0..<count {
      if player.random.chance(0.35) { player.enterList() } else { player.act() }
      if player.random.chance(0.04) { player.cancelSomeList() }
      if player.random.chance(0.1) { player.enterClosing() }
      ledger.take(exchange.takeEvents(), exchange)
      let broken = exchange.brokenInvariants()
      #expect(broken == [], "seed \(seed), step \(step)")
      if !broken.isEmpty { return exchange }
    }
    for account in 1...3 {
      #expect(
        exchange.balances(of: account).map(\.total) == ledger.totals[account], "seed \(seed)")
    }
    return exchange
  }

  @Test(arguments: UInt64(1)...(isHeavy ? 400 : 16)) func listsKeepTheirPromises(seed: UInt64) {
    let exchange = play(seed: seed, count: 500, mode: seed % 2 == 0 ? .hedge : .oneWay)
    #expect(exchange.lists.count > 20, "seed \(seed)")
    #expect(exchange.lists.contains { $0.state == .allDone }, "seed \(seed)")
  }

  /// What the plays reach, all together: each way in which an order of a list ends another one, and each
  /// event of lists.
  @Test func playsReachWhatTheyAreMeantFor() {
    var ends: Set<OrderEnd> = []
    var refusals: Set<Refusal> = []
    var wholes: Set<Contingency> = []
    for seed in UInt64(51)...60 {
      let exchange = play(seed: seed, count: 500, mode: .oneWay)
      for order in exchange.orders where !order.state.isOpen {
        ends.insert(order.endReason)
        if let refusal = order.refusal { refusals.insert(refusal) }
      }
      for list in exchange.lists {
        let last = list.orders.compactMap { exchange.slots[$0] }.map { exchange.orders[$0] }
        if last.dropFirst(list.contingency.hasPending ? 1 : 0).contains(where: { $0.filled > 0 }) {
          wholes.insert(list.contingency)
        }
      }
    }
    let wanted: Set<OrderEnd> = [
      .otherExecuted, .listCanceled, .listEnded, .refusedAtActivation, .positionClosed,
    ]
    #expect(ends.isSuperset(of: wanted), "\(wanted.subtracting(ends)) were not reached")
    #expect(refusals.isSuperset(of: [.wouldTrigger, .noPosition]), "\(refusals)")
    #expect(wholes == Set(Contingency.allCases), "\(wholes)")
  }

  @Test func equalSeedsGiveEqualHistories() {
    let first = play(seed: 201, count: 400, mode: .oneWay)
    let again = play(seed: 201, count: 400, mode: .oneWay)
    #expect(first.dump() == again.dump() && first.stateHash() == again.stateHash())
  }
}

extension RandomPlayer {
  /// A list of an account's: prices near each other, so that things happen.
  mutating func enterList() {
    let account = Int(random.integer(in: 1...3))
    let instrument = UInt16(random.next(below: UInt64(exchange.settings.instruments.count)))
    let contingency = Contingency.allCases[Int(random.next(below: 3))]
    let side: Side = random.chance(0.5) ? .buy : .sell
    let isHedge = exchange.positionMode(of: account) == .hedge && instrument >= linear
    let positionSide: PositionSide = isHedge ? (random.chance(0.5) ? .long : .short) : .net
    let quantity = random.integer(in: 1...([3_000, 500, 60, 12][Int(instrument)]))
    var orders: [OrderRequest] = []
    if contingency.hasPending {
      var working = OrderRequest(.limit, side.opposite, instrument, quantity: quantity)
      if random.chance(0.1) { working.kind = .market }
      if random.chance(0.1) { working.timeInForce = .immediateOrCancel }
      if working.kind == .limit { working.price = price(instrument) }
      working.positionSide = positionSide
      orders.append(working)
    }
    while orders.count < contingency.orderCount {
      let kind: OrderKind =
        random.chance(0.4) ? .limit : OrderKind.allCases[Int(random.next(below: 7))]
      var leg = OrderRequest(kind, side, instrument, quantity: quantity)
      leg.positionSide = positionSide
      if random.chance(0.3) { leg.quantity = max(1, quantity - random.integer(in: 0...200)) }
      if kind.hasLimit { leg.price = price(instrument) }
      if kind == .trailingStop {
        leg.callbackRate = Rate(parts: random.integer(in: 1...1_000_000))
      } else if kind.isConditional {
        leg.triggerPrice = price(instrument)
      }
      if instrument >= linear && random.chance(0.2) {
        leg.isReduceOnly = true
        if kind.isConditional && !kind.hasLimit {
          leg.closesPosition = true
          leg.quantity = 0
        }
      }
      if random.chance(0.1) && kind != .market {
        leg.timeInForce = .goodTillDate
        leg.expireTime = exchange.time + random.integer(in: 1...(5 * second))
      }
      if random.chance(0.3) {
        leg.selfTradePrevention = SelfTradePrevention.allCases[Int(random.next(below: 5))]
      }
      orders.append(leg)
    }
    var request = OrderListRequest(
      contingency, orders, clientListID: random.chance(0.2) ? "l\(random.next(below: 30))" : "")
    request.afterPartialFill = random.chance(0.5) ? .ends : .activates
    request.pendingQuantity = random.chance(0.5) ? .requested : .filled
    let foreseen = exchange.refusal(of: request, by: account)
    switch exchange.submit(request, by: account) {
    case .success(let list):
      #expect(foreseen == nil)
      ids += list.orders
    case .failure(let refusal): #expect(foreseen == refusal)
    }
  }

  mutating func cancelSomeList() {
    let account = Int(random.integer(in: 1...3))
    let open = exchange.openLists(of: account)
    guard let list = open.last else { return }
    let isHalted = exchange.status(of: list.instrument) == .halted
    switch exchange.cancelList(.venue(list.id), by: account) {
    case .success(let list): #expect(list.state == .allDone)
    case .failure(let refusal): #expect(isHalted && refusal == .marketClosed, "\(refusal)")
    }
  }

  /// Closes a position that there is, some time.
  mutating func enterClosing() {
    let account = Int(random.integer(in: 1...3))
    for position in exchange.positions(of: account) where position.quantity != 0 {
      let side: Side = position.quantity > 0 ? .sell : .buy
      let kind: OrderKind = random.chance(0.5) ? .stopLoss : .takeProfit
      var request = OrderRequest(kind, side, position.instrument)
      request.closesPosition = true
      request.positionSide = position.side
      request.triggerPrice = price(position.instrument)
      if case .success(let id) = exchange.submit(request, by: account) { ids.append(id) }
    }
  }

  private mutating func price(_ instrument: InstrumentIndex) -> Int64 {
    let settings = exchange.settings.instruments[Int(instrument)]
    let step = max(settings.listing.tick, settings.startPrice / 2_000)
    return settings.startPrice + random.integer(in: -8...8) * (step / settings.listing.tick)
      * settings.listing.tick
  }
}
