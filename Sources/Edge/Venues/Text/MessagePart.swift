/// A place in a message that is to be decoded by itself: the result of an answer, say.
public struct MessagePart: Equatable, BitwiseCopyable, Sendable {
  /// Bytes from the message's start.
  public var offset: Int
  public var byteCount: Int

  /// The bytes of this part of `message`, which must be the one it was found in.
  public func of(_ message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: message[offset..<offset + byteCount])
  }
}

extension ScanError {
  /// What was thrown while `part` alone was read, with its place in the whole message.
  func within(_ part: MessagePart) -> ScanError {
    ScanError(offset + part.offset, text: expected)
  }
}
