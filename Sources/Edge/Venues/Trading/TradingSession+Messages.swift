import TradingModel

// What the venue says.
extension TradingSession where Dialect: ~Copyable {
  /// A fill that makes an end comes within this of it, nanoseconds.
  private static var endPause: Int64 { second }

  func received(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {
    news.removeAll()
    do throws(ScanError) {
      switch try dialect.read(channel, bytes, into: &news) {
      case .push:
        for index in 0..<news.orders.count { take(news.orders[index], now) }
        keepAccount()
        takePayments(now)
        if news.isStreamOver { streamEnded(channel, now) }
      case .answer(let tag): take(tag, SessionAnswer(status: 0, body: bytes), now)
      case .other: break
      }
    } catch {
      noteUnreadable(error, bytes)
      // What stands whole in front of the fault is true, and told again it is taken once.
      for index in 0..<news.orders.count { take(news.orders[index], now) }
      takePayments(now)
      doubtAccount(channel, now)
    }
  }

  func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime
  ) {
    take(tag, answer, now)
  }

  private func noteUnreadable(_ error: ScanError, _ bytes: UnsafeRawBufferPointer) {
    counts.malformed += 1
    lastFault =
      "at byte \(error.offset) \(error.expected) was expected: "
      + String(decoding: bytes.prefix(200), as: UTF8.self)
  }

  // MARK: Answers

  private func take(_ tag: UInt64, _ answer: SessionAnswer, _ now: SessionTime) {
    news.removeAll()
    if let question = asked.removeValue(forKey: tag) {
      return take(answer, to: question, now)
    }
    guard let outstanding = table.remove(tag) else { return }
    guard outstanding.followerCount > 0 else { return take(answer, to: outstanding, now) }
    // One answer for several requests: it is read for each.
    var answer = answer
    answer.place = 0
    take(answer, to: outstanding, now)
    for place in 1...outstanding.followerCount {
      guard let next = table.remove(tag + UInt64(place)) else { continue }
      answer.place = place
      take(answer, to: next, now)
    }
  }

  /// An answer to a request of the core.
  private func take(
    _ answer: SessionAnswer, to outstanding: OutstandingRequest, _ now: SessionTime
  ) {
    let request = outstanding.request
    news.removeAll()
    do throws(ScanError) {
      try dialect.readAnswer(
        answer, to: .request(request), &shared.budget, at: venueTime(now), into: &news)
    } catch {
      noteUnreadable(error, answer.body)
      // It was carried out, as far as anybody knows, and what came of it cannot be read.
      return lost(request, now)
    }
    switch news.outcome {
    case .failed(_, as: .notFound) where isOfFormerName(outstanding):
      tell(.answerLost, request, now)
    case .failed(let meaning, let kind): takeFailure(meaning, kind, request, now)
    case .done, .time: takeResult(request, now)
    case .acknowledged: break
    }
  }

  private func take(_ answer: SessionAnswer, to asked: Asked, _ now: SessionTime) {
    var isUnreadable = false
    do throws(ScanError) {
      try dialect.readAnswer(
        answer, to: asked.question, &shared.budget, at: venueTime(now), into: &news)
    } catch {
      noteUnreadable(error, answer.body)
      news.outcome = .failed(.askFirst, as: nil)
      news.text = "an answer that cannot be read"
      isUnreadable = true
    }
    let fault = lastFault
    note(news.outcome, of: nil, over: asked.channel, now)
    // What cannot be read was told with its place. That the venue gives no dead-man switch is told by those
    // who ask for it, once.
    if isUnreadable { lastFault = fault }
    if case .failed(.reject, _) = news.outcome, isOfDeadMan(asked.question) { lastFault = fault }
    keepAccount()
    switch asked.question {
    case .logOn(let step): take(step: step, asked, now)
    case .repeated(let index): take(repeated: index, asked, now)
    case .fills(let request, let venueOrderID, _):
      takeFills(request, venueOrderID, asked, now)
    case .snapshot, .order: takeSnapshotPart(asked.question, now)
    case .payments:
      takePayments(now)
      takePaymentPage(asked, now)
    case .deadMan(let part, let isOn): take(deadMan: part, isOn: isOn, asked, now)
    case .request(let request): takeLater(request, asked, now)
    }
    askWaiting(now)
  }

  private func isOfDeadMan(_ question: TradingQuestion) -> Bool {
    switch question {
    case .deadMan: true
    case .logOn(let step): dialect.logOn[step].isProtection
    default: false
    }
  }

