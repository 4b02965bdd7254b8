import Engine
import Journal
import Strategies
import TradingCore
import TradingModel

/// What a journal tells a run that carries it on.
struct Past: ~Copyable {
  private(set) var core: TradingCore
  /// The first record of the run that was written last; nil when none came so far.
  private(set) var lastStart: RunStart?
  /// Those of the last run that was defined completely; nil when there was none.
  private(set) var definitions: RunDefinitions?
  /// The journal's first run, which names it.
  private(set) var firstRunID: UInt64?
  /// What the first run that was defined completely found on the accounts.
  private(set) var firstBalances: [AccountBalance] = []
  /// What of the accounts' positions is left alone: it is not in the books.
  private(set) var leftPositions: [ListingIndex: Int64] = [:]
  /// When that run began; 0 when there was none.
  private(set) var balancesTime: Timestamp = 0

  init(_ reader: inout JournalReader, _ registry: StrategyRegistry) throws {
    var recovery = Recovery(capacity: CoreCapacity(), registry: registry)
    var names = RunDefinitions()
    definitions = nil
    firstRunID = nil
    var startTime: Timestamp = 0
    while let record = try reader.next() {
      try recovery.take(record.base)
      try names.take(record.base)
      if record.kind == .runStart, firstRunID == nil {
        firstRunID = try RunStart(at: record.base).runID
      }
      if record.kind == .runStart { startTime = record.header.time }
      if record.kind == .positionAdjustment, let told = PositionAdjustment(at: record.base) {
        leftPositions[told.listing] =
          told.policy == .left ? told.quantity - told.quantityBefore : nil
      }
      if record.kind == .definitionsEnd {
        if definitions == nil { (firstBalances, balancesTime) = (names.balances, startTime) }
        definitions = names
      }
    }
    guard let recovered = recovery.finish() else {
      lastStart = nil
      core = TradingCore(capacity: CoreCapacity(), registry: registry)
      return
    }
    lastStart = recovered.lastStart
    core = recovered.takeCore()
  }

  consuming func takeCore() -> TradingCore { core }
}
