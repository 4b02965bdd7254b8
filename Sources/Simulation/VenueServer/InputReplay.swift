import Glibc

/// A log of inputs while it is read back, frame by frame, and what was learned from it.
final class InputReplay {
  let path: String
  /// How far the file is whole: behind the last frame that was read.
  private(set) var end = 0
  /// The times of the last input.
  private(set) var last = ServerTime(wall: 0, monotonic: 0)
  /// How far the wall clock of `last` was ahead of the machine's.
  private(set) var clockOffset: Int64 = 0
  /// Of what the front answers now.
  var digest = AnswerDigest()
  /// Bytes of a frame that was not written to its end, which `InputLog` cuts off.
  private(set) var tornBytes = 0
  private(set) var inputCount = 0
  /// What is wrong, where the front asked for the next input.
  private var failure: InputLogError?

  private var file: Int32
  private var reader = InputReader([])
  /// Where the present frame begins.
  private var frame = 0
  private var size = 0

  /// Opens a log, or makes an empty one.
  init(_ path: String) throws(InputLogError) {
    self.path = path
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw InputLog.failure(path, 0, "cannot be opened") }
    size = Int(lseek(file, 0, SEEK_END))
    let magic = try read(min(size, InputLog.magic.count), at: 0)
    guard magic == Array(InputLog.magic.prefix(magic.count)) else {
      throw damaged(0, "expected the beginning of a log of inputs")
    }
    end = magic.count == InputLog.magic.count ? magic.count : 0
    if end == 0 { size = 0 }
  }

  deinit { if file >= 0 { Glibc.close(file) } }

  /// Hands the file over.
  func takeFile() -> Int32 {
    defer { file = -1 }
    return file
  }

  /// The next input with its times; nil at the end. Compares answers on the way.
  func next() throws(InputLogError) -> (input: FrontInput, time: ServerTime)? {
    if let failure { throw failure }
    while true {
      if reader.isAtEnd, try !nextFrame() { return nil }
      let (input, time) = try decoded()
      inputCount += 1
      switch input {
      case .answers(let expected):
        guard digest.value == expected else {
          throw damaged(
            frame,
            "the replay answers otherwise than clients were answered; another version wrote it?")
        }
      case .clockOffset(let offset): clockOffset = offset
      default: return (input, time)
      }
    }
  }

  /// What `drawFailure` gave here. What is wrong is thrown by the next `next()`.
  func nextDraw() -> ServerFailure? {
    do throws(InputLogError) {
      let found = try next()
      if case .draw(let failure)? = found?.input { return failure }
      // The log ends within an input: its answer was never sent.
      if found != nil { failure = damaged(frame, "expected what a front drew") }
    } catch {
      failure = error
    }
    return nil
  }

  private func decoded() throws(InputLogError) -> (FrontInput, ServerTime) {
    do throws(InputReader.Malformed) {
      let passed = try reader.signed()
      let step = try reader.signed()
      last.monotonic &+= passed
      last.wall &+= passed &+ step
      return (try FrontInput(from: &reader), last)
    } catch {
      throw damaged(frame + InputLog.headerBytes + reader.offset, "expected \(error.expected)")
    }
  }

  /// False at the end, where a torn frame may stand.
  private func nextFrame() throws(InputLogError) -> Bool {
    frame = end
    tornBytes = size - end
    guard tornBytes >= InputLog.headerBytes else { return false }
    let header = try read(InputLog.headerBytes, at: end)
    let length = Self.little(header[0..<4])
    guard
      Self.little(header[4..<8])
        == UInt64(InputLog.headerCheck(length: UInt32(length), at: end))
    else { throw damaged(end, "a damaged frame header") }
    guard length > 0, length <= UInt64(InputLog.frameBytesMax) else {
      throw damaged(end, "expected a frame of 1 to \(InputLog.frameBytesMax) bytes, not \(length)")
    }
    let start = end + InputLog.headerBytes
    guard start + Int(length) <= size else { return false }
    let inputs = try read(Int(length), at: start)
    guard InputLog.check(inputs) == Self.little(header[8..<16]) else {
      throw damaged(end, "a damaged frame: the check of its \(length) bytes is another")
    }
    reader = InputReader(inputs)
    end = start + Int(length)
    tornBytes = 0
    return true
  }

  private func read(_ count: Int, at offset: Int) throws(InputLogError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = pread(file, &bytes, count, off_t(offset))
    guard got == count else { throw InputLog.failure(path, offset, "cannot be read") }
    return bytes
  }

  func damaged(_ offset: Int, _ reason: String) -> InputLogError {
    InputLogError(path: path, offset: offset, reason: reason)
  }

  private static func little(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
