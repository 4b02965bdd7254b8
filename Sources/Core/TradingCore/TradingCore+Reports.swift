import Execution
import Portfolio
import RiskEngine
import TradingModel

extension TradingCore {
  /// Facts from a venue: first the order, then position and P&L, then risk.
  mutating func takeReport(
    _ report: VenueReport, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    guard Int(report.venue) < capacity.venues else {
      throw .undefined(what: "venue", index: Int(report.venue))
    }
    guard report.kind.isAboutOrder else {
      takeVenueEvent(report, &outputs)
      return
    }
    try checkListing(report.listing)
    guard let order = orders.pointee.find(report.orderID),
      order.pointee.listing == report.listing
    else {
      takeStrayReport(report, &outputs)
      return
    }
    if venues[Int(report.venue)].isListing, report.kind == .statusOpen {
      order.pointee.snapshotNumber = venues[Int(report.venue)].snapshotNumber
    }
    let effect = reports.apply(report, to: order, now: now)
    conclude(effect, order, report, OrderInput(report.kind), &outputs)
  }

  /// Carries what a report did to an order on to positions, risk and whoever listens.
  mutating func conclude(
    _ effect: ReportEffect, _ order: UnsafeMutablePointer<Order>, _ report: VenueReport,
    _ input: OrderInput, _ outputs: inout RecordBuffer
  ) {
    if let leg = effect.reversal { book(leg, order, report, effect, &outputs) }
    if let leg = effect.booking { book(leg, order, report, effect, &outputs) }
    orders.pointee.settle(order, wasSettled: effect.wasSettled)
    refreshReservation(order)
    if effect.disposition == .ignoreDuplicate,
      effect.uncertaintyBefore == order.pointee.uncertainty
    {
      return
    }
    count(effect, order)
    tellUnusual(effect, order, input, &outputs)
    OrderEvent(
      order.pointee, execType: Self.execType(input), cause: input, version: report.version,
      reason: report.reason.rawValue, disposition: effect.disposition
    ).store(at: emit(.orderEvent, OrderEvent.byteCount, &outputs))
    if effect.wantsQuery, !order.pointee.isSettled { query(order, &outputs) }
  }

  private mutating func count(_ effect: ReportEffect, _ order: UnsafeMutablePointer<Order>) {
    let row = order.pointee.row
    if effect.booking != nil, effect.rowBefore != .working || order.pointee.cumulativeQuantity > 0,
      row == .working, order.pointee.cumulativeQuantity == effect.booking?.quantity
    {
      counts.partiallyFilled += 1
    }
    guard row != effect.rowBefore else { return }
    switch row {
    case .working: counts.accepted += 1
    case .filled:
      if effect.rowBefore == .sent { counts.accepted += 1 }
      counts.filled += 1
    case .canceled:
      if effect.rowBefore == .sent { counts.accepted += 1 }
      counts.canceled += 1
    case .expired: counts.expired += 1
    case .rejected, .notSent: counts.rejected += 1
    case .denied, .new, .sent: break
    }
  }

  private mutating func tellUnusual(
    _ effect: ReportEffect, _ order: UnsafeMutablePointer<Order>, _ input: OrderInput,
    _ outputs: inout RecordBuffer
  ) {
    var kind: AlertKind?
    if effect.disposition == .quarantine {
      kind = .contradiction
    } else if effect.isOverfill {
      kind = .overfill
    } else if effect.isLate {
      kind = .lateFill
    } else if input == .tradeBusted {
      kind = .tradeBusted
    } else if input == .tradeCorrected {
      kind = .tradeCorrected
    } else if input == .notFound || input == .absenceProven {
      kind = .absence
    } else if effect.disposition == .applyWithAlert {
      kind = .unusualTransition
    }
    let (id, listing, strategy) = (
      order.pointee.id, order.pointee.listing, order.pointee.strategy
    )
    if let kind {
      alert(
        Alert(
          kind: kind, cause: input.rawValue, listing: listing, strategy: strategy, orderID: id,
          value: order.pointee.cumulativeQuantity), &outputs)
    }
    if effect.uncertaintyBefore.isEmpty, !order.pointee.uncertainty.isEmpty {
      alert(
        Alert(
          kind: .orderUnknown, cause: input.rawValue, listing: listing, strategy: strategy,
          orderID: id, value: Int64(order.pointee.uncertainty.rawValue)), &outputs)
    }
  }

