import Glibc

/// Streams the lines of a plain or gzip file, one at a time, out of one reused buffer.
///
/// Memory is bounded by the longest line allowed. The last line need not end in a newline; a
/// carriage return before the newline is dropped.
public struct GzipLineReader: ~Copyable {
  /// The file's path, as it was given.
  public let path: String
  /// Number of the line last returned, from 1.
  public private(set) var lineNumber = 0
  /// Where the line last returned begins, in bytes of the (inflated) text.
  public private(set) var lineOffset = 0
  /// Whether a newline ended the line last returned; only the last one may be without.
  public private(set) var isLineEnded = true
  private var source: ByteSource
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private let lineByteMax: Int
  private var begin = 0
  private var end = 0
  /// Offset in the text of `buffer[begin]`.
  private var textOffset = 0
  private var ended = false

  /// The longest line taken without asking: whole books of several thousand levels fit.
  public static let lineByteMaxDefault = 8 << 20

  /// Opens `path`.
  ///
  /// - Throws: `.unreadable`.
  public init(
    path: String, lineByteMax: Int = GzipLineReader.lineByteMaxDefault
  ) throws(FeedError) {
    self.path = path
    self.lineByteMax = lineByteMax
    source = try ByteSource(path: path)
    capacity = 1 << 18
    buffer = .allocate(capacity: capacity)
  }

  deinit { buffer.deallocate() }

  /// Bytes of the file consumed so far, compressed where it is: for progress.
  public var fileOffset: Int { source.consumedOffset }

  /// The next line without its end; nil after the last. The bytes are valid until the next call.
  ///
  /// - Throws: `FeedError` naming the file, the line and the offset; every whole line before the
  ///   fault has been returned.
  /// - Complexity: O(bytes of the line), amortised.
  public mutating func next() throws(FeedError) -> UnsafeRawBufferPointer? {
    var searched = begin
    while true {
      if let found = memchr(buffer + searched, 0x0A, end - searched) {
        let stop = UnsafeRawPointer(found) - UnsafeRawPointer(buffer)
        if stop - begin > lineByteMax { throw tooLong() }
        return take(upTo: stop, consuming: stop + 1 - begin)
      }
      let pending = end - begin
      if pending > lineByteMax { throw tooLong() }
      if ended {
        return pending == 0 ? nil : take(upTo: end, consuming: pending)
      }
      try refill()
      searched = begin + pending
    }
  }

  private func tooLong() -> FeedError {
    .lineTooLong(file: path, line: lineNumber + 1, byteOffset: textOffset, limit: lineByteMax)
  }

  private mutating func take(upTo stop: Int, consuming count: Int) -> UnsafeRawBufferPointer {
    var stop = stop
    if stop > begin, buffer[stop - 1] == 0x0D { stop -= 1 }
    let line = UnsafeRawBufferPointer(start: buffer + begin, count: stop - begin)
    isLineEnded = count > stop - begin
    lineNumber += 1
    lineOffset = textOffset
    textOffset += count
    begin += count
    return line
  }

  private mutating func refill() throws(FeedError) {
    if begin > 0 {
      memmove(buffer, buffer + begin, end - begin)
      end -= begin
      begin = 0
    }
    if end == capacity {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
      larger.update(from: buffer, count: end)
      buffer.deallocate()
      buffer = larger
      capacity *= 2
    }
    let count = try source.read(into: buffer + end, capacity: capacity - end, line: lineNumber)
    if count == 0 { ended = true }
    end += count
  }
}
