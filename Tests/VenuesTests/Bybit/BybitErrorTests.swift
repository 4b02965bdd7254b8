import Testing
import TradingModel

@testable import Venues

/// What errors come to.
@Suite struct BybitErrorTests {
  @Test func everyCodeStandsOnce() {
    let codes = BybitErrors.list.map(\.code)
    #expect(Set(codes).count == codes.count && codes.count > 190)
    #expect(BybitErrors.list.allSatisfy { !$0.name.isEmpty })
    #expect(BybitErrors.name(of: 110_001) == "order does not exist")
    #expect(BybitErrors.name(of: 1) == nil)
  }

  private static let meanings: [(Int64, VenueErrorMeaning)] = [
    (10_002, VenueErrorMeaning.resynchronize), (-1, .resynchronize),
    (10_003, .stop(.key)), (10_004, .stop(.signature)), (10_005, .stop(.permission)),
    (10_009, .stop(.ban)), (10_006, .endpointLimited(until: 7)), (10_016, .askFirst),
    (10_019, .retry), (20_006, .retry), (110_001, .reject(.unknownOrder)),
    (110_007, .reject(.insufficientBalance)), (110_008, .reject(.tooLate)),
    (110_072, .askFirst), (110_017, .reject(.reduceOnly)),
    (170_131, .reject(.insufficientBalance)), (170_134, .reject(.offGrid)),
    (170_136, .reject(.quantityOutsideLimits)), (170_140, .reject(.quantityOutsideLimits)),
    (170_141, .askFirst), (170_142, .reject(.tooLate)),
    (170_146, .askFirst), (170_213, .reject(.unknownOrder)), (170_218, .reject(.wouldTake)),
    (170_810, .reject(.capacity)),
  ]

  @Test(arguments: meanings)
  func codesMeanWhatTheySay(code: Int64, meaning: VenueErrorMeaning) {
    #expect(BybitErrors.meaning(code: code, status: 200, until: 7) == meaning)
    // What stands in front of the venue does not know what became of it.
    #expect(BybitErrors.meaning(code: code, status: 502) == .askFirst)
  }

  @Test func whatIsNotDocumentedIsAskedFor() {
    #expect(BybitErrors.meaning(code: 999_999, status: 200) == .askFirst)
    #expect(BybitErrors.meaning(code: 0, status: 0) == .askFirst)
    #expect(BybitErrors.meaning(code: 0, status: 429, until: 3) == .rateLimited(until: 3, by: .key))
    #expect(BybitErrors.meaning(code: 0, status: 401) == .stop(.key))
    #expect(BybitErrors.meaning(code: 0, status: 403) == .stop(.firewall))
    #expect(
      BybitErrors.meaning(
        code: 0, status: 403, message: VenueMessageText("access too frequent, please try again"))
        == .rateLimited(until: 0, by: .address))
    #expect(BybitErrors.meaning(code: 0, status: 404) == .reject(.other))
  }

  @Test func refusalsInWords() {
    func meaning(_ words: String, isLogOn: Bool = true) -> VenueErrorMeaning {
      BybitErrors.meaning(ofWords: VenueMessageText(words), isLogOn: isLogOn)
    }
    #expect(meaning("Params Error, request expired") == .resynchronize)
    #expect(meaning("Params Error, invalid api_key") == .stop(.key))
    #expect(meaning("Params Error, error sign") == .stop(.signature))
    #expect(meaning("error:handler not found", isLogOn: false) == .reject(.other))
  }

  @Test func idsAreNumbersOrHashes() {
    func id(_ text: String) -> UInt64 {
      Array(text.utf8).withUnsafeBytes { BybitIdentifier.number($0) }
    }
    #expect(id("") == 0)
    #expect(id("1321003749386327552") == 1_321_003_749_386_327_552)
    #expect(id("2100000000007764263") == 2_100_000_000_007_764_263)
    #expect(id("9223372036854775807") == 9_223_372_036_854_775_807)
    // Beyond 63 bits it is text like any other.
    #expect(id("9223372036854775808") >> 63 == 1)
    let one = id("fd4300ae-7847-404e-b947-b46980a4d140")
    #expect(one >> 63 == 1 && one != id("fd4300ae-7847-404e-b947-b46980a4d141"))
    #expect(one == id("fd4300ae-7847-404e-b947-b46980a4d140"))
  }

  @Test func usageIsReadFromHeaders() {
    let values = ["x-bapi-limit": "20", "x-bapi-limit-status": "18"]
    let kept = values.mapValues { Array($0.utf8) }
    let answer = SessionAnswer(
      status: 200, body: .none,
      header: { name in
        guard let bytes = kept[name.description] else { return nil }
        return bytes.withUnsafeBytes { UnsafeRawBufferPointer($0) }
      })
    #expect(BybitUsage(answer).used == 2)
    #expect(BybitUsage(SessionAnswer(status: 200, body: .none)).used == nil)
  }
}
