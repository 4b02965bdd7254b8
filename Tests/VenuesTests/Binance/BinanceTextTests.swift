import LowLatency
import Testing
import TradingModel

@testable import Venues

/// Texts and numbers as values: short texts, amounts, names of currencies and of our orders.
@Suite struct BinanceTextTests {
  private func read<Value>(
    _ text: String, _ body: (inout FieldScanner) throws(ScanError) -> Value
  ) -> Value? {
    let value = BinanceSpotBench.value(Array(text.utf8)) { (buffer) throws(ScanError) -> Value in
      var scanner = FieldScanner(buffer)
      let value = try body(&scanner)
      try scanner.expectEnd()
      return value
    }
    return try? value.get()
  }

  private func text(_ json: String) -> String? {
    read(json) { (scanner) throws(ScanError) -> String in
      var text = VenueText()
      try scanner.text(into: &text)
      return text.description
    }
  }

  @Test func escapesAreDecoded() {
    #expect(text(#""a\"b\\c\/d\n\t\r\b\f""#) == "a\"b\\c/d\n\t\r\u{8}\u{c}")
    #expect(text(#""\u00e9\u5e01\ud83d\ude00\uD83D""#) == "é币😀\u{FFFD}")
    #expect(text("null") == "" && text("12.5") == "12.5" && text("\"\"") == "")
    for bad in [#""\x""#, #""\u12g4""#, #""\u12""#, #""\"#, "\"a"] {
      #expect(text(bad) == nil, "\(bad)")
    }
  }

  /// Any bytes up to the most that are kept come back; longer texts are cut and say so.
  @Test func shortTextsKeepTheirBytes() {
    var random = SeededRandom(seed: 11)
    for count in 0...60 {
      let bytes = (0..<count).map { _ in UInt8(random.next(below: 256)) }
      let text = bytes.withUnsafeBytes { VenueText($0) }
      let kept = min(count, VenueText.byteCountMax)
      #expect(text.byteCount == kept && text.isCut == (count > kept))
      #expect((0..<kept).allSatisfy { text[$0] == bytes[$0] })
      var appended = VenueText()
      for byte in bytes { appended.append(byte) }
      #expect(appended == text)
    }
    let text = VenueText("Filter failure: LOT_SIZE")
    #expect(text.contains("LOT_SIZE") && text.contains("") && !text.contains("LOT_SIZES"))
    #expect(text.equals("Filter failure: LOT_SIZE") && !text.equals("Filter"))
    #expect(text != VenueText("Filter failure: LOT_SIZF"))
  }

  /// The quick way of reading money and `DecimalText` agree where both can read.
  @Test func amountsAgreeWithDecimalText() {
    var random = SeededRandom(seed: 5)
    let letters = Array("0123456789000..-e+".unicodeScalars)
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<random.next(below: 24) {
        text.unicodeScalars.append(letters[Int(random.next(below: UInt64(letters.count)))])
      }
      let wanted = (try? Decimal(text)).map { Money($0) }
      let found = read("\"\(text)\"") { (scanner) throws(ScanError) -> Money in
        try scanner.money()
      }
      if let wanted { #expect(found == wanted, "\(text)") }
      // What only the quick way reads is longer than 64 bits hold.
      if wanted == nil, found != nil { #expect(text.utf8.count >= 19, "\(text)") }
    }
    let wide = read("\"-9999999999999999999.999999999999999999\"") {
      (scanner) throws(ScanError) -> Money in try scanner.money()
    }
    #expect(wide?.description == "-9999999999999999999.999999999999999999")
    let tooFine = read("\"0.0000000000000000001\"") { (scanner) throws(ScanError) -> Money in
      try scanner.money()
    }
    #expect(tooFine == nil)
  }

  @Test func wholeNumbers() {
    func integer(_ text: String) -> Int64? {
      read(text) { (scanner) throws(ScanError) -> Int64 in try scanner.integer() }
    }
    #expect(integer("-1") == -1 && integer("\"-12\"") == -12 && integer("7") == 7)
    #expect(integer("9223372036854775807") == .max && integer("9223372036854775808") == nil)
    for bad in ["", "-", "\"\"", "\"1", "1.5", "--1", "\"-\"", "null", "x"] {
      #expect(integer(bad) == nil, "\(bad)")
    }
    func identifier(_ text: String) -> UInt64? {
      read(text) { (scanner) throws(ScanError) -> UInt64 in try scanner.identifier() }
    }
    #expect(identifier("-1") == 0 && identifier("null") == 0 && identifier("\"28\"") == 28)
  }

  @Test func currenciesByName() {
    var names = CurrencyNames([("BTC", 1), ("USDT", 2), ("1000SATS", 3), ("ABCDEFGHIJKLMNOP", 4)])
    func find(_ name: String) -> CurrencyIndex? {
      Array(name.utf8).withUnsafeBytes { names.find($0) }
    }
    #expect(find("BTC") == 1 && find("BTC") == 1 && find("USDT") == 2 && find("1000SATS") == 3)
    #expect(find("ABCDEFGHIJKLMNOP") == 4)
    for name in ["", "BT", "BTCX", "btc", "BTC\0", "ABCDEFGHIJKLMNOPQ"] {
      #expect(find(name) == nil, "\(name)")
    }
  }

  /// What the encoder writes is read back, whatever the id.
  @Test func ownNamesComeBack() {
    var random = SeededRandom(seed: 3)
    let prefixes = ["n25-", "nzz-", "nz"]
    let names = OwnOrderNames(prefixes: prefixes)
    let room = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 8)
    defer { room.deallocate() }
    for round in 0..<2_000 {
      let id = max(1, random.next(below: .max) >> random.next(below: 64))
      let version = RequestVersion(truncatingIfNeeded: random.next(below: 1 << 32))
      var writer = RequestWriter(at: room)
      var prefix = prefixes[round % 3]
      prefix.withUTF8 { writer.write(UnsafeRawBufferPointer($0)) }
      writer.write(base36: id)
      if round % 2 == 1, version > 0 {
        writer.write("_")
        writer.write(base36: UInt64(version))
      }
      let text = UnsafeRawBufferPointer(start: room, count: writer.end - room)
      let name = names.read(text)
      #expect(name?.orderID == id && name?.version == (round % 2 == 1 ? version : 0))
    }
  }
}
