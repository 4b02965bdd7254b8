import TradingModel

// Requests of the core, their answers, and the account's events.
extension BinanceSpotTrading {
  func send(_ request: VenueRequest, at now: SessionTime) {
    guard phase == .ready else { return refuse(request, .notSent, .none, now) }
    if request.kind == .querySnapshot { return startSnapshot(request, now) }
    if request.kind == .replace, !isAmendment(request) {
      return refuse(request, .replaceRejected, .other, now)
    }
    do throws(RateRefusal) {
      try shared.budget.take(
        BinanceSpotEncoder.cost(of: request), at: clock.venueTime(at: now.wall))
    } catch {
      return refuse(request, .notSent, .rateLimited, now)
    }
    let tag = table.insert(request, sentAt: now.monotonic)
    do throws(RequestError) {
      outbox.text(
        0, tag: tag,
        try encoder.webSocket(
          request, timestamp: timestamp(now), id: tag, isLoggedOn: isLogOnNeeded))
    } catch {
      _ = table.remove(tag)
      lastFault = "\(error)"
      refuse(request, request.kind == .newOrder ? .rejected : .notSent, .other, now)
    }
  }

  /// Whether a change only takes from the quantity, which is all that the venue does in place.
  private func isAmendment(_ request: VenueRequest) -> Bool {
    guard let known = terms[request.orderID] else { return false }
    return request.price == known.price && request.quantity < known.quantity
  }

  /// A request that goes nowhere: nothing happened, and nothing will.
  private func refuse(
    _ request: VenueRequest, _ kind: VenueReportKind, _ reason: VenueReason, _ now: SessionTime
  ) {
    tell(kind, request, reason: reason, now)
  }

  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {
    if let outstanding = table.remove(tag) {
      if !outstanding.isLost { tell(.notSent, outstanding.request, now) }
    } else if purposes.removeValue(forKey: tag) != nil {
      retryAt = min(retryAt, now.monotonic + Self.retryPause)
    }
  }

  // MARK: Messages

