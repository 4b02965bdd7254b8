import Testing
import TradingModel

@testable import Venues

/// The venue's dead-man switch in the session that all venues share.
@Suite struct DeadManTests {
  typealias Session = TradingSession<PlayedTrading>

  private static let usual = DeadManSetting(seconds: 60)

  private func carrier(
    _ setting: DeadManSetting? = usual, _ kind: DeadManSwitch.Kind = .countdown, parts: Int = 1,
    budget: SharedBudget = SharedBudget([])
  ) -> SessionCarrier {
    let deadMan = setting.map {
      DeadManSwitch(
        kind, $0, channel: PlayedTrading.rest, partCount: parts, cost: RequestCost(weight: 1))
    }
    return SessionCarrier(Session(PlayedTrading(deadMan: deadMan), budget: budget))
  }

  /// Logged on; what comes next was not answered.
  private func logOn(_ carrier: SessionCarrier) throws {
    carrier.start()
    carrier.open(PlayedTrading.rest)
    carrier.open(PlayedTrading.orders)
    try yes(carrier, "log-on")
  }

  /// Says yes to the one message that was sent.
  private func yes(_ carrier: SessionCarrier, _ message: String) throws {
    let sent = carrier.takeTexts()
    try #require(sent.map(\.text) == [message])
    carrier.receive("\(sent[0].tag)")
  }

