import MatchingEngine
import TradingModel

// Stops that wait, are triggered, stand in line and act; and the loop of consequences.
extension NaiveBook {
  /// A new stop waits, or is triggered at once and acts.
  mutating func wait(_ incoming: Order) {
    var order = incoming
    order.stopPrice = order.terms.stopPrice
    if order.entry.type == .trailingStop {
      order.stopPrice =
        figures.tradeCount > 0
        ? trail(order, figures.lastPrice) : (order.side == .buy ? .max : .min)
    }
    waitOrTrigger(order)
  }

  mutating func waitOrTrigger(_ incoming: Order) {
    var order = incoming
    if figures.tradeCount > 0 && triggers(figures.lastPrice, order) {
      trigger(order)
      act()
    } else {
      order.arrival = nextArrival()
      stops.append(order)
    }
  }

  private func trail(_ order: Order, _ price: Int64) -> Int64 {
    Self.saturated(Int128(price) + Int128(order.terms.trailingOffset) * Int128(order.side.sign))
  }

  private func triggers(_ price: Int64, _ order: Order) -> Bool {
    order.side == .buy ? price >= order.stopPrice : price <= order.stopPrice
  }

  private mutating func trigger(_ order: Order) {
    report(.triggered, .none, order, quantity: order.leaves, leaves: order.leaves)
    line.append(order)
  }

  // MARK: Trades that count

  /// What the trades of the last sweep (or an uncross) do to the stops.
  private mutating func countTrades() {
    for price in sweep {
      moveTrailing(price)
      for side in [Side.buy, .sell] {
        for order in waiting(side) where triggers(price, order) {
          stops.removeAll { $0.id == order.id }
          trigger(order)
        }
      }
    }
    sweep = []
  }

  private mutating func moveTrailing(_ price: Int64) {
    for order in stops.sorted(by: { $0.entered < $1.entered })
    where order.entry.type == .trailingStop {
      let stopPrice = trail(order, price)
      let isNearer = order.side == .buy ? stopPrice < order.stopPrice : stopPrice > order.stopPrice
      guard isNearer, let index = findStop(order.id) else { continue }
      stops[index].stopPrice = stopPrice
      stops[index].arrival = nextArrival()
    }
  }

  /// The stops of `side` that wait, the nearest stop price first, oldest first.
  func waiting(_ side: Side) -> [Order] {
    stops.filter { $0.side == side }.sorted {
      if $0.stopPrice == $1.stopPrice { return $0.arrival < $1.arrival }
      return side == .buy ? $0.stopPrice < $1.stopPrice : $0.stopPrice > $1.stopPrice
    }
  }

  // MARK: Acting

  /// The first in line is checked again and comes in.
  private mutating func act() {
    var order = line.removeFirst()
    if phase == .auction && !auctionTakes(order, isActing: true) {
      return cancelRest(&order, .notInAuction)
    }
    cutIncoming(&order)
    if order.leaves == 0 { return }
    if phase == .continuous && !isFillable(order) { return cancelRest(&order, .notFillable) }
    come(&order)
  }

  /// All consequences of an operation, until none is left.
  mutating func settle() {
    while true {
      countTrades()
      cutAll()
      if !line.isEmpty {
        act()
      } else if !movePegged() {
        return
      }
    }
  }
}
