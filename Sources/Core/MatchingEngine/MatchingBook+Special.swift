import LowLatency
import TradingModel

// What special orders are made of, and how any order joins and leaves the book while changes are
// kept or hidden orders may be there.
extension MatchingBook {
  /// The `SpecialOrder` of the order at `index`, which is special.
  @inline(__always)
  func specialOrder(_ index: UInt32) -> UnsafeMutablePointer<SpecialOrder> {
    special.pointee.orders + Int(details[Int(index)].special)
  }

  /// All that is open of an order: what is shown, and an iceberg's reserve.
  @inline(__always)
  func openQuantity(_ index: UInt32) -> Int64 {
    let order = cells[Int(index)]
    return order.isSpecial
      ? order.quantity &+ specialOrder(index).pointee.reserve : order.quantity
  }

  /// The price of an order: of one that is in no queue of the book its limit or protection.
  @inline(__always)
  func price(of index: UInt32) -> Int64 {
    let order = cells[Int(index)]
    if order.isSpecial && specialOrder(index).pointee.place != .inBook {
      return specialOrder(index).pointee.limit
    }
    return cells[Int(order.level)].price
  }

  // MARK: Birth and death

  /// A cell for a new order, with what it is remembered by, in no queue.
  mutating func makeOrder(_ entry: OrderEntry, _ terms: OrderTerms) -> UInt32 {
    let index = take(entry.orderID)
    let order = cells + Int(index)
    order.pointee.quantity = entry.quantity
    order.pointee.count = entry.owner
    order.pointee.place = UInt32(entry.side.rawValue)
    var detail = OrderDetail(
      filled: 0, instructions: entry.instructions,
      selfTradePrevention: entry.selfTradePrevention)
    if isSpecial(entry, terms) {
      detail.special = special.pointee.add(index, entry, terms)
      order.pointee.place |= BookCell.specialFlag
      if entry.instructions.contains(.hidden) { order.pointee.place |= BookCell.hiddenFlag }
      enlist(detail.special, entry, terms)
    }
    if !detail.isPlain || order.pointee.isSpecial { setDetail(of: index, detail) }
    return index
  }

  private mutating func isSpecial(_ entry: OrderEntry, _ terms: OrderTerms) -> Bool {
    entry.type != .limit || !terms.arePlain || !entry.timeInForce.mayStay
      || !entry.instructions.isDisjoint(with: [.hidden, .reduceOnly])
      || entry.timeInForce != .goodTillCancel
  }

  /// Puts a new special order on the lists it belongs to.
  private mutating func enlist(_ place: UInt32, _ entry: OrderEntry, _ terms: OrderTerms) {
    let state = special
    let orders = state.pointee.orders
    if entry.type == .pegged {
      state.pointee.pegs.append(place, orders)
      state.pointee.forgetPegPass()
    }
    if entry.type == .trailingStop { state.pointee.trailing.append(place, orders) }
    if orders[Int(place)].isReduceOnly { state.pointee.reducers.append(place, orders) }
    if entry.timeInForce == .day { state.pointee.days.append(place, orders) }
    if entry.timeInForce == .goodTillDate { state.pointee.expiries.add(place, orders) }
  }

  /// Ends an order that is in no queue.
  mutating func retire(_ index: UInt32) {
    if cells[Int(index)].isSpecial {
      let place = details[Int(index)].special
      let state = special
      let orders = state.pointee.orders
      let order = orders + Int(place)
      if order.pointee.type == .pegged {
        if let pass = state.pointee.pegPass, pass.next == place {
          state.pointee.pegPass?.next = state.pointee.pegs.next(after: place, orders)
        }
        state.pointee.pegs.remove(place, orders)
      }
      if order.pointee.type == .trailingStop { state.pointee.trailing.remove(place, orders) }
      if order.pointee.isReduceOnly { state.pointee.reducers.remove(place, orders) }
      if order.pointee.timeInForce == .day { state.pointee.days.remove(place, orders) }
      if order.pointee.heapPlace != .max { state.pointee.expiries.remove(place, orders) }
      state.pointee.remove(place)
      cells[Int(index)].place &= ~(BookCell.specialFlag | BookCell.hiddenFlag)
    }
    release(index)
    updateAttention()
  }

  /// Asks for attention to what is there now.
  @inline(__always)
  func attentionNeeded() -> Attention {
    let state = special
    var needed: Attention = attention.intersection(.feeds)
    if state.pointee.phase != .continuous { needed.insert(.phase) }
    if state.pointee.pegs.count > 0 { needed.insert(.pegs) }
    if state.pointee.stopCount > 0 { needed.insert(.stops) }
    if state.pointee.positions.count > 0 { needed.insert(.positions) }
    if overflow.pointee.count > 0 { needed.insert(.overflow) }
    return needed
  }

