import COpenSSL
import CWslay
import Glibc
import LowLatency

/// Where mask keys come from. RFC 6455, section 5.3 wants them unpredictable: seeds are for tests.
public enum WebSocketMasks: Sendable {
  case system
  case seeded(UInt64)
}

/// Frames to bytes and bytes to frames (RFC 6455, section 5.2), by wslay, which knows neither
/// messages nor what a client may do: that is the client's to check.
@safe struct WebSocketFrames: ~Copyable {
  /// A piece of a frame's payload, in wslay's buffer of 4 KiB until the next call.
  typealias Piece = wslay_frame_iocb

  enum Read {
    case piece(Piece)
    case needsBytes
    case malformed
  }

  /// What wslay's callbacks work on, at a place that stays.
  fileprivate struct Link {
    var source: UnsafeRawPointer?
    var sourceCount = 0
    var target: UnsafeMutableRawPointer?
    let pool: UnsafeMutablePointer<UInt8>
    var poolUsed = poolByteCount
    var random: SeededRandom?
  }

  /// Keys are taken from the generator a thousand at a time: asking for each costs a microsecond.
  fileprivate static let poolByteCount = 4096
  /// The longest header: 2 bytes, 8 of length, 4 of mask.
  static let headerByteCountMax = 14
  private let context: wslay_frame_context_ptr
  private let link: UnsafeMutablePointer<Link>

  init(masks: WebSocketMasks) {
    link = .allocate(capacity: 1)
    link.initialize(to: Link(pool: .allocate(capacity: Self.poolByteCount)))
    if case .seeded(let seed) = masks { link.pointee.random = SeededRandom(seed: seed) }
    var callbacks = wslay_frame_callbacks(
      send_callback: { bytes, count, _, link in giveOutput(bytes, count, link) },
      recv_callback: { bytes, count, _, link in takeInput(bytes, count, link) },
      genmask_callback: { bytes, count, link in fillMask(bytes, count, link) })
    var context: wslay_frame_context_ptr?
    let status = wslay_frame_context_init(&context, &callbacks, link)
    guard status == 0, let context else { preconditionFailure("There is memory for a frame") }
    self.context = context
  }

  deinit {
    wslay_frame_context_free(context)
    link.pointee.pool.deallocate()
    link.deallocate()
  }

  /// Reads on from `queue`. Never called again after `.malformed`.
  mutating func read(from queue: inout ByteQueue) -> Read {
    let bytes = queue.bytes
    link.pointee.source = bytes.baseAddress
    link.pointee.sourceCount = bytes.count
    var piece = Piece()
    let result = wslay_frame_recv(context, &piece)
    queue.consume(bytes.count - link.pointee.sourceCount)
    link.pointee.source = nil
    link.pointee.sourceCount = 0
    if result >= 0 { return .piece(piece) }
    return result == Int(WSLAY_ERR_WANT_READ.rawValue) ? .needsBytes : .malformed
  }

  /// Appends a whole masked frame; returns false and changes nothing where `queue` has no room.
  mutating func write(
    opcode: UInt8, _ payload: UnsafeRawBufferPointer, to queue: inout ByteQueue
  ) -> Bool {
    guard let room = queue.reserve(payload.count + Self.headerByteCountMax) else { return false }
    link.pointee.target = room.baseAddress
    var frame = wslay_frame_iocb(
      fin: 1, rsv: 0, opcode: opcode, payload_length: UInt64(payload.count), mask: 1,
      data: payload.baseAddress?.assumingMemoryBound(to: UInt8.self), data_length: payload.count)
    let written = wslay_frame_send(context, &frame)
    precondition(written == payload.count, "Invariant: a frame with room is written whole")
    queue.commit(link.pointee.target! - room.baseAddress!)
    link.pointee.target = nil
    return true
  }

  /// `count` bytes from the same source as mask keys.
  mutating func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      _ = fillMask(buffer.baseAddress, count, link)
      filled = count
    }
  }
}

/// wslay asks for input: as much as there is.
private func takeInput(
  _ room: UnsafeMutablePointer<UInt8>?, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let link = context!.assumingMemoryBound(to: WebSocketFrames.Link.self)
  let taken = min(count, link.pointee.sourceCount)
  guard taken > 0, let source = link.pointee.source, let room else { return 0 }
  memcpy(room, source, taken)
  link.pointee.source = source + taken
  link.pointee.sourceCount -= taken
  return taken
}

/// wslay gives output: there is room for all of it.
private func giveOutput(
  _ bytes: UnsafePointer<UInt8>?, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let link = context!.assumingMemoryBound(to: WebSocketFrames.Link.self)
  guard let target = link.pointee.target, let bytes else { return -1 }
  memcpy(target, bytes, count)
  link.pointee.target = target + count
  return count
}

private func fillMask(
  _ room: UnsafeMutablePointer<UInt8>?, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  let link = context!.assumingMemoryBound(to: WebSocketFrames.Link.self)
  guard let room else { return -1 }
  if link.pointee.random != nil {
    for index in 0..<count {
      room[index] = UInt8(truncatingIfNeeded: link.pointee.random!.next() >> 24)
    }
    return 0
  }
  if link.pointee.poolUsed + count > WebSocketFrames.poolByteCount {
    let filled = RAND_bytes(link.pointee.pool, Int32(WebSocketFrames.poolByteCount))
    precondition(filled == 1, "Without random bytes there is no secure connection")
    link.pointee.poolUsed = 0
  }
  memcpy(room, link.pointee.pool + link.pointee.poolUsed, count)
  link.pointee.poolUsed += count
  return 0
}
