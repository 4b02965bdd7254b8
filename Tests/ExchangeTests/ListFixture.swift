import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

extension Fixture {
  /// Lets a trade happen at `price`, out of the way of others' orders.
  func print(_ price: Int64, _ instrument: InstrumentIndex = spot) {
    exchange.setLevel(instrument, .sell, price: price, quantity: 1)
    exchange.takeLiquidity(instrument, .buy, price: price, quantity: 1)
    #expect(
      exchange.recentTrades(of: instrument, limit: 10).contains { $0.price == price })
  }

  func request(
    _ kind: OrderKind, _ side: Side, _ quantity: Int64, price: Int64 = 0, trigger: Int64 = 0,
    _ instrument: InstrumentIndex = spot, _ change: (inout OrderRequest) -> Void = { _ in }
  ) -> OrderRequest {
    var request = OrderRequest(kind, side, instrument, quantity: quantity, price: price)
    request.triggerPrice = trigger
    change(&request)
    return request
  }

  /// Enters a list that is accepted.
  @discardableResult
  func enter(
    _ account: AccountIndex, _ contingency: Contingency, _ orders: [OrderRequest],
    _ change: (inout OrderListRequest) -> Void = { _ in },
    at place: SourceLocation = #_sourceLocation
  ) -> [OrderID] {
    var request = OrderListRequest(contingency, orders)
    change(&request)
    switch exchange.submit(request, by: account) {
    case .success(let list):
      check(at: place)
      return list.orders
    case .failure(let refusal):
      Issue.record("refused: \(refusal)", sourceLocation: place)
      return Array(repeating: 0, count: contingency.orderCount)
    }
  }

  /// The refusal of a list; nil when it was accepted. Nothing has happened then.
  func refusal(
    _ account: AccountIndex, _ contingency: Contingency, _ orders: [OrderRequest], id: String = ""
  ) -> Refusal? {
    let request = OrderListRequest(contingency, orders, clientListID: id)
    let foreseen = exchange.refusal(of: request, by: account)
    let hash = exchange.stateHash()
    guard case .failure(let refusal) = exchange.submit(request, by: account) else { return nil }
    #expect(foreseen == refusal)
    #expect(exchange.stateHash() == hash, "a refusal changes nothing")
    return refusal
  }

  /// What happened to lists, and to orders of an account, in order.
  func story(_ account: AccountIndex) -> [String] {
    exchange.takeEvents().compactMap { event in
      switch event {
      case .order(let event) where event.order.account == account:
        return "\(event.order.id) \(event.kind)"
      case .list(let event): return "list \(event.kind)"
      default: return nil
      }
    }
  }

  func list(_ order: OrderID) -> OrderList {
    guard let id = self.order(order).listID,
      let list = exchange.list(.venue(id), of: self.order(order).account)
    else { preconditionFailure("order \(order) is of a list") }
    return list
  }
}
