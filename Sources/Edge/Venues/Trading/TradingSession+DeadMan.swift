import TradingModel

// The venue's dead-man switch: armed before orders may be entered, renewed while they may, and ended where a
// run ends in order.
extension TradingSession where Dialect: ~Copyable {
  /// All steps of logging on are done: no order stands unprotected, so the switch comes next.
  func arm(_ now: SessionTime) {
    guard let deadMan = dialect.deadMan, deadMan.kind == .countdown,
      deadManState.stage != .disarming
    else { return begin(now) }
    phase = .arming
    deadManState.begin(.arming, at: now.monotonic)
    advanceDeadMan(now)
  }

  /// What is due: questions, those that are given up, and a countdown that may be over.
  func advanceDeadMan(_ now: SessionTime) {
    guard deadManState.stage != .idle, let deadMan = dialect.deadMan else { return }
    // A process that was stopped for a while comes here with everything overdue.
    if phase == .ready, deadManState.end(deadMan.countdown) <= now.monotonic { return ranOut(now) }
    for part in deadManState.parts.indices
    where deadManState.parts[part].dueAt <= now.monotonic {
      if deadManState.parts[part].askedAt == nil {
        askDeadMan(part, deadMan, now)
      } else {
        failDeadMan(part, "was not answered", deadMan, now)
      }
    }
  }

  private func askDeadMan(_ part: Int, _ deadMan: DeadManSwitch, _ now: SessionTime) {
    do throws(RateRefusal) {
      try shared.budget.take(deadMan.cost, at: now)
    } catch {
      let pause = max(Self.retryPause, error.retryAt - shared.budget.venueTime(at: now))
      deadManState.parts[part].dueAt = now.monotonic + pause
      return
    }
    let tag = table.takeTag()
    let question = TradingQuestion.deadMan(part: part, isOn: deadManState.stage == .arming)
    do throws(RequestError) {
      _ = try dialect.write(
        question, OrderName(orderID: 0), tag: tag, at: venueTime(now), into: &outbox)
    } catch {
      return failDeadMan(part, "cannot be asked for: \(error)", deadMan, now)
    }
    asked[tag] = Asked(question: question, channel: deadMan.channel, at: now)
    deadManState.parts[part].askedAt = now.monotonic
    // With the shortest countdowns a question is given up before the next one must be asked.
    deadManState.parts[part].dueAt = now.monotonic + min(Self.answerTimeout, deadMan.renewal)
  }

  /// A question about the switch was answered.
  func take(deadMan part: Int, isOn: Bool, _ asked: Asked, _ now: SessionTime) {
    guard let deadMan = dialect.deadMan, asked.at.monotonic >= deadManState.since,
      isOn == (deadManState.stage == .arming), deadManState.stage != .idle
    else { return }
    switch news.outcome {
    case .done, .acknowledged, .time:
      deadManState.parts[part].confirmedAt = max(
        deadManState.parts[part].confirmedAt ?? .min, asked.at.monotonic)
      // A late answer counts, but the question that is due is waited for.
      if let due = deadManState.parts[part].askedAt, due > asked.at.monotonic { break }
      deadManState.parts[part].askedAt = nil
      deadManState.parts[part].failureCount = 0
      deadManState.parts[part].dueAt = isOn ? asked.at.monotonic + deadMan.renewal : .max
    case .failed(.reject, _) where phase == .arming:
      // Others may have been said yes to, and go on: their countdowns run.
      deadManState.refuse(part)
      refusedDeadMan(news.text, deadMan, now)
    case .failed(.resynchronize, _) where phase == .arming:
      // The venue's time is asked for again, which is a step of logging on.
      return refused(.resynchronize, now)
    case .failed:
      if deadManState.parts[part].askedAt == asked.at.monotonic {
        failDeadMan(part, "was refused: \(news.text)", deadMan, now)
      }
      return
    }
    if phase == .arming, deadManState.isDone { begin(now) }
    if !isOn, deadManState.isDone { deadManState.begin(.idle, at: now.monotonic) }
  }

  /// A question has no answer, or a bad one for a reason that passes: it is asked again soon, well before
  /// the countdown is over.
  func failDeadMan(
    _ part: Int, _ fault: String, _ deadMan: DeadManSwitch, _ now: SessionTime
  ) {
    lastFault = "the dead-man switch \(fault)"
    let failures = Int64(min(deadManState.parts[part].failureCount, 6))
    let pause = min(Self.retryPause << failures, max(Self.retryPause, deadMan.countdown / 6))
    deadManState.parts[part].failureCount += 1
    deadManState.parts[part].askedAt = nil
    deadManState.parts[part].dueAt = now.monotonic + pause
  }

  /// A question certainly did not leave, or its answer will not come.
  func unasked(deadMan part: Int, _ asked: Asked, _ now: SessionTime) {
    guard let deadMan = dialect.deadMan,
      deadManState.parts[part].askedAt == asked.at.monotonic, deadManState.stage != .idle
    else { return }
    failDeadMan(part, "was not answered", deadMan, now)
  }

  /// The venue does not give the account the switch, or a part of it. That is told once, in the first words
  /// of the venue: what it says of later steps, parts or connections follows from it.
  func refusedDeadMan(_ words: String, _ deadMan: DeadManSwitch, _ now: SessionTime) {
    let isKnown = deadManState.refusal != nil
    deadManState.refusal = deadManState.refusal ?? words
    if deadMan.setting.isRequired {
      lastFault = "the venue refuses its dead-man switch, which is asked for: \(words)"
      stop(.permission, over: deadMan.channel, now)
    } else if !isKnown {
      warn("orders stand without the venue's dead-man switch: \(words)")
    }
  }

  /// Nobody can say whether the venue has canceled what stood. The core is told that the connection is
  /// lost, and once the switch is armed again, that there is one: then it asks for everything, and what is
  /// gone is found out from that.
  private func ranOut(_ now: SessionTime) {
    let fault = "the dead-man switch was not renewed in time: the venue may have canceled orders"
    lastFault = fault
    warn(fault)
    snapshot = nil
    leave(.down, now)
    arm(now)
  }

  // MARK: The end of a run

  /// Has the venue leave alone what stands when we are gone.
  func disarm(at now: SessionTime) {
    guard let deadMan = dialect.deadMan,
      deadMan.kind == .countdown || deadManState.refusal == nil
    else { return }
    guard phase == .ready || phase == .arming else {
      return warn("the dead-man switch cannot be ended: the venue may cancel what stands there")
    }
    deadManState.begin(.disarming, at: now.monotonic)
    if deadManState.isDone { deadManState.begin(.idle, at: now.monotonic) }
    advanceDeadMan(now)
  }

  var isDisarming: Bool { deadManState.stage == .disarming }
}
