import Exchange
import TradingModel
import VenueServer

/// Positions and their settings (https://bybit-exchange.github.io/docs/v5/position and those beside it).
extension BybitCore {
  /// Of a symbol its position even where there is none; of a settlement coin those that are held.
  func positions(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let parameters = call.parameters
    let category = try parameters.category()
    guard category == .linear else { throw .illegalCategory }
    let instruments = try scope(parameters, category, needsOne: true)
    let sides = sides(of: call.account)
    var list: [ExchangePosition] = []
    for instrument in instruments {
      for side in sides {
        let position = exchange.position(of: call.account, instrument, side)
        if parameters["symbol"] != nil || position.quantity != 0 { list.append(position) }
      }
    }
    let limit = try parameters.limit(20, max: 200)
    let (page, cursor) = try Self.page(list, parameters, limit)
    return [
      "list": .array(page.map { .object(positionMembers($0, isMessage: false)) }),
      "nextPageCursor": .string(cursor), "category": "linear",
    ]
  }

  private func sides(of account: AccountIndex) -> [PositionSide] {
    exchange.positionMode(of: account) == .hedge ? [.long, .short] : [.net]
  }

  /// Queries call the entry price `avgPrice`, the stream calls it `entryPrice`. Nobody is liquidated
  /// here, so there are no prices of it.
  func positionMembers(_ position: ExchangePosition, isMessage: Bool = true) -> Members {
    let symbol = symbol(position.instrument)
    let size = abs(position.quantity)
    let side = position.quantity > 0 ? "Buy" : position.quantity < 0 ? "Sell" : ""
    let margin = JSONValue.string(BybitText.text(position.margin))
    let maintenance = JSONValue.string(BybitText.text(maintenanceMargin(position)))
    let realized = JSONValue.string(BybitText.text(position.realized + position.funding))
    let entry = JSONValue.string(entryText(position, symbol))
    return [
      ("positionIdx", .integer(position.side.bybitIndex)), ("riskId", 1),
      ("riskLimitValue", "2000000"), ("symbol", .string(symbol.name)), ("side", .string(side)),
      ("size", .string(size == 0 ? "0" : symbol.quantity(size))),
      (isMessage ? "entryPrice" : "avgPrice", entry), ("sessionAvgPrice", ""),
      ("positionValue", .string(BybitText.text(position.cost.magnitude))), ("tradeMode", 0),
      ("positionStatus", "Normal"), ("autoAddMargin", 0), ("adlRankIndicator", 0),
      ("leverage", .string("\(position.leverage)")), ("positionBalance", margin),
      ("markPrice", .string(symbol.price(exchange.mark(of: position.instrument).mark))),
      ("liqPrice", ""), ("bustPrice", ""), ("positionMM", maintenance), ("positionIM", margin),
      ("positionIMByMp", margin), ("positionMMByMp", maintenance), ("tpslMode", "Full"),
    ] + exitMembers(position, symbol) + [
      ("unrealisedPnl", .string(BybitText.text(exchange.unrealized(position)))),
      ("curRealisedPnl", realized), ("cumRealisedPnl", realized),
      ("seq", .integer(takeSequence())), ("isReduceOnly", false), ("mmrSysUpdatedTime", ""),
      ("leverageSysUpdatedTime", ""),
      ("createdTime", .string("\(exchange.settings.startTime / 1_000_000)")),
      ("updatedTime", .string("\(position.updateTime / 1_000_000)")),
    ]
  }

  /// What closes the whole position; partial exits are orders alone.
  private func exitMembers(_ position: ExchangePosition, _ symbol: BybitSymbol) -> Members {
    let key = key(position.account, position.instrument, position.side)
    func trigger(_ kind: BybitExitKind) -> JSONValue {
      guard let id = wholeExit(kind, of: key),
        let order = exchange.order(.venue(id), of: position.account)
      else { return "" }
      return .string(symbol.price(order.request.triggerPrice))
    }
    let distance = wholeExit(.trailingStop, of: key).flatMap { notes[$0]?.exit?.distance }
    return [
      ("takeProfit", trigger(.takeProfit)), ("stopLoss", trigger(.stopLoss)),
      ("trailingStop", .string(distance.map { symbol.price($0) } ?? "0")),
    ]
  }

