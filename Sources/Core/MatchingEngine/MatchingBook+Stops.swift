import LowLatency
import TradingModel

// Stops: waiting, being triggered, standing in line, acting.
extension MatchingBook {
  /// Lets a new stop wait, or triggers it when its stop price was reached already.
  mutating func startStop(_ index: UInt32) {
    let order = specialOrder(index)
    if order.pointee.type == .trailingStop {
      let side = cells[Int(index)].side
      order.pointee.terms.stopPrice =
        trades == 0
        ? (side == .buy ? .max : .min)
        : Self.trail(tape.last, side, order.pointee.terms.trailingOffset)
    }
    waitOrTrigger(index)
  }

  mutating func waitOrTrigger(_ index: UInt32) {
    if isReached(index) { trigger(index) } else { joinStops(index) }
  }

  /// Whether the last trade is at or through the stop price of the order at `index`.
  private mutating func isReached(_ index: UInt32) -> Bool {
    if trades == 0 { return false }
    let stop = specialOrder(index).pointee.terms.stopPrice
    return cells[Int(index)].side == .buy ? tape.last >= stop : tape.last <= stop
  }

  /// The stop price that a trade at `price` asks for: `offset` above it for a buy, below for a sell.
  private static func trail(_ price: Int64, _ side: Side, _ offset: Int64) -> Int64 {
    let (sum, overflow) =
      side == .buy
      ? price.addingReportingOverflow(offset) : price.subtractingReportingOverflow(offset)
    return overflow ? (side == .buy ? .max : .min) : sum
  }

  // MARK: The queues of stops

  mutating func joinStops(_ index: UInt32) {
    let order = specialOrder(index)
    let queue = BookQueue.stops(cells[Int(index)].side)
    let level = openLevel(
      order.pointee.terms.stopPrice, rankedAs: BookQueue.ranks(queue), queue)
    cells[Int(level)].quantity += cells[Int(index)].quantity
    cells[Int(level)].count += 1
    cells[Int(index)].place = cells[Int(index)].place & BookCell.lastingFlags | level << 4
    link(index, behind: cells[Int(level)].links.previous)
    order.pointee.place = .waiting
    special.pointee.stopCount += 1
  }

  mutating func leaveStops(_ index: UInt32) {
    let queue = BookQueue.stops(cells[Int(index)].side)
    dequeue(cells[Int(index)], rankedAs: BookQueue.ranks(queue), queue)
    specialOrder(index).pointee.place = .moving
    special.pointee.stopCount -= 1
  }

  // MARK: Triggers

  /// Triggers what the first and the last trade of a sweep trigger.
  mutating func trigger(by sweep: Sweep) {
    if special.pointee.stopCount == 0 { return }
    trigger(byTradeAt: sweep.first)
    if sweep.last != sweep.first { trigger(byTradeAt: sweep.last) }
  }

  mutating func trigger(byTradeAt price: Int64) {
    moveTrailing(price)
    for side in [Side.buy, .sell] {
      let queue = BookQueue.stops(side)
      // Their queue ranks prices as the other side's orders do: what the trade would cross.
      let reached = Self.rank(price, BookQueue.ranks(queue))
      while bests[queue].level != BookCell.nobody && bests[queue].rank >= reached {
        let index = cells[Int(bests[queue].level)].links.next
        leaveStops(index)
        trigger(index)
      }
    }
  }

  /// Reports that an order, which is in no queue, was triggered, and puts it in line.
  private mutating func trigger(_ index: UInt32) {
    let state = special
    let place = details[Int(index)].special
    let stop = specialOrder(index)
    if stop.pointee.type == .trailingStop {
      state.pointee.trailing.remove(place, state.pointee.orders)
    }
    stop.pointee.type = stop.pointee.type == .stopLimit ? .limit : .market
    stop.pointee.place = .inLine
    let order = cells[Int(index)]
    reports.pointee.receive(
      MatchReport(
        .triggered, orderID: order.orderID, owner: order.owner, side: order.side,
        price: stop.pointee.limit, quantity: order.quantity, leaves: order.quantity))
    cells[Int(index)].links.next = BookCell.nobody
    if state.pointee.lineLast == BookCell.nobody {
      state.pointee.lineFirst = index
    } else {
      cells[Int(state.pointee.lineLast)].links.next = index
    }
    state.pointee.lineLast = index
  }

  /// Moves the stop prices of trailing orders after a trade at `price`, in order of entry.
  private mutating func moveTrailing(_ price: Int64) {
    let state = special
    var place = state.pointee.trailing.first
    while place != .max {
      let stop = state.pointee.orders + Int(place)
      let index = stop.pointee.index
      place = state.pointee.trailing.next(after: place, state.pointee.orders)
      let side = cells[Int(index)].side
      let target = Self.trail(price, side, stop.pointee.terms.trailingOffset)
      let present = stop.pointee.terms.stopPrice
      if side == .buy ? target < present : target > present {
        leaveStops(index)
        stop.pointee.terms.stopPrice = target
        joinStops(index)
      }
    }
  }

  // MARK: The line

  /// Takes the first triggered order out of the line; `nobody` when there is none.
  mutating func takeFromLine() -> UInt32 {
    let state = special
    let index = state.pointee.lineFirst
    if index == BookCell.nobody { return index }
    state.pointee.lineFirst = cells[Int(index)].links.next
    if state.pointee.lineFirst == BookCell.nobody { state.pointee.lineLast = BookCell.nobody }
    specialOrder(index).pointee.place = .moving
    return index
  }

  /// Lets a triggered order do what it is for.
  mutating func act(_ index: UInt32) {
    let stop = specialOrder(index).pointee
    let order = cells[Int(index)]
    let detail = detail(of: index)
    let mustFill = stop.terms.mustFill(stop.timeInForce, detail.instructions)
    let isAuction = special.pointee.phase == .auction
    if isAuction
      && (mustFill || (stop.type == .limit && stop.timeInForce == .immediateOrCancel))
    {
      return end(index, .canceled, .notInAuction)
    }
    let leaves = held(index, order.quantity, price: stop.limit)
    if leaves == 0 { return }
    if mustFill && !isAuction {
      let isWhole =
        stop.timeInForce == .fillOrKill || detail.instructions.contains(.allOrNone)
      cells[Int(index)].quantity = leaves
      if !canFill(
        leaves, isWhole, stop.terms.minQuantity, order.side, price: stop.limit,
        owner: order.owner, detail.selfTradePrevention)
      {
        return end(index, .canceled, .notFillable)
      }
    }
    enter(
      index, price: stop.limit, leaves: leaves, Self.leftover(stop.type, stop.timeInForce))
  }
}
