/// How far the bytes of one connection have come on their way out: taken from their owner, and given
/// to the kernel so that the peer can have them.
///
/// Under TLS a record is of use to the peer only when it is whole (RFC 8446, section 5.2), so its plain
/// bytes have left with its last encrypted one, and not with what TLS itself may have to say behind
/// it: an alert, a change of keys.
struct SendProgress: Equatable {
  /// Plain bytes taken from the owner.
  private(set) var takenPosition: UInt64 = 0
  /// Plain bytes that may have left.
  private(set) var leftPosition: UInt64 = 0
  /// Encrypted bytes up to the end of the last record, that the kernel has not taken.
  private var recordByteCount = 0

  /// Whether the last record has left, so that another may follow.
  var isIdle: Bool { recordByteCount == 0 }

  /// The kernel took plain bytes as they are.
  mutating func sentPlain(_ byteCount: Int) {
    takenPosition += UInt64(byteCount)
    leftPosition = takenPosition
  }

  /// Plain bytes became one record, whose end is `encryptedByteCount` bytes away.
  mutating func encrypted(_ byteCount: Int, to encryptedByteCount: Int) {
    precondition(isIdle && encryptedByteCount > 0, "Invariant: one record is on its way at a time")
    takenPosition += UInt64(byteCount)
    recordByteCount = encryptedByteCount
  }

  /// The kernel took encrypted bytes.
  mutating func sentEncrypted(_ byteCount: Int) {
    guard recordByteCount > 0 else { return }
    recordByteCount = max(0, recordByteCount - byteCount)
    if recordByteCount == 0 { leftPosition = takenPosition }
  }
}
