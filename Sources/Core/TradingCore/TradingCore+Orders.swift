import Execution
import RiskEngine
import Strategies
import TradingModel

// Intents to orders: risk, router, order table, outputs.
extension TradingCore {
  mutating func carryOutIntents(_ outputs: inout RecordBuffer) {
    while let intent = intents.pointee.pop() {
      if outputs.room < CoreCapacity.intentByteCount + Self.roomBehindIntents {
        refuseIntents(&outputs)
        return
      }
      switch intent.kind {
      case .submit: submit(intent, &outputs)
      case .submitRouted: route(intent, &outputs)
      case .modify:
        if let order = own(intent) {
          modify(order, price: intent.price, quantity: intent.quantity, &outputs)
        }
      case .cancel:
        if let order = own(intent) { cancel(order, &outputs) }
      case .cancelAll: cancelAll(intent, &outputs)
      }
    }
  }

  /// What must be left for after the intents: an alert, a signal's answer, a step of a sweep.
  private static var roomBehindIntents: Int { 8192 }

  /// There is no room for what more intents would lead to.
  private mutating func refuseIntents(_ outputs: inout RecordBuffer) {
    alert(
      Alert(kind: .intentCap, value: Int64(intents.pointee.count + 1)), &outputs)
    intents.pointee.removeAll()
  }

  /// The order an intent names, if it is its strategy's own.
  private func own(_ intent: Intent) -> UnsafeMutablePointer<Order>? {
    guard let order = orders.pointee.find(intent.orderID),
      order.pointee.strategy == intent.strategy
    else { return nil }
    return order
  }

  func reference(_ listing: ListingIndex) -> RiskReference {
    let book = books + Int(listing)
    let bid = book.pointee.bestPrice(.buy) ?? 0
    let ask = book.pointee.bestPrice(.sell) ?? 0
    var fair = book.pointee.lastTrade?.price ?? 0
    if bid > 0, ask > 0 { fair = bid + (ask - bid) / 2 }
    return RiskReference(
      referencePrice: fair, bestBid: bid, bestAsk: ask, feedReady: book.pointee.isSynced)
  }

  func account(_ strategy: StrategyIndex, _ listing: Listing, _ side: Side) -> RiskAccount {
    RiskAccount(
      strategyPosition: positions.pointee.quantity(strategy: strategy, listing: listing.index),
      listingPosition: positions.pointee.totalQuantity(listing: listing.index),
      balanceAvailable: balances.available(
        venue: listing.venue, currency: RiskAccount.currency(of: listing, side: side)))
  }

  // MARK: New orders

  @discardableResult
  mutating func submit(_ intent: Intent, parent: OrderID = 0, _ outputs: inout RecordBuffer)
    -> OrderID
  {
    guard Int(intent.listing) < listingCount.pointee else {
      return deny(intent, .capacity, &outputs)
    }
    let listing = listings[Int(intent.listing)]
    let wanted = RiskOrder(
      strategy: intent.strategy, side: intent.side, type: intent.type, price: intent.price,
      quantity: intent.quantity, instructions: intent.instructions)
    guard orders.pointee.hasRoom else {
      alert(Alert(kind: .capacity, listing: listing.index, strategy: intent.strategy), &outputs)
      return deny(intent, .capacity, &outputs)
    }
    do throws(RiskRefusal) {
      let approved = try risk.approve(
        wanted, listing: listing, reference: reference(intent.listing),
        account: account(intent.strategy, listing, intent.side), now: now)
      return place(intent, approved, parent: parent, &outputs)
    } catch {
      return deny(intent, error, &outputs)
    }
  }

  private mutating func place(
    _ intent: Intent, _ approved: consuming ApprovedOrder, parent: OrderID,
    _ outputs: inout RecordBuffer
  ) -> OrderID {
    counts.submitted += 1
    let listing = listings[Int(intent.listing)]
    guard
      let order = orders.pointee.insert(
        Order(
          id: 0, listing: intent.listing, strategy: intent.strategy, venue: listing.venue,
          side: intent.side, type: intent.type, timeInForce: intent.timeInForce,
          instructions: intent.instructions, price: intent.price, quantity: intent.quantity,
          parent: parent, token: intent.token, createdAt: now))
    else { preconditionFailure("Invariant: room was checked before approval") }
    let place = orders.pointee.place(of: order.pointee.id)
    reservations[place] = approved.reservation
    held[place] = .zero
    hold(approved.balanceNeeded, order)
    sendNew(order, &outputs)
    return order.pointee.id
  }

