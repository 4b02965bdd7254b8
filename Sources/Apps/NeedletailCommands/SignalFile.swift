import Engine
import MatchLines
import Runtime
import TradingModel

/// A file of trading signals, one JSON object a line, checked as a whole before a run begins.
///
/// ```
/// {"action": "buy", "listing": "gamma:BTC-USDT", "quantity": "0.1", "stop_loss": "59000", "at_ms": 500}
/// ```
/// - `action`: `buy`, `sell` or `close`
/// - `listing`: `VENUE:SYMBOL`; or `venue` and `symbol`
/// - `quantity`: needed unless `close`; `price`: a limit, at market without it
/// - `stop_loss`, `take_profit`: prices; `confidence`: 0 to 1, 1 without it
/// - `id`: a whole number; the line's without it. `strategy`: a name; without it, who follows signals
/// - `at_ms` after the start, or `time_ns` since the epoch; without either, a second after the line
///   before
///
/// Numbers may stand in quotes. Empty lines, and those that begin with #, are passed over.
struct SignalFile {
  /// A mistake in the file, with its place.
  struct Mistake: Error, CustomStringConvertible {
    var path: String
    var line: Int
    var column: Int
    var expected: String
    var description: String { "\(path):\(line):\(column): expected \(expected)" }
  }

  enum Moment {
    case afterStart(Int64)
    case at(Timestamp)
  }

  private var signals: [(signal: Signal, moment: Moment)] = []

  init(path: String, definitions: RunDefinitions) throws {
    let file = try MappedFile(path)
    var line = 0
    var previous = Moment.afterStart(0)
    for text in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      line += 1
      var bytes = Array(text)
      if bytes.last == 0x0D { bytes.removeLast() }
      guard let first = bytes.first(where: { $0 != 0x20 && $0 != 0x09 }),
        first != UInt8(ascii: "#")
      else { continue }
      do throws(JSONLine.Mistake) {
        let entry = try SignalLine(JSONLine(bytes), line: line, definitions: definitions)
        let moment = entry.moment ?? previous.later(by: 1_000_000_000)
        previous = moment
        signals.append((entry.signal, moment))
      } catch {
        throw Mistake(path: path, line: line, column: error.column, expected: error.expected)
      }
    }
  }

  /// The signals of a run that starts at `startTime`, in the order of their time.
  func signals(startingAt startTime: Timestamp) -> ArraySlice<Signal> {
    var result: [(place: Int, signal: Signal)] = []
    for (place, entry) in signals.enumerated() {
      var signal = entry.signal
      switch entry.moment {
      case .afterStart(let time): signal.createdAt = startTime + time
      case .at(let time): signal.createdAt = time
      }
      result.append((place, signal))
    }
    // Swift's sort promises no stability; the place in the file decides between equal times.
    result.sort { ($0.signal.createdAt, $0.place) < ($1.signal.createdAt, $1.place) }
    return result.map(\.signal)[...]
  }
}

extension SignalFile.Moment {
  fileprivate func later(by time: Int64) -> Self {
    switch self {
    case .afterStart(let before): .afterStart(before + time)
    case .at(let before): .at(before + time)
    }
  }
}

/// What one line says.
struct SignalLine {
  static let keys = [
    "action", "listing", "venue", "symbol", "quantity", "price", "stop_loss", "take_profit",
    "confidence", "id", "strategy", "at_ms", "time_ns",
  ]

  private(set) var signal: Signal
  /// nil: a second after the line before.
  private(set) var moment: SignalFile.Moment?

