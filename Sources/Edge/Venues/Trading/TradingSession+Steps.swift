import TradingModel

/// A replace where the venue has none: cancel, learn what was filled, enter the rest under a new name.
/// At no moment can both orders fill, which a venue's cancel-and-replace with a quantity decided
/// beforehand cannot promise.
struct SteppedReplace: BitwiseCopyable {
  enum Step: UInt8, BitwiseCopyable {
    case canceling
    case entering
  }

  var request: VenueRequest
  var step = Step.canceling
  /// The earlier order's name.
  var name: OrderName
  /// The end of the earlier order, kept back while the later one is entered.
  var end: VenueReport?
  /// A cancel that came meanwhile: nothing is entered any more.
  var cancel: VenueRequest?
}

extension TradingSession where Dialect: ~Copyable {
  func replaceInSteps(_ request: VenueRequest, _ now: SessionTime) {
    guard replacing[request.orderID] == nil else {
      return tell(.replaceRejected, request, reason: .other, now)
    }
    let name = known[request.orderID]?.name ?? OrderName(orderID: request.orderID)
    var cancel = request
    cancel.kind = .cancel
    replacing[request.orderID] = SteppedReplace(request: request, name: name)
    if !send(cancel, as: name, tellsRefusal: false, now) {
      replacing[request.orderID] = nil
      tell(.replaceRejected, request, reason: .rateLimited, now)
    }
  }

  /// A cancel while a replace is under way.
  func cancelReplaced(_ request: VenueRequest, _ now: SessionTime) {
    guard let under = replacing[request.orderID] else { return }
    if under.step == .entering {
      // The later order's name is known, and it may stand already.
      _ = send(
        request, as: known[request.orderID]?.name ?? OrderName(orderID: request.orderID), now)
    } else {
      replacing[request.orderID]?.cancel = request
    }
  }

  /// Whether a request is a step of a replace, and so its outcome is not the core's.
  private func under(_ request: VenueRequest) -> SteppedReplace? {
    guard let under = replacing[request.orderID], under.request.version == request.version,
      request.kind == (under.step == .canceling ? .cancel : .newOrder)
    else { return nil }
    return under
  }

  /// The earlier order's end is kept back while the later one is entered.
  func isHeldBack(_ told: OrderNews) -> Bool {
    guard isEndOfStep(told) else { return false }
    var end = told.report
    end.kind = .canceled
    replacing[told.report.orderID]?.end = end
    return true
  }

  /// Whether it tells that the earlier order of a replace under way was canceled.
  func isEndOfStep(_ told: OrderNews) -> Bool {
    guard let under = replacing[told.report.orderID] else { return false }
    return told.name.version == under.name.version
      && (told.report.kind == .canceled || told.report.kind == .statusCanceled)
  }

  /// A step came out well.
  ///
  /// - Returns: false when the request is no step of a replace.
  func takeStep(of request: VenueRequest, _ now: SessionTime) -> Bool {
    guard let under = under(request) else { return false }
    if under.step == .canceling { enterRest(under, now) } else { finishReplace(under, now) }
    return true
  }

  private func enterRest(_ under: SteppedReplace, _ now: SessionTime) {
    let order = under.request.orderID
    for index in 0..<news.orders.count {
      var told = news.orders[index]
      told.ownership = .own
      told.report.orderID = order
      told.name = under.name
      // The canceled order is kept back there.
      take(told, version: told.report.kind == .fill ? nil : 0, now)
    }
    guard let end = replacing[order]?.end, end.cumulativeQuantity >= 0 else {
      // What was filled is not known, and so neither is the rest: the order is over, and is told so.
      return endReplace(order, .other, now)
    }
    let rest = under.request.quantity - end.cumulativeQuantity
    guard rest > 0, replacing[order]?.cancel == nil else { return endReplace(order, .tooLate, now) }
    var entry = under.request
    entry.kind = .newOrder
    entry.quantity = rest
    entry.venueOrderID = 0
    let name = OrderName(
      orderID: order, version: under.request.version, filledBefore: end.cumulativeQuantity)
    replacing[order]?.step = .entering
    if send(entry, as: name, tellsRefusal: false, now) {
      known[order]?.name = name
    } else {
      endReplace(order, .rateLimited, now)
    }
  }

  private func finishReplace(_ under: SteppedReplace, _ now: SessionTime) {
    let order = under.request.orderID
    let name = known[order]?.name ?? OrderName(orderID: order)
    replacing[order] = nil
    for index in 0..<news.orders.count {
      var told = news.orders[index]
      told.ownership = .own
      told.report.orderID = order
      told.name = name
      if told.report.kind == .accepted { told.report.kind = .replaced }
      if told.report.kind == .replaced {
        told.report.price = under.request.price
        told.report.quantity = under.request.quantity - name.filledBefore
      }
      take(told, version: told.report.kind == .fill ? nil : under.request.version, now)
    }
  }

  /// A step did not come out well, or nobody knows whether it did.
  ///
  /// - Parameter isKnown: whether it is certain that the step did not happen.
  /// - Returns: false when the request is no step of a replace.
  func failStep(
    of request: VenueRequest, isKnown: Bool, reason: VenueReason, _ now: SessionTime
  ) -> Bool {
    guard let under = under(request) else { return false }
    if isKnown {
      endReplace(request.orderID, reason, now)
      return true
    }
    // The core asks, by the later name if that was sent.
    replacing[request.orderID] = nil
    if under.step == .canceling {
      if let end = under.end { give(end, now) }
    } else {
      known[request.orderID]?.formerEnd = under.end
    }
    tell(.answerLost, under.request, now)
    if let cancel = under.cancel { tell(.answerLost, cancel, now) }
    return true
  }

  /// The rest was refused after its answer had been given up: the replace is, and the earlier order's end
  /// is the order's.
  ///
  /// - Returns: false when the request is no such step.
  func refuseRestLate(_ request: VenueRequest, _ reason: VenueReason, _ now: SessionTime) -> Bool {
    guard request.kind == .newOrder, request.version > 1, replacing[request.orderID] == nil else {
      return false
    }
    tell(.replaceRejected, request, reason: reason, now)
    if let end = known[request.orderID]?.formerEnd { give(end, now) }
    return true
  }

  /// The replace is refused; if the earlier order had ended for it, that is told.
  private func endReplace(_ order: OrderID, _ reason: VenueReason, _ now: SessionTime) {
    guard let under = replacing.removeValue(forKey: order) else { return }
    tell(.replaceRejected, under.request, reason: reason, now)
    if var end = under.end {
      if let cancel = under.cancel { end.version = cancel.version }
      give(end, now)
    } else if let cancel = under.cancel {
      tell(.cancelRejected, cancel, reason: reason, now)
    }
  }

  private func give(_ end: VenueReport, _ now: SessionTime) {
    remember(end, name: OrderName(orderID: end.orderID))
    emit(end, now)
  }
}
