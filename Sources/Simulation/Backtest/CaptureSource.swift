import Engine
import TradingModel
import Venues

/// One recorded feed as it reaches a run: each record is at the venue `latency` before the core has
/// it, which is at the capture's receive time.
public final class CaptureSource {
  private var feed: CaptureFeed
  private var read: RecordBuffer
  private var readOffset = 0
  private var waiting = RecordQueue()
  private var isEnded = false
  private var lastTime = Timestamp.min
  /// How long before its arrival a record happened at the venue. ns.
  public let latency: Int64
  /// Messages read so far, for progress.
  public var lineCount: Int { feed.counts.lines }
  /// What the feed has counted.
  public var counts: FeedCounts { feed.counts }

  public init(_ feed: consuming CaptureFeed, latency: Int64) {
    self.feed = feed
    self.latency = latency
    read = RecordBuffer(capacity: CaptureFeed.recordCapacity)
  }

  /// When the next record happens at the venue; `Timestamp.max` at the end of the capture.
  public func nextVenueTime() throws(FeedError) -> Timestamp {
    try fill()
    guard readOffset < read.byteCount else { return .max }
    return max(lastTime, RecordHeader(at: read.base + readOffset).time) - latency
  }

  /// When the core receives the next record; `Timestamp.max` when none is under way.
  public var nextArrival: Timestamp { waiting.first.map { RecordHeader(at: $0).time } ?? .max }

  /// Gives the next record to `venue`, and sends it on its way to the core.
  public func publish(_ venue: (UnsafeRawPointer) -> Void) {
    let record = read.base + readOffset
    let header = RecordHeader(at: record)
    lastTime = max(lastTime, header.time)
    // A capture whose clock stepped back still arrives in the order it was written.
    record.storeSigned64(lastTime, 16)
    venue(UnsafeRawPointer(record))
    // Best quotes are for the venue's model; the core follows the depth.
    if header.kind != RecordKind.bestQuote.rawValue {
      waiting.push(record, byteCount: Int(header.byteCount))
    }
    readOffset += Int(header.byteCount)
  }

  /// The record the core receives next.
  var arriving: UnsafeMutableRawPointer? { waiting.first }

  func removeArrived() { waiting.removeFirst() }

  private func fill() throws(FeedError) {
    while readOffset == read.byteCount, !isEnded {
      read.removeAll()
      readOffset = 0
      isEnded = try !feed.next(into: &read)
    }
  }
}

/// Several feeds in the order in which a run received them: by time, then by the feeds' order. What a
/// replay of a backtest's journal reads in place of market records.
public final class CaptureMerge: MarketSource {
  private let sources: [CaptureSource]
  private var last: Int?

  public init(_ sources: [CaptureSource]) { self.sources = sources }

  public func next() throws -> UnsafeMutableRawPointer? {
    while true {
      if let last { sources[last].removeArrived() }
      last = nil
      // A source's next arrival is known once it has something under way.
      for source in sources {
        while source.nextArrival == .max, try source.nextVenueTime() != .max {
          source.publish { _ in }
        }
      }
      guard let index = Self.earliest(sources) else { return nil }
      last = index
      guard let record = sources[index].arriving else { return nil }
      // Feed states are control records, and in the journal themselves.
      if RecordKind(rawValue: record.load(fromByteOffset: 4, as: UInt16.self))?.isMarket == true {
        return record
      }
    }
  }

  static func earliest(_ sources: [CaptureSource]) -> Int? {
    var found: Int?
    for index in sources.indices where sources[index].nextArrival != .max {
      if let current = found, sources[current].nextArrival <= sources[index].nextArrival {
        continue
      }
      found = index
    }
    return found
  }
}
