import Glibc

@testable import Transport

/// A server by hand: it accepts when told to, and then reads and writes what the test says.
final class ListeningSocket {
  let port: UInt16
  private let descriptor: Int32

  /// - Parameters:
  ///   - listens: without, the port is taken and every connection to it refused.
  ///   - receiveByteCount: the size of the receive buffers; small ones fill soon.
  init(
    family: SocketAddress.Family = .ipv4, listens: Bool = true, receiveByteCount: Int32? = nil
  ) throws {
    let place = SocketAddress(family == .ipv4 ? "127.0.0.1" : "::1", port: 0)!
    descriptor = socket(place.systemFamily, Int32(SOCK_STREAM.rawValue), 0)
    if var count = receiveByteCount {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &count, socklen_t(MemoryLayout<Int32>.size))
    }
    let descriptor = descriptor
    var code = place.withSystemAddress { bind(descriptor, $0, $1) }
    if code == 0, listens { code = listen(descriptor, 8) }
    var storage = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let bound = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> SocketAddress? in
        getsockname(descriptor, address, &size) == 0 ? SocketAddress(address) : nil
      }
    }
    guard code == 0, let bound else { throw ServerProcess.NotReady(output: "listen") }
    port = bound.port
  }

  deinit { close(descriptor) }

  /// The next connection, once there is one.
  func accept() -> AcceptedSocket { AcceptedSocket(Glibc.accept(descriptor, nil, nil)) }
}

/// The server's end of one connection; waits at most 10 s for bytes.
final class AcceptedSocket {
  private let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// What comes next; empty at the end.
  func receive() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      count = max(0, recv(descriptor, buffer.baseAddress, 65_536, 0))
    }
  }

  /// What comes up to the empty line behind a request's head.
  func receiveHead() -> String {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
      let more = receive()
      if more.isEmpty { break }
      bytes += more
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Sends no more, and reads on.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends the connection by a reset: nothing that waits is delivered.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Answers the request for a WebSocket.
  func upgrade() {
    let head = receiveHead()
    let key = head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }
    send(WebSocketFeed.answer(String(key?.dropFirst(19) ?? "")))
  }
}
