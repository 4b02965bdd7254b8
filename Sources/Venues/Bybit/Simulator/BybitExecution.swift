import Exchange
import TradingModel
import VenueServer

extension BybitCore {
  /// A fill as queries and the `execution` stream tell it
  /// (https://bybit-exchange.github.io/docs/v5/websocket/private/execution).
  func executionMembers(_ fill: ExchangeFill) -> Members {
    let symbol = symbol(fill.instrument)
    let order = exchange.order(.venue(fill.orderID), of: fill.account)
    let notes = notes[fill.orderID]
    let after = fillNotes[BybitFillKey(fill)]
    let rate = fees(of: fill)
    let isLinear = symbol.category == .linear
    return [
      ("symbol", .string(symbol.name)),
      ("orderType", .string(order?.request.kind.hasLimit == false ? "Market" : "Limit")),
      ("underlyingPrice", ""),
      ("orderLinkId", .string(order.map { linkID(of: $0) } ?? fill.clientOrderID)),
      ("side", .string(fill.side.bybit)), ("indexPrice", ""),
      ("orderId", .string(BybitIdentifiers.order(toldID(fill.orderID), symbol.category))),
      (
        "stopOrderType",
        .string(notes.map { $0.stopOrderType.isEmpty ? "UNKNOWN" : $0.stopOrderType } ?? "UNKNOWN")
      ),
      ("leavesQty", .string(sizeText(after?.leaves ?? 0, symbol))),
      ("execTime", .string("\(fill.time / 1_000_000)")),
      ("feeCurrency", .string(BybitSymbol.assets[Int(fill.feeAsset)])),
      ("isMaker", .boolean(fill.liquidity == .maker)),
      ("execFee", .string(BybitText.text(fill.fee))), ("feeRate", .string(BybitText.text(rate))),
      (
        "execId",
        .string(BybitIdentifiers.execution(fill.tradeID, fill.instrument, symbol.category))
      ),
      ("tradeIv", ""), ("blockTradeId", ""),
      ("markPrice", .string(isLinear ? symbol.price(exchange.mark(of: fill.instrument).mark) : "")),
      ("execPrice", .string(symbol.price(fill.price))), ("markIv", ""),
      ("orderQty", .string(order.map { quantityText($0, symbol) } ?? "")),
      ("orderPrice", .string(order.map { priceText($0, symbol, notes) } ?? "")),
      ("execValue", .string(BybitText.text(fill.value))), ("execType", "Trade"),
      ("execQty", .string(symbol.quantity(fill.quantity))),
      ("closedSize", .string(isLinear ? sizeText(after?.closed ?? 0, symbol) : "")),
      ("seq", .integer(executionSequence(fill))),
      ("createType", .string(notes?.createType ?? "CreateByUser")),
    ]
  }

  private func fees(of fill: ExchangeFill) -> Rate {
    let fees = exchange.fees(of: fill.account, in: fill.instrument)
    return fill.liquidity == .maker ? fees.maker : fees.taker
  }

  /// One number for both sides of a trade.
  func executionSequence(_ fill: ExchangeFill) -> UInt64 {
    140_612_000_000_000 + fill.tradeID * 8 + UInt64(fill.instrument)
  }

  private func sizeText(_ size: Int64, _ symbol: BybitSymbol) -> String {
    size == 0 ? "0" : symbol.quantity(size)
  }
}

/// What a fill has beside what the exchange keeps of it.
struct BybitFillNotes {
  /// What the order had left behind it.
  var leaves: Int64
  /// How much of a position it closed.
  var closed: Int64
}

/// One side of a trade.
struct BybitFillKey: Hashable {
  var instrument: InstrumentIndex
  var trade: TradeID
  var order: OrderID
  init(_ fill: ExchangeFill) {
    instrument = fill.instrument
    trade = fill.tradeID
    order = fill.orderID
  }
}
