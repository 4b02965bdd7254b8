import TradingModel

/// What a recorded or live feed says of a contract's funding, and what it comes to at each funding time.
///
/// A venue exchanges funding at the announced time: position x mark price x rate, paid by longs where the
/// rate is above zero. All three are as they stood at that moment; it is noticed with the next thing that
/// happens at the venue. Without a rate, a mark price and a time that were told, nothing is paid.
struct RecordedFunding {
  /// When nothing is announced.
  static let never = Timestamp.max

  private let listing: Listing
  private var mark: Decimal?
  private var rate: Decimal?
  /// When funding is exchanged next.
  private(set) var due = never

  init(_ listing: Listing) { self.listing = listing }

  /// Takes over what an update tells. A time that is later than the one that was due shows that that one has
  /// come: `exchange` comes before.
  mutating func take(_ update: ContractUpdate, at time: Timestamp) {
    if let mark = update.markPrice { self.mark = mark }
    if let rate = update.fundingRate { self.rate = rate }
    // What lies behind was exchanged, or before anybody looked.
    if let next = update.nextFundingTime, next > time { due = next }
  }

  /// Whether a funding time has come with `update`, or by `time`.
  func isDue(by time: Timestamp, _ update: ContractUpdate? = nil) -> Bool {
    guard due != Self.never else { return false }
    return time >= due
      || (update?.nextFundingTime).map { $0 > due && time >= due - Self.early } ?? false
  }

  /// A venue's clock may be ahead of the one that stamped its messages: nanoseconds.
  private static let early: Int64 = 60_000_000_000

  /// Exchanges what is due for a position.
  ///
  /// - Parameter position: in quantity units; positive is long.
  /// - Returns: what is booked; nil where nothing is.
  mutating func exchange(_ position: Int64) -> FundingPayment? {
    let time = due
    due = Self.never
    guard time != Self.never, position != 0, let amount = amount(position) else { return nil }
    return FundingPayment(
      listing: listing.index, currency: listing.settlement, paymentID: UInt64(time),
      venueTime: time, amount: amount)
  }

  /// Rounded half to even at 10^-18; nil where it is not known, or beyond 128 bits.
  private func amount(_ position: Int64) -> Money? {
    guard let mark, let rate, rate.units != .min else { return nil }
    var valued = listing
    valued.priceDecimals = mark.decimals
    guard let value = valued.value(price: mark.units, quantity: position) else { return nil }
    // Longs pay where the rate is above zero. Splitting keeps the products within 128 bits.
    let one = powerOfTen128(Int(rate.decimals))
    let (whole, rest) = value.amount.quotientAndRemainder(dividingBy: one)
    let (part, overflow) = whole.multipliedReportingOverflow(by: -Int128(rate.units))
    if overflow { return nil }
    let (sum, isBeyond) = part.addingReportingOverflow(
      divide(rest * -Int128(rate.units), by: one, .halfEven))
    return isBeyond || sum == .min ? nil : Money(amount: sum)
  }
}
