import Exchange
import VenueServer

/// What a request asks for; REST and order entry over WebSocket share it.
enum BybitAction: Hashable {
  case time, instruments, depth, tickers, trades, candles, fundingHistory
  case create, amend, cancel, cancelAll, createBatch, amendBatch, cancelBatch
  case orders, orderHistory, executions, protection
  case positions, setLeverage, switchMode, tradingStop
  case wallet, accountInfo, feeRate, transactions, protectionInformation
  case keyInformation
}

/// A path of the REST interface (https://bybit-exchange.github.io/docs/v5/intro).
struct BybitEndpoint {
  var method: String
  var path: String
  var action: BybitAction
  /// What the key must be allowed to do; nil where none is asked for.
  var permissions: Permissions?
  /// Nil where an account's requests are not counted.
  var group: BybitLimitGroup?

  static let all: [BybitEndpoint] = [
    open("market/time", .time), open("market/instruments-info", .instruments),
    open("market/orderbook", .depth), open("market/tickers", .tickers),
    open("market/recent-trade", .trades), open("market/kline", .candles),
    open("market/funding/history", .fundingHistory),
    order("create", .create, .create), order("amend", .amend, .amend),
    order("cancel", .cancel, .cancel), order("cancel-all", .cancelAll, .cancelAll),
    order("create-batch", .createBatch, .createBatch),
    order("amend-batch", .amendBatch, .amendBatch),
    order("cancel-batch", .cancelBatch, .cancelBatch),
    order("disconnected-cancel-all", .protection, .protection),
    view("order/realtime", .orders, .orders), view("order/history", .orderHistory, .orderHistory),
    view("execution/list", .executions, .executions), view("position/list", .positions, .positions),
    change("position/set-leverage", .setLeverage, .leverage),
    change("position/switch-mode", .switchMode, .positionMode),
    change("position/trading-stop", .tradingStop, .tradingStop),
    view("account/wallet-balance", .wallet, .wallet),
    view("account/info", .accountInfo, .accountInfo),
    view("account/query-dcp-info", .protectionInformation, .protection),
    view("account/fee-rate", .feeRate, .feeRate),
    view("account/transaction-log", .transactions, .transactions),
    view("user/query-api", .keyInformation, .keyInformation),
  ]

  static let byPath: [String: BybitEndpoint] = {
    var endpoints: [String: BybitEndpoint] = [:]
    for endpoint in all { endpoints[endpoint.path] = endpoint }
    return endpoints
  }()

  private static func open(_ path: String, _ action: BybitAction) -> BybitEndpoint {
    BybitEndpoint(method: "GET", path: "/v5/\(path)", action: action)
  }
  private static func view(_ path: String, _ action: BybitAction, _ group: BybitLimitGroup)
    -> BybitEndpoint
  {
    BybitEndpoint(
      method: "GET", path: "/v5/\(path)", action: action, permissions: .read, group: group)
  }
  private static func change(_ path: String, _ action: BybitAction, _ group: BybitLimitGroup)
    -> BybitEndpoint
  {
    BybitEndpoint(
      method: "POST", path: "/v5/\(path)", action: action, permissions: .trade, group: group)
  }
  private static func order(_ path: String, _ action: BybitAction, _ group: BybitLimitGroup)
    -> BybitEndpoint
  {
    change("order/\(path)", action, group)
  }
}

/// One request, checked: what is asked for, and by whom.
struct BybitCall {
  var parameters: BybitParameters
  /// The account of the key; -1 where none is asked for.
  var account: AccountIndex = -1
  /// Nil where none is asked for, and over WebSocket.
  var key: VenueKey?
}

/// What a request that was carried out is answered.
struct BybitAnswer {
  var result: JSONValue = .object([])
  var extra: JSONValue = .object([])
  var message = "OK"
}

extension BybitCore {
  /// Carries out a call.
  ///
  /// - Throws: the venue's refusal; nothing has changed then.
  func perform(_ action: BybitAction, _ call: BybitCall) throws(BybitError) -> BybitAnswer {
    switch action {
    case .time: return BybitAnswer(result: timeResult())
    case .instruments: return BybitAnswer(result: try instruments(call.parameters))
    case .depth: return BybitAnswer(result: try depth(call.parameters))
    case .tickers: return BybitAnswer(result: try tickers(call.parameters))
    case .trades: return BybitAnswer(result: try trades(call.parameters))
    case .candles: return BybitAnswer(result: try candles(call.parameters))
    case .fundingHistory: return BybitAnswer(result: try fundingHistory(call.parameters))
    case .create: return BybitAnswer(result: try create(call))
    case .amend: return BybitAnswer(result: try amend(call))
    case .cancel: return BybitAnswer(result: try cancel(call))
    case .cancelAll: return BybitAnswer(result: try cancelAll(call))
    case .createBatch, .amendBatch, .cancelBatch: return try batch(action, call)
    case .orders: return BybitAnswer(result: try orders(call))
    case .orderHistory: return BybitAnswer(result: try orderHistory(call))
    case .executions: return BybitAnswer(result: try executions(call))
    case .protection:
      try setProtection(call)
      return BybitAnswer(message: "success")
    case .positions: return BybitAnswer(result: try positions(call))
    case .setLeverage:
      try setLeverage(call)
      return BybitAnswer()
    case .switchMode:
      try switchMode(call)
      return BybitAnswer()
    case .tradingStop:
      try setTradingStop(call)
      return BybitAnswer()
    case .wallet: return BybitAnswer(result: try wallet(call))
    case .accountInfo: return BybitAnswer(result: accountInformation(call))
    case .protectionInformation: return BybitAnswer(result: protectionInformation(call))
    case .feeRate: return BybitAnswer(result: try feeRates(call))
    case .transactions: return BybitAnswer(result: try transactions(call))
    case .keyInformation: return BybitAnswer(result: keyInformation(call), message: "")
    }
  }
}
