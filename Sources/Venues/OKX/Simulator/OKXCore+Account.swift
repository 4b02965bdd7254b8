import Exchange
import TradingModel
import VenueServer

/// Account requests (https://www.okx.com/docs-v5/en/#trading-account-rest-api).
extension OKXCore {
  func balance(_ call: OKXCall) -> OKXAnswer {
    let names = call.parameters["ccy"].map { $0.split(separator: ",").map(String.init) }
    return OKXAnswer([
      accountJSON(call.account, OKXInstrument.assets.filter { names?.contains($0) ?? true })
    ])
  }

  /// The account with the balances of some assets; those that were never held are left out.
  func accountJSON(_ account: AccountIndex, _ assets: [String]) -> JSONValue {
    var details: [JSONValue] = []
    var equity = Money.zero
    var orders = Money.zero
    var margins = Money.zero
    var unrealized = Money.zero
    for position in exchange.positions(of: account) {
      margins += position.margin
      unrealized += exchange.unrealized(position)
    }
    for (place, name) in OKXInstrument.assets.enumerated() {
      let asset = CurrencyIndex(place)
      let balance = exchange.balance(of: account, asset)
      let isSettlement = name == "USDT"
      let own = balance.total + (isSettlement ? unrealized : .zero)
      equity += dollars(own, of: asset)
      if isSettlement { orders = balance.locked - margins }
      if balance.total == .zero && balance.locked == .zero { continue }
      guard assets.contains(name) else { continue }
      details.append(
        assetJSON(
          account, asset, equity: own, margins: isSettlement ? margins : .zero,
          unrealized: isSettlement ? unrealized : .zero))
    }
    return [
      "adjEq": "", "availEq": "", "borrowFroz": "", "details": .array(details),
      "imr": "", "isoEq": "0", "mgnRatio": "", "mmr": "", "notionalUsd": "",
      "notionalUsdForBorrow": "", "notionalUsdForFutures": "", "notionalUsdForOption": "",
      "notionalUsdForSwap": "", "ordFroz": .string("\(orders)"),
      "totalEq": .string("\(equity)"), "uTime": .string("\(now.milliseconds)"),
      "upl": .string("\(unrealized)"),
    ]
  }

  private func assetJSON(
    _ account: AccountIndex, _ asset: CurrencyIndex, equity: Money, margins: Money,
    unrealized: Money
  ) -> JSONValue {
    let balance = exchange.balance(of: account, asset)
    let one = Money(Decimal(units: 1))
    return [
      "accAvgPx": "", "availBal": .string("\(balance.free)"),
      "availEq": .string("\(balance.free)"), "borrowFroz": "",
      "cashBal": .string("\(balance.total)"), "ccy": .string(assetName(asset)),
      "clSpotInUseAmt": "", "coinUsdPrice": .string("\(dollars(one, of: asset))"),
      "colBorrAutoConversion": "0", "collateralEnabled": false, "collateralRestrict": false,
      "crossLiab": "", "disEq": .string("\(dollars(equity, of: asset))"),
      "eq": .string("\(equity)"), "eqUsd": .string("\(dollars(equity, of: asset))"),
      "fixedBal": "0", "frozenBal": .string("\(balance.locked)"),
      "imr": .string("\(margins)"), "interest": "", "isoEq": "0", "isoLiab": "", "isoUpl": "0",
      "liab": "", "maxLoan": "", "maxSpotInUseAmt": "", "mgnRatio": "", "mmr": "0",
      "notionalLever": "0", "openAvgPx": "",
      "ordFrozen": .string("\(balance.locked - margins)"), "rewardBal": "0", "smtSyncEq": "0",
      "spotBal": "", "spotCopyTradingEq": "0", "spotInUseAmt": "", "spotIsoBal": "0",
      "spotUpl": "", "spotUplRatio": "", "stgyEq": "0", "totalPnl": "", "totalPnlRatio": "",
      "twap": "0", "uTime": OKXTime.json(accounts[account].updateTime),
      "upl": .string("\(unrealized)"), "uplLiab": "",
    ]
  }

  // MARK: Positions

  func positions(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let instruments = try instruments(matching: call.parameters)
    let names = call.parameters["posId"].map { $0.split(separator: ",").map(String.init) }
    return OKXAnswer(
      exchange.positions(of: call.account).filter { position in
        position.quantity != 0 && instruments.contains(position.instrument)
          && (names == nil || names?.contains(note(position).id) == true)
      }.map { positionJSON($0) })
  }

