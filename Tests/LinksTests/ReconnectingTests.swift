import Foundation
import Testing
import Transport

@testable import Links

@Suite struct ReconnectingTests {
  /// The first address, which a look-up on another thread brings.
  private func firstAddress(_ reconnecting: inout Reconnecting, at now: Int64) throws
    -> SocketAddress
  {
    let end = Date().addingTimeInterval(30)
    while true {
      if let address = reconnecting.address(at: now) { return address }
      try #require(Date() < end, "\(String(describing: reconnecting.resolverError))")
      usleep(200)
    }
  }

  @Test func aLostConnectionIsMadeAgainWithoutALookUp() throws {
    let policy = Backoff.Policy()
    var reconnecting = Reconnecting(try Endpoint("ws://127.0.0.1:9/"), policy, seed: 1)
    let address = try firstAddress(&reconnecting, at: 0)
    reconnecting.opened(at: 1)
    reconnecting.closed(at: 1)
    #expect(reconnecting.address(at: 1) == nil)
    #expect(reconnecting.address(at: 1 + policy.prompt) == address)
    // It could not be made: after a pause the name is looked up again.
    reconnecting.closed(at: 2)
    #expect(reconnecting.address(at: 2 + policy.first / 2) == nil)
    #expect(reconnecting.address(at: 2 + policy.first) == nil)
    #expect(try firstAddress(&reconnecting, at: 2 + policy.first) == address)
  }
}
