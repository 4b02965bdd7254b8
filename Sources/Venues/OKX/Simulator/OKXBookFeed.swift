import Exchange
import TradingModel

/// One of the book channels of one instrument: what was told of the book last, so that what follows is
/// the difference
/// (https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel).
final class OKXBookFeed {
  /// A book channel.
  struct Kind {
    var channel: String
    var depth: Int
    /// Between two messages, in milliseconds.
    var interval: Int64
    /// Whether differences follow a snapshot; otherwise every message is whole.
    var isIncremental: Bool
  }

  static let kinds = [
    Kind(channel: "books", depth: 400, interval: 100, isIncremental: true),
    Kind(channel: "books-l2-tbt", depth: 400, interval: 10, isIncremental: true),
    Kind(channel: "books50-l2-tbt", depth: 50, interval: 10, isIncremental: true),
    Kind(channel: "books5", depth: 5, interval: 100, isIncremental: false),
    Kind(channel: "bbo-tbt", depth: 1, interval: 10, isIncremental: false),
  ]

  let kind: Kind
  let instrument: InstrumentIndex
  private(set) var bids: [ExchangeLevel] = []
  private(set) var asks: [ExchangeLevel] = []
  /// The sequence number of what was told last.
  private(set) var sequence: UInt64 = 0
  private(set) var time: Timestamp = 0
  /// On the clock that does not step, of the last message.
  var sentAt: Int64 = 0

  init(_ kind: Kind, _ instrument: InstrumentIndex) {
    self.kind = kind
    self.instrument = instrument
  }

  /// Takes the book as it is now.
  ///
  /// - Returns: the levels that changed (quantity 0 where one is gone), bids from the highest and asks
  ///   from the lowest price.
  func take(_ snapshot: DepthSnapshot) -> (bids: [ExchangeLevel], asks: [ExchangeLevel]) {
    let changes = (
      Self.difference(bids, snapshot.bids, side: .buy),
      Self.difference(asks, snapshot.asks, side: .sell)
    )
    bids = snapshot.bids
    asks = snapshot.asks
    time = snapshot.time
    if !changes.0.isEmpty || !changes.1.isEmpty || sequence == 0 {
      sequence = snapshot.lastUpdateID
    }
    return changes
  }

  /// Both are sorted, best first.
  private static func difference(
    _ old: [ExchangeLevel], _ new: [ExchangeLevel], side: Side
  ) -> [ExchangeLevel] {
    var changes: [ExchangeLevel] = []
    var (i, j) = (0, 0)
    func isBetter(_ a: Int64, _ b: Int64) -> Bool { side == .buy ? a > b : a < b }
    while i < old.count || j < new.count {
      if j == new.count || (i < old.count && isBetter(old[i].price, new[j].price)) {
        var gone = old[i]
        gone.quantity = 0
        gone.orderCount = 0
        changes.append(gone)
        i += 1
      } else if i == old.count || isBetter(new[j].price, old[i].price) {
        changes.append(new[j])
        j += 1
      } else {
        if old[i] != new[j] { changes.append(new[j]) }
        i += 1
        j += 1
      }
    }
    return changes
  }
}

extension OKXCore {
  /// The books that are told every `interval` milliseconds.
  func publishBooks(every interval: Int64) {
    for feed in feeds where feed.kind.interval == interval {
      let topic = "\(feed.kind.channel):\(instrument(feed.instrument).id)"
      guard channels.hasListeners(topic) else { continue }
      let last = feed.sequence
      let changes = feed.take(exchange.snapshot(of: feed.instrument, limit: feed.kind.depth))
      let isStill = changes.bids.isEmpty && changes.asks.isEmpty
      // Whoever listens is told at least once a minute.
      if isStill, now.monotonic - feed.sentAt < 60_000_000_000 { continue }
      feed.sentAt = now.monotonic
      if feed.kind.isIncremental {
        let data = bookData(feed, changes.bids, changes.asks, after: Int64(clamping: last))
        channels.publish(topic, action: "update") { data }
      } else if !isStill {
        channels.publish(topic) { topData(feed) }
      }
    }
  }

  /// Sends a new listener the book as the others know it; the next difference follows it.
  func beginBook(_ subscription: OKXSubscription) {
    guard
      let feed = feeds.first(where: { feed in
        feed.kind.channel == subscription.channel
          && instrument(feed.instrument).id == subscription.instrumentID
      })
    else { return }
    if channels.listeners(subscription.topic).count <= 1 {
      _ = feed.take(exchange.snapshot(of: feed.instrument, limit: feed.kind.depth))
      feed.sentAt = now.monotonic
    }
    if feed.kind.isIncremental {
      subscription.push(bookData(feed, feed.bids, feed.asks, after: -1), action: "snapshot")
    } else {
      subscription.push(topData(feed))
    }
  }

  private func bookData(
    _ feed: OKXBookFeed, _ bids: [ExchangeLevel], _ asks: [ExchangeLevel], after previous: Int64
  ) -> String {
    let index = feed.instrument
    let checksum =
      sendsChecksums
      ? OKXChecksum.of(
        bids: feed.bids.prefix(OKXChecksum.levelsMax).map { printed($0, index) }[...],
        asks: feed.asks.prefix(OKXChecksum.levelsMax).map { printed($0, index) }[...]) : 0
    return #"[{"asks":\#(levels(asks, index)),"bids":\#(levels(bids, index)),"#
      + #""ts":"\#(OKXTime.text(feed.time))","checksum":\#(checksum),"#
      + #""prevSeqId":\#(previous),"seqId":\#(feed.sequence)}]"#
  }

  private func topData(_ feed: OKXBookFeed) -> String {
    let index = feed.instrument
    let id = feed.kind.depth > 1 ? #""instId":"\#(instrument(index).id)","# : ""
    return #"[{"asks":\#(levels(feed.asks, index)),"bids":\#(levels(feed.bids, index)),"#
      + id + #""ts":"\#(OKXTime.text(feed.time))","seqId":\#(feed.sequence)}]"#
  }

  private func printed(
    _ level: ExchangeLevel, _ index: InstrumentIndex
  ) -> (price: String, size: String) {
    (price(level.price, index), quantity(level.quantity, index))
  }

  /// Levels as `[price, size, "0", orders]`.
  func levels(_ levels: [ExchangeLevel], _ index: InstrumentIndex) -> String {
    let texts = levels.map { level in
      let (price, size) = printed(level, index)
      return #"["\#(price)","\#(size)","0","\#(level.orderCount)"]"#
    }
    return "[" + texts.joined(separator: ",") + "]"
  }
}
