import TradingModel

// Requests of the core.
extension TradingSession where Dialect: ~Copyable {
  func send(_ request: VenueRequest, at now: SessionTime) {
    // While the dead-man switch is being set, what stands may still be canceled.
    guard phase == .ready || phase == .arming && request.kind == .cancel else {
      return tell(.notSent, request, now)
    }
    guard mayEnter || request.kind != .newOrder && request.kind != .replace else {
      return tell(.notSent, request, reason: .other, now)
    }
    switch request.kind {
    case .querySnapshot: startSnapshot(request, now)
    case .replace where !dialect.isNative(request, of: known[request.orderID]?.terms):
      replaceInSteps(request, now)
    case .cancel where replacing[request.orderID] != nil: cancelReplaced(request, now)
    case .queryOrder where isNameOpen(request.orderID): tell(.notSent, request, now)
    case .newOrder, .replace, .cancel, .queryOrder:
      _ = send(
        request, as: known[request.orderID]?.name ?? OrderName(orderID: request.orderID), now)
    }
  }

  /// Sends a request under the name that its order has at the venue.
  ///
  /// - Parameter tellsRefusal: whether the core is told when it cannot be sent.
  /// - Returns: whether it was handed on.
  func send(
    _ request: VenueRequest, as name: OrderName, tellsRefusal: Bool = true, _ now: SessionTime
  ) -> Bool {
    do throws(RateRefusal) {
      try shared.budget.take(dialect.cost(of: request), at: now)
    } catch {
      if tellsRefusal { tell(.notSent, request, reason: .rateLimited, now) }
      return false
    }
    let tag = table.insert(request, nameVersion: name.version, sentAt: now.monotonic)
    var asVenueCounts = request
    if request.kind == .replace { asVenueCounts.quantity -= name.filledBefore }
    do throws(RequestError) {
      _ = try dialect.write(
        .request(asVenueCounts), name, tag: tag, at: venueTime(now), into: &outbox)
    } catch {
      _ = table.remove(tag)
      lastFault = "\(error)"
      // The venue has no such order: it was not sent, and never can be.
      if tellsRefusal {
        tell(request.kind == .newOrder ? .rejected : .notSent, request, reason: .other, now)
      }
      return false
    }
    note(request, name)
    return true
  }

  func note(_ request: VenueRequest, _ name: OrderName) {
    switch request.kind {
    case .newOrder where name.version == 0:
      known[request.orderID] = KnownOrder(
        terms: OrderTerms(price: request.price, quantity: request.quantity, venueOrderID: 0),
        name: name)
    case .replace:
      known[request.orderID]?.replaceVersion = request.version
      known[request.orderID]?.replacePrice = request.price
      known[request.orderID]?.replaceQuantity = request.quantity
    case .newOrder, .cancel, .queryOrder, .querySnapshot: break
    }
  }

  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {
    if let outstanding = table.remove(tag) {
      unsent(outstanding, now)
      for place in 0..<outstanding.followerCount {
        if let next = table.remove(tag + 1 + UInt64(place)) { unsent(next, now) }
      }
    } else if let question = asked.removeValue(forKey: tag) {
      unasked(question, now)
    }
  }

  private func unsent(_ outstanding: OutstandingRequest, _ now: SessionTime) {
    if outstanding.isLost { return }
    if failStep(of: outstanding.request, isKnown: true, reason: .none, now) { return }
    tell(.notSent, outstanding.request, now)
  }

  func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) {
    if let outstanding = table.remove(tag) {
      if !outstanding.isLost { lost(outstanding.request, now) }
    } else if let question = asked.removeValue(forKey: tag) {
      unasked(question, now)
    }
  }

  /// A question of the session's own has no answer.
  private func unasked(_ asked: Asked, _ now: SessionTime) {
    switch asked.question {
    case .logOn: again("a step of logging on was lost with its connection", isLoss: true, now)
    case .fills(let request, _, _), .request(let request): tell(.answerLost, request, now)
    case .payments: failPayments(now)
    // What is asked waits for the next connection: the first time it is asked anew at once.
    case .snapshot, .order: if snapshot?.attempt == 0 { snapshot?.deadline = now.monotonic }
    case .deadMan(let part, _): unasked(deadMan: part, asked, now)
    // Asked anew when its time comes.
    case .repeated: break
    }
  }

  /// The answer to a request did not come in time: what became of it is not known.
  func lost(_ request: VenueRequest, _ now: SessionTime) {
    if failStep(of: request, isKnown: false, reason: .none, now) { return }
    tell(.answerLost, request, now)
  }
}
