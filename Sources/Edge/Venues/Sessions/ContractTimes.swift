import TradingModel

/// When each field of a contract was told last by the venue's clock, where the same comes over several
/// lines.
struct ContractTimes: Equatable {
  /// A time that is earlier by more than this is no late message: the venue's clock was set.
  private static let lateMax: Int64 = 60_000_000_000

  private var markPrice: Timestamp = .min
  private var indexPrice: Timestamp = .min
  private var fundingRate: Timestamp = .min
  private var nextFundingTime: Timestamp = .min

  /// Takes out of the message what is not newer than what was told, and remembers the rest.
  mutating func keepNews(_ message: inout VenueMessage) {
    let time = message.venueTime
    Self.keep(&message.contract.markPrice, time, &markPrice)
    Self.keep(&message.contract.indexPrice, time, &indexPrice)
    Self.keep(&message.contract.fundingRate, time, &fundingRate)
    Self.keep(&message.contract.nextFundingTime, time, &nextFundingTime)
  }

  private static func keep<Value>(_ value: inout Value?, _ time: Timestamp, _ last: inout Timestamp)
  {
    guard value != nil else { return }
    if time <= last, last - time < lateMax { value = nil } else { last = time }
  }
}
