import CPlatform
import Glibc

/// A segment open for writing: a file with its room taken, mapped and present in memory.
///
/// Plain data, passed between the writer and `SegmentPreparer`; whoever holds it last calls
/// `discard` or `finish`.
struct Segment: BitwiseCopyable, @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  let descriptor: Int32
  let number: UInt64
  /// Where it is made (`.prepared`), and where it stands once begun. C strings, owned.
  let preparedPath: UnsafeMutablePointer<CChar>
  let path: UnsafeMutablePointer<CChar>

  /// Creates the file, takes its room, maps it and makes every page present.
  ///
  /// - Throws: `.diskFull` where there is no room, `.cannotCreate` for anything else.
  init(
    directory: String, stream: JournalStream, number: UInt64, byteCount: Int
  ) throws(JournalError) {
    let finalPath = directory + "/" + JournalFormat.fileName(stream, number)
    let preparedText = finalPath + ".prepared"
    let file = open(preparedText, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Self.failure(finalPath, byteCount, errno) }
    let failure = posix_fallocate(file, 0, off_t(byteCount))
    let room =
      failure == 0
      ? mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED
    guard let room, room != MAP_FAILED else {
      let code = failure == 0 ? errno : failure
      Glibc.close(file)
      unlink(preparedText)
      throw Self.failure(finalPath, byteCount, code)
    }
    cplatform_prefault(room, byteCount)
    base = room
    descriptor = file
    self.byteCount = byteCount
    self.number = number
    preparedPath = strdup(preparedText)
    path = strdup(finalPath)
  }

  private static func failure(_ path: String, _ byteCount: Int, _ code: Int32) -> JournalError {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path, byteCount: byteCount)
    default: .cannotCreate(path: path, reason: systemErrorText(code))
    }
  }

  /// Gives the file its name: from here on it belongs to the journal.
  func begin() throws(JournalError) {
    guard rename(preparedPath, path) == 0 else {
      throw .cannotWrite(path: String(cString: path), reason: systemErrorText(errno))
    }
  }

  /// Makes bytes `0..<end` durable from `start` on.
  func sync(from start: Int, to end: Int) throws(JournalError) {
    let pageStart = start & ~4095
    guard msync(base + pageStart, end - pageStart, MS_SYNC) == 0 else {
      throw .cannotWrite(path: String(cString: path), reason: systemErrorText(errno))
    }
  }

  /// Unmaps the segment, cuts the file to `used` bytes and, for `.disk`, syncs it.
  /// Returns 0 or an errno.
  func finish(used: Int, durability: JournalDurability) -> Int32 {
    var code: Int32 = 0
    munmap(base, byteCount)
    if ftruncate(descriptor, off_t(used)) != 0 { code = errno }
    if durability == .disk && fdatasync(descriptor) != 0 { code = errno }
    Glibc.close(descriptor)
    free(preparedPath)
    free(path)
    return code
  }

  /// Gives up a segment that was never begun.
  func discard() {
    munmap(base, byteCount)
    Glibc.close(descriptor)
    unlink(preparedPath)
    free(preparedPath)
    free(path)
  }
}

/// The operating system's text for an errno.
func systemErrorText(_ code: Int32) -> String { String(cString: strerror(code)) }
