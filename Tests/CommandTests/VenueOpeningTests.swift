import Live
import Runtime
import Testing
import TradingModel
import Transport
import VenueServer
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

  /// Fees may be charged in a currency that nothing is traded in.
  @Test func currenciesOfFeesAreInEveryRun() throws {
    defer { simulated.stop() }
    let opened = try simulated.venues().map { venue in
      var opening = VenueOpening(venue)
      return try opening.open(isNew: true)
    }
    let definitions = try LiveDefinitions.make(opened, withBalances: true)
    var count = 0
    for (index, entry) in opened.enumerated() {
      for name in entry.venue.adapter.description.feeCurrencies {
        let currency = try #require(definitions.currencies.firstIndex(of: name))
        let known = definitions.balances.filter {
          Int($0.venue) == index && Int($0.currency) == currency
        }
        #expect(known.count == 1)
        count += 1
      }
    }
    #expect(count > 0)
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

  // MARK: Orders that are not ours

  /// The answer to a request of the venue's first account.
  private func ask(
    _ venue: LiveVenue, _ action: VenueAction, _ input: RequestInput
  ) throws -> [UInt8] {
    let request = try venue.adapter.requests(
      action, input, try #require(venue.credential), venue.environment,
      timestamp: UInt64(Clock.realtime / 1_000_000))[0]
    let answer = try ColdHTTP(trust: venue.tls?.trust).ask(
      request.method, request.url,
      fields: request.headers.filter {
        !["host", "content-length", "connection"].contains($0.name.lowercased())
      }.map { HTTPField($0.name, $0.value) }, body: Array(request.body.utf8))
    let refusal = answer.body.withUnsafeBytes {
      venue.adapter.refusal(in: $0, status: answer.status)
    }
    #expect(refusal == nil, "\(venue.name): \(String(decoding: answer.body, as: UTF8.self))")
    return answer.body
  }

  private func openOrders(_ venue: LiveVenue, _ symbol: String) throws -> [OpenOrder] {
    var input = RequestInput()
    input.symbol = symbol
    return try ask(venue, .openOrders, input).withUnsafeBytes {
      try venue.adapter.openOrders(in: $0).orders
    }
  }

  /// The best bid of a book as venues spell it: the first number of `bids` or `b`.
  private func bestBid(_ value: JSONValue) -> String? {
    for (name, member) in value.members ?? [] {
      let first = member.elements?.first
      if ["bids", "b"].contains(name), let price = first?.elements?.first?.string { return price }
      for inner in [member] + (first.map { [$0] } ?? []) {
        if let found = bestBid(inner) { return found }
      }
    }
    return nil
  }

  /// Bids far below the market, of a program that is not ours.
  private func placeForeignOrders(_ count: Int, _ venue: LiveVenue, _ symbol: String) throws {
    var input = RequestInput()
    input.symbol = symbol
    let book = try JSONValue.parse(try ask(venue, .depth, input))
    let text = try #require(bestBid(book), "\(venue.name)")
    let whole = try #require(Int64(text.prefix { $0 != "." }))
    input.side = .buy
    input.price = Decimal(units: whole * 9 / 10)
    input.quantity = Decimal(units: 1, decimals: 2)
    for number in 0..<count {
      // Venues that share an account share its ids.
      input.clientOrderID = venue.name.filter { $0 != "-" } + "\(number)"
      _ = try ask(venue, .place, input)
    }
  }

  /// More than a batch of them where they are canceled in batches; none at all in the other symbol.
  @Test func foreignOrdersAreCanceledWhereThatIsWanted() throws {
    simulated.stop()
    let simulated = try SandboxVenues(seed: 1, limitsRates: false)
    defer { simulated.stop() }
    for var venue in try simulated.venues() {
      let symbol = venue.symbols[0]
      var count = 2
      if case .emulated = venue.adapter.description.support(of: .cancelAll) { count = 23 }
      try placeForeignOrders(count, venue, symbol)
      var leaving = VenueOpening(venue)
      _ = try leaving.open(isNew: true)
      #expect(try openOrders(venue, symbol).count == count, "\(venue.name)")
      venue.cancelsForeignOrders = true
      var opening = VenueOpening(venue)
      #expect(try opening.open(isNew: true).warnings.isEmpty, "\(venue.name)")
      #expect(try openOrders(venue, symbol).isEmpty, "\(venue.name)")
    }
  }

  /// At a venue that takes cancels and does nothing.
  @Test func foreignOrdersThatStandAllTheSameRefuseTheRun() throws {
    simulated.stop()
    let simulated = try SandboxVenues(
      seed: 1, kinds: [VenueRegistry.simulations[0]], limitsRates: false)
    defer { simulated.stop() }
    var venue = try #require(
      try simulated.venues().first { $0.name == StubbornVenue.base.description.name })
    let symbol = venue.symbols[0]
    try placeForeignOrders(2, venue, symbol)
    venue.cancelsForeignOrders = true
    venue.adapter = StubbornVenue.self
    var opening = VenueOpening(venue)
    #expect {
      _ = try opening.open(isNew: true)
    } throws: { error in
      "\(error)".contains("2 open orders in \(symbol) could not be canceled")
    }
  }
}
