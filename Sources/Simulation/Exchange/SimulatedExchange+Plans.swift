import MatchingEngine
import TradingModel

/// What a market order will find.
struct MarketPlan {
  /// How much it asks the book for.
  var quantity: Int64
  /// How much of that is there, and what it costs.
  var available: Int64
  var value: Money
  /// What it has to lock.
  var lock: Money
}

// What an order without limit will do, found out before it does it, so that it is wholly paid for.
extension SimulatedExchange {
  /// The plan of a market order, or of a conditional one once it is triggered; nil where values do not fit.
  func plan(_ request: OrderRequest, quantity: Int64, by account: AccountIndex, isReducing: Bool)
    -> MarketPlan?
  {
    let market = market(request.instrument)
    let listing = market.listing
    let fee = lockFee(request, of: account)
    var budget: Money?
    if let amount = request.quoteQuantity {
      // Of a buy whose fee comes on top, the fee is part of the amount.
      let whole: Int128 = 100_000_000
      budget =
        fee.parts > 0
        ? Money(amount: divideProduct(amount.amount, whole, by: whole + Int128(fee.parts))) : amount
      // What was cut from the fee's provision must not be missed.
      if fee.parts > 0 { budget = Money(amount: max(0, budget!.amount - 2)) }
    }
    guard
      let found = walk(
        market, request,
        quantity: request.quoteQuantity == nil ? quantity : market.marketQuantityMax,
        budget: budget, owner: owner(account, request.positionSide))
    else { return nil }
    var asked = request.quoteQuantity == nil ? quantity : found.quantity
    // A buy whose amount is more than all there is ends as one by quantity does: with something left.
    if found.isAll && request.quoteQuantity != nil && request.side == .buy && asked > 0 {
      asked += listing.lot
    }
    var lock = Money.zero
    if market.isContract {
      let state = accounts[account]
      let leverage = state.positions[state.place(market.index, request.positionSide)].leverage
      if !isReducing { lock = margin(of: found.value, leverage: leverage) }
    } else if request.side == .sell {
      guard let size = listing.size(quantity: asked) else { return nil }
      lock = size
    } else {
      lock = withFee(found.value, fee)
    }
    return MarketPlan(quantity: asked, available: found.quantity, value: found.value, lock: lock)
  }

  /// The fee that a lock provides for: of spot buys where the fee is paid in quote.
  func lockFee(_ request: OrderRequest, of account: AccountIndex) -> Rate {
    let fees = accounts[account].fees(in: request.instrument)
    guard request.side == .buy, !market(request.instrument).isContract, fees.asset == .quote else {
      return .zero
    }
    return max(fees.maker, fees.taker, .zero)
  }

  /// How much of the other side's orders a market order meets, within a quantity and a budget, and
  /// their value, and whether that is all there is. Exact, but for what self-trade prevention leaves: never too little money.
  private func walk(
    _ market: InstrumentMarket, _ request: OrderRequest, quantity: Int64, budget: Money?,
    owner: OwnerID
  ) -> (quantity: Int64, value: Money, isAll: Bool)? {
    let side = request.side.opposite
    let needsOrders = market.hasIcebergs || request.selfTradePrevention != .allow
    var (left, spent, met) = (quantity, Money.zero, Int64(0))
    var limit = 16
    var done = 0
    while true {
      let levels = market.levels(side, limit: limit)
      for level in levels[min(done, levels.count)...] {
        var there = level.quantity
        var isEnd = false
        if needsOrders {
          there = 0
          let resting = market.orders(at: level.price, side, count: Int(level.orderCount))
          for order in resting {
            if order.owner == owner && owner != 0 && request.selfTradePrevention != .allow {
              // What decrement takes depends on where icebergs' parts stand; without it nothing is
              // dearer.
              let mode = request.selfTradePrevention
              if mode == .cancelOldest || mode == .decrement { continue }
              isEnd = true
              break
            }
            there += order.leaves
          }
        }
        let price = level.price * market.listing.tick
        var take = min(left, there)
        if let budget {
          guard let lotValue = market.value(price: price, quantity: market.listing.lot)
          else { return nil }
          let lots = (budget - spent).amount / max(1, lotValue.amount)
          take = Int64(min(Int128(take / market.listing.lot), lots)) * market.listing.lot
        }
        guard let value = market.value(price: price, quantity: take) else { return nil }
        spent += value
        met += take
        left -= take
        if left == 0 || isEnd || (budget != nil && take < there) {
          return (met, spent, false)
        }
      }
      if levels.count < limit { return (met, spent, true) }
      done = levels.count
      limit *= 4
    }
  }

  /// a x b / c cut, for numbers whose product may need 256 bits. All at least 0, c above 0, a x b / c
  /// within 128 bits.
  func divideProduct(_ a: Int128, _ b: Int128, by c: Int128) -> Int128 {
    let product = UInt128(a).multipliedFullWidth(by: UInt128(b))
    return Int128(UInt128(c).dividingFullWidth((product.high, product.low)).quotient)
  }
}

/// The owner of an account's orders in a book: hedge positions are owners of their own, so that the book
/// cuts what reduces each.
func owner(_ account: AccountIndex, _ side: PositionSide) -> OwnerID {
  OwnerID(account) * 4 + OwnerID(side.rawValue)
}
