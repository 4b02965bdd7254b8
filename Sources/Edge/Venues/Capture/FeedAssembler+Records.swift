import MarketData
import TradingModel

// Writing records: each carries the message's receive time and sequence 0.
extension FeedAssembler {
  /// The message's levels as a `BookUpdate`.
  func emitBook(
    _ message: borrowing VenueMessage, into buffer: inout RecordBuffer, isSnapshot: Bool
  ) throws(FeedError) {
    let count = message.levels.count
    let record = try Self.room(
      in: &buffer, .bookUpdate, BookUpdate.byteCount(levelCount: count), message.receiveTime)
    BookUpdate(
      listing: symbols[message.symbol].listing, isSnapshot: isSnapshot, levelCount: count,
      venueSequence: message.final, venueTime: message.venueTime
    ).store(at: record)
    (record + BookUpdate.levelsOffset).copyMemory(
      from: message.levels.base, byteCount: count * LevelChange.byteCount)
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

  /// The message's quote.
  func emitQuote(
    _ message: borrowing VenueMessage, into buffer: inout RecordBuffer
  ) throws(FeedError) {
    var quote = message.quote
    quote.listing = symbols[message.symbol].listing
    let record = try Self.room(in: &buffer, .bestQuote, BestQuote.byteCount, message.receiveTime)
    quote.store(at: record)
  }

  /// A change of state, where consumers do not know it yet.
  mutating func announce(
    _ state: FeedState, sequence: UInt64, _ message: borrowing VenueMessage,
    into buffer: inout RecordBuffer
  ) throws(FeedError) {
    let symbol = message.symbol
    guard symbols[symbol].announced != state else { return }
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
