import Foundation
import Testing
import TradingModel

@testable import Links
@testable import Venues

/// New connections are taken from what the venue allows.
@Suite struct ConnectionLimitTests {
  /// A session with two WebSocket channels to where nobody listens.
  private final class TwoChannels: VenueSession {
    let name = "two"
    let channels = [1, 2].map {
      SessionChannel(.webSocket, address: "ws://127.0.0.1:1", purpose: "channel \($0)")
    }
    var outbox = SessionOutbox()
    var records = RecordBuffer(capacity: 4_096)
    var nextTime: Int64 { .max }
    func start(at now: SessionTime) {
      outbox.open(0)
      outbox.open(1)
    }
    func opened(_ channel: Int, at now: SessionTime) {}
    func closed(_ channel: Int, at now: SessionTime) {}
    func received(
      _ channel: Int, _ bytes: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
    ) {}
    func answered(
      _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime
    ) {}
    func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {}
    func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) {}
    func advance(to now: SessionTime) {}
  }

  private static let hour: Int64 = 3_600_000_000_000

  private func attempts(of link: SessionLink) -> Int {
    link.health.reduce(0) { $0 + Int($1.connection.attemptCount) }
  }

  /// Turns until there were so many attempts, and a little longer; gives how many there were.
  private func turn(_ link: SessionLink, at time: SessionTime, until count: Int) -> Int {
    let end = Date().addingTimeInterval(30)
    while attempts(of: link) < count, Date() < end {
      if link.turn(at: time) == 0 { usleep(200) }
    }
    for _ in 0..<100 where link.turn(at: time) == 0 { usleep(200) }
    return attempts(of: link)
  }

  private func link(limit: Int, at time: SessionTime) throws -> SessionLink {
    let budget = SharedBudget(
      [RateLimit(.connections, limit, per: Self.hour, isAligned: false, scope: .address)])
    let link = try SessionLink(TwoChannels(), LinkOptions(), budget: budget)
    link.start(at: time)
    return link
  }

  @Test func noMoreAttemptsThanTheVenueTakes() throws {
    var time = SessionTime.now
    let one = try link(limit: 1, at: time)
    #expect(turn(one, at: time, until: 1) == 1)
    time.wall += Self.hour / 2
    time.monotonic += Self.hour / 2
    #expect(turn(one, at: time, until: 1) == 1)
    time.wall += Self.hour
    time.monotonic += Self.hour
    #expect(turn(one, at: time, until: 2) == 2)
  }

  @Test func bothChannelsConnectWithinTheLimit() throws {
    let time = SessionTime.now
    #expect(turn(try link(limit: 100, at: time), at: time, until: 2) == 2)
  }
}
