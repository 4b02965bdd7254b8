import TradingModel

/// How a venue's captured messages are read; each venue's own stands in its folder.
///
/// Nobody makes one: what is chosen, once for a capture, is the class, so that a message costs one jump
/// through its table of functions, and no count of references.
class FrameDecoder {
  /// Decodes one line, from its receive time to its end.
  ///
  /// - Parameters:
  ///   - scanner: stands at the line's beginning.
  ///   - fallback: the symbol of a message that names none; -1 if open.
  ///   - message: cleared.
  class func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, fallback: Int,
    into message: inout VenueMessage
  ) throws(ScanError) {
    preconditionFailure("Invariant: a venue's kind of feed names a class that decodes")
  }
}

extension FieldScanner {
  /// `<local receive time, ns since the epoch> <frame>`: reads up to the frame.
  mutating func receiveTime() throws(ScanError) -> Timestamp {
    let start = offset
    guard count > 0, base[start] &- 0x30 <= 9 else {
      throw ScanError(start, "the receive time in nanoseconds, then a JSON message")
    }
    let time = try unsigned()
    guard offset < count, base[offset] == 0x20 else {
      throw ScanError(offset, "a space and a JSON message behind the receive time")
    }
    return Timestamp(time)
  }
}
