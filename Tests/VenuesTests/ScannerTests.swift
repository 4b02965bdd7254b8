import LowLatency
import Testing
import TradingModel

@testable import Venues

@Suite struct ScannerTests {
  private func units(_ text: String, _ decimals: Int) -> Result<Int64, ScanError> {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { buffer in
      do throws(ScanError) {
        var scanner = FieldScanner(buffer)
        let value = try scanner.units(decimals: decimals, power: powerOfTen(decimals))
        try scanner.expectEnd()
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
  }

  /// The same, at the end of a message and with more behind it.
  private func value(_ text: String, _ decimals: Int) -> Int64? {
    let alone = try? units(text, decimals).get()
    let space = String(repeating: " ", count: 20)
    #expect((try? units(text + space, decimals).get()) == alone, "\(text) at \(decimals)")
    return alone
  }

  @Test func readsDecimalsExactly() {
    #expect(value("\"61737.63000000\"", 2) == 6_173_763)
    #expect(value("\"61737.63000000\"", 1) == nil)
    #expect(value("\"0.00000000\"", 0) == 0)
    #expect(value("\"5\"", 3) == 5_000)
    #expect(value("5.", 3) == 5_000)
    #expect(value("\"-0.25\"", 2) == -25)
    #expect(value("\"1e-05\"", 5) == 1)
    #expect(value("1.5E2", 0) == 150)
    #expect(value("\"9223372036854775807\"", 0) == .max)
    #expect(value("\"9223372036854775808\"", 0) == nil)
    #expect(value("\"1\"", 18) == 1_000_000_000_000_000_000)
    #expect(value("\"10\"", 18) == nil)
    for bad in ["", "\"", "\"\"", "\".5.\"", "\"1", "1\"", "\"1x\"", "\"1,5\"", "null", "\"NaN\""] {
      #expect(value(bad, 4) == nil, "\(bad)")
    }
  }

  /// The quick way and `DecimalText` agree on whatever text there is.
  @Test func agreesWithDecimalText() {
    var random = SeededRandom(seed: 7)
    let letters = Array("0123456789000..-e+5".unicodeScalars)
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<random.next(below: 22) {
        text.unicodeScalars.append(letters[Int(random.next(below: UInt64(letters.count)))])
      }
      let decimals = Int(random.next(below: 10))
      let wanted = try? Decimal(text).units(decimals: decimals)
      let hasDigitFirst = text.utf8.first.map { $0 &- 0x30 <= 9 } ?? false
      #expect(value("\"\(text)\"", decimals) == wanted, "\(text) at \(decimals)")
      if hasDigitFirst { #expect(value(text, decimals) == wanted, "bare \(text) at \(decimals)") }
    }
  }

  private func skip(_ text: String) -> ScanError? {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { buffer in
      do throws(ScanError) {
        var scanner = FieldScanner(buffer)
        try scanner.skipValue()
        try scanner.expectEnd()
        return nil
      } catch {
        return error
      }
    }
  }

  @Test func skipsNestingAndStrings() {
    for good in [
      "{}", "[]", "[[],{\"a\":[1,2,{\"b\":\"]}\\\"\"}]}]", "\"x\\\\\"", "true", "null", "-1.5e3",
      " { \"k\" : [ ] } ",
    ] {
      #expect(skip(good) == nil, "\(good)")
    }
    for (bad, offset) in [
      ("{", 1), ("[}", 1), ("{]", 1), ("\"abc", 4), ("[\"a]", 4), ("\"a\\", 3), ("tru", 0), ("", 0),
      ("[] ]", 3), ("\"a\nb\"", 2), (String(repeating: "[", count: 65), 64),
    ] {
      #expect(skip(bad)?.offset == offset, "\(bad)")
    }
  }

  /// Whatever bytes come, decoding ends with a message or an error inside the line.
  @Test(arguments: UInt64(0)..<12)
  func damagedMessagesAreRefusedOrRead(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let samples: [(FeedKind, String)] = [
      (.binanceUSDM, Sample.depth(first: 5, final: 9, previous: 4)),
      (.binanceSpot, Sample.snapshot(7)), (.binanceUSDM, Sample.trade(3)),
      (.binanceUSDM, Sample.bookTicker(4)),
      (
        .hyperliquid,
        """
        12 {"channel":"l2Book","data":{"coin":"BTC","time":17,"levels":[[{"n":5,"px":"105.0",\
        "sz":"3.1"}],[{"n":1,"px":"106","sz":"1"}]]}}
        """
      ),
      (
        .bybit,
        """
        {"topic":"orderbook.500.BTCUSDT","type":"delta","ts":1733011200693,"data":{"s":"BTCUSDT",\
        "b":[["1.9","6"]],"a":[],"u":2,"seq":1},"cts":1733011200691}
        """
      ),
    ]
    let scale = SymbolScale(symbol: "BTCUSDT", listing: 0, priceDecimals: 2, quantityDecimals: 3)
    for round in 0..<400 {
      let (kind, text) = samples[round % samples.count]
      var bytes = Array(text.utf8)
      for _ in 0..<random.next(below: 3) {
        bytes[Int(random.next(below: UInt64(bytes.count)))] = UInt8(random.next(below: 256))
      }
      if random.next(below: 2) == 0 {
        bytes.removeLast(Int(random.next(below: UInt64(bytes.count))))
      }
      var decoder = MessageDecoder(kind: kind)
      var scales = SymbolScales(following: [scale])
      var message = VenueMessage()
      bytes.withUnsafeBytes { line in
        do throws(ScanError) {
          _ = try decoder.decode(line, isFirst: false, fallback: 0, &scales, into: &message)
        } catch {
          #expect(error.offset >= 0 && error.offset <= line.count)
        }
      }
    }
  }
}
