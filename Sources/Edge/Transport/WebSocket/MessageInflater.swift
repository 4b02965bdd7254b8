import CZlib

/// Decompresses messages (RFC 7692, section 7.2.2), piece by piece. Memory is taken once.
struct MessageInflater: ~Copyable {
  enum Outcome: Equatable {
    case done
    /// The message would exceed the queue's limit.
    case tooLong
    case malformed(String)
  }

  // zlib's state points back at its stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let forgets: Bool

  /// - Parameter forgets: whether each message starts with an empty window.
  init(forgets: Bool) {
    self.forgets = forgets
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Minus: raw deflate data. 15 bits read every window a server may choose.
    let status = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "There is memory for a window of 32 KiB")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Decompresses a piece of a message to the end of `message`.
  mutating func inflate(_ piece: UnsafeRawBufferPointer, into message: inout ByteQueue) -> Outcome {
    guard let base = piece.baseAddress, !piece.isEmpty else { return .done }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: base.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(piece.count)
    while true {
      // One byte beyond the limit tells a message that is too long from one that just fits.
      let isFull = message.count == message.limit
      var spare: UInt8 = 0
      let status = withUnsafeMutablePointer(to: &spare) { spare in
        isFull
          ? step(into: UnsafeMutableRawBufferPointer(start: spare, count: 1))
          : step(into: &message)
      }
      if isFull, stream.pointee.avail_out == 0 { return .tooLong }
      switch status {
      case Z_OK, Z_BUF_ERROR:
        if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return .done }
      case Z_STREAM_END:
        // A final block inside a message is allowed (section 7.2.3.4); the window goes on.
        inflateResetKeep(stream)
        if stream.pointee.avail_in == 0 { return .done }
      default:
        return .malformed(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
      }
    }
  }

  /// Ends a message: adds the four bytes that the sender left out.
  mutating func finish(into message: inout ByteQueue) -> Outcome {
    let outcome = withUnsafeBytes(of: UInt32(0xFFFF_0000).littleEndian) {
      inflate($0, into: &message)
    }
    if forgets { inflateReset(stream) }
    return outcome
  }

  private func step(into message: inout ByteQueue) -> Int32 {
    let wanted = min(4096, message.limit - message.count)
    guard let room = message.reserve(wanted) else {
      preconditionFailure("There is room to the limit")
    }
    let part = UnsafeMutableRawBufferPointer(
      rebasing: room.prefix(min(room.count, message.limit - message.count)))
    let status = step(into: part)
    message.commit(part.count - Int(stream.pointee.avail_out))
    return status
  }

  private func step(into room: UnsafeMutableRawBufferPointer) -> Int32 {
    stream.pointee.next_out = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room.count)
    return CZlib.inflate(stream, Z_SYNC_FLUSH)
  }
}
