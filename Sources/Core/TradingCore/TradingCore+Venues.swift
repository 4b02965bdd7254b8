import Execution
import RiskEngine
import TradingModel

// The one reconnect protocol: stop opening, ask for everything, compare, then open again.
extension TradingCore {
  /// What a venue's connection says about itself.
  mutating func takeVenueEvent(_ report: VenueReport, _ outputs: inout RecordBuffer) {
    let venue = venues + Int(report.venue)
    switch report.kind {
    case .connected:
      // A second "connected" means that the end of the first connection was not noticed.
      if venue.pointee.isConnected { loseConnection(report.venue, &outputs) }
      venue.pointee.isConnected = true
      close(report.venue)
      askForSnapshot(report.venue, &outputs)
    case .disconnected:
      venue.pointee.isConnected = false
      close(report.venue)
      loseConnection(report.venue, &outputs)
    case .snapshotBegin:
      // A list that was asked for on an earlier connection says nothing about now.
      venue.pointee.isListing =
        venue.pointee.isConnected
        && (report.version == 0 || report.version == venue.pointee.snapshotNumber)
    case .snapshotEnd:
      guard venue.pointee.isListing else { return }
      venue.pointee.isListing = false
      compare(report, &outputs)
    default: break
    }
  }

  /// Nobody knows what becomes of what is open, until the venue says so.
  private mutating func loseConnection(_ venue: VenueIndex, _ outputs: inout RecordBuffer) {
    forEachOpenOrder(at: venue) { core, order in
      let effect = core.reports.apply(.connectionLost, to: order, now: core.now)
      core.conclude(
        effect, order,
        VenueReport(
          kind: .answerLost, listing: order.pointee.listing, venue: venue, venueTime: core.now),
        .connectionLost, &outputs)
    }
  }

  private mutating func close(_ venue: VenueIndex) {
    venues[Int(venue)].isOpen = false
    refreshTradable()
    venues[Int(venue)].isListing = false
    _ = try? risk.setState(.halted, venue: venue)
  }

  /// Before the first snapshot no venue may be traded at.
  mutating func loseConnections() {
    for index in 0..<capacity.venues { _ = try? risk.setState(.halted, venue: VenueIndex(index)) }
    for index in 0..<capacity.venues {
      forEachOpenOrder(at: VenueIndex(index)) { core, order in
        let effect = core.reports.apply(.connectionLost, to: order, now: core.now)
        core.orders.pointee.settle(order, wasSettled: effect.wasSettled)
      }
    }
  }

  /// Brings what strategies see of venues and kill switch up to date.
  func refreshTradable() {
    let isActive = risk.state(for: .firm) == .active
    for index in 0..<listingCount.pointee {
      isTradable[index] = isActive && venues[Int(listings[index].venue)].isOpen
    }
  }

  mutating func askForSnapshot(_ venue: VenueIndex, _ outputs: inout RecordBuffer) {
    // Recovery takes what was asked from the journal.
    if isRecovering { return }
    venues[Int(venue)].isListing = false
    venues[Int(venue)].snapshotNumber += 1
    venues[Int(venue)].snapshotAskedAt = now
    send(
      VenueRequest(
        kind: .querySnapshot, listing: .max, venue: venue,
        version: venues[Int(venue)].snapshotNumber), &outputs)
  }

  /// The full list is in: what it lacks is absent, the rest was brought up to date by its entries.
  private mutating func compare(_ report: VenueReport, _ outputs: inout RecordBuffer) {
    let state = venues[Int(report.venue)]
    forEachOpenOrder(at: report.venue) { core, order in
      guard order.pointee.snapshotNumber != state.snapshotNumber,
        order.pointee.lastSentAt < state.snapshotAskedAt, !order.pointee.row.isDone
      else { return }
      let effect = core.reports.applyAbsence(order, now: core.now)
      core.conclude(effect, order, report, .notFound, &outputs)
    }
    venues[Int(report.venue)].isOpen = true
    refreshTradable()
    _ = try? risk.setState(.active, venue: report.venue)
  }

