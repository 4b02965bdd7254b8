import TradingModel

/// Applies inputs to orders by the transition table. Holds the table's hot copy and the trades seen.
///
/// Whatever the order in which the same venue reports arrive, and however often each is repeated, the
/// order ends in the same row, terms, quantities, uncertainty and booked trades: `docs/order-model.md`
/// has the rules. What is no report of a fact about the order does depend on when it comes, and only
/// ever makes it less certain:
/// - what our side concludes: an answer that is lost, a connection that went down, a request that was
///   never sent, an absence;
/// - `statusOpen` ends doubts only as the answer to a question that is still open, or as an entry of a
///   full list; otherwise it is a sign of life. `notFound` counts only as such an answer;
/// - without a cumulative quantity, `statusFilled` counts the quantity in force when it comes;
/// - fills with neither trade id nor cumulative quantity cannot be told from repetitions: each is
///   booked, and told;
/// - claims that cannot be (see `isPossible`) are told and ask a question;
/// - `lastReason` and the times of change are those of the last arrival, and decide nothing.
public struct OrderReports: ~Copyable {
  private let cells: UnsafeMutablePointer<Transition>
  public var trades: TradeLedger
  /// Absent answers after which an order counts as gone: section 15 of the ledger asks for two.
  public static let absencesNeeded: UInt8 = 2
  /// How long a request may be on its way before the venue takes it, ns: venues take one within 5 s of
  /// its time, and what stands in front of them may hold it for 10 s.
  public static let requestLifetime: Int64 = 10_000_000_000

  /// `OrderRow.allCases.count`, which makes an array in a build without optimisation.
  private static var rowCount: Int { 9 }

  /// - Parameters:
  ///   - tradeCapacity: trades remembered, a power of two.
  ///   - listingCapacity: listings there is room for.
  public init(tradeCapacity: Int, listingCapacity: Int) {
    trades = TradeLedger(capacity: tradeCapacity, listingCapacity: listingCapacity)
    let rows = Self.rowCount
    precondition(rows == OrderRow.allCases.count, "Invariant: the table has a column for each row")
    cells = .allocate(capacity: 32 * rows)
    cells.initialize(
      repeating: Transition(disposition: .quarantine, next: .new), count: 32 * rows)
    for input in OrderInput.allCases {
      for row in OrderRow.allCases {
        cells[Int(input.rawValue) * rows + Int(row.rawValue)] = OrderTransitions.cell(row, input)
      }
    }
  }

  deinit { cells.deallocate() }

  @inline(__always)
  private func cell(_ row: OrderRow, _ input: OrderInput) -> Transition {
    cells[Int(input.rawValue) * Self.rowCount + Int(row.rawValue)]
  }

  /// As `Order.take`, from the hot table.
  private func take(
    _ input: OrderInput, _ order: UnsafeMutablePointer<Order>, version: RequestVersion
  ) -> Disposition {
    let disposition = cell(order.pointee.row, input).disposition
    if disposition == .quarantine {
      order.pointee.uncertainty.insert(.contradiction)
    } else if input == .notSent, version > 1 {
      // A cancel or replace that never left says nothing about the order itself.
      return .apply
    } else {
      order.pointee.reportedRow = cell(order.pointee.reportedRow, input).next
    }
    return disposition
  }

  /// Applies what the engine itself does or finds (requests, denials, lost connections).
  public func apply(
    _ input: OrderInput, to order: UnsafeMutablePointer<Order>, version: RequestVersion = 0,
    now: Timestamp
  ) -> ReportEffect {
    var effect = ReportEffect(order: order.pointee, disposition: .apply)
    effect.disposition = take(input, order, version: version)
    switch input {
    case .connectionLost where !order.pointee.row.isDone || order.pointee.mayReopen:
      if !order.pointee.row.isDone { order.pointee.uncertainty.insert(.disconnected) }
      order.pointee.markLost(version: 0)
    case .answerLost: order.pointee.markLost(version: version)
    default: break
    }
    order.pointee.settleRow(now: now)
    order.pointee.updatedAt = now
    return effect
  }

