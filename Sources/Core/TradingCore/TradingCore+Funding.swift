import Execution
import MarketData
import Portfolio
import TradingModel

// What makes contracts different from what is bought: mark prices, and funding.
extension TradingCore {
  mutating func takeContractUpdate(_ base: UnsafeRawPointer) throws(CoreError) {
    guard let update = ContractUpdate(at: base) else {
      throw .record(.unknownCode(kind: .contractUpdate, offset: 42, value: base.load8(42)))
    }
    try checkListing(update.listing)
    let time = RecordHeader(at: base).time
    contracts[Int(update.listing)].take(update, at: time)
    guard let next = update.nextFundingTime, listings[Int(update.listing)].contractKind != .spot
    else { return }
    holdings.announce(
      next: next, listing: update.listing, now: time, positions: positions.pointee)
  }

  /// The venue's time of what it tells, which is the input's where it says none.
  func venueTime(_ told: Timestamp) -> Timestamp { told > 0 ? told : now }

  /// A payment that the venue booked: once, whatever tells it how often. Its balance changes, and each
  /// strategy that held the contract at the funding time gets its part.
  mutating func takeFundingPayment(
    _ base: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    let payment = FundingPayment(at: base)
    try checkListing(payment.listing)
    let listing = listings[Int(payment.listing)]
    guard listing.contractKind != .spot else {
      throw .undefined(what: "funding of spot listing", index: Int(payment.listing))
    }
    guard Int(payment.currency) < capacity.currencies else {
      throw .capacity(
        what: "currency", index: Int(payment.currency), capacity: capacity.currencies)
    }
    guard payment.paymentID != 0 else {
      throw .record(.outOfRange(kind: .fundingPayment, offset: 48, value: 0))
    }
    // A part and a sum of parts have a negative.
    guard payment.amount.amount != .min else {
      throw .record(.outOfRange(kind: .fundingPayment, offset: 64, value: .min))
    }
    switch payments.insert(payment) {
    case .booked: break
    case .repeated: return
    case .tooOld:
      return alert(
        Alert(
          kind: .paymentTooOld, listing: payment.listing, value: payment.venueTime,
          reference: payment.paymentID), &outputs)
    }
    counts.fundingPayments += 1
    credit(payment.amount, listing, payment.currency, &outputs)
    divide(payment, listing, &outputs)
  }

  /// Divides a payment by what strategies held at its funding time. Where that is not known, by what they
  /// hold now, unless some are long and some short: what is left of large positions would then get parts
  /// larger than the payment. What cannot be divided is of the house account.
  private mutating func divide(
    _ payment: FundingPayment, _ listing: Listing, _ outputs: inout RecordBuffer
  ) {
    let time = venueTime(payment.venueTime)
    holdings.reach(paymentAt: time, listing: listing.index, positions: positions.pointee)
    let isKept = holdings.covers(paymentAt: time, listing: listing.index)
    var division =
      isKept
      ? holdings.divide(funding: payment.amount, listing: listing.index)
      : positions.pointee.divide(funding: payment.amount, listing: listing.index)
    guard division.isPossible, isKept || division.isOneSided else {
      return book(payment.amount, of: payment, Self.house, listing, &outputs)
    }
    for strategy in 0..<StrategyIndex(capacity.strategies) {
      let quantity =
        isKept
        ? holdings.quantity(strategy: strategy, listing: listing.index)
        : Int128(positions.pointee.quantity(strategy: strategy, listing: listing.index))
      guard quantity != 0 else { continue }
      book(division.part(of: quantity), of: payment, strategy, listing, &outputs)
    }
  }

  /// Books a part of a payment, and tells of it.
  private mutating func book(
    _ part: Money, of payment: FundingPayment, _ strategy: StrategyIndex, _ listing: Listing,
    _ outputs: inout RecordBuffer
  ) {
    do throws(PositionError) {
      let position = try positions.pointee.book(
        funding: part, currency: payment.currency, strategy: strategy, listing: listing)
      FundingEvent(
        payment, strategy: strategy, position: position.quantity, amount: part,
        fundingAfter: position.funding
      ).store(at: emit(.fundingEvent, FundingEvent.byteCount, &outputs))
    } catch {
      alert(
        Alert(
          kind: .valueOverflow, cause: error.rawValue, listing: listing.index, strategy: strategy,
          reference: payment.paymentID), &outputs)
    }
  }
}
