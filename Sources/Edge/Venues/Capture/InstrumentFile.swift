import Glibc
import TradingModel

/// Why an instruments file was refused.
public struct InstrumentFileError: Error, Equatable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1; 0 when the file itself could not be read.
  public var line: Int
  public var column: Int
  public var message: String

  public var description: String {
    line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
  }
}

/// The instruments of a run: a JSON array of objects (or one object) with the keys of
/// `knownKeys`; decimals are strings, or numbers taken by their text.
///
/// ```json
/// [{"venue": "some-venue", "symbol": "BTCUSDT", "base": "BTC", "quote": "USDT",
///   "kind": "linear", "tick": "0.1", "lot": "0.001", "contract_size": "1",
///   "maker_fee": "0.0002", "taker_fee": "0.0005"}]
/// ```
public struct InstrumentFile: Sendable {
  /// In file order; venue and symbol together name one.
  public private(set) var definitions: [InstrumentDefinition] = []

  /// Every key there is. The first seven are required.
  public static let knownKeys = [
    "venue", "symbol", "base", "quote", "kind", "tick", "lot", "settlement", "contract_size",
    "min_quantity", "max_quantity", "min_notional", "maker_fee", "taker_fee",
  ]
  private static let requiredKeys = 7

  /// Reads `path`.
  public init(path: String) throws(InstrumentFileError) {
    try self.init(bytes: Self.readAll(path), file: path)
  }

  /// Reads a document; `file` is for messages.
  public init(bytes: [UInt8], file: String) throws(InstrumentFileError) {
    do throws(ScanError) {
      let root = try JSONNode.parse(bytes)
      var nodes = [root]
      if case .array(let items) = root.value { nodes = items }
      for node in nodes {
        let definition = try Self.definition(node)
        let isKnown = definitions.contains {
          $0.venue == definition.venue && $0.symbol == definition.symbol
        }
        if isKnown { throw ScanError(node.offset, text: "each instrument once") }
        definitions.append(definition)
      }
    } catch {
      let place = Self.place(of: error.offset, in: bytes)
      throw InstrumentFileError(
        file: file, line: place.line, column: place.column, message: "expected \(error.expected)")
    }
  }

  /// The definition of a listing.
  public func definition(venue: String, symbol: String) -> InstrumentDefinition? {
    definitions.first { $0.venue == venue && $0.symbol == symbol }
  }

  private static func definition(_ node: JSONNode) throws(ScanError) -> InstrumentDefinition {
    guard case .object(let entries) = node.value else {
      throw ScanError(node.offset, "an object that defines an instrument")
    }
    for (index, entry) in entries.enumerated() {
      if !knownKeys.contains(entry.key) {
        let nearest = Spelling.nearest(to: entry.key, among: knownKeys)
        let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        throw ScanError(entry.keyOffset, text: "a known key, found \"\(entry.key)\"\(hint)")
      }
      if entries[..<index].contains(where: { $0.key == entry.key }) {
        throw ScanError(entry.keyOffset, text: "\"\(entry.key)\" once")
      }
    }
    return try InstrumentFields(node: node, entries: entries).definition()
  }

  /// Keys that must be there.
  static var required: ArraySlice<String> { knownKeys.prefix(requiredKeys) }

  private static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    for byte in bytes.prefix(offset) {
      column += 1
      if byte == 0x0A { (line, column) = (line + 1, 1) }
    }
    return (line, column)
  }

  private static func readAll(_ path: String) throws(InstrumentFileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while descriptor >= 0, bytes.count < 16 << 20 {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0, errno != EINTR { break }
      if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
    }
    let reason = bytes.count >= 16 << 20 ? "larger than 16 MiB" : String(cString: strerror(errno))
    throw InstrumentFileError(
      file: path, line: 0, column: 0, message: "cannot be read: \(reason)")
  }
}

/// The fields of one object, by key.
private struct InstrumentFields {
  let node: JSONNode
  let entries: [(key: String, keyOffset: Int, value: JSONNode)]

  func definition() throws(ScanError) -> InstrumentDefinition {
    for key in InstrumentFile.required where value(key) == nil {
      throw ScanError(node.offset, text: "the key \"\(key)\" in this object")
    }
    let kind = try contractKind()
    let base = try text("base") ?? ""
    let quote = try text("quote") ?? ""
    let tick = try positive("tick")
    let lot = try positive("lot")
    return InstrumentDefinition(
      venue: try text("venue") ?? "", symbol: try text("symbol") ?? "", base: base, quote: quote,
      settlement: try text("settlement") ?? (kind == .inverse ? base : quote), kind: kind,
      tick: tick, lot: lot,
      contractSize: try value("contract_size") == nil
        ? Decimal(units: 1) : positive("contract_size"),
      quantityMin: try value("min_quantity") == nil ? lot : positive("min_quantity"),
      quantityMax: try value("max_quantity") == nil ? nil : positive("max_quantity"),
      notionalMin: try decimal("min_notional") ?? Decimal(units: 0),
      makerFee: try rate("maker_fee"), takerFee: try rate("taker_fee"))
  }

  private func value(_ key: String) -> JSONNode? { entries.first { $0.key == key }?.value }

  private func text(_ key: String) throws(ScanError) -> String? {
    guard let node = value(key) else { return nil }
    guard case .string(let text) = node.value, !text.isEmpty else {
      throw ScanError(node.offset, text: "a text for \"\(key)\"")
    }
    return text
  }

  private func contractKind() throws(ScanError) -> ContractKind {
    switch try text("kind") {
    case "spot": return .spot
    case "linear": return .linear
    case "inverse": return .inverse
    default:
      throw ScanError(
        value("kind")?.offset ?? node.offset, "\"spot\", \"linear\" or \"inverse\" for \"kind\"")
    }
  }

  private func decimal(_ key: String) throws(ScanError) -> Decimal? {
    guard let node = value(key) else { return nil }
    var text = ""
    if case .string(let string) = node.value { text = string }
    if case .number(let number) = node.value { text = number }
    do throws(DecimalError) {
      return try Decimal(text)
    } catch {
      throw ScanError(node.offset, text: "a decimal number for \"\(key)\", such as \"0.001\"")
    }
  }

  private func positive(_ key: String) throws(ScanError) -> Decimal {
    guard let decimal = try decimal(key), decimal.units > 0 else {
      throw ScanError(value(key)?.offset ?? node.offset, text: "a number above zero for \"\(key)\"")
    }
    return decimal
  }

  private func rate(_ key: String) throws(ScanError) -> Rate {
    guard let decimal = try decimal(key) else { return .zero }
    do throws(DecimalError) {
      return Rate(parts: try decimal.units(decimals: Rate.decimals))
    } catch {
      throw ScanError(
        value(key)?.offset ?? node.offset, text: "a rate of at most 8 decimals for \"\(key)\"")
    }
  }
}
