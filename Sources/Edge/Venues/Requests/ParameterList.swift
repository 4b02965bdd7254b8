import TradingModel

/// The names and values of one request, written once and spelled as venues want them: as a query, as
/// plain text to be signed, or as a JSON object. They keep the order in which they were added.
///
/// Memory is taken once; a list that is too long is refused when it is read (`isComplete`), never cut
/// silently.
struct ParameterList: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var name: UnsafePointer<UInt8>
    var nameCount: Int
    var offset: Int
    var count: Int
    /// Stands without quotes in JSON: numbers and booleans.
    var isBare: Bool
  }

  static let countMax = 32
  static let byteCountMax = 4_096
  /// The most bytes that any spelling takes: three for each of a value, names and marks.
  static let spelledByteCountMax = byteCountMax * 3 + countMax * 48

  private let entries: UnsafeMutablePointer<Entry>
  private let bytes: UnsafeMutableRawPointer
  private(set) var count = 0
  private var used = 0
  /// Whether everything that was added found room.
  private(set) var isComplete = true

  init() {
    entries = .allocate(capacity: Self.countMax)
    bytes = .allocate(
      byteCount: Self.byteCountMax + RequestWriter.scratchByteCount * 2, alignment: 16)
  }

  deinit {
    entries.deallocate()
    bytes.deallocate()
  }

  mutating func removeAll() {
    count = 0
    used = 0
    isComplete = true
  }

  // MARK: Values

  mutating func add(_ name: StaticString, _ value: StaticString) {
    add(name, UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }

  mutating func add(
    _ name: StaticString, _ value: UnsafeRawBufferPointer, isBare: Bool = false
  ) {
    guard used + value.count <= Self.byteCountMax else {
      isComplete = false
      return
    }
    if let base = value.baseAddress {
      (bytes + used).copyMemory(from: base, byteCount: value.count)
    }
    close(name, value.count, isBare)
  }

  /// A text that is not known beforehand; for requests that are not hot.
  mutating func add(_ name: StaticString, text: String, isBare: Bool = false) {
    var text = text
    text.withUTF8 { add(name, UnsafeRawBufferPointer($0), isBare: isBare) }
  }

  mutating func add(_ name: StaticString, number: UInt64) {
    write(name, isBare: true) { $0.write(number) }
  }

  mutating func add(_ name: StaticString, _ isTrue: Bool) {
    add(name, isTrue ? "true" : "false")
    if count > 0 { entries[count - 1].isBare = true }
  }

  /// `units` x 10^-`decimals`, exactly; in quotes in JSON.
  mutating func add(_ name: StaticString, units: Int64, decimals: Int) {
    write(name, isBare: false) { $0.write(units, decimals: decimals) }
  }

  /// Whatever `body` writes, of at most `RequestWriter.scratchByteCount` bytes.
  @inline(__always)
  mutating func write(
    _ name: StaticString, isBare: Bool, _ body: (inout RequestWriter) -> Void
  ) {
    guard used + RequestWriter.scratchByteCount <= Self.byteCountMax else {
      isComplete = false
      return
    }
    var writer = RequestWriter(at: bytes + used)
    body(&writer)
    close(name, writer.end - (bytes + used), isBare)
  }

  private mutating func close(_ name: StaticString, _ byteCount: Int, _ isBare: Bool) {
    guard count < Self.countMax else {
      isComplete = false
      return
    }
    entries[count] = Entry(
      name: name.utf8Start, nameCount: name.utf8CodeUnitCount, offset: used, count: byteCount,
      isBare: isBare)
    count += 1
    used += byteCount
  }

  /// Puts the parameters in order of their names.
  mutating func sort() {
    // As the bytes of the names stand: insertion, because a request has a dozen at most.
    for end in 1..<max(1, count) {
      var place = end
      while place > 0, precedes(place, place - 1) {
        swap(&entries[place], &entries[place - 1])
        place -= 1
      }
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool { name(a).lexicographicallyPrecedes(name(b)) }

  // MARK: Spellings

  /// `a=1&b=2` with what RFC 3986 does not allow in a query's values as `%XX`.
  func writeQuery(_ writer: inout RequestWriter) {
    writePairs(&writer) { $0.write(percentEncoded: $1) }
  }

  /// `a=1&b=2` as it is.
  func writePlain(_ writer: inout RequestWriter) { writePairs(&writer) { $0.write($1) } }

  @inline(__always)
  private func writePairs(
    _ writer: inout RequestWriter,
    _ writeValue: (inout RequestWriter, UnsafeRawBufferPointer) -> Void
  ) {
    for index in 0..<count {
      if index > 0 { writer.write(byte: UInt8(ascii: "&")) }
      writer.write(name(index))
      writer.write(byte: UInt8(ascii: "="))
      writeValue(&writer, value(index))
    }
  }

  /// `{"a":"1","b":2}`.
  func writeJSON(_ writer: inout RequestWriter) {
    writer.write(byte: UInt8(ascii: "{"))
    for index in 0..<count {
      if index > 0 { writer.write(byte: UInt8(ascii: ",")) }
      writer.write(byte: UInt8(ascii: "\""))
      writer.write(name(index))
      writer.write("\":")
      if entries[index].isBare {
        writer.write(value(index))
      } else {
        writer.write(byte: UInt8(ascii: "\""))
        writer.write(jsonEscaped: value(index))
        writer.write(byte: UInt8(ascii: "\""))
      }
    }
    writer.write(byte: UInt8(ascii: "}"))
  }

  private func name(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: entries[index].name, count: entries[index].nameCount)
  }

  private func value(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes + entries[index].offset, count: entries[index].count)
  }
}
