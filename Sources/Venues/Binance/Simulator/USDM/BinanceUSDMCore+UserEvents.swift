import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Events of a user stream
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams).
extension BinanceUSDMCore {
  /// Sends an `ORDER_TRADE_UPDATE`.
  func publishReport(_ event: ExchangeOrderEvent, execution: String) {
    let account = event.order.account
    if streams.hasListeners(of: account) {
      streams.publish(of: account) { unit in
        [
          "e": "ORDER_TRADE_UPDATE", "T": unit.json(event.time), "E": unit.json(now.wall),
          "o": .object(report(event, execution: execution, unit)),
        ]
      }
    }
    let order = event.order
    if event.fill != nil, !order.state.isOpen, order.request.kind.isConditional {
      publishAlgo(event)
    }
  }

  private func report(
    _ event: ExchangeOrderEvent, execution: String, _ unit: TimeUnit
  ) -> Members {
    let order = event.order
    let instrument = order.instrument
    let fill = event.fill
    let notes = note(of: order)
    func amount(_ units: Int64) -> JSONValue { .string(quantity(units, instrument)) }
    func level(_ units: Int64) -> JSONValue { .string(price(units, instrument)) }
    let average =
      order.filled == 0 ? "0" : average(order.filledValue, order.filled, instrument)
    var members: Members = [
      ("s", .string(symbol(instrument).name)),
      ("c", .string(order.clientOrderID)),
      ("S", .string(order.binanceSide)),
      ("o", .string(order.binanceUSDMType)),
      ("f", .string(order.binanceUSDMTimeInForce)),
      ("q", amount(order.quantity)),
      ("p", level(order.request.price)),
      ("ap", .string(average)),
      ("sp", "0"),
      ("x", .string(execution)),
      ("X", .string(order.binanceStatus)),
      ("i", .integer(order.id)),
      ("l", amount(fill?.quantity ?? 0)),
      ("z", amount(order.filled)),
      ("L", level(fill?.price ?? 0)),
    ]
    if let fill {
      members += [("N", "USDT"), ("n", .string(DecimalDigits.text(fill.fee)))]
    } else {
      members += [("n", "0"), ("N", "USDT")]
    }
    members += [
      ("T", unit.json(event.time)),
      ("t", .integer(fill?.tradeID ?? 0)),
      ("b", "0"), ("a", "0"),
      ("m", .boolean(fill?.liquidity == .maker)),
      ("R", .boolean(order.request.isReduceOnly)),
      ("wt", .string(order.binanceWorkingType)),
      ("ot", .string(order.binanceUSDMType)),
      ("ps", .string(order.binancePositionSide)),
      ("cp", .boolean(notes.isClosingPosition)),
      ("rp", fill.map { .string(DecimalDigits.text($0.realized)) } ?? "0"),
      ("pP", .boolean(notes.isPriceProtected)),
      ("si", 0), ("ss", 0),
      ("V", .string(order.request.selfTradePrevention.binanceWord)),
      ("pm", .string(notes.priceMatch)),
      ("gtd", .integer(notes.goodTillDate)),
      ("er", "0"),
    ]
    return members
  }

  /// Sends a `TRADE_LITE`: a fill, before all else is told about it.
  func publishLiteTrade(_ event: ExchangeOrderEvent) {
    let order = event.order
    guard let fill = event.fill, streams.hasListeners(of: order.account) else { return }
    streams.publish(of: order.account) { unit in
      [
        "e": "TRADE_LITE", "E": unit.json(now.wall), "T": unit.json(event.time),
        "s": .string(symbol(order.instrument).name),
        "q": .string(quantity(order.quantity, order.instrument)),
        "p": .string(price(order.request.price, order.instrument)),
        "m": .boolean(fill.liquidity == .maker),
        "c": .string(order.clientOrderID), "S": .string(order.binanceSide),
        "L": .string(price(fill.price, order.instrument)),
        "l": .string(quantity(fill.quantity, order.instrument)),
        "t": .integer(fill.tradeID), "i": .integer(order.id),
      ]
    }
  }

