import MarketData
import TradingModel

// Writing records: each carries the message's receive time and sequence 0.
extension FeedAssembler {
  /// The message's levels as a `BookUpdate`.
  mutating func emitBook(
    _ message: borrowing VenueMessage, into buffer: inout RecordBuffer, isSnapshot: Bool
  ) throws(FeedError) {
    try emitBook(
      message.symbol, UnsafeRawPointer(message.levels.base), message.levels.count,
      sequence: message.final, venueTime: message.venueTime, receiveTime: message.receiveTime,
      isSnapshot: isSnapshot, into: &buffer)
  }

  /// `count` packed levels as a `BookUpdate`, now or, merged with others, when the session is no longer
  /// behind.
  mutating func emitBook(
    _ symbol: Int, _ levels: UnsafeRawPointer, _ count: Int, sequence: UInt64,
    venueTime: Timestamp, receiveTime: Timestamp, isSnapshot: Bool, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    if isConflating, !isSnapshot {
      conflated.wait(symbol)
      merge(symbol, levels, count)
      conflated.books[symbol].sequence = sequence
      conflated.books[symbol].venueTime = venueTime
      conflated.books[symbol].receiveTime = receiveTime
      if conflated.books[symbol].count >= ConflatedRecords.levelCountMax {
        try tellBook(symbol, into: &buffer)
      }
      return
    }
    if isConflating { try tell(symbol, into: &buffer) }
    let record = try bookRecord(
      symbol, count, sequence: sequence, venueTime: venueTime, receiveTime: receiveTime,
      isSnapshot: isSnapshot, in: &buffer)
    (record + BookUpdate.levelsOffset).copyMemory(
      from: levels, byteCount: count * LevelChange.byteCount)
  }

  private func bookRecord(
    _ symbol: Int, _ count: Int, sequence: UInt64, venueTime: Timestamp, receiveTime: Timestamp,
    isSnapshot: Bool, in buffer: inout RecordBuffer
  ) throws(FeedError) -> UnsafeMutableRawPointer {
    let record = try Self.room(
      in: &buffer, .bookUpdate, BookUpdate.byteCount(levelCount: count), receiveTime)
    BookUpdate(
      listing: symbols[symbol].listing, isSnapshot: isSnapshot, levelCount: count,
      venueSequence: sequence, venueTime: venueTime
    ).store(at: record)
    return record
  }

  /// The message's trades, in their order.
  func emitTrades(
    _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    for index in message.trades.indices {
      var trade = message.trades[index]
      trade.listing = symbols[message.symbol].listing
      let record = try Self.room(in: &buffer, .trade, Trade.byteCount, message.receiveTime)
      trade.store(at: record)
    }
  }

  /// The message's quote; while the session is behind, the last of them when it no longer is.
  mutating func emitQuote(
    _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = message.symbol
    var quote = message.quote
    quote.listing = symbols[symbol].listing
    if isConflating {
      conflated.wait(symbol)
      conflated.quotes[symbol] = ConflatedRecords.Quote(
        quote: quote, receiveTime: message.receiveTime,
        count: conflated.quotes[symbol].count + 1)
      return
    }
    let record = try Self.room(in: &buffer, .bestQuote, BestQuote.byteCount, message.receiveTime)
    quote.store(at: record)
  }

  /// What the message tells of a contract.
  func emitContract(
    _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    var update = message.contract
    update.listing = symbols[message.symbol].listing
    update.venueTime = message.venueTime
    let record = try Self.room(
      in: &buffer, .contractUpdate, ContractUpdate.byteCount, message.receiveTime)
    update.store(at: record)
  }

  /// A change of state, where consumers do not know it yet.
  mutating func announce(
    _ state: FeedState, sequence: UInt64, _ message: borrowing VenueMessage,
    into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = message.symbol
    guard symbols[symbol].announced != state else { return }
    if isConflating { try tell(symbol, into: &buffer) }
    symbols[symbol].announced = state
    let record = try Self.room(in: &buffer, .feedStatus, FeedStatus.byteCount, message.receiveTime)
    FeedStatus(
      listing: symbols[symbol].listing, state: state, venueSequence: sequence,
      venueTime: message.venueTime
    ).store(at: record)
  }

  private static func room(
    in buffer: inout RecordBuffer, _ kind: RecordKind, _ byteCount: Int, _ time: Timestamp
  ) throws(FeedError) -> UnsafeMutableRawPointer {
    let record = buffer.append(kind: kind, byteCount: byteCount, isOutput: false, time: time)
    guard let record else { throw .bufferTooSmall(needed: byteCount, room: buffer.room) }
    return record
  }
}

// Conflation: while a session is behind, updates of a book become one, of best quotes the last is kept.
// Trades never wait, and a snapshot or a change of state comes behind what was before it.
extension FeedAssembler {
  private func merge(_ symbol: Int, _ levels: UnsafeRawPointer, _ count: Int) {
    for index in 0..<count {
      conflated.books[symbol].set(LevelChange(at: levels + index * LevelChange.byteCount))
    }
    conflated.books[symbol].updateCount += 1
  }

  /// Writes all that was kept back; gives how many updates and quotes were saved.
  mutating func tellAll(into buffer: inout RecordBuffer) throws(FeedError) -> Int {
    var saved = 0
    for index in 0..<conflated.waiting.count {
      let symbol = conflated.waiting[index]
      saved += max(0, conflated.books[symbol].updateCount - 1)
      saved += max(0, conflated.quotes[symbol].count - 1)
      try tell(symbol, into: &buffer)
    }
    conflated.removeAll()
    return saved
  }

  /// Forgets what was kept back and could not be written; gives its symbols.
  mutating func dropUntold() -> [Int] {
    var symbols: [Int] = []
    for index in 0..<conflated.waiting.count {
      let symbol = conflated.waiting[index]
      if conflated.books[symbol].updateCount > 0 { symbols.append(symbol) }
      conflated.books[symbol].removeAll()
      conflated.quotes[symbol].count = 0
    }
    conflated.removeAll()
    return symbols
  }

  /// Writes what was kept back of a symbol.
  private func tell(_ symbol: Int, into buffer: inout RecordBuffer) throws(FeedError) {
    try tellBook(symbol, into: &buffer)
    let kept = conflated.quotes[symbol]
    guard kept.count > 0 else { return }
    let record = try Self.room(in: &buffer, .bestQuote, BestQuote.byteCount, kept.receiveTime)
    kept.quote.store(at: record)
    conflated.quotes[symbol].count = 0
  }

  private func tellBook(_ symbol: Int, into buffer: inout RecordBuffer) throws(FeedError) {
    let count = conflated.books[symbol].count
    guard conflated.books[symbol].updateCount > 0 else { return }
    let record = try bookRecord(
      symbol, count, sequence: conflated.books[symbol].sequence,
      venueTime: conflated.books[symbol].venueTime,
      receiveTime: conflated.books[symbol].receiveTime, isSnapshot: false, in: &buffer)
    for index in 0..<count {
      conflated.books[symbol][index].store(
        at: record + BookUpdate.levelsOffset + index * LevelChange.byteCount)
    }
    conflated.books[symbol].removeAll()
  }
}
