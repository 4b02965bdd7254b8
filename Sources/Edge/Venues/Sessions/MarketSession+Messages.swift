import TradingModel

// Messages of the streams.
extension MarketSession {
  func received(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {
    let line = line(of: channel)
    lines[line].counts.lastMessage = now.monotonic
    message.clear()
    message.receiveTime = received
    do throws(ScanError) {
      switch try lines[line].dialect.decode(bytes, &scales, into: &message) {
      case .data:
        let symbol = message.symbol
        let isUsed = take(line, now)
        if symbol >= 0, isUsed { recorder?.record(symbol: symbol, bytes, received: received) }
      case .acknowledged: lines[line].acknowledgedCount += 1
      case .inconsistent:
        tally.inconsistent += 1
        lastFault = "the checksum of a book is not the venue's"
        if message.symbol >= 0 { startOver(message.symbol, now) }
      case .refused(let words):
        tally.refused += 1
        lastFault = words
      case .other: tally.other += 1
      }
    } catch {
      tally.malformed += 1
      lastFault =
        "at byte \(error.offset) \(error.expected) was expected\(hint(error)): "
        + String(decoding: bytes.prefix(200), as: UTF8.self)
      // What cannot be read of a contract is no loss of its book.
      if message.symbol >= 0, message.kind != .contract { missed(line, message.symbol, now) }
    }
  }

  /// Whose message it is that cannot be read, and what that may mean.
  private func hint(_ error: ScanError) -> String {
    guard message.symbol >= 0 else { return "" }
    let symbol = scales.entries[message.symbol].symbol
    // So `FieldScanner` says that digits would be lost.
    guard error.expected.hasPrefix("a number of at most") else { return " for \(symbol)" }
    return " for \(symbol), whose tick or lot may have changed"
  }

  /// A message over `line` could not be read. Where another line goes on, it brings the same, and
  /// the venue's numbers show it if it does not.
  private func missed(_ line: Int, _ symbol: Int, _ now: SessionTime) {
    lines[line].unreadable[symbol] = true
    for other in lines.indices
    where lines[other].isOpen && !lines[other].unreadable[symbol]
      && assembler.carries(other, symbol)
    {
      return
    }
    startOver(symbol, now)
  }

  /// Takes a message; false when it told nothing new.
  private func take(_ line: Int, _ now: SessionTime) -> Bool {
    let symbol = message.symbol
    guard symbol >= 0 else {
      tally.other += 1
      return false
    }
    var outcome = LineOutcome.used
    switch message.kind {
    case .depth: outcome = takeDepth(line, symbol, now)
    case .snapshot, .book: outcome = takeBook(line, symbol, now)
    case .trade, .aggregateTrade: outcome = takeTrades(symbol)
    case .bestQuote: outcome = takeQuote(symbol)
    case .contract: outcome = takeContract(symbol)
    case .order, .other:
      tally.other += 1
      return true
    }
    count(outcome, line)
    return outcome != .seen
  }

  private func takeDepth(_ line: Int, _ symbol: Int, _ now: SessionTime) -> LineOutcome {
    let before = following[symbol].lastUpdate
    following[symbol].lastUpdate = now.monotonic
    let isBehind = assembler.isSynced(symbol) && message.final < assembler.lastUpdate(symbol)
    var outcome = LineOutcome.used
    let open = openLines
    let isShared = isRedundant
    let isWritten = write { assembler, message, records throws(FeedError) in
      if isShared {
        outcome = try assembler.takeDepth(&message, over: line, open: open, into: &records)
      } else {
        let dropped = assembler.counts.dropped
        try assembler.takeDepth(&message, into: &records)
        if assembler.counts.dropped > dropped { outcome = .seen }
      }
    }
    if isShared {
      lines[line].unreadable[symbol] = false
      watchAhead(symbol, now)
    }
    // The rule counts it as applied, and the core has not got it.
    if !isWritten { assembler.lose(symbol) }
    if !assembler.isSynced(symbol) {
      if state(of: symbol) == .synced { announce(.gap, symbol, now) }
      wantSnapshot(symbol, now)
    } else if isBehind, outcome == .seen {
      // What is older than the book says nothing of now. Were the venue's numbers to begin anew, nothing else
      // would come, and the book would be taken for good.
      following[symbol].lastUpdate = before
      if state(of: symbol) == .stale { startOver(symbol, now) }
    } else if state(of: symbol) == .stale {
      announce(.synced, symbol, now)
    }
    return outcome
  }

  /// A whole book through the stream.
  private func takeBook(_ line: Int, _ symbol: Int, _ now: SessionTime) -> LineOutcome {
    following[symbol].lastUpdate = now.monotonic
    var outcome = LineOutcome.used
    let isShared = isRedundant
    write { assembler, message, records throws(FeedError) in
      if isShared {
        outcome = try assembler.takeSnapshot(&message, over: line, into: &records)
      } else {
        try assembler.takeSnapshot(&message, into: &records)
      }
    }
    following[symbol].renewalAt = nil
    following[symbol].failureCount = 0
    if isShared {
      lines[line].unreadable[symbol] = false
      watchAhead(symbol, now)
      if assembler.isSynced(symbol), state(of: symbol) == .stale { announce(.synced, symbol, now) }
    }
    return outcome
  }

  /// Trades that were seen already come again after a reconnect, or over a second line.
  private func takeTrades(_ symbol: Int) -> LineOutcome {
    let before = message.trades.count
    if isRedundant {
      dropSeenTrades(symbol)
    } else {
      let last = following[symbol].lastTrade
      message.trades.removeAll { $0.tradeID != 0 && $0.tradeID <= last }
    }
    tally.repeatedTrades += before - message.trades.count
    guard let newest = message.trades.last else { return .seen }
    following[symbol].lastTrade = max(following[symbol].lastTrade, newest.tradeID)
    write { assembler, message, records throws(FeedError) in
      try assembler.emitTrades(message, into: &records)
    }
    return .used
  }

  /// The lines need not be at the same trade, so that each trade counts for itself.
  private func dropSeenTrades(_ symbol: Int) {
    if seenTrades[symbol] == nil { seenTrades[symbol] = SeenTrades() }
    guard let seen = seenTrades[symbol] else { return }
    message.keepTrades { trade, key in
      if trade.tradeID != 0 { return seen.insert(trade.tradeID, isOrdered: true) }
      return key == 0 || seen.insert(key, isOrdered: false)
    }
  }

  private func takeQuote(_ symbol: Int) -> LineOutcome {
    if message.final != 0 {
      let last = following[symbol].lastQuote
      // Numbers that are so much lower began anew.
      if message.final <= last, last - message.final < Self.restartDistance { return .seen }
      following[symbol].lastQuote = message.final
    }
    write { assembler, message, records throws(FeedError) in
      try assembler.emitQuote(message, into: &records)
    }
    return .used
  }

  /// Over several lines the same comes again, and a line that is behind must not take what is known back:
  /// of each field only what is newer counts.
  private func takeContract(_ symbol: Int) -> LineOutcome {
    if isRedundant { following[symbol].contractTimes.keepNews(&message) }
    guard !message.contract.isEmpty else { return .seen }
    write { assembler, message, records throws(FeedError) in
      try assembler.emitContract(message, into: &records)
    }
    return .used
  }

  /// A quote's number that is lower by more than a venue counts in hours is not a late one.
  private static var restartDistance: UInt64 { 1 << 24 }
}
