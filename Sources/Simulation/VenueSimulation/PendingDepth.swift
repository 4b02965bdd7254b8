import Exchange

/// Changes of a book that were not sent yet, for both speeds of the difference streams.
struct PendingDepth {
  /// Levels that changed since the last message, by side and price.
  struct Changes {
    var first: UInt64?
    var last: UInt64 = 0
    var bids: [Int64: Int64] = [:]
    var asks: [Int64: Int64] = [:]

    mutating func add(_ event: DepthEvent) {
      if first == nil { first = event.firstUpdateID }
      last = event.lastUpdateID
      for change in event.changes {
        if change.side == .buy {
          bids[change.price] = change.quantity
        } else {
          asks[change.price] = change.quantity
        }
      }
    }
  }

  var fast = Changes()
  var slow = Changes()
  /// The update id of the top levels that were sent last, by stream name.
  var sentTops: [String: UInt64] = [:]
}
