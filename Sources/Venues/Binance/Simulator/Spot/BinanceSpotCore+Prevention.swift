import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Self-trade prevention as the venue tells it
/// (https://developers.binance.com/docs/binance-spot-api-docs/faqs/stp_faq).
extension BinanceSpotCore {
  /// Remembers what self-trade prevention took from an order, and the match that it prevented.
  func notePrevention(_ event: ExchangeOrderEvent) {
    let order = event.order
    var notes = notes[order.id] ?? BinanceSpotOrderNotes()
    let lost: Int64
    if event.kind == .reduced {
      lost = notes.lastQuantity - order.quantity
      notes.reducedQuantity += lost
    } else {
      lost = order.quantity - order.filled
    }
    notes.lastPreventedQuantity = lost
    notes.preventedQuantity += lost
    let match = match(of: order, lost: lost, at: event.time)
    notes.preventedMatchID = match.id
    notes.counterOrderID =
      match.takerOrderID == order.id ? match.makerOrderID : match.takerOrderID
    self.notes[order.id] = notes
  }

  /// The prevented match that an order's loss belongs to. Of one meeting the maker is told first, and
  /// then the taker where it lost something too.
  private func match(of order: ExchangeOrder, lost: Int64, at time: Timestamp)
    -> BinancePreventedMatch
  {
    let taker = takerOrderID ?? order.id
    if order.id == taker, var last = takerMatches.last, last.takerPreventedQuantity == nil,
      last.mode == .cancelBoth || last.mode == .decrement
    {
      last.takerPreventedQuantity = lost
      takerMatches[takerMatches.count - 1] = last
      if let place = preventedMatches[order.account]?.lastIndex(where: { $0.id == last.id }) {
        preventedMatches[order.account]?[place] = last
      }
      return last
    }
    let maker = order.id == taker ? firstInTheWay(of: order) : order
    let match = BinancePreventedMatch(
      id: nextPreventedMatchID, instrument: order.instrument, takerOrderID: taker,
      makerOrderID: maker?.id ?? 0,
      mode: exchange.order(.venue(taker), of: order.account)?.request.selfTradePrevention
        ?? order.request.selfTradePrevention,
      price: maker?.request.price ?? order.request.price,
      takerPreventedQuantity: order.id == taker ? lost : nil,
      makerPreventedQuantity: order.id == taker ? nil : lost, time: time)
    nextPreventedMatchID += 1
    takerMatches.append(match)
    preventedMatches[order.account, default: []].append(match)
    return match
  }

  /// The account's own order that `order` would have met first: of the best price the oldest.
  private func firstInTheWay(of order: ExchangeOrder) -> ExchangeOrder? {
    let isBuy = order.side == .buy
    return exchange.openOrders(of: order.account, in: order.instrument)
      .filter { $0.side != order.side && $0.isWorking }
      .min { a, b in
        let (first, second) = (a.request.price, b.request.price)
        return first == second ? a.id < b.id : isBuy ? first < second : first > second
      }
  }

  /// `preventedMatches` of a new order's answer.
  func preventedMatchList(of order: ExchangeOrder) -> JSONValue? {
    let matches = takerMatches.filter { $0.takerOrderID == order.id }
    if matches.isEmpty { return nil }
    return .array(
      matches.map { match in
        var members: Members = [
          ("preventedMatchId", .integer(match.id)), ("makerOrderId", .integer(match.makerOrderID)),
          ("price", .string(price(match.price, match.instrument))),
        ]
        members += quantities(of: match)
        return .object(members)
      })
  }

  private func quantities(of match: BinancePreventedMatch) -> Members {
    var members: Members = []
    if let lost = match.takerPreventedQuantity {
      members.append(("takerPreventedQuantity", .string(quantity(lost, match.instrument))))
    }
    if let lost = match.makerPreventedQuantity {
      members.append(("makerPreventedQuantity", .string(quantity(lost, match.instrument))))
    }
    return members
  }

  func preventedMatches(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let instrument = try instrument(parameters["symbol"])
    if parameters["preventedMatchId"] == nil, parameters["orderId"] == nil {
      throw .missing("preventedMatchId", or: "orderId")
    }
    let id = parameters.integer("preventedMatchId")
    let order = parameters.integer("orderId").map { OrderID(max(0, $0)) }
    let from = parameters.integer("fromPreventedMatchId") ?? 0
    let limit = try parameters.limit(500, max: 1000)
    let list = preventedMatches[call.account, default: []].filter { match in
      match.instrument == instrument && Int64(match.id) >= from
        && (id == nil || Int64(match.id) == id)
        && (order == nil || match.takerOrderID == order || match.makerOrderID == order)
    }
    return .array(
      list.prefix(limit).map { match in
        var members: Members = [
          ("symbol", .string(symbol(instrument).name)),
          ("preventedMatchId", .integer(match.id)),
          ("takerOrderId", .integer(match.takerOrderID)),
          ("makerSymbol", .string(symbol(instrument).name)),
          ("makerOrderId", .integer(match.makerOrderID)),
          // The accounts are in no trade group.
          ("tradeGroupId", -1),
          ("selfTradePreventionMode", .string(match.mode.binanceWord)),
          ("price", .string(price(match.price, instrument))),
        ]
        members += quantities(of: match)
        members.append(("transactTime", call.unit.json(match.time)))
        return .object(members)
      })
  }
}