  private func entryText(_ position: ExchangePosition, _ symbol: BybitSymbol) -> String {
    guard position.quantity != 0 else { return "0" }
    // Cost is in 10^-18 of the quote.
    let scaled = position.cost.magnitude.amount * powerOfTen128(symbol.quantityDecimals)
    let price = scaled / Int128(abs(position.quantity))
    return BybitText.cut(Money(amount: price), digits: 8)
  }

  /// One leverage for both sides, whole (https://bybit-exchange.github.io/docs/v5/position/leverage).
  func setLeverage(_ call: BybitCall) throws(BybitError) {
    let parameters = call.parameters
    guard try parameters.category() == .linear else { throw .illegalCategory }
    guard let instrument = instrument(parameters["symbol"] ?? "", .linear) else {
      throw .invalid("symbol")
    }
    let leverages = [
      try leverage("buyLeverage", parameters), try leverage("sellLeverage", parameters),
    ]
    guard leverages[0] == leverages[1] else {
      throw BybitError(10001, "buy leverage invalid")
    }
    let present = exchange.position(of: call.account, instrument, sides(of: call.account)[0])
    if present.leverage == leverages[0] { throw BybitError(110043, "leverage not modified") }
    let refusal = exchange.setLeverage(of: call.account, instrument, leverages[0])
    process(exchange.takeEvents())
    switch refusal {
    case nil: return
    case .leverageOutOfRange: throw BybitError(110013, "cannot set leverage gt maxLeverage")
    default: throw BybitError(110044, "Available margin is insufficient.")
    }
  }

  private func leverage(_ name: String, _ parameters: BybitParameters) throws(BybitError) -> Int {
    guard let value = try parameters.decimal(name, or: .invalid(name))?.normalized,
      value.decimals == 0, value.units >= 1, value.units < 1_000_000
    else { throw .invalid(name) }
    return Int(value.units)
  }

  /// Mode 0 has one position for each symbol, mode 3 one for each side. It is one for the whole account
  /// here (https://bybit-exchange.github.io/docs/v5/position/position-mode).
  func switchMode(_ call: BybitCall) throws(BybitError) {
    let parameters = call.parameters
    guard try parameters.category() == .linear else { throw .illegalCategory }
    if parameters["symbol"] == nil, parameters["coin"] == nil { throw .missing("symbol or coin") }
    let mode: PositionMode
    switch parameters["mode"] {
    case "0": mode = .oneWay
    case "3": mode = .hedge
    default: throw .invalid("mode")
    }
    if exchange.positionMode(of: call.account) == mode {
      throw BybitError(110025, "Position mode is not modified")
    }
    let hasPosition = exchange.positions(of: call.account).contains { $0.quantity != 0 }
    if exchange.setPositionMode(of: call.account, mode) != nil {
      throw hasPosition
        ? BybitError(
          110024, "You have an existing position, so the position mode cannot be switched.")
        : BybitError(
          110028, "You have existing open orders, so the position mode cannot be switched.")
    }
    process(exchange.takeEvents())
  }

  // MARK: The account's book

