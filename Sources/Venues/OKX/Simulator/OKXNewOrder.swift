import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// A new order out of parameters, with the checks that the venue makes before its matching engine
/// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order).
struct OKXNewOrder {
  var request: OrderRequest
  var note: OKXOrderNote

  static let types = ["market", "limit", "post_only", "fok", "ioc", "optimal_limit_ioc"]

  init(
    _ parameters: OKXParameters, of account: AccountIndex, in core: OKXCore
  ) throws(OKXError) {
    let index = try core.instrument(parameters)
    let instrument = core.instrument(index)
    let side: Side = try Self.side(parameters)
    _ = try parameters.need("ordType")
    guard let type = try parameters.word("ordType", Self.types) else { throw .empty("ordType") }
    let size = try parameters.need("sz")
    let name = try Self.clientOrderID(parameters, "clOrdId")
    let isMarket = type == "market" || type == "optimal_limit_ioc"
    request = OrderRequest(isMarket ? .market : .limit, side, index, clientOrderID: name)
    note = OKXOrderNote(orderType: type)
    note.tag = parameters["tag"] ?? ""
    if !isMarket {
      guard parameters["px"] != nil else { throw OKXError("51000", "Parameter px error") }
      request.price = try Self.price("px", parameters, instrument)
    }
    switch type {
    case "post_only": request.isPostOnly = true
    case "fok": request.timeInForce = .fillOrKill
    case "ioc": request.timeInForce = .immediateOrCancel
    default: break
    }
    try Self.setSize(size, &request, &note, parameters, instrument)
    try Self.setAccountTerms(&request, &note, parameters, account, core)
    note.selfTradePrevention =
      try parameters.word("stpMode", ["cancel_maker", "cancel_taker", "cancel_both"])
      ?? "cancel_maker"
    switch note.selfTradePrevention {
    case "cancel_taker": request.selfTradePrevention = .cancelNewest
    case "cancel_both": request.selfTradePrevention = .cancelBoth
    default: request.selfTradePrevention = .cancelOldest
    }
  }

  static func side(_ parameters: OKXParameters) throws(OKXError) -> Side {
    _ = try parameters.need("side")
    return try parameters.word("side", ["buy", "sell"]) == "buy" ? .buy : .sell
  }

  /// Up to 32 letters and digits; empty where none was sent.
  static func clientOrderID(_ parameters: OKXParameters, _ name: String) throws(OKXError) -> String
  {
    guard let text = parameters[name] else { return "" }
    let isGood =
      text.utf8.count <= 32
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte)
      }
    guard isGood else { throw .parameter(name) }
    return text
  }

  static func price(
    _ name: String, _ parameters: OKXParameters, _ instrument: OKXInstrument
  ) throws(OKXError) -> Int64 {
    guard let value = try parameters.decimal(name) else { return 0 }
    guard let units = try? value.units(decimals: instrument.priceDecimals) else {
      throw .parameter(name)
    }
    return units
  }

  /// A size in quantity units.
  static func units(_ text: String, _ name: String, _ instrument: OKXInstrument) throws(OKXError)
    -> Int64
  {
    guard let value = try? Decimal(text), value.units > 0 else { throw .parameter(name) }
    guard let units = try? value.units(decimals: instrument.quantityDecimals) else {
      throw OKXError("51121", "Order quantity must be a multiple of the lot size.")
    }
    return units
  }

  /// Market orders on spot count the quote asset in buys, unless `tgtCcy` says otherwise.
  private static func setSize(
    _ text: String, _ request: inout OrderRequest, _ note: inout OKXOrderNote,
    _ parameters: OKXParameters, _ instrument: OKXInstrument
  ) throws(OKXError) {
    let target = try parameters.word("tgtCcy", ["base_ccy", "quote_ccy"])
    guard !instrument.isSwap, request.kind == .market else {
      request.quantity = try units(text, "sz", instrument)
      return
    }
    note.targetCurrency = target ?? (request.side == .buy ? "quote_ccy" : "base_ccy")
    guard note.targetCurrency == "quote_ccy" else {
      request.quantity = try units(text, "sz", instrument)
      return
    }
    guard let amount = try? Decimal(text), amount.units > 0 else { throw .parameter("sz") }
    if amount > Decimal(units: OKXInstrument.marketValueMax) {
      throw OKXError("51201", "The value of a market order can't exceed 1,000,000 USDT.")
    }
    request.quoteQuantity = Money(amount)
    note.size = amount.description
  }

  /// Trade mode, position side and reduce-only, which depend on the account's settings.
  static func setAccountTerms(
    _ request: inout OrderRequest, _ note: inout OKXOrderNote, _ parameters: OKXParameters,
    _ account: AccountIndex, _ core: OKXCore
  ) throws(OKXError) {
    let mode = try parameters.need("tdMode")
    let side = try parameters.word("posSide", ["net", "long", "short"])
    note.tradeMode = mode
    note.isReduceOnly = try parameters.boolean("reduceOnly")
    guard core.instrument(request.instrument).isSwap else {
      // Margin trading is not simulated, and spot has nothing to reduce.
      guard mode == "cash" else { throw .parameter("tdMode") }
      note.isReduceOnly = false
      return
    }
    guard mode == "cross" || mode == "isolated" else { throw .parameter("tdMode") }
    switch (core.exchange.positionMode(of: account), side) {
    case (.oneWay, nil), (.oneWay, "net"): request.positionSide = .net
    case (.hedge, "long"): request.positionSide = .long
    case (.hedge, "short"): request.positionSide = .short
    default: throw .parameter("posSide")
    }
    // In long/short mode the side says what reduces.
    request.isReduceOnly = note.isReduceOnly && request.positionSide == .net
    try core.setMarginMode(mode == "cross" ? .cross : .isolated, of: account, request.instrument)
  }
}

extension OKXCore {
  /// Margin follows the trade mode of orders. An instrument has one mode at a time here; the venue
  /// holds positions of both beside each other.
  func setMarginMode(
    _ mode: MarginMode, of account: AccountIndex, _ instrument: InstrumentIndex
  ) throws(OKXError) {
    if exchange.position(of: account, instrument, .net).marginMode == mode { return }
    guard exchange.setMarginMode(of: account, instrument, mode) == nil else {
      throw .parameter("tdMode")
    }
  }
}
