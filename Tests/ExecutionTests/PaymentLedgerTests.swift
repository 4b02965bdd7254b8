import Testing
import TradingModel

@testable import Execution

@Suite struct PaymentLedgerTests {
  private func payment(
    _ id: UInt64, _ listing: ListingIndex = 1, at time: Timestamp = 0
  ) -> FundingPayment {
    FundingPayment(
      listing: listing, currency: 0, paymentID: id, venueTime: time, amount: Money(amount: 1))
  }

  private func outcomes(
    _ payments: [FundingPayment], capacity: Int, count: Int? = nil
  ) -> [PaymentLedger.Outcome] {
    var ledger = PaymentLedger(capacity: capacity, listingCapacity: 4)
    var outcomes: [PaymentLedger.Outcome] = []
    for payment in payments { outcomes.append(ledger.insert(payment)) }
    let taken = ledger.count
    #expect(taken == outcomes.filter { $0 == .booked }.count)
    return outcomes
  }

  @Test func aPaymentIsKnownByListingAndNumber() {
    #expect(
      outcomes([payment(1), payment(2), payment(1), payment(1, 2), payment(1, 2)], capacity: 3)
        == [.booked, .booked, .repeated, .booked, .repeated])
    // The key decides, whatever else is told of it.
    #expect(
      outcomes([payment(1, at: 5), payment(1, at: 9), payment(1, at: 1)], capacity: 3)
        == [.booked, .repeated, .repeated])
  }

  @Test func whatMayHaveBeenForgottenIsNotBooked() {
    // The third makes the ledger forget the first; so what is no later than that is in doubt.
    #expect(
      outcomes(
        [
          payment(1, at: 10), payment(2, at: 20), payment(3, at: 30), payment(1, at: 10),
          payment(9, at: 10), payment(9, at: 9), payment(2, at: 20), payment(4, at: 11),
          payment(2, at: 20), payment(3, at: 30),
        ], capacity: 2)
        == [
          .booked, .booked, .booked, .tooOld, .tooOld, .tooOld, .repeated, .booked, .tooOld,
          .repeated,
        ])
    // Each listing has its own time.
    #expect(
      outcomes(
        [
          payment(1, 1, at: 10), payment(1, 2, at: 10), payment(1, 1, at: 10), payment(7, 2, at: 1),
        ],
        capacity: 1) == [.booked, .booked, .tooOld, .booked])
    // It never falls: the second that is forgotten is earlier than the first.
    #expect(
      outcomes(
        [
          payment(1, at: 30), payment(2, at: 20), payment(3, 2, at: 1), payment(4, at: 25),
          payment(5, at: 31),
        ], capacity: 1) == [.booked, .booked, .booked, .tooOld, .booked])
    #expect(
      outcomes(
        [
          payment(1, at: .max), payment(2, 2, at: .min), payment(3, at: .max),
          payment(4, 2, at: .min),
        ],
        capacity: 1) == [.booked, .booked, .tooOld, .booked])
    #expect(
      outcomes(
        [payment(1, at: .min), payment(2, at: 0), payment(1, at: .min), payment(3, at: .min + 2)],
        capacity: 1) == [.booked, .booked, .tooOld, .booked])
  }

  /// Venues tell the newest first, and tell the same again with every question.
  @Test(arguments: 1...12)
  func listsFromTheNewestOnAreBookedOnce(capacity: Int) {
    var list: [FundingPayment] = []
    var told: [FundingPayment] = []
    for hour in 1...20 as ClosedRange<UInt64> {
      list.insert(payment(hour, at: Int64(hour)), at: 0)
      for _ in 0..<2 { told += list }
    }
    let outcomes = outcomes(told, capacity: capacity)
    var booked: Set<UInt64> = []
    for (payment, outcome) in zip(told, outcomes) where outcome == .booked {
      #expect(booked.insert(payment.paymentID).inserted, "\(capacity)")
    }
    // Told hour by hour, so that all of them were heard of before they could be forgotten.
    #expect(booked == Set(1...20))
    #expect(outcomes.contains(.tooOld) && (capacity == 1 || outcomes.contains(.repeated)))
  }

  /// Against a plain list of all that was ever booked. Payments of odd seeds are told with another time
  /// now and then.
  @Test(arguments: UInt64(0)..<200)
  func agreesWithAPlainList(seed: UInt64) {
    var dice = Dice(seed)
    let capacity = 1 + dice.below(9)
    var ledger = PaymentLedger(capacity: capacity, listingCapacity: 3)
    var booked: [FundingPayment] = []
    var counts: [PaymentLedger.Outcome: Int] = [:]
    for step in 0..<300 {
      // Ids are drawn from a window that moves, so that there are new, repeated and old ones.
      let id = UInt64(1 + max(0, step / 8 - dice.below(20)))
      let told = payment(
        id, ListingIndex(dice.below(3)),
        at: seed % 2 == 1 && dice.once(in: 12) ? dice.within(-5...60) : Timestamp(id))
      let isSame = { (other: FundingPayment) in
        other.paymentID == told.paymentID && other.listing == told.listing
      }
      let remembered = booked.suffix(capacity)
      let forgotten = booked.dropLast(remembered.count).filter { $0.listing == told.listing }
      let expected: PaymentLedger.Outcome
      if remembered.contains(where: isSame) {
        expected = .repeated
      } else if forgotten.contains(where: { $0.venueTime >= told.venueTime }) {
        expected = .tooOld
      } else {
        expected = .booked
      }
      let outcome = ledger.insert(told)
      #expect(outcome == expected, "seed \(seed), step \(step), capacity \(capacity)")
      if outcome == .booked { booked.append(told) }
      counts[outcome, default: 0] += 1
    }
    #expect(counts.count == 3, "seed \(seed): \(counts)")
    guard seed % 2 == 0 else { return }
    let keys = Set(booked.map { [$0.paymentID, UInt64($0.listing)] })
    #expect(keys.count == booked.count, "seed \(seed): one was booked twice")
  }

  @Test func ledgersOfTheSamePaymentsHaveTheSameHash() {
    func hash(_ payments: [FundingPayment], capacity: Int = 4) -> UInt64 {
      var ledger = PaymentLedger(capacity: capacity, listingCapacity: 4)
      for payment in payments { _ = ledger.insert(payment) }
      var hash = RecordHash()
      ledger.hash(into: &hash)
      return hash.value
    }
    let (one, two) = (payment(1), payment(2))
    #expect(hash([one, two, two, one]) == hash([one, two]))
    #expect(hash([one, two]) != hash([two, one]))
    #expect(hash([]) != hash([payment(0)]))
    #expect(hash([one]) != hash([payment(1, at: 1)]) && hash([one]) != hash([payment(1, 2)]))
    // What was forgotten counts as well.
    let three = payment(3, at: 9)
    #expect(
      hash([payment(1, at: 5), three], capacity: 1)
        != hash([payment(1, at: 6), three], capacity: 1))
  }
}
