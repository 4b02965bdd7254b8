import TradingModel

// The parameters of order requests.
// https://bybit-exchange.github.io/docs/v5/order/create-order, .../amend-order, .../cancel-order
extension BybitEncoder {
  /// Puts the parameters of `request` in place of those before; gives where they go. Orders are named by
  /// our id, as the venue's may be a UUID.
  @inline(__always)
  mutating func fill(
    _ request: VenueRequest, _ name: OrderName
  ) throws(RequestError) -> BybitRoute {
    guard names.isKnown(request.listing) else { throw .unknownListing(request.listing) }
    parameters.removeAll()
    addCategory()
    parameters.add("symbol", names.symbol(request.listing))
    switch request.kind {
    case .newOrder:
      try fillNewOrder(request, name)
      return .place
    case .replace:
      fillIdentity(request, name)
      if request.quantity > 0 { addQuantity(request) }
      if request.price != 0 {
        parameters.add(
          "price", units: request.price, decimals: names.priceDecimals(request.listing))
      }
      return .amend
    case .cancel:
      fillIdentity(request, name)
      return .cancel
    case .queryOrder, .querySnapshot:
      fillIdentity(request, name)
      return .openOrders
    }
  }

  /// The order by our id; by hand also by the venue's, where that is a number.
  @inline(__always)
  private mutating func fillIdentity(_ request: VenueRequest, _ name: OrderName) {
    if name.orderID == 0, request.venueOrderID != 0 {
      let id = request.venueOrderID
      parameters.write("orderId", isBare: false) { $0.write(id) }
    } else {
      addClientOrderID(name)
    }
  }

  @inline(__always)
  private mutating func addQuantity(_ request: VenueRequest) {
    parameters.add(
      "qty", units: request.quantity, decimals: names.quantityDecimals(request.listing))
  }

  @inline(__always)
  private mutating func fillNewOrder(
    _ request: VenueRequest, _ name: OrderName
  ) throws(RequestError) {
    let timeInForce = try timeInForce(request)
    let priceDecimals = names.priceDecimals(request.listing)
    let isLimit = request.type == .limit || request.type == .stopLimit
    if request.side == .buy {
      parameters.add("side", "Buy")
    } else {
      parameters.add("side", "Sell")
    }
    if isLimit {
      parameters.add("orderType", "Limit")
    } else {
      parameters.add("orderType", "Market")
    }
    addQuantity(request)
    if isLimit { parameters.add("price", units: request.price, decimals: priceDecimals) }
    // Without it the quantity of a market buy would count in the quote coin.
    if !isLimit && category == .spot { parameters.add("marketUnit", "baseCoin") }
    if let timeInForce { parameters.add("timeInForce", timeInForce) }
    addClientOrderID(name)
    if request.instructions.contains(.reduceOnly) { parameters.add("reduceOnly", true) }
    if request.type == .stop || request.type == .stopLimit {
      addTrigger(request, priceDecimals)
    }
  }

  /// A stop to buy waits for a rise, one to sell for a fall.
  private mutating func addTrigger(_ request: VenueRequest, _ priceDecimals: Int) {
    parameters.add("triggerPrice", units: request.stopPrice, decimals: priceDecimals)
    parameters.add("triggerDirection", number: request.side == .buy ? 1 : 2)
    parameters.add("triggerBy", "LastPrice")
  }

  /// What the venue calls the time in force; nil where the type takes none.
  private func timeInForce(_ request: VenueRequest) throws(RequestError) -> StaticString? {
    let offered: OrderInstructions = category == .spot ? .postOnly : [.postOnly, .reduceOnly]
    let others = request.instructions.subtracting(offered)
    if !others.isEmpty { throw .instructions(others) }
    let isPostOnly = request.instructions.contains(.postOnly)
    switch request.type {
    // `POST /v5/order/cancel` finds "Order by default", which a conditional order of spot is not:
    // https://bybit-exchange.github.io/docs/v5/order/cancel-order
    case .stop where category == .spot, .stopLimit where category == .spot:
      throw .orderType(request.type)
    case .limit, .stopLimit: break
    case .market, .stop:
      if isPostOnly { throw .instructions(.postOnly) }
      return nil
    case .trailingStop, .pegged: throw .orderType(request.type)
    }
    if isPostOnly {
      guard request.timeInForce == .goodTillCancel else { throw .instructions(.postOnly) }
      return "PostOnly"
    }
    switch request.timeInForce {
    case .goodTillCancel: return "GTC"
    case .immediateOrCancel: return "IOC"
    case .fillOrKill: return "FOK"
    case .day, .goodTillDate: throw .timeInForce(request.timeInForce)
    }
  }
}
