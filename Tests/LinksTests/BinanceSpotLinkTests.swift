import Credentials
import Foundation
import Links
import Testing
import TradingModel
import Transport
import Venues

/// The real adapter over real sockets and TLS against the simulated venue, whose server is another
/// library's.
@Suite(.serialized) struct BinanceSpotLinkTests {
  static let listing = Listing(
    index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .spot, priceDecimals: 2,
    quantityDecimals: 5)

  /// The market and the orders of one account, and all that they told.
  final class Desk: RecordTaker {
    let market: SessionLink
    let trading: SessionLink
    var reports: [VenueReport] = []
    var states: [FeedState] = []
    var trades = 0
    var bestBid: Int64 = 0
    var bestAsk: Int64 = 0
    private var bids: [Int64: Int64] = [:]
    private var asks: [Int64: Int64] = [:]

    init(_ venue: SimulatedServer.Ready) throws {
      var environment = BinanceSpot.description.environments[0]
      environment.rest = venue.rest
      environment.publicStream = venue.webSocket + "/stream"
      environment.orderEntry = venue.webSocket + "/ws-api/v3"
      let budget = SharedBudget(BinanceSpot.description.rateLimits)
      let options = LinkOptions(tls: try TLSContext(trust: .file(venue.authorityPath)))
      market = try SessionLink(
        BinanceSpot.marketSession(
          environment,
          following: [
            SymbolScale(symbol: "BTCUSDT", listing: 0, priceDecimals: 2, quantityDecimals: 5)
          ], budget: budget, silenceMax: 30_000_000_000, recorder: nil), options)
      let account = AccountNames(
        venue: 0, listings: [(BinanceSpotLinkTests.listing, "BTCUSDT")],
        currencies: [("BTC", 0), ("USDT", 1), ("BNB", 2)], clientOrderIDPrefix: "link-")
      let credential = VenueCredential(
        apiKey: venue.apiKey, kind: .hmac, secret: SecretBytes(venue.secret))
      trading = try SessionLink(
        try BinanceSpot.tradingSession(environment, credential, account, budget: budget), options)
      market.taker = self
      trading.taker = self
      market.start(at: .now)
      trading.start(at: .now)
    }

    func take(
      _ buffer: borrowing RecordBuffer, at now: SessionTime
    ) {
      var offset = 0
      while offset < buffer.byteCount {
        let record = UnsafeRawPointer(buffer.base + offset)
        offset += Int(record.load(as: UInt32.self))
        switch RecordKind(rawValue: record.load(fromByteOffset: 4, as: UInt16.self)) {
        case .venueReport: VenueReport(at: record).map { reports.append($0) }
        case .feedStatus: FeedStatus(at: record).map { states.append($0.state) }
        case .trade: trades += 1
        case .bookUpdate: apply(record)
        default: break
        }
      }
    }

    private func apply(_ record: UnsafeRawPointer) {
      let update = BookUpdate(at: record)
      if update.isSnapshot {
        bids = [:]
        asks = [:]
      }
      for index in 0..<update.levelCount {
        let level = LevelChange(
          at: record + BookUpdate.levelsOffset + index * LevelChange.byteCount)
        let quantity = level.quantity == 0 ? nil : level.quantity
        if level.side == .buy { bids[level.price] = quantity } else { asks[level.price] = quantity }
      }
      bestBid = bids.keys.max() ?? 0
      bestAsk = asks.keys.min() ?? .max
    }

    /// Turns both until `isDone`; an issue after 30 seconds.
    func turn(_ what: String, until isDone: () -> Bool) throws {
      let end = Date().addingTimeInterval(30)
      while !isDone() {
        let now = SessionTime.now
        if market.turn(at: now) + trading.turn(at: now) == 0 { usleep(200) }
        let health = (market.health + trading.health).map { "\($0.isOpen) \($0.lastReason ?? "")" }
        try #require(Date() < end, "\(what) did not come: \(health) \(reports.map(\.kind))")
      }
    }

    func send(_ request: VenueRequest) { trading.send(request, at: .now) }

    func has(_ kind: VenueReportKind, _ orderID: OrderID = 0) -> Bool {
      reports.contains { $0.kind == kind && $0.orderID == orderID }
    }
  }

  private func order(
    _ id: OrderID, _ side: Side, _ price: Int64, _ quantity: Int64,
    _ timeInForce: TimeInForce = .goodTillCancel
  ) -> VenueRequest {
    VenueRequest(
      kind: .newOrder, side: side, timeInForce: timeInForce, listing: 0, venue: 0, orderID: id,
      version: 1, price: price, quantity: quantity)
  }

