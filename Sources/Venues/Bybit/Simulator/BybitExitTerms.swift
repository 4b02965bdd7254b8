import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// What an order of the venue's own making is for.
enum BybitExitKind {
  case takeProfit, stopLoss, trailingStop

  /// `stopOrderType` (https://bybit-exchange.github.io/docs/v5/enum#stopordertype). Messages about refused
  /// ones call them so too.
  func word(isPartial: Bool) -> String {
    switch self {
    case .takeProfit: isPartial ? "PartialTakeProfit" : "TakeProfit"
    case .stopLoss: isPartial ? "PartialStopLoss" : "StopLoss"
    case .trailingStop: "TrailingStop"
    }
  }
}

/// A way out: the price that triggers it, and what is sent then.
struct BybitExit: Equatable {
  /// In price units.
  var trigger: Int64
  var source = TriggerSource.last
  /// Of the order that is sent; 0 for one at the market.
  var limit: Int64 = 0

  var triggerBy: String { source == .mark ? "MarkPrice" : "LastPrice" }

  /// The conditional order that it is.
  func request(
    _ kind: BybitExitKind, _ side: Side, _ instrument: InstrumentIndex, quantity: Int64
  ) -> OrderRequest {
    let orderKind: OrderKind
    switch (kind, limit > 0) {
    case (.takeProfit, true): orderKind = .takeProfitLimit
    case (.takeProfit, false): orderKind = .takeProfit
    case (_, true): orderKind = .stopLossLimit
    case (_, false): orderKind = .stopLoss
    }
    var request = OrderRequest(orderKind, side, instrument, quantity: quantity, price: limit)
    request.triggerPrice = trigger
    request.triggerSource = source
    return request
  }
}

/// The `takeProfit` and `stopLoss` of a request, with what belongs to them
/// (https://bybit-exchange.github.io/docs/v5/order/create-order,
/// https://bybit-exchange.github.io/docs/v5/position/trading-stop).
struct BybitExitTerms: Equatable {
  /// For as much as is filled, or is said, and not for the whole position.
  var isPartial = false
  var takeProfit: BybitExit?
  var stopLoss: BybitExit?

  init() {}

  var isEmpty: Bool { takeProfit == nil && stopLoss == nil }

  subscript(kind: BybitExitKind) -> BybitExit? {
    get { kind == .takeProfit ? takeProfit : kind == .stopLoss ? stopLoss : nil }
    set {
      if kind == .takeProfit { takeProfit = newValue }
      if kind == .stopLoss { stopLoss = newValue }
    }
  }
}

/// What a request says of one exit.
enum BybitExitChange: Equatable {
  /// It is not named: what there is stays.
  case unnamed
  /// "0": what there is ends.
  case none
  case set(BybitExit)
}

/// Reads the take-profit and stop-loss of a request about one instrument.
struct BybitExitReader {
  let parameters: BybitParameters
  let instrument: InstrumentIndex
  let core: BybitCore

  private var symbol: BybitSymbol { core.symbol(instrument) }

  /// `tpslMode`; without it the whole position is meant.
  func isPartial() throws(BybitError) -> Bool {
    switch parameters["tpslMode"] {
    case nil, "Full": return false
    case "Partial": return true
    default: throw .invalid("tpslMode")
    }
  }

  /// - Parameter present: what there is already, from which an amendment takes what it does not name.
  func change(
    of kind: BybitExitKind, isPartial: Bool, present: BybitExit? = nil
  ) throws(BybitError) -> BybitExitChange {
    let (name, prefix) = kind == .takeProfit ? ("takeProfit", "tp") : ("stopLoss", "sl")
    guard let trigger = try price(name) else { return .unnamed }
    if trigger == 0 { return .none }
    var exit = present ?? BybitExit(trigger: trigger)
    exit.trigger = trigger
    switch parameters["\(prefix)TriggerBy"] {
    case nil: break
    case "LastPrice": exit.source = .last
    case "MarkPrice" where symbol.category == .linear: exit.source = .mark
    default: throw .invalid("\(prefix)TriggerBy")
    }
    try readLimit(prefix, isPartial: isPartial, into: &exit)
    return .set(exit)
  }

