import CComparison
import MatchingFlow

/// The reference: two plain arrays in order of priority. Slow and obvious; written from the
/// interface's rules alone.
struct NaiveComparison {
  struct Order {
    var id: UInt64
    var price: Int64
    var quantity: UInt32
  }

  /// Bids, then asks; the best and oldest first.
  var sides: [[Order]] = [[], []]
  var reports: [me_report_t] = []

  mutating func send(_ message: FlowMessage) {
    let sequence = message.payload.sequence_number
    let id = message.payload.order_id
    switch message.kind {
    case .newOrder: enter(message.payload)
    case .cancel:
      if let (side, place) = find(id) {
        let order = sides[side].remove(at: place)
        report(me_cancel_ack, UInt8(side), sequence, id, order.price, order.quantity)
      } else {
        report(me_cancel_reject, 0, sequence, id, 0, 0)
      }
    case .modify: modify(message.payload)
    }
  }

  func best(_ side: Int) -> Int64? { sides[side].first?.price }

  func depth(_ price: Int64, _ side: Int) -> UInt64 {
    sides[side].filter { $0.price == price }.reduce(0) { $0 + UInt64($1.quantity) }
  }

  private mutating func enter(_ message: new_order_t) {
    let side = message.side == 0 ? 0 : 1
    let isRefused = message.order_id == 0 || message.quantity == 0 || find(message.order_id) != nil
    report(
      me_order_ack, UInt8(side), message.sequence_number, message.order_id, message.price_ticks,
      isRefused ? 0 : message.quantity)
    if isRefused { return }
    var order = Order(
      id: message.order_id, price: message.price_ticks, quantity: message.quantity)
    match(&order, side, message.sequence_number)
    if order.quantity == 0 { return }
    if message.ioc == 0 {
      rest(order, side)
    } else {
      report(
        me_cancel_ack, UInt8(side), message.sequence_number, order.id, order.price,
        order.quantity)
    }
  }

  private mutating func modify(_ message: new_order_t) {
    guard message.quantity > 0, let (side, place) = find(message.order_id) else {
      report(
        me_modify_reject, message.side, message.sequence_number, message.order_id,
        message.price_ticks, message.quantity)
      return
    }
    report(
      me_modify_ack, UInt8(side), message.sequence_number, message.order_id, message.price_ticks,
      message.quantity)
    var order = sides[side].remove(at: place)
    order.price = message.price_ticks
    order.quantity = message.quantity
    match(&order, side, message.sequence_number)
    if order.quantity > 0 { rest(order, side) }
  }

  private mutating func match(_ taker: inout Order, _ side: Int, _ sequence: UInt64) {
    while taker.quantity > 0, let maker = sides[1 - side].first {
      if side == 0 ? maker.price > taker.price : maker.price < taker.price { return }
      let quantity = min(maker.quantity, taker.quantity)
      taker.quantity -= quantity
      sides[1 - side][0].quantity -= quantity
      if sides[1 - side][0].quantity == 0 { sides[1 - side].removeFirst() }
      report(
        me_trade, UInt8(side), sequence, taker.id, maker.price, quantity, maker: maker.id)
    }
  }

  private mutating func rest(_ order: Order, _ side: Int) {
    let place = sides[side].firstIndex {
      side == 0 ? $0.price < order.price : $0.price > order.price
    }
    sides[side].insert(order, at: place ?? sides[side].count)
  }

  private func find(_ id: UInt64) -> (side: Int, place: Int)? {
    for side in 0...1 {
      if let place = sides[side].firstIndex(where: { $0.id == id }) { return (side, place) }
    }
    return nil
  }

  private mutating func report<Kind: BinaryInteger>(
    _ type: Kind, _ side: UInt8, _ sequence: UInt64, _ id: UInt64, _ price: Int64,
    _ quantity: UInt32, maker: UInt64? = nil
  ) {
    var report = me_report_t()
    report.type = UInt8(type)
    report.side = side
    report.sequence_number = sequence
    report.order_id = id
    report.price_ticks = price
    report.quantity = quantity
    report.maker_order_id = maker ?? 0
    report.taker_order_id = maker == nil ? 0 : id
    reports.append(report)
  }
}
