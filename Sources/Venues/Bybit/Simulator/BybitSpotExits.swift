import Exchange
import MatchingEngine
import TradingModel
import VenueServer

// Take-profits and stop-losses of limit orders of spot
// (https://bybit-exchange.github.io/docs/v5/order/create-order: "UTA: Spot Limit order supports take profit, stop
// loss or limit take profit, limit stop loss when creating an order"). They are made when the order has ended, for
// what it brought after its fee; that the venue waits for its end is an assumption.
//
// One of them is a `tpslOrder`. Both are one order, a `BidirectionalTpslOrder`, whose `ocoTriggerBy` says which
// price was met first (https://bybit-exchange.github.io/docs/v5/enum#stopordertype).
extension BybitCore {
  /// Carries out the terms of an order that has ended.
  func attachToSpot(_ order: ExchangeOrder) {
    guard !order.state.isOpen, order.filled > 0, let notes = notes[order.id],
      !notes.terms.isEmpty, !notes.isAttached
    else { return }
    self.notes[order.id]?.isAttached = true
    let kinds = [BybitExitKind.takeProfit, .stopLoss].filter { notes.terms[$0] != nil }
    let quantity = brought(by: order)
    let requests = kinds.compactMap { kind in
      notes.terms[kind].map { exit in
        var request = exit.request(kind, order.side.opposite, order.instrument, quantity: quantity)
        request.clientOrderID = makeSpotLinkID()
        return request
      }
    }
    if requests.count == 2 {
      let list = OrderListRequest(.oneCancelsOther, requests)
      guard case .success(let made) = exchange.submit(list, by: order.account) else { return }
      let pair = BybitSpotPair(takeProfit: made.orders[0], stopLoss: made.orders[1])
      for id in made.orders { note(id, "BidirectionalTpslOrder", notes.terms, pair, order) }
    } else if let request = requests.first {
      guard case .success(let id) = exchange.submit(request, by: order.account) else { return }
      note(id, "tpslOrder", BybitExitTerms(), nil, order)
    }
  }

  private func note(
    _ id: OrderID, _ type: String, _ terms: BybitExitTerms, _ pair: BybitSpotPair?,
    _ parent: ExchangeOrder
  ) {
    guard let order = exchange.order(.venue(id), of: parent.account) else { return }
    var notes = BybitOrderNotes()
    notes.stopOrderType = type
    notes.triggerDirection = BybitOrderTexts.rises(order.request) ? 1 : 2
    notes.triggerBy = "LastPrice"
    notes.marketUnit = order.request.kind.hasLimit ? "" : "baseCoin"
    notes.lastPriceOnCreated = exchange.lastPrice(of: order.instrument)
    notes.terms = terms
    notes.isAttached = true
    notes.pair = pair
    self.notes[id] = notes
  }

  /// Orders of spot without a name get one.
  func makeSpotLinkID() -> String { "19" + makeID(17, of: "0123456789") }

  /// What was filled of a buy less its fee in the base coin, of a sell what was filled.
  private func brought(by order: ExchangeOrder) -> Int64 {
    let listing = exchange.settings.instruments[Int(order.instrument)].listing
    guard order.side == .buy, order.feeAsset == listing.base else { return order.filled }
    let unit = powerOfTen128(Money.decimals - Int(listing.quantityDecimals))
    let left = Int128(order.filled) - divide(order.fees.amount, by: unit, .up)
    return Int64(max(0, left)) / listing.lot * listing.lot
  }

  // MARK: Two orders that are one

  /// Whether an order is told to clients: of a pair the take-profit, until the stop-loss is triggered.
  func isTold(_ order: ExchangeOrder) -> Bool {
    guard let pair = notes[order.id]?.pair else { return true }
    let stopLoss = exchange.order(.venue(pair.stopLoss), of: order.account)
    return (stopLoss?.isTriggered == true) == (order.id == pair.stopLoss)
  }

  /// The one of a pair that is told; any other order itself.
  func told(_ order: ExchangeOrder) -> ExchangeOrder {
    guard let pair = notes[order.id]?.pair, !isTold(order) else { return order }
    let other = order.id == pair.stopLoss ? pair.takeProfit : pair.stopLoss
    return exchange.order(.venue(other), of: order.account) ?? order
  }

  /// The number under which an order is told.
  func toldID(_ id: OrderID) -> OrderID { notes[id]?.pair?.takeProfit ?? id }

  /// The name under which an order is told.
  func linkID(of order: ExchangeOrder) -> String {
    guard let pair = notes[order.id]?.pair, order.id == pair.stopLoss else {
      return order.clientOrderID
    }
    return exchange.order(.venue(pair.takeProfit), of: order.account)?.clientOrderID ?? ""
  }

  /// `ocoTriggerBy`; "" of orders that are no pair.
  func triggeredExit(of order: ExchangeOrder) -> String {
    guard let pair = notes[order.id]?.pair else { return "" }
    guard order.isTriggered else { return "OcoTriggerByUnknown" }
    return order.id == pair.takeProfit ? "OcoTriggerByTp" : "OcoTriggerBySl"
  }
}
