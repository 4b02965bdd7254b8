import Glibc
import Testing

@testable import Transport

/// The kernel's control messages, by hand.
@Suite struct TimestampingTests {
  private static func message(level: Int32, kind: Int32, _ words: [Int64], length: Int? = nil)
    -> [UInt8]
  {
    var bytes: [UInt8] = []
    func append<Value>(_ value: Value) { withUnsafeBytes(of: value) { bytes += $0 } }
    append(length ?? 16 + words.count * 8)
    append(level)
    append(kind)
    for word in words { append(word) }
    return bytes
  }

  private static func time(_ bytes: [UInt8]) -> Int64? {
    bytes.withUnsafeBytes { Timestamping.receiveTime($0) }
  }

  @Test func theSoftwaresTimeIsTaken() {
    let ours = Self.message(
      level: SOL_SOCKET, kind: SO_TIMESTAMPING, [1_700_000_000, 123_456_789, 0, 0, 7, 7])
    let other = Self.message(level: SOL_SOCKET, kind: 1, [5])
    #expect(Self.time(ours) == 1_700_000_000_123_456_789)
    #expect(Self.time(other + ours) == 1_700_000_000_123_456_789)
    #expect(Self.time(other) == nil)
    #expect(Self.time([]) == nil)
    let none = Self.message(level: SOL_SOCKET, kind: SO_TIMESTAMPING, [0, 0, 0, 0, 7, 7])
    #expect(Self.time(none) == nil)
  }

  @Test func whatIsCutShortIsNotRead() {
    let ours = Self.message(
      level: SOL_SOCKET, kind: SO_TIMESTAMPING, [1_700_000_000, 123_456_789, 0, 0, 0, 0])
    for count in 0..<ours.count { #expect(Self.time(Array(ours.prefix(count))) == nil) }
    for length in [0, 1, 15, 1000, -1, Int.max] {
      let wrong = Self.message(level: 1, kind: 1, [0], length: length)
      #expect(Self.time(wrong + ours) == nil)
    }
  }
}