  private mutating func sendNew(
    _ order: UnsafeMutablePointer<Order>, _ outputs: inout RecordBuffer
  ) {
    _ = reports.apply(.requestNew, to: order, now: now)
    _ = order.pointee.addPending(
      PendingRequest(
        kind: .newOrder, version: 1, sentAt: now, price: order.pointee.price,
        quantity: order.pointee.quantity))
    order.pointee.lastSentAt = now
    tell(order, .requestNew, version: 1, &outputs)
    send(
      VenueRequest(
        kind: .newOrder, side: order.pointee.side, type: order.pointee.type,
        timeInForce: order.pointee.timeInForce, listing: order.pointee.listing,
        venue: order.pointee.venue, orderID: order.pointee.id, version: 1,
        instructions: order.pointee.instructions, price: order.pointee.price,
        quantity: order.pointee.quantity, stopPrice: order.pointee.stopPrice), &outputs)
    signalAnswers.orderID = order.pointee.id
  }

  /// An order our own checks refused: an event tells of it, and nothing leaves.
  mutating func deny(
    _ intent: Intent, _ refusal: RiskRefusal, _ outputs: inout RecordBuffer
  ) -> OrderID {
    counts.submitted += 1
    counts.denied += 1
    signalAnswers.wasRefused = true
    signalAnswers.refusal = refusal.rawValue
    var order = Order(
      id: 0, listing: intent.listing, strategy: intent.strategy,
      venue: Int(intent.listing) < listingCount.pointee
        ? listings[Int(intent.listing)].venue : .max,
      side: intent.side, type: intent.type, timeInForce: intent.timeInForce,
      instructions: intent.instructions, price: intent.price,
      quantity: intent.quantity, token: intent.token, createdAt: now)
    _ = order.take(.denied)
    OrderEvent(
      order, execType: .rejected, cause: .denied, version: 0, reason: refusal.rawValue,
      disposition: .apply
    ).store(at: emit(.orderEvent, OrderEvent.byteCount, &outputs))
    return 0
  }

  func tellRecord(
    _ order: UnsafeMutablePointer<Order>, _ cause: OrderInput, version: RequestVersion,
    reason: UInt8 = 0
  ) -> OrderEvent {
    OrderEvent(
      order.pointee, execType: Self.execType(cause), cause: cause, version: version,
      reason: reason, disposition: .apply)
  }

  private mutating func tell(
    _ order: UnsafeMutablePointer<Order>, _ cause: OrderInput, version: RequestVersion,
    _ outputs: inout RecordBuffer
  ) {
    tellRecord(order, cause, version: version)
      .store(at: emit(.orderEvent, OrderEvent.byteCount, &outputs))
  }

  // MARK: Routed orders

  mutating func route(_ intent: Intent, _ outputs: inout RecordBuffer) {
    guard Int(intent.listing) < listingCount.pointee else {
      _ = deny(intent, .capacity, &outputs)
      return
    }
    let like = listings[Int(intent.listing)]
    guard let size = like.size(quantity: intent.quantity), like.priceDecimals <= 18 else {
      _ = deny(intent, .valueOverflow, &outputs)
      return
    }
    let limit = Money(
      amount: Int128(intent.price) * powerOfTen128(18 - Int(like.priceDecimals)))
    var count = 0
    withUnsafeTemporaryAllocation(of: Listing.self, capacity: Router.listingCountMax) { room in
      for index in 0..<listingCount.pointee
      where listings[index].instrument == intent.instrument && count < Router.listingCountMax
        && venues[Int(listings[index].venue)].isOpen
      {
        room[count] = listings[index]
        count += 1
      }
      _ = router.split(
        intent.side, size: size, limit: limit,
        listings: UnsafeBufferPointer(start: room.baseAddress, count: count), books: books)
    }
    if router.legCount == 0 { _ = deny(intent, .noReferencePrice, &outputs) }
    for index in 0..<router.legCount {
      let leg = router.legs[index]
      var child = intent
      child.kind = .submit
      child.listing = leg.listing
      child.price = leg.price
      child.quantity = leg.quantity
      submit(child, &outputs)
    }
  }

  // MARK: Changes