  @Test func followsAndTrades() throws {
    let venue = SimulatedServer(seed: 5, eventsPerSecond: 50)
    defer { venue.stop() }
    let desk = try Desk(try venue.ready())
    try desk.turn("a synced book") { desk.states.last == .synced && desk.bestBid > 0 }
    try desk.turn("the order connection") { desk.has(.connected) }
    desk.send(VenueRequest(kind: .querySnapshot, listing: .max, venue: 0, version: 1))
    try desk.turn("a snapshot") { desk.has(.snapshotEnd) }

    // An order that rests, and is canceled.
    desk.send(order(1, .buy, desk.bestBid - 100_000, 100))
    try desk.turn("an accepted order") { desk.has(.accepted, 1) }
    desk.send(VenueRequest(kind: .cancel, listing: 0, venue: 0, orderID: 1, version: 2))
    try desk.turn("a canceled order") { desk.has(.canceled, 1) }

    // An order that trades: its fills add up to it, and the venue says the same when it is asked.
    desk.send(order(2, .buy, desk.bestAsk + 50_000, 2_000, .immediateOrCancel))
    func filled() -> Int64 {
      Dictionary(
        desk.reports.filter { $0.kind == .fill && $0.orderID == 2 }
          .map { ($0.tradeID, $0.lastQuantity) }, uniquingKeysWith: { first, _ in first }
      ).values.reduce(0, +)
    }
    try desk.turn("fills") { filled() == 2_000 }
    desk.send(VenueRequest(kind: .queryOrder, listing: 0, venue: 0, orderID: 2, version: 2))
    try desk.turn("its status") { desk.has(.statusFilled, 2) }
    let status = try #require(desk.reports.last { $0.kind == .statusFilled })
    #expect(status.cumulativeQuantity == 2_000 && filled() == 2_000)
    let fees = desk.reports.filter { $0.kind == .fill && $0.orderID == 2 }
    #expect(fees.allSatisfy { $0.fee.amount > 0 && $0.liquidity == .taker })

    // What the venue refuses, and what it does not know.
    desk.send(order(3, .buy, desk.bestBid - 100_000, 1))
    try desk.turn("a refusal") { desk.has(.rejected, 3) }
    desk.send(VenueRequest(kind: .cancel, listing: 0, venue: 0, orderID: 77, version: 1))
    try desk.turn("a refused cancel") { desk.has(.cancelRejected, 77) }
    desk.send(VenueRequest(kind: .queryOrder, listing: 0, venue: 0, orderID: 77, version: 2))
    try desk.turn("an order that is not found") { desk.has(.notFound, 77) }
    #expect(!desk.has(.answerLost, 1) && !desk.has(.answerLost, 2))
  }

  @Test func aVenueThatGoesAwayLeavesOrdersUnknown() throws {
    let venue = SimulatedServer(seed: 6, eventsPerSecond: 20)
    var isStopped = false
    defer { if !isStopped { venue.stop() } }
    let desk = try Desk(try venue.ready())
    try desk.turn("a synced book") { desk.states.last == .synced && desk.bestBid > 0 }
    try desk.turn("the order connection") { desk.has(.connected) }
    desk.send(order(1, .buy, desk.bestBid - 100_000, 100))
    venue.stop()
    isStopped = true
    try desk.turn("the loss") { desk.has(.disconnected) && desk.states.last == .disconnected }
    // Whether it arrived nobody knows: the answer came before the end, or it is lost.
    #expect(desk.has(.answerLost, 1) || desk.has(.accepted, 1) || desk.has(.notSent, 1))
    #expect(!desk.has(.canceled, 1) && !desk.has(.rejected, 1))
    desk.send(order(2, .buy, 100_000, 100))
    #expect(desk.has(.notSent, 2))
  }

  @Test func aStrangersCertificateIsRefused() throws {
    let venue = SimulatedServer(seed: 7, eventsPerSecond: 0)
    defer { venue.stop() }
    let ready = try venue.ready()
    var environment = BinanceSpot.description.environments[0]
    environment.rest = ready.rest
    environment.publicStream = ready.webSocket + "/stream"
    let link = try SessionLink(
      BinanceSpot.marketSession(
        environment, following: [], budget: SharedBudget([]), silenceMax: 1_000_000_000,
        recorder: nil), LinkOptions(tls: try TLSContext(trust: .system)))
    link.start(at: .now)
    let end = Date().addingTimeInterval(30)
    while link.health.contains(where: { $0.lastReason == nil }) {
      _ = link.turn(at: .now)
      try #require(Date() < end)
    }
    #expect(link.health.allSatisfy { !$0.isOpen && $0.lastReason!.contains("certificate") })
  }
}
