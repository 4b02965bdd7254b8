import Journal
import Live
import Runtime
import Strategies
import Testing
import TradingModel
import Transport
import VenueServer
import Venues

@testable import NeedletailCommands

/// Positions that somebody opened by hand, at every simulated venue that trades contracts.
@Suite struct ForeignPositionTests {
  private let simulated: SandboxVenues

  init() throws { simulated = try SandboxVenues(seed: 11) }

  /// The venues with their contracts alone.
  private func venues(adopting: Bool = false) throws -> [LiveVenue] {
    var found: [LiveVenue] = []
    for var venue in try simulated.venues() {
      for (_, product) in simulated.simulation.ready["products"]?.members ?? [] {
        guard product["venues"]?[venue.name] != nil else { continue }
        let told = product["symbols"]
        let symbols = told?.elements ?? told?[venue.name]?.elements ?? []
        venue.symbols = symbols.compactMap(\.string)
      }
      var opening = VenueOpening(venue)
      venue.symbols = try opening.open(isNew: false).definitions.filter { $0.kind != .spot }
        .map(\.symbol)
      guard venue.symbols.count > 1 else { continue }
      venue.adoptsForeignPositions = adopting
      found.append(venue)
    }
    #expect(found.count > 1)
    return found
  }

  /// Takes from the market with the account of the run, by a program that is not ours.
  private func trade(_ venue: LiveVenue, _ symbol: String, _ side: Side, hundredths: Int64) throws {
    var input = RequestInput()
    input.symbol = symbol
    input.side = side
    input.type = .market
    input.quantity = Decimal(units: hundredths, decimals: 2)
    input.clientOrderID = "hand\(venue.name.filter { $0 != "-" })\(Clock.realtime % 1_000_000_000)"
    let request = try venue.adapter.requests(
      .place, input, try #require(venue.credential), venue.environment,
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
  }

  /// What differs at the end of a run that trades nothing.
  private func run(_ path: String, adopting: Bool) throws -> [String] {
    var settings = SessionSettings()
    settings.journal = path
    settings.json = true
    settings.duration = 3_000_000_000
    let session = try Session.live(
      LivePlan(
        mode: .sandbox, venues: try venues(adopting: adopting), strategies: { _ in [] },
        limits: SandboxStrategies.limits), settings, StrategyRegistry())
    var display = SessionDisplay(session)
    #expect(try session.run(&display) == .elapsed)
    return try session.finish().differences
  }

  private func adjustments(_ path: String) throws -> [PositionAdjustment] {
    var reader = try JournalReader(directory: path)
    var found: [PositionAdjustment] = []
    while let record = try reader.next() {
      guard record.kind == .positionAdjustment else { continue }
      found.append(try #require(PositionAdjustment(at: record.base)))
    }
    return found
  }

  private func isProven(_ path: String) throws -> Bool {
    var audit = try JournalAudit(
      path, registry: StrategyRegistry(), prints: false, checks: true)
    return try audit.run() == ExitStatus.done
  }

  @Test func whatIsAdoptedIsInTheBooksAndProven() throws {
    defer { simulated.stop() }
    let place = Place()
    let venues = try venues()
    for venue in venues { try trade(venue, venue.symbols[0], .buy, hundredths: 10) }
    #expect(try run(place.path, adopting: true) == [])
    let first = try adjustments(place.path)
    #expect(first.count == venues.count)
    #expect(first.allSatisfy { $0.policy == .adopted && $0.quantityBefore == 0 && $0.quantity > 0 })
    #expect(first.allSatisfy { $0.entryPrice > 0 && $0.venueTime > 0 })
    // Meanwhile a part is closed, and another position opened.
    for venue in venues {
      try trade(venue, venue.symbols[0], .sell, hundredths: 4)
      try trade(venue, venue.symbols[1], .sell, hundredths: 20)
    }
    // What that realised and cost is in no fill of ours.
    let differences = try run(place.path, adopting: true)
    #expect(differences.allSatisfy { $0.contains(": balance ") }, "\(differences)")
    let second = try adjustments(place.path).dropFirst(first.count)
    #expect(second.count == 2 * venues.count)
    #expect(second.count { $0.quantityBefore > $0.quantity && $0.quantity > 0 } == venues.count)
    #expect(second.count { $0.quantityBefore == 0 && $0.quantity < 0 } == venues.count)
    #expect(try isProven(place.path))
    // Nothing is found twice.
    let last = try run(place.path, adopting: true)
    #expect(last.allSatisfy { $0.contains(": balance ") }, "\(last)")
    #expect(try adjustments(place.path).count == first.count + second.count)
  }

  @Test func whatIsLeftIsNoDifferenceLater() throws {
    defer { simulated.stop() }
    let place = Place()
    let venues = try venues()
    for venue in venues { try trade(venue, venue.symbols[0], .sell, hundredths: 10) }
    for _ in 0..<2 { #expect(try run(place.path, adopting: false) == []) }
    let found = try adjustments(place.path)
    #expect(found.count == venues.count && found.allSatisfy { $0.policy == .left })
    #expect(try isProven(place.path))
    for venue in venues { try trade(venue, venue.symbols[0], .sell, hundredths: 1) }
    let told = try run(place.path, adopting: false)
    for venue in venues {
      #expect(told.contains { $0.hasPrefix("\(venue.name): position \(venue.symbols[0])") })
    }
    // What was left before is adopted as well.
    let adopted = try run(place.path, adopting: true)
    #expect(adopted.allSatisfy { $0.contains(": balance ") }, "\(adopted)")
    #expect(try adjustments(place.path).count { $0.policy == .adopted } == venues.count)
    #expect(try isProven(place.path))
  }
}