  mutating func modify(
    _ order: UnsafeMutablePointer<Order>, price: Int64, quantity: Int64,
    _ outputs: inout RecordBuffer
  ) {
    guard !order.pointee.row.isDone, order.pointee.row != .new,
      !order.pointee.hasPending(.cancel), !order.pointee.hasPending(.replace),
      quantity > order.pointee.cumulativeQuantity
    else {
      refuse(order, reason: 0, &outputs)
      return
    }
    let listing = listings[Int(order.pointee.listing)]
    let place = orders.pointee.place(of: order.pointee.id)
    let wanted = RiskOrder(
      strategy: order.pointee.strategy, side: order.pointee.side, type: order.pointee.type,
      price: price, stopPrice: order.pointee.stopPrice,
      quantity: quantity - order.pointee.cumulativeQuantity,
      instructions: order.pointee.instructions)
    do throws(RiskRefusal) {
      let approved = try risk.approve(
        wanted, replacing: reservations[place], listing: listing,
        reference: reference(order.pointee.listing),
        account: account(order.pointee.strategy, listing, order.pointee.side), now: now)
      reservations[place] = .worst(reservations[place], approved.reservation)
      // What it needs beyond what is held already.
      let (need, overflow) = held[place].amount.addingReportingOverflow(
        approved.balanceNeeded.amount)
      if !overflow { hold(Money(amount: need), order) }
    } catch {
      refuse(order, reason: error.rawValue, &outputs)
      return
    }
    sendReplace(order, price: price, quantity: quantity, &outputs)
  }

  /// A change that is not asked for: refused by risk (`reason`), or because the order is done, a
  /// request is under way already, or the quantity is filled already (0).
  private mutating func refuse(
    _ order: UnsafeMutablePointer<Order>, reason: UInt8, _ outputs: inout RecordBuffer
  ) {
    counts.refusedIntents += 1
    tellRecord(order, .denied, version: 0, reason: reason)
      .store(at: emit(.orderEvent, OrderEvent.byteCount, &outputs))
  }

  private mutating func sendReplace(
    _ order: UnsafeMutablePointer<Order>, price: Int64, quantity: Int64,
    _ outputs: inout RecordBuffer
  ) {
    let version = order.pointee.lastVersion + 1
    guard
      order.pointee.addPending(
        PendingRequest(
          kind: .replace, version: version, sentAt: now, price: price, quantity: quantity))
    else {
      refuse(order, reason: 0, &outputs)
      return
    }
    counts.modifies += 1
    _ = reports.apply(.requestReplace, to: order, now: now)
    order.pointee.lastSentAt = now
    tell(order, .requestReplace, version: version, &outputs)
    send(
      VenueRequest(
        kind: .replace, side: order.pointee.side, type: order.pointee.type,
        timeInForce: order.pointee.timeInForce, listing: order.pointee.listing,
        venue: order.pointee.venue, orderID: order.pointee.id, version: version,
        instructions: order.pointee.instructions, price: price, quantity: quantity,
        stopPrice: order.pointee.stopPrice, venueOrderID: order.pointee.venueOrderID), &outputs)
  }

  /// Asks for a cancel; false when there is nothing to ask, or it is asked already.
  @discardableResult
  mutating func cancel(
    _ order: UnsafeMutablePointer<Order>, _ outputs: inout RecordBuffer
  ) -> Bool {
    guard Self.mayCancel(order.pointee) else { return false }
    let version = order.pointee.lastVersion + 1
    guard
      order.pointee.addPending(PendingRequest(kind: .cancel, version: version, sentAt: now))
    else { return false }
    sendCancel(order, version, &outputs)
    return true
  }

  private mutating func sendCancel(
    _ order: UnsafeMutablePointer<Order>, _ version: RequestVersion, _ outputs: inout RecordBuffer
  ) {
    counts.cancels += 1
    _ = reports.apply(.requestCancel, to: order, now: now)
    order.pointee.lastSentAt = now
    tell(order, .requestCancel, version: version, &outputs)
    send(
      VenueRequest(
        kind: .cancel, side: order.pointee.side, type: order.pointee.type,
        timeInForce: order.pointee.timeInForce, listing: order.pointee.listing,
        venue: order.pointee.venue, orderID: order.pointee.id, version: version,
        venueOrderID: order.pointee.venueOrderID), &outputs)
  }

  /// Asks the venue to cancel an order that it calls open and that ended by other reports. A done
  /// order keeps no pending requests; the version alone marks the request.
  mutating func cancelUnwanted(
    _ order: UnsafeMutablePointer<Order>, _ outputs: inout RecordBuffer
  ) {
    guard !isRecovering, order.pointee.row.isDone, order.pointee.lastVersion < .max else { return }
    order.pointee.lastVersion += 1
    sendCancel(order, order.pointee.lastVersion, &outputs)
  }

  private mutating func cancelAll(_ intent: Intent, _ outputs: inout RecordBuffer) {
    var cursor = orders.pointee.first(strategy: intent.strategy, listing: intent.listing)
    var left = capacity.sweepPerInput / 4
    while let order = cursor, left > 0 {
      cursor = orders.pointee.next(after: order)
      if outputs.room < 16_384 { return }
      if cancel(order, &outputs) { left -= 1 }
    }
  }
}
