import Credentials
import Foundation
import Links
import Testing
import TradingModel
import Transport
import VenueSimulation
import Venues

/// Requests that were decided together, over real sockets and TLS to the simulated OKX.
@Suite(.serialized) struct OKXBatchLinkTests {
  private static let listing = Listing(
    index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .spot, priceDecimals: 1,
    quantityDecimals: 8)

  private final class Desk: RecordTaker {
    let trading: SessionLink
    var reports: [VenueReport] = []

    init(_ venue: SimulatedServer.Ready) throws {
      var environment = OKX.description.environments[0]
      environment.rest = venue.rest
      environment.orderEntry = venue.webSocket + "/ws/v5/private"
      let account = AccountNames(
        venue: 0, listings: [(OKXBatchLinkTests.listing, "BTC-USDT")],
        currencies: [("BTC", 0), ("USDT", 1)], clientOrderIDPrefix: "link")
      let credential = VenueCredential(
        apiKey: venue.apiKey, kind: .hmac, secret: SecretBytes(venue.secret),
        passphrase: SecretBytes(venue.passphrase))
      trading = try SessionLink(
        try OKX.tradingSession(
          environment, credential, account, budget: SharedBudget(OKX.description.rateLimits)),
        LinkOptions(tls: try TLSContext(trust: .file(venue.authorityPath))))
      trading.taker = self
      trading.start(at: .now)
    }

    func take(_ buffer: borrowing RecordBuffer, at now: SessionTime) {
      var offset = 0
      while offset < buffer.byteCount {
        let record = UnsafeRawPointer(buffer.base + offset)
        offset += Int(record.load(as: UInt32.self))
        if let report = VenueReport(at: record) { reports.append(report) }
      }
    }

    /// Turns until there are reports of a kind about all these orders; an issue after 30 seconds.
    func turn(until kind: VenueReportKind, of orders: [OrderID]) throws {
      let end = Date().addingTimeInterval(30)
      func told() -> Set<OrderID> {
        Set(reports.filter { $0.kind == kind }.map(\.orderID))
      }
      while !told().isSuperset(of: orders) {
        if trading.turn(at: .now) == 0 { usleep(200) }
        try #require(Date() < end, "\(kind): \(reports.map { "\($0.kind) \($0.orderID)" })")
      }
    }

    func send(_ kind: VenueRequestKind, _ orders: [OrderID], price: Int64 = 0) {
      var run = PlainRun<VenueRequest>()
      for id in orders {
        run.append(
          VenueRequest(
            kind: kind, side: .buy, listing: 0, venue: 0, orderID: id,
            version: kind == .newOrder ? 1 : kind == .replace ? 2 : 3, price: price,
            quantity: 100_000))
      }
      trading.send(run, at: .now)
    }
  }

  @Test func ordersGoTogetherAndAreAnsweredApart() throws {
    let venue = SimulatedServer(OKXSimulation.self, seed: 8, eventsPerSecond: 0)
    defer { venue.stop() }
    let desk = try Desk(try venue.ready())
    try desk.turn(until: .connected, of: [0])
    desk.send(.newOrder, [1, 2, 3], price: 580_000)
    try desk.turn(until: .accepted, of: [1, 2, 3])
    let accepted = desk.reports.filter { $0.kind == .accepted }
    // Each is told by its answer and by the stream, in whatever order.
    #expect(Set(accepted.map(\.orderID)) == [1, 2, 3])
    #expect(Set(accepted.map(\.venueOrderID)).count == 3)
    desk.send(.replace, [1, 2, 3], price: 570_000)
    try desk.turn(until: .replaced, of: [1, 2, 3])
    #expect(desk.reports.filter { $0.kind == .replaced }.allSatisfy { $0.price == 570_000 })
    // Above what the venue allows a buy: each is refused, and goes on as it was.
    desk.send(.replace, [1, 2], price: 900_000)
    try desk.turn(until: .replaceRejected, of: [1, 2])
    // One of them never was.
    desk.send(.cancel, [1, 9, 2, 3])
    try desk.turn(until: .canceled, of: [1, 2, 3])
    try desk.turn(until: .cancelRejected, of: [9])
    #expect(!desk.reports.contains { $0.kind == .answerLost || $0.kind == .notSent })
  }
}
