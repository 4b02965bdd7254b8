import TradingModel

// Several requests of the core in one message, where the venue takes that. Each keeps a tag of its own, so
// that its answer, its silence and its end are its own as well; only the message is shared.
extension TradingSession where Dialect: ~Copyable {
  func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime) {
    var start = 0
    while start < requests.count {
      let end = batchEnd(requests, from: start)
      if end - start > 1 {
        sendBatch(requests, start..<end, now)
      } else {
        send(requests[start], at: now)
      }
      start = end
    }
  }

  /// Behind the last request that goes into one message with the one at `start`.
  private func batchEnd(_ requests: borrowing PlainRun<VenueRequest>, from start: Int) -> Int {
    let kind = requests[start].kind
    let most = dialect.batchMax(kind)
    guard phase == .ready, mayEnter || kind == .cancel, most > 1 else { return start + 1 }
    var end = start
    while end < requests.count, end - start < most, requests[end].kind == kind,
      isSimple(requests[end])
    {
      end += 1
    }
    return max(end, start + 1)
  }

  /// Whether a request is one of the venue's, and not one in steps.
  private func isSimple(_ request: VenueRequest) -> Bool {
    replacing[request.orderID] == nil
      && (request.kind != .replace
        || dialect.isNative(request, of: known[request.orderID]?.terms))
  }

  private func sendBatch(
    _ requests: borrowing PlainRun<VenueRequest>, _ places: Range<Int>, _ now: SessionTime
  ) {
    let first = table.nextTag
    dialect.beginBatch(requests[places.lowerBound].kind, tag: first, at: venueTime(now))
    var count = 0
    for place in places where add(requests[place], now) { count += 1 }
    guard count > 0 else { return }
    table.setFollowers(count - 1, of: first)
    dialect.endBatch(tag: first, into: &outbox)
  }

  /// Adds a request to the message that is being written, or tells why it is not in it.
  private func add(_ request: VenueRequest, _ now: SessionTime) -> Bool {
    let name = known[request.orderID]?.name ?? OrderName(orderID: request.orderID)
    do throws(RateRefusal) {
      try shared.budget.take(dialect.cost(of: request), at: now)
    } catch {
      tell(.notSent, request, reason: .rateLimited, now)
      return false
    }
    var asVenueCounts = request
    if request.kind == .replace { asVenueCounts.quantity -= name.filledBefore }
    do throws(RequestError) {
      try dialect.addToBatch(asVenueCounts, name)
    } catch {
      lastFault = "\(error)"
      tell(request.kind == .newOrder ? .rejected : .notSent, request, reason: .other, now)
      return false
    }
    _ = table.insert(request, sentAt: now.monotonic)
    note(request, name)
    return true
  }
}