  /// What changed balances, newest first
  /// (https://bybit-exchange.github.io/docs/v5/account/transaction-log). Deposits are not in it.
  func transactions(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let parameters = call.parameters
    var entries: [LedgerEntry] = []
    for fill in exchange.fills(of: call.account) { entries += ledger(fill) }
    for funding in fundings[call.account] ?? [] { entries.append(ledger(funding)) }
    // A stable sort: entries of one time stay as they came.
    entries = entries.enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
    var left = exchange.balances(of: call.account).map(\.total)
    var list: [JSONValue] = []
    for entry in entries.reversed() {
      let balance = left[Int(entry.asset)]
      left[Int(entry.asset)] -= entry.change
      let symbol = symbol(entry.instrument)
      let currency = BybitSymbol.assets[Int(entry.asset)]
      if let wanted = parameters["category"], wanted != symbol.category.rawValue { continue }
      if let wanted = parameters["currency"], wanted != currency { continue }
      if let wanted = parameters["type"], wanted != entry.type { continue }
      list.append(ledgerJSON(entry, symbol, currency, balance))
    }
    let limit = try parameters.limit(20, max: 50)
    let (page, cursor) = try Self.page(list, parameters, limit)
    return ["list": .array(page), "nextPageCursor": .string(cursor)]
  }

  private struct LedgerEntry {
    var type: String
    var time: Timestamp
    var instrument: InstrumentIndex
    var asset: CurrencyIndex
    var change: Money
    var cashFlow = Money.zero
    var fee = Money.zero
    var fill: ExchangeFill?
    var funding: BybitFunding?
  }

  private func ledger(_ fill: ExchangeFill) -> [LedgerEntry] {
    let settings = exchange.settings.instruments[Int(fill.instrument)]
    let listing = settings.listing
    func entry(_ asset: CurrencyIndex, _ flow: Money) -> LedgerEntry {
      let fee = fill.feeAsset == asset ? fill.fee : .zero
      return LedgerEntry(
        type: "TRADE", time: fill.time, instrument: fill.instrument, asset: asset,
        change: flow - fee, cashFlow: flow, fee: fee, fill: fill)
    }
    if listing.contractKind != .spot { return [entry(listing.settlement, fill.realized)] }
    let size = listing.size(quantity: fill.quantity) ?? .zero
    let isBuy = fill.side == .buy
    return [
      entry(listing.base, isBuy ? size : -size),
      entry(listing.quote, isBuy ? -fill.value : fill.value),
    ]
  }

  private func ledger(_ funding: BybitFunding) -> LedgerEntry {
    let payment = funding.payment
    return LedgerEntry(
      type: "SETTLEMENT", time: payment.time, instrument: payment.instrument, asset: payment.asset,
      change: payment.amount, funding: funding)
  }

  private func ledgerJSON(
    _ entry: LedgerEntry, _ symbol: BybitSymbol, _ currency: String, _ balance: Money
  ) -> JSONValue {
    let (fill, funding) = (entry.fill, entry.funding)
    let trade =
      fill.map { BybitIdentifiers.execution($0.tradeID, $0.instrument, symbol.category) }
      ?? funding?.tradeID ?? ""
    let order =
      fill.map { BybitIdentifiers.order(toldID($0.orderID), symbol.category) } ?? funding?.orderID
      ?? ""
    let quantity = symbol.quantity(fill?.quantity ?? abs(funding?.quantity ?? 0))
    return [
      "id": .string("\(entry.time)_\(currency)_\(trade)"), "symbol": .string(symbol.name),
      "side": .string(fill?.side.bybit ?? funding?.side ?? "None"),
      "funding": .string(funding.map { BybitText.text($0.payment.amount) } ?? ""),
      "orderLinkId": .string(fill?.clientOrderID ?? ""), "orderId": .string(order),
      "fee": .string(BybitText.text(entry.fee)), "change": .string(BybitText.text(entry.change)),
      "cashFlow": .string(BybitText.text(entry.cashFlow)),
      "transactionTime": .string("\(entry.time / 1_000_000)"), "type": .string(entry.type),
      "feeRate": .string(funding.map { BybitText.text($0.payment.rate) } ?? ""),
      "bonusChange": "", "size": .string(funding == nil ? "" : quantity), "qty": .string(quantity),
      "cashBalance": .string(BybitText.text(balance)), "currency": .string(currency),
      "category": .string(symbol.category.rawValue),
      "tradePrice": .string(symbol.price(fill?.price ?? funding?.mark ?? 0)),
      "tradeId": .string(trade), "extraFees": "",
    ]
  }
}
