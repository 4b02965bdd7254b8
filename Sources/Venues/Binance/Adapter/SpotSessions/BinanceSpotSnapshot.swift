import TradingModel

/// A full look at the account, under way: which orders are open, and which fills there were since the
/// last look. Its parts come one by one, and are told together when all are there.
struct BinanceSpotSnapshot {
  var request: VenueRequest
  /// By the venue's clock, before the first question left: what is newer may be missing.
  var takenAt: Timestamp
  /// When it is begun anew, on the monotonic clock, if it is not complete.
  var deadline: Int64
  /// Answers that have not come.
  var missing = 0
  var openOrders: [BinanceSpotReport] = []
  var fills: [BinanceSpotReport] = []
  /// Fills of orders that nobody here knows yet: of an earlier run, or not ours.
  var strangers: Set<VenueOrderID> = []
}

extension BinanceSpotTrading {
  /// Fills of one symbol that are asked for at once.
  private static var fillLimit: UInt64 { 1_000 }

  func startSnapshot(_ request: VenueRequest, _ now: SessionTime) {
    let time = clock.venueTime(at: now.wall)
    // The venue's clock may be behind what we think of it.
    let margin = clock.uncertainty == .max ? Self.second : clock.uncertainty
    snapshot = BinanceSpotSnapshot(
      request: request, takenAt: time - margin, deadline: now.monotonic + Self.answerTimeout)
    ask(.openOrders, .openOrders, RequestInput(), now)
    for index in symbols.indices {
      var input = RequestInput()
      input.symbol = symbols[index].symbol
      input.limit = Self.fillLimit
      if lastTrades[index] > 0 { input.firstTradeID = lastTrades[index] }
      ask(.fills, .fillsOfSymbol(index), input, now)
    }
  }

  /// An answer did not come: everything is asked anew, because one look must be of one time.
  func restartSnapshot(_ now: SessionTime) {
    guard let snapshot else { return }
    self.snapshot = nil
    for (tag, purpose) in purposes where purpose.isOfSnapshot { purposes[tag] = nil }
    if phase == .ready { startSnapshot(snapshot.request, now) }
  }

  private func ask(
    _ action: VenueAction, _ purpose: Purpose, _ input: RequestInput, _ now: SessionTime
  ) {
    let tag = table.takeTag()
    purposes[tag] = purpose
    snapshot?.missing += 1
    send(action, input, tag, now)
  }

  func takeSnapshotPart(
    _ result: UnsafeRawBufferPointer?, _ purpose: Purpose, _ now: SessionTime
  ) {
    guard snapshot != nil else { return }
    reports.removeAll()
    do throws(ScanError) {
      guard let result else { throw ScanError(0, "an answer without an error") }
      if case .fillsOfSymbol = purpose {
        try decoder.decode(trades: result, into: &reports)
      } else {
        try decoder.decode(orders: result, as: .queried, into: &reports)
      }
    } catch {
      lastFault = "a snapshot: at byte \(error.offset) \(error.expected) was expected"
      // Begun anew at its deadline.
      return
    }
    snapshot?.missing -= 1
    keep(purpose, now)
    if snapshot?.missing == 0 { finishSnapshot(now) }
  }

  private func keep(_ purpose: Purpose, _ now: SessionTime) {
    if case .fillsOfSymbol(let symbol) = purpose, lastTrades[symbol] > 0,
      reports.count == Int(Self.fillLimit)
    {
      // There may be more behind them.
      var input = RequestInput()
      input.symbol = symbols[symbol].symbol
      input.limit = Self.fillLimit
      input.firstTradeID = reports[reports.count - 1].report.tradeID + 1
      ask(.fills, purpose, input, now)
    }
    for index in 0..<reports.count {
      let told = reports[index]
      switch purpose {
      case .openOrders:
        snapshot?.openOrders.append(told)
        if told.ownership == .own { owners[told.report.venueOrderID] = told.report.orderID }
      case .fillsOfSymbol(let symbol):
        lastTrades[symbol] = max(lastTrades[symbol], told.report.tradeID)
        snapshot?.fills.append(told)
        askForOwner(told, symbol, now)
      case .ownerOfFills(let venueOrderID):
        if told.ownership == .own { owners[venueOrderID] = told.report.orderID }
      default: break
      }
    }
  }

  /// A fill names its order by the venue's number: of an order that nobody here knows that alone says
  /// nothing, and the order is asked for.
  private func askForOwner(_ told: BinanceSpotReport, _ symbol: Int, _ now: SessionTime) {
    let id = told.report.venueOrderID
    guard owners[id] == nil, snapshot?.strangers.insert(id).inserted == true else { return }
    var input = RequestInput()
    input.symbol = symbols[symbol].symbol
    input.venueOrderID = id
    ask(.query, .ownerOfFills(id), input, now)
  }

  private func finishSnapshot(_ now: SessionTime) {
    guard let done = snapshot else { return }
    snapshot = nil
    var frame = VenueReport(
      kind: .snapshotBegin, venue: venue, version: done.request.version, venueTime: done.takenAt)
    emit(frame, now)
    for fill in done.fills { take(fill, now) }
    for order in done.openOrders { take(order, now) }
    frame.kind = .snapshotEnd
    emit(frame, now)
  }
}

extension BinanceSpotTrading.Purpose {
  /// Whether it is a part of a snapshot.
  var isOfSnapshot: Bool {
    switch self {
    case .openOrders, .fillsOfSymbol, .ownerOfFills: true
    default: false
    }
  }
}
