import Testing
import TradingModel

@testable import Venues

/// Best quotes that are spelled as streams spell them are read piece by piece; whatever bytes are damaged,
/// that way says what reading field by field says, or leaves the message to it.
@Suite struct TightQuoteTests {
  private typealias Decoder = (
    UnsafeRawBufferPointer, inout SymbolScales, inout VenueMessage
  ) throws -> Void

  @Test func binanceSpot() throws {
    try check(BinanceSpot.self, quick: BinanceDecoder.tightQuote) {
      var (scanner, decoder) = (FieldScanner($0), BinanceDecoder())
      try decoder.decode(&scanner, &$1, fallback: -1, into: &$2)
    }
  }

  @Test func binanceUSDM() throws {
    try check(BinanceUSDM.self, quick: BinanceDecoder.tightQuote) {
      var (scanner, decoder) = (FieldScanner($0), BinanceDecoder())
      try decoder.decode(&scanner, &$1, fallback: -1, into: &$2)
    }
  }

  @Test func bybit() throws {
    for venue: any VenueAdapter.Type in [BybitSpot.self, BybitLinear.self] {
      try check(venue, quick: BybitDecoder.tightQuote) {
        var scanner = FieldScanner($0)
        try BybitDecoder.decode(&scanner, &$1, into: &$2)
      }
    }
  }

  @Test func okx() throws {
    try check(OKX.self) {
      var scanner = FieldScanner($0)
      return OKXDecoder.tightQuote(&scanner, &$1, into: &$2)
    } careful: { bytes, scales, message in
      // With a space in front it is spelled otherwise.
      try ([0x20] + Array(bytes)).withUnsafeBytes {
        var (scanner, decoder) = (FieldScanner($0), OKXDecoder())
        try decoder.decode(&scanner, &scales, into: &message)
      }
    }
  }

  private func check(
    _ venue: any VenueAdapter.Type,
    quick: (UnsafeRawBufferPointer, inout SymbolScales, inout VenueMessage) -> Bool,
    careful: Decoder
  ) throws {
    let samples = try #require(
      try venue.decodingSamples().first { $0.kind == .bestQuote })
    let memory = GuardedBytes()
    for bytes in samples.messages.prefix(3) {
      let isTaken = compare(bytes, memory, quick, careful)
      #expect(isTaken, "\(String(decoding: bytes, as: UTF8.self))")
      for length in 0..<bytes.count {
        let isPartTaken = compare(Array(bytes.prefix(length)), memory, quick, careful)
        #expect(!isPartTaken)
      }
      for place in bytes.indices {
        for other in Array("\"\\ ,.:}]0579-e".utf8) + [0, 0xFF] where other != bytes[place] {
          var damaged = bytes
          damaged[place] = other
          _ = compare(damaged, memory, quick, careful)
        }
        // Longer and shorter numbers and names.
        _ = compare(
          Array(bytes[..<place] + [bytes[place]] + bytes[place...]), memory, quick, careful)
        _ = compare(Array(bytes[..<place] + bytes[(place + 1)...]), memory, quick, careful)
      }
    }
  }

  /// - Returns: whether the quick way took it.
  private func compare(
    _ bytes: [UInt8], _ memory: borrowing GuardedBytes,
    _ quick: (UnsafeRawBufferPointer, inout SymbolScales, inout VenueMessage) -> Bool,
    _ careful: Decoder
  ) -> Bool {
    var isTaken = false
    memory.withCopies(bytes) { copy in
      var scales = SymbolScales(following: [
        SymbolScale(symbol: "BTCUSDT", listing: 0, priceDecimals: 2, quantityDecimals: 8),
        SymbolScale(symbol: "BTC-USDT", listing: 1, priceDecimals: 2, quantityDecimals: 8),
      ])
      var told = VenueMessage()
      var wanted = VenueMessage()
      isTaken = quick(copy, &scales, &told)
      guard isTaken else {
        let isUntouched =
          told.kind == .other && told.symbol == -1 && told.final == 0 && told.venueTime == 0
        #expect(isUntouched)
        return
      }
      do {
        try careful(copy, &scales, &wanted)
      } catch {
        Issue.record("\(error): \(String(decoding: bytes, as: UTF8.self))")
      }
      let (found, asked) = (Self.text(told), Self.text(wanted))
      #expect(found == asked, "\(String(decoding: bytes, as: UTF8.self))")
    }
    return isTaken
  }

  private static func text(_ message: borrowing VenueMessage) -> String {
    "\(message.kind) \(message.symbol) \(message.first) \(message.final) \(message.previous) "
      + "\(message.venueTime) \(message.receiveTime) \(message.quote) \(message.levels.count) "
      + "\(message.trades.count)"
  }
}
