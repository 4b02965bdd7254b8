import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Requests about orders and fills
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api).
extension BinanceUSDMCore {
  func query(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    guard let order = try named(call.parameters, call.account, in: instrument) else {
      throw .orderDoesNotExist
    }
    return json(order, .queried)
  }

  func openOrder(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    guard let order = try named(call.parameters, call.account, in: instrument), order.state.isOpen
    else { throw .orderDoesNotExist }
    return json(order, .queried)
  }

  func openOrders(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    var instrument: InstrumentIndex?
    if call.parameters["symbol"] != nil {
      instrument = try self.instrument(call.parameters["symbol"])
    }
    return .array(
      exchange.openOrders(of: call.account, in: instrument).filter(\.isBinanceUSDMOrder)
        .map { json($0, .queried) })
  }

  func allOrders(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    var query = HistoryQuery()
    query.instrument = try instrument(parameters["symbol"])
    query.fromID = parameters.integer("orderId").map { UInt64(max(0, $0)) }
    try readTimes(parameters, &query)
    let limit = try parameters.limit(500, max: 1000)
    let orders = exchange.orders(of: call.account, query).filter(\.isBinanceUSDMOrder)
    let keepsNewest = query.fromID == nil && query.fromTime == nil
    return .array(
      (keepsNewest ? orders.suffix(limit) : orders.prefix(limit)).map { json($0, .queried) })
  }

  /// `startTime` and `endTime`, no more than seven days from each other.
  func readTimes(_ parameters: BinanceParameters, _ query: inout HistoryQuery) throws(BinanceError)
  {
    let from = parameters.integer("startTime")
    let to = parameters.integer("endTime")
    if let from, let to, to - from > 604_800_000 {
      throw BinanceError(-4166, "Search window is restricted to recent 7 days only.")
    }
    query.fromTime = from.map(Self.nanoseconds)
    query.toTime = to.map { Self.nanoseconds($0) &+ 999_999 }
  }

  /// A parameter's time in nanoseconds.
  static func nanoseconds(_ milliseconds: Int64) -> Int64 {
    milliseconds > 0 ? milliseconds > .max / 1_000_000 ? .max : milliseconds * 1_000_000 : 0
  }