  /// Takes over what a refusal says of limits, of our clock, and of whether we may go on.
  ///
  /// - Parameter request: that was refused; nil for a question of the session's own.
  private func note(
    _ outcome: TradingOutcome, of request: VenueRequest?, over channel: Int, _ now: SessionTime
  ) {
    guard case .failed(let meaning, _) = outcome else { return }
    if !news.text.isEmpty { lastFault = news.text }
    switch meaning {
    case .rateLimited(let until, let scope): shared.budget.ban(until: until, by: scope)
    case .endpointLimited(let until):
      // Cancels and questions have limits of their own.
      guard request?.kind == .newOrder || request?.kind == .replace else { return }
      shared.budget.shutEntry(until: max(until, venueTime(now) + Self.second))
    case .resynchronize: estimateClockAgain(now)
    case .stop(let cause): stop(cause, over: channel, now)
    case .retry, .askFirst, .reject: break
    }
  }

  private func takeFailure(
    _ meaning: VenueErrorMeaning, _ kind: VenueReportKind?, _ request: VenueRequest,
    _ now: SessionTime
  ) {
    defer { note(news.outcome, of: request, over: dialect.orderChannel, now) }
    if meaning == .askFirst, kind == nil { return lost(request, now) }
    if failStep(of: request, isKnown: true, reason: meaning.reason, now) { return }
    if refuseRestLate(request, meaning.reason, now) { return }
    if request.kind == .replace { forgetIfFilled(request.orderID) }
    // Without a decision nothing happened at the venue, and nothing is sent again by itself.
    tell(kind ?? meaning.report(on: request.kind), request, reason: meaning.reason, now)
  }

  private func takeResult(_ request: VenueRequest, _ now: SessionTime) {
    if takeStep(of: request, now) { return }
    for index in 0..<news.orders.count {
      var told = news.orders[index]
      // The answer is to our request, whatever its order is called there.
      told.ownership = .own
      told.report.orderID = request.orderID
      if request.kind == .queryOrder, told.report.kind != .fill {
        takeStatus(told, request, now)
      } else {
        take(told, version: told.report.kind == .fill ? nil : request.version, now)
      }
    }
  }

  // MARK: News of orders

  /// One piece of news about an order of the account.
  ///
  /// - Parameter version: of the request that it answers; nil where it says so itself.
  func take(_ told: OrderNews, version: RequestVersion? = nil, _ now: SessionTime) {
    guard told.isFollowed else { return }
    var told = told
    if told.ownership != .own, let owner = owners[told.report] {
      // A number of ours under a name that is not: somebody amended the order by hand.
      told.report.orderID = owner
      if let order = known[owner], order.terms.venueOrderID == told.report.venueOrderID {
        told.name = order.name
      }
    } else if told.ownership != .own {
      counts.foreign += 1
      return
    }
    if version == nil, isOfFormerOrder(told) { return }
    if !told.isFeeBooked, !hasUnbookedFee {
      hasUnbookedFee = true
      warn("fees are charged in a currency that the run does not have: they are not booked")
    }
    guard addFilledBefore(&told) else {
      counts.foreign += 1
      return
    }
    if let version { told.report.version = version }
    owners.note(told.report, of: told.report.orderID)
    if isHeldBack(told) { return }
    if told.isState {
      takeState(told, now)
    } else {
      if told.report.kind == .replaced { matchReplace(&told.report) }
      noteFilled(told.report)
      let name =
        told.name.version > 0
        ? told.name
        : known[told.report.orderID]?.name ?? OrderName(orderID: told.report.orderID)
      remember(told.report, name: name)
      emit(told.report, now)
    }
  }

  /// News that come late, or again, of an order whose place a later one has taken: its end was told, and
  /// the later one goes on. Fills count whenever they come.
  func isOfFormerOrder(_ told: OrderNews) -> Bool {
    switch told.report.kind {
    case .fill, .tradeBusted, .tradeCorrected: return false
    default:
      guard let order = known[told.report.orderID] else { return false }
      return told.name.version < order.name.version
    }
  }

  /// An order that took the place of an earlier one counts from what that one had filled.
  ///
  /// - Returns: false where the sums are none: the name was not made here, whatever it looks like.
  private func addFilledBefore(_ told: inout OrderNews) -> Bool {
    guard told.name.version > 0 else { return true }
    if told.report.quantity > 0 {
      let (sum, overflow) = told.report.quantity.addingReportingOverflow(told.name.filledBefore)
      if overflow { return false }
      told.report.quantity = sum
    }
    if told.report.cumulativeQuantity >= 0 {
      let (sum, overflow) = told.report.cumulativeQuantity.addingReportingOverflow(
        told.name.filledBefore)
      if overflow { return false }
      told.report.cumulativeQuantity = sum
    }
    return true
  }

  /// A replace that took effect is the one under way, if it has its terms.
  private func matchReplace(_ report: inout VenueReport) {
    guard report.version == 0, let order = known[report.orderID], order.replaceVersion > 0,
      order.replaceQuantity == report.quantity,
      order.replacePrice == report.price || report.price == 0
    else { return }
    report.version = order.replaceVersion
  }

