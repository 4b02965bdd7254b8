import Foundation
import Links
import Testing
import TradingModel
import Venues

/// Every connection says who connects.
@Suite struct UserAgentTests {
  /// A port of this machine where somebody listens, and what every connection said: one that was given up, or
  /// a stranger's, may come before the one that speaks.
  private final class Listener {
    let port: UInt16
    private let descriptor: Int32
    private var accepted: [Int32] = []
    private(set) var texts: [String] = []

    init() throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let descriptor = descriptor
      let code = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
          bind(descriptor, place, size) | listen(descriptor, 8)
            | getsockname(descriptor, place, &size)
        }
      }
      try #require(code == 0)
      port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
      close(descriptor)
      for connection in accepted { close(connection) }
    }

    /// The request for a WebSocket, once one was made whole.
    var upgrade: String? {
      texts.first { $0.hasSuffix("\r\n\r\n") && $0.contains("Sec-WebSocket-Key:") }
    }

    func read() {
      let new = accept(descriptor, nil, nil)
      if new >= 0 {
        accepted.append(new)
        texts.append("")
      }
      for (place, connection) in accepted.enumerated() {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count > 0 { texts[place] += String(decoding: bytes[..<count], as: UTF8.self) }
      }
    }
  }

  @Test func onWebSocketConnections() throws {
    let listener = try Listener()
    var environment = BinanceSpot.description.environments[0]
    environment.publicStream = "ws://127.0.0.1:\(listener.port)/stream"
    environment.rest = "http://127.0.0.1:\(listener.port)"
    var options = LinkOptions()
    options.userAgent = "needletail/7.8"
    let link = try SessionLink(
      BinanceSpot.marketSession(
        environment,
        following: [
          SymbolScale(symbol: "BTCUSDT", listing: 0, priceDecimals: 2, quantityDecimals: 5)
        ], budget: SharedBudget(BinanceSpot.description.rateLimits), silenceMax: 30_000_000_000,
        recorder: nil), options)
    link.start(at: .now)
    let end = Date().addingTimeInterval(30)
    while listener.upgrade == nil, Date() < end {
      if link.turn(at: .now) == 0 { usleep(200) }
      listener.read()
    }
    let upgrade = try #require(listener.upgrade, "\(listener.texts)")
    #expect(upgrade.contains("\r\nUser-Agent: needletail/7.8\r\n"), "\(upgrade)")
  }
}