  /// Books one leg: position, balances, and the event that tells of it.
  private mutating func book(
    _ leg: FillLeg, _ order: UnsafeMutablePointer<Order>, _ report: VenueReport,
    _ effect: ReportEffect, _ outputs: inout RecordBuffer
  ) {
    let listing = listings[Int(order.pointee.listing)]
    // A busted trade's fee comes back with it; a correction's fee stands in the corrected leg.
    let fee = report.fee
    let fill = PositionFill(
      strategy: order.pointee.strategy, side: order.pointee.side, price: leg.price,
      quantity: leg.quantity, fee: fee, feeCurrency: report.feeCurrency)
    var realized = Money.zero
    do throws(PositionError) {
      let done =
        leg.isReversal
        ? try positions.pointee.reverse(fill: fill, listing: listing)
        : try positions.pointee.apply(fill: fill, listing: listing)
      realized = done.realised
    } catch {
      alert(
        Alert(
          kind: .valueOverflow, cause: error.rawValue, listing: listing.index,
          strategy: order.pointee.strategy, orderID: order.pointee.id, value: leg.quantity,
          reference: report.tradeID), &outputs)
    }
    move(balances: fill, realized: realized, isReversal: leg.isReversal, listing: listing)
    counts.fills += 1
    var flags: UInt16 = effect.isLate ? FillEvent.lateFlag : 0
    if leg.isReversal { flags |= FillEvent.bustFlag }
    if report.kind == .tradeCorrected { flags |= FillEvent.correctionFlag }
    let position = positions.pointee.position(
      strategy: order.pointee.strategy, listing: listing.index)
    FillEvent(
      listing: listing.index, side: order.pointee.side, liquidity: report.liquidity,
      strategy: order.pointee.strategy, flags: flags, orderID: order.pointee.id,
      tradeID: report.tradeID, price: leg.price, quantity: leg.quantity,
      cumulativeQuantity: order.pointee.cumulativeQuantity, positionAfter: position.quantity,
      fee: fee, feeCurrency: report.feeCurrency, realizedPnL: realized,
      venueTime: report.venueTime
    ).store(at: emit(.fillEvent, FillEvent.byteCount, &outputs))
  }

  /// Moves what the account holds at the venue; an account without balances keeps none.
  private mutating func move(
    balances fill: PositionFill, realized: Money, isReversal: Bool, listing: Listing
  ) {
    let sign: Int128 = (fill.side == .buy ? 1 : -1) * (isReversal ? -1 : 1)
    if listing.contractKind == .spot {
      let value = listing.value(price: fill.price, quantity: fill.quantity) ?? .zero
      let size = listing.size(quantity: fill.quantity) ?? .zero
      credit(Money(amount: -sign * value.amount), listing.venue, listing.quote)
      credit(Money(amount: sign * size.amount), listing.venue, listing.base)
    } else {
      credit(realized, listing.venue, listing.settlement)
    }
    credit(isReversal ? fill.fee : -fill.fee, listing.venue, fill.feeCurrency)
  }

  private mutating func credit(_ amount: Money, _ venue: VenueIndex, _ currency: CurrencyIndex) {
    guard amount != .zero, Int(currency) < capacity.currencies else { return }
    let balance = balances.balance(venue: venue, currency: currency)
    guard balance.isKnown else { return }
    _ = try? balances.setTotal(balance.total + amount, venue: venue, currency: currency)
  }

