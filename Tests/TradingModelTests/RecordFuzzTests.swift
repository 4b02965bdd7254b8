import Testing
import TradingModel

@Suite struct RecordFuzzTests {
  /// Decodes a copy in memory of exactly `bytes.count`, as a journal or a peer would hand it over.
  /// Bytes that are refused lead to nil; the ones that are taken survive a second round.
  static func take(_ bytes: [UInt8]) -> RecordKind? {
    let kind = bytes.withUnsafeBytes {
      try? RecordLength.check(
        $0.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, available: $0.count)
    }
    guard let kind else { return nil }
    let record = Array(
      bytes[0..<Int(UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[2]) << 16)])
    guard let again = RecordTests.reencode(kind, record) else { return nil }
    #expect(RecordTests.reencode(kind, again) == again, "\(kind)")
    return kind
  }

  @Test(arguments: UInt64(0)..<20)
  func mutatedRecordsAreSafe(seed: UInt64) {
    var random = TestRandom(seed: seed)
    for sample in Sample.all {
      for _ in 0..<100 {
        var bytes = sample.bytes
        for _ in 0...Int(random.next() % 4) {
          bytes[Int(random.next() % UInt64(bytes.count))] = random.byte()
        }
        if random.next() % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
        _ = Self.take(bytes)
      }
    }
  }

  @Test func truncatedRecordsAreRefused() {
    for sample in Sample.all {
      for count in 0..<sample.bytes.count {
        #expect(Self.take(Array(sample.bytes[0..<count])) == nil)
        // A header that admits the cut does not make a definition readable either.
        guard count >= 40 else { continue }
        var bytes = Array(sample.bytes[0..<count])
        bytes.withUnsafeMutableBytes { $0.baseAddress!.store32(UInt32(count), 0) }
        #expect(Self.take(bytes) == nil, "\(sample.kind) cut to \(count)")
      }
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func randomBodiesAreSafeAndRoundTrip(seed: UInt64) {
    var random = TestRandom(seed: seed)
    for sample in Sample.all {
      for _ in 0..<50 {
        var bytes = sample.bytes
        for index in 40..<bytes.count where random.next() % 2 == 0 { bytes[index] = random.byte() }
        _ = Self.take(bytes)
      }
    }
  }

  /// Each place of a code, with the first code that nobody has.
  static let codes: [(RecordKind, Int, UInt8)] = [
    (.runStart, 44, 8), (.listingDefinition, 52, 3), (.listingDefinition, 53, 19),
    (.listingDefinition, 54, 19), (.listingDefinition, 55, 19), (.riskLimits, 40, 3),
    (.command, 40, 9), (.command, 41, 2), (.command, 42, 7), (.command, 43, 2), (.signal, 40, 4),
    (.venueReport, 42, 22), (.venueReport, 43, 2), (.venueReport, 44, 3), (.venueReport, 45, 18),
    (.feedStatus, 42, 5), (.venueRequest, 40, 6), (.venueRequest, 41, 2), (.venueRequest, 42, 0),
    (.venueRequest, 43, 5), (.orderEvent, 42, 1), (.orderEvent, 43, 3), (.orderEvent, 44, 9),
    (.orderEvent, 46, 29), (.orderEvent, 47, 2), (.orderEvent, 63, 4), (.fillEvent, 42, 2),
    (.fillEvent, 43, 3), (.alert, 40, 0), (.signalAnswer, 56, 15),
    (.contractUpdate, 42, 16), (.contractUpdate, 43, 19), (.contractUpdate, 44, 19),
    (.contractUpdate, 45, 19),
  ]

  @Test(arguments: codes)
  func unknownCodesAreRefused(_ kind: RecordKind, offset: Int, code: UInt8) {
    var bytes = Sample.all.first { $0.kind == kind }!.bytes
    for value in [code, 255] {
      bytes[offset] = value
      #expect(RecordTests.reencode(kind, bytes) == nil)
    }
  }

  @Test func errorsSayWhatAndWhere() throws {
    func error(_ sample: Int, _ edit: (inout [UInt8]) -> Void) -> RecordError? {
      var bytes = Sample.all[sample].bytes
      edit(&bytes)
      return bytes.withUnsafeBytes { buffer in
        do throws(RecordError) {
          switch sample {
          case 0: _ = try RunStart(at: buffer.baseAddress!)
          case 3: _ = try ListingDefinition(at: buffer.baseAddress!)
          default: _ = try VenueDefinition(at: buffer.baseAddress!)
          }
          return nil
        } catch { return error }
      }
    }
    #expect(error(0) { $0[44] = 99 } == .unknownCode(kind: .runStart, offset: 44, value: 99))
    #expect(error(0) { $0[40] = 1 } == .formatVersion(found: 1, expected: 3))
    #expect(
      error(3) { $0[53] = 19 } == .unknownCode(kind: .listingDefinition, offset: 53, value: 19))
    for offset in [56, 64, 72] {
      #expect(
        error(3) { bytes in for index in 0..<8 { bytes[offset + index] = 0 } }
          == .outOfRange(kind: .listingDefinition, offset: offset, value: 0))
    }
    #expect(error(1) { $0[52] = 0xFF } == .notUTF8(kind: .venueDefinition, offset: 48))
    #expect(
      error(1) { $0[48] = 200 }
        == .tooShort(kind: .venueDefinition, byteCount: 64, needed: 252))
    #expect(error(1) { $0[0] = 40 } == .tooShort(kind: .venueDefinition, byteCount: 40, needed: 48))
    #expect(RecordError.unknownKind(77).description == "a record of unknown kind 77")
  }

  @Test(arguments: UInt64(0)..<20)
  func definitionsWithAnyTextReadBack(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    for _ in 0..<50 {
      let strategy = StrategyDefinition(
        index: random.word16(), stateVersion: random.word32(), name: random.text(),
        settings: random.text(), listings: (0..<Int(random.next() % 9)).map { _ in random.word16() }
      )
      let bytes = strategy.encoded(time: random.signed64())
      #expect(bytes.count % 8 == 0)
      #expect(try bytes.withUnsafeBytes { try StrategyDefinition(at: $0.baseAddress!) } == strategy)
      let file = FeedFile(
        listing: random.word16(), byteSize: random.next(),
        sha256: (0..<32).map { _ in random.byte() },
        kind: random.text(), path: random.text())
      let fileBytes = file.encoded(time: random.signed64())
      #expect(try fileBytes.withUnsafeBytes { try FeedFile(at: $0.baseAddress!) } == file)
    }
  }

  @Test func buffersHoldWholeRecords() {
    var buffer = RecordBuffer(capacity: 128)
    #expect(buffer.append(kind: .timer, byteCount: 48, isOutput: false, time: 5) != nil)
    #expect(
      Sample.all[8].bytes.withUnsafeBytes { bytes in
        buffer.append(copying: bytes.baseAddress!, byteCount: bytes.count)
      })
    #expect(buffer.recordCount == 2 && buffer.byteCount == 88 && buffer.room == 40)
    #expect(buffer.append(kind: .timer, byteCount: 48, isOutput: false, time: 5) == nil)
    #expect(RecordHeader(at: buffer.base + 48).kind == RecordKind.definitionsEnd.rawValue)
    buffer.truncate(toByteCount: 48, recordCount: 1)
    #expect(buffer.room == 80)
    buffer.removeAll()
    #expect(buffer.byteCount == 0 && buffer.recordCount == 0)
  }
}
