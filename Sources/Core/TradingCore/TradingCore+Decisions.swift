import Strategies
import TradingModel

// The second phase: strategies are told, and what they want is carried out.
extension TradingCore {
  mutating func decide(
    _ header: RecordHeader, _ input: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) {
    tellStrategies(header, input, &outputs)
    if RecordKind(rawValue: header.kind) == .command { obey(input, &outputs) }
    carryOutIntents(&outputs)
    continueSweep(&outputs)
  }

  /// As `decide`, while recovering: strategies see what happened, what they want is in the journal.
  mutating func observe(
    _ header: RecordHeader, _ input: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) {
    tellStrategies(header, input, &outputs)
    if RecordKind(rawValue: header.kind) == .command { obeySwitches(input) }
    intents.pointee.removeAll()
    // The recorded outputs follow and are applied as facts; what the facts emitted is among them,
    // unless the run died in between: then the next run tells of it first.
    untold = []
    untoldFunding = []
    var offset = 0
    while offset < outputs.byteCount {
      let record = UnsafeRawPointer(outputs.base + offset)
      offset += Int(record.load32(0))
      switch RecordKind(rawValue: record.load16(4)) {
      case .fillEvent: if let fill = FillEvent(at: record) { untold.append(fill) }
      case .fundingEvent: untoldFunding.append(FundingEvent(at: record))
      default: break
      }
    }
    outputs.removeAll()
  }

  private mutating func tellStrategies(
    _ header: RecordHeader, _ input: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) {
    guard isDefined else { return }
    switch RecordKind(rawValue: header.kind) {
    case .bookUpdate, .bestQuote, .feedStatus: tellBook(input.load16(40))
    case .trade:
      let trade = Trade(at: input)
      forEachFollower(of: trade.listing) { host, context in host.traded(trade, context) }
    case .contractUpdate:
      let listing = input.load16(40)
      forEachFollower(of: listing) { host, context in host.contractChanged(listing, context) }
    case .signal:
      // What it leads to is the strategy's own doing, and told to others alone.
      handle(input, &outputs)
      return
    case .timer:
      for index in hosts.indices where isRunning[index] {
        hosts[index]?.timerTicked(context(StrategyIndex(index)))
      }
      tellStaleFeeds(outputs)
    case .venueReport, .fundingPayment, .positionAdjustment, .command: break
    default: return
    }
    tellOwnEvents(outputs)
  }

  private func context(
    _ strategy: StrategyIndex, signalID: UInt64 = 0
  ) -> StrategyContext {
    StrategyContext(view: view, strategy: strategy, now: now, signalID: signalID)
  }

  /// A book that went stale has changed, though no word came from its venue.
  private mutating func tellStaleFeeds(_ outputs: borrowing RecordBuffer) {
    var offset = 0
    while offset < outputs.byteCount {
      let record = UnsafeRawPointer(outputs.base + offset)
      offset += Int(record.load32(0))
      guard record.load16(4) == RecordKind.alert.rawValue, let alert = Alert(at: record),
        alert.kind == .feedLost
      else { continue }
      tellBook(alert.listing)
    }
  }

  // Mutating, as all that is called for each input: a call that borrows the core copies it.
  private mutating func tellBook(_ listing: ListingIndex) {
    forEachFollower(of: listing) { host, context in host.bookChanged(listing, context) }
  }

  private mutating func forEachFollower(
    of listing: ListingIndex, _ body: (StrategyHost, borrowing StrategyContext) -> Void
  ) {
    let row = Int(listing) * capacity.strategies
    for index in 0..<strategyEnd where follows[row + index] && isRunning[index] {
      guard let host = hosts[index] else { continue }
      body(host, context(StrategyIndex(index)))
    }
  }

  /// Tells each strategy of the order, fill and funding events that the facts led to.
  private mutating func tellOwnEvents(_ outputs: borrowing RecordBuffer) {
    var offset = 0
    let end = outputs.byteCount
    while offset < end {
      let record = UnsafeRawPointer(outputs.base + offset)
      offset += Int(record.load32(0))
      switch RecordKind(rawValue: record.load16(4)) {
      case .orderEvent:
        guard let host = host(record.load16(OrderEvent.strategyOffset)),
          let event = OrderEvent(at: record)
        else { continue }
        host.orderChanged(event, context(event.strategy))
      case .fillEvent:
        guard let fill = FillEvent(at: record), let host = host(fill.strategy) else { continue }
        host.filled(fill, context(fill.strategy))
        // The inventory changed: quotes may have to move without waiting for the market.
        host.bookChanged(fill.listing, context(fill.strategy))
      case .fundingEvent:
        let funding = FundingEvent(at: record)
        host(funding.strategy)?.funded(funding, context(funding.strategy))
      default: break
      }
    }
  }

  private func host(_ strategy: StrategyIndex) -> StrategyHost? {
    Int(strategy) < hosts.count && isRunning[Int(strategy)] ? hosts[Int(strategy)] : nil
  }

  /// Gives a signal to its strategy and answers it.
  private mutating func handle(_ input: UnsafeRawPointer, _ outputs: inout RecordBuffer) {
    guard let signal = Signal(at: input) else { return }
    counts.signals += 1
    signalAnswers = SignalAnswers()
    var outcome = SignalOutcome.unknownStrategy
    if Int(signal.listing) >= listingCount.pointee {
      outcome = .unknownListing
    } else if let host = host(signal.strategy) {
      outcome = host.signaled(signal, context(signal.strategy, signalID: signal.signalID))
      if outcome == .ordered, !isRecovering {
        // The order's fate at the risk checks belongs into the answer.
        signalAnswers.signalID = signal.signalID
        carryOutIntents(&outputs)
        if signalAnswers.wasRefused { outcome = .refused }
      }
    }
    SignalAnswer(
      signalID: signal.signalID, orderID: signalAnswers.orderID, outcome: outcome,
      refusal: signalAnswers.refusal, strategy: signal.strategy
    ).store(at: emit(.signalAnswer, SignalAnswer.byteCount, &outputs))
    signalAnswers = SignalAnswers()
  }
}
