import RiskEngine
import TradingModel

/// The risk rules again, written for reading: lists that are summed anew for every order, and
/// rationals compared by cross-multiplying. Shares no code with the engine but its value types.
final class SlowRisk {
  struct OpenOrder {
    var strategy: StrategyIndex
    var listing: ListingIndex
    var quote: CurrencyIndex
    var side: Side
    var reduceOnly: Bool
    var quantity: Int128
    var notional: Int128
    var price: Int128
  }

  /// Refusals found, without the hashing that a debug build's `Set` spends its time on.
  struct Found {
    var bits: UInt64 = 0
    init() {}
    init(_ refusal: RiskRefusal) { insert(refusal) }
    mutating func insert(_ refusal: RiskRefusal) { bits |= 1 << UInt64(refusal.rawValue) }
    mutating func formUnion(_ other: Found) { bits |= other.bits }
    func contains(_ refusal: RiskRefusal) -> Bool { bits & 1 << UInt64(refusal.rawValue) != 0 }
  }

  /// The virtual scheduling form of a rate limit (ITU-T I.371, GCRA), in ns times orders: an order
  /// may go unless it is more than `max - 1` orders ahead of the schedule.
  struct Schedule {
    var next: Int128 = .min / 4

    func permits(_ now: Timestamp, _ limits: RiskLimits) -> Bool {
      if limits.orderRateMax == .max { return true }
      if limits.orderRateMax == 0 { return false }
      let ahead = next - Int128(now) * Int128(limits.orderRateMax)
      return ahead <= Int128(limits.orderRateWindow) * Int128(limits.orderRateMax - 1)
    }

    mutating func pass(_ now: Timestamp, _ limits: RiskLimits) {
      if limits.orderRateMax == .max { return }
      next = max(next, Int128(now) * Int128(limits.orderRateMax)) + Int128(limits.orderRateWindow)
    }
  }

  var limits: [RiskScope: RiskLimits] = [:]
  var states: [RiskScope: TradingState] = [:]
  var venues: [VenueIndex: TradingState] = [:]
  var schedules: [RiskScope: Schedule] = [:]
  var open: [Int: OpenOrder] = [:]

  static let unit: Int128 = 1_000_000_000_000_000_000

  func scopes(_ order: RiskOrder, _ listing: Listing) -> [RiskScope] {
    [
      .firm, .strategy(order.strategy), .listing(listing.index),
      .pair(order.strategy, listing.index),
    ]
  }

  /// Listings of the model have no decimals, so values are whole units.
  func notional(_ listing: Listing, price: Int128, quantity: Int128) -> Int128 {
    let size = quantity * Int128(listing.contractSize.units)
    return (listing.contractKind == .inverse ? size : size * price) * Self.unit
  }

  func base(_ order: RiskOrder, _ reference: RiskReference) -> Int128 {
    Int128(
      order.type == .stop || order.type == .stopLimit ? order.stopPrice : reference.referencePrice)
  }

  func worstPrice(_ order: RiskOrder, _ listing: Listing, _ reference: RiskReference) -> Int128 {
    let base = base(order, reference)
    if order.type == .limit || order.type == .stopLimit {
      if order.side == .sell && base > Int128(order.price) { return base }
      return Int128(order.price)
    }
    let collar = scopes(order, listing).compactMap { limits[$0]?.priceCollar.parts }.min() ?? .max
    var price = base
    // The least whole price at or above base * (1 + collar).
    if collar != .max {
      price = base * (100_000_000 + Int128(collar)) / 100_000_000
      if price * 100_000_000 < base * (100_000_000 + Int128(collar)) { price += 1 }
    }
    guard order.type == .market else { return price }
    return max(price, Int128(order.side == .buy ? reference.bestAsk : reference.bestBid))
  }

  func terms(_ order: RiskOrder, _ listing: Listing, _ reference: RiskReference) -> OpenOrder {
    let price = worstPrice(order, listing, reference)
    return OpenOrder(
      strategy: order.strategy, listing: listing.index, quote: listing.quote, side: order.side,
      reduceOnly: order.instructions.contains(.reduceOnly), quantity: Int128(order.quantity),
      notional: notional(listing, price: price, quantity: Int128(order.quantity)), price: price)
  }