  /// The order that is sent is one at the market, unless a limit is named: of contracts that is for partial
  /// ones alone.
  private func readLimit(
    _ prefix: String, isPartial: Bool, into exit: inout BybitExit
  ) throws(BybitError) {
    let limit = try price("\(prefix)LimitPrice") ?? 0
    switch parameters["\(prefix)OrderType"] {
    case "Market": exit.limit = 0
    case "Limit":
      guard isPartial || symbol.category == .spot else { throw .invalid("\(prefix)OrderType") }
      if limit > 0 { exit.limit = limit }
      if exit.limit == 0 { throw .missing("\(prefix)LimitPrice") }
    case nil:
      // Of spot the price alone says it; of an amendment it is that of a limit that was there.
      if limit > 0, symbol.category == .spot || exit.limit > 0 { exit.limit = limit }
    default: throw .invalid("\(prefix)OrderType")
    }
  }

  /// A price in units; nil where it was not sent.
  func price(_ name: String) throws(BybitError) -> Int64? {
    guard let value = try parameters.decimal(name, or: .invalid(name))?.normalized else {
      return nil
    }
    return try units(value, symbol.priceDecimals, name)
  }

  /// A quantity in units; nil where it was not sent.
  func quantity(_ name: String) throws(BybitError) -> Int64? {
    guard let value = try parameters.decimal(name, or: .invalid(name))?.normalized else {
      return nil
    }
    return try units(value, symbol.quantityDecimals, name)
  }

  private func units(
    _ value: Decimal, _ decimals: Int, _ name: String
  ) throws(BybitError) -> Int64 {
    guard value.units >= 0, Int(value.decimals) <= decimals else { throw .invalid(name) }
    let (units, isOver) = value.units.multipliedReportingOverflow(
      by: powerOfTen(decimals - Int(value.decimals)))
    guard !isOver, units < Int64.max / 1_000 else { throw .invalid(name) }
    return units
  }
}

extension BybitCore {
  /// Checks the exits of an order against its price: of a market order against the present one.
  func check(_ terms: BybitExitTerms, of request: OrderRequest) throws(BybitError) {
    let base =
      request.kind.hasLimit
      ? request.price : request.kind.isConditional ? request.triggerPrice : nil
    for kind in [BybitExitKind.takeProfit, .stopLoss] {
      guard let exit = terms[kind] else { continue }
      let isLong = request.side == .buy
      try check(
        exit, kind, isPartial: terms.isPartial, isLong: isLong, request.instrument, base: base)
      try checkLimit(exit, isLong: isLong, request.instrument)
    }
  }

  /// Whether the price is at or beyond a conditional order's trigger already.
  func isPassed(_ request: OrderRequest) -> Bool {
    let present = triggerPrice(request.triggerSource, request.instrument)
    return BybitOrderTexts.rises(request)
      ? present >= request.triggerPrice : present <= request.triggerPrice
  }

  /// A take-profit has to be beyond the base price, a stop-loss before it.
  ///
  /// - Parameter base: of an order's its price, of a position's the present price of the source, which is
  ///   what nil takes.
  /// - Throws: 10001, in the venue's words (https://github.com/ccxt/ccxt/issues/21031).
  func check(
    _ exit: BybitExit, _ kind: BybitExitKind, isPartial: Bool, isLong: Bool,
    _ instrument: InstrumentIndex, base: Int64? = nil
  ) throws(BybitError) {
    let base = base ?? triggerPrice(exit.source, instrument)
    let isAbove = exit.trigger > base
    let wantsAbove = (kind == .takeProfit) == isLong
    if exit.trigger != base, isAbove == wantsAbove { return }
    if symbol(instrument).category == .spot {
      let name = kind == .takeProfit ? "takeProfit" : "stopLoss"
      throw BybitError(170130, "Data sent for paramter '\(name)' is not valid.")
    }
    let factor = BybitError.scale(symbol(instrument))
    let rule: String
    switch (kind, isLong) {
    case (.takeProfit, true): rule = "should be higher than"
    case (.takeProfit, false): rule = "should be lower than"
    case (_, true): rule = "should lower than"
    case (_, false): rule = "should greater"
    }
    throw BybitError(
      10001,
      "\(kind.word(isPartial: isPartial)):\(exit.trigger * factor) set for "
        + "\(isLong ? "Buy" : "Sell") position \(rule) base_price:\(base * factor)??"
        + exit.triggerBy)
  }
}
