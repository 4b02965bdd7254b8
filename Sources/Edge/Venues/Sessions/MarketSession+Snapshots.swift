import TradingModel

// Snapshots: asked for beside the stream, or made to come through it again.
extension MarketSession {
  func wantSnapshot(_ symbol: Int, _ now: SessionTime) {
    guard assembler.keepsUpdates else { return wantRenewal(symbol, now) }
    guard !following[symbol].isAsked,
      following[symbol].snapshotAt == nil
    else { return }
    following[symbol].snapshotAt = now.monotonic
    askForSnapshots(now)
  }

  /// Where snapshots come through the stream: leaves it and subscribes again, and once more after a pause
  /// while no snapshot comes.
  private func wantRenewal(_ symbol: Int, _ now: SessionTime) {
    guard following[symbol].renewalAt == nil, renewalLine(symbol) != nil else { return }
    following[symbol].renewalAt = now.monotonic
    renew(now)
  }

  /// The line that is asked for a book again: another one each time.
  private func renewalLine(_ symbol: Int) -> Int? {
    for step in lines.indices {
      let line = (following[symbol].failureCount + step) % lines.count
      if lines[line].isSubscribed(symbols.count) { return line }
    }
    return nil
  }

  func renew(_ now: SessionTime) {
    for symbol in following.indices {
      guard openLines != 0, let time = following[symbol].renewalAt, time <= now.monotonic
      else { continue }
      let doublings = min(following[symbol].failureCount, 6)
      following[symbol].renewalAt =
        now.monotonic + min(Self.renewalPause << Int64(doublings), Self.retryPauseMax)
      // A line that is not subscribed yet brings a snapshot by itself.
      guard let line = renewalLine(symbol) else { continue }
      following[symbol].failureCount += 1
      text.removeAll(keepingCapacity: true)
      lines[line].dialect.writeRenewal(symbols[symbol], into: &text)
      let channel = lines[line].streams[0].channel
      for line in text.split(separator: UInt8(ascii: "\n")) {
        line.withUnsafeBytes { outbox.text(channel, tag: 0, $0) }
      }
    }
  }

  func wantSnapshotsAgain(_ now: SessionTime) {
    for symbol in following.indices
    where openLines != 0 && !assembler.isSynced(symbol) && following[symbol].lastUpdate > 0 {
      wantSnapshot(symbol, now)
    }
  }

  func askForSnapshots(_ now: SessionTime) {
    guard let cost = lines[0].dialect.snapshotCost else { return }
    for symbol in following.indices {
      guard let time = following[symbol].snapshotAt, time <= now.monotonic else { continue }
      do throws(RateRefusal) {
        try shared.budget.take(cost, at: now)
      } catch {
        following[symbol].snapshotAt =
          now.monotonic + max(1, error.retryAt - shared.budget.venueTime(at: now))
        continue
      }
      following[symbol].snapshotAt = nil
      following[symbol].isAsked = true
      var target = lines[0].dialect.snapshotTarget(symbols[symbol].symbol)
      target.withUTF8 {
        outbox.request(
          Self.snapshotChannel, tag: UInt64(symbol), .get, target: UnsafeRawBufferPointer($0))
      }
    }
  }

  func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime
  ) {
    let symbol = Int(tag)
    guard symbol < following.count, following[symbol].isAsked else { return }
    lines[0].dialect.observeLimits(
      answer, &shared.budget, at: shared.budget.venueTime(at: now))
    guard answer.status == 200 else { return refused(symbol, answer, now) }
    message.clear()
    message.receiveTime = received
    do throws(ScanError) {
      try lines[0].dialect.decodeSnapshot(answer.body, index: symbol, &scales, into: &message)
    } catch {
      tally.malformed += 1
      lastFault =
        "a snapshot of \(symbols[symbol].symbol): at byte \(error.offset) "
        + "\(error.expected) was expected"
      return failed(symbol, now)
    }
    following[symbol].isAsked = false
    tally.snapshots += 1
    recorder?.record(symbol: symbol, answer.body, received: received)
    // Our connection was lost meanwhile: what it would join is gone.
    guard openLines != 0 else { return }
    write { assembler, message, records throws(FeedError) in
      try assembler.takeSnapshot(&message, into: &records)
      while assembler.replaying >= 0 { try assembler.replayOne(&message, into: &records) }
    }
    if assembler.isSynced(symbol) {
      following[symbol].failureCount = 0
    } else {
      // It was older than the updates we have, or we miss one.
      failed(symbol, now)
    }
  }

  /// An answer that is no snapshot: asked too often, a fault of the venue, or (4xx) a refusal for good,
  /// as of a symbol that it does not have, which is worth asking about now and then only.
  private func refused(_ symbol: Int, _ answer: SessionAnswer, _ now: SessionTime) {
    let isForGood =
      answer.status >= 400 && answer.status < 500 && answer.status != 418 && answer.status != 429
    lastFault =
      "a snapshot of \(symbols[symbol].symbol) was \(isForGood ? "refused" : "answered") with "
      + "\(answer.status): \(String(decoding: answer.body.prefix(200), as: UTF8.self))"
    failed(symbol, now)
    if isForGood { following[symbol].snapshotAt = now.monotonic + Self.retryPauseMax }
  }

  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {
    guard channel == Self.snapshotChannel, Int(tag) < following.count else { return }
    failed(Int(tag), isLoss: true, now)
  }

  func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) {
    if Int(tag) < following.count { failed(Int(tag), isLoss: true, now) }
  }

  /// - Parameter isLoss: whether the question was lost with its connection: the first time it is asked again
  ///   at once, and waits for the next one.
  func failed(_ symbol: Int, isLoss: Bool = false, _ now: SessionTime) {
    tally.snapshotFailures += 1
    following[symbol].isAsked = false
    let doublings = min(following[symbol].failureCount, 6)
    let pause =
      isLoss && doublings == 0 ? 0 : min(Self.retryPause << Int64(doublings), Self.retryPauseMax)
    following[symbol].failureCount += 1
    following[symbol].snapshotAt = now.monotonic + pause
  }

  func startOver(_ symbol: Int, _ now: SessionTime) {
    guard assembler.isSynced(symbol) else { return }
    assembler.lose(symbol)
    following[symbol].aheadUntil = nil
    announce(.gap, symbol, now)
    wantSnapshot(symbol, now)
  }
}