  /// Calls `body` for every order at the venue that is not settled, by strategy, listing and age.
  mutating func forEachOpenOrder(
    at venue: VenueIndex,
    _ body: (inout TradingCore, UnsafeMutablePointer<Order>) -> Void
  ) {
    for strategy in 0..<capacity.strategies {
      for listing in 0..<listingCount.pointee where listings[listing].venue == venue {
        var cursor = orders.pointee.first(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        while let order = cursor {
          cursor = orders.pointee.next(after: order)
          body(&self, order)
        }
      }
    }
  }

  /// Asks the venue what became of an order, unless that is asked already.
  mutating func query(_ order: UnsafeMutablePointer<Order>, _ outputs: inout RecordBuffer) {
    // Recovery takes what was asked from the journal.
    guard !isRecovering, venues[Int(order.pointee.venue)].isConnected,
      !order.pointee.hasPending(.query), order.pointee.lastVersion > 0
    else { return }
    let version = order.pointee.lastVersion + 1
    if order.pointee.row.isDone {
      // A done order keeps no pending requests; the version alone marks the question.
      order.pointee.lastVersion = version
    } else {
      guard
        order.pointee.addPending(PendingRequest(kind: .query, version: version, sentAt: now))
      else { return }
    }
    order.pointee.queryCount = min(order.pointee.queryCount + 1, 30)
    order.pointee.lastSentAt = now
    send(
      VenueRequest(
        kind: .queryOrder, side: order.pointee.side, type: order.pointee.type,
        timeInForce: order.pointee.timeInForce, listing: order.pointee.listing,
        venue: order.pointee.venue, orderID: order.pointee.id, version: version,
        venueOrderID: order.pointee.venueOrderID), &outputs)
  }

  mutating func send(_ request: VenueRequest, _ outputs: inout RecordBuffer) {
    request.store(at: emit(.venueRequest, VenueRequest.byteCount, &outputs))
  }

  /// Time went by: overdue answers, questions to repeat, silent feeds.
  mutating func takeTimer(_ outputs: inout RecordBuffer) {
    checkFeeds(&outputs)
    for index in 0..<capacity.venues {
      // A list that never came is asked for again; the venue stays closed.
      let venue = venues[index]
      let wait = venue.isOpen ? CoreTimes.lookInterval : CoreTimes.answerTimeout
      if venue.isConnected, now - venue.snapshotAskedAt >= wait {
        askForSnapshot(VenueIndex(index), &outputs)
      }
    }
    for strategy in 0..<capacity.strategies {
      for listing in 0..<listingCount.pointee {
        var cursor = orders.pointee.first(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        while let order = cursor {
          cursor = orders.pointee.next(after: order)
          if outputs.room < 4096 { return }
          checkAnswers(order, &outputs)
        }
      }
    }
  }

  private mutating func checkAnswers(
    _ order: UnsafeMutablePointer<Order>, _ outputs: inout RecordBuffer
  ) {
    var isQueryLost = false
    for index in 0..<Order.pendingCountMax {
      let request = order.pointee.pending[index]
      guard request.kind != .none, !request.isLost,
        now - request.sentAt >= CoreTimes.answerTimeout
      else { continue }
      if request.kind == .query { isQueryLost = true }
      let effect = reports.apply(
        .answerLost, to: order, version: request.version, now: now)
      conclude(
        effect, order,
        VenueReport(
          kind: .answerLost, listing: order.pointee.listing, venue: order.pointee.venue,
          version: request.version, venueTime: now), .answerLost, &outputs)
    }
    let isOwed = order.pointee.queryCount > 0 && !order.pointee.hasPending(.query)
    guard !order.pointee.uncertainty.isEmpty || isQueryLost || isOwed else { return }
    let wait = min(
      CoreTimes.queryBackoff << Int64(min(order.pointee.queryCount, 10)),
      CoreTimes.queryBackoffMax)
    if now - order.pointee.lastSentAt >= wait { query(order, &outputs) }
  }
}