  /// Every refusal of `order`; `id` names the open order it would replace.
  func refusals(
    _ order: RiskOrder, replacing id: Int?, _ listing: Listing, _ reference: RiskReference,
    _ account: RiskAccount, now: Timestamp
  ) -> Found {
    var found = rules(order, listing)
    found.formUnion(gates(order, listing, reference, now: now))
    let isUnpriced =
      reference.referencePrice <= 0
      || (order.type == .market
        && (order.side == .buy ? reference.bestAsk : reference.bestBid) <= 0)
    if isUnpriced { found.insert(.noReferencePrice) }
    if isUnpriced || found.contains(.quantityNotPositive) || found.contains(.priceNotPositive) {
      return found
    }
    found.formUnion(size(order, listing, reference))
    found.formUnion(exposure(order, replacing: id, listing, reference, account))
    found.formUnion(balance(order, replacing: id, listing, reference, account))
    return found
  }

  func rules(_ order: RiskOrder, _ listing: Listing) -> Found {
    var found: Found = Found()
    if order.quantity < 1 { found.insert(.quantityNotPositive) }
    if order.quantity % listing.lot != 0 { found.insert(.quantityOffLot) }
    if order.quantity < listing.quantityMin { found.insert(.quantityBelowMin) }
    if order.quantity > listing.quantityMax { found.insert(.quantityAboveMax) }
    var prices: [Int64] = []
    if order.type == .limit || order.type == .stopLimit { prices.append(order.price) }
    if order.type == .stop || order.type == .stopLimit { prices.append(order.stopPrice) }
    if prices.contains(where: { $0 < 1 }) { found.insert(.priceNotPositive) }
    if prices.contains(where: { $0 % listing.tick != 0 }) { found.insert(.priceOffTick) }
    return found
  }

  func gates(
    _ order: RiskOrder, _ listing: Listing, _ reference: RiskReference, now: Timestamp
  ) -> Found {
    var found: Found = Found()
    func isShut(_ state: TradingState?) -> Bool {
      switch state ?? .active {
      case .active: false
      case .reducing: !order.instructions.contains(.reduceOnly)
      case .halted: true
      }
    }
    if isShut(states[.firm]) { found.insert(.killSwitch) }
    if isShut(states[.strategy(order.strategy)]) { found.insert(.strategyStopped) }
    if isShut(states[.pair(order.strategy, listing.index)]) { found.insert(.strategyStopped) }
    if isShut(states[.listing(listing.index)]) { found.insert(.listingHalted) }
    if isShut(venues[listing.venue]) { found.insert(.venueHalted) }
    let scopes = scopes(order, listing)
    if scopes.prefix(3).contains(where: { limits[$0] == nil }) { found.insert(.limitMissing) }
    for scope in scopes {
      guard let limits = limits[scope] else { continue }
      if limits.checks.contains(.feed) && !reference.feedReady { found.insert(.feedNotReady) }
      if !(schedules[scope] ?? Schedule()).permits(now, limits) { found.insert(.orderRate) }
    }
    return found
  }

  func size(
    _ order: RiskOrder, _ listing: Listing, _ reference: RiskReference
  ) -> Found {
    var found: Found = Found()
    let terms = terms(order, listing, reference)
    let base = base(order, reference)
    var own = base
    var judged: Int128?
    if order.type == .limit || order.type == .stopLimit {
      own = Int128(order.price)
      judged = own
    } else if order.type == .market {
      judged = Int128(order.side == .buy ? reference.bestAsk : reference.bestBid)
    }
    for scope in scopes(order, listing) {
      guard let limits = limits[scope] else { continue }
      if Int128(order.quantity) > Int128(limits.orderQuantityMax) { found.insert(.orderQuantity) }
      if terms.notional > limits.orderNotionalMax.amount { found.insert(.orderNotional) }
      if let judged, limits.priceCollar.parts != .max {
        let parts = Int128(limits.priceCollar.parts)
        let isLow = judged * 100_000_000 < base * (100_000_000 - parts)
        let isHigh = judged * 100_000_000 > base * (100_000_000 + parts)
        if isLow || isHigh { found.insert(.priceOutsideCollar) }
      }
    }
    let value = notional(listing, price: own, quantity: Int128(order.quantity))
    if listing.notionalMin > .zero && value < listing.notionalMin.amount {
      found.insert(.notionalBelowMin)
    }
    return found
  }
}
