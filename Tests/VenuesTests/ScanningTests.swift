import LowLatency
import Testing
import TradingModel

@testable import Venues

/// What is read a word at a time is what is read byte by byte, wherever the bytes end: they stand at the
/// edges of memory that may be read.
@Suite struct ScanningTests {
  /// Bytes that word-wise tests could confuse: neighbours of those that are looked for, and the same with
  /// the top bit.
  private static let tricky: [UInt8] = [
    0x00, 0x01, 0x09, 0x0A, 0x1F, 0x20, 0x21, 0x22, 0x22, 0x22, 0x23, 0x2C, 0x2E, 0x2F, 0x30, 0x39,
    0x3A,
    0x3A, 0x5B, 0x5C, 0x5C, 0x5D, 0x7B, 0x7D, 0x7F, 0x80, 0x9F, 0xA0, 0xA1, 0xA2, 0xA3, 0xAE, 0xB0,
    0xDC,
    0xFF,
  ]

  private static func bytes(_ random: inout SeededRandom, _ count: Int) -> [UInt8] {
    let share = random.next(below: 4)
    return (0..<count).map { _ in
      switch share {
      case 0: UInt8(random.next(below: 256))
      case 1: tricky[Int(random.next(below: UInt64(tricky.count)))]
      default:
        random.next(below: 24) == 0
          ? tricky[Int(random.next(below: UInt64(tricky.count)))]
          : UInt8(ascii: "a") + UInt8(random.next(below: 26))
      }
    }
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == 0x22 || byte == 0x5C || byte < 0x20
  }

  // MARK: Words

  @Test(arguments: UInt64(0)..<40)
  func wordsAreTheirBytes(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let memory = GuardedBytes()
    for count in 8..<40 {
      let bytes = Self.bytes(&random, count)
      memory.withCopies(bytes) { copy in
        let base = copy.baseAddress!.assumingMemoryBound(to: UInt8.self)
        for place in 0..<count + 10 {
          let word = DigitWord(at: place, of: base, count)
          let wanted = (0..<8).map { place + $0 < count ? bytes[place + $0] : 0 }
          for index in 0..<8 {
            #expect(UInt8(truncatingIfNeeded: word.bits >> (UInt64(index) * 8)) == wanted[index])
          }
          #expect(word.firstSpecial == wanted.firstIndex(where: Self.isSpecial) ?? 8)
          for byte in [UInt8(ascii: "."), UInt8(ascii: "\""), 0x80, 0x00] {
            #expect(word.first(byte) == wanted.firstIndex(of: byte) ?? 8)
          }
        }
      }
    }
  }

