import Glibc
import TestSupport
import Testing
import TradingModel

@testable import Journal

/// A directory that goes away with the value.
struct Scratch: ~Copyable {
  let path: String

  init() { path = Temporary.directory() }

  /// Where a journal can be made.
  var journal: String { path + "/journal" }

  deinit { removeTree(path) }
}

func removeTree(_ path: String) {
  if let names = try? JournalDirectory.names(in: path) {
    for name in names { removeTree(path + "/" + name) }
    rmdir(path)
  } else {
    unlink(path)
  }
}

/// SplitMix64: the same numbers from the same seed, everywhere.
struct Dice {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// A record as the core hands it over: header, body, and nothing in the journal's 16 bytes.
func makeRecord(
  _ sequence: UInt64, kind: RecordKind = .command, byteCount: Int = 64, seed: UInt64 = 1
) -> [UInt64] {
  var dice = Dice(seed: seed &* 1_000_003 &+ sequence)
  var words = (0..<byteCount / 8).map { _ in dice.next() }
  words.withUnsafeMutableBytes {
    RecordHeader(
      byteCount: byteCount, kind: kind, isOutput: kind.rawValue >= 64 && kind.rawValue < 96,
      sequence: sequence, time: Int64(sequence) * 1000
    ).store(at: $0.baseAddress!)
  }
  return words
}

extension JournalWriter {
  mutating func append(_ words: [UInt64]) throws(JournalError) {
    var failure: JournalError?
    words.withUnsafeBytes {
      do throws(JournalError) {
        try append($0.baseAddress!, byteCount: $0.count)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

/// A record read back: what the core wrote, and its stream.
struct ReadRecord: Equatable {
  var words: [UInt64]
  var stream: JournalStream

  init(_ record: JournalRecord) {
    words = (0..<record.byteCount / 8).map { record.base.load64($0 * 8) }
    words[3] = 0
    words[4] = 0
    stream = record.stream
  }

  init(_ words: [UInt64]) {
    self.words = words
    let kind = RecordKind(rawValue: UInt16(truncatingIfNeeded: words[0] >> 32))!
    stream = kind.isMarket ? .market : .control
  }
}

/// What reading a journal to its end gives.
struct Reading {
  var records: [ReadRecord] = []
  var error: JournalError?
  var tornTail: TornTail?
  var summary = JournalSummary()

  init(_ directory: String) {
    do throws(JournalError) {
      var reader = try JournalReader(directory: directory)
      do throws(JournalError) {
        while let record = try reader.next() { records.append(ReadRecord(record)) }
        tornTail = reader.tornTail
      } catch {
        self.error = error
      }
      summary = reader.summary
    } catch {
      self.error = error
    }
  }

  var corruption: JournalCorruption? {
    if case .corrupt(let corruption) = error { corruption } else { nil }
  }
}

/// The whole of a file.
func readBytes(_ path: String) -> [UInt8] {
  let file = open(path, O_RDONLY)
  defer { close(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = read(file, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
  return bytes
}

func writeBytes(_ bytes: [UInt8], _ path: String) {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  defer { close(file) }
  var start = 0
  while start < bytes.count {
    start += bytes[start...].withUnsafeBytes { write(file, $0.baseAddress!, $0.count) }
  }
}

func overwrite(_ path: String, at offset: Int, _ byte: UInt8) {
  let file = open(path, O_WRONLY)
  defer { close(file) }
  var byte = byte
  pwrite(file, &byte, 1, off_t(offset))
}

let identity = JournalIdentity(runID: 0xA1, buildID: "test-build")

/// The segment files of a journal, sorted.
func segments(_ directory: String) throws -> [String] {
  try JournalDirectory.names(in: directory).filter { $0.hasSuffix(".ntj") }.sorted()
}
