import Testing
import TradingModel

@testable import Venues

/// The classes in which venues give their sessions hand everything on to the session that all share, also
/// what a session need not have.
@Suite struct DialectSessionTests {
  private static let venues: [any VenueAdapter.Type] = [
    BinanceSpot.self, BinanceUSDM.self, OKX.self, BybitSpot.self, BybitLinear.self,
  ]
  private let now = SessionTime(wall: 1, monotonic: 1)

  private func market(_ venue: any VenueAdapter.Type) -> any VenueSession {
    let session = venue.marketSession(
      venue.description.environments[0],
      following: ["BTCUSDT", "BTC-USDT"].map {
        SymbolScale(symbol: $0, listing: 0, priceDecimals: 2, quantityDecimals: 8)
      }, budget: SharedBudget(venue.description.rateLimits), silenceMax: 10_000_000_000,
      recorder: nil)
    session.start(at: now)
    for channel in session.channels.indices { session.opened(channel, at: now) }
    return session
  }

  private func counted(_ session: any VenueSession) -> Int {
    var count = 0
    let hadSome = session.takeRecords { count = $0.recordCount }
    #expect(hadSome == (count > 0) && session.records.recordCount == 0)
    return count
  }

  @Test(arguments: 0..<5)
  func quotesAreMergedWhileTheCarrierIsBehind(index: Int) throws {
    let venue = Self.venues[index]
    let session = market(venue)
    let quotes = try #require(
      try venue.decodingSamples().first { $0.kind == .bestQuote }?.messages.prefix(5))
    _ = counted(session)
    session.fallBehind(at: now)
    for quote in quotes {
      quote.withUnsafeBytes { session.received(0, $0, received: 1, at: now) }
    }
    #expect(counted(session) == 0)
    session.catchUp(at: now)
    #expect(counted(session) == 1)
    for quote in quotes {
      quote.withUnsafeBytes { session.received(0, $0, received: 1, at: now) }
    }
    // A venue that numbers its quotes told these before.
    #expect([0, quotes.count].contains(counted(session)))
  }

  @Test(arguments: 0..<5)
  func faultsNamesAndCommandsAreTheCommonSessions(index: Int) throws {
    let session = market(Self.venues[index])
    #expect(session.name.hasSuffix(" market") && session.stopCause == nil)
    var commands = 0
    while session.nextCommand() != nil { commands += 1 }
    // A connection for each channel, and what is subscribed to.
    #expect(commands > session.channels.count && session.outbox.isEmpty)
    #expect(session.lastFault == nil)
    Array(#"{"topic":1,"stream":1,"arg":1"#.utf8).withUnsafeBytes {
      session.received(0, $0, received: 1, at: now)
    }
    #expect(session.lastFault?.contains("was expected") == true)
    for channel in session.channels.indices { session.closed(channel, at: now) }
    #expect(counted(session) == 2)
  }
}
