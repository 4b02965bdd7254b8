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
  /// When it began; 0 when there was none.
  private(set) var firstTime: Timestamp = 0
  /// What it found on the accounts.
  private(set) var firstBalances: [AccountBalance] = []

  init(_ reader: inout JournalReader, _ registry: StrategyRegistry) throws {
    var recovery = Recovery(capacity: CoreCapacity(), registry: registry)
    var names = RunDefinitions()
    definitions = nil
    firstRunID = nil
    while let record = try reader.next() {
      try recovery.take(record.base)
      try names.take(record.base)
      if record.kind == .runStart, firstRunID == nil {
        firstRunID = try RunStart(at: record.base).runID
        firstTime = record.header.time
      }
      if record.kind == .definitionsEnd {
        if definitions == nil { firstBalances = names.balances }
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
