import Exchange
import MatchingEngine
import TradingModel
import VenueServer

// Orders of the venue's own making: take-profits, stop-losses and trailing stops of positions. They reduce
// alone, have no name, and end with the position (https://bybit-exchange.github.io/docs/v5/position/trading-stop).
//
// Exits of the whole position follow its size and leave the others be when they are triggered; what then
// is closed ends them all. Partial ones keep their quantity, and the trigger of one of a pair ends the
// other (https://www.bybit.com/en/help-center/article/Introduction-to-Take-Profit-Stop-Loss-Perpetual-Futures-Contracts).
extension BybitCore {
  /// Does what the venue does because of what happened, and tells it.
  func follow(_ events: [ExchangeEvent]) {
    for event in events {
      switch event {
      case .order(let change):
        guard isClient(change.order.account) else { continue }
        if symbol(change.order.instrument).category == .linear {
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
    let position = exchange.position(
      of: order.account, order.instrument, order.request.positionSide)
    guard position.quantity != 0, (position.quantity > 0) == (order.side == .buy) else { return }
    let key = key(order.account, order.instrument, order.request.positionSide)
    if !notes.terms.isPartial {
      if notes.isAttached { return }
      self.notes[order.id]?.isAttached = true
      for kind in [BybitExitKind.takeProfit, .stopLoss] {
        guard let exit = notes.terms[kind] else { continue }
        _ = setWhole(kind, to: exit, of: key, parent: order.clientOrderID)
      }
      bind(wholeExit(.takeProfit, of: key), wholeExit(.stopLoss, of: key), terms: notes.terms)
      return
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
      return
    }
    self.notes[order.id]?.children = makePair(
      notes.terms, quantity: opened, of: key, parent: order.clientOrderID)
  }

  /// Makes partial exits, bound to each other where there are two.
  func makePair(
    _ terms: BybitExitTerms, quantity: Int64, of key: BybitPositionKey, parent: String = ""
  ) -> [OrderID] {
    let made = [BybitExitKind.takeProfit, .stopLoss].map { kind in
      terms[kind].flatMap {
        make(kind, $0, quantity: quantity, isPartial: true, of: key, parent: parent)
      }
    }
    bind(made[0], made[1], terms: terms)
    return made.compactMap { $0 }
  }

  /// Binds a take-profit and a stop-loss that were set together.
  func bind(_ first: OrderID?, _ second: OrderID?, terms: BybitExitTerms) {
    guard terms.takeProfit != nil, terms.stopLoss != nil, let first, let second else { return }
    notes[first]?.exit?.partner = second
    notes[second]?.exit?.partner = first
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
        _ = exchange.amend(
          .venue(present), Amendment(triggerPrice: exit.trigger), by: key.account)
        return true
      }
      // The exchange's orders keep their source: another one takes the place of this.
      unbind(present)
      endExit(present, of: key.account, as: "CancelByUser")
    }
    let size = abs(exchange.position(of: key.account, key.instrument, key.side).quantity)
    return make(kind, exit, quantity: size, isPartial: false, of: key, parent: parent) != nil
  }

  private func unbind(_ id: OrderID) {
    guard let partner = notes[id]?.exit?.partner else { return }
    notes[id]?.exit?.partner = nil
    notes[partner]?.exit?.partner = nil
  }

  // MARK: Making and ending

  /// Makes an order that closes a position, or a part of it.
  func make(
    _ kind: BybitExitKind, _ exit: BybitExit, quantity: Int64, isPartial: Bool,
    of key: BybitPositionKey, parent: String = ""
  ) -> OrderID? {
    let held = exchange.position(of: key.account, key.instrument, key.side).quantity
    let side = held > 0 ? Side.sell : .buy
    let isProfit = kind == .takeProfit
    let hasLimit = exit.limit > 0
    var request = OrderRequest(
      isProfit
        ? hasLimit ? .takeProfitLimit : .takeProfit : hasLimit ? .stopLossLimit : .stopLoss,
      side, key.instrument, quantity: quantity, price: exit.limit)
    request.triggerPrice = exit.trigger
    request.triggerSource = exit.source
    request.isReduceOnly = true
    request.positionSide = key.side
    guard case .success(let id) = exchange.submit(request, by: key.account) else { return nil }
    var notes = BybitOrderNotes()
    notes.stopOrderType = kind.word(isPartial: isPartial)
    notes.createType = "CreateBy" + notes.stopOrderType
    notes.triggerDirection = isProfit == (side == .sell) ? 1 : 2
    notes.triggerBy = exit.triggerBy
    notes.closesOnTrigger = true
    notes.lastPriceOnCreated = exchange.lastPrice(of: key.instrument)
    notes.exit = BybitExitNotes(kind: kind, isPartial: isPartial, position: key)
    notes.parentLinkID = parent
    self.notes[id] = notes
    exits[key, default: []].append(id)
    return id
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
    if change.kind == .triggered {
      notes[id]?.marketBound = priceBound(change.order.side, change.order.instrument)
      guard exit.isPartial, let partner = exit.partner else { return }
      endExit(
        partner, of: change.order.account,
        as: exit.kind == .takeProfit
          ? "CancelByOCOSlCanceledByTpTriggered" : "CancelByOCOTpCanceledBySlTriggered")
    }
    guard !change.order.state.isOpen else { return }
    exits[exit.position]?.removeAll { $0 == id }
    // A cancel of one of a pair is a cancel of both.
    if change.kind == .canceled, notes[id]?.cancelType == nil, let partner = exit.partner {
      endExit(partner, of: change.order.account, as: "CancelByUser")
    }
  }

  /// Ends the exits of a position that is not there any more, and lets those of all of it be as large as
  /// it is.
  private func settleExits(of key: BybitPositionKey) {
    guard let ids = exits[key], !ids.isEmpty else { return }
    let held = exchange.position(of: key.account, key.instrument, key.side).quantity
    for id in ids {
      guard let order = exchange.order(.venue(id), of: key.account), order.state == .waiting else {
        continue
      }
      if held == 0 || (held > 0) != (order.side == .sell) {
        endExit(id, of: key.account, as: "CancelByTpSlTsClear")
      } else if notes[id]?.exit?.isPartial == false, order.quantity != abs(held) {
        _ = exchange.amend(.venue(id), Amendment(quantity: abs(held)), by: key.account)
      }
    }
  }
}
