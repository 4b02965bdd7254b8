import Execution
import RiskEngine
import Strategies
import TradingModel

// Intents to orders: risk, router, order table, outputs.
extension TradingCore {
  mutating func carryOutIntents(_ outputs: inout RecordBuffer) {
    while let intent = intents.pointee.pop() {
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

  /// The order an intent names, if it is its strategy's own.
  private func own(_ intent: Intent) -> UnsafeMutablePointer<Order>? {
    guard let order = orders.pointee.find(intent.orderID),
      order.pointee.strategy == intent.strategy
    else { return nil }
    return order
  }

  private func reference(_ listing: ListingIndex) -> RiskReference {
    let book = books + Int(listing)
    let bid = book.pointee.bestBid?.price ?? 0
    let ask = book.pointee.bestAsk?.price ?? 0
    var fair = book.pointee.lastTrade?.price ?? 0
    if bid > 0, ask > 0 { fair = bid + (ask - bid) / 2 }
    return RiskReference(
      referencePrice: fair, bestBid: bid, bestAsk: ask, feedReady: book.pointee.isSynced)
  }

  private func account(_ strategy: StrategyIndex, _ listing: Listing, _ side: Side) -> RiskAccount {
    RiskAccount(
      strategyPosition: positions.pointee.position(strategy: strategy, listing: listing.index)
        .quantity,
      listingPosition: positions.pointee.total(listing: listing.index).quantity,
      balanceAvailable: balances.available(
        venue: listing.venue, currency: RiskAccount.currency(of: listing, side: side)))
  }

  // MARK: New orders

  @discardableResult
  mutating func submit(_ intent: Intent, parent: OrderID = 0, _ outputs: inout RecordBuffer)
    -> OrderID
  {
    counts.submitted += 1
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

  /// An order our own checks refused: it gets an id and an event, and nothing leaves.
  private mutating func deny(
    _ intent: Intent, _ refusal: RiskRefusal, _ outputs: inout RecordBuffer
  ) -> OrderID {
    counts.denied += 1
    signalAnswers.wasRefused = true
    signalAnswers.refusal = refusal.rawValue
    var order = Order(
      id: 0, listing: intent.listing, strategy: intent.strategy,
      venue: listings[Int(intent.listing)].venue, side: intent.side, type: intent.type,
      timeInForce: intent.timeInForce, instructions: intent.instructions, price: intent.price,
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

  private mutating func route(_ intent: Intent, _ outputs: inout RecordBuffer) {
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
      counts.refusedIntents += 1
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
      hold(max(held[place], approved.balanceNeeded), order)
    } catch {
      counts.refusedIntents += 1
      tellRecord(order, .denied, version: 0, reason: error.rawValue)
        .store(at: emit(.orderEvent, OrderEvent.byteCount, &outputs))
      return
    }
    sendReplace(order, price: price, quantity: quantity, &outputs)
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
      counts.refusedIntents += 1
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
    guard !order.pointee.row.isDone, order.pointee.row != .new,
      !order.pointee.hasPending(.cancel)
    else { return false }
    let version = order.pointee.lastVersion + 1
    guard
      order.pointee.addPending(PendingRequest(kind: .cancel, version: version, sentAt: now))
    else { return false }
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
    return true
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

  // MARK: Commands

  mutating func obey(_ input: UnsafeRawPointer, _ outputs: inout RecordBuffer) {
    guard let command = Command(at: input) else { return }
    obeySwitches(input)
    let strategy = command.strategy == Command.any ? Self.house : command.strategy
    switch command.kind {
    case .submit:
      guard Int(strategy) < capacity.strategies else { return }
      var intent = Intent(
        kind: .submit, strategy: strategy, listing: command.listing, side: command.side,
        type: command.type, timeInForce: command.timeInForce,
        instructions: command.instructions, instrument: command.instrument,
        price: command.price, quantity: command.quantity, token: command.token)
      if Int(command.listing) < listingCount.pointee {
        submit(intent, &outputs)
      } else if let like = (0..<listingCount.pointee).first(where: {
        listings[$0].instrument == command.instrument
      }) {
        intent.listing = ListingIndex(like)
        route(intent, &outputs)
      }
    case .modify:
      if let order = orders.pointee.find(command.orderID) {
        modify(order, price: command.price, quantity: command.quantity, &outputs)
      }
    case .cancel:
      if let order = orders.pointee.find(command.orderID) { cancel(order, &outputs) }
    case .cancelAll, .stopStrategy:
      sweep = CancelSweep(
        isActive: true, strategy: command.strategy, listing: command.listing)
    case .killSwitchOn, .killSwitchOff, .startStrategy: break
    }
  }

  /// The part of a command that is a fact: switches. Also done while recovering.
  mutating func obeySwitches(_ input: UnsafeRawPointer) {
    guard let command = Command(at: input) else { return }
    switch command.kind {
    case .killSwitchOn: _ = try? risk.setState(.halted, for: .firm)
    case .killSwitchOff: _ = try? risk.setState(.active, for: .firm)
    case .startStrategy, .stopStrategy:
      let starts = command.kind == .startStrategy
      for index in hosts.indices
      where command.strategy == Command.any || Int(command.strategy) == index {
        isRunning[index] = starts && hosts[index] != nil
        _ = try? risk.setState(
          starts ? .active : .halted, for: .strategy(StrategyIndex(index)))
      }
    default: break
    }
  }

  /// Sends the next cancels of a cancel-all.
  mutating func continueSweep(_ outputs: inout RecordBuffer) {
    guard sweep.isActive else { return }
    var left = capacity.sweepPerInput
    for strategy in 0..<capacity.strategies
    where sweep.strategy == Command.any || Int(sweep.strategy) == strategy {
      for listing in 0..<listingCount.pointee
      where sweep.listing == Command.any || Int(sweep.listing) == listing {
        var cursor = orders.pointee.first(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        while let order = cursor {
          cursor = orders.pointee.next(after: order)
          if left == 0 || outputs.room < 4096 { return }
          if cancel(order, &outputs) { left -= 1 }
        }
      }
    }
    sweep.isActive = false
  }
}
