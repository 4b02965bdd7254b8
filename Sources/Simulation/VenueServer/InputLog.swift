import Glibc

/// Where and why a log of inputs cannot be read or written.
public struct InputLogError: Error, Equatable, CustomStringConvertible {
  public var path: String
  /// Of the file, in bytes from its beginning.
  public var offset: Int
  public var reason: String
  public var description: String { "\(path): at byte \(offset): \(reason)" }
}

/// The append-only file of everything that one front was told, in order.
///
/// It begins with `magic`; frames follow, each of a header and some inputs:
///
///     length       4 bytes, of the inputs
///     header check 4 bytes: FNV-1a of the frame's place in the file and the length, folded
///     check        8 bytes: FNV-1a of the inputs
///     inputs       each its times, as differences from the one before it, and itself
///
/// Numbers are little-endian. Inputs wait until bytes are about to leave for a client (`flush`): what
/// clients know is in the file. It is written, not synchronized: it outlives the process, and the
/// machine only if that does not stop within the next seconds.
final class InputLog {
  static let magic = Array("ntinput1".utf8)
  static let headerBytes = 16
  /// A longer frame was never written.
  static let frameBytesMax = 64 << 20
  /// So many bytes are not kept waiting ...
  private static let waitingBytesMax = 64 << 10
  /// ... and none for longer than this, in nanoseconds.
  private static let waitingTimeMax: Int64 = 50_000_000

  let path: String
  /// The first failed write; nothing is written after it, and clients must be told nothing more.
  private(set) var failure: InputLogError?
  private let file: Int32
  private var offset: Int
  private var writer = InputWriter()
  private var last: ServerTime
  private var flushedAt: Int64 = 0
  private var digest: AnswerDigest
  private var isDigestNew = false

  /// Goes on behind what `replay` has read of `file`; what is torn there is cut off.
  init(continuing replay: InputReplay) throws(InputLogError) {
    path = replay.path
    file = replay.takeFile()
    offset = replay.end
    last = replay.last
    digest = replay.digest
    guard ftruncate(file, offset) == 0, lseek(file, offset, SEEK_SET) == offset else {
      throw Self.failure(path, offset, "cannot be cut")
    }
    if offset == 0 { write(Self.magic) }
    if let failure { throw failure }
  }

  deinit { Glibc.close(file) }

  static func failure(_ path: String, _ offset: Int, _ what: String) -> InputLogError {
    InputLogError(
      path: path, offset: offset, reason: "\(what): \(String(cString: strerror(errno)))")
  }

  /// Adds an input, before it is handed over.
  func append(_ input: FrontInput, at now: ServerTime) {
    if isDigestNew {
      isDigestNew = false
      add(.answers(digest.value), at: last)
    }
    add(input, at: now)
    if writer.count >= Self.waitingBytesMax || now.monotonic &- flushedAt >= Self.waitingTimeMax {
      flushedAt = now.monotonic
      flush()
    }
  }

  private func add(_ input: FrontInput, at now: ServerTime) {
    let passed = now.monotonic &- last.monotonic
    writer.signed(passed)
    writer.signed(now.wall &- last.wall &- passed)
    last = now
    input.write(to: &writer)
  }

  /// Notes what the front answered; the next input or `flush` carries the digest.
  func answered(_ response: HTTPResponse) {
    digest.add(response)
    isDigestNew = true
  }
  func answered(_ bytes: [UInt8]) {
    digest.add(bytes)
    isDigestNew = true
  }

  /// Writes what waits. Called before any byte leaves for a client.
  func flush() {
    if isDigestNew {
      isDigestNew = false
      add(.answers(digest.value), at: last)
    }
    if writer.count == 0 { return }
    write(Self.header(of: writer.bytes, at: offset) + writer.bytes)
    writer.removeAll()
  }

  private func write(_ bytes: [UInt8]) {
    if failure != nil { return }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Glibc.write(file, all.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        failure = Self.failure(path, offset + done, "cannot be written")
        return
      }
      done += count
    }
    offset += bytes.count
  }

  // MARK: Frames

  static func header(of inputs: [UInt8], at offset: Int) -> [UInt8] {
    little(UInt32(inputs.count)) + little(headerCheck(length: UInt32(inputs.count), at: offset))
      + little(check(inputs))
  }

  static func headerCheck(length: UInt32, at offset: Int) -> UInt32 {
    let check = check(little(UInt64(offset)) + little(length))
    return UInt32(truncatingIfNeeded: check ^ check >> 32)
  }

  /// FNV-1a, which no change of one byte escapes.
  static func check(_ bytes: [UInt8]) -> UInt64 {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return value
  }

  private static func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> Number($0 * 8)) }
  }
}