  static func place(_ instrument: InstrumentIndex, _ side: PositionSide) -> Int {
    Int(instrument) * 3 + Int(side.rawValue)
  }

  func note(_ position: ExchangePosition) -> OKXPositionNote {
    accounts[position.account].positions[Self.place(position.instrument, position.side)]
      ?? OKXPositionNote(
        id: "0", openTime: position.updateTime, realizedBefore: .zero, fundingBefore: .zero)
  }

  /// The average price of a position; empty where there is none.
  func averagePrice(_ position: ExchangePosition) -> String {
    exchange.averagePrice(of: position).map { "\($0)" } ?? ""
  }

  /// A part of a whole at 10^-18; empty where there is no whole.
  private func ratio(_ part: Money, _ whole: Money) -> String {
    let unit = whole.amount / 1_000_000_000
    guard unit != 0 else { return "" }
    return Self.text(Money(amount: part.amount / unit * 1_000_000_000), digits: 8)
  }

  /// A position; pushes have the time at which they were made.
  func positionJSON(_ position: ExchangePosition, isPush: Bool = false) -> JSONValue {
    let instrument = instrument(position.instrument)
    let note = note(position)
    let mark = exchange.mark(of: position.instrument)
    let unrealized = exchange.unrealized(position)
    let realized = position.realized - note.realizedBefore
    let funding = position.funding - note.fundingBefore
    let listing = exchange.settings.instruments[Int(position.instrument)].listing
    let value = listing.value(price: mark.mark, quantity: abs(position.quantity)) ?? .zero
    let last = exchange.lastPrice(of: position.instrument)
    let atLast =
      (listing.value(price: last, quantity: position.quantity) ?? .zero) - position.cost
    let isCross = position.marginMode == .cross
    // Of the hedge mode's short side quantities are told without sign.
    let quantity = position.side == .short ? -position.quantity : position.quantity
    let isHedge = position.side != .net
    let pairs: [(key: String, value: JSONValue)] = [
      ("adl", "1"),
      ("availPos", .string(isHedge ? self.quantity(quantity, position.instrument) : "")),
      ("avgPx", .string(averagePrice(position))), ("baseBal", ""), ("baseBorrowed", ""),
      ("baseInterest", ""), ("bePx", .string(averagePrice(position))), ("bizRefId", ""),
      ("bizRefType", ""), ("cTime", OKXTime.json(note.openTime)),
      ("ccy", .string(instrument.quote)), ("clSpotInUseAmt", ""), ("closeOrderAlgo", []),
      ("deltaBS", ""), ("deltaPA", ""), ("fee", .string("\(-note.fees)")),
      ("fundingFee", .string("\(funding)")), ("gammaBS", ""), ("gammaPA", ""),
      ("idxPx", .string(price(mark.index, position.instrument))),
      ("imr", .string(isCross ? "\(position.margin)" : "")), ("instId", .string(instrument.id)),
      ("instType", .string(instrument.type.rawValue)), ("interest", ""),
      ("last", .string(price(last, position.instrument))),
      ("lever", .string("\(position.leverage)")), ("liab", ""), ("liabCcy", ""),
      ("liqPenalty", "0"), ("liqPx", ""),
      ("margin", .string(isCross ? "" : "\(position.margin)")),
      ("markPx", .string(price(mark.mark, position.instrument))),
      ("maxSpotInUseAmt", ""), ("mgnMode", .string(isCross ? "cross" : "isolated")),
      ("mgnRatio", ""), ("mmr", .string(ratio(value, Money(Decimal(units: 250))))),
      ("nonSettleAvgPx", ""), ("notionalUsd", .string("\(value)")), ("optVal", ""),
      ("pendingCloseOrdLiabVal", ""), ("pnl", .string("\(realized)")),
      ("pos", .string(self.quantity(quantity, position.instrument))), ("posCcy", ""),
      ("posId", .string(note.id)), ("posSide", .string(position.side.okxWord)),
      ("quoteBal", ""), ("quoteBorrowed", ""), ("quoteInterest", ""),
      ("realizedPnl", .string("\(realized + funding - note.fees)")), ("settledPnl", ""),
      ("spotInUseAmt", ""), ("spotInUseCcy", ""), ("thetaBS", ""), ("thetaPA", ""),
      ("tradeId", .string(note.tradeID == 0 ? "" : "\(note.tradeID)")),
      ("uTime", OKXTime.json(position.updateTime)), ("upl", .string("\(unrealized)")),
      ("uplLastPx", .string("\(atLast)")),
      ("uplRatio", .string(ratio(unrealized, position.margin))),
      ("uplRatioLastPx", .string(ratio(atLast, position.margin))), ("usdPx", ""),
      ("vegaBS", ""), ("vegaPA", ""),
    ]
    return .object(isPush ? pairs + [("pTime", .string("\(now.milliseconds)"))] : pairs)
  }

