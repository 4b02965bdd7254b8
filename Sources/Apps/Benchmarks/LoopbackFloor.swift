import CPlatform
import Glibc
import LowLatency
import Synchronization

/// What the machine itself takes from a message's arrival to the return of the `send()` of an answer: two
/// threads that spin, each on a processor of its own, plain TCP over loopback, and nothing done in between.
public final class LoopbackFloor: @unchecked Sendable {
  /// As long as a message of a market and an order are, about.
  private static let messageByteCount = 200
  private static let answerByteCount = 400
  /// So much longer than it should take it may take, nanoseconds.
  private static let patience: Int64 = 30_000_000_000
  /// SO_TIMESTAMPING's SOF_TIMESTAMPING_RX_SOFTWARE and SOF_TIMESTAMPING_SOFTWARE of linux/net_tstamp.h.
  private static let receiveSoftware: Int32 = 1 << 3 | 1 << 4

  private let count: Int
  private let interval: Int64
  private let processor: Int32
  private var near: Int32 = -1
  private var far: Int32 = -1
  private let isDone = Atomic<Bool>(false)
  private var thread = pthread_t()

  /// - Parameters:
  ///   - count: messages, one or more.
  ///   - rate: of messages, a second.
  ///   - processor: of the peer; the calling thread has its own.
  public init(count: Int, rate: Int, processor: Int32) {
    self.count = count
    interval = 1_000_000_000 / Int64(max(1, rate))
    self.processor = processor
  }

  deinit {
    if near >= 0 { close(near) }
    if far >= 0 { close(far) }
  }

  /// Nanoseconds from the kernel's receive time of a message to the return of the answer's `send()`.
  ///
  /// - Throws: where the system gives no sockets, thread or times.
  public func measure() throws -> Histogram {
    try connectPair()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<LoopbackFloor>.fromOpaque(context).takeRetainedValue().speak()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard code == 0 else {
      Unmanaged.passUnretained(self).release()
      throw BenchFailure(description: "no thread: \(String(cString: strerror(code)))")
    }
    defer {
      isDone.store(true, ordering: .releasing)
      pthread_join(thread, nil)
    }
    return try answer()
  }

  /// Answers every message at once.
  private func answer() throws -> Histogram {
    var times = Histogram()
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 8_192, alignment: 16)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0x20, count: 8_192)
    let end = Self.clock(CLOCK_MONOTONIC) + Int64(count) * interval + Self.patience
    while times.count < UInt64(count) {
      guard let received = receive(into: bytes) else {
        guard Self.clock(CLOCK_MONOTONIC) < end else {
          throw BenchFailure(description: "a message over loopback did not come, or not its time")
        }
        continue
      }
      guard send(near, bytes, Self.answerByteCount, Int32(MSG_NOSIGNAL)) > 0 else { continue }
      times.record(UInt64(max(0, Self.clock(CLOCK_REALTIME) - received)))
    }
    return times
  }

  /// When what came was received; nil for nothing.
  private func receive(into bytes: UnsafeMutableRawPointer) -> Int64? {
    // Room for one message of three times behind its head of 16 bytes, and for more.
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { control in
      var vector = iovec(iov_base: bytes, iov_len: 8_192)
      return withUnsafeMutablePointer(to: &vector) { vector in
        var header = msghdr()
        header.msg_iov = vector
        header.msg_iovlen = 1
        header.msg_control = control.baseAddress
        header.msg_controllen = control.count
        guard recvmsg(near, &header, Int32(MSG_DONTWAIT)) > 0,
          Int(header.msg_controllen) >= 16 + MemoryLayout<timespec>.size
        else { return nil }
        let time = control.load(fromByteOffset: 16, as: timespec.self)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
      }
    }
  }

  /// The peer: says something at even times, and reads what is answered.
  private func speak() {
    _ = cplatform_pin_thread(processor)
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 8_192, alignment: 16)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0x20, count: 8_192)
    var next = Self.clock(CLOCK_MONOTONIC) + interval
    // On a busy machine several may be read at once, so that it goes on until there are enough.
    while !isDone.load(ordering: .acquiring) {
      _ = recv(far, bytes, 8_192, Int32(MSG_DONTWAIT))
      guard Self.clock(CLOCK_MONOTONIC) >= next else { continue }
      next = max(next + interval, Self.clock(CLOCK_MONOTONIC))
      _ = send(far, bytes, Self.messageByteCount, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }

  private func connectPair() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafeMutablePointer(to: &address) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
        guard bind(listener, place, size) == 0, listen(listener, 1) == 0,
          getsockname(listener, place, &size) == 0
        else { return false }
        near = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard connect(near, place, size) == 0 else { return false }
        far = accept(listener, nil, nil)
        return far >= 0
      }
    }
    guard isConnected, Self.set(near, Int32(IPPROTO_TCP), TCP_NODELAY, 1),
      Self.set(far, Int32(IPPROTO_TCP), TCP_NODELAY, 1),
      Self.set(near, SOL_SOCKET, SO_TIMESTAMPING, Self.receiveSoftware)
    else {
      throw BenchFailure(
        description: "no connection over loopback: \(String(cString: strerror(errno)))")
    }
  }

  private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32)
    -> Bool
  {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    return setsockopt(descriptor, level, option, &value, size) == 0
  }

  private static func clock(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
