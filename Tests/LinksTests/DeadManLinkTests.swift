import Credentials
import Foundation
import Links
import Testing
import TradingModel
import VenueServer
import VenueSimulation
import Venues

/// Engines that vanish: the simulated venues cancel what they left, over real sockets and by real clocks.
@Suite(.serialized) struct DeadManLinkTests {
  /// A venue to trade at, and how long it waits.
  struct Place {
    var adapter: any VenueAdapter.Type
    var symbol: String
    var kind: ContractKind
    var seconds: Int
    /// Two products may share an account, and with it the ids.
    var prefix: String
  }

  /// OKX takes no shorter one.
  static let places = [
    Place(adapter: BinanceUSDM.self, symbol: "BTCUSDT", kind: .linear, seconds: 6, prefix: "gonea"),
    Place(adapter: BybitLinear.self, symbol: "BTCUSDT", kind: .linear, seconds: 6, prefix: "goneb"),
    Place(adapter: BybitSpot.self, symbol: "BTCUSDT", kind: .spot, seconds: 6, prefix: "gonec"),
    Place(adapter: OKX.self, symbol: "BTC-USDT", kind: .spot, seconds: 10, prefix: "goned"),
  ]

  /// The orders of one account at one venue, and all that it told.
  final class Desk: RecordTaker {
    let place: Place
    let link: SessionLink
    var reports: [VenueReport] = []
    private var version: RequestVersion = 1

    init(_ place: Place, _ ready: JSONValue, isProtected: Bool) throws {
      self.place = place
      let name = place.adapter.description.name
      let product = try #require(
        ready["products"]?.members?.first { $0.value["venues"]?[name] != nil }?.value)
      let addresses = try #require(product["venues"]?[name])
      let key = try #require(product["accounts"]?.elements?.first?["keys"]?.elements?.first)
      func text(_ value: JSONValue?) throws -> String { try #require(value?.string) }
      let listing = Listing(
        index: 0, venue: 0, instrument: 0, base: 0, quote: 1,
        contractKind: place.kind, priceDecimals: 1, quantityDecimals: 3)
      let setting = DeadManSetting(seconds: place.seconds, isRequired: true)
      let session = try place.adapter.tradingSession(
        VenueEnvironment(
          name: "simulated", isReal: false, rest: try text(addresses["rest"]),
          publicStream: try text(addresses["public_stream"]),
          userStream: try text(addresses["user_stream"]),
          orderEntry: try text(addresses["order_entry"])),
        VenueCredential(
          apiKey: try text(key["apiKey"]), kind: .hmac,
          secret: SecretBytes(try text(key["secret"])),
          passphrase: key["passphrase"]?.string.map { SecretBytes($0) }),
        AccountNames(
          venue: 0, listings: [(listing, place.symbol)], currencies: [("BTC", 0), ("USDT", 1)],
          clientOrderIDPrefix: place.prefix, deadMan: isProtected ? setting : nil),
        budget: SharedBudget(place.adapter.description.rateLimits))
      link = try SessionLink(session, LinkOptions())
      link.taker = self
      link.start(at: .now)
    }

    func take(_ buffer: borrowing RecordBuffer, at now: SessionTime) {
      var offset = 0
      while offset < buffer.byteCount {
        let record = UnsafeRawPointer(buffer.base + offset)
        offset += Int(record.load(as: UInt32.self))
        if RecordKind(rawValue: record.load(fromByteOffset: 4, as: UInt16.self)) == .venueReport {
          VenueReport(at: record).map { reports.append($0) }
        }
      }
    }

    func has(_ kind: VenueReportKind) -> Bool { reports.contains { $0.kind == kind } }

    func send(_ kind: VenueRequestKind) {
      link.send(
        VenueRequest(
          kind: kind, side: .buy, listing: 0, venue: 0, orderID: 7, version: version,
          price: 590_000, quantity: 100), at: .now)
      version += 1
    }