  // MARK: Settings

  /// (https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration): `perm` says
  /// what the key may do.
  func configuration(_ call: OKXCall) -> OKXAnswer {
    let permissions = call.key?.permissions ?? []
    var words: [String] = []
    if permissions.contains(.read) { words.append("read_only") }
    if permissions.contains(.withdraw) { words.append("withdraw") }
    if permissions.contains(.trade) { words.append("trade") }
    let uid = accounts[call.account].uid
    let isHedge = exchange.positionMode(of: call.account) == .hedge
    return OKXAnswer([
      [
        "acctLv": "2", "acctStpMode": "cancel_maker", "autoLoan": false,
        "ctIsoMode": "automatic", "enableSpotBorrow": false, "feeType": "0",
        "greeksType": "PA", "ip": "", "kycLv": "3", "label": "simulated", "level": "Lv1",
        "levelTmp": "", "liquidationGear": "-1", "mainUid": .string(uid),
        "mgnIsoMode": "automatic", "opAuth": "1", "perm": .string(words.joined(separator: ",")),
        "posMode": .string(isHedge ? "long_short_mode" : "net_mode"), "roleType": "0",
        "settleCcy": "USDT", "settleCcyList": ["USD", "USDT", "USDC"],
        "spotBorrowAutoRepay": false, "spotOffsetType": "", "spotRoleType": "0",
        "spotTraderInsts": [], "stgyType": "0", "traderInsts": [], "type": "0",
        "uid": .string(uid),
      ]
    ])
  }

  func setPositionMode(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    _ = try call.parameters.need("posMode")
    let words = ["net_mode", "long_short_mode"]
    guard let word = try call.parameters.word("posMode", words) else { throw .empty("posMode") }
    let mode: PositionMode = word == "net_mode" ? .oneWay : .hedge
    if exchange.positionMode(of: call.account) != mode,
      exchange.setPositionMode(of: call.account, mode) != nil
    {
      throw .engaged
    }
    return OKXAnswer([["posMode": .string(word)]])
  }

  func setLeverage(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    let index = try instrument(parameters)
    guard instrument(index).isSwap else { throw .parameter("instId") }
    _ = try parameters.need("lever")
    guard let lever = try parameters.decimal("lever"), let leverage = try? lever.units(decimals: 0)
    else { throw .parameter("lever") }
    let mode = try parameters.need("mgnMode")
    guard mode == "cross" || mode == "isolated" else { throw .parameter("mgnMode") }
    switch exchange.setLeverage(of: call.account, index, Int(clamping: leverage)) {
    case nil: break
    case .leverageOutOfRange: throw .leverageAboveMax
    case .insufficientBalance: throw .leverageTooLow
    default: throw .parameter("lever")
    }
    process(exchange.takeEvents())
    return OKXAnswer([
      [
        "instId": .string(instrument(index).id), "lever": .string("\(leverage)"),
        "mgnMode": .string(mode), "posSide": .string(parameters["posSide"] ?? ""),
      ]
    ])
  }

  func leverage(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let index = try instrument(call.parameters)
    let mode = try call.parameters.need("mgnMode")
    guard instrument(index).isSwap else { throw .parameter("instId") }
    let sides: [PositionSide] =
      exchange.positionMode(of: call.account) == .hedge ? [.long, .short] : [.net]
    return OKXAnswer(
      sides.map { side in
        let position = exchange.position(of: call.account, index, side)
        return [
          "ccy": "", "instId": .string(instrument(index).id),
          "lever": .string("\(position.leverage)"), "mgnMode": .string(mode),
          "posSide": .string(side.okxWord),
        ]
      })
  }

