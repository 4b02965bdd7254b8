import Testing
import TradingModel

@testable import Venues

/// Mark prices and funding in captures: read as what they were live.
@Suite struct ContractCaptureTests {
  private static let markPrice = """
    1723161255400000000 {"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate",\
    "E":1723161256400,"s":"BTCUSDT","p":"60123.12345678","i":"60120.5","P":"60121.00000000",\
    "r":"-0.00001234","T":1723190400000}}
    """

  @Test func recordedMarkPricesBecomeRecords() throws {
    let scratch = try Scratch()
    let lines = [
      Sample.snapshot(20), Self.markPrice, Sample.depth(first: 19, final: 22, previous: 8),
    ]
    let path = scratch.file("usdm", lines.joined(separator: "\n") + "\n")
    let survey = try CaptureSurvey(kind: .binanceUSDM, files: [path])
    var feed = try CaptureFeed(
      survey: survey, following: [try survey.scale(symbol: "BTCUSDT", listing: 7)])
    var buffer = RecordBuffer(capacity: CaptureFeed.recordCapacity)
    var found: [(ContractUpdate, Timestamp)] = []
    while try feed.next(into: &buffer) {
      var offset = 0
      while offset < buffer.byteCount {
        let record = UnsafeRawPointer(buffer.base + offset)
        let header = RecordHeader(at: record)
        if header.kind == RecordKind.contractUpdate.rawValue,
          let update = ContractUpdate(at: record)
        {
          found.append((update, header.time))
        }
        offset += Int(header.byteCount)
      }
      buffer.removeAll()
    }
    try #require(found.count == 1)
    let (update, time) = found[0]
    #expect(update.listing == 7 && time == 1_723_161_255_400_000_000)
    #expect(update.venueTime == 1_723_161_256_400_000_000)
    #expect(update.markPrice?.description == "60123.12345678")
    #expect(update.indexPrice?.description == "60120.5")
    #expect(update.fundingRate?.description == "-0.00001234")
    #expect(update.nextFundingTime == 1_723_190_400_000_000_000)
    #expect(feed.counts.messageCount(.contract) == 1)
  }

  /// Over two lines the same comes twice, and a line that is behind tells nothing new.
  @Test func ofSeveralLinesOnlyWhatIsNewerCounts() {
    var times = ContractTimes()
    func told(_ time: Timestamp, mark: Int64? = nil, rate: Int64? = nil) -> ContractUpdate {
      var message = VenueMessage()
      message.venueTime = time
      message.contract.markPrice = mark.map { Decimal(units: $0) }
      message.contract.fundingRate = rate.map { Decimal(units: $0) }
      times.keepNews(&message)
      return message.contract
    }
    #expect(told(10, mark: 1, rate: 5).markPrice?.units == 1)
    #expect(told(10, mark: 1, rate: 5).isEmpty)
    #expect(told(20, mark: 2).markPrice?.units == 2)
    let late = told(15, mark: 9, rate: 6)
    #expect(late.markPrice == nil && late.fundingRate?.units == 6)
    // The venue's clock was set back: that is no late message.
    #expect(told(20 - 61_000_000_000, mark: 3).markPrice?.units == 3)
  }
}
