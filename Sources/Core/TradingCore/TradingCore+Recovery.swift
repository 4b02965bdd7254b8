import Execution
import RiskEngine
import TradingModel

// Recorded outputs applied as facts: how a run is continued, by this build or a newer one.
extension TradingCore {
  /// From now on outputs are not decided but taken from the journal, until `endRecovery`.
  public mutating func beginRecovery() { isRecovering = true }

  /// The journal is read; decisions are made again.
  public mutating func endRecovery() { isRecovering = false }

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
    default: break
    }
  }

  private mutating func takeRecorded(_ event: OrderEvent?) {
    guard let event else { return }
    pendingRequestEvent = event
    if event.cause == .denied, event.row == .denied {
      counts.submitted += 1
      counts.denied += 1
    }
  }

  private mutating func takeRecorded(_ request: VenueRequest) {
    switch request.kind {
    case .newOrder: takeRecordedOrder(request)
    case .replace, .cancel, .queryOrder:
      guard let order = orders.pointee.find(request.orderID) else { return }
      takeRecordedChange(request, order)
    case .querySnapshot:
      venues[Int(request.venue)].snapshotNumber = request.version
      venues[Int(request.venue)].snapshotAskedAt = now
    }
  }

  private mutating func takeRecordedOrder(_ request: VenueRequest) {
    guard let event = pendingRequestEvent, event.orderID == request.orderID,
      Int(request.listing) < listingCount.pointee
    else { return }
    orders.pointee.advanceIDs(past: request.orderID - 1)
    guard
      let order = orders.pointee.insert(
        Order(
          id: 0, listing: request.listing, strategy: event.strategy, venue: request.venue,
          side: request.side, type: request.type, timeInForce: request.timeInForce,
          instructions: request.instructions, price: request.price, quantity: request.quantity,
          stopPrice: request.stopPrice, token: event.token, createdAt: now))
    else { return }
    counts.submitted += 1
    let listing = listings[Int(request.listing)]
    let place = orders.pointee.place(of: order.pointee.id)
    reservations[place] = adopted(order, listing)
    held[place] = .zero
    _ = reports.apply(.requestNew, to: order, now: now)
    _ = order.pointee.addPending(
      PendingRequest(
        kind: .newOrder, version: 1, sentAt: now, price: request.price,
        quantity: request.quantity))
    order.pointee.lastSentAt = now
  }

  private mutating func adopted(
    _ order: UnsafeMutablePointer<Order>, _ listing: Listing
  ) -> RiskReservation {
    let book = books + Int(listing.index)
    let bid = book.pointee.bestBid?.price ?? 0
    let ask = book.pointee.bestAsk?.price ?? 0
    let fair = bid > 0 && ask > 0 ? bid + (ask - bid) / 2 : max(bid, ask, order.pointee.price)
    return risk.adopt(
      RiskOrder(
        strategy: order.pointee.strategy, side: order.pointee.side, type: order.pointee.type,
        price: order.pointee.price, stopPrice: order.pointee.stopPrice,
        quantity: order.pointee.quantity, instructions: order.pointee.instructions),
      listing: listing,
      reference: RiskReference(
        referencePrice: fair, bestBid: bid, bestAsk: ask, feedReady: true),
      now: now) ?? .none
  }

  private mutating func takeRecordedChange(
    _ request: VenueRequest, _ order: UnsafeMutablePointer<Order>
  ) {
    let kind: PendingKind
    switch request.kind {
    case .replace:
      kind = .replace
      counts.modifies += 1
    case .cancel:
      kind = .cancel
      counts.cancels += 1
    default:
      kind = .query
      order.pointee.queryCount = min(order.pointee.queryCount + 1, 30)
    }
    order.pointee.lastSentAt = now
    order.pointee.lastVersion = max(order.pointee.lastVersion, request.version)
    if order.pointee.row.isDone { return }
    _ = order.pointee.addPending(
      PendingRequest(
        kind: kind, version: request.version, sentAt: now, price: request.price,
        quantity: request.quantity))
  }
}
