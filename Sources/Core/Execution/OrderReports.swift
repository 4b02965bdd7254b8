import TradingModel

/// Applies inputs to orders by the transition table. Holds the table's hot copy and the trades seen.
///
/// Whatever the order in which the same reports arrive, and however often each is repeated, the order
/// ends in the same row, terms, quantities and uncertainty: see `docs/order-model.md`.
public struct OrderReports: ~Copyable {
  public var trades: TradeLedger
  /// Absent answers after which an order counts as gone: section 15 of the ledger asks for two.
  @inlinable public static var absencesNeeded: UInt8 { 2 }

  public init(tradeCapacity: Int) { trades = TradeLedger(capacity: tradeCapacity) }

  /// Applies what the engine itself does or finds (requests, denials, lost connections).
  public func apply(
    _ input: OrderInput, to order: UnsafeMutablePointer<Order>, version: RequestVersion = 0,
    now: Timestamp
  ) -> ReportEffect {
    var effect = ReportEffect(order: order.pointee)
    effect.disposition = order.pointee.take(input, version: version).disposition
    switch input {
    case .connectionLost where !order.pointee.row.isDone:
      order.pointee.uncertainty.insert(.disconnected)
      order.pointee.markLost(version: 0)
    case .answerLost: order.pointee.markLost(version: version)
    default: break
    }
    order.pointee.settleRow(now: now)
    order.pointee.updatedAt = now
    return effect
  }

  /// Applies a venue's report about `order`.
  public mutating func apply(
    _ report: VenueReport, to order: UnsafeMutablePointer<Order>, now: Timestamp
  ) -> ReportEffect {
    var effect = ReportEffect(order: order.pointee)
    // The table judges the order as it was; quantities are taken in after that.
    let transition = order.pointee.take(OrderInput(report.kind), version: report.version)
    effect.disposition = transition.disposition
    order.pointee.noteVenueOrderID(report.venueOrderID, version: report.version)
    order.pointee.noteVenueCumulative(report.cumulativeQuantity)
    if report.reason != .none { order.pointee.lastReason = report.reason }
    if transition.disposition == .quarantine {
      effect.wantsQuery = true
    } else {
      takeIn(report, order, &effect)
    }
    finish(order, now: now)
    order.pointee.updatedAt = now
    if !order.pointee.uncertainty.subtracting(effect.uncertaintyBefore).isEmpty {
      effect.wantsQuery = true
    }
    return effect
  }

  private mutating func takeIn(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>, _ effect: inout ReportEffect
  ) {
    switch report.kind {
    case .accepted, .triggered, .suspended, .resumed:
      seeAlive(order, report)
      if report.kind == .triggered { order.pointee.isTriggered = true }
      if report.kind == .suspended || report.kind == .resumed {
        order.pointee.noteSuspension(report.kind == .suspended, at: report.venueTime)
      }
    case .fill: takeFill(report, order, &effect)
    case .replaced:
      seeAlive(order, report)
      order.pointee.confirmTerms(
        price: report.price, quantity: report.quantity, version: report.version)
    case .cancelRejected, .replaceRejected: takeRefusal(report, order, &effect)
    case .statusOpen, .statusCanceled, .statusFilled, .statusExpired, .statusRejected:
      takeStatus(report, order)
    case .notFound:
      order.pointee.clearPending(version: report.version)
      countAbsence(order)
    case .notSent: order.pointee.clearPending(version: report.version)
    case .answerLost: order.pointee.markLost(version: report.version)
    case .tradeBusted, .tradeCorrected: takeBust(report, order, &effect)
    case .rejected: order.pointee.clearPending(version: max(1, report.version))
    case .canceled, .expired, .snapshotBegin, .snapshotEnd, .connected, .disconnected: break
    }
  }

  private func seeAlive(_ order: UnsafeMutablePointer<Order>, _ report: VenueReport) {
    order.pointee.wasAlive = true
    order.pointee.absenceCount = 0
    // Any sign of life answers the new-order request.
    order.pointee.clearPending(version: 1)
    order.pointee.clearPending(version: report.version)
  }

  private mutating func takeFill(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>, _ effect: inout ReportEffect
  ) {
    if report.tradeID != 0 {
      if trades.find(listing: report.listing, tradeID: report.tradeID) != nil {
        effect.disposition = .ignoreDuplicate
        return
      }
      trades.insert(
        LedgerTrade(
          tradeID: report.tradeID, orderID: report.orderID, price: report.lastPrice,
          quantity: report.lastQuantity, listing: report.listing, standing: .booked))
    } else if report.cumulativeQuantity >= 0,
      order.pointee.grossQuantity >= report.cumulativeQuantity
    {
      // Without a trade id only the venue's own count tells a repeated fill from a new one.
      effect.disposition = .ignoreDuplicate
      return
    }
    seeAlive(order, report)
    effect.isLate = effect.rowBefore.isDone
    order.pointee.addFill(price: report.lastPrice, quantity: report.lastQuantity)
    effect.isOverfill = order.pointee.cumulativeQuantity > order.pointee.quantity
    effect.booking = FillLeg(
      price: report.lastPrice, quantity: report.lastQuantity, isReversal: false)
  }

