import CZlib
import Glibc

/// The bytes of a file, inflated where the file is gzip (known by its first two bytes).
///
/// Several gzip members one behind the other are one stream (RFC 1952, 2.2). Zero bytes behind the
/// last member are padding.
struct ByteSource: ~Copyable {
  let path: String
  private let descriptor: Int32
  private let input: UnsafeMutablePointer<UInt8>
  private let stream: UnsafeMutablePointer<z_stream>
  private var inputOffset = 0
  private var inputCount = 0
  /// Bytes of the file read into `input` so far.
  private var fileOffset = 0
  private(set) var isCompressed = false
  private var isInflating = false
  private var fileEnded = false

  private static let inputCapacity = 1 << 16

  /// Opens `path` and looks at its first bytes.
  init(path: String) throws(FeedError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    input = .allocate(capacity: Self.inputCapacity)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    try fill()
    isCompressed = inputCount >= 2 && input[0] == 0x1F && input[1] == 0x8B
    if isCompressed {
      // 16 asks zlib for the gzip wrapper; 15 is the largest window.
      let status = inflateInit2_(
        stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      precondition(status == Z_OK, "zlib of this machine takes its own version")
      isInflating = true
    }
  }

  deinit {
    if isCompressed { inflateEnd(stream) }
    stream.deallocate()
    input.deallocate()
    if descriptor >= 0 { close(descriptor) }
  }

  /// Bytes of the file consumed: the compressed offset for gzip.
  var consumedOffset: Int { fileOffset - (inputCount - inputOffset) }

  /// Writes up to `capacity` bytes at `output`.
  ///
  /// - Parameter line: the last whole line read, for messages.
  /// - Returns: the bytes written; 0 at the end of the file.
  mutating func read(
    into output: UnsafeMutablePointer<UInt8>, capacity: Int, line: Int
  ) throws(FeedError) -> Int {
    guard isCompressed else { return try readPlain(into: output, capacity: capacity) }
    while true {
      if inputOffset == inputCount { try fill() }
      if inputCount == 0 {
        if !isInflating { return 0 }
        throw .truncatedGzip(file: path, line: line, compressedOffset: fileOffset)
      }
      if !isInflating, try !beginMember(line: line) { return 0 }
      let written = try inflateSome(into: output, capacity: capacity, line: line)
      if written > 0 { return written }
    }
  }

  private mutating func readPlain(
    into output: UnsafeMutablePointer<UInt8>, capacity: Int
  ) throws(FeedError) -> Int {
    if inputOffset == inputCount { try fill() }
    let count = min(capacity, inputCount - inputOffset)
    output.update(from: input + inputOffset, count: count)
    inputOffset += count
    return count
  }

  /// Starts the next member, or finds that only padding is left.
  private mutating func beginMember(line: Int) throws(FeedError) -> Bool {
    while true {
      while inputOffset < inputCount, input[inputOffset] == 0 { inputOffset += 1 }
      if inputOffset < inputCount { break }
      try fill()
      if inputCount == 0 { return false }
    }
    guard input[inputOffset] == 0x1F else {
      throw .brokenGzip(
        file: path, line: line, compressedOffset: consumedOffset,
        reason: "bytes that are no gzip follow the end of the stream")
    }
    inflateReset(stream)
    isInflating = true
    return true
  }

  private mutating func inflateSome(
    into output: UnsafeMutablePointer<UInt8>, capacity: Int, line: Int
  ) throws(FeedError) -> Int {
    stream.pointee.next_in = input + inputOffset
    stream.pointee.avail_in = UInt32(inputCount - inputOffset)
    stream.pointee.next_out = output
    stream.pointee.avail_out = UInt32(capacity)
    let status = inflate(stream, Z_NO_FLUSH)
    inputOffset = inputCount - Int(stream.pointee.avail_in)
    let written = capacity - Int(stream.pointee.avail_out)
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isInflating = false
    default:
      // What was inflated before the fault is whole: deliver it, then report.
      if written > 0 { return written }
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
      throw .brokenGzip(
        file: path, line: line, compressedOffset: consumedOffset, reason: reason)
    }
    return written
  }

  private mutating func fill() throws(FeedError) {
    inputOffset = 0
    inputCount = 0
    if fileEnded { return }
    var count = Glibc.read(descriptor, input, Self.inputCapacity)
    while count < 0, errno == EINTR {
      count = Glibc.read(descriptor, input, Self.inputCapacity)
    }
    guard count >= 0 else { throw Self.unreadable(path) }
    inputCount = count
    fileOffset += count
    if count == 0 { fileEnded = true }
  }

  private static func unreadable(_ path: String) -> FeedError {
    .unreadable(file: path, reason: String(cString: strerror(errno)))
  }
}
