import Exchange
import TradingModel
import VenueServer

/// Orders and executions that were.
extension BybitCore {
  /// Open orders, or with `openOnly` 1 up to 500 that ended; an order that is named whichever it is
  /// (https://bybit-exchange.github.io/docs/v5/order/open-order).
  func orders(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let parameters = call.parameters
    let category = try parameters.category()
    if parameters["orderId"] != nil || parameters["orderLinkId"] != nil {
      return try named(call, category)
    }
    let instruments = try scope(parameters, category, needsOne: category == .linear)
    let filter = parameters["orderFilter"] ?? ""
    let isRecent = parameters["openOnly"].map { $0 != "0" } ?? false
    var orders: [ExchangeOrder]
    if isRecent {
      orders = exchange.orders(of: call.account).filter {
        !$0.state.isOpen && symbol($0.instrument).category == category
      }.suffix(500)
    } else {
      orders = exchange.openOrders(of: call.account)
    }
    orders.removeAll {
      !instruments.contains($0.instrument) || !isChosen($0, by: filter) || !isTold($0)
    }
    return try list(orders.reversed(), call, category, usual: 20) { orderJSON($0) }
  }

  private func named(_ call: BybitCall, _ category: BybitCategory) throws(BybitError) -> JSONValue {
    var orders: [ExchangeOrder] = []
    if let order = find(call.parameters, category, call.account) { orders.append(order) }
    if let name = call.parameters["symbol"] {
      orders.removeAll { symbol($0.instrument).name != name }
    }
    return try list(orders, call, category, usual: 20) { orderJSON($0) }
  }

  /// Orders that ended, newest first (https://bybit-exchange.github.io/docs/v5/order/order-list).
  func orderHistory(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let parameters = call.parameters
    let category = try parameters.category()
    if parameters["orderId"] != nil || parameters["orderLinkId"] != nil {
      let order = find(parameters, category, call.account)
      return try list(
        order.map { $0.state.isOpen ? [] : [$0] } ?? [], call, category, usual: 20
      ) { orderJSON($0) }
    }
    let instruments = try scope(parameters, category, needsOne: false)
    let span = span(parameters)
    let filter = parameters["orderFilter"] ?? ""
    let status = parameters["orderStatus"]
    let orders = exchange.orders(of: call.account).filter { order in
      !order.state.isOpen && instruments.contains(order.instrument) && isTold(order)
        && span.contains(order.createTime / 1_000_000) && isChosen(order, by: filter)
        && (status == nil || BybitOrderTexts.status(order, category) == status)
    }
    return try list(orders.reversed(), call, category, usual: 20) { orderJSON($0) }
  }

  /// Newest first (https://bybit-exchange.github.io/docs/v5/order/execution).
  func executions(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let parameters = call.parameters
    let category = try parameters.category()
    var instruments = try scope(parameters, category, needsOne: false)
    var query = HistoryQuery()
    if parameters["orderId"] != nil || parameters["orderLinkId"] != nil {
      if let order = find(parameters, category, call.account) {
        query.order = order.id
      } else {
        instruments = []
      }
    }
    let span = span(parameters)
    let type = parameters["execType"]
    var entries: [Execution] = []
    if type == nil || type == "Trade" {
      entries += exchange.fills(of: call.account, query).map { .fill($0) }
    }
    if query.order == nil, type == nil || type == "Funding" {
      entries += (fundings[call.account] ?? []).map { .funding($0) }
    }
    entries.removeAll {
      !instruments.contains($0.instrument) || !span.contains($0.time / 1_000_000)
    }
    // A stable sort, newest first.
    let sorted = entries.enumerated().sorted {
      ($0.element.time, $0.offset) > ($1.element.time, $1.offset)
    }
    return try list(sorted.map(\.element), call, category, usual: 50) { entry in
      switch entry {
      case .fill(let fill): .object(executionMembers(fill))
      case .funding(let funding): .object(fundingMembers(funding))
      }
    }
  }

  private enum Execution {
    case fill(ExchangeFill)
    case funding(BybitFunding)

    var time: Timestamp {
      switch self {
      case .fill(let fill): fill.time
      case .funding(let funding): funding.payment.time
      }
    }
    var instrument: InstrumentIndex {
      switch self {
      case .fill(let fill): fill.instrument
      case .funding(let funding): funding.payment.instrument
      }
    }
  }

  /// `startTime` and `endTime`: seven days where one of them is missing; all there is without both.
  private func span(_ parameters: BybitParameters) -> ClosedRange<Int64> {
    let week: Int64 = 7 * 86_400_000
    let start = parameters.integer("startTime")
    let end = parameters.integer("endTime")
    switch (start, end) {
    case (nil, nil): return 0...Int64.max
    case (let start?, nil):
      return start...max(start, start.addingReportingOverflow(week).partialValue)
    case (nil, let end?): return min(end, end.subtractingReportingOverflow(week).partialValue)...end
    case (let start?, let end?): return min(start, end)...max(start, end)
    }
  }

  private func list<Entry>(
    _ entries: [Entry], _ call: BybitCall, _ category: BybitCategory, usual: Int,
    _ make: (Entry) -> JSONValue
  ) throws(BybitError) -> JSONValue {
    let limit = try call.parameters.limit(usual, max: usual == 20 ? 50 : 100)
    let (page, cursor) = try Self.page(entries, call.parameters, limit)
    return [
      "list": .array(page.map(make)), "nextPageCursor": .string(cursor),
      "category": .string(category.rawValue),
    ]
  }
}
