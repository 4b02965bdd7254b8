import Glibc

/// A TCP connection to be, or that is: one descriptor that never waits. Closed with the value.
@safe struct TCPSocket: ~Copyable {
  /// How far connecting has come.
  enum Connecting: Equatable {
    case pending
    case done
    /// errno.
    case failed(Int32)
  }

  /// What came of a send or receive.
  enum Transfer: Equatable {
    /// Bytes moved, 1 at least.
    case bytes(Int)
    /// Nothing can be moved now.
    case wouldBlock
    /// The peer sends no more.
    case end
    /// errno.
    case failed(Int32)
  }

  /// What `recvmsg` works on, at a place that stays.
  private struct Reading {
    var header = msghdr()
    var vector = iovec()
  }

  /// One message of three times (64 bytes) and room for what else a kernel may say.
  private static let controlByteCount = 256
  let descriptor: Int32
  private let reading: UnsafeMutablePointer<Reading>
  private let control: UnsafeMutableRawPointer
  /// When the kernel received the youngest bytes of the last read: ns since the Unix epoch. Where
  /// it does not say, when they were read.
  private var receiveTime: Int64 = 0
  /// Whether the kernel said when the last bytes came.
  private var hasKernelTime = false

  /// Begins to connect.
  ///
  /// - Parameter source: the local address to use; its port may be 0. The kernel chooses where it is nil.
  /// - Throws: the first call that failed.
  init(to address: SocketAddress, from source: SocketAddress?) throws(SocketError) {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.systemFamily, kind, 0)
    guard descriptor >= 0 else { throw SocketError(.socket, errno) }
    do throws(SocketError) {
      try Self.connect(descriptor, to: address, from: source)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    reading = .allocate(capacity: 1)
    reading.initialize(to: Reading())
    control = .allocate(byteCount: Self.controlByteCount, alignment: 8)
  }

  deinit {
    close(descriptor)
    reading.deallocate()
    control.deallocate()
  }

  private static func connect(
    _ descriptor: Int32, to address: SocketAddress, from source: SocketAddress?
  ) throws(SocketError) {
    try set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    // Software times of receipt, told with the bytes: Documentation/networking/timestamping.rst. A
    // kernel without them costs us a clock's reading, not the connection.
    try? set(descriptor, SOL_SOCKET, SO_TIMESTAMPING, Timestamping.receiveSoftware)
    if let source {
      // The port stays free for the connection: chosen with it, not before.
      if source.port == 0 {
        try? set(descriptor, Int32(IPPROTO_IP), Timestamping.bindAddressNoPort, 1)
      }
      guard source.withSystemAddress({ bind(descriptor, $0, $1) }) == 0 else {
        throw SocketError(.bind, errno)
      }
    }
    let code = address.withSystemAddress { Glibc.connect(descriptor, $0, $1) }
    guard code == 0 || errno == EINPROGRESS || errno == EINTR else {
      throw SocketError(.connect, errno)
    }
  }

  private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32)
    throws(SocketError)
  {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard setsockopt(descriptor, level, option, &value, size) == 0 else {
      throw SocketError(.option, errno)
    }
  }

  /// How far connecting has come.
  mutating func connecting() -> Connecting {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&entry, 1, 0) > 0 else { return .pending }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      return .failed(errno)
    }
    return code == 0 ? .done : .failed(code)
  }

  /// Hands the first of `bytes` to the kernel, as many as it takes.
  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    if count > 0 { return .bytes(count) }
    return count == 0 ? .wouldBlock : Self.failure(errno)
  }

  /// Reads what there is, up to the size of `room` (1 at least), and when it came.
  mutating func receive(into room: UnsafeMutableRawBufferPointer) -> Transfer {
    reading.pointee.vector = iovec(iov_base: room.baseAddress, iov_len: room.count)
    let vector = UnsafeMutableRawPointer(reading)
      .advanced(by: MemoryLayout<Reading>.offset(of: \.vector)!)
      .assumingMemoryBound(to: iovec.self)
    var header = msghdr()
    header.msg_iov = vector
    header.msg_iovlen = 1
    header.msg_control = control
    header.msg_controllen = Self.controlByteCount
    reading.pointee.header = header
    let count = recvmsg(descriptor, &reading.pointee.header, 0)
    if count == 0 { return .end }
    if count < 0 { return Self.failure(errno) }
    let said = Timestamping.receiveTime(
      UnsafeRawBufferPointer(start: control, count: Int(reading.pointee.header.msg_controllen)))
    hasKernelTime = said != nil
    receiveTime = said ?? Timestamping.now
    return .bytes(count)
  }

  /// When the last bytes came, and whether the kernel said so.
  mutating func lastReceipt() -> (time: Int64, isKernels: Bool) { (receiveTime, hasKernelTime) }

  /// Tells the peer that no more bytes come.
  mutating func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The address this end has; nil before the kernel has chosen it.
  var localAddress: SocketAddress? {
    var storage = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size) == 0 ? SocketAddress($0) : nil
      }
    }
  }

  private static func failure(_ code: Int32) -> Transfer {
    code == EAGAIN || code == EINTR ? .wouldBlock : .failed(code)
  }
}

/// A call of the operating system that failed.
public struct SocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which call.
  public enum Call: String, Sendable {
    case socket, option, bind, connect, send, receive
  }

  /// Which call.
  public let call: Call
  /// errno.
  public let code: Int32

  init(_ call: Call, _ code: Int32) {
    self.call = call
    self.code = code
  }

  /// The call and the system's text, in one line.
  public var description: String { "\(call.rawValue): \(String(cString: strerror(code)))" }
}

/// The kernel's times of receipt: Linux, Documentation/networking/timestamping.rst.
enum Timestamping {
  /// SOF_TIMESTAMPING_RX_SOFTWARE and SOF_TIMESTAMPING_SOFTWARE of linux/net_tstamp.h.
  static let receiveSoftware: Int32 = 1 << 3 | 1 << 4
  /// IP_BIND_ADDRESS_NO_PORT of linux/in.h.
  static let bindAddressNoPort: Int32 = 24

  /// The time in control messages (cmsg(3)); nil where there is none. Each begins with its length
  /// (8 bytes), level and kind (4 each); the next one stands at a multiple of 8.
  static func receiveTime(_ control: UnsafeRawBufferPointer) -> Int64? {
    let header = 16
    var place = 0
    while place + header <= control.count {
      let length = control.loadUnaligned(fromByteOffset: place, as: Int.self)
      guard length >= header, length <= control.count - place else { return nil }
      let level = control.loadUnaligned(fromByteOffset: place + 8, as: Int32.self)
      let kind = control.loadUnaligned(fromByteOffset: place + 12, as: Int32.self)
      if level == SOL_SOCKET, kind == SO_TIMESTAMPING,
        length >= header + MemoryLayout<timespec>.size
      {
        // The first of three times is the software's.
        let time = control.loadUnaligned(fromByteOffset: place + header, as: timespec.self)
        let sum = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        return sum > 0 ? sum : nil
      }
      place += (length + 7) & ~7
    }
    return nil
  }

  /// The wall clock, ns since the Unix epoch.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
