import Exchange
import TradingModel
import VenueServer

/// Private channels (https://www.okx.com/docs-v5/en/#trading-account-websocket).
extension OKXCore {
  func publishOrder(_ event: ExchangeOrderEvent) {
    let listeners = channels.listeners("orders#\(event.order.account)")
    guard !listeners.isEmpty else { return }
    let instrument = instrument(event.order.instrument)
    let data = JSONValue.array([json(event)]).text
    for listener in listeners where listener.wants(instrument) { listener.push(data) }
  }

  func publishFill(_ fill: ExchangeFill) {
    let listeners = channels.listeners("fills#\(fill.account)")
    guard !listeners.isEmpty else { return }
    let instrument = instrument(fill.instrument)
    let json: JSONValue = [
      "instId": .string(instrument.id),
      "fillSz": .string(quantity(fill.quantity, fill.instrument)),
      "fillPx": .string(price(fill.price, fill.instrument)),
      "side": .string(fill.side.okxWord), "ts": OKXTime.json(fill.time),
      "ordId": .string("\(fill.orderID)"),
      "clOrdId": .string(
        exchange.order(.venue(fill.orderID), of: fill.account).map { clientOrderID($0) } ?? ""),
      "tradeId": .string("\(fill.tradeID)"), "execType": .string(fill.liquidity.okxWord),
      "count": "1",
    ]
    let data = JSONValue.array([json]).text
    for listener in listeners where listener.wants(instrument) { listener.push(data) }
  }

  // MARK: Account and positions

  /// Tells what changed: `account`, `positions` and `balance_and_position`.
  func publishAccount(_ account: AccountIndex, _ changes: OKXChanges) {
    let assets = changes.assets(of: account)
    let places = changes.positions(of: account)
    if !assets.isEmpty {
      let names = assets.map { assetName($0) }
      for listener in channels.listeners("account#\(account)") {
        let wanted = names.filter { listener.currency == nil || listener.currency == $0 }
        if wanted.isEmpty { continue }
        listener.push(
          JSONValue.array([accountJSON(account, wanted)]).text, event: "event_update")
      }
    }
    let positions = places.map { position($0, of: account) }
    if !positions.isEmpty {
      for listener in channels.listeners("positions#\(account)") {
        let wanted = positions.filter { listener.wants(instrument($0.instrument)) }
        if wanted.isEmpty { continue }
        listener.push(
          JSONValue.array(wanted.map { positionJSON($0, isPush: true) }).text, event: "event_update"
        )
      }
    }
    publishBalances(account, assets, positions, changes)
  }

  private func position(_ place: Int, of account: AccountIndex) -> ExchangePosition {
    exchange.position(
      of: account, InstrumentIndex(place / 3), PositionSide.allCases[place % 3])
  }

  private func publishBalances(
    _ account: AccountIndex, _ assets: [CurrencyIndex], _ positions: [ExchangePosition],
    _ changes: OKXChanges
  ) {
    // Locks change no cash.
    let cause: String
    switch changes.cause(of: account) {
    case .fill: cause = "filled"
    case .funding: cause = "funding_fee"
    case .deposit, .withdrawal, .transfer: cause = "transferred"
    case .margin: cause = "adjust_margin"
    case .order, nil: return
    }
    let listeners = channels.listeners("balance_and_position#\(account)")
    guard !listeners.isEmpty else { return }
    let data = JSONValue.array([
      balancesJSON(account, cause, assets, positions, changes.fills(of: account))
    ]).text
    for listener in listeners { listener.push(data) }
  }

  private func balancesJSON(
    _ account: AccountIndex, _ event: String, _ assets: [CurrencyIndex],
    _ positions: [ExchangePosition], _ fills: [ExchangeFill]
  ) -> JSONValue {
    [
      "pTime": .string("\(now.milliseconds)"), "eventType": .string(event),
      "balData": .array(
        assets.map { asset in
          [
            "ccy": .string(assetName(asset)),
            "cashBal": .string("\(exchange.balance(of: account, asset).total)"),
            "uTime": OKXTime.json(accounts[account].updateTime),
          ]
        }),
      "posData": .array(positions.map { brief($0) }),
      "trades": .array(
        fills.map { fill in
          [
            "instId": .string(instrument(fill.instrument).id),
            "tradeId": .string("\(fill.tradeID)"),
          ]
        }),
    ]
  }

  private func brief(_ position: ExchangePosition) -> JSONValue {
    let instrument = instrument(position.instrument)
    let note = note(position)
    let quantity = position.side == .short ? -position.quantity : position.quantity
    return [
      "posId": .string(note.id), "tradeId": .string(note.tradeID == 0 ? "" : "\(note.tradeID)"),
      "instId": .string(instrument.id), "instType": .string(instrument.type.rawValue),
      "mgnMode": .string(position.marginMode == .cross ? "cross" : "isolated"),
      "posSide": .string(position.side.okxWord),
      "pos": .string(self.quantity(quantity, position.instrument)),
      "ccy": .string(instrument.quote), "posCcy": "",
      "avgPx": .string(averagePrice(position)), "nonSettleAvgPx": "", "settledPnl": "",
      "uTime": OKXTime.json(position.updateTime),
    ]
  }

  /// The whole, for a new listener.
  func beginAccount(_ subscription: OKXSubscription) {
    let account = subscription.account
    switch subscription.channel {
    case "balance_and_position":
      let held = OKXInstrument.assets.indices.map { CurrencyIndex($0) }.filter {
        exchange.balance(of: account, $0).total != .zero
      }
      let open = exchange.positions(of: account).filter { $0.quantity != 0 }
      subscription.push(
        JSONValue.array([balancesJSON(account, "snapshot", held, open, [])]).text)
    default: pushWhole(subscription)
    }
  }

  private func pushWhole(_ subscription: OKXSubscription) {
    let account = subscription.account
    if subscription.channel == "account" {
      let names = OKXInstrument.assets.filter {
        subscription.currency == nil || subscription.currency == $0
      }
      subscription.push(JSONValue.array([accountJSON(account, names)]).text, event: "snapshot")
      return
    }
    let open = exchange.positions(of: account).filter {
      $0.quantity != 0 && subscription.wants(instrument($0.instrument))
    }
    subscription.push(
      JSONValue.array(open.map { positionJSON($0, isPush: true) }).text, event: "snapshot")
  }

  /// Every five seconds.
  func publishAccounts() {
    for account in accounts.indices where account > 0 {
      for channel in ["account", "positions"] {
        for listener in channels.listeners("\(channel)#\(account)")
        where listener.isPeriodic {
          pushWhole(listener)
        }
      }
    }
  }
}

extension OKXSubscription {
  /// With what kind of push it is, as `account` and `positions` have it; all fit on one page here.
  func push(_ data: String, event: String) {
    session.push(
      #"{"arg":\#(text),"eventType":"\#(event)","curPage":1,"lastPage":true,"data":\#(data)}"#)
  }

  /// Whether it is told every five seconds too: `updateInterval` 0 in `extraParams` leaves that out.
  var isPeriodic: Bool {
    guard let extra = argument["extraParams"]?.string, let json = try? JSONValue.parse(extra)
    else { return true }
    return json["updateInterval"]?.scalarText != "0"
  }
}