  private func armed(
    _ setting: DeadManSetting = usual, budget: SharedBudget = SharedBudget([])
  ) throws -> SessionCarrier {
    let carrier = carrier(setting, budget: budget)
    try logOn(carrier)
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier) == [.connected])
    return carrier
  }

  /// Answers the questions that were asked.
  private func answer(_ carrier: SessionCarrier, _ expected: [String], _ word: String = "yes") {
    let asked = carrier.takeRequests()
    #expect(asked.map(\.text) == expected)
    for question in asked { carrier.answer(question.tag, word) }
  }

  private func session(_ carrier: SessionCarrier) throws -> Session {
    try #require(carrier.common as? Session)
  }

  /// What the core was told since the last call.
  private func kinds(_ carrier: SessionCarrier) -> [VenueReportKind] {
    defer { _ = carrier.takeKinds() }
    return carrier.records(.venueReport) { VenueReport(at: $0) }.map(\.kind)
  }

  private func request(_ kind: VenueRequestKind) -> VenueRequest {
    VenueRequest(kind: kind, listing: 3, venue: 2, orderID: 36, version: 1, quantity: 10)
  }

  @Test func isArmedBeforeAnythingIsEntered() throws {
    let carrier = carrier(parts: 2)
    try logOn(carrier)
    let asked = carrier.takeRequests()
    #expect(asked.map(\.text) == ["POST arm 0", "POST arm 1"])
    carrier.answer(asked[1].tag, "yes")
    #expect(kinds(carrier).isEmpty)
    // Nothing is entered that would stand unprotected; what stands may be canceled.
    carrier.send(request(.newOrder))
    #expect(kinds(carrier) == [.notSent])
    carrier.send(request(.cancel))
    #expect(carrier.takeTexts().map(\.text) == ["cancel 36"])
    carrier.answer(asked[0].tag, "yes")
    #expect(kinds(carrier) == [.connected])
    carrier.send(request(.newOrder))
    #expect(carrier.takeTexts().map(\.text) == ["newOrder 36"])
  }

  @Test func withoutOneNothingIsAsked() throws {
    let carrier = carrier(nil)
    try logOn(carrier)
    #expect(carrier.takeRequests().isEmpty)
    #expect(kinds(carrier) == [.connected])
    #expect(carrier.session.nextTime == .max)
  }

  @Test func isRenewedAtAThirdOfTheCountdown() throws {
    let carrier = try armed()
    carrier.pass(seconds: 1)
    for _ in 0..<20 {
      carrier.pass(seconds: 18.5)
      #expect(carrier.takeRequests().isEmpty)
      carrier.pass(seconds: 0.5)
      let asked = carrier.takeRequests()
      try #require(asked.map(\.text) == ["POST arm 0"])
      // A third from when the question left: the way of its answer does not add up.
      carrier.pass(seconds: 1)
      carrier.answer(asked[0].tag, "yes")
    }
    #expect(kinds(carrier).isEmpty)
  }

  @Test func everyPartHasItsOwnTime() throws {
    let carrier = carrier(parts: 2)
    try logOn(carrier)
    let asked = carrier.takeRequests()
    carrier.answer(asked[0].tag, "yes")
    carrier.pass(seconds: 3)
    carrier.answer(asked[1].tag, "busy")
    carrier.pass(seconds: 1)
    answer(carrier, ["POST arm 1"])
    #expect(kinds(carrier) == [.connected])
    carrier.pass(seconds: 16)
    answer(carrier, ["POST arm 0"])
    carrier.pass(seconds: 4)
    answer(carrier, ["POST arm 1"])
    #expect(kinds(carrier).isEmpty)
  }

  @Test func aLostRenewalIsAskedAgainSoon() throws {
    let carrier = try armed()
    carrier.pass(seconds: 20)
    let lost = carrier.takeRequests()
    #expect(lost.map(\.text) == ["POST arm 0"])
    // Given up after 5 s, asked again 1 s later.
    carrier.pass(seconds: 5.5)
    #expect(carrier.takeRequests().isEmpty)
    carrier.pass(seconds: 0.5)
    answer(carrier, ["POST arm 0"])
    carrier.pass(seconds: 19.5)
    #expect(carrier.takeRequests().isEmpty && kinds(carrier).isEmpty)
    carrier.pass(seconds: 0.5)
    #expect(carrier.takeRequests().count == 1)
  }

  @Test func aLateAnswerCountsFromItsQuestion() throws {
    let carrier = try armed()
    carrier.pass(seconds: 20)
    let late = carrier.takeRequests()
    carrier.pass(seconds: 6)
    #expect(carrier.takeRequests().count == 1)
    // The countdown that it answers began 6 s ago; the later question is still waited for.
    carrier.answer(late[0].tag, "yes")
    carrier.pass(seconds: 53.5)
    _ = carrier.takeRequests()
    #expect(kinds(carrier).isEmpty)
    carrier.pass(seconds: 0.5)
    #expect(kinds(carrier) == [.disconnected])
  }

  @Test(arguments: ["busy", "garbled", "no"])
  func aRefusedRenewalIsAskedAgainAfterAPauseThatGrows(_ word: String) throws {
    let carrier = try armed()
    carrier.pass(seconds: 20)
    answer(carrier, ["POST arm 0"], word)
    for pause in [1.0, 2, 4, 8] {
      carrier.pass(seconds: pause - 0.5)
      #expect(carrier.takeRequests().isEmpty)
      carrier.pass(seconds: 0.5)
      answer(carrier, ["POST arm 0"], word)
    }
    // A sixth of the countdown is the longest.
    carrier.pass(seconds: 10)
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier).isEmpty)
    #expect(try session(carrier).lastFault?.contains("dead-man switch") == true)
  }

  @Test func whenTheCountdownMayBeOverOrdersAreFoundOutAboutAndNotAssumed() throws {
    let carrier = try armed()
    carrier.send(request(.newOrder))
    try yes(carrier, "newOrder 36")
    carrier.pass(seconds: 59.5)
    #expect(kinds(carrier).isEmpty)
    carrier.pass(seconds: 0.5)
    // No word of canceled orders: the core is told that it cannot know, and asks when it may.
    #expect(kinds(carrier) == [.disconnected])
    carrier.send(request(.newOrder))
    #expect(kinds(carrier) == [.notSent])
    _ = carrier.takeRequests()
    carrier.pass(seconds: 7)
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier) == [.connected])
    #expect(try session(carrier).takeWarnings().map { $0.contains("not renewed") } == [true])
    carrier.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 2, version: 1))
    answer(carrier, ["POST snapshot"])
    #expect(kinds(carrier) == [.snapshotBegin, .snapshotEnd])
  }

  @Test func aProcessThatWasStoppedAsksOnce() throws {
    let carrier = try armed()
    carrier.now.monotonic += 100_000_000_000
    carrier.pass(seconds: 0)
    #expect(kinds(carrier) == [.disconnected])
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier) == [.connected])
  }

  @Test func aClockThatIsNotTheVenuesIsSetBeforeItIsAskedAgain() throws {
    let carrier = carrier()
    try logOn(carrier)
    answer(carrier, ["POST arm 0"], "clock")
    #expect(try session(carrier).phase == .down)
    carrier.pass(seconds: 1)
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier) == [.connected])
  }

  @Test func isNotRenewedWhileOrdersCannotBeEntered() throws {
    let carrier = try armed()
    carrier.close(PlayedTrading.orders)
    #expect(kinds(carrier) == [.disconnected])
    carrier.pass(seconds: 100)
    #expect(carrier.takeRequests().isEmpty && kinds(carrier).isEmpty)
    carrier.open(PlayedTrading.orders)
    try yes(carrier, "log-on")
    #expect(kinds(carrier).isEmpty)
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier) == [.connected])
  }

  @Test func anAnswerFromBeforeALossIsOfNoUse() throws {
    let carrier = carrier()
    try logOn(carrier)
    let before = carrier.takeRequests()
    carrier.close(PlayedTrading.orders)
    carrier.pass(seconds: 1)
    carrier.open(PlayedTrading.orders)
    try yes(carrier, "log-on")
    carrier.answer(before[0].tag, "yes")
    #expect(kinds(carrier).isEmpty)
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier) == [.connected])
  }

  @Test func aVenueThatIsAskedTooOftenIsLeftAlone() throws {
    let carrier = try armed()
    carrier.pass(seconds: 20)
    answer(carrier, ["POST arm 0"], "slower")
    carrier.pass(seconds: 3.5)
    #expect(carrier.takeRequests().isEmpty)
    carrier.pass(seconds: 0.5)
    answer(carrier, ["POST arm 0"])
    #expect(kinds(carrier).isEmpty)
  }

  /// Another key was shut out, from this address: nothing is asked, entered or canceled until its end.
  @Test(arguments: [("slower", false), ("all slower", true)])
  func aBanOfTheAddressIsOneForAllKeys(answered: String, isShared: Bool) throws {
    let address = AddressLimits()
    let one = try armed(budget: SharedBudget([], address: address))
    let other = try armed(budget: SharedBudget([], address: address))
    one.pass(seconds: 20)
    other.pass(seconds: 20)
    answer(one, ["POST arm 0"], answered)
    answer(other, ["POST arm 0"])
    for kind in [VenueRequestKind.newOrder, .cancel] {
      other.send(request(kind))
    }
    #expect(kinds(other) == (isShared ? [.notSent, .notSent] : []))
    #expect(other.takeTexts().count == (isShared ? 0 : 2))
    other.pass(seconds: 4)
    other.send(request(.cancel))
    #expect(other.takeTexts().map(\.text) == ["cancel 36"])
  }

  @Test func renewalsMayUseTheReserve() throws {
    let limit = RateLimit(.weight, 10, per: 3_600_000_000_000, isAligned: true)
    let budget = SharedBudget([limit], reserve: 50)
    let carrier = try armed(budget: budget)
    // Ordinary requests have used their share up.
    while (try? budget.budget.take(RequestCost(weight: 1), at: carrier.now)) != nil {}
    carrier.pass(seconds: 20)
    answer(carrier, ["POST arm 0"])
    // They are counted: nothing is left for the sixth.
    for _ in 0..<4 {
      try budget.budget.take(RequestCost(weight: 1, isUrgent: true), at: carrier.now)
    }
    carrier.pass(seconds: 20)
    #expect(carrier.takeRequests().isEmpty)
  }

  // MARK: Accounts without one

  @Test func anAccountThatIsRefusedOneTradesWithoutAndSaysSo() throws {
    let carrier = carrier()
    try logOn(carrier)
    answer(carrier, ["POST arm 0"], "no")
    #expect(kinds(carrier) == [.connected])
    let warnings = try session(carrier).takeWarnings()
    #expect(warnings == ["orders stand without the venue's dead-man switch: no"])
    carrier.pass(seconds: 300)
    #expect(carrier.takeRequests().isEmpty && kinds(carrier).isEmpty)
    #expect(try session(carrier).takeWarnings().isEmpty)
  }

  /// The countdowns that the venue did set run, and nobody wants their end.
  @Test func whatIsRefusedInPartIsRenewedInPart() throws {
    let carrier = carrier(parts: 3)
    try logOn(carrier)
    let asked = carrier.takeRequests()
    carrier.answer(asked[0].tag, "yes")
    carrier.answer(asked[1].tag, "no")
    #expect(kinds(carrier).isEmpty)
    carrier.answer(asked[2].tag, "yes")
    #expect(kinds(carrier) == [.connected])
    for _ in 0..<5 {
      carrier.pass(seconds: 20)
      answer(carrier, ["POST arm 0", "POST arm 2"])
    }
    #expect(kinds(carrier).isEmpty)
    carrier.disarm()
    answer(carrier, ["POST disarm 0", "POST disarm 2"])
    #expect(try session(carrier).isDisarming == false)
  }

  @Test(arguments: [DeadManSwitch.Kind.countdown, .connection])
  func oneThatIsRequiredIsNotDoneWithout(_ kind: DeadManSwitch.Kind) throws {
    let carrier = carrier(DeadManSetting(seconds: 60, isRequired: true), kind)
    try logOn(carrier)
    answer(carrier, [kind == .countdown ? "POST arm 0" : "POST protect"], "no")
    #expect(kinds(carrier).isEmpty)
    #expect(try session(carrier).phase == .stopped(.permission))
    #expect(try session(carrier).lastFault?.contains("dead-man switch") == true)
    carrier.pass(seconds: 300)
    #expect(carrier.takeRequests().isEmpty && carrier.takeTexts().isEmpty)
  }

  @Test func oneOfAConnectionIsASettingAndNotRenewed() throws {
    let carrier = carrier(Self.usual, .connection)
    try logOn(carrier)
    #expect(kinds(carrier).isEmpty)
    answer(carrier, ["POST protect"])
    #expect(kinds(carrier) == [.connected])
    carrier.pass(seconds: 300)
    #expect(carrier.takeRequests().isEmpty && kinds(carrier).isEmpty)
    // Each connection sets it for itself.
    carrier.close(PlayedTrading.orders)
    carrier.open(PlayedTrading.orders)
    try yes(carrier, "log-on")
    answer(carrier, ["POST protect"], "no")
    #expect(kinds(carrier) == [.disconnected, .connected])
    #expect(try session(carrier).takeWarnings().count == 1)
  }

  // MARK: The end

  @Test func isEndedWhereARunEndsInOrder() throws {
    let carrier = try armed()
    let session = try session(carrier)
    carrier.disarm()
    #expect(session.isDisarming)
    answer(carrier, ["POST disarm 0"], "busy")
    #expect(session.isDisarming)
    carrier.pass(seconds: 1)
    answer(carrier, ["POST disarm 0"])
    #expect(!session.isDisarming)
    carrier.pass(seconds: 300)
    #expect(carrier.takeRequests().isEmpty && kinds(carrier).isEmpty)
  }

  @Test func aYesToARenewalIsNoneToTheEnd() throws {
    let carrier = try armed()
    carrier.pass(seconds: 20)
    let renewal = carrier.takeRequests()
    carrier.pass(seconds: 0.5)
    let session = try session(carrier)
    carrier.disarm()
    carrier.answer(renewal[0].tag, "yes")
    #expect(session.isDisarming)
    answer(carrier, ["POST disarm 0"])
    #expect(!session.isDisarming)
  }

  @Test func oneThatCannotBeEndedIsTold() throws {
    let carrier = try armed()
    carrier.close(PlayedTrading.orders)
    carrier.disarm()
    #expect(try session(carrier).isDisarming == false)
    let warnings = try session(carrier).takeWarnings()
    #expect(warnings.count == 1 && warnings[0].contains("cannot be ended"))
  }
}