  private mutating func takeBust(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>, _ effect: inout ReportEffect
  ) {
    seeAlive(order, report)
    let corrects = report.kind == .tradeCorrected
    let standing: LedgerTrade.Standing = corrects ? .corrected : .busted
    guard let trade = trades.find(listing: report.listing, tradeID: report.tradeID) else {
      // It came before its fill: remember, so that the fill is not booked when it comes.
      trades.insert(
        LedgerTrade(
          tradeID: report.tradeID, orderID: report.orderID, price: report.lastPrice,
          quantity: report.lastQuantity, listing: report.listing, standing: standing))
      order.pointee.addFill(price: report.lastPrice, quantity: report.lastQuantity)
      if corrects {
        effect.booking = FillLeg(
          price: report.lastPrice, quantity: report.lastQuantity, isReversal: false)
      } else {
        order.pointee.bustFill(price: report.lastPrice, quantity: report.lastQuantity)
      }
      return
    }
    let same =
      trade.pointee.price == report.lastPrice && trade.pointee.quantity == report.lastQuantity
    if trade.pointee.standing == .busted || (trade.pointee.standing == standing && same) {
      effect.disposition = .ignoreDuplicate
      return
    }
    effect.reversal = FillLeg(
      price: trade.pointee.price, quantity: trade.pointee.quantity, isReversal: true)
    order.pointee.bustFill(price: trade.pointee.price, quantity: trade.pointee.quantity)
    if corrects {
      // The corrected quantity replaces the first one in the gross count too.
      order.pointee.grossQuantity -= trade.pointee.quantity
      order.pointee.addFill(price: report.lastPrice, quantity: report.lastQuantity)
      effect.booking = FillLeg(
        price: report.lastPrice, quantity: report.lastQuantity, isReversal: false)
      trade.pointee.price = report.lastPrice
      trade.pointee.quantity = report.lastQuantity
    }
    trade.pointee.standing = standing
  }

  private func takeRefusal(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>, _ effect: inout ReportEffect
  ) {
    order.pointee.clearPending(version: report.version)
    if order.pointee.row.isDone { return }
    switch report.reason {
    case .unknownOrder, .tooLate:
      // The venue says it is gone, and has not said how: ask.
      effect.wantsQuery = true
    default: break
    }
  }

  private func takeStatus(_ report: VenueReport, _ order: UnsafeMutablePointer<Order>) {
    order.pointee.clearPending(version: report.version)
    order.pointee.uncertainty.remove(.disconnected)
    order.pointee.uncertainty.remove(.contradiction)
    order.pointee.queryCount = 0
    if report.kind == .statusOpen {
      seeAlive(order, report)
      if report.quantity > 0 {
        _ = order.pointee.confirmTerms(ofStatus: report.price, quantity: report.quantity)
      }
      order.pointee.clearLostPending(upTo: report.version == 0 ? .max : report.version)
    } else {
      order.pointee.isConfirmedDone = true
      if report.kind == .statusFilled { order.pointee.noteVenueCumulative(order.pointee.quantity) }
    }
  }

  private func countAbsence(_ order: UnsafeMutablePointer<Order>) {
    if order.pointee.row.isDone { return }
    order.pointee.absenceCount += 1
    if order.pointee.absenceCount >= Self.absencesNeeded {
      _ = order.pointee.take(.absenceProven)
      order.pointee.uncertainty.remove(.disconnected)
    }
  }

  /// A full list of the venue's open orders, complete as of after the order's last request, did not
  /// have it. Returns what that did.
  public func applyAbsence(
    _ order: UnsafeMutablePointer<Order>, now: Timestamp
  ) -> ReportEffect {
    var effect = ReportEffect(order: order.pointee)
    countAbsence(order)
    if order.pointee.row != effect.rowBefore { effect.disposition = .applyWithAlert }
    effect.wantsQuery = !order.pointee.row.isDone
    finish(order, now: now)
    return effect
  }

  /// Settles, and marks a rejected order that also showed life until the venue confirms its end.
  private func finish(_ order: UnsafeMutablePointer<Order>, now: Timestamp) {
    if order.pointee.row == .rejected, order.pointee.wasAlive {
      if order.pointee.isConfirmedDone {
        order.pointee.uncertainty.remove(.contradiction)
      } else {
        order.pointee.uncertainty.insert(.contradiction)
      }
    }
    order.pointee.settleRow(now: now)
  }
}
