import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// One position of an account.
struct BybitPositionKey: Hashable {
  var account: AccountIndex
  var instrument: InstrumentIndex
  var side: PositionSide
}

/// What happened to clients' accounts in one go, in the order in which it is told.
struct BybitAccountChanges {
  /// Every order that changed, as it is now; triggered ones stand a second time, before.
  var orders: [(order: ExchangeOrder, status: String?)] = []
  var fills: [ExchangeFill] = []
  var fundings: [BybitFunding] = []
  var positions: [ExchangePosition] = []
  /// Accounts whose balances changed.
  var wallets: [AccountIndex] = []

  /// Of an order that changes several times in one go its last state is told, once.
  mutating func add(_ order: ExchangeOrder) {
    if let place = orders.lastIndex(where: { $0.order.id == order.id }),
      orders[place].status == nil
    {
      orders[place].order = order
    } else {
      orders.append((order, nil))
    }
  }

  mutating func add(_ position: ExchangePosition) {
    positions.removeAll {
      $0.account == position.account && $0.instrument == position.instrument
        && $0.side == position.side
    }
    positions.append(position)
  }
}

/// What the exchange tells becomes the venue's streams.
extension BybitCore {
  /// Takes what happened, in order.
  func process(_ events: [ExchangeEvent]) {
    var changes = BybitAccountChanges()
    var prints: [TradePrint] = []
    for event in events {
      switch event {
      case .order(let change): take(change, &changes)
      case .balance(let change):
        if isClient(change.account), !changes.wallets.contains(change.account) {
          changes.wallets.append(change.account)
        }
      case .position(let position):
        guard isClient(position.account) else { continue }
        held[key(position.account, position.instrument, position.side)] = position.quantity
        changes.add(position)
      case .trade(let trade):
        take(trade)
        prints.append(trade)
      case .depth(let depth): books[Int(depth.instrument)].change(at: depth.time)
      case .depthLost(let instrument, let time, _):
        books[Int(instrument)].change(at: time)
        restartBook(of: instrument)
      case .funding(let payment): take(payment, &changes)
      case .bestQuote, .refused, .list, .orderChange, .mark, .status: break
      }
    }
    publishTrades(prints)
    publish(changes)
    follow(events)
  }

  /// Tells an order that changed in what the exchange does not know.
  func tell(_ order: ExchangeOrder) {
    var changes = BybitAccountChanges()
    changes.add(order)
    publish(changes)
  }

  func key(_ account: AccountIndex, _ instrument: InstrumentIndex, _ side: PositionSide)
    -> BybitPositionKey
  {
    BybitPositionKey(account: account, instrument: instrument, side: side)
  }

  private func take(_ trade: TradePrint) {
    records[Int(trade.instrument)].add(
      MarketTrade(
        id: trade.id, price: trade.price, quantity: trade.quantity, nanoseconds: trade.time,
        isBuyerMaker: trade.takerSide == .sell, takerOrderID: trade.takerOrderID))
  }

  private func take(_ event: ExchangeOrderEvent, _ changes: inout BybitAccountChanges) {
    let order = event.order
    guard isClient(order.account) else { return }
    if event.kind == .triggered { changes.orders.append((order, "Triggered")) }
    if let fill = event.fill {
      let before = held[key(fill.account, fill.instrument, fill.positionSide)] ?? 0
      let closes = before != 0 && (before > 0) == (fill.side == .sell)
      fillNotes[BybitFillKey(fill)] = BybitFillNotes(
        leaves: order.leaves, closed: closes ? min(abs(before), fill.quantity) : 0)
      notes[order.id]?.closedProfit += fill.realized
      changes.fills.append(fill)
    }
    changes.add(order)
    // Whatever becomes of an order of contracts, its position is told too.
    if symbol(order.instrument).category == .linear {
      changes.add(
        exchange.position(of: order.account, order.instrument, order.request.positionSide))
    }
  }

  private func take(_ payment: ExchangeFunding, _ changes: inout BybitAccountChanges) {
    guard isClient(payment.account) else { return }
    let quantity = held[key(payment.account, payment.instrument, payment.positionSide)] ?? 0
    let funding = BybitFunding(
      payment: payment, quantity: quantity, mark: exchange.mark(of: payment.instrument).mark)
    fundings[payment.account, default: []].append(funding)
    changes.fundings.append(funding)
  }

  // MARK: Private streams

  private func publish(_ changes: BybitAccountChanges) {
    guard streams.hasPrivateListeners else { return }
    for (order, status) in changes.orders where isTold(order) {
      publish("order", symbol(order.instrument).category, of: order.account) {
        [orderMessage(order, status: status)]
      }
    }
    publishFills(changes.fills)
    for funding in changes.fundings {
      publish("execution", .linear, of: funding.payment.account) {
        [.object([("category", "linear"), ("isLeverage", "0")] + fundingMembers(funding))]
      }
    }
    for position in changes.positions {
      publish("position", symbol(position.instrument).category, of: position.account) {
        [.object(positionMembers(position) + [("category", "linear")])]
      }
    }
    for account in changes.wallets {
      publish("wallet", nil, of: account) { [walletJSON(account, isMessage: true)] }
    }
  }

  /// Fills of one order stand in one message.
  private func publishFills(_ fills: [ExchangeFill]) {
    var rest = fills[...]
    while let first = rest.first {
      let run = rest.prefix { $0.orderID == first.orderID && $0.account == first.account }
      rest = rest.dropFirst(run.count)
      let category = symbol(first.instrument).category
      publish("execution", category, of: first.account) {
        run.map {
          .object(
            [("category", .string(category.rawValue)), ("isLeverage", "0")] + executionMembers($0)
              + [("execPnl", .string(BybitText.text($0.realized)))])
        }
      }
      publish("execution.fast", category, of: first.account) { run.map { fastJSON($0) } }
    }
  }

  /// https://bybit-exchange.github.io/docs/v5/websocket/private/fast-execution
  private func fastJSON(_ fill: ExchangeFill) -> JSONValue {
    let symbol = symbol(fill.instrument)
    let id = BybitIdentifiers.execution(fill.tradeID, fill.instrument, symbol.category)
    return [
      "category": .string(symbol.category.rawValue), "symbol": .string(symbol.name),
      "execId": .string(id), "execPrice": .string(symbol.price(fill.price)),
      "execQty": .string(symbol.quantity(fill.quantity)),
      "orderId": .string(BybitIdentifiers.order(toldID(fill.orderID), symbol.category)),
      "isMaker": .boolean(fill.liquidity == .maker),
      "orderLinkId": .string(fill.liquidity == .maker ? "" : fill.clientOrderID),
      "side": .string(fill.side.bybit), "execTime": .string("\(fill.time / 1_000_000)"),
      "seq": .integer(executionSequence(fill)),
    ]
  }

  private func publish(
    _ topic: String, _ category: BybitCategory?, of account: AccountIndex,
    _ make: () -> [JSONValue]
  ) {
    let categorised = category.map { "\(topic).\($0.rawValue)" }
    let sessions = streams.listeners(of: account, topic, categorised)
    if sessions.isEmpty { return }
    let data = make()
    for (session, name) in sessions {
      var members: Members = [("topic", .string(name))]
      if topic != "execution.fast" { members.append(("id", .string(makeUUID()))) }
      members.append(("creationTime", .integer(now.milliseconds)))
      members.append(("data", .array(data)))
      streams.post(.object(members), to: session)
    }
  }
}
