import MarketData
import TradingModel

/// What a message of a market stream is to its session.
enum StreamMessage: Equatable {
  /// Market data, decoded.
  case data
  /// The answer to a subscription: it stands.
  case acknowledged
  /// The venue refuses what we asked for, in its words.
  case refused(String)
  /// The venue's checksum of the book is not ours: its symbol is in the message, and joins anew.
  case inconsistent
  /// A message of a kind that is not needed.
  case other
}

/// What differs between venues in following a market; `MarketSession` is the rest.
protocol MarketDialect {
  /// For people.
  var name: String { get }
  /// Whose addresses it uses.
  var environment: VenueEnvironment { get }
  /// The stream first; then, where snapshots are asked for beside it, the channel for that.
  var channels: [SessionChannel] { get }
  var rule: SequenceRule { get }
  /// How many subscription messages may be sent in a second.
  var subscriptionsPerSecond: Int { get }
  /// What a snapshot costs; nil where snapshots come through the stream.
  var snapshotCost: RequestCost? { get }
  /// What is said over the stream to keep it open; nil where the protocol's pings do.
  var heartbeat: StreamHeartbeat? { get }

  /// Writes the next subscription message for `symbols[start...]`.
  ///
  /// - Returns: how many symbols it covers.
  mutating func writeSubscription(
    _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int
  /// Streams that the venue serves at other addresses than the first, by their places in `channels`:
  /// trades and prices, while books come by the first.
  var sideStreams: [Int] { get }
  /// Writes the next subscription message over a side stream, as `writeSubscription` does over the first.
  mutating func writeSubscription(
    over channel: Int, _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int
  /// Decodes a message of a stream.
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError) -> StreamMessage
  /// Writes what makes the stream tell the whole book of a symbol again, as messages one behind the
  /// other, each ended by a line feed: leave and subscribe. Nothing where snapshots are asked for.
  mutating func writeRenewal(_ symbol: SymbolScale, into text: inout [UInt8])
  /// The target of a request for a snapshot of `symbol`.
  func snapshotTarget(_ symbol: String) -> String
  /// Decodes a snapshot of symbol `index`.
  mutating func decodeSnapshot(
    _ bytes: UnsafeRawBufferPointer, index: Int, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError)
  /// Takes over what the venue says of our limits in an answer; gives until when we are shut out.
  mutating func observeLimits(
    _ answer: SessionAnswer, _ budget: inout RateBudget, at now: Timestamp)
}

/// A text that is said over a stream again and again.
struct StreamHeartbeat {
  var text: String
  /// Nanoseconds.
  var interval: Int64
}

// Of venues with one stream.
extension MarketDialect {
  var sideStreams: [Int] { [] }
  mutating func writeSubscription(
    over channel: Int, _ symbols: [SymbolScale], from start: Int, into text: inout [UInt8]
  ) -> Int { symbols.count }
}

// Of venues whose snapshots are asked for.
extension MarketDialect {
  var heartbeat: StreamHeartbeat? { nil }
  mutating func writeRenewal(_ symbol: SymbolScale, into text: inout [UInt8]) {}
}

// Of venues whose snapshots come through the stream.
extension MarketDialect {
  var snapshotCost: RequestCost? { nil }
  func snapshotTarget(_ symbol: String) -> String { "" }
  mutating func decodeSnapshot(
    _ bytes: UnsafeRawBufferPointer, index: Int, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError) { throw ScanError(0, "no answer: snapshots come through the stream") }
  mutating func observeLimits(
    _ answer: SessionAnswer, _ budget: inout RateBudget, at now: Timestamp
  ) {}
}
