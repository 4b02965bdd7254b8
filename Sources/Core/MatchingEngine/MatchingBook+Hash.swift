import LowLatency
import TradingModel

extension MatchingBook {
  /// A hash over all that can influence reports to come, independent of slot numbers and free
  /// lists: equal books hash equal on every machine. O(orders).
  public func stateHash() -> UInt64 {
    var hash = RecordHash()
    hash.combine(trades)
    hash.combine(tape.last)
    for queue in 0..<BookQueue.count {
      var level = bests[queue].level
      while level != BookCell.nobody {
        hash.combine(cells[Int(level)].price)
        hash.combine(cells[Int(level)].quantity)
        var index = cells[Int(level)].links.next
        while index != level {
          combine(index, into: &hash)
          index = cells[Int(index)].links.next
        }
        level = levelBehind(level, in: queue)
      }
      hash.combine(UInt64(queue))
    }
    combineState(into: &hash)
    return hash.value
  }

  private func combine(_ index: UInt32, into hash: inout RecordHash) {
    let order = cells[Int(index)]
    let detail = detail(of: index)
    hash.combine(order.orderID)
    hash.combine(order.quantity)
    hash.combine(detail.filled)
    hash.combine(
      UInt64(order.owner) << 16 | UInt64(detail.instructions.rawValue) << 8
        | UInt64(detail.selfTradePrevention.rawValue))
    if !order.isSpecial { return }
    let special = specialOrder(index).pointee
    hash.combine(special.reserve)
    hash.combine(special.limit)
    hash.combine(special.terms.stopPrice)
    hash.combine(special.terms.trailingOffset)
    hash.combine(special.terms.pegOffset)
    hash.combine(special.terms.displayQuantity)
    hash.combine(special.terms.displayRange)
    hash.combine(special.terms.minQuantity)
    hash.combine(special.terms.expireTime)
    hash.combine(
      UInt64(special.type.rawValue) << 16 | UInt64(special.timeInForce.rawValue) << 8
        | UInt64(special.terms.peg.rawValue))
  }

  /// Time, phase, positions, chance, and the orders of entry that decide who comes first.
  private func combineState(into hash: inout RecordHash) {
    let state = special
    hash.combine(state.pointee.time)
    hash.combine(UInt64(state.pointee.phase.rawValue))
    state.pointee.positions.combine(into: &hash)
    var random = state.pointee.random
    hash.combine(random.next())
    for list in [
      state.pointee.pegs, state.pointee.trailing, state.pointee.reducers, state.pointee.days,
    ] {
      var place = list.first
      while place != .max {
        hash.combine(cells[Int(state.pointee.orders[Int(place)].index)].orderID)
        place = list.next(after: place, state.pointee.orders)
      }
      hash.combine(UInt64(list.count))
    }
    let expiring = (0..<state.pointee.expiries.count)
      .map { state.pointee.orders[Int(state.pointee.expiries[$0])] }
      .sorted { $0.entryNumber < $1.entryNumber }
    for order in expiring { hash.combine(cells[Int(order.index)].orderID) }
  }
}
