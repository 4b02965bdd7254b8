/// What came of a send.
public enum SendResult: Hashable, Sendable, BitwiseCopyable {
  /// The message is on its way, or waits for the kernel to take it; the mark tells which, now and
  /// later.
  case accepted(SendMark)
  /// There is no room for it now; nothing of it was kept.
  case backPressured
  /// There will never be room for it; nothing of it was kept.
  case tooLong
  /// It holds what no message may; nothing of it was kept.
  case malformed
  /// The connection is not open; nothing of it was kept.
  case notOpen
}

/// One accepted message: the connection, and the place of the message's end in what was sent.
public struct SendMark: Hashable, Sendable, BitwiseCopyable {
  let connection: UInt32
  let position: UInt64
}

/// What is known of an accepted message.
///
/// An order whose message has not left is certainly not at the venue; one whose message may have
/// left, on a connection that ended without an answer, is unknown.
public enum Delivery: Hashable, Sendable, BitwiseCopyable {
  /// It waits here, whole or its last part, and will be sent.
  case waiting
  /// The connection is over, and the message's end never left: the peer cannot have all of it.
  case notSent
  /// All of it was given to the kernel. Whether the peer has it only the peer can say.
  case mayHaveLeft
}
