import Testing

@testable import Live

@Suite struct FundingHourTests {
  private let second: Int64 = 1_000_000_000
  /// A whole hour.
  private let hour: Int64 = 1_700_002_800_000_000_000

  @Test(arguments: [
    (-3, 0), (-2, 62), (0, 60), (1, 59), (59, 1), (60, 0), (1_800, 0), (3_597, 0), (3_598, 62),
  ])
  func balancesAreTakenOutsideOfFunding(seconds: Int64, pause: Int64) {
    #expect(FundingHour.pause(at: hour + seconds * second) == pause * second)
  }

  @Test(arguments: [Int64.min, -1, 0, .max])
  func timesThatAreNoneWaitForNothing(time: Int64) {
    #expect(FundingHour.pause(at: time) == 0)
  }
}
