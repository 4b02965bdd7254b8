import Exchange
import VenueServer

/// What an endpoint does; REST and WebSocket API share it.
enum BinanceSpotAction {
  case ping, time, exchangeInfo
  case depth, trades, historicalTrades, aggregateTrades, klines, averagePrice
  case ticker24Hour, tickerPrice, tickerBook
  case place, test, cancel, cancelReplace, amend, query
  case cancelAll, openOrders, allOrders, amendments
  case placeOCO, placeOTO, placeOTOCO, placeOldOCO
  case cancelList, queryList, openOrderLists, allOrderLists
  case account, myTrades, orderRateLimits, commission, preventedMatches
  case startUserStream, keepUserStream, closeUserStream
  case restrictions, systemStatus
}

extension BinanceSpotCore {
  /// Carries out a call.
  ///
  /// - Throws: the venue's error; nothing has changed then, but what a `cancelReplace` tells in `data`.
  func perform(_ action: BinanceSpotAction, _ call: BinanceCall) throws(BinanceError) -> JSONValue {
    switch action {
    case .ping: return .object([])
    case .time: return ["serverTime": call.unit.json(now.wall)]
    case .exchangeInfo: return try exchangeInfo(call)
    case .depth: return try depth(call)
    case .trades: return try trades(call)
    case .historicalTrades: return try historicalTrades(call)
    case .aggregateTrades: return try aggregateTrades(call)
    case .klines: return try klines(call)
    case .averagePrice: return try averagePrice(call)
    case .ticker24Hour: return try ticker24Hour(call)
    case .tickerPrice: return try tickerPrice(call)
    case .tickerBook: return try tickerBook(call)
    case .place: return try place(call)
    case .test: return try test(call)
    case .cancel: return try cancel(call)
    case .cancelReplace: return try cancelReplace(call)
    case .amend: return try amend(call)
    case .query: return try query(call)
    case .cancelAll: return try cancelAll(call)
    case .openOrders: return try openOrders(call)
    case .allOrders: return try allOrders(call)
    case .amendments: return try amendments(call)
    case .placeOCO: return try placeList(BinanceSpotNewList(oco: call, in: self), call)
    case .placeOTO: return try placeList(BinanceSpotNewList(oto: call, in: self), call)
    case .placeOTOCO: return try placeList(BinanceSpotNewList(otoco: call, in: self), call)
    case .placeOldOCO: return try placeList(BinanceSpotNewList(old: call, in: self), call)
    case .cancelList: return try cancelList(call)
    case .queryList: return try queryList(call)
    case .openOrderLists: return openOrderLists(call)
    case .allOrderLists: return try allOrderLists(call)
    case .account: return accountInformation(call)
    case .myTrades: return try myTrades(call)
    case .orderRateLimits:
      return .array(orderLimits[call.account].entries(at: now.milliseconds))
    case .commission: return try commission(call)
    case .preventedMatches: return try preventedMatches(call)
    case .startUserStream:
      return ["listenKey": .string(streams.startKey(of: call.account, at: now) { makeID(64) })]
    case .keepUserStream, .closeUserStream:
      let key = call.parameters["listenKey"] ?? ""
      let isKnown =
        action == .keepUserStream
        ? streams.keepKey(key, of: call.account, at: now)
        : streams.closeKey(key, of: call.account)
      if !isKnown { throw .noListenKey }
      return .object([])
    case .restrictions: return restrictions(call)
    case .systemStatus: return ["status": 0, "msg": "normal"]
    }
  }
}
