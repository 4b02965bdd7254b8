import Exchange
import MatchingEngine
import TradingModel
import VenueServer

// Orders of the venue's own making: take-profits, stop-losses and trailing stops of positions. They reduce
// alone, have no name, and end with the position (https://bybit-exchange.github.io/docs/v5/position/trading-stop).
//
// Exits of the whole position are as large as it is. Partial ones keep their quantity, and the trigger of one
// of a pair ends the other (https://www.bybit.com/en/help-center/article/Introduction-to-Take-Profit-Stop-Loss-Perpetual-Futures-Contracts).
extension BybitCore {
  /// Does what the venue does because of what happened, and tells it.
  func follow(_ events: [ExchangeEvent]) {
    for event in events {
      switch event {
      case .order(let change):
        guard isClient(change.order.account) else { continue }
        switch symbol(change.order.instrument).category {
        case .spot: attachToSpot(change.order)
        case .linear:
          attach(change)
          followExit(change)
        }
      case .position(let position):
        guard isClient(position.account) else { continue }
        settleExits(of: key(position.account, position.instrument, position.side))
      case .trade(let trade): trail(trade.instrument, trade.price)
      default: break
      }
    }
    let more = exchange.takeEvents()
    if !more.isEmpty { process(more) }
  }

  // MARK: Made for orders

  /// Carries out the terms of an order that was filled, as far as the fill opened a position.
  private func attach(_ change: ExchangeOrderEvent) {
    let order = change.order
    guard let fill = change.fill, let notes = notes[order.id], !notes.terms.isEmpty else { return }
    let key = key(order.account, order.instrument, order.request.positionSide)
    settleExits(of: key)
    let held = exchange.position(of: key.account, key.instrument, key.side).quantity
    guard held != 0, (held > 0) == (order.side == .buy) else { return }
    guard notes.terms.isPartial else {
      return attachWhole(order, notes, to: key)
    }
    let opened = fill.quantity - (fillNotes[BybitFillKey(fill)]?.closed ?? 0)
    guard opened > 0 else { return }
    let waiting = notes.children.compactMap { exchange.order(.venue($0), of: order.account) }
      .filter { $0.state == .waiting }
    if !waiting.isEmpty, waiting.count == notes.children.count {
      for child in waiting {
        let amendment = Amendment(quantity: child.quantity + opened)
        _ = exchange.amend(.venue(child.id), amendment, by: order.account)
      }
    } else {
      let made = makePartial(
        notes.terms, quantity: opened, of: key, parent: order.clientOrderID)
      self.notes[order.id]?.children = made
    }
  }

  private func attachWhole(
    _ order: ExchangeOrder, _ notes: BybitOrderNotes, to key: BybitPositionKey
  ) {
    if notes.isAttached { return }
    self.notes[order.id]?.isAttached = true
    for kind in [BybitExitKind.takeProfit, .stopLoss] {
      guard let exit = notes.terms[kind] else { continue }
      _ = setWhole(kind, to: exit, of: key, parent: order.clientOrderID)
    }
    bind(notes.terms, of: key)
  }

  /// Makes partial exits; two of them are one list of the exchange, and cancel each other.
  func makePartial(
    _ terms: BybitExitTerms, quantity: Int64, of key: BybitPositionKey, parent: String = ""
  ) -> [OrderID] {
    let kinds = [BybitExitKind.takeProfit, .stopLoss].filter { terms[$0] != nil }
    let requests = kinds.compactMap { kind in
      terms[kind].map { request(kind, $0, quantity: quantity, of: key) }
    }
    var made: [OrderID] = []
    if requests.count == 2 {
      let list = OrderListRequest(.oneCancelsOther, requests)
      if case .success(let list) = exchange.submit(list, by: key.account) { made = list.orders }
    } else if let request = requests.first {
      if case .success(let id) = exchange.submit(request, by: key.account) { made = [id] }
    }
    for (id, kind) in zip(made, kinds) {
      note(id, kind, isPartial: true, of: key, parent: parent)
    }
    return made
  }

  // MARK: Of the whole position

  /// The exit of a position that is for all of it and waits.
  func wholeExit(_ kind: BybitExitKind, of key: BybitPositionKey) -> OrderID? {
    exits[key]?.first { id in
      guard let exit = notes[id]?.exit, exit.kind == kind, !exit.isPartial else { return false }
      return exchange.order(.venue(id), of: key.account)?.state == .waiting
    }
  }

  /// Sets, changes or ends (nil) an exit of the whole position. A change alone unbinds it from the other.
  ///
  /// - Returns: whether anything is other than it was.
  func setWhole(
    _ kind: BybitExitKind, to exit: BybitExit?, of key: BybitPositionKey, parent: String = ""
  ) -> Bool {
    let present = wholeExit(kind, of: key)
    guard let exit else {
      guard let present else { return false }
      unbind(present)
      endExit(present, of: key.account, as: "CancelByUser")
      return true
    }
    if let present, let order = exchange.order(.venue(present), of: key.account) {
      let isSame = order.request.triggerPrice == exit.trigger
      if order.request.triggerSource == exit.source {
        if isSame { return false }
        unbind(present)
        let amendment = Amendment(triggerPrice: exit.trigger)
        _ = exchange.amend(.venue(present), amendment, by: key.account)
        return true
      }
      // The exchange's orders keep their source: another one takes the place of this.
      unbind(present)
      endExit(present, of: key.account, as: "CancelByUser")
    }
    return makeWhole(kind, exit, of: key, parent: parent) != nil
  }

