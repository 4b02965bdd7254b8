import TradingModel

/// What an instrument is taken for where nobody defines it, as its name tells: a contract is of one unit
/// of the base.
public struct AssumedInstrument: Equatable, Sendable {
  public var base: String
  public var quote: String
  public var kind: ContractKind

  public init(base: String, quote: String, kind: ContractKind) {
    self.base = base
    self.quote = quote
    self.kind = kind
  }

  /// A name whose currencies stand side by side, such as `BTCUSDT`; nil where none of `quotes` ends it.
  ///
  /// - Parameter quotes: of two of which one ends the other, the longer first.
  init?(joined symbol: String, kind: ContractKind, quotes: [String]) {
    guard let quote = quotes.first(where: { symbol.hasSuffix($0) && symbol != $0 }) else {
      return nil
    }
    self.init(base: String(symbol.dropLast(quote.count)), quote: quote, kind: kind)
  }

  /// A name of two currencies with a mark between them, such as `BTC-USDT`; nil for more parts, or fewer.
  init?(separated symbol: String, by mark: Character, kind: ContractKind) {
    let parts = symbol.split(separator: mark, omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(base: String(parts[0]), quote: String(parts[1]), kind: kind)
  }

  /// What a table is about, which names no symbol: whatever the user calls it, or nothing.
  static func ofTable(_ symbol: String) -> AssumedInstrument {
    if symbol.isEmpty { return AssumedInstrument(base: "BASE", quote: "QUOTE", kind: .linear) }
    for mark: Character in ["-", "/", "_"] {
      if let found = AssumedInstrument(separated: symbol, by: mark, kind: .linear) { return found }
    }
    let quotes = ["USDT", "USDC", "FDUSD", "USD", "EUR", "BTC", "ETH"]
    return AssumedInstrument(joined: symbol, kind: .linear, quotes: quotes)
      ?? AssumedInstrument(base: symbol, quote: "USD", kind: .linear)
  }
}
