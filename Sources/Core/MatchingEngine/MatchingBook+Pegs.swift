import TradingModel

/// What pegged orders follow: the best displayed prices of orders that are not pegged; nil where there
/// are none.
struct PegReferences: Equatable, BitwiseCopyable {
  var bid: Int64?
  var ask: Int64?

  /// The price of a pegged order of `side`; nil when what it follows is not there.
  func price(_ side: Side, _ terms: OrderTerms, limit: Int64) -> Int64? {
    let reference: Int64
    switch terms.peg {
    case .none: return nil
    case .primary:
      guard let own = side == .buy ? bid : ask else { return nil }
      reference = own
    case .market:
      guard let other = side == .buy ? ask : bid else { return nil }
      reference = other
    case .mid:
      guard let bid, let ask else { return nil }
      // Half a tick is rounded down for a buy, up for a sell.
      reference = Int64((Int128(bid) + Int128(ask) + (side == .buy ? 0 : 1)) >> 1)
    }
    let (sum, overflow) = reference.addingReportingOverflow(terms.pegOffset)
    let target = overflow ? (terms.pegOffset > 0 ? .max : .min) : sum
    return side == .buy ? min(target, limit) : max(target, limit)
  }
}

// Pegged orders, which follow the best prices of the others.
extension MatchingBook {
  /// What pegged orders follow now. O(pegged and hidden orders before the first other of each side).
  mutating func pegReferences() -> PegReferences {
    PegReferences(bid: referencePrice(.buy), ask: referencePrice(.sell))
  }

  private mutating func referencePrice(_ side: Side) -> Int64? {
    let queue = BookQueue.book(side)
    var level = bests[queue].level
    while level != BookCell.nobody {
      var index = cells[Int(level)].links.next
      while index != level {
        let order = cells[Int(index)]
        let isPegged = order.isSpecial && specialOrder(index).pointee.type == .pegged
        if !order.isHidden && !isPegged { return cells[Int(level)].price }
        index = order.links.next
      }
      level = levelBehind(level, in: queue)
    }
    return nil
  }

  /// Moves pegged orders whose price is no longer right, in order of entry, until one of them changes
  /// more than its own place. Gives whether one did: then others may have to move again. While the
  /// best prices stay O(pegged and hidden orders before the first other at the best prices).
  mutating func movePegs() -> Bool {
    let state = special
    if state.pointee.pegs.count == 0 || state.pointee.phase != .continuous { return false }
    let references = pegReferences()
    if references == state.pointee.pegReferences { return false }
    state.pointee.pegReferences = nil
    var place = state.pointee.pegs.first
    // Those before are where they should be, unless what they follow changed since.
    if let pass = state.pointee.pegPass, pass.references == references { place = pass.next }
    while place != .max {
      let next = state.pointee.pegs.next(after: place, state.pointee.orders)
      let before = reports.pointee.count
      state.pointee.pegPass = (references, next)
      movePeg(state.pointee.orders + Int(place), references)
      // Its own report, and nothing else: it only rests elsewhere.
      if reports.pointee.count > before + 1 { return true }
      place = next
    }
    state.pointee.pegPass = nil
    state.pointee.pegReferences = references
    return false
  }

  private mutating func movePeg(
    _ peg: UnsafeMutablePointer<SpecialOrder>, _ references: PegReferences
  ) {
    let index = peg.pointee.index
    let order = cells[Int(index)]
    let present = cells[Int(order.level)].price
    let target = references.price(order.side, peg.pointee.terms, limit: peg.pointee.limit)
    guard let target, target != present else { return }
    let leaves = openQuantity(index)
    reports.pointee.receive(
      MatchReport(
        .replaced, reason: .repriced, orderID: order.orderID, owner: order.owner,
        side: order.side, price: target, quantity: detail(of: index).filled + leaves,
        leaves: leaves))
    leave(index)
    enter(index, price: target, leaves: leaves, .rests)
  }
}
