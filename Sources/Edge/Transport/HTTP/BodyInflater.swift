import CZlib

/// Decompresses bodies in gzip or deflate coding (RFC 9110, section 8.4.1), piece by piece. Memory is
/// taken once.
struct BodyInflater: ~Copyable {
  enum Outcome: Equatable {
    case done
    /// The body would exceed the queue's limit.
    case tooLong
    case malformed(String)
  }

  // zlib's state points back at its stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isGzip = false
  private var hasBegun = false
  /// Whether the data have come to their end.
  private(set) var isWhole = false

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(stream, 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "There is memory for a window of 32 KiB")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Begins a body.
  mutating func begin(isGzip: Bool) {
    self.isGzip = isGzip
    hasBegun = false
    isWhole = false
  }

  /// Decompresses a piece of the body to the end of `body`.
  mutating func inflate(_ piece: UnsafeRawBufferPointer, into body: inout ByteQueue) -> Outcome {
    guard let base = piece.baseAddress, !piece.isEmpty else { return .done }
    if !hasBegun { chooseFormat(piece[0]) }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: base.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(piece.count)
    while stream.pointee.avail_in > 0 || !isWhole {
      if isWhole {
        // A gzip file may have several members (RFC 1952, section 2.2); others end once.
        guard isGzip else { return .malformed("bytes behind its end") }
        inflateReset(stream)
        isWhole = false
      }
      let isFull = body.count == body.limit
      let status = isFull ? stepBeyond() : step(into: &body)
      if isFull, stream.pointee.avail_out == 0 { return .tooLong }
      switch status {
      case Z_STREAM_END: isWhole = true
      case Z_OK, Z_BUF_ERROR:
        if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return .done }
      default:
        return .malformed(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
      }
    }
    return .done
  }

  /// "deflate" means zlib's format (RFC 9110, section 8.4.1.2); some servers leave its frame out. A
  /// first byte of method 8 and a window up to 32 KiB tells them apart: as deflate data it would be
  /// a stored block with bits set that no encoder sets.
  private mutating func chooseFormat(_ first: UInt8) {
    hasBegun = true
    let isFramed = first & 0x0F == 8 && first >> 4 <= 7
    inflateReset2(stream, isGzip ? 31 : isFramed ? 15 : -15)
  }

  private func step(into body: inout ByteQueue) -> Int32 {
    let wanted = min(4096, body.limit - body.count)
    guard let room = body.reserve(wanted) else {
      preconditionFailure("There is room to the limit")
    }
    let count = min(room.count, body.limit - body.count)
    stream.pointee.next_out = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(count)
    let status = CZlib.inflate(stream, Z_SYNC_FLUSH)
    body.commit(count - Int(stream.pointee.avail_out))
    return status
  }

  /// One byte beyond the limit tells a body that is too long from one that just fits.
  private func stepBeyond() -> Int32 {
    var spare: UInt8 = 0
    return withUnsafeMutablePointer(to: &spare) { spare in
      stream.pointee.next_out = spare
      stream.pointee.avail_out = 1
      return CZlib.inflate(stream, Z_SYNC_FLUSH)
    }
  }
}