  /// Every byte at every place of a word, among bytes of each kind.
  @Test func everyByteIsToldFromQuotesAndControls() {
    for filling: UInt8 in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x61, 0x7F, 0x80, 0xFF] {
      for byte in UInt8.min...UInt8.max {
        for place in 0..<8 {
          var bytes = [UInt8](repeating: filling, count: 8)
          bytes[place] = byte
          let found = bytes.withUnsafeBufferPointer { DigitWord(at: $0.baseAddress!).firstSpecial }
          #expect(found == (Self.isSpecial(byte) ? place : 8), "\(byte) at \(place) in \(filling)")
        }
      }
    }
  }

  @Test func comparesAllLengthsAtAllAlignments() {
    let memory = GuardedBytes()
    for count in 0...40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 1) }
      for alignment in 0..<8 {
        let padded = [UInt8](repeating: 0, count: alignment) + bytes
        padded.withUnsafeBytes { other in
          memory.withCopies(bytes) { copy in
            let a = copy.baseAddress!
            let b = other.baseAddress.map { $0 + alignment } ?? a
            #expect(ByteWords.areSame(a, b, count))
          }
        }
        for place in 0..<count {
          var changed = padded
          changed[alignment + place] ^= 0x80
          changed.withUnsafeBytes { other in
            memory.withCopies(bytes) { copy in
              #expect(
                !ByteWords.areSame(copy.baseAddress!, other.baseAddress! + alignment, count),
                "\(place) of \(count)")
            }
          }
        }
      }
    }
  }

  // MARK: Strings and keys

  /// Reads a string as `FieldScanner.string` says, byte by byte.
  private static func string(
    _ bytes: [UInt8], _ start: Int
  ) -> Result<(range: Range<Int>, end: Int), ScanError> {
    var place = start
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    guard place < bytes.count, bytes[place] == 0x22 else { return .failure(ScanError(place, "")) }
    place += 1
    let first = place
    while place < bytes.count, bytes[place] != 0x22 {
      if bytes[place] < 0x20 { return .failure(ScanError(place, "")) }
      place = min(place + (bytes[place] == 0x5C ? 2 : 1), bytes.count)
    }
    guard place < bytes.count else { return .failure(ScanError(bytes.count, "")) }
    return .success((first..<place, place + 1))
  }

  @Test(arguments: UInt64(0)..<60)
  func stringsAreThoseReadByteByByte(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let memory = GuardedBytes()
    for round in 0..<200 {
      var bytes = Self.bytes(&random, Int(random.next(below: 40)))
      if round % 4 != 0, !bytes.isEmpty { bytes[0] = 0x22 }
      if round % 3 == 0 { bytes.append(0x22) }
      let wanted = Self.string(bytes, 0)
      memory.withCopies(bytes) { copy in
        var scanner = FieldScanner(copy)
        do throws(ScanError) {
          let found = try scanner.string()
          let told = try wanted.get()
          #expect(found.offset..<found.offset + found.count == told.range, "\(bytes)")
          #expect(scanner.offset == told.end, "\(bytes)")
        } catch {
          guard case .failure(let refusal) = wanted else {
            Issue.record("refused at \(error.offset): \(bytes)")
            return
          }
          #expect(error.offset == refusal.offset, "\(bytes)")
        }
      }
    }
  }

  /// The next key byte by byte: nil behind a closing brace.
  private static func key(
    _ bytes: [UInt8], isFirst: Bool
  ) -> Result<(range: Range<Int>?, end: Int), ScanError> {
    func next(_ start: Int) -> Int {
      var place = start
      while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
      return place
    }
    var place = next(0)
    let byte = place < bytes.count ? bytes[place] : 0
    if byte == 0x7D { return .success((nil, place + 1)) }
    if !isFirst {
      guard byte == 0x2C else { return .failure(ScanError(place, "")) }
      place += 1
    }
    switch string(bytes, place) {
    case .failure(let error): return .failure(error)
    case .success(let told):
      let colon = next(told.end)
      guard colon < bytes.count, bytes[colon] == 0x3A else {
        return .failure(ScanError(colon, ""))
      }
      return .success((told.range, colon + 1))
    }
  }

  @Test(arguments: UInt64(0)..<60)
  func keysAreThoseReadByteByByte(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let memory = GuardedBytes()
    for _ in 0..<400 {
      let isFirst = random.next(below: 2) == 0
      let (bytes, wanted) = Self.keyBytes(&random, isFirst)
      memory.withCopies(bytes) { copy in
        var scanner = FieldScanner(copy)
        var first = isFirst
        do throws(ScanError) {
          let found = try scanner.nextKey(&first)
          let told = try wanted.get()
          #expect(found.map { $0.offset..<$0.offset + $0.count } == told.range, "\(bytes)")
          #expect(scanner.offset == told.end, "\(bytes)")
          #expect(told.range == nil || !first)
        } catch {
          guard case .failure(let refusal) = wanted else {
            Issue.record("refused at \(error.offset): \(bytes)")
            return
          }
          #expect(error.offset == refusal.offset, "\(bytes)")
        }
      }
    }
  }

  /// A key of any length with its comma, damaged more often than not, and how it reads.
  private static func keyBytes(
    _ random: inout SeededRandom, _ isFirst: Bool
  ) -> ([UInt8], Result<(range: Range<Int>?, end: Int), ScanError>) {
    var bytes: [UInt8] = isFirst ? [] : [0x2C]
    bytes.append(0x22)
    for _ in 0..<random.next(below: 26) {
      bytes.append(UInt8(ascii: "A") + UInt8(random.next(below: 26)))
    }
    bytes += [0x22, 0x3A]
    bytes += Self.bytes(&random, Int(random.next(below: 12)))
    for _ in 0..<random.next(below: 3) {
      bytes[Int(random.next(below: UInt64(bytes.count)))] =
        tricky[Int(random.next(below: UInt64(tricky.count)))]
    }
    bytes.removeLast(Int(random.next(below: UInt64(bytes.count)) & random.next(below: 32)))
    return (bytes, key(bytes, isFirst: isFirst))
  }

  // MARK: Numbers

  /// Numbers at the very end of memory, and with all that may stand behind them.
  @Test(arguments: UInt64(0)..<40)
  func numbersEndWithTheMessage(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let memory = GuardedBytes()
    let behind = ["", "]", "}}", ",\"a\":1}", "\"", ".", "00000000\"", "                  "]
    for _ in 0..<300 {
      let digits = (0..<random.next(below: 10)).map { _ in String(random.next(below: 10)) }.joined()
      let more = (0..<random.next(below: 10)).map { _ in String(random.next(below: 10)) }.joined()
      let text = digits + (random.next(below: 3) == 0 ? "" : "." + more)
      let decimals = Int(random.next(below: 10))
      let tail = behind[Int(random.next(below: UInt64(behind.count)))]
      let wanted = try? Decimal(text).units(decimals: decimals)
      memory.withCopies(Array("\"\(text)\"\(tail)".utf8)) { copy in
        var scanner = FieldScanner(copy)
        let found = try? scanner.units(decimals: decimals, power: powerOfTen(decimals))
        #expect(found == wanted, "\(text) at \(decimals) before \(tail)")
        if found != nil { #expect(scanner.offset == text.utf8.count + 2) }
      }
      // Cut off, it is refused.
      memory.withCopies(Array("\"\(text)".utf8)) { copy in
        var scanner = FieldScanner(copy)
        #expect((try? scanner.units(decimals: decimals, power: powerOfTen(decimals))) == nil)
      }
    }
  }

  /// Levels that end with memory are read or refused, and never beyond it.
  @Test func levelsEndWithTheMessage() {
    let memory = GuardedBytes()
    let scale = SymbolScale(symbol: "S", listing: 0, priceDecimals: 2, quantityDecimals: 3)
    let whole = Array("[[\"1.25\",\"3.000\"],[\"12345678.75\",\"0\"],[\"7\",\"0.125\"]]".utf8)
    for count in 0...whole.count {
      memory.withCopies(Array(whole.prefix(count))) { copy in
        var scanner = FieldScanner(copy)
        var scales = SymbolScales(following: [scale])
        var levels = LevelRun()
        do throws(ScanError) {
          try LevelArrays.pairs(&scanner, &scales, 0, .buy, &levels)
          #expect(count == whole.count)
          #expect(levels.count == 3)
        } catch {
          #expect(count < whole.count)
          #expect(error.offset <= count)
        }
      }
    }
  }
}
