import Execution
import RiskEngine
import TradingModel

// Recorded outputs applied as facts: how a run is continued, by this build or a newer one.
extension TradingCore {
  /// From now on outputs are not decided but taken from the journal, until `endRecovery`.
  public mutating func beginRecovery() { isRecovering = true }

  /// The journal is read; decisions are made again.
  public mutating func endRecovery() {
    forgetUnsentOrder()
    endSweepWhenDone()
    isRecovering = false
  }

  /// An order whose event was recorded, and whose request was not, never left. Its id stays used.
  mutating func forgetUnsentOrder() {
    guard let event = pendingRequestEvent else { return }
    pendingRequestEvent = nil
    if event.cause == .requestNew { orders.pointee.advanceIDs(past: event.orderID) }
  }

  /// Passes over sequence numbers that the journal gave to what is no input or output.
  public mutating func skip(to sequence: UInt64) { self.sequence = max(self.sequence, sequence) }

  /// Applies a recorded output as a fact: what was sent was sent, whatever this build would decide.
  ///
  /// Only requests change state; events tell of changes that the inputs made already.
  /// - Throws: for a record that is no whole output.
  public mutating func applyRecorded(_ record: UnsafeRawPointer) throws(CoreError) {
    precondition(isRecovering, "recorded outputs are applied while recovering")
    let header = RecordHeader(at: record)
    guard let kind = RecordKind(rawValue: header.kind) else {
      throw .record(.unknownKind(header.kind))
    }
    sequence = max(sequence, header.sequence)
    counts.outputs += 1
    outputHash.combine(RecordHash.content(of: record, byteCount: Int(header.byteCount)))
    switch kind {
    case .orderEvent: takeRecorded(OrderEvent(at: record))
    case .venueRequest:
      guard Int(header.byteCount) >= VenueRequest.byteCount,
        let request = VenueRequest(at: record)
      else {
        throw .record(
          .tooShort(
            kind: kind, byteCount: Int(header.byteCount), needed: VenueRequest.byteCount))
      }
      takeRecorded(request)
    case .alert: counts.alerts += 1
    case .fillEvent: if !untold.isEmpty { untold.removeFirst() }
    case .fundingEvent: if !untoldFunding.isEmpty { untoldFunding.removeFirst() }
    default: break
    }
  }

  private mutating func takeRecorded(_ event: OrderEvent?) {
    guard let event else { return }
    pendingRequestEvent = event
    guard event.cause == .denied else { return }
    if event.row == .denied {
      counts.submitted += 1
      counts.denied += 1
    } else {
      counts.refusedIntents += 1
    }
  }

  private mutating func takeRecorded(_ request: VenueRequest) {
    switch request.kind {
    case .newOrder: takeRecordedOrder(request)
    case .replace, .cancel, .queryOrder:
      guard let order = orders.pointee.find(request.orderID) else { return }
      takeRecordedChange(request, order)
    case .querySnapshot:
      guard Int(request.venue) < capacity.venues else { return }
      venues[Int(request.venue)].isListing = false
      venues[Int(request.venue)].snapshotNumber = request.version
      venues[Int(request.venue)].snapshotAskedAt = now
    }
  }

  private mutating func takeRecordedOrder(_ request: VenueRequest) {
    guard let event = pendingRequestEvent, event.orderID == request.orderID,
      Int(request.listing) < listingCount.pointee, Int(event.strategy) < capacity.strategies
    else { return }
    pendingRequestEvent = nil
    guard
      let order = orders.pointee.insert(
        Order(
          id: 0, listing: request.listing, strategy: event.strategy, venue: request.venue,
          side: request.side, type: request.type, timeInForce: request.timeInForce,
          instructions: request.instructions, price: request.price, quantity: request.quantity,
          stopPrice: request.stopPrice, token: event.token, createdAt: now), id: request.orderID)
    else { return }
    counts.submitted += 1
    let listing = listings[Int(request.listing)]
    let place = orders.pointee.place(of: order.pointee.id)
    held[place] = .zero
    reservations[place] = reserved(
      order, price: request.price, quantity: request.quantity, replacing: .none, listing)
    _ = reports.apply(.requestNew, to: order, now: now)
    _ = order.pointee.addPending(
      PendingRequest(
        kind: .newOrder, version: 1, sentAt: now, price: request.price,
        quantity: request.quantity))
    order.pointee.lastSentAt = now
  }

  /// Reserves for terms that were sent. The state is what it was when they were approved, so they are
  /// approved again, with the same reservation and hold; a build with other checks or limits takes
  /// them on as they are.
  private mutating func reserved(
    _ order: UnsafeMutablePointer<Order>, price: Int64, quantity: Int64,
    replacing old: RiskReservation, _ listing: Listing
  ) -> RiskReservation {
    let wanted = RiskOrder(
      strategy: order.pointee.strategy, side: order.pointee.side, type: order.pointee.type,
      price: price, stopPrice: order.pointee.stopPrice,
      quantity: quantity - order.pointee.cumulativeQuantity,
      instructions: order.pointee.instructions)
    let reference = reference(listing.index)
    do throws(RiskRefusal) {
      let approved = try risk.approve(
        wanted, replacing: old, listing: listing, reference: reference,
        account: account(order.pointee.strategy, listing, order.pointee.side), now: now)
      let place = orders.pointee.place(of: order.pointee.id)
      let (need, overflow) = held[place].amount.addingReportingOverflow(
        approved.balanceNeeded.amount)
      if !overflow { hold(Money(amount: need), order) }
      return .worst(old, approved.reservation)
    } catch {
      risk.move(from: old, to: .none)
      let new = risk.adopt(wanted, listing: listing, reference: reference, now: now) ?? .none
      let worst = RiskReservation.worst(old, new)
      risk.move(from: new, to: worst)
      return worst
    }
  }

  private mutating func takeRecordedChange(
    _ request: VenueRequest, _ order: UnsafeMutablePointer<Order>
  ) {
    let kind: PendingKind
    var input: OrderInput?
    switch request.kind {
    case .replace:
      kind = .replace
      input = .requestReplace
      counts.modifies += 1
    case .cancel:
      kind = .cancel
      input = .requestCancel
      counts.cancels += 1
    default:
      kind = .query
      order.pointee.queryCount = min(order.pointee.queryCount + 1, 30)
    }
    order.pointee.lastVersion = max(order.pointee.lastVersion, request.version)
    defer {
      if let input { _ = reports.apply(input, to: order, now: now) }
      order.pointee.lastSentAt = now
    }
    if order.pointee.row.isDone { return }
    if kind == .replace {
      let place = orders.pointee.place(of: order.pointee.id)
      reservations[place] = reserved(
        order, price: request.price, quantity: request.quantity, replacing: reservations[place],
        listings[Int(order.pointee.listing)])
    }
    _ = order.pointee.addPending(
      PendingRequest(
        kind: kind, version: request.version, sentAt: now, price: request.price,
        quantity: request.quantity))
  }
}