  /// Makes an order that closes the whole position.
  func makeWhole(
    _ kind: BybitExitKind, _ exit: BybitExit, of key: BybitPositionKey, parent: String = ""
  ) -> OrderID? {
    var request = request(kind, exit, quantity: 0, of: key)
    request.closesPosition = true
    guard case .success(let id) = exchange.submit(request, by: key.account) else { return nil }
    note(id, kind, isPartial: false, of: key, parent: parent)
    return id
  }

  /// Binds the take-profit and stop-loss of a position that were set together.
  func bind(_ terms: BybitExitTerms, of key: BybitPositionKey) {
    guard terms.takeProfit != nil, terms.stopLoss != nil,
      let first = wholeExit(.takeProfit, of: key), let second = wholeExit(.stopLoss, of: key)
    else { return }
    notes[first]?.exit?.partner = second
    notes[second]?.exit?.partner = first
  }

  private func unbind(_ id: OrderID) {
    guard let partner = notes[id]?.exit?.partner else { return }
    notes[id]?.exit?.partner = nil
    notes[partner]?.exit?.partner = nil
  }

  // MARK: Making and ending

  private func request(
    _ kind: BybitExitKind, _ exit: BybitExit, quantity: Int64, of key: BybitPositionKey
  ) -> OrderRequest {
    let held = exchange.position(of: key.account, key.instrument, key.side).quantity
    var request = exit.request(
      kind, held > 0 ? .sell : .buy, key.instrument, quantity: quantity)
    request.isReduceOnly = true
    request.positionSide = key.side
    return request
  }

  private func note(
    _ id: OrderID, _ kind: BybitExitKind, isPartial: Bool, of key: BybitPositionKey,
    parent: String
  ) {
    guard let order = exchange.order(.venue(id), of: key.account) else { return }
    let held = exchange.position(of: key.account, key.instrument, key.side).quantity
    var notes = BybitOrderNotes()
    notes.stopOrderType = kind.word(isPartial: isPartial)
    notes.createType = "CreateBy" + notes.stopOrderType
    notes.triggerDirection = BybitOrderTexts.rises(order.request) ? 1 : 2
    notes.triggerBy = order.request.triggerSource == .mark ? "MarkPrice" : "LastPrice"
    notes.closesOnTrigger = true
    notes.lastPriceOnCreated = exchange.lastPrice(of: key.instrument)
    notes.exit = BybitExitNotes(
      kind: kind, isPartial: isPartial, position: key, size: abs(held))
    notes.parentLinkID = parent
    self.notes[id] = notes
    exits[key, default: []].append(id)
  }

  /// Ends an exit that waits.
  func endExit(_ id: OrderID, of account: AccountIndex, as type: String) {
    guard exchange.order(.venue(id), of: account)?.state == .waiting else { return }
    notes[id]?.cancelType = type
    notes[id]?.rejectReason = "EC_NoError"
    _ = exchange.cancel(.venue(id), by: account)
  }

  // MARK: What becomes of them

  private func followExit(_ change: ExchangeOrderEvent) {
    let id = change.order.id
    guard let exit = notes[id]?.exit else { return }
    if change.kind == .triggered, !change.order.request.kind.hasLimit {
      notes[id]?.marketBound = priceBound(change.order.side, change.order.instrument)
    }
    guard !change.order.state.isOpen else { return }
    exits[exit.position]?.removeAll { $0 == id }
    // A cancel of one of two that were set together is a cancel of both.
    if change.order.endReason == .requested, notes[id]?.cancelType == nil,
      let partner = exit.partner
    {
      endExit(partner, of: change.order.account, as: "CancelByUser")
    }
  }

  /// Ends the exits of a position that is not there any more, and tells those of all of it that are not as
  /// large as they were.
  private func settleExits(of key: BybitPositionKey) {
    guard let ids = exits[key], !ids.isEmpty else { return }
    let held = exchange.position(of: key.account, key.instrument, key.side).quantity
    let waiting = ids.compactMap { exchange.order(.venue($0), of: key.account) }
      .filter { $0.state == .waiting }
    let gone = waiting.filter { held == 0 || (held > 0) != ($0.side == .sell) }
    // All of them before the first is canceled: it takes the other one of its pair along.
    for order in gone { notes[order.id]?.cancelType = "CancelByTpSlTsClear" }
    for order in gone { endExit(order.id, of: key.account, as: "CancelByTpSlTsClear") }
    for order in waiting where order.request.closesPosition {
      guard notes[order.id]?.exit?.size != abs(held), held != 0 else { continue }
      notes[order.id]?.exit?.size = abs(held)
      tell(order)
    }
  }
}
