import Execution
import Testing
import TradingModel

/// What is not known stays reserved, and only evidence ends it.
@Suite struct UnknownTests {
  @Test func aLostAnswerReservesUntilTheVenueSpeaks() {
    for (kind, row) in [
      (VenueReportKind.accepted, OrderRow.working), (.statusOpen, .working),
      (.statusCanceled, .canceled), (.statusRejected, .rejected), (.rejected, .rejected),
    ] {
      let bench = Bench()
      bench.act(.answerLost, version: 1)
      #expect(bench.uncertainty == .answerLost && bench.row == .sent && bench.exposure == 10)
      let query = bench.ask(.query)
      let isAnswer = kind != .accepted && kind != .rejected
      bench.tell(kind, version: isAnswer ? query : 1, quantity: 10, cumulative: 0)
      #expect(bench.row == row && bench.uncertainty.isEmpty, "\(kind)")
      #expect(bench.isSettled == row.isDone && bench.exposure == (row.isDone ? 0 : 10))
    }
  }

  @Test func absenceIsProvenByTwoAnswersToQuestions() {
    for isAlive in [false, true] {
      let bench = Bench()
      if isAlive { bench.tell(.accepted, version: 1) }
      bench.act(.connectionLost)
      let first = bench.ask(.query)
      bench.tell(.notFound, version: first)
      // The same answer again, and answers to nothing, prove nothing.
      for _ in 0..<3 {
        bench.tell(.notFound, version: first)
        bench.tell(.notFound, version: 0)
      }
      #expect(!bench.row.isDone && bench.exposure == 10 && bench.uncertainty != [])
      bench.tell(.notFound, version: bench.ask(.query, at: 1 + OrderReports.requestLifetime))
      #expect(bench.row == (isAlive ? .canceled : .rejected) && bench.isSettled)
      #expect(bench.effects.last!.disposition == .applyWithAlert || isAlive == false)
    }
  }

  @Test func listsAloneDoNotProveAbsence() {
    let bench = Bench()
    bench.act(.connectionLost)
    for _ in 0..<5 {
      let effect = bench.reports.applyAbsence(bench.order, now: 3)
      #expect(effect.wantsQuery && bench.row == .sent && bench.exposure == 10)
    }
    bench.tell(.notFound, version: bench.ask(.query, at: 1 + OrderReports.requestLifetime))
    #expect(bench.row == .rejected && bench.isSettled)
  }

  @Test func whatMayStillArriveIsNotAbsent() {
    let bench = Bench()
    bench.act(.connectionLost)
    // The venue knows no such order; the request that enters it may be on its way all the same.
    for time in [2, 1_000_000_000, OrderReports.requestLifetime] {
      bench.tell(.notFound, version: bench.ask(.query, at: time))
      #expect(bench.row == .sent && bench.exposure == 10 && !bench.uncertainty.isEmpty)
    }
    bench.tell(.accepted, version: 1)
    #expect(bench.row == .working)
  }

  @Test func whatWasAliveIsAbsentAtOnce() {
    let bench = Bench()
    bench.tell(.accepted, version: 1)
    bench.act(.connectionLost)
    for _ in 0..<2 { bench.tell(.notFound, version: bench.ask(.query, at: 2)) }
    #expect(bench.row == .canceled && bench.isSettled)
  }

  @Test func aListShowsWhatLives() {
    let bench = Bench()
    bench.tell(.accepted, version: 1)
    let replace = bench.ask(.replace, price: 101, quantity: 20)
    bench.act(.connectionLost)
    #expect(bench.uncertainty == [.answerLost, .disconnected] && bench.exposure == 20)
    // A late sign of life from before is no evidence; an entry of the list is.
    bench.tell(.statusOpen, quantity: 10, cumulative: 0)
    #expect(bench.uncertainty == [.answerLost, .disconnected])
    bench.tell(
      VenueReport(
        kind: .statusOpen, venue: 0, version: 1, cumulativeQuantity: 0, price: 100, quantity: 10,
        venueTime: 9), listedSince: 5)
    #expect(bench.uncertainty == .answerLost, "the list is of before the replace, as it says")
    bench.tell(
      VenueReport(
        kind: .statusOpen, venue: 0, version: replace, cumulativeQuantity: 0, price: 101,
        quantity: 20, venueTime: 9), listedSince: 5)
    #expect(bench.uncertainty.isEmpty && bench.order.pointee.quantity == 20)
    #expect(bench.exposure == 20)
  }

  @Test func lateFillsAreBookedAndReopenNothing() {
    for (end, row) in [
      (VenueReportKind.canceled, OrderRow.canceled), (.expired, .expired), (.rejected, .rejected),
    ] {
      let bench = Bench()
      bench.tell(end, version: 1, cumulative: 0)
      #expect(bench.isSettled && bench.exposure == 0)
      let effect = bench.tell(.fill, trade: 1, quantity: 4, cumulative: 4)
      #expect(effect.isLate && effect.booking != nil && bench.row == row && bench.filled == 4)
      bench.tell(.accepted, version: 1)
      bench.tell(.statusOpen, quantity: 10, cumulative: 4)
      #expect(bench.row == row, "a done order never reopens")
    }
  }

