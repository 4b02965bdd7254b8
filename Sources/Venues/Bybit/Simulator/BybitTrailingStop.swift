import Exchange
import MatchingEngine
import TradingModel

// Trailing stops of positions: a stop-loss that follows the best price at a distance
// (https://www.bybit.com/en/help-center/article/Trailing-Stop-Order). The exchange knows a stop whose trigger
// is changed; one that waits for its activation is a stop that no price meets.
extension BybitCore {
  /// Sets the trailing stop of a position; a distance of 0 ends it.
  ///
  /// - Parameter activation: the price from which it follows; 0 for the present one.
  /// - Returns: whether anything is other than it was.
  func setTrailing(
    _ distance: Int64, activation: Int64, of key: BybitPositionKey
  ) -> Bool {
    let present = wholeExit(.trailingStop, of: key)
    if let present {
      if let exit = notes[present]?.exit, exit.distance == distance,
        activation == 0 || exit.activation == activation
      {
        return false
      }
      endExit(present, of: key.account, as: "CancelByUser")
    }
    guard distance > 0 else { return present != nil }
    let position = exchange.position(of: key.account, key.instrument, key.side)
    let last = exchange.lastPrice(of: key.instrument)
    let isLong = position.quantity > 0
    let trigger =
      activation > 0
      ? unreachable(isLong: isLong, key.instrument) : last + (isLong ? -distance : distance)
    guard let id = makeWhole(.trailingStop, BybitExit(trigger: trigger), of: key) else {
      return present != nil
    }
    notes[id]?.exit?.distance = distance
    notes[id]?.exit?.activation = activation
    notes[id]?.exit?.best = activation > 0 ? 0 : last
    if activation > 0 {
      notes[id]?.createType = "CreateByTrailingProfit"
      notes[id]?.triggerDirection = isLong ? 1 : 2
    }
    return true
  }

  private func unreachable(isLong: Bool, _ instrument: InstrumentIndex) -> Int64 {
    let settings = exchange.settings.instruments[Int(instrument)]
    return isLong ? settings.priceMin : settings.priceMax
  }

  /// Shows a trade's price to the trailing stops of an instrument.
  func trail(_ instrument: InstrumentIndex, _ price: Int64) {
    for account in accounts {
      for side in PositionSide.allCases { trail(key(account, instrument, side), price) }
    }
  }

  private func trail(_ key: BybitPositionKey, _ price: Int64) {
    guard let id = wholeExit(.trailingStop, of: key), let exit = notes[id]?.exit,
      let order = exchange.order(.venue(id), of: key.account)
    else { return }
    let isLong = order.side == .sell
    if exit.activation > 0 {
      guard isLong ? price >= exit.activation : price <= exit.activation else { return }
      notes[id]?.exit?.activation = 0
      notes[id]?.triggerDirection = isLong ? 2 : 1
    } else {
      guard isLong ? price > exit.best : price < exit.best else { return }
    }
    notes[id]?.exit?.best = price
    let trigger = price + (isLong ? -exit.distance : exit.distance)
    _ = exchange.amend(.venue(id), Amendment(triggerPrice: trigger), by: key.account)
  }

  /// Of a trailing stop the price that it waits for, before it follows; of two exits of spot that are one order
  /// none, before one of them is met.
  func shownTrigger(of order: ExchangeOrder) -> Int64 {
    if notes[order.id]?.pair != nil, !order.isTriggered { return 0 }
    guard let exit = notes[order.id]?.exit, exit.activation > 0 else {
      return order.request.triggerPrice
    }
    return exit.activation
  }
}
