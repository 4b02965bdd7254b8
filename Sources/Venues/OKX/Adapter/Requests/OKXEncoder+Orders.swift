import TradingModel

// The parameters of order requests.
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-place-order
extension OKXEncoder {
  /// Puts the parameters of `request` in place of those before; gives where they go.
  @inline(__always)
  mutating func fill(
    _ request: VenueRequest, isOperation: Bool
  ) throws(RequestError) -> OKXRoute {
    guard names.isKnown(request.listing) else { throw .unknownListing(request.listing) }
    parameters.removeAll()
    addInstrument(request.listing, isOperation: isOperation)
    switch request.kind {
    case .newOrder:
      try fillNewOrder(request)
      return .place
    case .replace:
      addIdentity(request)
      // It comes back with what became of the change.
      if request.version > 0 {
        parameters.write("reqId", isBare: false) { $0.write(UInt64(request.version)) }
      }
      parameters.add(
        "newSz", units: request.quantity, decimals: names.quantityDecimals(request.listing))
      if request.price > 0 {
        parameters.add(
          "newPx", units: request.price, decimals: names.priceDecimals(request.listing))
      }
      return .amend
    case .cancel:
      addIdentity(request)
      return .cancel
    case .queryOrder:
      addIdentity(request)
      return .query
    case .querySnapshot:
      throw .notOffered(.openOrders, reason: "a full look is asked for in parts")
    }
  }

  /// Operations over the connection name an instrument by the venue's number of it; since 2026 the venue
  /// takes its name there no longer. While the number is not known the name has to do.
  /// https://www.okx.com/docs-v5/log_en/
  @inline(__always)
  private mutating func addInstrument(_ listing: ListingIndex, isOperation: Bool) {
    let code = code(listing)
    if isOperation, code != 0 {
      parameters.add("instIdCode", number: code)
    } else {
      parameters.add("instId", names.symbol(listing))
    }
  }

  /// The order by the venue's id where it is known, else by ours.
  @inline(__always)
  private mutating func addIdentity(_ request: VenueRequest) {
    if request.venueOrderID != 0 {
      parameters.write("ordId", isBare: false) { $0.write(request.venueOrderID) }
    } else {
      addClientOrderID(request.orderID)
    }
  }

  @inline(__always)
  private mutating func fillNewOrder(_ request: VenueRequest) throws(RequestError) {
    let isSwap = isSwap(request.listing)
    let type = try Self.type(request, isSwap: isSwap)
    parameters.add("tdMode", isSwap ? "cross" : "cash")
    addClientOrderID(request.orderID)
    parameters.add("side", request.side == .buy ? "buy" : "sell")
    parameters.add("ordType", type)
    parameters.add(
      "sz", units: request.quantity, decimals: names.quantityDecimals(request.listing))
    if request.type == .limit {
      parameters.add("px", units: request.price, decimals: names.priceDecimals(request.listing))
    } else if !isSwap {
      // Without it a market order to buy counts in the quote currency.
      parameters.add("tgtCcy", "base_ccy")
    }
    if request.instructions.contains(.reduceOnly) { parameters.add("reduceOnly", true) }
  }

  private static func type(
    _ request: VenueRequest, isSwap: Bool
  ) throws(RequestError) -> StaticString {
    let isPostOnly = request.instructions.contains(.postOnly)
    var others = request.instructions.subtracting(.postOnly)
    if isSwap { others.remove(.reduceOnly) }
    if !others.isEmpty { throw .instructions(others) }
    switch request.type {
    case .limit: break
    case .market:
      if isPostOnly { throw .instructions(.postOnly) }
      return "market"
    case .stop, .stopLimit, .trailingStop, .pegged: throw .orderType(request.type)
    }
    if isPostOnly && request.timeInForce != .goodTillCancel { throw .instructions(.postOnly) }
    switch request.timeInForce {
    case .goodTillCancel: return isPostOnly ? "post_only" : "limit"
    case .immediateOrCancel: return "ioc"
    case .fillOrKill: return "fok"
    case .day, .goodTillDate: throw .timeInForce(request.timeInForce)
    }
  }
}
