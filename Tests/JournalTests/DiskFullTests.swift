import Glibc
import Testing
import TradingModel

@testable import Journal

/// The superuser may mount a small file system; without one there is no full disk to try.
private let canMount: Bool = {
  let scratch = Scratch()
  guard mount("none", scratch.path, "tmpfs", 0, "size=64k") == 0 else { return false }
  umount(scratch.path)
  return true
}()

@Suite struct DiskFullTests {
  @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
  func fullDiskIsATypedErrorAndKeepsWhatIsThere() throws {
    let scratch = Scratch()
    let disk = scratch.path + "/disk"
    mkdir(disk, 0o755)
    try #require(mount("none", disk, "tmpfs", 0, "size=64k") == 0)
    defer { umount(disk) }
    var writer = try JournalWriter(
      directory: disk + "/journal", identity: identity,
      options: JournalOptions(segmentByteCount: 16384, recordsMarket: false))
    var appended: UInt64 = 0
    var failure: JournalError?
    while failure == nil && appended < 10_000 {
      do throws(JournalError) {
        try writer.append(makeRecord(appended + 1))
        appended += 1
      } catch {
        failure = error
      }
    }
    guard case .diskFull(_, let byteCount) = failure else {
      Issue.record("expected diskFull, got \(String(describing: failure))")
      return
    }
    #expect(byteCount == 16384)
    #expect(appended >= 500)
    #expect(Reading(disk + "/journal").records.count == Int(appended))
    // Room again: the record that was refused goes in.
    removeTree(disk + "/journal/control-000001.ntj")
    try writer.append(makeRecord(appended + 1))
    try writer.close()
  }

  @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
  func noRoomForTheFirstSegment() throws {
    let scratch = Scratch()
    let disk = scratch.path + "/disk"
    mkdir(disk, 0o755)
    try #require(mount("none", disk, "tmpfs", 0, "size=64k") == 0)
    defer { umount(disk) }
    let path = disk + "/journal/control-000001.ntj"
    #expect(throws: JournalError.diskFull(path: path, byteCount: 1 << 20)) {
      _ = try JournalWriter(
        directory: disk + "/journal", identity: identity,
        options: JournalOptions(segmentByteCount: 1 << 20))
    }
    #expect(try JournalDirectory.names(in: disk + "/journal").isEmpty)
  }

  @Test func unwritablePlaceIsNamed() throws {
    #expect(throws: JournalError.self) {
      _ = try JournalWriter(directory: "/proc/none/journal", identity: identity)
    }
    let scratch = Scratch()
    writeBytes([1], scratch.path + "/file")
    #expect(throws: JournalError.self) {
      _ = try JournalWriter(directory: scratch.path + "/file", identity: identity)
    }
  }
}