  /// Applies a venue's report about `order`.
  ///
  /// - Parameter listedSince: for an entry of a full list under way, when that was asked for.
  public mutating func apply(
    _ report: VenueReport, to order: UnsafeMutablePointer<Order>, listedSince: Timestamp? = nil,
    now: Timestamp
  ) -> ReportEffect {
    var effect = ReportEffect(order: order.pointee, disposition: .quarantine)
    if Self.isPossible(report, order) {
      let wasTorn = Self.isTorn(order)
      let isAnswer = Self.isAnswer(report, order)
      effect.disposition = take(OrderInput(report.kind), order, version: report.version)
      order.pointee.noteVenueOrderID(report.venueOrderID, version: report.version)
      order.pointee.noteVenueCumulative(report.cumulativeQuantity)
      if report.reason != .none { order.pointee.lastReason = report.reason }
      if effect.disposition != .quarantine {
        takeIn(report, order, isAnswer: isAnswer, listedSince: listedSince, &effect)
      }
      finish(order, wasTorn: wasTorn, now: now)
    }
    if effect.disposition == .quarantine {
      order.pointee.uncertainty.insert(.contradiction)
      order.pointee.settleRow(now: now)
    }
    order.pointee.updatedAt = now
    if !order.pointee.uncertainty.subtracting(effect.uncertaintyBefore).isEmpty {
      effect.wantsQuery = true
    }
    return effect
  }

  /// Whether the report can be true at all: it answers nothing that was never asked, and its trade
  /// has a quantity that the order's counts can hold. (Prices are 64 bits, and the sum of price x
  /// quantity then fits in 128.)
  static func isPossible(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>
  ) -> Bool {
    switch report.kind {
    case .fill, .tradeCorrected:
      return report.lastQuantity > 0 && report.lastQuantity <= .max - order.pointee.grossQuantity
    case .tradeBusted:
      return report.tradeID != 0 && report.lastQuantity >= 0
        && report.lastQuantity <= .max - order.pointee.grossQuantity
    default: return report.version <= order.pointee.lastVersion
    }
  }

  /// Whether the report answers the question that is under way. A done order keeps no pending
  /// requests; its question is the last version, which an answer uses up.
  private static func isAnswer(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>
  ) -> Bool {
    guard report.version > 1 else { return false }
    for index in 0..<Order.pendingCountMax
    where order.pointee.pending[index].kind == .query
      && order.pointee.pending[index].version == report.version
    {
      return true
    }
    guard report.kind == .notFound, order.pointee.row.isDone,
      report.version == order.pointee.lastVersion, report.version < .max
    else { return false }
    order.pointee.lastVersion += 1
    return true
  }

  private mutating func takeIn(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>, isAnswer: Bool,
    listedSince: Timestamp?, _ effect: inout ReportEffect
  ) {
    switch report.kind {
    case .answerLost:
      effect.wantsQuery = Self.isQuery(report.version, order.pointee)
      order.pointee.markLost(version: report.version)
      return
    case .fill, .tradeBusted, .tradeCorrected: return takeTrade(report, order, &effect)
    case .statusOpen:
      takeOpen(report, order, isEvidence: isAnswer || listedSince != nil, listedSince)
      effect.wantsCancel =
        order.pointee.row.isDone && order.pointee.reportedRow.isDone
        && (isAnswer || listedSince != nil || report.version == order.pointee.lastVersion)
        && (Self.isTorn(order) || order.pointee.uncertainty.contains(.contradiction))
    case .accepted, .triggered, .suspended, .resumed, .replaced: seeAlive(order)
    case .statusCanceled, .statusFilled, .statusExpired, .statusRejected: takeEnd(report, order)
    case .notFound:
      if isAnswer {
        countAbsence(order, isLast: !Self.mayStillArrive(order, asked: report.version))
      }
    case .cancelRejected, .replaceRejected:
      // "Unknown" and "too late" say that it is gone, and not how: ask.
      let isGone = report.reason == .unknownOrder || report.reason == .tooLate
      effect.wantsQuery = isGone && !order.pointee.row.isDone
    case .rejected, .notSent: order.pointee.clearPending(version: max(1, report.version))
    case .canceled, .expired, .snapshotBegin, .snapshotEnd, .connected, .disconnected: break
    }
    switch report.kind {
    case .triggered: order.pointee.isTriggered = true
    case .suspended: order.pointee.noteSuspension(true, at: report.venueTime)
    case .resumed: order.pointee.noteSuspension(false, at: report.venueTime)
    case .replaced:
      order.pointee.confirmTerms(
        price: report.price, quantity: report.quantity, version: report.version)
    default: break
    }
    order.pointee.clearPending(version: report.version)
  }

  private static func isQuery(_ version: RequestVersion, _ order: borrowing Order) -> Bool {
    for index in 0..<Order.pendingCountMax where order.pending[index].kind == .query {
      if order.pending[index].version == version { return !order.row.isDone }
    }
    return false
  }

