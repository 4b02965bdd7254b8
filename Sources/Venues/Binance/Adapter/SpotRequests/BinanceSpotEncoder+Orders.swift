import TradingModel

// The parameters of order requests, sorted by name
// (developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints).
extension BinanceSpotEncoder {
  /// Puts the parameters of `request` in place of those before; gives where they go.
  @inline(__always)
  mutating func fill(
    _ request: VenueRequest, _ name: OrderName, timestamp: UInt64, hasKey: Bool
  ) throws(RequestError) -> BinanceRoute {
    if request.kind != .querySnapshot || request.listing != .max {
      guard names.isKnown(request.listing) else { throw .unknownListing(request.listing) }
    }
    form.parameters.removeAll()
    if hasKey { form.addKey() }
    switch request.kind {
    case .newOrder:
      try fillNewOrder(request, name, timestamp)
      return BinanceRoute.Spot.place
    case .replace:
      // Without it the venue gives the order a name of its own.
      addClientOrderID("newClientOrderId", name)
      form.parameters.add(
        "newQty", units: request.quantity, decimals: names.quantityDecimals(request.listing))
      fillIdentity(request, name, timestamp)
      return BinanceRoute.Spot.amend
    case .cancel:
      fillIdentity(request, name, timestamp)
      return BinanceRoute.Spot.cancel
    case .queryOrder:
      fillIdentity(request, name, timestamp)
      return BinanceRoute.Spot.query
    case .querySnapshot:
      form.parameters.add("recvWindow", number: receiveWindow)
      let isForAll = request.listing == .max
      if !isForAll { form.parameters.add("symbol", names.symbol(request.listing)) }
      form.parameters.add("timestamp", number: timestamp)
      return isForAll ? BinanceRoute.Spot.allOpenOrders : BinanceRoute.Spot.openOrders
    }
  }

  /// The order by the venue's id where it is known, else by ours.
  @inline(__always)
  private mutating func fillIdentity(
    _ request: VenueRequest, _ name: OrderName, _ timestamp: UInt64
  ) {
    // The venue's number may be of an order that this one took the place of.
    if request.venueOrderID != 0, name.version == 0 {
      form.parameters.add("orderId", number: request.venueOrderID)
    } else {
      addClientOrderID("origClientOrderId", name)
    }
    form.parameters.add("recvWindow", number: receiveWindow)
    form.parameters.add("symbol", names.symbol(request.listing))
    form.parameters.add("timestamp", number: timestamp)
  }

  @inline(__always)
  private mutating func fillNewOrder(
    _ request: VenueRequest, _ name: OrderName, _ timestamp: UInt64
  ) throws(RequestError) {
    let type = try Self.type(request)
    let timeInForce = try Self.timeInForce(request)
    let priceDecimals = names.priceDecimals(request.listing)
    addClientOrderID("newClientOrderId", name)
    form.parameters.add("newOrderRespType", "RESULT")
    if request.type == .limit || request.type == .stopLimit {
      form.parameters.add("price", units: request.price, decimals: priceDecimals)
    }
    form.parameters.add(
      "quantity", units: request.quantity, decimals: names.quantityDecimals(request.listing))
    form.parameters.add("recvWindow", number: receiveWindow)
    if request.side == .buy {
      form.parameters.add("side", "BUY")
    } else {
      form.parameters.add("side", "SELL")
    }
    if request.type == .stop || request.type == .stopLimit {
      form.parameters.add("stopPrice", units: request.stopPrice, decimals: priceDecimals)
    }
    form.parameters.add("symbol", names.symbol(request.listing))
    if let timeInForce { form.parameters.add("timeInForce", timeInForce) }
    form.parameters.add("timestamp", number: timestamp)
    form.parameters.add("type", type)
  }

  /// A buy of type STOP_LOSS waits for a rise, as a stop does here; a sell for a fall.
  private static func type(_ request: VenueRequest) throws(RequestError) -> StaticString {
    let isPostOnly = request.instructions.contains(.postOnly)
    let others = request.instructions.subtracting(.postOnly)
    if !others.isEmpty { throw .instructions(others) }
    if isPostOnly && (request.type != .limit || request.timeInForce != .goodTillCancel) {
      throw .instructions(.postOnly)
    }
    switch request.type {
    case .limit: return isPostOnly ? "LIMIT_MAKER" : "LIMIT"
    case .market: return "MARKET"
    case .stop: return "STOP_LOSS"
    case .stopLimit: return "STOP_LOSS_LIMIT"
    case .trailingStop, .pegged: throw .orderType(request.type)
    }
  }

  /// Nil where the type takes none.
  private static func timeInForce(_ request: VenueRequest) throws(RequestError) -> StaticString? {
    guard request.type == .limit || request.type == .stopLimit,
      !request.instructions.contains(.postOnly)
    else { return nil }
    switch request.timeInForce {
    case .goodTillCancel: return "GTC"
    case .immediateOrCancel: return "IOC"
    case .fillOrKill: return "FOK"
    case .day, .goodTillDate: throw .timeInForce(request.timeInForce)
    }
  }
}
