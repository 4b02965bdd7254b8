import MarketData
import TradingModel

/// A kind of capture that can be read, under the name the command line uses.
///
/// Each venue's kinds stand in its folder; those here are of no venue. Two with the same name are the
/// same kind.
public struct FeedKind: Sendable {
  /// Letters, digits and dashes.
  public let name: String
  /// The venue's rule for joining book updates.
  public let sequenceRule: SequenceRule
  /// Whether snapshots come beside the stream, and updates are kept for them.
  public let keepsUpdates: Bool
  /// What the instrument of a name is taken for where nobody defines it; nil where that would make money
  /// wrong, because neither the name nor a capture tells its currencies and a contract's size.
  public let assumedInstrument: @Sendable (_ symbol: String) -> AssumedInstrument?
  /// What counts as an update of a book beside the common, for help texts: "a snapshot of ...".
  public let countedUpdate: String?
  /// What does not, though it holds a book.
  public let uncountedUpdate: String?
  let content: CaptureContent

  /// A kind of a venue's own messages, one a line.
  init(
    _ name: String, _ frames: FrameDecoder.Type, rule: SequenceRule, keepsUpdates: Bool = true,
    countedUpdate: String? = nil, uncountedUpdate: String? = nil,
    assumed: @escaping @Sendable (_ symbol: String) -> AssumedInstrument?
  ) {
    self.name = name
    sequenceRule = rule
    self.keepsUpdates = keepsUpdates
    assumedInstrument = assumed
    self.countedUpdate = countedUpdate
    self.uncountedUpdate = uncountedUpdate
    content = .frames(frames)
  }

  private init(
    _ name: String, _ table: TableKind,
    assumed: @escaping @Sendable (_ symbol: String) -> AssumedInstrument?
  ) {
    self.name = name
    sequenceRule = .wholeBooks
    keepsUpdates = true
    assumedInstrument = assumed
    countedUpdate = nil
    uncountedUpdate = nil
    content = .table(table)
  }

  /// Whether messages name their symbol. Where they do not, the whole capture is one instrument.
  public var namesSymbols: Bool {
    if case .table = content { false } else { true }
  }

  /// Whether every message is about a single order.
  public var isOrderByOrder: Bool { table == .orders }

  /// What its table holds; nil where it is none.
  var table: TableKind? {
    if case .table(let table) = content { table } else { nil }
  }
}

extension FeedKind: Equatable {
  public static func == (one: FeedKind, other: FeedKind) -> Bool { one.name == other.name }
}

/// What the lines of a capture are.
enum CaptureContent: Sendable {
  case frames(FrameDecoder.Type)
  case table(TableKind)
}

// MARK: - Of no venue

extension FeedKind {
  public static let cmeMBO = FeedKind("cme-mbo", .orders) { _ in nil }
  public static let csvTrades = FeedKind(
    "csv-trades", .trades, assumed: AssumedInstrument.ofTable)
  public static let csvQuotes = FeedKind(
    "csv-quotes", .quotes, assumed: AssumedInstrument.ofTable)
  /// Trades or quotes, told apart by the header.
  public static let csv = FeedKind("csv", .open, assumed: AssumedInstrument.ofTable)

  /// The kinds of no venue.
  public static let tables: [FeedKind] = [.cmeMBO, .csvTrades, .csvQuotes, .csv]

  static func of(_ table: TableKind) -> FeedKind {
    switch table {
    case .orders: .cmeMBO
    case .trades: .csvTrades
    case .quotes: .csvQuotes
    case .open: .csv
    }
  }
}
