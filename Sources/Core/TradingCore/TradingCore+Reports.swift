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
    guard listings[Int(report.listing)].venue == report.venue else {
      throw .undefined(what: "listing at venue \(report.venue)", index: Int(report.listing))
    }
    if report.kind == .fill {
      let last = venues[Int(report.venue)].lastFillTime
      venues[Int(report.venue)].lastFillTime = max(last, report.venueTime)
    }
    guard let order = orders.pointee.find(report.orderID),
      order.pointee.listing == report.listing
    else {
      takeStrayReport(report, &outputs)
      return
    }
    let venue = venues[Int(report.venue)]
    if venue.isListing, report.kind == .statusOpen {
      order.pointee.snapshotNumber = venue.snapshotNumber
    }
    let effect = reports.apply(
      report, to: order, listedSince: venue.isListing ? venue.snapshotAskedAt : nil, now: now)
    conclude(effect, order, report, OrderInput(report.kind), &outputs)
  }

  /// Carries what a report did to an order on to positions, risk and whoever listens.
  mutating func conclude(
    _ effect: ReportEffect, _ order: UnsafeMutablePointer<Order>, _ report: VenueReport,
    _ input: OrderInput, _ outputs: inout RecordBuffer
  ) {
    let account = FillAccount(order.pointee, isLate: effect.isLate)
    if let leg = effect.reversal { book(leg, account, report, &outputs) }
    if let leg = effect.booking { book(leg, account, report, &outputs) }
    orders.pointee.settle(order, wasSettled: effect.wasSettled)
    refreshReservation(
      order, isAnswered: effect.hadReplace && !order.pointee.hasPending(.replace), &outputs)
    count(effect, order)
    if effect.disposition == .ignoreDuplicate, effect.rowBefore == order.pointee.row,
      effect.uncertaintyBefore == order.pointee.uncertainty, !effect.wantsCancel,
      !effect.wantsQuery
    {
      return
    }
    tellUnusual(effect, order, input, &outputs)
    OrderEvent(
      order.pointee, execType: Self.execType(input), cause: input, version: report.version,
      reason: report.reason.rawValue, disposition: effect.disposition
    ).store(at: emit(.orderEvent, OrderEvent.byteCount, &outputs))
    if effect.wantsCancel { cancelUnwanted(order, &outputs) }
    // A question that was refused or lost is asked again at once; after that, when its pause is over.
    if effect.wantsQuery, !order.pointee.isSettled,
      report.kind != .answerLost || order.pointee.queryCount <= 1
    {
      query(order, &outputs)
    }
  }

  /// Counts orders by how they stand: at any time, `submitted` is `denied`, those not done, and the
  /// sum of the counts of ends. An order that changes its end, or reopens, moves between them.
  private mutating func count(_ effect: ReportEffect, _ order: UnsafeMutablePointer<Order>) {
    let row = order.pointee.row
    if !effect.stoodBefore, order.pointee.hasStood { counts.accepted += 1 }
    if effect.cumulativeBefore == 0, order.pointee.cumulativeQuantity > 0, !row.isDone {
      counts.partiallyFilled += 1
    }
    guard row != effect.rowBefore else { return }
    counts.moveEnd(from: effect.rowBefore, to: row)
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

  /// Books one leg: position, balances, and the event that tells of it. Where the strategy's position
  /// or the account's cannot take it, none of them does, and an alert says so.
  private mutating func book(
    _ leg: FillLeg, _ account: FillAccount, _ report: VenueReport, _ outputs: inout RecordBuffer
  ) {
    let listing = listings[Int(report.listing)]
    let fill = PositionFill(
      strategy: account.strategy, side: account.side, price: leg.price, quantity: leg.quantity,
      fee: leg.fee, feeCurrency: leg.feeCurrency)
    let time = venueTime(report.venueTime)
    holdings.reach(time, listing: listing.index, positions: positions.pointee)
    var realized = Money.zero
    do throws(PositionError) {
      var net = netPositions[listing.index]
      let isContract = listing.contractKind != .spot
      let netRealized =
        isContract
        ? try net.book(fill, isReversal: leg.isReversal, listing: listing) : .zero
      let done =
        leg.isReversal
        ? try positions.pointee.reverse(fill: fill, listing: listing)
        : try positions.pointee.apply(fill: fill, listing: listing)
      realized = done.realised
      let sign = fill.side.sign * (leg.isReversal ? -1 : 1)
      holdings.add(
        Int128(leg.quantity * sign), strategy: account.strategy, listing: listing.index, at: time)
      if isContract { netPositions[listing.index] = net }
      move(balances: fill, realized: netRealized, isReversal: leg.isReversal, listing, &outputs)
    } catch {
      alert(
        Alert(
          kind: .valueOverflow, cause: error.rawValue, listing: listing.index,
          strategy: account.strategy, orderID: report.orderID, value: leg.quantity,
          reference: report.tradeID), &outputs)
    }
    counts.fills += 1
    var flags: UInt16 = account.isLate ? FillEvent.lateFlag : 0
    if leg.isReversal { flags |= FillEvent.bustFlag }
    if report.kind == .tradeCorrected { flags |= FillEvent.correctionFlag }
    let position = positions.pointee.position(strategy: account.strategy, listing: listing.index)
    FillEvent(
      listing: listing.index, side: account.side, liquidity: report.liquidity,
      strategy: account.strategy, flags: flags, orderID: report.orderID, tradeID: report.tradeID,
      price: leg.price, quantity: leg.quantity, cumulativeQuantity: account.cumulativeQuantity,
      positionAfter: position.quantity, fee: leg.fee, feeCurrency: leg.feeCurrency,
      realizedPnL: realized, venueTime: report.venueTime
    ).store(at: emit(.fillEvent, FillEvent.byteCount, &outputs))
  }

  /// Moves what the account holds at the venue; an account without balances keeps none.
  ///
  /// - Parameter realized: of a contract, by the account's own net position: the venue knows no
  ///   strategies.
  private mutating func move(
    balances fill: PositionFill, realized: Money, isReversal: Bool, _ listing: Listing,
    _ outputs: inout RecordBuffer
  ) {
    // The position took the fill, so its value and fee have a negative within 128 bits.
    let sign: Int128 = (fill.side == .buy ? 1 : -1) * (isReversal ? -1 : 1)
    if listing.contractKind == .spot {
      let value = listing.value(price: fill.price, quantity: fill.quantity) ?? .zero
      let size = listing.size(quantity: fill.quantity) ?? .zero
      credit(Money(amount: -sign * value.amount), listing, listing.quote, &outputs)
      credit(Money(amount: sign * size.amount), listing, listing.base, &outputs)
    } else {
      credit(realized, listing, listing.settlement, &outputs)
    }
    credit(isReversal ? fill.fee : -fill.fee, listing, fill.feeCurrency, &outputs)
  }

  mutating func credit(
    _ amount: Money, _ listing: Listing, _ currency: CurrencyIndex, _ outputs: inout RecordBuffer
  ) {
    guard amount != .zero, Int(currency) < capacity.currencies else { return }
    let balance = balances.balance(venue: listing.venue, currency: currency)
    guard balance.isKnown else { return }
    let (total, overflow) = balance.total.amount.addingReportingOverflow(amount.amount)
    do throws(BalanceError) {
      if overflow { throw .overflow }
      _ = try balances.setTotal(
        Money(amount: total), venue: listing.venue, currency: currency)
    } catch {
      alert(
        Alert(kind: .valueOverflow, cause: error.rawValue, listing: listing.index), &outputs)
    }
  }

  /// A report about an order we do not know, or in another listing than its own. What it says of a
  /// trade is booked all the same, for the venue's position is ours: on the account that the trade is
  /// booked on already, else on the house account.
  private mutating func takeStrayReport(_ report: VenueReport, _ outputs: inout RecordBuffer) {
    alert(
      Alert(
        kind: .unknownOrder, cause: report.kind.rawValue, listing: report.listing,
        strategy: Self.house, orderID: report.orderID, value: report.lastQuantity,
        reference: report.tradeID), &outputs)
    switch report.kind {
    case .fill, .tradeCorrected: guard report.lastQuantity > 0 else { return }
    case .tradeBusted: guard report.tradeID != 0, report.lastQuantity >= 0 else { return }
    default: return
    }
    let (strategy, side, change) = reports.takeStray(report, house: Self.house)
    let account = FillAccount(
      strategy: strategy, side: side, cumulativeQuantity: max(0, report.cumulativeQuantity),
      isLate: true)
    if let leg = change.reversal { book(leg, account, report, &outputs) }
    if let leg = change.booking { book(leg, account, report, &outputs) }
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
