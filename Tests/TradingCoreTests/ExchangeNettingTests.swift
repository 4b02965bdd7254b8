import Exchange
import Testing
import TradingModel

@testable import TradingCore

/// Three strategies at an exchange that holds one position for their account: what the core books is what
/// the exchange has.
@Suite struct ExchangeNettingTests {
  /// A desk and the exchange that its requests go to.
  struct Floor {
    let netted: NettedDesk
    let exchange: SimulatedExchange
    let ours: AccountIndex
    let others: AccountIndex
    var fillCounts = [0, 0]
    var selfTradeCount = 0

    init(seed: UInt64) throws {
      netted = try NettedDesk(isTrading: false)
      let instruments: [ExchangeInstrument] = NettedDesk.listings.enumerated().map {
        var listing = $1
        (listing.index, listing.instrument) = (ListingIndex($0), InstrumentIndex($0))
        (listing.quantityMin, listing.quantityMax) = (1, 1_000_000)
        var instrument = ExchangeInstrument(
          symbol: "C\($0)", listing: listing, startPrice: 10_000)
        instrument.openOrdersMax = 10_000
        return instrument
      }
      exchange = SimulatedExchange(
        ExchangeSettings(
          assets: [ExchangeAsset("B", decimals: 18), ExchangeAsset("Q", decimals: 18)],
          instruments: instruments, startTime: 1_000_000_000, seed: seed))
      let fees = FeeSchedule(maker: Rate(parts: -3_000), taker: Rate(parts: 41_234))
      ours = exchange.addAccount(keys: [], fees: fees, leverage: 125)
      others = exchange.addAccount(keys: [], fees: fees, leverage: 125)
      for account in [ours, others] {
        for (asset, amount) in [(0, 100), (1, 100_000)] as [(CurrencyIndex, Int64)] {
          let refusal = exchange.deposit(Money(Decimal(units: amount)), of: asset, to: account)
          check(refusal == nil)
        }
      }
      _ = exchange.takeEvents()
    }

    /// A strategy's order goes to the exchange, and what happens there comes back.
    mutating func trade(
      _ contract: Int, _ strategy: StrategyIndex, _ side: Side, _ quantity: Int64, at price: Int64
    ) throws {
      let id = try netted.desk.submit(
        side, quantity, at: price, listing: NettedDesk.listings[contract].index,
        strategy: strategy)
      guard id != 0 else { return }
      let request = OrderRequest(
        .limit, side, InstrumentIndex(contract), quantity: quantity, price: price,
        clientOrderID: "\(id)")
      if case .failure = exchange.submit(request, by: ours) {
        try netted.desk.tell(netted.desk.report(.rejected, id, version: 1))
      }
      try hear()
    }

    /// Somebody else's order.
    mutating func meet(_ contract: Int, _ side: Side, _ quantity: Int64, at price: Int64) throws {
      _ = exchange.submit(
        OrderRequest(
          .limit, side, InstrumentIndex(contract), quantity: quantity, price: price), by: others)
      try hear()
    }

    private mutating func hear() throws {
      var trades: [TradeID] = []
      for case .order(let event) in exchange.takeEvents() where event.order.account == ours {
        let contract = Int(event.order.instrument)
        let listing = NettedDesk.listings[contract]
        var report = VenueReport(
          kind: .accepted, listing: listing.index, venue: 1, side: event.order.side,
          feeCurrency: listing.settlement, orderID: UInt64(event.order.clientOrderID) ?? 0,
          version: 1, venueTime: netted.desk.now)
        if let fill = event.fill {
          (report.kind, report.version, report.tradeID) = (.fill, 0, fill.tradeID)
          (report.lastPrice, report.lastQuantity) = (fill.price, fill.quantity)
          (report.fee, report.feeCurrency) = (fill.fee, fill.feeAsset)
          fillCounts[contract] += 1
          selfTradeCount += trades.contains(fill.tradeID) ? 1 : 0
          trades.append(fill.tradeID)
        } else if event.kind != .accepted {
          report.kind = .canceled
        }
        try netted.desk.tell(report)
      }
    }

    /// By how much the core's balance is off.
    func difference(_ contract: Int) -> Int128 {
      let asset = NettedDesk.listings[contract].settlement
      return netted.total(contract) - exchange.balance(of: ours, asset).total.amount
    }

    func hasEqualPosition(_ contract: Int) -> Bool {
      let position = exchange.position(of: ours, InstrumentIndex(contract), .net)
      let listing = NettedDesk.listings[contract].index
      return netted.desk.core.netPosition(listing).quantity == position.quantity
        && netted.desk.core.position(listing: listing).quantity == position.quantity
    }
  }

  @Test(arguments: UInt64(0)..<12)
  func balancesAreTheExchanges(seed: UInt64) throws {
    var floor = try Floor(seed: seed)
    var dice = Dice(seed)
    var unlike = 0
    for step in 0..<300 {
      let contract = dice.below(2)
      let side: Side = dice.once(in: 2) ? .buy : .sell
      let (quantity, price) = (dice.within(1...400), 10_000 + dice.within(-40...40))
      if dice.once(in: 3) {
        try floor.meet(contract, side, quantity, at: price)
      } else {
        try floor.trade(
          contract, StrategyIndex(dice.below(3)), side, quantity, at: price)
      }
      check(
        floor.difference(0) == 0,
        "seed \(seed), step \(step): the balance is off by \(floor.difference(0))")
      // The exchange values the part of an inverse fill that closes by its share of the whole fill, the
      // core by itself: a unit of 10^-18 a fill.
      check(
        abs(floor.difference(1)) <= Int128(floor.fillCounts[1]),
        "seed \(seed), step \(step): the balance is off by \(floor.difference(1))")
      check(floor.hasEqualPosition(0) && floor.hasEqualPosition(1), "seed \(seed), step \(step)")
      let realized = floor.netted.desk.core.netPosition(1).realised.amount
      if floor.netted.realizedByStrategies(0) != realized { unlike += 1 }
    }
    check(
      unlike > 100 && floor.fillCounts.allSatisfy { $0 > 60 } && floor.selfTradeCount > 5,
      "seed \(seed): \(unlike), \(floor.fillCounts), \(floor.selfTradeCount)")
  }
}