  /// A state: what happened is what is new in it.
  private func takeState(_ told: OrderNews, _ now: SessionTime) {
    var report = told.report
    let before = known[report.orderID]
    switch report.kind {
    case .statusOpen:
      if before?.isAccepted != true {
        report.kind = .accepted
        report.version = max(1, report.version)
      } else if let before,
        before.terms.price != report.price && report.price != 0
          || before.terms.quantity != report.quantity && report.quantity != 0
          || report.version > 1
      {
        report.kind = .replaced
        matchReplace(&report)
      } else {
        // A fill, which is told by itself; where it is not, the count says that it is missing.
        if let before, report.cumulativeQuantity > before.filled {
          ends.append((now.monotonic + Self.endPause, report))
        }
        return
      }
      remember(report, name: before?.name ?? OrderName(orderID: report.orderID))
      emit(report, now)
    case .statusFilled:
      remember(report, name: before?.name ?? OrderName(orderID: report.orderID))
      ends.append((now.monotonic + Self.endPause, report))
    default:
      report.kind = report.kind.event
      remember(report, name: before?.name ?? OrderName(orderID: report.orderID))
      emit(report, now)
    }
  }

  /// Counts what was told of an order: by fills that say what all fill together, or only their own part.
  private func noteFilled(_ report: VenueReport) {
    guard let filled = known[report.orderID]?.filled else { return }
    if report.cumulativeQuantity >= 0 {
      known[report.orderID]?.filled =
        report.kind == .fill ? max(filled, report.cumulativeQuantity) : report.cumulativeQuantity
    } else if report.kind == .fill {
      known[report.orderID]?.filled = filled &+ report.lastQuantity
    }
  }

  /// A state that was kept back: an end is told; how an order stands only while a fill is missing, so that
  /// the core asks for it.
  func tellLate(_ report: VenueReport, _ now: SessionTime) {
    if report.kind == .statusOpen {
      guard let order = known[report.orderID], report.cumulativeQuantity > order.filled else {
        return
      }
      known[report.orderID]?.filled = report.cumulativeQuantity
    }
    emit(report, now)
  }

  /// Keeps the terms of open orders, and forgets those of ended ones.
  func remember(_ report: VenueReport, name: OrderName) {
    switch report.kind {
    case .fill: endIfFilled(report)
    case .accepted where owners.isEnded(report): break
    case .accepted, .replaced, .statusOpen, .triggered:
      guard report.quantity > 0 else {
        known[report.orderID]?.isAccepted = true
        known[report.orderID]?.formerEnd = nil
        if report.venueOrderID != 0 {
          known[report.orderID]?.terms.venueOrderID = report.venueOrderID
        }
        return
      }
      var order =
        known[report.orderID]
        ?? KnownOrder(
          terms: OrderTerms(price: 0, quantity: 0, venueOrderID: 0), name: name)
      order.terms = OrderTerms(
        price: report.price, quantity: report.quantity, venueOrderID: report.venueOrderID)
      order.name = name
      order.isAccepted = true
      order.formerEnd = nil
      if report.kind == .replaced, report.version == order.replaceVersion {
        order.replaceVersion = 0
      }
      order.isFilled = false
      known[report.orderID] = order
      // Told with an answer, its fills come by themselves.
      endIfFilled(report)
    case .rejected, .canceled, .expired, .statusCanceled, .statusFilled, .statusExpired,
      .statusRejected:
      known[report.orderID] = nil
      owners.end(report)
    default: break
    }
  }

  /// Some venues tell the end of a filled order by its last fill alone.
  private func endIfFilled(_ report: VenueReport) {
    guard let order = known[report.orderID], order.terms.quantity > 0,
      report.cumulativeQuantity >= order.terms.quantity
    else { return }
    owners.end(report)
    if order.replaceVersion == 0, replacing[report.orderID] == nil {
      known[report.orderID] = nil
    } else {
      known[report.orderID]?.isFilled = true
    }
  }

  /// A replace came to nothing: an order that was filled meanwhile is over.
  func forgetIfFilled(_ order: OrderID) {
    known[order]?.replaceVersion = 0
    if known[order]?.isFilled == true { known[order] = nil }
  }
}

extension VenueErrorMeaning {
  /// The reason of a report that is made of it.
  var reason: VenueReason {
    switch self {
    case .reject(let reason): reason
    case .rateLimited, .endpointLimited: .rateLimited
    case .retry, .askFirst, .resynchronize, .stop: .other
    }
  }

  /// The report that it is, about a request that it answers.
  func report(on request: VenueRequestKind) -> VenueReportKind {
    switch request {
    case .newOrder: .rejected
    case .replace: .replaceRejected
    case .cancel: .cancelRejected
    case .queryOrder: self == .reject(.unknownOrder) ? .notFound : .answerLost
    // A question that is refused has no answer.
    case .querySnapshot: .answerLost
    }
  }
}

extension VenueReportKind {
  /// What happened, where a state says how an order ended.
  fileprivate var event: VenueReportKind {
    switch self {
    case .statusCanceled: .canceled
    case .statusExpired: .expired
    case .statusRejected: .rejected
    default: self
    }
  }
}
