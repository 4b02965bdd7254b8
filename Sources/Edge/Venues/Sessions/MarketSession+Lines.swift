import TradingModel

// Connections: each line subscribes, and keeps its streams open, for itself.
extension MarketSession {
  func opened(_ channel: Int, at now: SessionTime) {
    guard let (line, stream) = stream(of: channel) else { return wantSnapshotsAgain(now) }
    lines[line].streams[stream].isOpen = true
    lines[line].streams[stream].next = 0
    lines[line].streams[stream].subscribeAt = now.monotonic
    if stream == 0 {
      openLines |= 1 << UInt8(line)
      lines[line].counts.openings += 1
      if line > 0, lines[line].counts.openings == 1 {
        lines[line].renewAt = now.monotonic + Self.renewalAge
      }
      lines[line].askedCount = 0
      lines[line].acknowledgedCount = 0
      if let heartbeat = lines[line].dialect.heartbeat {
        lines[line].heartbeatAt = now.monotonic + heartbeat.interval
      }
    }
    subscribe(now)
  }

  func closed(_ channel: Int, at now: SessionTime) {
    guard let (line, stream) = stream(of: channel) else {
      for symbol in following.indices where following[symbol].isAsked { failed(symbol, now) }
      return
    }
    lines[line].streams[stream].isOpen = false
    lines[line].streams[stream].subscribeAt = .max
    if lines[line].isRenewing {
      outbox.open(channel)
      if lines[line].streams.allSatisfy({ !$0.isOpen }) { lines[line].isRenewing = false }
    }
    // Books are another stream's.
    guard stream == 0 else { return }
    openLines &= ~(1 << UInt8(line))
    lines[line].heartbeatAt = .max
    lines[line].counts.losses += 1
    for symbol in symbols.indices {
      lines[line].unreadable[symbol] = false
      assembler.leave(line, symbol)
      if isCarried(symbol) {
        giveUp(unless: openLines, symbol, now)
        continue
      }
      if willBeCarried(symbol) {
        following[symbol].aheadUntil = now.monotonic + Self.aheadPause
        continue
      }
      assembler.lose(symbol)
      following[symbol] = Following()
      announce(.disconnected, symbol, now)
    }
  }

  /// Whether an open line carries a symbol's book, so that nothing is missed without being noticed: it
  /// brought some of it, or it is quiet and everything it asked for was granted.
  private func isCarried(_ symbol: Int) -> Bool {
    for line in lines.indices where lines[line].isOpen {
      if assembler.carries(line, symbol) { return true }
      if assembler.keepsUpdates, lines[line].isSubscribed(symbols.count),
        lines[line].acknowledgedCount >= lines[line].askedCount
      {
        return true
      }
    }
    return false
  }

  /// Whether an open line will carry a symbol's book in a moment.
  private func willBeCarried(_ symbol: Int) -> Bool {
    assembler.isSynced(symbol)
      && lines.indices.contains { lines[$0].isOpen && assembler.willCarry($0, symbol) }
  }

  func subscribe(_ now: SessionTime) {
    for line in lines.indices {
      for stream in lines[line].streams.indices {
        while lines[line].streams[stream].subscribeAt <= now.monotonic { ask(line, stream) }
      }
    }
  }

  /// Sends the next subscription message of a stream.
  private func ask(_ line: Int, _ stream: Int) {
    let (start, place) = (lines[line].streams[stream].next, lines[line].streams[stream].place)
    guard start < symbols.count else {
      lines[line].streams[stream].subscribeAt = .max
      return
    }
    text.removeAll(keepingCapacity: true)
    let count =
      stream == 0
      ? lines[line].dialect.writeSubscription(symbols, from: start, into: &text)
      : lines[line].dialect.writeSubscription(over: place, symbols, from: start, into: &text)
    lines[line].streams[stream].next = start + max(1, count)
    if stream == 0 { lines[line].askedCount += 1 }
    text.withUnsafeBytes { outbox.text(lines[line].streams[stream].channel, tag: 0, $0) }
    let isDone = lines[line].streams[stream].next >= symbols.count
    lines[line].streams[stream].subscribeAt =
      isDone
      ? .max
      : lines[line].streams[stream].subscribeAt
        + Self.second / Int64(lines[line].dialect.subscriptionsPerSecond)
  }

  func sayHeartbeats(_ now: SessionTime) {
    for line in lines.indices {
      guard let heartbeat = lines[line].dialect.heartbeat,
        lines[line].heartbeatAt <= now.monotonic
      else { continue }
      lines[line].heartbeatAt = now.monotonic + heartbeat.interval
      var text = heartbeat.text
      text.withUTF8 {
        outbox.text(lines[line].streams[0].channel, tag: 0, UnsafeRawBufferPointer($0))
      }
    }
  }

  /// Opens a line anew while another is open. Venues close connections of a certain age (of a day, often),
  /// and lines that were opened together would be closed together.
  func renewLines(_ now: SessionTime) {
    for line in lines.indices where lines[line].renewAt <= now.monotonic {
      let others = openLines & ~(1 << UInt8(line))
      guard lines[line].isOpen, others != 0 else {
        lines[line].renewAt = now.monotonic + 60 * Self.second
        continue
      }
      lines[line].renewAt = .max
      lines[line].isRenewing = true
      for stream in lines[line].streams where stream.isOpen { outbox.close(stream.channel) }
    }
  }

  // MARK: Updates that are ahead

  /// Counts what became of a message that came over `line`.
  func count(_ outcome: LineOutcome, _ line: Int) {
    switch outcome {
    case .used: lines[line].counts.first += 1
    case .seen: lines[line].counts.repeated += 1
    case .ahead: lines[line].counts.ahead += 1
    case .gap: break
    }
  }

  /// Begins or ends the wait for what lies before updates that are ahead.
  func watchAhead(_ symbol: Int, _ now: SessionTime) {
    if assembler.symbols[symbol].aheadCount > 0 {
      if following[symbol].aheadUntil == nil {
        following[symbol].aheadUntil = now.monotonic + Self.aheadPause
      }
    } else if following[symbol].aheadUntil != nil, !assembler.isSynced(symbol) || isCarried(symbol)
    {
      following[symbol].aheadUntil = nil
    }
  }

  /// Gives up what no line brought in time.
  func giveUpLate(_ now: SessionTime) {
    guard isRedundant else { return }
    for symbol in following.indices {
      guard let time = following[symbol].aheadUntil, time <= now.monotonic else { continue }
      following[symbol].aheadUntil = nil
      if assembler.symbols[symbol].aheadCount > 0 {
        giveUp(unless: 0, symbol, now)
      } else if !isCarried(symbol) {
        startOver(symbol, now)
      }
    }
  }

  /// Gives up what is missing of a symbol's book, unless one of the `open` lines may still bring it.
  private func giveUp(unless open: UInt8, _ symbol: Int, _ now: SessionTime) {
    message.clear()
    message.symbol = symbol
    message.receiveTime = now.wall
    var isGap = false
    write { assembler, message, records throws(FeedError) in
      isGap = try assembler.giveUp(unless: open, message, into: &records)
    }
    watchAhead(symbol, now)
    if isGap { wantSnapshot(symbol, now) }
  }
}
