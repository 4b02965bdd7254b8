import MarketData
import TradingModel

/// Turns decoded messages into records, after the venue's sequence rules: what captures and live
/// sessions have in common.
///
/// A book's updates begin with a snapshot; updates that came before it are offered to the venue's rule
/// when it comes, and those that fit follow it, one each call of `replayOne`. A gap is announced by a
/// `FeedStatus`, and nothing more of that book is given before the next snapshot.
struct FeedAssembler: ~Copyable {
  var counts = FeedCounts()
  var symbols: [FollowedSymbol]
  /// Snapshots come beside the stream, and updates are kept for them; otherwise they come through it,
  /// and an update that does not fit is of no use.
  let keepsUpdates: Bool
  /// Over how many lines the same updates come; the places of each, line by line, and what is ahead.
  let lineCount: Int
  var positions: [LinePosition]
  var ahead: AheadUpdates
  /// What is kept back while a session is behind.
  var conflated: ConflatedRecords
  var isConflating = false
  /// The symbol whose held updates are being offered again; -1 for none.
  private(set) var replaying = -1

  /// - Parameter keepsUpdates: whether snapshots come beside the stream.
  init(
    following scales: [SymbolScale], rule: SequenceRule, keepsUpdates: Bool, lineCount: Int = 1
  ) {
    symbols = scales.map { FollowedSymbol(scale: $0, rule: rule, isShared: lineCount > 1) }
    self.lineCount = lineCount
    positions = Array(repeating: LinePosition(), count: lineCount * scales.count)
    ahead = AheadUpdates(isUsed: lineCount > 1)
    conflated = ConflatedRecords(symbolCount: scales.count)
    self.keepsUpdates = keepsUpdates
  }

  /// Whether the book of a symbol continues.
  func isSynced(_ symbol: Int) -> Bool { symbols[symbol].synchronizer.state == .synced }

  /// The number of the last update that the book of a symbol has.
  func lastUpdate(_ symbol: Int) -> UInt64 { symbols[symbol].synchronizer.last }

  /// Nothing continues the book of a symbol before the next snapshot, and what was kept is of no use.
  mutating func lose(_ symbol: Int) {
    symbols[symbol].synchronizer.disconnect()
    symbols[symbol].held = []
    symbols[symbol].heldIndex = 0
    forgetAhead(symbol)
    forgetPositions(symbol)
    if replaying == symbol { replaying = -1 }
  }

  /// Updates kept for a snapshot that has not come.
  var heldUpdateCount: Int {
    symbols.reduce(0) { $0 + $1.held.count - min($1.heldIndex, $1.held.count) }
  }

  mutating func takeDepth(
    _ message: inout VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = message.symbol
    let decision = symbols[symbol].synchronizer.decide(
      first: message.first, final: message.final, previous: message.previous)
    switch decision {
    case .apply:
      counts.applied += 1
      try emitBook(message, into: &buffer, isSnapshot: false)
    case .dropOld: counts.dropped += 1
    case .buffer: _ = keep(message)
    case .gap(let gap):
      try noteGap(gap, message, into: &buffer)
      _ = keep(message)
    }
  }

  /// Keeps an update for the next snapshot, where that comes from beside the stream; false when it is
  /// kept already.
  mutating func keep(_ message: borrowing VenueMessage) -> Bool {
    guard keepsUpdates else {
      counts.discarded += 1
      return true
    }
    return symbols[message.symbol].hold(
      first: message.first, final: message.final, previous: message.previous,
      venueTime: message.venueTime, UnsafeRawPointer(message.levels.base), message.levels.count,
      isSorted: lineCount > 1)
  }

  private mutating func noteGap(
    _ gap: SequenceGap, _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    counts.gaps.append(gap)
    try announce(.gap, sequence: gap.last, message, into: &buffer)
  }

  mutating func takeSnapshot(
    _ message: inout VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = message.symbol
    symbols[symbol].synchronizer.snapshot(message.final)
    if !keepsUpdates { counts.applied += 1 }
    try emitBook(message, into: &buffer, isSnapshot: true)
    try announce(.synced, sequence: message.final, message, into: &buffer)
    if !symbols[symbol].held.isEmpty {
      symbols[symbol].heldIndex = 0
      replaying = symbol
    }
  }

  /// Offers one held update again.
  mutating func replayOne(
    _ message: inout VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = replaying
    let index = symbols[symbol].heldIndex
    let update = symbols[symbol].held[index]
    symbols[symbol].heldIndex += 1
    let decision = symbols[symbol].synchronizer.decide(
      first: update.first, final: update.final, previous: update.previous)
    switch decision {
    case .apply:
      counts.applied += 1
      Self.restore(update, symbol, into: &message)
      try emitBook(message, into: &buffer, isSnapshot: false)
    case .dropOld: counts.dropped += 1
    case .buffer: break
    case .gap(let gap):
      Self.restore(update, symbol, into: &message)
      try noteGap(gap, message, into: &buffer)
      // This one and those behind it may fit the next snapshot.
      symbols[symbol].held.removeFirst(index)
      symbols[symbol].heldIndex = symbols[symbol].held.count
    }
    if symbols[symbol].heldIndex == symbols[symbol].held.count {
      if symbols[symbol].synchronizer.state == .synced { symbols[symbol].held = [] }
      replaying = -1
    }
  }

  private static func restore(
    _ update: HeldUpdate, _ symbol: Int, into message: inout VenueMessage
  ) {
    message.levels.removeAll()
    for level in update.levels { message.levels.append(level) }
    message.symbol = symbol
    message.final = update.final
    message.venueTime = update.venueTime
  }

  mutating func takeBook(
    _ message: inout VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    symbols[message.symbol].synchronizer.snapshot(message.final)
    counts.applied += 1
    try emitBook(message, into: &buffer, isSnapshot: true)
    try announce(.synced, sequence: message.final, message, into: &buffer)
  }
}
