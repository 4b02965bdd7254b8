import CWslay

/// From bytes to events: the server's answer, then frames put together to messages.
extension WebSocketClient {
  /// Reads the answer to the handshake once it is whole (RFC 6455, section 4.1).
  mutating func readHead() throws(WebSocketError) -> WebSocketEvent? {
    guard let length = HTTPHead.length(in: input.bytes, searched: &searched) else {
      if input.count > limits.headByteCountMax {
        throw .head(.headTooLong(limit: limits.headByteCountMax, byteOffset: 0))
      }
      return nil
    }
    guard length <= limits.headByteCountMax else {
      throw .head(.headTooLong(limit: limits.headByteCountMax, byteOffset: 0))
    }
    var head = HTTPHead(fieldLimit: limits.headFieldCountMax)
    let bytes = UnsafeRawBufferPointer(rebasing: input.bytes.prefix(length))
    do throws(HTTPError) { try head.read(bytes, at: 0) } catch { throw .head(error) }
    let agreement = try handshake.agreement(head, bytes)
    input.consume(length)
    frame.start = length
    if agreement.isCompressed { inflater = MessageInflater(forgets: agreement.serverForgets) }
    state = .open
    return .opened(subprotocol: agreement.subprotocol, isCompressed: agreement.isCompressed)
  }

  /// Takes a piece of a frame; gives an event where it ends one.
  mutating func take(_ piece: WebSocketFrames.Piece) throws(WebSocketError) -> WebSocketEvent? {
    let start = frame.start
    if !frame.hasBegun {
      try begin(piece)
      frame.hasBegun = true
    }
    let bytes = UnsafeRawBufferPointer(start: piece.data, count: piece.data_length)
    frame.received += UInt64(bytes.count)
    let isWhole = frame.received == piece.payload_length
    let isSinglePiece = isWhole && frame.received == bytes.count
    if isWhole { endFrame(payload: piece.payload_length) }
    if piece.opcode & 8 != 0 {
      _ = control.append(bytes)
      return isWhole ? try controlEvent(piece.opcode, at: start) : nil
    }
    let ends = isWhole && piece.fin == 1
    if ends, isSinglePiece, !isMessageCompressed, message.isEmpty {
      // The usual case: a short message in one piece is handed out where it lies.
      return try messageEvent(bytes, at: start)
    }
    try append(bytes, ends: ends, at: start)
    if !ends { return nil }
    isMessageDelivered = true
    return try messageEvent(message.bytes, at: start)
  }

  /// Checks what can be told from a frame's header (RFC 6455, sections 5.1, 5.2, 5.4).
  private mutating func begin(_ piece: WebSocketFrames.Piece) throws(WebSocketError) {
    func malformed(_ reason: WebSocketError.Reason) -> WebSocketError {
      .malformedFrame(reason: reason, byteOffset: frame.start)
    }
    if piece.mask == 1 { throw malformed(.masked) }
    let isData = piece.opcode == 1 || piece.opcode == 2
    guard piece.opcode <= 2 || (8...10).contains(piece.opcode) else { throw malformed(.opcode) }
    let isCompressed = piece.rsv == 4 && isData && inflater != nil
    guard piece.rsv == 0 || isCompressed else { throw malformed(.reservedBits) }
    if piece.opcode & 8 != 0 {
      control.removeAll()
      return
    }
    if isData {
      guard messageOpcode == 0 else { throw malformed(.interleaved) }
      messageOpcode = piece.opcode
      isMessageCompressed = isCompressed
    } else if messageOpcode == 0 {
      throw malformed(.continuation)
    }
    // Compressed or not: nothing compresses to more than it was, but for a few bytes a block.
    let room = limits.messageByteCountMax - (isMessageCompressed ? 0 : message.count)
    let slack = isMessageCompressed ? room / 1024 + 64 : 0
    guard piece.payload_length <= UInt64(room + slack) else {
      throw .messageTooLong(limit: limits.messageByteCountMax, byteOffset: frame.start)
    }
  }

  /// Moves on to the next frame. wslay takes lengths in their shortest form only, so the header's
  /// length follows from them.
  private mutating func endFrame(payload: UInt64) {
    let header = payload < 126 ? 2 : payload < 65_536 ? 4 : 10
    frame = FrameProgress(start: frame.start + header + Int(payload))
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer, ends: Bool, at start: Int)
    throws(WebSocketError)
  {
    guard isMessageCompressed else {
      guard message.append(bytes) else {
        throw .messageTooLong(limit: message.limit, byteOffset: start)
      }
      return
    }
    var outcome = inflater!.inflate(bytes, into: &message)
    if ends, outcome == .done { outcome = inflater!.finish(into: &message) }
    switch outcome {
    case .done: return
    case .tooLong: throw .messageTooLong(limit: message.limit, byteOffset: start)
    case .malformed(let reason): throw .badCompression(reason: reason, byteOffset: start)
    }
  }

  private mutating func messageEvent(_ bytes: UnsafeRawBufferPointer, at start: Int)
    throws(WebSocketError) -> WebSocketEvent
  {
    let isText = messageOpcode == 1
    messageOpcode = 0
    isMessageCompressed = false
    guard isText else { return .binary(bytes) }
    guard UTF8Check.isValid(bytes) else { throw .badText(byteOffset: start) }
    return .text(bytes)
  }

  private mutating func controlEvent(_ opcode: UInt8, at start: Int) throws(WebSocketError)
    -> WebSocketEvent
  {
    switch opcode {
    case 9:
      // A full output means a peer that does not read; its pings can wait for nothing.
      if state == .open {
        _ = frames.write(opcode: 10, control.bytes, to: &output)
      }
      return .ping(control.bytes)
    case 10: return .pong(stamp: answeredPing(control.bytes))
    default: return try closed(at: start)
    }
  }

  /// The server's close frame (RFC 6455, sections 5.5.1 and 7.4).
  private mutating func closed(at start: Int) throws(WebSocketError) -> WebSocketEvent {
    let bytes = control.bytes
    var code: UInt16 = 1005
    if !bytes.isEmpty {
      code = bytes.count > 1 ? UInt16(bytes[0]) << 8 | UInt16(bytes[1]) : 0
      switch code {
      case 1000...1003, 1007...1014, 3000...4999: break
      default: throw .malformedFrame(reason: .closeCode, byteOffset: start)
      }
    }
    let reason = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(2))
    guard UTF8Check.isValid(reason) else { throw .badText(byteOffset: start) }
    if state == .open { sendClose(code == 1005 ? 1000 : code) }
    state = .closed
    return .closed(code: code, reason: String(decoding: reason, as: UTF8.self))
  }
}
