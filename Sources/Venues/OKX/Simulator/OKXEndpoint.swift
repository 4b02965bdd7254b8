import Exchange
import VenueServer

/// What a request does; REST and order entry over WebSocket share it.
enum OKXAction: String {
  case time, instruments, marks, funding, fundingHistory, priceLimit, indexTickers, status
  case book, fullBook, trades, tradeHistory, ticker, tickers, candles
  case place, placeMany, cancel, cancelMany, amend, amendMany, massCancel, cancelAllAfter, close
  case order, pending, history, fills, fillHistory
  case placeAlgo, amendAlgo, cancelAlgos, algo, algosPending, algoHistory
  case balance, positions, configuration, fees, bills
  case setLeverage, leverage, setPositionMode
}

extension OKXAction {
  /// The request for one order, of one that takes a list.
  fileprivate var single: OKXAction? {
    switch self {
    case .placeMany: .place
    case .cancelMany: .cancel
    case .amendMany: .amend
    default: nil
    }
  }
}

/// A request that the venue knows (https://www.okx.com/docs-v5/en/).
struct OKXEndpoint {
  var method = "GET"
  var path: String
  var rate: OKXRate
  /// What the key must be allowed; nil for requests without one.
  var permission: Permissions?
  var action: OKXAction

  /// Whether its body is a list.
  var isList: Bool {
    switch action {
    case .placeMany, .cancelMany, .amendMany, .cancelAlgos: true
    default: false
    }
  }

  static let byPath: [String: [OKXEndpoint]] = Dictionary(grouping: all, by: \.path)

  private static let all = general + market + trading + algo + account

  private static let general = [
    OKXEndpoint(path: "/api/v5/public/time", rate: .address(10), action: .time),
    OKXEndpoint(path: "/api/v5/public/instruments", rate: .address(20), action: .instruments),
    OKXEndpoint(
      path: "/api/v5/account/instruments", rate: .user(20), permission: .read,
      action: .instruments),
    OKXEndpoint(path: "/api/v5/public/mark-price", rate: .address(10), action: .marks),
    OKXEndpoint(path: "/api/v5/public/funding-rate", rate: .address(10), action: .funding),
    OKXEndpoint(
      path: "/api/v5/public/funding-rate-history", rate: .address(10), action: .fundingHistory),
    OKXEndpoint(path: "/api/v5/public/price-limit", rate: .address(20), action: .priceLimit),
    OKXEndpoint(
      path: "/api/v5/system/status", rate: .address(1, per: 5000), action: .status),
  ]

  private static let market = [
    OKXEndpoint(path: "/api/v5/market/books", rate: .address(40), action: .book),
    OKXEndpoint(path: "/api/v5/market/books-full", rate: .address(10), action: .fullBook),
    OKXEndpoint(path: "/api/v5/market/trades", rate: .address(100), action: .trades),
    OKXEndpoint(
      path: "/api/v5/market/history-trades", rate: .address(20), action: .tradeHistory),
    OKXEndpoint(path: "/api/v5/market/ticker", rate: .address(20), action: .ticker),
    OKXEndpoint(path: "/api/v5/market/tickers", rate: .address(20), action: .tickers),
    OKXEndpoint(path: "/api/v5/market/candles", rate: .address(40), action: .candles),
    OKXEndpoint(path: "/api/v5/market/history-candles", rate: .address(20), action: .candles),
    OKXEndpoint(
      path: "/api/v5/market/index-tickers", rate: .address(20), action: .indexTickers),
  ]

  private static let trading = [
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/order", rate: .instrument(60), permission: .trade,
      action: .place),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/batch-orders", rate: .instrument(300),
      permission: .trade, action: .placeMany),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/cancel-order", rate: .instrument(60),
      permission: .trade, action: .cancel),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/cancel-batch-orders", rate: .instrument(300),
      permission: .trade, action: .cancelMany),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/amend-order", rate: .instrument(60),
      permission: .trade, action: .amend),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/amend-batch-orders", rate: .instrument(300),
      permission: .trade, action: .amendMany),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/mass-cancel", rate: .user(5), permission: .trade,
      action: .massCancel),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/cancel-all-after", rate: .user(1, per: 1000),
      permission: .trade, action: .cancelAllAfter),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/close-position", rate: .user(20), permission: .trade,
      action: .close),
    OKXEndpoint(
      path: "/api/v5/trade/order", rate: .instrument(60), permission: .read, action: .order),
    OKXEndpoint(
      path: "/api/v5/trade/orders-pending", rate: .user(60), permission: .read,
      action: .pending),
    OKXEndpoint(
      path: "/api/v5/trade/orders-history", rate: .user(40), permission: .read,
      action: .history),
    OKXEndpoint(
      path: "/api/v5/trade/orders-history-archive", rate: .user(20), permission: .read,
      action: .history),
    OKXEndpoint(
      path: "/api/v5/trade/fills", rate: .user(60), permission: .read, action: .fills),
    OKXEndpoint(
      path: "/api/v5/trade/fills-history", rate: .user(10), permission: .read,
      action: .fillHistory),
  ]

  private static let algo = [
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/order-algo", rate: .instrument(20),
      permission: .trade, action: .placeAlgo),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/cancel-algos", rate: .instrument(20),
      permission: .trade, action: .cancelAlgos),
    OKXEndpoint(
      method: "POST", path: "/api/v5/trade/amend-algos", rate: .instrument(20),
      permission: .trade, action: .amendAlgo),
    OKXEndpoint(
      path: "/api/v5/trade/order-algo", rate: .user(20), permission: .read, action: .algo),
    OKXEndpoint(
      path: "/api/v5/trade/orders-algo-pending", rate: .user(20), permission: .read,
      action: .algosPending),
    OKXEndpoint(
      path: "/api/v5/trade/orders-algo-history", rate: .user(20), permission: .read,
      action: .algoHistory),
  ]

  private static let account = [
    OKXEndpoint(
      path: "/api/v5/account/balance", rate: .user(10), permission: .read, action: .balance),
    OKXEndpoint(
      path: "/api/v5/account/positions", rate: .user(10), permission: .read,
      action: .positions),
    OKXEndpoint(
      path: "/api/v5/account/config", rate: .user(5), permission: .read,
      action: .configuration),
    OKXEndpoint(
      path: "/api/v5/account/trade-fee", rate: .user(5), permission: .read, action: .fees),
    OKXEndpoint(
      path: "/api/v5/account/bills", rate: .user(5, per: 1000), permission: .read,
      action: .bills),
    OKXEndpoint(
      method: "POST", path: "/api/v5/account/set-leverage", rate: .user(40), permission: .trade,
      action: .setLeverage),
    OKXEndpoint(
      path: "/api/v5/account/leverage-info", rate: .user(20), permission: .read,
      action: .leverage),
    OKXEndpoint(
      method: "POST", path: "/api/v5/account/set-position-mode", rate: .user(5),
      permission: .trade, action: .setPositionMode),
  ]
}