  @Test func fillsThatAreMissingAreExpected() {
    let bench = Bench()
    bench.tell(.accepted, version: 1)
    let effect = bench.tell(.canceled, version: 0, cumulative: 6)
    #expect(bench.uncertainty == .fillsMissing && effect.wantsQuery && !bench.isSettled)
    #expect(bench.exposure == 6)
    bench.tell(.fill, trade: 1, quantity: 4, cumulative: 4)
    #expect(bench.uncertainty == .fillsMissing && bench.exposure == 2)
    bench.tell(.fill, trade: 2, quantity: 2, cumulative: 6)
    #expect(bench.uncertainty.isEmpty && bench.isSettled && bench.filled == 6)
  }

  @Test func theLastFillIsNotLateAndAnOverfillIsTold() {
    let bench = Bench()
    bench.tell(.accepted, version: 1)
    let last = bench.tell(.fill, trade: 1, quantity: 10, cumulative: 10)
    #expect(!last.isLate && !last.isOverfill && last.disposition == .apply && bench.isSettled)
    let more = bench.tell(.fill, trade: 2, quantity: 1, cumulative: 11)
    #expect(more.isLate && more.isOverfill && bench.filled == 11 && bench.row == .filled)
    // Overtaken by the fill after it, it is not late.
    let other = Bench()
    other.tell(.accepted, version: 1)
    other.tell(.fill, trade: 2, quantity: 6, cumulative: 10)
    #expect(other.row == .filled && other.uncertainty == .fillsMissing)
    #expect(!other.tell(.fill, trade: 1, quantity: 4, cumulative: 4).isLate && other.isSettled)
  }

  @Test func aBustBeforeItsFill() {
    let bench = Bench()
    bench.tell(.accepted, version: 1)
    bench.tell(.tradeBusted, trade: 3, quantity: 4)
    #expect(bench.filled == 0 && bench.booked.isEmpty && bench.order.pointee.grossQuantity == 4)
    #expect(bench.tell(.fill, trade: 3, quantity: 4, cumulative: 4).booking == nil)
    #expect(bench.filled == 0 && bench.order.pointee.grossQuantity == 4)
  }

  @Test func fillsWithoutNames() {
    for order in permutations([(5, 5), (3, 8), (2, 10), (5, 5)] as [(Int64, Int64)]) {
      let bench = Bench()
      bench.tell(.accepted, version: 1)
      for (quantity, cumulative) in order {
        bench.tell(.fill, quantity: quantity, cumulative: cumulative)
      }
      #expect(bench.filled == 10 && bench.booked.count == 3 && bench.isSettled)
    }
    // With neither name nor count each is booked, and told.
    let bench = Bench()
    bench.tell(.accepted, version: 1)
    for _ in 0..<2 {
      #expect(bench.tell(.fill, quantity: 3).disposition == .applyWithAlert)
    }
    #expect(bench.filled == 6)
  }

  @Test func whatCannotBeIsQuarantined() {
    let impossible: [(VenueReportKind, RequestVersion, TradeID, Int64)] = [
      (.fill, 0, 1, 0), (.fill, 0, 1, -3), (.fill, 0, 1, .max), (.tradeBusted, 0, 0, 4),
      (.tradeCorrected, 0, 1, -1), (.replaced, 9, 0, 5), (.canceled, 9, 0, 5),
    ]
    for (kind, version, trade, quantity) in impossible {
      let bench = Bench()
      bench.tell(.accepted, version: 1)
      bench.tell(.fill, trade: 77, quantity: 1, cumulative: 1)
      let effect = bench.tell(kind, version: version, trade: trade, quantity: quantity)
      #expect(effect.disposition == .quarantine && effect.wantsQuery, "\(kind)")
      #expect(bench.row == .working && bench.filled == 1 && bench.uncertainty == .contradiction)
      bench.tell(.statusOpen, version: bench.ask(.query), quantity: 10, cumulative: 1)
      #expect(bench.uncertainty.isEmpty, "\(kind)")
    }
    // One trade cannot be of two orders on one side.
    let bench = Bench()
    bench.tell(.fill, trade: 5, quantity: 1, cumulative: 1)
    bench.order.pointee.id = 8
    #expect(bench.tell(.fill, trade: 5, quantity: 1, cumulative: 2).disposition == .quarantine)
  }

  @Test func aRejectedOrderThatLivesStaysReserved() {
    let bench = Bench()
    bench.tell(.accepted, version: 1)
    bench.tell(.rejected, version: 1)
    #expect(bench.row == .rejected && bench.uncertainty == .contradiction && bench.exposure == 10)
    bench.order.pointee.lastVersion += 1
    let effect = bench.tell(
      .statusOpen, version: bench.order.pointee.lastVersion, quantity: 10, cumulative: 0)
    #expect(effect.wantsCancel && bench.uncertainty == .contradiction)
    bench.tell(.canceled, version: 0, cumulative: 0)
    #expect(bench.row == .canceled && bench.isSettled && bench.exposure == 0)
  }

  @Test func oldFillsOfALongOrderAreNotBookedTwice() {
    let order = makeOrder(quantity: 10_000)
    let bench = Bench(order)
    bench.tell(.accepted, version: 1)
    for trade in 1...600 as ClosedRange<TradeID> {
      bench.tell(.fill, trade: trade, quantity: 1, cumulative: Int64(trade))
    }
    check(bench.reports.trades.hasForgotten)
    #expect(bench.tell(.fill, trade: 1, quantity: 1, cumulative: 1).disposition == .ignoreDuplicate)
    #expect(bench.filled == 600)
  }
}