  /// Any sign of life answers the new-order request, and makes a conclusion that it had gone doubtful.
  private func seeAlive(_ order: UnsafeMutablePointer<Order>) {
    if order.pointee.reportedRow == .canceled, !order.pointee.isConfirmedDone,
      order.pointee.absenceCount >= Self.absencesNeeded
    {
      order.pointee.uncertainty.insert(.contradiction)
    }
    order.pointee.wasAlive = true
    order.pointee.absenceCount = 0
    order.pointee.clearPending(version: 1)
  }

  private mutating func takeTrade(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>, _ effect: inout ReportEffect
  ) {
    var change: TradeChange
    if let key = TradeKey(report, side: order.pointee.side) {
      if let known = trades.find(key) {
        // The same trade under another order of ours: one of the two reports is wrong.
        guard known.pointee.orderID == order.pointee.id else {
          effect.disposition = .quarantine
          return
        }
      } else if isForgotten(report, effect, order) {
        effect.disposition = .ignoreDuplicate
        return
      }
      change = trades.take(
        LedgerTrade(
          report, key: key, orderID: order.pointee.id, strategy: order.pointee.strategy),
        at: Self.tradeTime(report))
    } else {
      change = TradeChange()
      change.grossChange = report.lastQuantity
      change.booking = FillLeg(
        price: report.lastPrice, quantity: report.lastQuantity, fee: report.fee,
        feeCurrency: report.feeCurrency, isReversal: false)
      change.isNews = true
      effect.disposition = .applyWithAlert
    }
    guard change.isNews else {
      effect.disposition = .ignoreDuplicate
      return
    }
    seeAlive(order)
    book(change, order)
    effect.reversal = change.reversal
    effect.booking = change.booking
    guard report.kind == .fill, change.booking != nil else { return }
    effect.isOverfill = order.pointee.cumulativeQuantity > order.pointee.quantity
    // A fill that the venue's own count told us to expect is not late, only behind a later one.
    effect.isLate =
      effect.rowBefore.isDone && (effect.rowBefore != .filled || effect.missingBefore == 0)
  }

  /// Takes in what is said of a trade whose order is not known. One that may be booked and forgotten changes
  /// nothing.
  ///
  /// - Returns: the account it is booked on, and what to book.
  public mutating func takeStray(
    _ report: VenueReport, house: StrategyIndex
  ) -> (strategy: StrategyIndex, side: Side, change: TradeChange) {
    guard let key = TradeKey(report, side: report.side) else {
      var change = TradeChange(isNews: true)
      change.booking = FillLeg(
        price: report.lastPrice, quantity: report.lastQuantity, fee: report.fee,
        feeCurrency: report.feeCurrency, isReversal: false)
      return (house, report.side, change)
    }
    let known = trades.find(key)
    if known == nil, report.kind == .fill,
      trades.mayHaveForgotten(report.listing, at: report.venueTime)
    {
      return (house, report.side, TradeChange())
    }
    let strategy = known?.pointee.strategy ?? house
    let change = trades.take(
      LedgerTrade(report, key: key, orderID: report.orderID, strategy: strategy),
      at: Self.tradeTime(report))
    return (strategy, report.side, change)
  }

  /// Whether an unknown fill is an old one that the ledger has forgotten: nothing that the venue counts is
  /// missing, and its count, this fill included, is booked; of a fill without one, it is as old as one that
  /// was forgotten.
  private func isForgotten(
    _ report: VenueReport, _ effect: ReportEffect, _ order: UnsafeMutablePointer<Order>
  ) -> Bool {
    guard trades.hasForgotten, report.kind == .fill, effect.missingBefore == 0 else {
      return false
    }
    return report.cumulativeQuantity > 0
      ? report.cumulativeQuantity <= order.pointee.grossQuantity
      : trades.mayHaveForgotten(report.listing, at: report.venueTime)
  }

  /// When a fill was made. Busts and corrections have a time of their own.
  private static func tradeTime(_ report: VenueReport) -> Timestamp {
    report.kind == .fill ? report.venueTime : 0
  }

  private func book(_ change: TradeChange, _ order: UnsafeMutablePointer<Order>) {
    order.pointee.grossQuantity += change.grossChange
    if let leg = change.reversal {
      order.pointee.bustFill(price: leg.price, quantity: leg.quantity)
    }
    if let leg = change.booking {
      order.pointee.cumulativeQuantity += leg.quantity
      order.pointee.cumulativeValue += Int128(leg.price) * Int128(leg.quantity)
    }
  }

