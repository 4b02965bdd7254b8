import TradingModel

/// A venue's book of one contract on one account, by arithmetic of its own: what is held, what it cost,
/// and the balance. It knows neither strategies nor orders.
struct VenueAccount {
  let listing: Listing
  /// At 10^-18, as all money here.
  var balance: Int128
  private(set) var quantity: Int128 = 0
  /// What was paid for the open quantity; without sign.
  private(set) var cost: Int128 = 0
  private(set) var realized: Int128 = 0

  init(_ listing: Listing, balance: Int128) {
    self.listing = listing
    self.balance = balance
  }

  /// Closes what is open, then opens with what is left.
  mutating func trade(_ side: Side, _ traded: Int64, at price: Int64) {
    let signed = Int128(traded) * (side == .buy ? 1 : -1)
    let isAgainst = quantity != 0 && (signed < 0) != (quantity < 0)
    let closed = isAgainst ? min(Int128(traded), abs(quantity)) : 0
    let worth = worth(Int128(traded), price)
    let closedWorth = self.worth(closed, price)
    if closed > 0 {
      let released = Self.quotient(cost, closed, abs(quantity))
      let isGain = (quantity > 0) == (listing.contractKind == .linear)
      let profit = isGain ? closedWorth - released : released - closedWorth
      cost -= released
      realized += profit
      balance += profit
    }
    cost += worth - closedWorth
    quantity += signed
  }

  private func worth(_ quantity: Int128, _ price: Int64) -> Int128 {
    let size = quantity * Int128(listing.contractSize.units)
    let decimals =
      18 - Int(listing.quantityDecimals) - Int(listing.contractSize.decimals)
    let pointed = Int(listing.priceDecimals)
    return listing.contractKind == .linear
      ? size * Int128(price) * Self.ten(decimals - pointed)
      : Self.quotient(size, Self.ten(decimals + pointed), Int128(price))
  }

  private static func ten(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// `a * b / c`, none of them below zero, to nearest, a half to the even neighbour.
  private static func quotient(_ a: Int128, _ b: Int128, _ c: Int128) -> Int128 {
    let wide = a.magnitude.multipliedFullWidth(by: b.magnitude)
    let (whole, rest) = c.magnitude.dividingFullWidth(wide)
    let isUp = rest * 2 > c.magnitude || (rest * 2 == c.magnitude && whole & 1 == 1)
    return Int128(whole) + (isUp ? 1 : 0)
  }
}
