import Exchange
import VenueServer

/// What an endpoint of USD-M futures does; REST and WebSocket API share it.
enum BinanceUSDMAction: Hashable {
  case ping, time, exchangeInfo
  case depth, trades, historicalTrades, aggregateTrades, klines, continuousKlines
  case premiumIndex, fundingRate, fundingInfo, openInterest
  case ticker24Hour, tickerPrice, tickerBook
  case place, test, modify, cancel, query, openOrder
  case placeBatch, modifyBatch, cancelBatch, cancelAll, countdown
  case openOrders, allOrders, userTrades, forceOrders
  case placeAlgo, cancelAlgo, cancelAllAlgo, queryAlgo, openAlgos, allAlgos
  case positionMode, setPositionMode, setLeverage, setMarginType, changeMargin
  case assetsMode, setAssetsMode, leverageBrackets, adlQuantile, tradingStatus
  case balance, account2, account3, position2, position3, accountConfig, symbolConfig
  case income, commission, orderRateLimits, feeBurn
  case startUserStream, keepUserStream, closeUserStream
  case restrictions
}

extension BinanceUSDMCore {
  func perform(_ action: BinanceUSDMAction, _ call: BinanceCall) throws(BinanceError) -> JSONValue {
    switch action {
    case .ping: return .object([])
    case .time: return ["serverTime": call.unit.json(now.wall)]
    case .exchangeInfo: return exchangeInfo()
    case .depth: return try depth(call)
    case .trades: return try trades(call)
    case .historicalTrades: return try historicalTrades(call)
    case .aggregateTrades: return try aggregateTrades(call)
    case .klines: return try klines(call, call.parameters["symbol"])
    case .continuousKlines: return try klines(call, call.parameters["pair"])
    case .premiumIndex: return try premiumIndex(call)
    case .fundingRate: return try fundingRates(call)
    case .fundingInfo: return .array([])
    case .openInterest: return try openInterest(call)
    case .ticker24Hour: return try ticker24Hour(call)
    case .tickerPrice: return try tickerPrice(call)
    case .tickerBook: return try tickerBook(call)
    case .startUserStream, .keepUserStream, .closeUserStream: return try userStream(action, call)
    default: return try performSigned(action, call)
    }
  }

  private func performSigned(
    _ action: BinanceUSDMAction, _ call: BinanceCall
  ) throws(BinanceError) -> JSONValue {
    switch action {
    case .place: return try place(call)
    case .test: return try test(call)
    case .modify: return try modify(call)
    case .cancel: return try cancel(call)
    case .query: return try query(call)
    case .openOrder: return try openOrder(call)
    case .placeBatch: return try placeBatch(call)
    case .modifyBatch: return try modifyBatch(call)
    case .cancelBatch: return try cancelBatch(call)
    case .cancelAll: return try cancelAll(call)
    case .countdown: return try countdown(call)
    case .openOrders: return try openOrders(call)
    case .allOrders: return try allOrders(call)
    case .userTrades: return try userTrades(call)
    case .forceOrders: return .array([])
    case .placeAlgo: return try placeAlgo(call)
    case .cancelAlgo: return try cancelAlgo(call)
    case .cancelAllAlgo: return try cancelAllAlgo(call)
    case .queryAlgo: return try queryAlgo(call)
    case .openAlgos: return try openAlgos(call)
    case .allAlgos: return try allAlgos(call)
    default: return try performSetting(action, call)
    }
  }

  private func performSetting(
    _ action: BinanceUSDMAction, _ call: BinanceCall
  ) throws(BinanceError) -> JSONValue {
    switch action {
    case .positionMode:
      return ["dualSidePosition": .boolean(exchange.positionMode(of: call.account) == .hedge)]
    case .setPositionMode: return try setPositionMode(call)
    case .setLeverage: return try setLeverage(call)
    case .setMarginType: return try setMarginType(call)
    case .changeMargin: return try changeMargin(call)
    case .assetsMode: return ["multiAssetsMargin": false]
    case .setAssetsMode: return try setAssetsMode(call)
    case .leverageBrackets: return try leverageBrackets(call)
    case .adlQuantile: return try adlQuantile(call)
    case .tradingStatus: return ["indicators": .object([]), "updateTime": call.unit.json(now.wall)]
    case .balance: return balances(call)
    case .account2: return accountInformation(call, isOld: true)
    case .account3: return accountInformation(call, isOld: false)
    case .position2: return try positionRisk(call, isOld: true)
    case .position3: return try positionRisk(call, isOld: false)
    case .accountConfig: return accountConfig(call)
    case .symbolConfig: return try symbolConfig(call)
    case .income: return try income(call)
    case .commission: return try commission(call)
    case .orderRateLimits: return .array(orderCountEntries(of: call.account))
    case .feeBurn: return ["feeBurn": false]
    case .restrictions: return restrictions(call)
    default: throw BinanceError(-1020, "This operation is not supported.")
    }
  }

  /// Listen keys need a key and no signature; their requests name none
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams).
  private func userStream(
    _ action: BinanceUSDMAction, _ call: BinanceCall
  ) throws(BinanceError) -> JSONValue {
    if action == .startUserStream {
      return [
        "listenKey": .string(streams.startKey(of: call.account, at: now) { makeID(64) })
      ]
    }
    guard let key = streams.key(of: call.account) else { throw .noListenKey }
    if action == .closeUserStream {
      _ = streams.closeKey(key, of: call.account)
      return .object([])
    }
    _ = streams.keepKey(key, of: call.account, at: now)
    return ["listenKey": .string(key)]
  }
}
