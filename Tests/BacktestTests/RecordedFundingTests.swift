import Testing
import TradingModel
import VenueSimulator

@testable import Backtest

/// Funding at the times that a recording announces.
@Suite struct RecordedFundingTests {
  /// 0.0125 %, at a mark of 100.5, due at 2000.
  private func update(
    mark: Decimal? = Decimal(units: 1_005, decimals: 1),
    rate: Decimal? = Decimal(units: 125, decimals: 6), next: Timestamp? = 2_000
  ) -> ContractUpdate {
    ContractUpdate(
      listing: 4, venueTime: 900, markPrice: mark, fundingRate: rate, nextFundingTime: next)
  }

  /// Follows trades that meet nobody until `time`.
  private func pass(_ recording: Recording, to time: Timestamp) {
    while recording.time < time { recording.trade(.buy, 500, 1) }
  }

  private func held(_ quantity: Int64) -> Recording {
    let recording = Recording()
    recording.snapshot(bids: [(100, 50)], asks: [(101, 50)])
    if quantity > 0 { recording.buy(1, 101, quantity) }
    if quantity < 0 { recording.sell(1, 100, -quantity) }
    return recording
  }

  @Test(arguments: [(8, -1), (-8, 1)] as [(Int64, Int128)])
  func positionTimesMarkTimesRate(quantity: Int64, sign: Int128) {
    let recording = held(quantity)
    recording.contract(update())
    pass(recording, to: 1_990)
    #expect(recording.payments.isEmpty && recording.market.position == quantity)
    pass(recording, to: 2_000)
    // 8 x 100.5 x 0.000125 = 0.1005, which the long pays.
    #expect(
      recording.payments == [
        FundingPayment(
          listing: 4, currency: 2, paymentID: 2_000, venueTime: 2_000,
          amount: Money(amount: sign * 1_005 * powerOfTen128(14)))
      ])
    // Once, until the next time is announced.
    pass(recording, to: 4_000)
    #expect(recording.payments.count == 1)
    recording.contract(update(mark: nil, rate: Decimal(units: -1, decimals: 4), next: 5_000))
    pass(recording, to: 5_000)
    #expect(recording.payments.map(\.paymentID) == [2_000, 5_000])
    #expect(recording.payments[1].amount.amount == -sign * 804 * powerOfTen128(14))
  }

  /// What was held at the funding time counts, not what was traded right after it.
  @Test func itIsOfWhatWasHeldAtThatTime() {
    let recording = held(8)
    recording.contract(update())
    pass(recording, to: 1_990)
    recording.sell(2, 100, 8)
    #expect(recording.time >= 2_000 && recording.fills.count == 2)
    #expect(recording.market.position == 0)
    #expect(recording.payments.map(\.amount.amount) == [-1_005 * powerOfTen128(14)])
  }

  /// The message that announces the next time shows that this one has come; its rate is the next one's.
  @Test func theNextAnnouncementShowsThatTheTimeHasCome() {
    let recording = held(8)
    recording.contract(update())
    recording.contract(update(mark: nil, rate: Decimal(units: 1), next: 9_000))
    #expect(recording.payments.map(\.amount.amount) == [-1_005 * powerOfTen128(14)])
    #expect(recording.market.fundingTime == 9_000)
  }

  /// Of a journal that is carried on.
  @Test func whatWasHeldBeforeCounts() {
    let recording = Recording(position: -8)
    recording.contract(update())
    pass(recording, to: 2_000)
    #expect(recording.payments.map(\.amount.amount) == [1_005 * powerOfTen128(14)])
  }

  @Test func withoutAPositionAPriceARateOrATimeNothingIsPaid() {
    for told in [update(mark: nil), update(rate: nil), update(next: nil), update(next: 5)] {
      let recording = held(8)
      recording.contract(told)
      pass(recording, to: 3_000)
      #expect(recording.payments.isEmpty)
    }
    let flat = held(0)
    flat.contract(update())
    pass(flat, to: 3_000)
    #expect(flat.payments.isEmpty)
  }

  /// Rates come with more decimals than money times price needs: rounded half to even at 10^-18.
  @Test(arguments: [(1, -2), (3, -4), (5, -8)] as [(Int64, Int128)])
  func whatIsFinerThanMoneyIsRounded(rate: Int64, amount: Int128) {
    let recording = Recording(position: 5)
    let told = update(
      mark: Decimal(units: 3, decimals: 1), rate: Decimal(units: rate, decimals: 18))
    recording.contract(told)
    pass(recording, to: 2_000)
    #expect(recording.payments.map(\.amount.amount) == [amount])
  }
}
