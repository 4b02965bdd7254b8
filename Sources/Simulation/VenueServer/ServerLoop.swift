import CWebSocketsShim
import Glibc

/// What the loop tells a stream's owner.
struct StreamEvent {
  var kind: cws_event
  var stream: OpaquePointer
  var bytes: UnsafeRawBufferPointer
  var flags: UInt32
}

/// Whoever a stream belongs to.
protocol StreamOwner: AnyObject {
  /// False closes the stream.
  func handle(_ event: StreamEvent) -> Bool
}

/// libwebsockets' event loop: streams find their owners by number.
final class ServerLoop {
  private var server: OpaquePointer?
  private var owners: [UInt: any StreamOwner] = [:]
  private var lastNumber: UInt = 0
  /// Called for the first bytes of a stream that a listener accepted; gives its owner.
  var accept: ((_ listener: Int, _ stream: OpaquePointer, _ number: UInt) -> any StreamOwner)?
  /// Called about every millisecond.
  var tick: () -> Void = {}
  /// Called before bytes leave for a client; false keeps them.
  var beforeWriting: () -> Bool = { true }

  init?() {
    let me = Unmanaged.passUnretained(self).toOpaque()
    let made = cws_create(
      { user, kind, stream, owner, listener, bytes, count, flags in
        guard let user, let stream else { return 0 }
        let loop = Unmanaged<ServerLoop>.fromOpaque(user).takeUnretainedValue()
        let event = StreamEvent(
          kind: kind, stream: stream, bytes: UnsafeRawBufferPointer(start: bytes, count: count),
          flags: flags)
        return loop.dispatch(event, owner: owner, listener: listener) ? 0 : -1
      }, me, 1_000_000)
    guard let made else { return nil }
    server = made
  }

  deinit { close() }

  /// The bound port; nil where the address or the port cannot be had.
  func listen(
    _ listener: Int, _ address: String, port: UInt16, _ authority: TestAuthority?
  ) -> UInt16? {
    let bound = cws_listen(
      server, listener, address, Int32(port), authority?.serverCertificatePath,
      authority?.serverKeyPath)
    return UInt16(exactly: bound)
  }

  /// Handles events; false at the end.
  ///
  /// - Parameter waits: whether it waits for some, about a millisecond at most.
  func turn(waits: Bool = true) -> Bool {
    guard let server else { return false }
    return (waits ? cws_service(server) : cws_poll(server)) >= 0
  }

  /// Nothing may be asked of a stream any more: the loop closes, or has closed.
  var isEnding: Bool { server == nil }

  func close() {
    guard let server else { return }
    self.server = nil
    cws_destroy(server)
    owners.removeAll()
    // These hold those who hold the loop.
    accept = nil
    tick = {}
    beforeWriting = { true }
  }

  /// A number that no stream has yet.
  func newNumber() -> UInt {
    lastNumber += 1
    return lastNumber
  }

  /// Numbers up to `number` are not given: streams of an earlier process had them.
  func skipNumbers(through number: UInt) { lastNumber = max(lastNumber, number) }

  /// Makes a bridge; its outer end, or nil where the system has no more sockets.
  func bridge(
    outer: any StreamOwner, _ outerNumber: UInt, inner: any StreamOwner, _ innerNumber: UInt
  ) -> OpaquePointer? {
    owners[outerNumber] = outer
    owners[innerNumber] = inner
    if let stream = cws_bridge(server, outerNumber, innerNumber) { return stream }
    owners[outerNumber] = nil
    owners[innerNumber] = nil
    return nil
  }

  private func dispatch(_ event: StreamEvent, owner: UInt, listener: Int) -> Bool {
    if event.kind == cws_tick {
      tick()
      return true
    }
    let isEnd = event.kind == cws_stream_closed || event.kind == cws_socket_closed
    var number = owner
    if number == 0 {
      // A stream that ends without a byte never had an owner.
      guard event.kind == cws_stream_data, let accept else { return true }
      number = newNumber()
      cws_set_owner(event.stream, number)
      owners[number] = accept(listener, event.stream, number)
    }
    let found = owners[number]
    if isEnd { owners[number] = nil }
    return found?.handle(event) ?? true
  }

  /// The one place where time is read: nanoseconds of both clocks.
  static func readClocks() -> (realtime: Int64, monotonic: Int64) {
    func read(_ clock: clockid_t) -> Int64 {
      var time = timespec()
      clock_gettime(clock, &time)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    return (read(CLOCK_REALTIME), read(CLOCK_MONOTONIC))
  }
}
