import MatchingEngine
import TradingModel

/// The reference: two plain arrays in order of priority, searched from the front. Slow and obvious.
struct NaiveBook {
  struct Order {
    var id: OrderID
    var owner: OwnerID
    var price: Int64
    var leaves: Int64
    var filled: Int64
    var isPostOnly: Bool
    var selfTradePrevention: SelfTradePrevention
  }

  let orderCapacity: Int
  var bids: [Order] = []
  var asks: [Order] = []
  var tradeCount: UInt64 = 0
  var reports: [MatchReport] = []

  init(orderCapacity: Int) { self.orderCapacity = orderCapacity }

  subscript(side: Side) -> [Order] {
    get { side == .buy ? bids : asks }
    set { if side == .buy { bids = newValue } else { asks = newValue } }
  }

  func find(_ id: OrderID) -> (side: Side, place: Int)? {
    var place = 0
    while place < bids.count {
      if bids[place].id == id { return (.buy, place) }
      place += 1
    }
    place = 0
    while place < asks.count {
      if asks[place].id == id { return (.sell, place) }
      place += 1
    }
    return nil
  }

  // MARK: Operations

  mutating func submit(_ entry: OrderEntry) {
    let refusal = refusal(of: entry)
    if refusal != .none {
      report(.rejected, refusal, entry, quantity: entry.quantity, leaves: 0)
      return
    }
    report(.accepted, .none, entry, quantity: entry.quantity, leaves: entry.quantity)
    var order = Order(
      id: entry.orderID, owner: entry.owner, price: entry.price, leaves: entry.quantity, filled: 0,
      isPostOnly: entry.instructions == .postOnly,
      selfTradePrevention: entry.selfTradePrevention)
    match(&order, entry.side)
    if order.leaves == 0 { return }
    if entry.type == .market {
      report(.canceled, .noLiquidity, entry, quantity: order.leaves, leaves: 0)
    } else if entry.timeInForce == .immediateOrCancel || entry.timeInForce == .fillOrKill {
      report(.canceled, .immediateOrCancel, entry, quantity: order.leaves, leaves: 0)
    } else {
      insert(order, entry.side)
    }
  }

  mutating func modify(_ id: OrderID, price: Int64, quantity: Int64) {
    guard let (side, place) = find(id) else {
      reports.append(
        MatchReport(
          .replaceRejected, reason: .unknownOrder, orderID: id, owner: 0, side: .buy,
          price: price, quantity: quantity, leaves: 0))
      return
    }
    var order = self[side][place]
    var refusal = MatchReason.none
    if quantity <= 0 {
      refusal = .quantityNotPositive
    } else if quantity > .max / Int64(orderCapacity) {
      refusal = .quantityAboveLimit
    } else if order.isPostOnly && quantity > order.filled && crosses(side, price) {
      refusal = .wouldCross
    }
    if refusal != .none {
      report(.replaceRejected, refusal, order, side, price, quantity, order.leaves)
    } else if quantity <= order.filled {
      cancel(side, place, .modifiedToFilled)
    } else {
      let leaves = quantity - order.filled
      report(.replaced, .none, order, side, price, quantity, leaves)
      if price == order.price && leaves <= order.leaves {
        self[side][place].leaves = leaves
        return
      }
      self[side].remove(at: place)
      order.price = price
      order.leaves = leaves
      match(&order, side)
      if order.leaves > 0 { insert(order, side) }
    }
  }

  mutating func cancel(_ id: OrderID) {
    if let (side, place) = find(id) {
      cancel(side, place, .requested)
    } else {
      reports.append(
        MatchReport(
          .cancelRejected, reason: .unknownOrder, orderID: id, owner: 0, side: .buy, price: 0,
          quantity: 0, leaves: 0))
    }
  }

  mutating func cancelAll(owner: OwnerID) {
    for side in [Side.buy, Side.sell] {
      while let place = self[side].firstIndex(where: { $0.owner == owner }) {
        cancel(side, place, .massCancel)
      }
    }
  }

  // MARK: Parts

