import Testing
import TradingModel

@testable import Venues

@Suite struct OKXErrorTests {
  @Test func everyCodeStandsOnce() {
    #expect(Set(OKXErrors.list.map(\.code)).count == OKXErrors.list.count)
    #expect(OKXErrors.list.allSatisfy { OKXErrors.name(of: $0.code) == $0.name })
    #expect(OKXErrors.name(of: 7) == nil)
  }

  @Test func unknownOnesAskFirst() {
    #expect(OKXErrors.meaning(code: 51999, status: 200) == .askFirst)
    #expect(OKXErrors.meaning(code: 1, status: 200) == .askFirst)
    #expect(OKXErrors.meaning(code: 0, status: 502) == .askFirst)
    #expect(OKXErrors.meaning(code: 0, status: 403) == .stop(.firewall))
    #expect(OKXErrors.meaning(code: 0, status: 401) == .stop(.key))
  }

  @Test func limitsEndAMomentLater() {
    #expect(
      OKXErrors.meaning(code: 50011, status: 429, at: 5) == .endpointLimited(until: 2_000_000_005))
    #expect(OKXErrors.meaning(code: 0, status: 429) == .endpointLimited(until: 0))
    #expect(OKXErrors.meaning(code: 50061, status: 200) == .endpointLimited(until: 0))
  }

  @Test func whatMayHaveHappenedIsAskedFor() {
    // A code does not count behind an error of what stands in front of the venue.
    #expect(OKXErrors.meaning(code: 51000, status: 503) == .askFirst)
    for code: UInt64 in [50004, 50026, 51016, 60016, 63999] {
      #expect(OKXErrors.meaning(code: code, status: 200) == .askFirst)
    }
    #expect(OKXErrors.reportKind(51603, to: .queryOrder) == .notFound)
    #expect(OKXErrors.reportKind(51603, to: .cancel) == nil)
  }

  @Test func prefixesAreLettersAndDigits() {
    #expect(OKX.clientOrderIDPrefix("nk3z_-:Z") == "nk3zXXXZ")
    let names = OwnOrderNames(prefixes: ["n1-", "n1a-"].map(OKX.clientOrderIDPrefix))
    for (text, id): (String, OrderID?) in [
      ("n1X10", 36), ("n1aX10", 36), ("n1X", nil), ("n110", nil), ("n1X1A", nil), ("", nil),
    ] {
      let found = Array(text.utf8).withUnsafeBytes { names.read($0)?.orderID }
      #expect(found == id, "\(text)")
    }
  }
}