  init(
    _ line: JSONLine, line number: Int, definitions: RunDefinitions
  ) throws(JSONLine.Mistake) {
    for entry in line.entries where !Self.keys.contains(entry.key) {
      let hint = Spelling.nearest(to: entry.key, among: Self.keys)
      throw JSONLine.Mistake(
        column: entry.keyColumn,
        expected: "a key of a signal\(hint.map { " (did you mean \"\($0)\"?)" } ?? ""); known are "
          + Self.keys.joined(separator: ", "))
    }
    let action = try Self.action(line)
    let listing = try Self.listing(line, definitions)
    func price(_ key: String) throws(JSONLine.Mistake) -> Int64 {
      try Self.units(line, key, Int(listing.priceDecimals), step: listing.tick, "tick") ?? 0
    }
    let quantity = try Self.units(
      line, "quantity", Int(listing.quantityDecimals), step: listing.lot, "lot")
    if quantity == nil, action != .close {
      throw JSONLine.Mistake(column: 1, expected: "\"quantity\", which is missing")
    }
    signal = Signal(
      action: action, listing: listing.index,
      strategy: try Self.strategy(line, listing.index, definitions),
      signalID: try Self.whole(line, "id", 1...UInt64.max) ?? UInt64(number), createdAt: 0,
      price: try price("price"), quantity: quantity ?? 0, stopLoss: try price("stop_loss"),
      takeProfit: try price("take_profit"),
      confidence: try Self.confidence(line))
    if let time = try Self.whole(line, "time_ns", 0...UInt64(Int64.max)) {
      moment = .at(Int64(time))
    } else if let time = try Self.whole(line, "at_ms", 0...1_000_000_000_000) {
      moment = .afterStart(Int64(time) * 1_000_000)
    }
  }

  private static func action(_ line: JSONLine) throws(JSONLine.Mistake) -> SignalAction {
    guard let entry = line.entry("action") else {
      throw JSONLine.Mistake(column: 1, expected: "\"action\", which is missing")
    }
    for action in SignalAction.allCases where entry.value == .text("\(action)") { return action }
    throw JSONLine.Mistake(column: entry.column, expected: "\"buy\", \"sell\" or \"close\"")
  }

  private static func listing(
    _ line: JSONLine, _ definitions: RunDefinitions
  ) throws(JSONLine.Mistake) -> Listing {
    var wanted = ""
    var column = 1
    if let entry = line.entry("listing"), case .text(let text) = entry.value {
      wanted = text
      column = entry.column
    } else if let venue = line.entry("venue"), let symbol = line.entry("symbol"),
      case .text(let venueText) = venue.value, case .text(let symbolText) = symbol.value
    {
      wanted = venueText + ":" + symbolText
      column = venue.column
    }
    let known = definitions.listings.map {
      definitions.venueName(of: $0.listing.index) + ":" + $0.symbol
    }
    if let place = known.firstIndex(of: wanted) { return definitions.listings[place].listing }
    let hint = Spelling.nearest(to: wanted, among: known).map { " (did you mean \"\($0)\"?)" }
    throw JSONLine.Mistake(
      column: column,
      expected:
        "\"listing\": \"VENUE:SYMBOL\", or \"venue\" and \"symbol\"\(hint ?? ""); known are "
        + known.joined(separator: ", "))
  }

  private static func strategy(
    _ line: JSONLine, _ listing: ListingIndex, _ definitions: RunDefinitions
  ) throws(JSONLine.Mistake) -> StrategyIndex {
    let all = definitions.strategies
    if let entry = line.entry("strategy") {
      let names = all.map(\.name)
      let named = all.filter { entry.value == .text($0.name) }
      guard let first = named.first(where: { $0.listings.contains(listing) }) ?? named.first
      else {
        throw JSONLine.Mistake(
          column: entry.column, expected: "a strategy of this run: \(names.joined(separator: ", "))"
        )
      }
      return first.index
    }
    let followers = all.filter { $0.listings.contains(listing) }
    let chosen =
      followers.first { $0.name == "signals" } ?? all.first { $0.name == "signals" }
      ?? followers.first ?? all.first
    return chosen?.index ?? 0
  }

  // MARK: Numbers

  private static func number(_ entry: JSONLine.Entry) -> String? {
    switch entry.value {
    case .text(let text), .number(let text): text
    default: nil
    }
  }

  private static func whole(
    _ line: JSONLine, _ key: String, _ range: ClosedRange<UInt64>
  ) throws(JSONLine.Mistake) -> UInt64? {
    guard let entry = line.entry(key) else { return nil }
    guard let text = number(entry), let value = UInt64(text), range.contains(value) else {
      throw JSONLine.Mistake(
        column: entry.column, expected: "a whole number of at least \(range.lowerBound)")
    }
    return value
  }

  private static func confidence(_ line: JSONLine) throws(JSONLine.Mistake) -> UInt32 {
    guard let entry = line.entry("confidence") else { return 1_000_000 }
    guard let text = number(entry), let decimal = try? Decimal(text),
      let parts = try? decimal.units(decimals: 6), parts >= 0, parts <= 1_000_000
    else {
      throw JSONLine.Mistake(
        column: entry.column, expected: "a confidence from 0 to 1 with at most 6 decimals")
    }
    return UInt32(parts)
  }

  /// A price or quantity above zero on its grid, in the listing's units.
  private static func units(
    _ line: JSONLine, _ key: String, _ decimals: Int, step: Int64, _ stepName: String
  ) throws(JSONLine.Mistake) -> Int64? {
    guard let entry = line.entry(key) else { return nil }
    guard let text = number(entry), let decimal = try? Decimal(text),
      let units = try? decimal.units(decimals: decimals), units > 0, units % step == 0
    else {
      throw JSONLine.Mistake(
        column: entry.column,
        expected: "a number above zero and a multiple of the \(stepName) of "
          + DecimalText.string(Int128(step), decimals: decimals))
    }
    return units
  }
}
