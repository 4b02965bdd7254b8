import Testing

@testable import Transport

@Suite struct ConnectionHealthTests {
  @Test func silenceMakesStale() {
    var health = ConnectionHealth(silenceMax: 10)
    var traffic = ConnectionTraffic()
    check(health.isStale(at: 0))
    health.began()
    health.observe(.handshaking, traffic, at: 1)
    check(health.isStale(at: 1))
    health.observe(.open, traffic, at: 2)
    check(!health.isStale(at: 12))
    check(health.isStale(at: 13))
    traffic.lastMessageTime = 20
    health.observe(.open, traffic, at: 21)
    check(health.silence(at: 25) == 5)
    check(!health.isStale(at: 30))
    check(health.isStale(at: 31))
    health.ended(.silent(nanoseconds: 9), traffic, at: 40)
    check(health.isStale(at: 40))
    check(health.lastReason == .silent(nanoseconds: 9))
    check(health.lastMessageTime == 20)
  }

  @Test func connectionsAddUp() {
    var health = ConnectionHealth(silenceMax: 10)
    for round in 1...3 {
      health.began()
      var traffic = ConnectionTraffic()
      for step in 1...5 {
        traffic.bytesIn = UInt64(step * 100)
        traffic.messagesOut = UInt64(step)
        health.observe(.open, traffic, at: Int64(round))
      }
      health.ended(.requested, traffic, at: Int64(round))
    }
    check(health.attemptCount == 3)
    check(health.reconnectCount == 2)
    check(health.traffic.bytesIn == 1500)
    check(health.traffic.messagesOut == 15)
    health.recordRoundTrip(40)
    health.recordRoundTrip(-1)
    check(health.roundTrips.count == 2)
    check(health.roundTrips.max == 40)
    check(health.lastRoundTrip == -1)
  }
}