extension OKXCore {
  /// Counts a request where it is counted, then carries it out.
  ///
  /// - Throws: what refuses the request as a whole; nothing has changed then.
  func perform(_ action: OKXAction, _ call: OKXCall) throws(OKXError) -> OKXAnswer {
    switch action {
    case .time: return OKXAnswer([["ts": .string("\(now.milliseconds)")]])
    case .status: return OKXAnswer([])
    case .instruments: return try instruments(call)
    case .marks: return try marks(call)
    case .funding: return try funding(call)
    case .fundingHistory: return try fundingHistory(call)
    case .priceLimit: return try priceLimit(call)
    case .indexTickers: return try indexTickers(call)
    case .book: return try book(call, most: 400, usual: 1)
    case .fullBook: return try book(call, most: 5000, usual: 1)
    case .trades: return try trades(call)
    case .tradeHistory: return try tradeHistory(call)
    case .ticker: return try ticker(call)
    case .tickers: return try tickers(call)
    case .candles: return try candles(call)
    default: return try performPrivate(action, call)
    }
  }

  private func performPrivate(_ action: OKXAction, _ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let account = call.account
    switch action {
    case .place: return OKXAnswer(outcomes: [place(call.parameters, of: account)])
    case .placeMany: return OKXAnswer(outcomes: call.list.map { place($0, of: account) })
    case .cancel: return OKXAnswer(outcomes: [cancel(call.parameters, of: account)])
    case .cancelMany: return OKXAnswer(outcomes: call.list.map { cancel($0, of: account) })
    case .amend: return OKXAnswer(outcomes: [amend(call.parameters, of: account)])
    case .amendMany: return OKXAnswer(outcomes: call.list.map { amend($0, of: account) })
    case .massCancel: return try massCancel(call.parameters)
    case .cancelAllAfter: return try cancelAllAfter(call)
    case .close: return try closePosition(call)
    case .order: return try order(call)
    case .pending: return try pendingOrders(call)
    case .history: return try orderHistory(call)
    case .fills: return try fills(call)
    case .fillHistory:
      _ = try call.parameters.need("instType")
      return try fills(call)
    case .placeAlgo: return try placeAlgo(call)
    case .amendAlgo: return amendAlgo(call)
    case .cancelAlgos: return cancelAlgos(call)
    case .algo: return try algo(call)
    case .algosPending: return try algos(call, isHistory: false)
    case .algoHistory: return try algos(call, isHistory: true)
    case .balance: return balance(call)
    case .positions: return try positions(call)
    case .configuration: return configuration(call)
    case .fees: return try fees(call)
    case .bills: return try bills(call)
    case .setLeverage: return try setLeverage(call)
    case .leverage: return try leverage(call)
    case .setPositionMode: return try setPositionMode(call)
    default: throw .badMethod
    }
  }

  /// Counts a request, and the new and amended orders in it. Lists count every order of each
  /// instrument; a list of one counts as the request for one order
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-multiple-orders).
  func count(_ action: OKXAction, _ rate: OKXRate, _ call: OKXCall) throws(OKXError) {
    let items = call.list.isEmpty ? [call.parameters] : call.list
    var (action, rate) = (action, rate)
    if items.count == 1, let single = action.single { (action, rate) = (single, .instrument(60)) }
    if rate.scope == .userAndInstrument {
      var counts: [(instrument: String, count: Int)] = []
      for item in items {
        let name = instrumentName(item)
        if let place = counts.firstIndex(where: { $0.instrument == name }) {
          counts[place].count += 1
        } else {
          counts.append((name, 1))
        }
      }
      for (name, count) in counts {
        try limits.take(action.rawValue, rate, call.account, name, amount: count, at: now)
      }
    } else {
      try limits.take(action.rawValue, rate, call.account, at: now)
    }
    switch action {
    case .place, .placeMany, .amend, .amendMany:
      try limits.takeOrders(items.count, call.account, at: now)
    default: break
    }
  }

  private func instrumentName(_ parameters: OKXParameters) -> String {
    if let name = parameters["instId"], !parameters.needsCode { return name }
    let code = parameters["instIdCode"]
    return instruments.first { "\($0.code)" == code }?.id ?? ""
  }
}
