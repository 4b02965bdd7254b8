import Live
import Testing
import Transport
import Venues

@testable import NeedletailCommands

/// What is asked of venues before and behind a run, of the simulated ones.
@Suite struct VenueOpeningTests {
  private let simulated: SandboxVenues

  init() throws { simulated = try SandboxVenues(seed: 1) }

  private func admin(_ body: String) throws {
    let address = try #require(simulated.simulation.ready["admin"]?.string)
    let answer = try ColdHTTP(trust: nil).ask(
      "POST", address + "/admin/faults", body: Array(body.utf8))
    #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
  }

  /// A venue's clock jumps by more than its window of reception while a run is under way.
  @Test func accountsAreToldBehindAClockThatWasSet() throws {
    defer { simulated.stop() }
    let venues = try simulated.venues()
    #expect(venues.count == VenueRegistry.all.filter { $0.simulation != nil }.count)
    let opened = try venues.map { venue in
      var opening = VenueOpening(venue)
      return try opening.open(isNew: true)
    }
    for seconds in [-30, 30] {
      for product in simulated.simulation.ready["products"]?.members ?? [] {
        try admin(
          #"{"product": "\#(product.key)", "faults": {"clock_offset": \#(seconds)000000000}}"#)
      }
      for entry in opened {
        var opening = VenueOpening(entry.venue)
        let told = try opening.account(of: entry)
        #expect(!told.balances.isEmpty)
        #expect(told.balances.map(\.total) == entry.balances.map(\.total))
      }
    }
  }

  @Test func aKeyThatNobodyKnowsIsRefusedAtOnce() throws {
    defer { simulated.stop() }
    for var venue in try simulated.venues() {
      venue.credential?.apiKey = "nobody"
      var opening = VenueOpening(venue)
      #expect {
        try opening.open(isNew: true)
      } throws: { error in
        "\(error)".hasPrefix("\(venue.name): asking for balances: answered with")
      }
    }
  }

  @Test func limitsAreWaitedFor() throws {
    defer { simulated.stop() }
    let venues = try simulated.venues()
    for product in simulated.simulation.ready["products"]?.members ?? [] {
      try admin(#"{"product": "\#(product.key)", "ban_seconds": 1}"#)
    }
    for venue in venues {
      var opening = VenueOpening(venue)
      #expect(try opening.open(isNew: true).definitions.count == venue.symbols.count)
    }
  }
}
