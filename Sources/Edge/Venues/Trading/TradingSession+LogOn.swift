import TradingModel

// Answers about the session itself: its steps of logging on, and what it asks again and again.
extension TradingSession where Dialect: ~Copyable {
  /// A step of logging on was answered.
  func take(step index: Int, _ asked: Asked, _ now: SessionTime) {
    guard phase == .loggingOn(step: index) else { return }
    switch (news.outcome, dialect.logOn[index].kind) {
    case (.time(let time), _):
      observe(time, asked, now)
      finishStep(index, now)
    case (.failed(.reject, _), _) where dialect.logOn[index].isProtection:
      guard let deadMan = dialect.deadMan else { return }
      refusedDeadMan(news.text, deadMan, now)
      if phase == .loggingOn(step: index) { finishStep(index, now) }
    case (.failed(let meaning, _), _): refused(meaning, now)
    case (_, .open):
      // The step is done when the channel is open.
      outbox.open(dialect.logOn[index].channel, target: news.target)
    case (_, .time): again("the venue did not tell its time", now)
    case (_, .ask): finishStep(index, now)
    }
  }

  /// Something repeated was answered.
  func take(repeated index: Int, _ asked: Asked, _ now: SessionTime) {
    switch news.outcome {
    case .time(let time): observe(time, asked, now)
    case .failed: if dialect.repeated[index].kind == .ask { keepingFailed(index, now) }
    case .done, .acknowledged: break
    }
  }

  /// What keeps a stream open was refused: the stream is as good as over.
  private func keepingFailed(_ index: Int, _ now: SessionTime) {
    for step in dialect.logOn where step.kind == .open { return streamEnded(step.channel, now) }
  }

  private func observe(_ time: Timestamp, _ asked: Asked, _ now: SessionTime) {
    clock.observe(
      asked: asked.at.wall, venueTime: time, resolution: Self.clockResolution,
      roundTrip: now.monotonic - asked.at.monotonic)
    shared.budget.clockOffset = clock.offset
  }

  /// The venue does not let us in.
  func refused(_ meaning: VenueErrorMeaning, _ now: SessionTime) {
    lastFault = news.text
    switch meaning {
    // Whoever is taken for logged out takes the step again.
    case .stop(.loggedOut): again(news.text, now)
    case .stop(let cause): leave(.stopped(cause), now)
    case .rateLimited(let until, let scope):
      shared.budget.ban(until: until, by: scope)
      again(news.text, notBefore: until - venueTime(now), now)
    case .endpointLimited(let until):
      again(news.text, notBefore: until - venueTime(now), now)
    case .resynchronize:
      clock.forget()
      again(news.text, now) { $0.kind == .time }
    case .retry, .askFirst, .reject: again(news.text, now)
    }
  }
}
