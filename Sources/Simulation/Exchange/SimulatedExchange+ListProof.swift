import TradingModel

// What can be proved about lists of orders.
extension SimulatedExchange {
  func line(_ list: OrderList) -> String {
    let orders = list.orders.map { "\($0)" }.joined(separator: " ")
    return
      "list \(list.account) \(list.id) \"\(list.clientListID)\" \(list.contingency) orders \(orders) \(list.state) created \(list.createTime) updated \(list.updateTime)"
  }

  func checkLists(_ broken: inout [String]) {
    for list in lists {
      let found = list.orders.compactMap { slots[$0] }.map { orders[$0] }
      if found.count != list.contingency.orderCount
        || found.contains(where: { $0.listID != list.id || $0.account != list.account })
      {
        broken.append("list \(list.id) is not that of its orders")
        continue
      }
      let isOpen = found.contains { $0.state.isOpen } || list.isActivating
      if (list.state == .executing) != isOpen {
        broken.append("list \(list.id) is \(list.state), its orders say otherwise")
      }
      for order in found where order.isPending && (order.locked != .zero || order.isWorking) {
        broken.append("order \(order.id) is pending and holds \(order.locked) or is in the book")
      }
      if list.contingency.hasPending { checkPending(list, found, &broken) }
      if let pair = list.contingency.pair {
        checkPair(list, found[pair.lowerBound], found[pair.lowerBound + 1], &broken)
      }
    }
    for order in orders where order.isPending && order.listID == nil {
      broken.append("order \(order.id) is pending and of no list")
    }
  }

  /// Pending orders are there as long as the working one is, and no longer.
  private func checkPending(
    _ list: OrderList, _ found: [ExchangeOrder], _ broken: inout [String]
  ) {
    let working = found[0]
    for order in found.dropFirst() {
      let isRight =
        working.state.isOpen && !isDoomed(working)
        ? order.isPending : !order.isPending || list.isActivating
      if !isRight {
        broken.append(
          "order \(order.id) is \(order.state), order \(working.id) before it \(working.state)")
      }
    }
  }

  /// Two that cancel each other are both there and have done nothing, or one of them ended.
  private func checkPair(
    _ list: OrderList, _ one: ExchangeOrder, _ other: ExchangeOrder, _ broken: inout [String]
  ) {
    if one.filled > 0 && other.filled > 0 {
      broken.append("orders \(one.id) and \(other.id) of list \(list.id) were both filled")
    }
    let open = [one, other].filter { $0.state.isOpen && !isDoomed($0) }
    let executes = [one, other].filter { $0.filled > 0 || $0.isTriggered }
    if open.count == 2 && !executes.isEmpty {
      broken.append("order \(executes[0].id) of list \(list.id) executes next to an open one")
    }
    if open.count == 1 {
      let ended = open[0].id == one.id ? other : one
      if ended.endReason != .otherExecuted || executes.map(\.id) != [open[0].id] {
        broken.append(
          "order \(open[0].id) of list \(list.id) is alive, \(ended.id) \(ended.endReason)")
      }
    }
  }

  /// Whether an order stands in a halted book and ends as soon as it can.
  private func isDoomed(_ order: ExchangeOrder) -> Bool {
    market(order.instrument).doomed.contains { orders[$0.slot].id == order.id }
  }
}