  func userTrades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    var query = HistoryQuery()
    let instrument = try instrument(parameters["symbol"])
    query.instrument = instrument
    query.order = parameters.integer("orderId").map { OrderID(max(0, $0)) }
    query.fromID = parameters.integer("fromId").map { UInt64(max(0, $0)) }
    try readTimes(parameters, &query)
    query.limit = try parameters.limit(500, max: 1000)
    query.keepsNewest = query.fromID == nil && query.fromTime == nil
    return .array(
      exchange.fills(of: call.account, query).map { fill in
        [
          "symbol": .string(symbol(instrument).name),
          "id": .integer(fill.tradeID),
          "orderId": .integer(fill.orderID),
          "side": .string(fill.side == .buy ? "BUY" : "SELL"),
          "price": .string(price(fill.price, instrument)),
          "qty": .string(quantity(fill.quantity, instrument)),
          "realizedPnl": .string(DecimalDigits.text(fill.realized)),
          "marginAsset": "USDT",
          "quoteQty": .string(value(Int128(fill.price) * Int128(fill.quantity), instrument)),
          "commission": .string(DecimalDigits.text(fill.fee)),
          "commissionAsset": "USDT",
          "time": call.unit.json(fill.time),
          "positionSide": .string(positionWord(fill.positionSide)),
          "buyer": .boolean(fill.side == .buy),
          "maker": .boolean(fill.liquidity == .maker),
        ]
      })
  }

  func positionWord(_ side: PositionSide) -> String {
    switch side {
    case .net: "BOTH"
    case .long: "LONG"
    case .short: "SHORT"
    }
  }

  // MARK: Money

  /// What an account has of USDT and what of it is bound.
  struct Funds {
    var wallet: Money
    var available: Money
    var unrealized: Money
    var positionMargin: Money
    var orderMargin: Money
    var maintenance: Money
    /// Of isolated positions.
    var isolated: Money
  }

  func funds(of account: AccountIndex) -> Funds {
    let balance = exchange.balance(of: account, 0)
    var funds = Funds(
      wallet: balance.total, available: max(.zero, balance.free), unrealized: .zero,
      positionMargin: .zero, orderMargin: .zero, maintenance: .zero, isolated: .zero)
    for position in exchange.positions(of: account) where position.quantity != 0 {
      funds.unrealized += exchange.unrealized(position)
      funds.positionMargin += position.margin
      funds.maintenance += maintenance(of: position)
      if position.marginMode == .isolated { funds.isolated += position.margin }
    }
    funds.orderMargin = balance.locked - funds.positionMargin
    return funds
  }

  /// 0.4 % of the value at the mark: the first bracket's.
  func maintenance(of position: ExchangePosition) -> Money {
    Rate(parts: 400_000).share(of: notional(of: position).magnitude)
  }

  /// The value at the mark, with the sign of the position.
  func notional(of position: ExchangePosition) -> Money {
    let mark = exchange.mark(of: position.instrument).mark
    let listing = exchange.settings.instruments[Int(position.instrument)].listing
    return listing.value(price: mark, quantity: position.quantity) ?? .zero
  }

  func balances(_ call: BinanceCall) -> JSONValue {
    let funds = funds(of: call.account)
    return [
      [
        "accountAlias": "SgsRAuXqAuSg",
        "asset": "USDT",
        "balance": .string(DecimalDigits.text(funds.wallet)),
        "crossWalletBalance": .string(DecimalDigits.text(funds.wallet - funds.isolated)),
        "crossUnPnl": .string(DecimalDigits.text(funds.unrealized)),
        "availableBalance": .string(DecimalDigits.text(funds.available)),
        "maxWithdrawAmount": .string(DecimalDigits.text(funds.available)),
        "marginAvailable": true,
        "updateTime": call.unit.json(exchange.time),
      ]
    ]
  }

  /// - Parameter isOld: whether it is version 2, which tells all symbols; version 3 tells those with a
  ///   position or orders.
  func accountInformation(_ call: BinanceCall, isOld: Bool) -> JSONValue {
    let funds = funds(of: call.account)
    func text(_ money: Money) -> JSONValue { .string(DecimalDigits.text(money)) }
    let margin = funds.positionMargin + funds.orderMargin
    var members: Members = []
    if isOld {
      members = [
        ("feeTier", 0), ("feeBurn", false), ("canTrade", true), ("canDeposit", true),
        ("canWithdraw", true), ("updateTime", 0), ("multiAssetsMargin", false),
        ("tradeGroupId", -1),
      ]
    }
    members += [
      ("totalInitialMargin", text(margin)), ("totalMaintMargin", text(funds.maintenance)),
      ("totalWalletBalance", text(funds.wallet)),
      ("totalUnrealizedProfit", text(funds.unrealized)),
      ("totalMarginBalance", text(funds.wallet + funds.unrealized)),
      ("totalPositionInitialMargin", text(funds.positionMargin)),
      ("totalOpenOrderInitialMargin", text(funds.orderMargin)),
      ("totalCrossWalletBalance", text(funds.wallet - funds.isolated)),
      ("totalCrossUnPnl", text(funds.unrealized)), ("availableBalance", text(funds.available)),
      ("maxWithdrawAmount", text(funds.available)),
    ]
    var asset: Members = [
      ("asset", "USDT"), ("walletBalance", text(funds.wallet)),
      ("unrealizedProfit", text(funds.unrealized)),
      ("marginBalance", text(funds.wallet + funds.unrealized)),
      ("maintMargin", text(funds.maintenance)), ("initialMargin", text(margin)),
      ("positionInitialMargin", text(funds.positionMargin)),
      ("openOrderInitialMargin", text(funds.orderMargin)),
      ("crossWalletBalance", text(funds.wallet - funds.isolated)),
      ("crossUnPnl", text(funds.unrealized)), ("availableBalance", text(funds.available)),
      ("maxWithdrawAmount", text(funds.available)),
    ]
    if isOld { asset.append(("marginAvailable", true)) }
    asset.append(("updateTime", call.unit.json(exchange.time)))
    members.append(("assets", [.object(asset)]))
    members.append(
      ("positions", .array(accountPositions(call.account, isOld: isOld, call.unit))))
    return .object(members)
  }

  private func accountPositions(
    _ account: AccountIndex, isOld: Bool, _ unit: TimeUnit
  ) -> [JSONValue] {
    shownPositions(of: account, in: nil, isOld: isOld).map { position in
      func text(_ money: Money) -> JSONValue { .string(DecimalDigits.text(money)) }
      let instrument = position.instrument
      let isIsolated = position.marginMode == .isolated
      if !isOld {
        return [
          "symbol": .string(symbol(instrument).name),
          "positionSide": .string(positionWord(position.side)),
          "positionAmt": .string(quantity(position.quantity, instrument)),
          "unrealizedProfit": text(exchange.unrealized(position)),
          "isolatedMargin": text(isIsolated ? position.margin : .zero),
          "notional": text(notional(of: position)),
          "isolatedWallet": text(isIsolated ? position.margin : .zero),
          "initialMargin": text(position.margin),
          "maintMargin": text(maintenance(of: position)),
          "updateTime": unit.json(position.updateTime),
        ]
      }
      return [
        "symbol": .string(symbol(instrument).name),
        "initialMargin": text(position.margin),
        "maintMargin": text(maintenance(of: position)),
        "unrealizedProfit": text(exchange.unrealized(position)),
        "positionInitialMargin": text(position.margin),
        "openOrderInitialMargin": "0",
        "leverage": .string("\(position.leverage)"),
        "isolated": .boolean(isIsolated),
        "entryPrice": .string(entryPrice(exchange.averagePrice(of: position))),
        "maxNotional": "300000",
        "bidNotional": "0", "askNotional": "0",
        "positionSide": .string(positionWord(position.side)),
        "positionAmt": .string(quantity(position.quantity, instrument)),
        "updateTime": unit.json(position.updateTime),
      ]
    }
  }

  // MARK: Positions

  /// All positions of the account's mode where `isOld`, else those that are held or have orders.
  private func shownPositions(
    of account: AccountIndex, in chosen: InstrumentIndex?, isOld: Bool
  ) -> [ExchangePosition] {
    let sides: [PositionSide] =
      exchange.positionMode(of: account) == .hedge ? [.long, .short] : [.net]
    var list: [ExchangePosition] = []
    for index in symbols.indices {
      let instrument = InstrumentIndex(index)
      if let chosen, chosen != instrument { continue }
      let hasOrders = !exchange.openOrders(of: account, in: instrument).isEmpty
      for side in sides {
        let position = exchange.position(of: account, instrument, side)
        if isOld || position.quantity != 0 || hasOrders { list.append(position) }
      }
    }
    return list
  }

  func positionRisk(_ call: BinanceCall, isOld: Bool) throws(BinanceError) -> JSONValue {
    var chosen: InstrumentIndex?
    if call.parameters["symbol"] != nil { chosen = try instrument(call.parameters["symbol"]) }
    return .array(
      shownPositions(of: call.account, in: chosen, isOld: isOld).map {
        risk(of: $0, isOld: isOld, call.unit)
      })
  }

  private func risk(of position: ExchangePosition, isOld: Bool, _ unit: TimeUnit) -> JSONValue {
    func text(_ money: Money) -> JSONValue { .string(DecimalDigits.text(money)) }
    let instrument = position.instrument
    let entry = JSONValue.string(entryPrice(exchange.averagePrice(of: position)))
    let isolated = position.marginMode == .isolated ? position.margin : .zero
    let mark = JSONValue.string(longPrice(exchange.mark(of: instrument).mark, instrument))
    let shown: Members = [
      ("symbol", .string(symbol(instrument).name)),
      ("positionAmt", .string(quantity(position.quantity, instrument))),
    ]
    if isOld {
      return .object(
        shown + [
          ("entryPrice", entry), ("breakEvenPrice", entry), ("markPrice", mark),
          ("unRealizedProfit", text(exchange.unrealized(position))), ("liquidationPrice", "0"),
          ("leverage", .string("\(position.leverage)")), ("maxNotionalValue", "300000"),
          ("marginType", position.marginMode == .isolated ? "isolated" : "cross"),
          ("isolatedMargin", text(isolated)), ("isAutoAddMargin", "false"),
          ("positionSide", .string(positionWord(position.side))),
          ("notional", text(notional(of: position))), ("isolatedWallet", text(isolated)),
          ("updateTime", unit.json(position.updateTime)), ("isolated", .boolean(isolated != .zero)),
          ("adlQuantile", 0),
        ])
    }
    return .object(
      [shown[0], ("positionSide", .string(positionWord(position.side))), shown[1]] + [
        ("entryPrice", entry), ("breakEvenPrice", entry), ("markPrice", mark),
        ("unRealizedProfit", text(exchange.unrealized(position))), ("liquidationPrice", "0"),
        ("isolatedMargin", text(isolated)), ("notional", text(notional(of: position))),
        ("marginAsset", "USDT"), ("isolatedWallet", text(isolated)),
        ("initialMargin", text(position.margin)),
        ("maintMargin", text(maintenance(of: position))),
        ("positionInitialMargin", text(position.margin)), ("openOrderInitialMargin", "0"),
        ("adl", 0), ("bidNotional", "0"), ("askNotional", "0"),
        ("updateTime", unit.json(position.updateTime)),
      ])
  }
}