  mutating func updateAttention() { attention = attentionNeeded() }

  // MARK: In and out of the book

  /// Puts the order at `index`, with `leaves` open, at the back of its kind at `price`; of an iceberg
  /// its next part.
  mutating func join(_ index: UInt32, price: Int64, leaves: Int64) {
    cells[Int(index)].quantity = leaves
    if cells[Int(index)].isSpecial {
      let order = specialOrder(index)
      order.pointee.place = .inBook
      if order.pointee.type == .market { special.pointee.marketCount += 1 }
      showNextPart(index, of: leaves)
    }
    joinQueue(index, price: price)
  }

  /// Sets what is shown of `leaves` and what is kept back.
  private mutating func showNextPart(_ index: UInt32, of leaves: Int64) {
    let order = specialOrder(index)
    let terms = order.pointee.terms
    var shown = leaves
    if terms.displayQuantity > 0 {
      var part = UInt64(terms.displayQuantity)
      if terms.displayRange > 0 {
        let range = UInt64(terms.displayRange)
        part = part - range + special.pointee.random.next(below: 2 * range + 1)
      }
      shown = Int64(min(part, UInt64(leaves)))
    }
    cells[Int(index)].quantity = shown
    order.pointee.reserve = leaves - shown
  }

  private mutating func joinQueue(_ index: UInt32, price: Int64) {
    let side = cells[Int(index)].side
    cells[Int(index)].place &= BookCell.lastingFlags
    if cells[Int(index)].isHidden {
      let level = openLevel(price, rankedAs: side, BookQueue.book(side))
      cells[Int(index)].place |= level << 4
      return linkHidden(index, cells[Int(level)].links.previous)
    }
    enqueue(index, side: side, price: price)
    noteLevel(cells[Int(index)].level, side)
    noteOrder(.added, index, price)
  }

  /// Takes an order out of the book; its cell and all else about it stay.
  mutating func leave(_ index: UInt32) {
    if cells[Int(index)].isSpecial {
      let order = specialOrder(index)
      order.pointee.place = .moving
      if order.pointee.type == .market { special.pointee.marketCount -= 1 }
    }
    leaveQueue(index)
  }

  private mutating func leaveQueue(_ index: UInt32) {
    let order = cells[Int(index)]
    let level = cells + Int(order.level)
    if order.isHidden {
      forgetHidden(index)
      level.pointee.quantity += order.quantity
      level.pointee.count += 1
      return dequeue(index)
    }
    noteOrder(.removed, index, level.pointee.price)
    // The level is noted while it is still open.
    level.pointee.quantity -= order.quantity
    level.pointee.count -= 1
    noteLevel(order.level, order.side)
    level.pointee.quantity += order.quantity
    level.pointee.count += 1
    dequeue(index)
  }

  /// Lowers what is open of an order in the book to `leaves` (above 0), in its place; of an iceberg
  /// the reserve first.
  mutating func shrink(_ index: UInt32, to leaves: Int64) {
    let shown = min(cells[Int(index)].quantity, leaves)
    if cells[Int(index)].isSpecial { specialOrder(index).pointee.reserve = leaves - shown }
    lowerShown(index, to: shown)
  }

  private mutating func lowerShown(_ index: UInt32, to shown: Int64) {
    let order = cells + Int(index)
    if order.pointee.quantity == shown { return }
    let level = cells + Int(order.pointee.level)
    let isDisplayed = !order.pointee.isHidden
    if isDisplayed { level.pointee.quantity -= order.pointee.quantity - shown }
    order.pointee.quantity = shown
    if !isDisplayed { return }
    noteLevel(order.pointee.level, order.pointee.side)
    noteOrder(.reduced, index, level.pointee.price)
  }

  /// Takes `quantity` from what an order in the book shows (of a hidden one has): it stays where it
  /// is, or shows its next part behind the others, or is gone.
  mutating func take(_ quantity: Int64, from index: UInt32) {
    let order = cells[Int(index)]
    if quantity < order.quantity { return lowerShown(index, to: order.quantity - quantity) }
    let reserve = order.isSpecial ? specialOrder(index).pointee.reserve : 0
    let price = cells[Int(order.level)].price
    leave(index)
    if reserve == 0 { retire(index) } else { join(index, price: price, leaves: reserve) }
  }
}
