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
  /// What an instrument is taken for where nobody defines it; nil where that would make money wrong,
  /// because a contract's size is not in a capture.
  public let assumedContract: ContractKind?
  /// What counts as an update of a book beside the common, for help texts: "a snapshot of ...".
  public let countedUpdate: String?
  /// What does not, though it holds a book.
  public let uncountedUpdate: String?
  let content: CaptureContent

  /// A kind of a venue's own messages, one a line.
  init(
    _ name: String, _ frames: FrameDecoder.Type, rule: SequenceRule, keepsUpdates: Bool = true,
    assumedContract: ContractKind?, countedUpdate: String? = nil, uncountedUpdate: String? = nil
  ) {
    self.name = name
    sequenceRule = rule
    self.keepsUpdates = keepsUpdates
    self.assumedContract = assumedContract
    self.countedUpdate = countedUpdate
    self.uncountedUpdate = uncountedUpdate
    content = .frames(frames)
  }

  private init(_ name: String, _ table: TableKind, assumedContract: ContractKind?) {
    self.name = name
    sequenceRule = .wholeBooks
    keepsUpdates = true
    self.assumedContract = assumedContract
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
  public static let cmeMBO = FeedKind("cme-mbo", .orders, assumedContract: nil)
  public static let csvTrades = FeedKind("csv-trades", .trades, assumedContract: .linear)
  public static let csvQuotes = FeedKind("csv-quotes", .quotes, assumedContract: .linear)
  /// Trades or quotes, told apart by the header.
  public static let csv = FeedKind("csv", .open, assumedContract: .linear)

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
