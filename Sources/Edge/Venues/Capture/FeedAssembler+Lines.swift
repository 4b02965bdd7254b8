import MarketData
import TradingModel

/// What became of something that came over one of several lines.
enum LineOutcome {
  /// It is the first of its kind, and used, now or when its snapshot comes.
  case used
  /// Another line brought it before.
  case seen
  /// Kept until another line brings what lies before it.
  case ahead
  /// No line can bring what lies before it.
  case gap
}

// Arbitration: the same updates come over several lines, and whichever line brings one first is used.
extension FeedAssembler {
  /// Takes an update that came over `line`.
  ///
  /// - Parameter open: the lines that are open, a bit each.
  mutating func takeDepth(
    _ message: inout VenueMessage, over line: Int, open: UInt8, into buffer: inout RecordBuffer
  ) throws(FeedError) -> LineOutcome {
    let symbol = message.symbol
    let place = line * symbols.count + symbol
    let decision = symbols[symbol].synchronizer.decide(
      first: message.first, final: message.final, previous: message.previous,
      over: &positions[place])
    switch decision {
    case .apply:
      counts.applied += 1
      try emitBook(message, into: &buffer, isSnapshot: false)
      if symbols[symbol].aheadCount > 0 { try settle(message, into: &buffer) }
      return .used
    case .dropOld:
      counts.dropped += 1
      return .seen
    case .buffer: return keep(message) ? .used : .seen
    case .gap(let gap):
      let isKept = ahead.keep(message, line: line, restarts: positions[place].restarts)
      countAhead(symbol)
      if isKept, ahead.lines(aheadOf: symbol) & open != open { return .ahead }
      try giveUp(gap, message, into: &buffer)
      if !isKept { _ = keep(message) }
      return .gap
    }
  }

  /// Takes a whole book that came through the stream over `line`; what a good book holds already does
  /// not throw it back.
  mutating func takeSnapshot(
    _ message: inout VenueMessage, over line: Int, into buffer: inout RecordBuffer
  ) throws(FeedError) -> LineOutcome {
    let symbol = message.symbol
    let isNew = symbols[symbol].synchronizer.snapshot(
      message.final, over: &positions[line * symbols.count + symbol])
    guard isNew else {
      counts.dropped += 1
      return .seen
    }
    counts.applied += 1
    try emitBook(message, into: &buffer, isSnapshot: true)
    try announce(.synced, sequence: message.final, message, into: &buffer)
    if symbols[symbol].aheadCount > 0 { try settle(message, into: &buffer) }
    return .used
  }

  /// Offers what is ahead of the message's book to it again, as often as that helps.
  private mutating func settle(
    _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = message.symbol
    var isMoving = true
    while isMoving {
      isMoving = false
      var index = 0
      while index < ahead.count {
        let entry = ahead[index]
        guard entry.symbol == symbol else {
          index += 1
          continue
        }
        let decision = symbols[symbol].synchronizer.decide(
          first: entry.first, final: entry.final, previous: entry.previous,
          restarts: entry.restarts)
        switch decision {
        case .apply:
          counts.applied += 1
          isMoving = true
          try emitBook(
            symbol, ahead.levels(of: entry), entry.levelCount, sequence: entry.final,
            venueTime: entry.venueTime, receiveTime: message.receiveTime, isSnapshot: false,
            into: &buffer)
          ahead.remove(at: index)
        case .dropOld: ahead.remove(at: index)
        case .buffer, .gap: index += 1
        }
      }
    }
    countAhead(symbol)
  }

  private mutating func countAhead(_ symbol: Int) {
    var count = 0
    for index in 0..<ahead.count where ahead[index].symbol == symbol { count += 1 }
    symbols[symbol].aheadCount = count
  }

  /// Gives up what is missing of the message's symbol, when no line will bring it; nothing where
  /// nothing is.
  ///
  /// - Parameter open: the lines that are open and may still bring it, a bit each; 0 for none.
  /// - Returns: whether the book has a gap now.
  mutating func giveUp(
    unless open: UInt8, _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) -> Bool {
    let symbol = message.symbol
    guard symbols[symbol].aheadCount > 0 else { return false }
    if open != 0, ahead.lines(aheadOf: symbol) & open != open { return false }
    var gap = SequenceGap(last: symbols[symbol].synchronizer.last, foundFirst: 0, foundLast: .max)
    for index in 0..<ahead.count where ahead[index].symbol == symbol {
      let entry = ahead[index]
      if entry.final < gap.foundLast {
        (gap.foundFirst, gap.foundLast) = (entry.first, entry.final)
      }
    }
    try giveUp(gap, message, into: &buffer)
    return true
  }

  private mutating func giveUp(
    _ gap: SequenceGap, _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = message.symbol
    symbols[symbol].synchronizer.giveUp()
    forgetPositions(symbol)
    // They may fit the next snapshot, where that comes from beside the stream.
    forgetAhead(symbol, keeping: keepsUpdates)
    counts.gaps.append(gap)
    try announce(.gap, sequence: gap.last, message, into: &buffer)
  }

  /// Forgets what is ahead of a symbol's book.
  mutating func forgetAhead(_ symbol: Int, keeping: Bool = false) {
    guard symbols[symbol].aheadCount > 0 else { return }
    var index = 0
    while index < ahead.count {
      let entry = ahead[index]
      guard entry.symbol == symbol else {
        index += 1
        continue
      }
      if keeping {
        _ = symbols[symbol].hold(
          first: entry.first, final: entry.final, previous: entry.previous,
          venueTime: entry.venueTime, ahead.levels(of: entry), entry.levelCount, isSorted: true)
      } else {
        counts.discarded += 1
      }
      ahead.remove(at: index)
    }
    symbols[symbol].aheadCount = 0
  }

  /// Begins anew to count where each line is in a symbol's book.
  mutating func forgetPositions(_ symbol: Int) {
    for line in 0..<lineCount { positions[line * symbols.count + symbol] = LinePosition() }
  }

  /// A line is gone: where it was tells nothing of where it comes back.
  mutating func leave(_ line: Int, _ symbol: Int) {
    positions[line * symbols.count + symbol] = LinePosition()
  }

  /// Whether a line has brought updates of a symbol's book, numbered as the book is.
  func carries(_ line: Int, _ symbol: Int) -> Bool {
    positions[line * symbols.count + symbol].isInSequence(with: symbols[symbol].synchronizer)
  }

  /// Whether a line will carry a symbol's book as soon as the venue's numbers begin anew on it, as they
  /// did on another.
  func willCarry(_ line: Int, _ symbol: Int) -> Bool {
    positions[line * symbols.count + symbol].isBehindRestart(of: symbols[symbol].synchronizer)
  }
}