    /// What the venue says of the order now.
    func status() throws -> VenueReport {
      let before = reports.count
      send(.queryOrder)
      var found: VenueReport?
      try DeadManLinkTests.turn([self], "an order's status") {
        found = self.reports[before...].last
        // What is not listed at once is asked about again.
        if found?.kind == .answerLost {
          found = nil
          self.reports.removeAll()
          self.send(.queryOrder)
        }
        return found != nil
      }
      return try #require(found)
    }
  }

  /// Turns all until `isDone`; an issue after 60 seconds.
  private static func turn(
    _ desks: [Desk], _ what: String, until isDone: () throws -> Bool
  ) throws {
    let end = Date().addingTimeInterval(60)
    while try !isDone() {
      let now = SessionTime.now
      if desks.reduce(0, { $0 + $1.link.turn(at: now) }) == 0 { usleep(200) }
      let told = desks.map { "\($0.link.session.name): \($0.reports.map(\.kind))" }
      try #require(Date() < end, "\(what) did not come: \(told)")
    }
  }

  private static func venues() throws -> BackgroundSimulation {
    try BackgroundSimulation {
      try SimulationServer(
        [BinanceUSDMSimulation.self, BybitSimulation.self, OKXSimulation.self],
        VenueSimulationSettings(
          seed: 9, startTime: Int64(Date().timeIntervalSince1970 * 1e9), eventsPerSecond: 0),
        isSecure: false)
    }
  }

  /// Engines whose order stands.
  private static func engines(_ places: [Place], _ ready: JSONValue) throws -> [Desk] {
    let engines = try places.map { try Desk($0, ready, isProtected: true) }
    try turn(engines, "the connections") { engines.allSatisfy { $0.has(.connected) } }
    for engine in engines { engine.send(.newOrder) }
    try turn(engines, "the orders") { engines.allSatisfy { $0.has(.accepted) } }
    return engines
  }

  @Test func whatAVanishedEngineLeftIsCanceledByItsVenue() throws {
    let venues = try Self.venues()
    defer { venues.stop() }
    var engines = try Self.engines(Self.places, venues.ready)
    // Longer than the short countdowns: they are renewed in time.
    let later = Date().addingTimeInterval(8)
    try Self.turn(engines, "the time") { Date() > later }
    for engine in engines {
      #expect(!engine.has(.disconnected) && !engine.has(.canceled), "\(engine.place.adapter)")
      #expect(engine.link.takeWarnings().isEmpty)
      #expect(try engine.status().kind == .statusOpen, "\(engine.place.adapter)")
    }

    // Gone without a word: sockets close as those of a killed process do.
    engines.removeAll()
    let watchers = try Self.places.map { try Desk($0, venues.ready, isProtected: false) }
    try Self.turn(watchers, "the connections") { watchers.allSatisfy { $0.has(.connected) } }
    for watcher in watchers {
      #expect(try watcher.status().kind == .statusOpen, "\(watcher.place.adapter)")
    }
    for watcher in watchers {
      var status = try watcher.status()
      while status.kind == .statusOpen {
        let next = Date().addingTimeInterval(0.5)
        try Self.turn(watchers, "the time") { Date() > next }
        status = try watcher.status()
      }
      let isTold = watcher.place.adapter != BinanceUSDM.self
      #expect(status.kind == .statusCanceled, "\(watcher.place.adapter)")
      #expect(status.cumulativeQuantity <= 0)
      #expect(status.reason == (isTold ? .deadManSwitch : .none), "\(watcher.place.adapter)")
    }
  }

  @Test func whatIsLeftOnPurposeStands() throws {
    let places = Self.places.filter { $0.seconds < 8 }
    let venues = try Self.venues()
    defer { venues.stop() }
    var engines = try Self.engines(places, venues.ready)
    for engine in engines { engine.link.disarm(at: .now) }
    try Self.turn(engines, "the venues' words") { engines.allSatisfy { !$0.link.isDisarming } }
    engines.removeAll()
    let later = Date().addingTimeInterval(8)
    let watchers = try places.map { try Desk($0, venues.ready, isProtected: false) }
    try Self.turn(watchers, "the connections") {
      Date() > later && watchers.allSatisfy { $0.has(.connected) }
    }
    for watcher in watchers {
      #expect(try watcher.status().kind == .statusOpen, "\(watcher.place.adapter)")
    }
  }
}
