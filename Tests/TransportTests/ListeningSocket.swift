import Glibc

/// A server by hand: it accepts when told to, and then reads and writes what the test says.
final class ListeningSocket {
  let port: UInt16
  private let descriptor: Int32

  /// - Parameter receiveByteCount: the size of the receive buffers; small ones fill soon.
  init(receiveByteCount: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var count = receiveByteCount {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &count, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
        guard bind(descriptor, address, length) == 0, listen(descriptor, 8) == 0 else { return -1 }
        return getsockname(descriptor, address, &length)
      }
    }
    guard code == 0 else { throw ServerProcess.NotReady(output: "listen") }
    port = UInt16(bigEndian: address.sin_port)
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
