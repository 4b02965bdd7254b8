import LowLatency
import Testing
import TradingModel

@testable import Venues

/// Decoders read values as they meet them where what these hang on stands in front, as venues send it; a
/// message whose fields stand in any other order, with any space, says the same.
@Suite struct FieldOrderTests {
  @Test(arguments: UInt64(0)..<4)
  func marketMessagesMayHaveAnyOrder(seed: UInt64) throws {
    try check(BinanceSpot.self, BinanceSpotMarket(BinanceSpot.description.environments[0]), seed)
    try check(BinanceUSDM.self, BinanceUSDMMarket(BinanceUSDM.description.environments[0]), seed)
    try check(OKX.self, OKXMarket(OKX.description.environments[0]), seed)
    try check(BybitSpot.self, BybitMarket(.spot, BybitSpot.description.environments[0]), seed)
    try check(BybitLinear.self, BybitMarket(.linear, BybitLinear.description.environments[0]), seed)
  }

  private func check<Dialect: MarketDialect>(
    _ venue: any VenueAdapter.Type, _ dialect: Dialect, _ seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    var dialect = dialect
    let symbol = venue == OKX.self ? "BTC-USDT" : "BTCUSDT"
    var scales = SymbolScales(following: [
      SymbolScale(symbol: "OTHER", listing: 1, priceDecimals: 1, quantityDecimals: 1),
      SymbolScale(symbol: symbol, listing: 0, priceDecimals: 2, quantityDecimals: 8),
    ])
    for sample in try venue.decodingSamples()
    where [.bestQuote, .trade, .depth].contains(sample.kind) {
      for bytes in sample.messages.prefix(4) {
        let wanted = try told(bytes, &dialect, &scales)
        #expect(wanted.contains("symbol 1"), "\(wanted)")
        let text = try shuffled(bytes, keepsFirst: dialect is any BinanceMarket, &random)
        let found = try told(Array(text.utf8), &dialect, &scales)
        #expect(found == wanted, "\(text)")
      }
    }
  }

  private func told<Dialect: MarketDialect>(
    _ bytes: [UInt8], _ dialect: inout Dialect, _ scales: inout SymbolScales
  ) throws -> String {
    var message = VenueMessage()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes)
    let outcome = try dialect.decode(UnsafeRawBufferPointer(buffer), &scales, into: &message)
    var text =
      "\(outcome) symbol \(message.symbol) \(message.kind) at \(message.venueTime) "
      + "\(message.first) \(message.final) \(message.previous)"
    if message.kind == .bestQuote { text += " \(message.quote)" }
    for trade in message.trades { text += " \(trade)" }
    for index in 0..<message.tradeKeys.count { text += " \(message.tradeKeys[index])" }
    var sides: [Side: [String]] = [:]
    for index in 0..<message.levels.count {
      let level = LevelChange(at: message.levels.base + index * LevelChange.byteCount)
      sides[level.side, default: []].append("\(level.price) \(level.quantity)")
    }
    return text + " \(sides[.buy] ?? []) \(sides[.sell] ?? [])"
  }

  @Test(arguments: UInt64(0)..<4)
  func accountMessagesMayHaveAnyOrder(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let venues: [any VenueAdapter.Type] = [
      BinanceSpot.self, BinanceUSDM.self, OKX.self, BybitSpot.self, BybitLinear.self,
    ]
    for venue in venues {
      for sample in try venue.decodingSamples() where [.order, .fill].contains(sample.kind) {
        for bytes in sample.messages.prefix(4) {
          let text = try shuffled(bytes, keepsFirst: false, &random)
          let isRead = Array(text.utf8).withUnsafeBytes { sample.decode($0) }
          #expect(isRead, "\(venue): \(text)")
        }
      }
    }
  }

  // MARK: Shuffling

  /// - Parameter keepsFirst: the first field of all stays there: sessions of Binance tell pushes from answers
  ///   by it.
  private func shuffled(
    _ bytes: [UInt8], keepsFirst: Bool, _ random: inout SeededRandom
  ) throws -> String {
    let hasSpace = random.next(below: 3) == 0
    return write(try JSONNode.parse(bytes), hasSpace ? " " : "", from: keepsFirst ? 1 : 0, &random)
  }

  private func write(
    _ node: JSONNode, _ space: String, from first: Int = 0, _ random: inout SeededRandom
  ) -> String {
    switch node.value {
    case .object(let entries):
      var parts = entries.map {
        "\"\($0.key)\"\(space):\(space)\(write($0.value, space, &random))"
      }
      for index in parts.indices.dropFirst(first).reversed() {
        parts.swapAt(index, first + Int(random.next(below: UInt64(index - first + 1))))
      }
      let inner = first > 0 ? "" : space
      return "{\(inner)" + parts.joined(separator: "\(space),\(space)") + "\(space)}"
    case .array(let nodes):
      return "[\(space)"
        + nodes.map { write($0, space, &random) }.joined(separator: "\(space),\(space)")
        + "\(space)]"
    case .string(let text): return "\"\(text)\""
    case .number(let text): return text
    case .boolean(let value): return "\(value)"
    case .null: return "null"
    }
  }
}
