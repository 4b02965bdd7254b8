import TradingModel

// Reduce-only orders, and the positions they are held against.
extension MatchingBook {
  /// An owner's position, in quantity units, above 0 long: what was told last, plus its trades here
  /// since; nil when it is not known.
  public func position(of owner: OwnerID) -> Int64? { special.pointee.positions[owner] }

  /// Tells an owner's position; nil makes it unknown. Of owner 0, nobody, nothing is kept. Reduce-only
  /// orders that are too large for it are cut; then the consequences. O(reduce-only orders).
  @inlinable
  public mutating func setPosition<Sink: ReportSink & ~Copyable>(
    _ position: Int64?, of owner: OwnerID, into sink: inout Sink
  ) {
    tellPosition(owner, position)
    handOn(to: &sink)
  }

  @usableFromInline
  mutating func tellPosition(_ owner: OwnerID, _ position: Int64?) {
    if owner == 0 || special.pointee.positions[owner] == position { return }
    special.pointee.positions.set(owner, position)
    special.pointee.positionsChanged = true
    updateAttention()
    settle()
  }

  /// Adds a trade to an owner's position, if that is known.
  mutating func book(_ owner: OwnerID, _ sign: Int64, _ quantity: Int64) {
    let state = special
    guard owner != 0, let before = state.pointee.positions[owner] else { return }
    let (sum, overflow) = before.addingReportingOverflow(sign * quantity)
    state.pointee.positions.set(owner, overflow ? (sign > 0 ? .max : .min) : sum)
    state.pointee.positionsChanged = true
  }

  /// How much an order of `side` may reduce its owner's position by; 0 when that is not known.
  mutating func reducible(_ owner: OwnerID, _ side: Side) -> Int64 {
    guard let position = special.pointee.positions[owner] else { return 0 }
    if side == .sell { return max(0, position) }
    return position >= 0 ? 0 : (position == .min ? .max : -position)
  }

  /// What of `leaves` the order at `index`, which is in no queue, may have open; reports the cut, and
  /// ends the order when it is 0.
  mutating func held(_ index: UInt32, _ leaves: Int64, price: Int64) -> Int64 {
    let order = cells[Int(index)]
    guard order.isSpecial, specialOrder(index).pointee.isReduceOnly else { return leaves }
    let allowed = min(leaves, reducible(order.owner, order.side))
    if allowed < leaves { reportCut(order, price, from: leaves, to: allowed) }
    if allowed == 0 { retire(index) }
    return allowed
  }

  /// Cuts the order at `index`, which is in the book, to what its owner's position allows, if it is
  /// reduce-only. Gives whether it is still there.
  mutating func cutReduceOnly(_ index: UInt32) -> Bool {
    let order = cells[Int(index)]
    guard order.isSpecial, specialOrder(index).pointee.isReduceOnly else { return true }
    let open = openQuantity(index)
    let allowed = min(open, reducible(order.owner, order.side))
    if allowed == open { return true }
    reportCut(order, cells[Int(order.level)].price, from: open, to: allowed)
    if allowed > 0 {
      shrink(index, to: allowed)
    } else {
      leave(index)
      retire(index)
    }
    return allowed > 0
  }

  private mutating func reportCut(
    _ order: BookCell, _ price: Int64, from open: Int64, to leaves: Int64
  ) {
    reports.pointee.receive(
      MatchReport(
        leaves == 0 ? .canceled : .reduced, reason: .reduceOnly, orderID: order.orderID,
        owner: order.owner, side: order.side, price: price, quantity: open - leaves,
        leaves: leaves))
  }

  /// Holds all reduce-only orders in the book against their owners' positions, in order of entry, when
  /// one changed. O(reduce-only orders).
  mutating func cutReduceOnlyOrders() {
    let state = special
    if !state.pointee.positionsChanged { return }
    state.pointee.positionsChanged = false
    var place = state.pointee.reducers.first
    while place != .max {
      let order = state.pointee.orders[Int(place)]
      place = state.pointee.reducers.next(after: place, state.pointee.orders)
      if order.place == .inBook { _ = cutReduceOnly(order.index) }
    }
  }
}