  private func refusal(of entry: OrderEntry) -> MatchReason {
    if entry.orderID == 0 { return .orderIDIsZero }
    if find(entry.orderID) != nil { return .duplicateOrderID }
    if entry.quantity <= 0 { return .quantityNotPositive }
    if entry.quantity > .max / Int64(orderCapacity) { return .quantityAboveLimit }
    if entry.type != .limit && entry.type != .market { return .unsupported }
    if entry.timeInForce == .goodTillDate { return .unsupported }
    if entry.instructions != [] && entry.instructions != .postOnly { return .unsupported }
    let isPostOnly = entry.instructions == .postOnly
    let canRest =
      entry.type == .limit
      && (entry.timeInForce == .day || entry.timeInForce == .goodTillCancel)
    if isPostOnly && !canRest { return .conflictingInstructions }
    if canRest && bids.count + asks.count == orderCapacity { return .orderCapacity }
    if isPostOnly && crosses(entry.side, entry.price) { return .wouldCross }
    if entry.timeInForce == .fillOrKill {
      // Try it on a copy: filled whole, or refused.
      var trial = self
      var order = Order(
        id: entry.orderID, owner: entry.owner, price: entry.price, leaves: entry.quantity,
        filled: 0, isPostOnly: false, selfTradePrevention: entry.selfTradePrevention)
      trial.match(&order, entry.side)
      if order.filled < entry.quantity { return .notFillable }
    }
    return .none
  }

  private func crosses(_ side: Side, _ price: Int64) -> Bool {
    guard let best = self[side.opposite].first else { return false }
    return side == .buy ? best.price <= price : best.price >= price
  }

  private mutating func match(_ taker: inout Order, _ side: Side) {
    while taker.leaves > 0 && crosses(side, taker.price) {
      let maker = self[side.opposite][0]
      if taker.owner != 0 && maker.owner == taker.owner && taker.selfTradePrevention != .allow {
        prevent(&taker, side)
        continue
      }
      let quantity = min(taker.leaves, maker.leaves)
      taker.leaves -= quantity
      taker.filled += quantity
      tradeCount += 1
      var trade = MatchReport(
        .trade, orderID: taker.id, owner: taker.owner, side: side, price: maker.price,
        quantity: quantity, leaves: taker.leaves)
      trade.tradeNumber = UInt32(tradeCount)
      trade.makerOrderID = maker.id
      trade.makerOwner = maker.owner
      trade.makerLeaves = maker.leaves - quantity
      reports.append(trade)
      self[side.opposite][0].filled += quantity
      lowerFirst(side.opposite, by: quantity)
    }
  }

  private mutating func prevent(_ taker: inout Order, _ side: Side) {
    let maker = self[side.opposite][0]
    var makerLoss: Int64 = 0
    var takerLoss: Int64 = 0
    switch taker.selfTradePrevention {
    case .allow: break
    case .cancelNewest: takerLoss = taker.leaves
    case .cancelOldest: makerLoss = maker.leaves
    case .cancelBoth:
      makerLoss = maker.leaves
      takerLoss = taker.leaves
    case .decrement:
      makerLoss = min(maker.leaves, taker.leaves)
      takerLoss = makerLoss
    }
    if makerLoss > 0 {
      let left = maker.leaves - makerLoss
      let kind: ReportKind = left == 0 ? .canceled : .reduced
      report(
        kind, .selfTradePrevention, maker, side.opposite, maker.price, makerLoss, left)
      lowerFirst(side.opposite, by: makerLoss)
    }
    if takerLoss > 0 {
      taker.leaves -= takerLoss
      let kind: ReportKind = taker.leaves == 0 ? .canceled : .reduced
      report(kind, .selfTradePrevention, taker, side, taker.price, takerLoss, taker.leaves)
    }
  }

  private mutating func lowerFirst(_ side: Side, by quantity: Int64) {
    self[side][0].leaves -= quantity
    if self[side][0].leaves == 0 { self[side].removeFirst() }
  }

  private mutating func insert(_ order: Order, _ side: Side) {
    let place = self[side].firstIndex {
      side == .buy ? $0.price < order.price : $0.price > order.price
    }
    self[side].insert(order, at: place ?? self[side].count)
  }

  private mutating func cancel(_ side: Side, _ place: Int, _ reason: MatchReason) {
    let order = self[side].remove(at: place)
    report(.canceled, reason, order, side, order.price, order.leaves, 0)
  }

  private mutating func report(
    _ kind: ReportKind, _ reason: MatchReason, _ entry: OrderEntry, quantity: Int64, leaves: Int64
  ) {
    reports.append(
      MatchReport(
        kind, reason: reason, orderID: entry.orderID, owner: entry.owner, side: entry.side,
        price: entry.price, quantity: quantity, leaves: leaves))
  }

  private mutating func report(
    _ kind: ReportKind, _ reason: MatchReason, _ order: Order, _ side: Side, _ price: Int64,
    _ quantity: Int64, _ leaves: Int64
  ) {
    reports.append(
      MatchReport(
        kind, reason: reason, orderID: order.id, owner: order.owner, side: side, price: price,
        quantity: quantity, leaves: leaves))
  }
}
