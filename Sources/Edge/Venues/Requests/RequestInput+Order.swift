import TradingModel

extension RequestInput {
  /// The listing and the order request that the arguments describe, so that requests by hand go
  /// through the code that trades. The listing has the decimals that the numbers are written with.
  func orderRequest(_ action: VenueAction) throws(RequestError) -> (Listing, VenueRequest) {
    let priceDecimals = max(price?.decimals ?? 0, stopPrice?.decimals ?? 0)
    let quantityDecimals = quantity?.decimals ?? 0
    let listing = Listing(
      index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .spot,
      priceDecimals: Int(priceDecimals), quantityDecimals: Int(quantityDecimals))
    let kind: VenueRequestKind =
      switch action {
      case .place: .newOrder
      case .modify: .replace
      case .cancel: .cancel
      default: .queryOrder
      }
    var request = VenueRequest(
      kind: kind, type: type, timeInForce: timeInForce, listing: 0, venue: 0,
      instructions: instructions)
    if kind != .newOrder { request.venueOrderID = venueOrderID ?? 0 }
    if kind != .newOrder, venueOrderID == nil, clientOrderID == nil {
      throw .missing("client-order-id (or --order-id)")
    }
    if kind == .newOrder || kind == .replace {
      request.quantity = try Self.units(quantity, quantityDecimals, "quantity")
    }
    if kind == .newOrder {
      guard let side else { throw .missing("side") }
      request.side = side
      if type == .limit || type == .stopLimit {
        request.price = try Self.units(price, priceDecimals, "price")
      }
      if type == .stop || type == .stopLimit {
        request.stopPrice = try Self.units(stopPrice, priceDecimals, "stop-price")
      }
    } else if let price {
      request.price = try Self.units(price, priceDecimals, "price")
    }
    return (listing, request)
  }

  private static func units(
    _ value: Decimal?, _ decimals: UInt8, _ name: String
  ) throws(RequestError) -> Int64 {
    guard let value else { throw .missing(name) }
    guard value.units > 0 else { throw .unsuitable(name, reason: "a number above 0") }
    do throws(DecimalError) {
      return try value.units(decimals: Int(decimals))
    } catch {
      throw .unsuitable(name, reason: "more digits than fit in 64 bits")
    }
  }
}
