import Glibc
import TradingModel

/// The segments of one stream, their headers read and checked against each other.
struct SegmentList {
  let stream: JournalStream
  private(set) var paths: [String] = []
  private(set) var headers: [SegmentHeader] = []

  /// Lists and checks the segments of `stream` among the `names` in `directory`.
  init(
    _ stream: JournalStream, in directory: String, names: [String], format: UInt32
  ) throws(JournalError) {
    self.stream = stream
    let numbers = names.compactMap { JournalFormat.segmentNumber(in: $0, of: stream) }.sorted()
    for (index, number) in numbers.enumerated() {
      let path = directory + "/" + JournalFormat.fileName(stream, number)
      guard number == UInt64(index) + 1 else {
        let absent = directory + "/" + JournalFormat.fileName(stream, UInt64(index) + 1)
        throw Self.damaged(absent, 0, "the segment is missing; \(path) follows it")
      }
      let file = try MappedSegment(path)
      let header = try SegmentHeader(
        at: file.base, fileByteCount: file.byteCount, file: path, stream: stream, number: number,
        formatVersion: format)
      if let last = headers.last {
        try check(header, at: path, follows: last)
      } else if header.chain != SegmentHeader.originChain(runID: header.runID, stream: stream) {
        throw Self.damaged(path, 32, "the chain does not begin with this run")
      }
      paths.append(path)
      headers.append(header)
    }
  }

  private func check(
    _ header: SegmentHeader, at path: String, follows last: SegmentHeader
  ) throws(JournalError) {
    if stream == .control, header.runID != last.runID, header.previousRunID != last.runID {
      throw Self.damaged(
        path, 40,
        "run \(header.runID) continues run \(header.previousRunID), but the segment "
          + "before is of run \(last.runID)")
    }
    if header.runID == last.runID && header.previousRunID != last.previousRunID {
      throw Self.damaged(path, 48, "two segments of run \(header.runID) continue different runs")
    }
    if header.firstSequence < last.firstSequence {
      throw Self.damaged(
        path, 24,
        "first sequence \(header.firstSequence) is below \(last.firstSequence) of the "
          + "segment before")
    }
    if header.recordsMarket != last.recordsMarket {
      throw Self.damaged(path, 12, "its flags differ from those of the segment before")
    }
  }

  /// Checks the market stream against the control stream: there or not, and of the same runs.
  func check(against control: SegmentList) throws(JournalError) {
    guard let last = control.headers.last, let lastPath = control.paths.last else { return }
    if headers.isEmpty {
      if last.recordsMarket {
        throw Self.damaged(
          lastPath, 12,
          "the journal keeps market records, but \(JournalFormat.fileName(.market, 1))"
            + " is missing")
      }
      return
    }
    guard last.recordsMarket else {
      throw Self.damaged(paths[0], 12, "the control stream says that no market record is kept")
    }
    // A process that dies while it begins a run leaves a segment of that run in control alone.
    var runs = control.headers.map(\.runID)[...]
    for (header, path) in zip(headers, paths) {
      guard let index = runs.firstIndex(of: header.runID) else {
        throw Self.damaged(
          path, 40, "run \(header.runID) has no segment in the control stream from here on")
      }
      runs = runs[index...]
    }
  }

  private static func damaged(_ path: String, _ offset: Int, _ what: String) -> JournalError {
    .corrupt(
      JournalCorruption(file: path, sequence: nil, ordinal: nil, byteOffset: offset, what: what))
  }
}

/// A segment mapped for reading.
struct MappedSegment: ~Copyable {
  let base: UnsafeRawPointer
  let byteCount: Int
  private let mappedByteCount: Int

  /// - Throws: `.cannotOpen`.
  init(_ path: String) throws(JournalError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .cannotOpen(path: path, reason: systemErrorText(errno)) }
    defer { Glibc.close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .cannotOpen(path: path, reason: systemErrorText(errno))
    }
    // An empty file cannot be mapped; one page of nothing stands for it.
    let isEmpty = status.st_size == 0
    let length = isEmpty ? 4096 : Int(status.st_size)
    let flags = isEmpty ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE
    let room = mmap(nil, length, PROT_READ, flags, isEmpty ? -1 : file, 0)
    guard let room, room != MAP_FAILED else {
      throw .cannotOpen(path: path, reason: systemErrorText(errno))
    }
    madvise(room, length, MADV_SEQUENTIAL)
    base = UnsafeRawPointer(room)
    byteCount = Int(status.st_size)
    mappedByteCount = length
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: base), mappedByteCount) }
}
