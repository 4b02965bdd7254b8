import Foundation
import LowLatency
import Runtime
import Testing

@testable import Transport

/// Whether what is said of messages is what became of them: a peer stops reading, messages are sent
/// until there is no more room, the connection is given up, and only then the peer reads on. What it
/// has whole must be what may have left, and nothing else, for then the answer is as exact as it can be.
@Suite struct DeliveryTests {
  /// Messages of `sizes`, each ending with a newline, sent until one is refused; then the end.
  private func sent(on connection: inout Connection, seed: UInt64) throws -> [Delivery] {
    var random = SeededRandom(seed: seed)
    var marks: [SendMark] = []
    var refusals = 0
    // Several refusals with turns between them: the kernel's buffers grow for a while.
    while refusals < 50 {
      var message = [UInt8](repeating: 0x61, count: Int(random.next(below: 6_000)) + 1)
      message[message.count - 1] = 10
      switch message.withUnsafeBytes({ connection.send($0) }) {
      case .accepted(let mark): marks.append(mark)
      case .backPressured:
        refusals += 1
        _ = connection.doWork(now: Clock.monotonic)
      case let other: Issue.record("\(other)")
      }
    }
    return marks.map { connection.delivery(of: $0) }
  }

  private func check(_ deliveries: [Delivery], arrived: [UInt8]) {
    let left = deliveries.filter { $0 == .mayHaveLeft }.count
    let lines = arrived.withUnsafeBytes { bytes -> Int in
      // memchr: the megabytes are many for a loop of a debug build.
      var count = 0
      var place = 0
      while place < bytes.count,
        let found = memchr(bytes.baseAddress! + place, 10, bytes.count - place)
      {
        count += 1
        place = UnsafeRawPointer(found) - bytes.baseAddress! + 1
      }
      return count
    }
    #expect(left == lines)
    #expect(left > 0)
    #expect(deliveries.last == .waiting)
    #expect(deliveries.dropFirst(left).allSatisfy { $0 == .waiting })
  }

  @Test func aRecordLeavesWithItsLastByte() {
    var progress = SendProgress()
    progress.sentEncrypted(300)  // A greeting of TLS, with nothing of ours.
    #expect(progress.leftPosition == 0 && progress.isIdle)
    progress.encrypted(100, to: 122)
    #expect(progress.takenPosition == 100 && !progress.isIdle)
    progress.sentEncrypted(121)
    #expect(progress.leftPosition == 0)
    // Its last byte, and the first of an alert behind it, the rest of which never leaves.
    progress.sentEncrypted(2)
    #expect(progress.leftPosition == 100 && progress.isIdle)
    progress.encrypted(1, to: 23)
    progress.sentEncrypted(22)
    #expect(progress.leftPosition == 100)
    progress.sentEncrypted(1)
    #expect(progress.leftPosition == 101)
    progress.sentPlain(9)
    #expect(progress.leftPosition == 110 && progress.takenPosition == 110)
  }

  @Test(arguments: UInt64(1)...2)
  func plain(seed: UInt64) throws {
    let server = try ListeningSocket(receiveByteCount: 65_536)
    var deliveries: [Delivery] = []
    let peer: AcceptedSocket
    do {
      var connection = Connection(
        try Endpoint("http://localhost:\(server.port)"),
        at: SocketAddress("127.0.0.1", port: server.port)!, options: .init(),
        outputByteCountMax: 200_000, now: Clock.monotonic)
      peer = server.accept()
      _ = try connection.opening()
      deliveries = try sent(on: &connection, seed: seed)
      // The connection ends here, with what waits.
    }
    var arrived: [UInt8] = []
    while true {
      let bytes = peer.receive()
      if bytes.isEmpty { break }
      arrived += bytes
    }
    check(deliveries, arrived: arrived)
  }

  @Test(arguments: UInt64(1)...2)
  func encrypted(seed: UInt64) throws {
    let certificates = try TestCertificates.shared.get()
    let output = certificates.folder.appending(path: "received-\(seed)")
    let version = seed % 2 == 0 ? "-tls1_2" : "-tls1_3"
    let server = try certificates.server(
      "good", [version, "-naccept", "1"], output: output)
    let options = ConnectionOptions(tls: try TLSContext(trust: .file(certificates.authority)))
    var deliveries: [Delivery] = []
    do {
      var connection = Connection(
        try Endpoint("https://localhost:\(server.port)"),
        at: SocketAddress("127.0.0.1", port: server.port)!, options: options,
        outputByteCountMax: 200_000, now: Clock.monotonic)
      let refusal = try connection.opening()
      #expect(refusal == nil)
      // TLS 1.3's tickets are read before, or closing would reset the connection.
      for _ in 0..<20 {
        _ = connection.doWork(now: Clock.monotonic)
        usleep(5000)
      }
      server.pause()
      deliveries = try sent(on: &connection, seed: seed)
    }
    server.resume()
    // It ends with its one connection.
    let arrived = try turning { () -> [UInt8]? in
      server.isRunning ? nil : [UInt8](try Data(contentsOf: output))
    }
    check(deliveries, arrived: arrived)
  }
}
