import MarketData
import TradingModel

/// What a feed has read and decided so far.
public struct FeedCounts: Equatable, Sendable {
  /// Lines read, whatever was in them.
  public internal(set) var lines = 0
  /// Messages of the followed symbols by `MessageKind`; everything else is `.other`.
  public internal(set) var messages = [Int](repeating: 0, count: MessageKind.allCases.count)
  /// Book updates of the stream that went into a book.
  public internal(set) var applied = 0
  /// Book updates that a book held already, by the venue's rule.
  public internal(set) var dropped = 0
  /// Book updates that came while the book was unsynced and will not be used, because the next
  /// snapshot comes through the same stream.
  public internal(set) var discarded = 0
  /// Snapshots that name no symbol in a capture of several: not used.
  public internal(set) var unattributedSnapshots = 0
  /// Every gap, in order.
  public internal(set) var gaps: [SequenceGap] = []
  /// Messages whose receive time is before the one in front of them.
  public internal(set) var timeWentBack = 0
  /// Order-by-order: ends of events, those with the best bid at or above the best ask, records the
  /// book refused, and the sum of fills of resting
  /// orders in quantity units.
  public internal(set) var orderEvents = 0
  public internal(set) var crossedEventEnds = 0
  public internal(set) var refusedOrders = 0
  public internal(set) var filledQuantity: Int128 = 0

  public init() {}

  /// Messages of one kind.
  public func messageCount(_ kind: MessageKind) -> Int { messages[Int(kind.rawValue)] }
}
