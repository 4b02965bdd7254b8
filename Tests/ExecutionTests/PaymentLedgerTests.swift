import Testing
import TradingModel

@testable import Execution

@Suite struct PaymentLedgerTests {
  private func payment(_ id: UInt64, _ listing: ListingIndex = 1) -> FundingPayment {
    FundingPayment(
      listing: listing, currency: 0, paymentID: id, venueTime: 0, amount: Money(amount: 1))
  }

  @Test func aPaymentIsKnownByListingAndNumber() {
    var ledger = PaymentLedger(capacity: 3)
    var taken: [Bool] = []
    for entry in [payment(1), payment(2), payment(1), payment(1, 2), payment(1, 2)] {
      taken.append(ledger.insert(entry))
    }
    #expect(taken == [true, true, false, true, false])
    let count = ledger.count
    #expect(count == 3)
    // The oldest is forgotten, the others are not.
    let isNew = ledger.insert(payment(9))
    let forgotten = ledger.insert(payment(1))
    let known = [ledger.insert(payment(9)), ledger.insert(payment(1, 2))]
    #expect(isNew && forgotten && known == [false, false])
  }

  @Test func ledgersOfTheSamePaymentsHaveTheSameHash() {
    func hash(_ ids: [UInt64]) -> UInt64 {
      var ledger = PaymentLedger(capacity: 4)
      for id in ids { _ = ledger.insert(payment(id)) }
      var hash = RecordHash()
      ledger.hash(into: &hash)
      return hash.value
    }
    #expect(hash([1, 2, 2, 1]) == hash([1, 2]))
    #expect(hash([1, 2]) != hash([2, 1]))
    #expect(hash([]) != hash([0]))
  }
}