  /// Sends an `ALGO_UPDATE`
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Algo-Order-Update).
  func publishAlgo(_ event: ExchangeOrderEvent) {
    let order = event.order
    guard streams.hasListeners(of: order.account) else { return }
    let instrument = order.instrument
    let notes = note(of: order)
    var members: Members = [
      ("caid", .string(order.clientOrderID)), ("aid", .integer(algoID(of: order))),
      ("at", "CONDITIONAL"), ("o", .string(order.binanceUSDMOriginalType)),
      ("s", .string(symbol(instrument).name)), ("S", .string(order.binanceSide)),
      ("ps", .string(order.binancePositionSide)), ("f", .string(order.binanceUSDMTimeInForce)),
      (
        "q", .string(quantity(notes.isClosingPosition ? 0 : order.quantity, instrument))
      ),
      ("X", .string(algoStatus(of: order))),
      ("ai", .string(order.isTriggered ? "\(order.id)" : "")),
    ]
    members += [
      ("ap", .string(average(order.filledValue, order.filled, instrument))),
      ("aq", .string(quantity(order.filled, instrument))),
      ("act", .string(order.isTriggered ? order.binanceUSDMType : "0")),
      ("tp", .string(price(order.request.triggerPrice, instrument))),
      ("p", .string(price(order.request.price, instrument))),
      ("V", .string(order.request.selfTradePrevention.binanceWord)),
      ("wt", .string(order.binanceWorkingType)), ("pm", .string(notes.priceMatch)),
      ("cp", .boolean(notes.isClosingPosition)), ("pP", .boolean(notes.isPriceProtected)),
      ("R", .boolean(order.request.isReduceOnly)),
      ("tt", TimeUnit.milliseconds.json(order.triggerTime)),
      ("gtd", .integer(notes.goodTillDate)),
    ]
    if algoStatus(of: order) == "EXPIRED" { members.append(("rm", "Expired")) }
    streams.publish(of: order.account) { unit in
      [
        "e": "ALGO_UPDATE", "T": unit.json(event.time), "E": unit.json(now.wall),
        "o": .object(members),
      ]
    }
  }

  // MARK: The account

  /// Sends an `ACCOUNT_UPDATE` of a fill.
  func publishAccount(_ fill: BinanceUSDMPendingFill) {
    let account = fill.event.order.account
    guard streams.hasListeners(of: account) else { return }
    let wallet = fill.balances.last?.balance.total ?? exchange.balance(of: account, 0).total
    publishAccount(
      account, reason: "ORDER", wallet: wallet, change: .zero, fill.positions,
      at: fill.event.time)
  }

  /// Sends an `ACCOUNT_UPDATE` of money that came or went by itself.
  func publishAccount(_ change: BalanceEvent, reason: String) {
    guard streams.hasListeners(of: change.account) else { return }
    publishAccount(
      change.account, reason: reason, wallet: change.balance.total, change: change.change, [],
      at: change.time)
  }

  private func publishAccount(
    _ account: AccountIndex, reason: String, wallet: Money, change: Money,
    _ positions: [ExchangePosition], at time: Timestamp
  ) {
    let isolated = funds(of: account).isolated
    streams.publish(of: account) { unit in
      [
        "e": "ACCOUNT_UPDATE", "T": unit.json(time), "E": unit.json(now.wall),
        "a": [
          "B": [
            [
              "a": "USDT", "wb": .string(DecimalDigits.text(wallet)),
              "cw": .string(DecimalDigits.text(wallet - isolated)),
              "bc": .string(change == .zero ? "0" : DecimalDigits.text(change)),
            ]
          ],
          "P": .array(positions.map(positionJSON)),
          "m": .string(reason),
        ],
      ]
    }
  }

  private func positionJSON(_ position: ExchangePosition) -> JSONValue {
    let instrument = position.instrument
    let entry = JSONValue.string(entryPrice(exchange.averagePrice(of: position)))
    let isIsolated = position.marginMode == .isolated
    return [
      "s": .string(symbol(instrument).name),
      "pa": .string(quantity(position.quantity, instrument)),
      "ep": entry,
      "cr": .string(DecimalDigits.text(position.realized)),
      "up": .string(DecimalDigits.text(exchange.unrealized(position))),
      "mt": isIsolated ? "isolated" : "cross",
      "iw": isIsolated ? .string(DecimalDigits.text(position.margin)) : "0",
      "ps": .string(positionWord(position.side)),
      "ma": "USDT",
      "bep": entry,
    ]
  }

  /// Sends an `ACCOUNT_CONFIG_UPDATE`.
  func publishLeverage(
    _ leverage: Int, of account: AccountIndex, _ instrument: InstrumentIndex
  ) {
    guard streams.hasListeners(of: account) else { return }
    streams.publish(of: account) { unit in
      [
        "e": "ACCOUNT_CONFIG_UPDATE", "E": unit.json(now.wall), "T": unit.json(now.wall),
        "ac": ["s": .string(symbol(instrument).name), "l": .integer(leverage)],
      ]
    }
  }
}
