/// Why a capture could not be read, naming the file and the place in it.
///
/// Everything before the place was delivered; nothing after it was.
public enum FeedError: Error, Equatable, Sendable {
  /// The file cannot be opened or read; `reason` is the operating system's.
  case unreadable(file: String, reason: String)
  /// The compressed data ends before its own end mark.
  case truncatedGzip(file: String, line: Int, compressedOffset: Int)
  /// The compressed data contradicts itself: a wrong header, code or checksum.
  case brokenGzip(file: String, line: Int, compressedOffset: Int, reason: String)
  /// A line longer than `limit` bytes.
  case lineTooLong(file: String, line: Int, byteOffset: Int, limit: Int)
  /// A line that is not what its feed sends. `byteOffset` counts from the start of the text,
  /// `column` from 1 within the line.
  case malformed(
    file: String, line: Int, column: Int, byteOffset: Int, expected: String, found: String)
  /// A symbol that the capture does not hold.
  case unknownSymbol(String, known: [String])
  /// Several symbols and none asked for.
  case symbolNeeded(known: [String])
  /// The capture holds no messages with a symbol.
  case empty(file: String)
  /// One message makes more records than the caller's buffer has room for.
  case bufferTooSmall(needed: Int, room: Int)
}

extension FeedError: CustomStringConvertible {
  /// What, where, what was expected and what to do, in one line.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason); check the path and its permissions"
    case .truncatedGzip(let file, let line, let offset):
      "\(file): truncated gzip after line \(line), at compressed byte \(offset): the end of the "
        + "compressed stream was expected; fetch the file again"
    case .brokenGzip(let file, let line, let offset, let reason):
      "\(file): broken gzip after line \(line), near compressed byte \(offset): \(reason); "
        + "fetch the file again"
    case .lineTooLong(let file, let line, let offset, let limit):
      "\(file):\(line): the line at byte \(offset) is longer than \(limit) bytes; "
        + "is this a capture with one message a line?"
    case .malformed(let file, let line, let column, let offset, let expected, let found):
      "\(file):\(line):\(column): (byte \(offset)) expected \(expected), found \(found)"
    case .unknownSymbol(let symbol, let known):
      "symbol '\(symbol)' is not in the capture; it holds \(known.joined(separator: ", "))"
    case .symbolNeeded(let known):
      "the capture holds several symbols, choose one with --symbol: "
        + known.joined(separator: ", ")
    case .empty(let file):
      "\(file): no market data message was found; is the feed's kind right?"
    case .bufferTooSmall(let needed, let room):
      "one message needs \(needed) bytes of records, the buffer has room for \(room)"
    }
  }
}
