import TradingModel

// What became of an order, where it may stand under a later name than the one it was asked about by.
extension TradingSession where Dialect: ~Copyable {
  /// Later names that an order is asked about by, at most, before its end is believed.
  private static var laterNameMax: RequestVersion { 16 }

  /// Whether nobody here knows yet what an order is called: a run that ended in the middle of a replace may
  /// have entered it under a later name, and what became of the former says nothing then. The first full
  /// look at the account tells; the core asks again.
  func isNameOpen(_ order: OrderID) -> Bool {
    dialect.replacesInSteps && !isCompared && known[order] == nil
  }

  /// Whether a question named an order whose place a later one has taken since.
  func isOfFormerName(_ asked: OutstandingRequest) -> Bool {
    guard asked.request.kind == .queryOrder, let order = known[asked.request.orderID] else {
      return false
    }
    return asked.nameVersion < order.name.version
  }

  /// The answer to a query of the core: fills of the order are told before its status.
  func takeStatus(_ told: OrderNews, _ request: VenueRequest, _ now: SessionTime) {
    if isOfEarlierOrder(told) { return tell(.answerLost, request, now) }
    if askForLater(than: told, request, below: request.version, now) { return }
    tellStatus(told, request, now)
  }

  private func tellStatus(_ told: OrderNews, _ request: VenueRequest, _ now: SessionTime) {
    guard told.report.cumulativeQuantity != 0 else { return end(told, request, now) }
    owners.note(told.report, of: request.orderID)
    askForFills(
      of: request, told.report.venueOrderID, page: VenueText(), over: dialect.orderChannel,
      status: told, now)
  }

  /// The status is told; where it is the end of an order that a later one is about to follow, that is not
  /// the engine's order's end, and the core asks again.
  private func end(_ told: OrderNews, _ request: VenueRequest, _ now: SessionTime) {
    if isOfEarlierOrder(told) { return tell(.answerLost, request, now) }
    let isStep = isEndOfStep(told)
    take(told, version: isStep ? 0 : request.version, now)
    if isStep { tell(.answerLost, request, now) }
  }

  /// Whether a later order has taken the place of the one that is told of; one that somebody amended by hand
  /// has lost its name, and still is the later one.
  private func isOfEarlierOrder(_ told: OrderNews) -> Bool {
    guard isOfFormerOrder(told), let order = known[told.report.orderID] else { return false }
    return order.terms.venueOrderID == 0 || order.terms.venueOrderID != told.report.venueOrderID
  }

  // MARK: Later orders

  /// An order of an earlier run was canceled. If that was a step of a replace, a later order follows it,
  /// under a name of which all is known but the replace's version; the core counts its requests, and so it
  /// is one of the last.
  ///
  /// - Returns: whether there is something to ask before the end is believed.
  private func askForLater(
    than told: OrderNews, _ request: VenueRequest, below version: RequestVersion, _ now: SessionTime
  ) -> Bool {
    guard dialect.replacesInSteps, known[request.orderID] == nil,
      told.report.kind == .statusCanceled, told.report.cumulativeQuantity >= 0,
      version > max(2, told.name.version + 1), request.version - version < Self.laterNameMax
    else { return false }
    let (filled, overflow) = told.report.cumulativeQuantity.addingReportingOverflow(
      told.name.filledBefore)
    if overflow { return false }
    let name = OrderName(orderID: request.orderID, version: version - 1, filledBefore: filled)
    let tag = ask(
      .request(request), over: dialect.orderChannel, status: told, as: name, now)
    if tag == nil { tell(.answerLost, request, now) }
    return true
  }

  /// Whether there is a later order was answered.
  func takeLater(_ request: VenueRequest, _ asked: Asked, _ now: SessionTime) {
    guard let former = asked.status else { return }
    switch news.outcome {
    case .failed(_, as: .notFound):
      if askForLater(than: former, request, below: asked.name.version, now) { return }
      tellStatus(former, request, now)
    case .failed: tell(.answerLost, request, now)
    case .done, .acknowledged, .time:
      guard news.orders.count > 0 else { return tell(.answerLost, request, now) }
      var told = news.orders[0]
      told.ownership = .own
      told.report.orderID = request.orderID
      told.name = asked.name
      if isOfEarlierOrder(told) { return tell(.answerLost, request, now) }
      tellStatus(told, request, now)
    }
  }

  // MARK: Fills

  private func askForFills(
    of request: VenueRequest, _ venueOrderID: VenueOrderID, page: VenueText, over channel: Int,
    status: OrderNews?, _ now: SessionTime
  ) {
    let question = TradingQuestion.fills(of: request, venueOrderID: venueOrderID, page: page)
    if ask(question, over: channel, status: status, now) == nil { tell(.answerLost, request, now) }
  }

  /// Fills of an order that was asked about: they are told before its status.
  func takeFills(
    _ request: VenueRequest, _ venueOrderID: VenueOrderID, _ asked: Asked, _ now: SessionTime
  ) {
    if case .failed = news.outcome { return tell(.answerLost, request, now) }
    for index in 0..<news.orders.count { take(news.orders[index], now) }
    if !news.nextPage.isEmpty {
      return askForFills(
        of: request, venueOrderID, page: news.nextPage, over: asked.channel, status: asked.status,
        now)
    }
    if let status = asked.status { end(status, request, now) }
  }
}
