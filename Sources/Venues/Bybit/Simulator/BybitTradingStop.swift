import Exchange
import MatchingEngine
import TradingModel
import VenueServer

// `/v5/position/trading-stop` (https://bybit-exchange.github.io/docs/v5/position/trading-stop).
extension BybitCore {
  /// Sets what closes a position: of the whole position it changes what there is, of a part it adds.
  func setTradingStop(_ call: BybitCall) throws(BybitError) {
    let parameters = call.parameters
    guard try parameters.category() == .linear else { throw .illegalCategory }
    guard let name = parameters["symbol"], let instrument = instrument(name, .linear) else {
      throw .invalid("symbol")
    }
    let side = try exitSide(call)
    let key = key(call.account, instrument, side)
    let position = exchange.position(of: call.account, instrument, side)
    guard position.quantity != 0 else {
      throw BybitError(10001, "can not set tp/sl/ts for zero position")
    }
    let reader = BybitExitReader(parameters: parameters, instrument: instrument, core: self)
    let isPartial = try reader.isPartial()
    var changes: [(kind: BybitExitKind, change: BybitExitChange)] = []
    for kind in [BybitExitKind.takeProfit, .stopLoss] {
      let change = try reader.change(of: kind, isPartial: isPartial)
      changes.append((kind, change))
      guard case .set(let exit) = change else { continue }
      try check(exit, kind, isPartial: isPartial, isLong: position.quantity > 0, instrument)
      try checkLimit(exit, isLong: position.quantity > 0, instrument)
    }
    let trailing = try trailing(reader, position)
    var isChanged = false
    if isPartial {
      isChanged = try addPartial(changes, reader, position, key)
    } else {
      isChanged = setWhole(changes, of: key)
    }
    if let trailing {
      isChanged =
        setTrailing(trailing.distance, activation: trailing.activation, of: key) || isChanged
    }
    process(exchange.takeEvents())
    if !isChanged { throw BybitError(34040, "not modified") }
  }

  /// `positionIdx`, which has to fit the account's position mode.
  private func exitSide(_ call: BybitCall) throws(BybitError) -> PositionSide {
    let side: PositionSide
    switch call.parameters["positionIdx"] {
    case nil, "0": side = .net
    case "1": side = .long
    case "2": side = .short
    default: throw .invalid("positionIdx")
    }
    guard (side == .net) == (exchange.positionMode(of: call.account) == .oneWay) else {
      throw BybitError(10001, "position idx not match position mode")
    }
    return side
  }

  private func setWhole(
    _ changes: [(kind: BybitExitKind, change: BybitExitChange)], of key: BybitPositionKey
  ) -> Bool {
    var isChanged = false
    var terms = BybitExitTerms()
    for (kind, change) in changes {
      switch change {
      case .unnamed: break
      case .none: isChanged = setWhole(kind, to: nil, of: key) || isChanged
      case .set(let exit):
        terms[kind] = exit
        isChanged = setWhole(kind, to: exit, of: key) || isChanged
      }
    }
    bind(terms, of: key)
    return isChanged
  }

  /// Partial exits are as many as twenty of a position.
  private func addPartial(
    _ changes: [(kind: BybitExitKind, change: BybitExitChange)], _ reader: BybitExitReader,
    _ position: ExchangePosition, _ key: BybitPositionKey
  ) throws(BybitError) -> Bool {
    var terms = BybitExitTerms()
    var sizes: [Int64] = []
    for (kind, change) in changes {
      guard case .set(let exit) = change else { continue }
      terms[kind] = exit
      let name = kind == .takeProfit ? "tpSize" : "slSize"
      guard let size = try reader.quantity(name), size > 0 else { throw .missing(name) }
      sizes.append(size)
    }
    guard let size = sizes.first else { return false }
    guard sizes.allSatisfy({ $0 == size }) else { throw .invalid("tpSize and slSize") }
    guard size <= abs(position.quantity) else {
      throw BybitError(
        110058, "Insufficient number of remaining position size to set take profit and stop loss")
    }
    let present = (exits[key] ?? []).filter { notes[$0]?.exit?.isPartial == true }
    guard present.count + sizes.count <= Self.partialExitsMax else {
      throw BybitError(110061, "Under partial TP/SL mode, TP/SL set more than 20")
    }
    return !makePartial(terms, quantity: size, of: key).isEmpty
  }

  static let partialExitsMax = 20

  /// `trailingStop` and `activePrice`; nil where the first is not named.
  private func trailing(
    _ reader: BybitExitReader, _ position: ExchangePosition
  ) throws(BybitError) -> (distance: Int64, activation: Int64)? {
    guard let distance = try reader.price("trailingStop") else { return nil }
    let activation = try reader.price("activePrice") ?? 0
    let last = exchange.lastPrice(of: position.instrument)
    let isLong = position.quantity > 0
    let reference = activation > 0 ? activation : last
    guard distance < reference else { throw .invalid("trailingStop") }
    if activation > 0, isLong ? activation <= last : activation >= last {
      let factor = BybitError.scale(symbol(position.instrument))
      throw BybitError(
        10001,
        "TrailingProfit:\(activation * factor) set for \(isLong ? "Buy" : "Sell") position should be "
          + "\(isLong ? "greater" : "less") than last_price:\(last * factor)")
    }
    return (distance, activation)
  }

  /// The limit of an order that would be sent has to be one that the venue takes now.
  func checkLimit(
    _ exit: BybitExit, isLong: Bool, _ instrument: InstrumentIndex
  ) throws(BybitError) {
    guard exit.limit > 0 else { return }
    let bound = priceBound(isLong ? .sell : .buy, instrument)
    if isLong ? exit.limit < bound : exit.limit > bound {
      var request = OrderRequest(.limit, isLong ? .sell : .buy, instrument)
      request.price = exit.limit
      throw BybitError(.priceBand, request, in: self)
    }
  }
}