  func received(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {
    do throws(ScanError) {
      try decoder.decode(userEvent: bytes, into: &event)
      if event.kind == .reply {
        try takeReply(bytes, now)
      } else {
        takeEvent(now)
      }
    } catch {
      malformedCount += 1
      lastFault =
        "at byte \(error.offset) \(error.expected) was expected: "
        + String(decoding: bytes.prefix(200), as: UTF8.self)
    }
  }

  private func takeEvent(_ now: SessionTime) {
    switch event.kind {
    case .order: take(event.order, now)
    case .balances, .balanceChange, .externalLock:
      for index in 0..<event.balances.count {
        balances[event.balances[index].asset.description] = event.balances[index]
      }
    case .streamTerminated, .listenKeyExpired: subscribeAgain(now)
    // The connection is closed by the venue in a moment, and comes again.
    case .serverShutdown, .list, .reply, .other: break
    }
  }

  /// One report about an order of the account.
  func take(_ told: BinanceSpotReport, _ now: SessionTime, version: RequestVersion? = nil) {
    guard told.isFollowed else { return }
    var report = told.report
    if told.ownership == .unnamed, let owner = owners[report.venueOrderID] {
      report.orderID = owner
    } else if told.ownership != .own {
      foreignCount += 1
      return
    }
    if let version { report.version = version }
    if report.venueOrderID != 0 { owners[report.venueOrderID] = report.orderID }
    remember(report)
    emit(report, now)
  }

  /// Keeps the terms of open orders, and forgets those of ended ones.
  private func remember(_ report: VenueReport) {
    switch report.kind {
    case .accepted, .replaced, .statusOpen, .triggered:
      if report.quantity > 0 {
        terms[report.orderID] = Terms(
          price: report.price, quantity: report.quantity, venueOrderID: report.venueOrderID)
      }
    case .rejected, .canceled, .expired, .statusCanceled, .statusFilled, .statusExpired,
      .statusRejected:
      terms[report.orderID] = nil
    default: break
    }
  }

  // MARK: Answers

  private func takeReply(
    _ bytes: UnsafeRawBufferPointer, _ now: SessionTime
  ) throws(ScanError) {
    let reply = try BinanceReply(bytes)
    BinanceLimits.observe(
      reply.usage, &shared.budget, at: clock.venueTime(at: now.wall))
    guard let tag = UInt64(reply.id.description) else {
      // An error without an id is about something we sent, and nobody can tell what.
      if let error = reply.error { lastFault = "\(error.code): \(error.message)" }
      return
    }
    let result = reply.result.map { part in
      UnsafeRawBufferPointer(rebasing: bytes[part.offset..<part.offset + part.byteCount])
    }
    if let purpose = purposes.removeValue(forKey: tag) {
      return take(reply, reply.error == nil ? result : nil, purpose, now)
    }
    guard let outstanding = table.remove(tag) else { return }
    if let error = reply.error {
      takeError(error, status: reply.status, outstanding.request, now)
    } else if let result {
      try takeResult(result, outstanding.request, now)
    } else {
      tell(.answerLost, outstanding.request, now)
    }
  }

  private func takeError(
    _ error: BinanceError, status: Int, _ request: VenueRequest, _ now: SessionTime
  ) {
    let meaning = error.meaning(status: status)
    lastFault = "\(BinanceErrors.name(of: error.code) ?? "\(error.code)"): \(error.message)"
    switch meaning {
    case .rateLimited(let until): shared.budget.ban(until: until)
    case .resynchronize: clock.forget()
    case .retry, .askFirst, .reject, .stop: break
    }
    let kind = BinanceErrors.reportKind(of: meaning, to: request.kind, code: error.code)
    let refusal: VenueReportKind =
      switch request.kind {
      case .newOrder: .rejected
      case .replace: .replaceRejected
      case .cancel: .cancelRejected
      case .queryOrder, .querySnapshot: .answerLost
      }
    // Without a decision nothing happened at the venue, and nothing is sent again by itself.
    tell(kind ?? refusal, request, reason: BinanceErrors.reason(of: meaning), now)
  }

  private func takeResult(
    _ result: UnsafeRawBufferPointer, _ request: VenueRequest, _ now: SessionTime
  ) throws(ScanError) {
    reports.removeAll()
    let answer: BinanceOrderAnswer =
      switch request.kind {
      case .newOrder: .placed
      case .replace: .amended
      case .cancel: .canceled
      case .queryOrder, .querySnapshot: .queried
      }
    do throws(ScanError) {
      try decoder.decode(orders: result, as: answer, into: &reports)
    } catch {
      // It was carried out, as far as anybody knows, and what it says cannot be read.
      tell(.answerLost, request, now)
      throw error
    }
    for index in 0..<reports.count {
      var told = reports[index]
      // The answer is to our request, whatever its order is called there.
      told.ownership = .own
      told.report.orderID = request.orderID
      if request.kind == .queryOrder, (told.cumulativeQuantity) > 0 {
        askForFills(of: request, told, now)
      } else {
        take(told, now, version: told.report.kind == .fill ? 0 : request.version)
      }
    }
  }

  /// A queried order has fills: they are told before its status.
  private func askForFills(
    of request: VenueRequest, _ told: BinanceSpotReport, _ now: SessionTime
  ) {
    var status = told.report
    status.version = request.version
    owners[status.venueOrderID] = request.orderID
    let tag = table.takeTag()
    purposes[tag] = .fillsOfQuery(request, status: status)
    var input = RequestInput()
    input.symbol = symbolName(request.listing)
    input.venueOrderID = status.venueOrderID
    send(.fills, input, tag, now)
  }

  func takeFills(
    _ result: UnsafeRawBufferPointer?, _ request: VenueRequest, _ status: VenueReport,
    _ now: SessionTime
  ) {
    reports.removeAll()
    do throws(ScanError) {
      guard let result else { throw ScanError(0, "the fills of an order") }
      try decoder.decode(trades: result, into: &reports)
    } catch {
      lastFault = "at byte \(error.offset) \(error.expected) was expected"
      return tell(.answerLost, request, now)
    }
    for index in 0..<reports.count { take(reports[index], now) }
    remember(status)
    emit(status, now)
  }

  func symbolName(_ listing: ListingIndex) -> String? {
    symbols.first { $0.listing == listing }?.symbol
  }
}