  /// Rates below zero are charged
  /// (https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-fee-rates).
  func fees(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let type = try call.parameters.need("instType")
    let isSpot = type == "SPOT" || type == "MARGIN"
    let place = instruments.firstIndex { $0.isSwap != isSpot } ?? 0
    let fees = exchange.fees(of: call.account, in: InstrumentIndex(place))
    let maker = DecimalText.string(-Int128(fees.maker.parts), decimals: Rate.decimals)
    let taker = DecimalText.string(-Int128(fees.taker.parts), decimals: Rate.decimals)
    return OKXAnswer([
      [
        "category": "1", "delivery": "", "exercise": "", "feeGroup": [], "instType": .string(type),
        "level": "Lv1", "maker": .string(isSpot ? maker : ""),
        "makerU": .string(isSpot ? "" : maker), "makerUSDC": "", "ruleType": "normal",
        "taker": .string(isSpot ? taker : ""), "takerU": .string(isSpot ? "" : taker),
        "takerUSDC": "", "ts": .string("\(now.milliseconds)"), "uly": "",
      ]
    ])
  }

  /// What changed balances: fills and funding, newest first
  /// (https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-7-days).
  func bills(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let instruments = try instruments(matching: call.parameters)
    let page = try OKXPage(call.parameters)
    let type = call.parameters["type"]
    var entries: [(time: Timestamp, id: UInt64, json: JSONValue)] = []
    for (place, fill) in exchange.fills(of: call.account).enumerated()
    where (type == nil || type == "2") && instruments.contains(fill.instrument) {
      let id = Self.firstBillID + UInt64(place)
      let instrument = instrument(fill.instrument)
      let change = instrument.isSwap ? fill.realized - fill.fee : -fill.fee
      entries.append(
        (
          fill.time, id,
          bill(
            id, fill.instrument, type: "2", subtype: fill.side == .buy ? "1" : "2", change: change,
            asset: assetName(fill.feeAsset), fill.time, fill)
        ))
    }
    for (place, payment) in exchange.fundingPayments(of: call.account).enumerated()
    where (type == nil || type == "8") && instruments.contains(payment.instrument) {
      let id = Self.firstBillID + 1_000_000_000 + UInt64(place)
      entries.append(
        (
          payment.time, id,
          bill(
            id, payment.instrument, type: "8",
            subtype: payment.amount < .zero ? "173" : "174", change: payment.amount,
            asset: assetName(payment.asset), payment.time, nil)
        ))
    }
    entries.sort { ($0.time, $0.id) > ($1.time, $1.id) }
    return OKXAnswer(
      page.cut(entries.filter { page.contains($0.id, at: $0.time) }).map { $0.json })
  }

  private func bill(
    _ id: UInt64, _ index: InstrumentIndex, type: String, subtype: String, change: Money,
    asset: String, _ time: Timestamp, _ fill: ExchangeFill?
  ) -> JSONValue {
    let instrument = instrument(index)
    return [
      "bal": "", "balChg": .string("\(change)"), "billId": .string("\(id)"),
      "ccy": .string(asset), "clOrdId": .string(fill?.clientOrderID ?? ""),
      "execType": .string(fill?.liquidity.okxWord ?? ""),
      "fee": .string(fill.map { "\(-$0.fee)" } ?? "0"), "fillTime": OKXTime.json(time),
      "from": "", "instId": .string(instrument.id),
      "instType": .string(instrument.type.rawValue), "interest": "0",
      "mgnMode": .string(instrument.isSwap ? "cross" : "cash"), "notes": "",
      "ordId": .string(fill.map { "\($0.orderID)" } ?? ""),
      "pnl": .string(fill.map { "\($0.realized)" } ?? (type == "8" ? "\(change)" : "0")),
      "posBal": "", "posBalChg": "",
      "px": .string(fill.map { price($0.price, index) } ?? ""), "subType": .string(subtype),
      "sz": .string(fill.map { quantity($0.quantity, index) } ?? ""), "tag": "", "to": "",
      "tradeId": .string(fill.map { "\($0.tradeID)" } ?? ""), "ts": OKXTime.json(time),
      "type": .string(type),
    ]
  }
}
