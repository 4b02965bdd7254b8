import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Events of a user stream
/// (https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream).
extension BinanceSpotCore {
  /// Sends an `executionReport`.
  func publishReport(_ event: ExchangeOrderEvent, execution: String) {
    let account = event.order.account
    let executionID = nextExecutionID
    nextExecutionID += 1
    guard streams.hasListeners(of: account) else { return }
    streams.publish(of: account) { unit in
      report(event, execution: execution, executionID: executionID, unit)
    }
  }

  private func report(
    _ event: ExchangeOrderEvent, execution: String, executionID: UInt64, _ unit: TimeUnit
  ) -> JSONValue {
    let order = event.order
    let instrument = order.instrument
    let fill = event.fill
    let isCancel = event.kind == .canceled
    let own = clientOrderID(of: order)
    func amount(_ units: Int64) -> JSONValue { .string(quantity(units, instrument)) }
    func level(_ units: Int64) -> JSONValue { .string(price(units, instrument)) }
    var members: Members = [
      ("e", "executionReport"),
      ("E", unit.json(now.wall)),
      ("s", .string(symbol(instrument).name)),
      ("c", .string(isCancel && !event.requestID.isEmpty ? event.requestID : own)),
      ("S", .string(order.binanceSide)),
      ("o", .string(order.binanceSpotType)),
      ("f", .string(order.binanceTimeInForce)),
      ("q", amount(originalQuantity(of: order))),
      ("p", level(order.request.price)),
      ("P", level(order.request.triggerPrice)),
      ("F", amount(order.request.displayQuantity)),
      ("g", order.binanceListID),
      ("C", .string(isCancel ? own : event.kind == .amended ? event.requestID : "")),
      ("x", .string(execution)),
      ("X", .string(order.binanceStatus)),
      ("r", .string(order.binanceRejectReason)),
      ("i", .integer(order.id)),
      ("l", amount(fill?.quantity ?? 0)),
      ("z", amount(order.filled)),
      ("L", level(fill?.price ?? 0)),
      ("n", fill.map { .string(DecimalDigits.text($0.fee)) } ?? "0"),
      ("N", fill.map { .string(BinanceSpotSymbol.assets[Int($0.feeAsset)]) } ?? .null),
      ("T", unit.json(event.time)),
      ("t", fill.map { .integer($0.tradeID) } ?? -1),
    ]
    if execution == "TRADE_PREVENTION", let id = notes[order.id]?.preventedMatchID {
      members.append(("v", .integer(id)))
    }
    members += [
      ("I", .integer(executionID)),
      ("w", .boolean(order.state == .open && order.binanceWentToBook)),
      ("m", .boolean(fill?.liquidity == .maker)),
      ("M", .boolean(fill != nil)),
      ("O", unit.json(order.createTime)),
      ("Z", .string(DecimalDigits.text(order.filledValue))),
      ("Y", .string(DecimalDigits.text(fill?.value ?? .zero))),
      ("Q", .string(DecimalDigits.text(order.request.quoteQuantity ?? .zero))),
    ]
    members += endMembers(of: order, execution, unit)
    return .object(members)
  }

  /// The fields that appear under conditions.
  private func endMembers(
    of order: ExchangeOrder, _ execution: String, _ unit: TimeUnit
  ) -> Members {
    var members: Members = []
    if let time = order.binanceBookTime { members.append(("W", unit.json(time))) }
    members.append(("V", .string(order.request.selfTradePrevention.binanceWord)))
    if let notes = notes[order.id] {
      if let id = notes.strategyID { members.append(("j", .integer(id))) }
      if let type = notes.strategyType { members.append(("J", .integer(type))) }
      if execution == "TRADE_PREVENTION" {
        let instrument = order.instrument
        members += [
          ("A", .string(quantity(notes.preventedQuantity, instrument))),
          ("B", .string(quantity(notes.lastPreventedQuantity, instrument))), ("u", -1),
        ]
        if let counter = notes.counterOrderID {
          members += [("U", .integer(counter)), ("Cs", .string(symbol(instrument).name))]
        }
      }
    }
    if let reason = order.binanceExpiryReason { members.append(("eR", .string(reason))) }
    return members
  }

  /// Sends an `outboundAccountPosition` with the assets that an event may have changed.
  func publishAccountPosition(of account: AccountIndex, _ assets: [CurrencyIndex]) {
    guard streams.hasListeners(of: account) else { return }
    let balances = assets.map { asset -> JSONValue in
      let balance = exchange.balance(of: account, asset)
      return [
        "a": .string(BinanceSpotSymbol.assets[Int(asset)]),
        "f": .string(DecimalDigits.text(balance.free)),
        "l": .string(DecimalDigits.text(balance.locked)),
      ]
    }
    streams.publish(of: account) { unit in
      [
        "e": "outboundAccountPosition", "E": unit.json(now.wall),
        "u": unit.json(accountUpdateTimes[account]), "B": .array(balances),
      ]
    }
  }

  /// Sends a `balanceUpdate`: a deposit, a withdrawal or a transfer.
  func publishBalance(_ change: BalanceEvent) {
    streams.publish(of: change.account) { unit in
      [
        "e": "balanceUpdate", "E": unit.json(now.wall),
        "a": .string(BinanceSpotSymbol.assets[Int(change.asset)]),
        "d": .string(DecimalDigits.text(change.change)), "T": unit.json(change.time),
      ]
    }
  }
}