  /// Lowers what risk and balance hold for an order to what may still come of it.
  mutating func refreshReservation(_ order: UnsafeMutablePointer<Order>) {
    let place = orders.pointee.place(of: order.pointee.id)
    let old = reservations[place]
    guard old.quantity > 0 else { return }
    let wanted = order.pointee.worstCaseOpenQuantity
    guard wanted < old.quantity else { return }
    let listing = listings[Int(order.pointee.listing)]
    let new = old.leaving(wanted, listing: listing)
    risk.move(from: old, to: new)
    reservations[place] = new
    hold(
      Money(amount: divide(held[place].amount * Int128(wanted), by: Int128(old.quantity), .up)),
      order)
  }

  /// Sets what is held of the balance for an order.
  mutating func hold(_ amount: Money, _ order: UnsafeMutablePointer<Order>) {
    let place = orders.pointee.place(of: order.pointee.id)
    let listing = listings[Int(order.pointee.listing)]
    let currency = RiskAccount.currency(of: listing, side: order.pointee.side)
    let difference = amount - held[place]
    held[place] = amount
    if difference > .zero {
      _ = try? balances.reserve(difference, venue: listing.venue, currency: currency)
    } else if difference < .zero {
      _ = try? balances.release(-difference, venue: listing.venue, currency: currency)
    }
  }

  /// A report about an order we do not know, or in another listing than its own. A fill is booked all
  /// the same, on the house account, for the venue's position is ours.
  private mutating func takeStrayReport(_ report: VenueReport, _ outputs: inout RecordBuffer) {
    alert(
      Alert(
        kind: .unknownOrder, cause: report.kind.rawValue, listing: report.listing,
        strategy: Self.house, orderID: report.orderID, value: report.lastQuantity,
        reference: report.tradeID), &outputs)
    guard report.kind == .fill, report.lastQuantity > 0,
      reports.trades.find(listing: report.listing, tradeID: report.tradeID) == nil
    else { return }
    reports.trades.insert(
      LedgerTrade(
        tradeID: report.tradeID, orderID: report.orderID, price: report.lastPrice,
        quantity: report.lastQuantity, listing: report.listing, standing: .booked))
    let listing = listings[Int(report.listing)]
    let fill = PositionFill(
      strategy: Self.house, side: report.side, price: report.lastPrice,
      quantity: report.lastQuantity, fee: report.fee, feeCurrency: report.feeCurrency)
    guard let effect = try? positions.pointee.apply(fill: fill, listing: listing) else { return }
    counts.fills += 1
    FillEvent(
      listing: listing.index, side: report.side, liquidity: report.liquidity,
      strategy: Self.house, flags: FillEvent.lateFlag, orderID: report.orderID,
      tradeID: report.tradeID, price: report.lastPrice, quantity: report.lastQuantity,
      cumulativeQuantity: max(0, report.cumulativeQuantity),
      positionAfter: effect.position.quantity, fee: report.fee, feeCurrency: report.feeCurrency,
      realizedPnL: effect.realised, venueTime: report.venueTime
    ).store(at: emit(.fillEvent, FillEvent.byteCount, &outputs))
  }

  /// The account of commands, and of fills that no order of ours explains.
  public static var house: StrategyIndex { 0 }

  static func execType(_ input: OrderInput) -> ExecType {
    switch input {
    case .accepted: .new
    case .rejected, .notSent, .denied: .rejected
    case .fill: .trade
    case .canceled: .canceled
    case .expired: .expired
    case .triggered: .triggered
    case .suspended: .suspended
    case .replaced: .replaced
    case .tradeBusted: .tradeCancel
    case .tradeCorrected: .tradeCorrect
    case .answerLost, .connectionLost: .certainty
    case .requestNew: .pendingNew
    case .requestReplace: .pendingReplace
    case .requestCancel: .pendingCancel
    default: .orderStatus
    }
  }
}