  private func takeOpen(
    _ report: VenueReport, _ order: UnsafeMutablePointer<Order>, isEvidence: Bool,
    _ listedSince: Timestamp?
  ) {
    seeAlive(order)
    _ = order.pointee.confirmTerms(ofStatus: report.price, quantity: report.quantity)
    guard isEvidence else { return }
    order.pointee.uncertainty.remove(.disconnected)
    if !order.pointee.reportedRow.isDone { order.pointee.uncertainty.remove(.contradiction) }
    order.pointee.queryCount = 0
    // What was lost before the venue answered has by now been done, or never will be.
    if report.version != 0 {
      order.pointee.clearLostPending(upTo: report.version)
    } else if let listedSince {
      for index in 0..<Order.pendingCountMax
      where order.pointee.pending[index].isLost
        && order.pointee.pending[index].sentAt < listedSince
      {
        order.pointee.pending[index] = .none
      }
    }
  }

  private func takeEnd(_ report: VenueReport, _ order: UnsafeMutablePointer<Order>) {
    order.pointee.uncertainty.remove(.disconnected)
    order.pointee.uncertainty.remove(.contradiction)
    order.pointee.queryCount = 0
    order.pointee.isConfirmedDone = true
    if report.kind == .statusFilled, report.cumulativeQuantity < 0,
      !order.pointee.hasPending(.replace)
    {
      order.pointee.noteVenueCumulative(order.pointee.quantity)
    }
  }

  /// Whether an order that no report has told of may reach the venue after a question about it was
  /// answered: the answer is then no proof that there will be none.
  ///
  /// - Parameter question: the version of the question.
  private static func mayStillArrive(
    _ order: UnsafeMutablePointer<Order>, asked question: RequestVersion
  ) -> Bool {
    var sentAt: Timestamp?
    var askedAt: Timestamp?
    for index in 0..<Order.pendingCountMax {
      let request = order.pointee.pending[index]
      if request.kind == .newOrder { sentAt = request.sentAt }
      if request.kind == .query, request.version == question { askedAt = request.sentAt }
    }
    guard let sentAt, let askedAt else { return false }
    return askedAt - sentAt < requestLifetime
  }

  /// One more full answer does not have it. The last one needed is proof: an open order is gone; one
  /// that disagreeing reports have ended is confirmed to have.
  ///
  /// - Parameter isLast: whether it may be the last one needed.
  private func countAbsence(_ order: UnsafeMutablePointer<Order>, isLast: Bool) {
    if !isLast, order.pointee.absenceCount + 1 >= Self.absencesNeeded { return }
    order.pointee.absenceCount = min(order.pointee.absenceCount, 254) + 1
    guard order.pointee.absenceCount >= Self.absencesNeeded else { return }
    if order.pointee.row.isDone {
      order.pointee.isConfirmedDone = true
      order.pointee.pending = InlineArray(repeating: .none)
      order.pointee.uncertainty.remove(.contradiction)
    } else {
      order.pointee.reportedRow = cell(order.pointee.reportedRow, .absenceProven).next
      order.pointee.uncertainty.remove(.disconnected)
    }
  }

  /// A full list of the venue's open orders, complete as of after the order's last request, did not
  /// have it. Returns what that did.
  ///
  /// Lists, however many, count once: they tell that it is not open, and not whether it was filled
  /// before it went. The proof that it is gone must come from a question about the order itself, with
  /// whose answer a venue also tells the fills.
  public func applyAbsence(
    _ order: UnsafeMutablePointer<Order>, now: Timestamp
  ) -> ReportEffect {
    var effect = ReportEffect(order: order.pointee, disposition: .apply)
    let wasTorn = Self.isTorn(order)
    countAbsence(order, isLast: false)
    if order.pointee.row != effect.rowBefore {
      effect.disposition = cell(effect.rowBefore, .absenceProven).disposition
    }
    finish(order, wasTorn: wasTorn, now: now)
    effect.wantsQuery = !order.pointee.row.isDone
    order.pointee.updatedAt = now
    return effect
  }

  /// Whether the venue rejected an order that it also reported alive, and has not confirmed its end.
  private static func isTorn(_ order: UnsafeMutablePointer<Order>) -> Bool {
    order.pointee.row == .rejected && order.pointee.wasAlive && !order.pointee.isConfirmedDone
  }

  /// Settles; a torn order is a contradiction until it is torn no more.
  private func finish(_ order: UnsafeMutablePointer<Order>, wasTorn: Bool, now: Timestamp) {
    if Self.isTorn(order) {
      order.pointee.uncertainty.insert(.contradiction)
    } else if wasTorn {
      order.pointee.uncertainty.remove(.contradiction)
    }
    order.pointee.settleRow(now: now)
  }
}
