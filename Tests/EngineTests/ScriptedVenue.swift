import TradingModel

/// A venue that really executes, behind a connection that loses, repeats and reorders.
///
/// Requests it received are done in order; what it says waits in `outbox` until it is delivered. What
/// it knows for sure (`orders`) is what tests hold the core against.
final class ScriptedVenue {
  struct Held {
    var request: VenueRequest
    var price: Int64
    var quantity: Int64
    var filled: Int64 = 0
    var isOpen = true
    var isExpired = false
    var version: RequestVersion = 1
    var fills: [VenueReport] = []
  }

  let listing: Listing
  var dice: Dice
  /// 0 to 100.
  var faults: Int
  var orders: [OrderID: Held] = [:]
  var ids: [OrderID] = []
  var outbox: [VenueReport] = []
  /// Requests on their way.
  var inbox: [VenueRequest] = []
  var isConnected = false
  var tradeCount: TradeID = 0
  var time: Timestamp = 1

  init(_ listing: Listing, seed: UInt64, faults: Int) {
    self.listing = listing
    dice = Dice(seed)
    self.faults = faults
  }

  private func happens() -> Bool { dice.below(100) < faults }

  func connect() {
    isConnected = true
    outbox.append(VenueReport(kind: .connected, venue: listing.venue, venueTime: time))
  }

  /// The connection ends; what was under way in either direction is lost or not.
  func disconnect() {
    isConnected = false
    outbox.removeAll { _ in dice.once(in: 2) }
    // Nothing is heard after the end of the connection but the end itself.
    outbox.removeAll()
    inbox.removeAll { _ in dice.once(in: 2) }
    outbox.append(VenueReport(kind: .disconnected, venue: listing.venue, venueTime: time))
  }

  func receive(_ request: VenueRequest) {
    guard isConnected else { return }
    if happens(), request.kind != .querySnapshot { return }
    inbox.append(request)
  }

  /// Does the next thing asked for.
  func work() {
    time += 1
    guard !inbox.isEmpty else { return }
    let request = inbox.removeFirst()
    switch request.kind {
    case .newOrder: take(request)
    case .cancel: cancel(request)
    case .replace: replace(request)
    case .queryOrder: answer(request)
    case .querySnapshot: list(request)
    }
  }

  private func take(_ request: VenueRequest) {
    guard orders[request.orderID] == nil else { return }
    if dice.once(in: 12) { return say(.rejected, request.orderID, request, reason: .wouldTake) }
    orders[request.orderID] = Held(
      request: request, price: request.price, quantity: request.quantity)
    ids.append(request.orderID)
    say(.accepted, request.orderID, request)
    if request.timeInForce == .immediateOrCancel || request.type == .market {
      if dice.once(in: 2) { trade(request.orderID) }
      if orders[request.orderID]!.isOpen { expire(request.orderID) }
    }
  }

  private func cancel(_ request: VenueRequest) {
    guard var held = orders[request.orderID], held.isOpen else {
      return say(.cancelRejected, request.orderID, request, reason: .unknownOrder)
    }
    held.isOpen = false
    held.version = request.version
    orders[request.orderID] = held
    say(.canceled, request.orderID, request)
  }

  private func replace(_ request: VenueRequest) {
    guard var held = orders[request.orderID], held.isOpen, request.quantity > held.filled,
      !dice.once(in: 8)
    else { return say(.replaceRejected, request.orderID, request, reason: .tooLate) }
    (held.price, held.quantity, held.version) = (request.price, request.quantity, request.version)
    orders[request.orderID] = held
    say(.replaced, request.orderID, request)
  }

  private func answer(_ request: VenueRequest) {
    guard let held = orders[request.orderID] else {
      return say(.notFound, request.orderID, request, reason: .unknownOrder)
    }
    for fill in held.fills { send(fill) }
    say(Self.status(held), request.orderID, request)
  }

  private static func status(_ held: Held) -> VenueReportKind {
    if held.isOpen { return .statusOpen }
    if held.filled >= held.quantity { return .statusFilled }
    return held.isExpired ? .statusExpired : .statusCanceled
  }

  private func list(_ request: VenueRequest) {
    outbox.append(
      VenueReport(
        kind: .snapshotBegin, venue: listing.venue, version: request.version, venueTime: time))
    for id in ids where orders[id]!.isOpen {
      for fill in orders[id]!.fills { outbox.append(fill) }
      outbox.append(report(.statusOpen, id, version: orders[id]!.version))
    }
    outbox.append(
      VenueReport(
        kind: .snapshotEnd, venue: listing.venue, version: request.version, venueTime: time))
  }

  /// Somebody takes a part of an open order.
  func trade(_ id: OrderID, _ part: Int64? = nil) {
    guard var held = orders[id], held.isOpen else { return }
    time += 1
    tradeCount += 1
    let part = part ?? dice.within(1...(held.quantity - held.filled))
    held.filled += part
    if held.filled == held.quantity { held.isOpen = false }
    orders[id] = held
    var fill = report(.fill, id, version: 0)
    fill.tradeID = tradeCount
    fill.lastPrice = held.price
    fill.lastQuantity = part
    let value = listing.value(price: held.price, quantity: part)!
    fill.fee = listing.makerFee.share(of: value)
    orders[id]!.fills.append(fill)
    send(fill)
  }

  func tradeSomething() {
    let open = ids.filter { orders[$0]!.isOpen }
    if !open.isEmpty { trade(open[dice.below(open.count)]) }
  }

  func expire(_ id: OrderID) {
    guard orders[id]?.isOpen == true else { return }
    orders[id]!.isOpen = false
    orders[id]!.isExpired = true
    send(report(.expired, id, version: 0))
  }

  private func report(
    _ kind: VenueReportKind, _ id: OrderID, version: RequestVersion
  ) -> VenueReport {
    let held = orders[id]
    return VenueReport(
      kind: kind, listing: listing.index, venue: listing.venue, side: held?.request.side ?? .buy,
      liquidity: .maker, feeCurrency: listing.settlement, orderID: id,
      venueOrderID: held == nil ? 0 : 1_000 + id, version: version,
      cumulativeQuantity: held?.filled ?? -1, price: held?.price ?? 0,
      quantity: held?.quantity ?? 0, venueTime: time)
  }

  private func say(
    _ kind: VenueReportKind, _ id: OrderID, _ request: VenueRequest, reason: VenueReason = .none
  ) {
    var report = report(kind, id, version: request.version)
    report.reason = reason
    send(report)
  }

  private func send(_ report: VenueReport) {
    guard isConnected else { return }
    if happens() { return }
    outbox.append(report)
    if happens() { outbox.append(report) }
    if happens(), outbox.count > 1 {
      // Overtakes or is overtaken, but never across the end of a connection or a list.
      let (a, b) = (outbox.count - 1, outbox.count - 2)
      if outbox[b].kind.isAboutOrder { outbox.swapAt(a, b) }
    }
  }

  /// The next report, if any.
  func hear() -> VenueReport? { outbox.isEmpty ? nil : outbox.removeFirst() }

  /// What may at most come of an order in the end: what is filled, what is open, and what requests
  /// on their way may still make of it.
  func worstTotal(_ id: OrderID, asked: VenueRequest?) -> Int64 {
    let waiting = inbox.filter { $0.orderID == id }
    if let held = orders[id] {
      if !held.isOpen { return held.filled }
      return max(
        held.quantity, waiting.filter { $0.kind == .replace }.map(\.quantity).max() ?? 0)
    }
    return waiting.contains { $0.kind == .newOrder }
      ? waiting.map(\.quantity).max() ?? 0 : 0
  }
}
