import MarketData
import TradingModel
import Venues

/// One run of `needletail book`: the feed, the followed book, the points to print.
struct BookRun: ~Copyable {
  private let options: BookOptions
  private let listing: Listing
  private var feed: CaptureFeed
  private var book: FollowedBook
  private var buffer = RecordBuffer(capacity: CaptureFeed.recordCapacity)
  private var output: BookLine
  private var nextPoint = 0
  private var printed: UInt64 = 0
  private var tradeCount = 0
  private var tradedQuantity: Int128 = 0
  private var tradedNotional: Int128 = 0
  private let symbolName: String
  private let truncations: [CaptureTruncation]

  init(
    options: BookOptions, listing: Listing, scale: SymbolScale, survey: CaptureSurvey,
    descriptor: Int32
  ) throws(FeedError) {
    self.options = options
    self.listing = listing
    output = BookLine(descriptor: descriptor)
    symbolName = scale.symbol.isEmpty ? options.symbol ?? "" : scale.symbol
    truncations = survey.truncations
    feed = try CaptureFeed(survey: survey, following: [scale])
    book = FollowedBook(listing: listing)
  }

  /// Follows the capture to its end and prints what was asked for.
  ///
  /// - Returns: the errno of a failed write, or 0.
  /// - Throws: `FeedError`, with every point before the fault printed.
  mutating func run() throws(FeedError) -> Int32 {
    do throws(FeedError) {
      while try feed.next(into: &buffer) {
        applyRecords()
        if output.failure != 0 { return output.failure }
      }
      // A feed may leave records with its last answer.
      applyRecords()
    } catch {
      applyRecords()
      output.flush()
      throw error
    }
    if options.last { printPoint(isLast: true) }
    printTotals()
    output.flush()
    return output.failure
  }

  /// Updates so far, as `--at` counts them.
  private var updateCount: UInt64 {
    feed.kind.isOrderByOrder
      ? UInt64(feed.counts.messageCount(.order)) : UInt64(feed.counts.applied)
  }

  private mutating func applyRecords() {
    var offset = 0
    while offset < buffer.byteCount {
      let record = UnsafeRawPointer(buffer.base + offset)
      let header = RecordHeader(at: record)
      switch RecordKind(rawValue: header.kind) {
      case .bookUpdate: book.apply(update: record)
      case .trade:
        book.apply(trade: record)
        addTrade(Trade(at: record))
      case .feedStatus: if let status = FeedStatus(at: record) { applyStatus(status) }
      default: break
      }
      offset += Int(header.byteCount)
    }
    buffer.removeAll()
    printDuePoints()
  }

  private mutating func applyStatus(_ status: FeedStatus) {
    book.apply(status)
    guard status.state == .gap, let gap = feed.counts.gaps.last else { return }
    printForPeople(
      "gap: the book holds up to \(gap.last), the next update is \(gap.foundFirst) to "
        + "\(gap.foundLast); unsynced until the next snapshot")
  }

  private mutating func addTrade(_ trade: Trade) {
    tradeCount += 1
    tradedQuantity += Int128(trade.quantity)
    tradedNotional += Int128(trade.price) * Int128(trade.quantity)
  }

  private mutating func printDuePoints() {
    let count = updateCount
    guard count > printed else { return }
    printed = count
    if options.every > 0, count % options.every == 0 { printPoint() }
    while nextPoint < options.points.count, options.points[nextPoint] <= count {
      printPoint()
      nextPoint += 1
    }
  }

  // MARK: Lines

  private mutating func printPoint(isLast: Bool = false) {
    let order = feed.orderRecord
    let sequence = order?.sequence ?? book.venueSequence
    output.raw("{")
    output.key("update", isFirst: true)
    output.number(updateCount)
    output.key("sequence")
    output.number(sequence)
    output.key("exchange_time_ns")
    output.number(order?.venueTime ?? book.venueTime)
    output.key("receive_time_ns")
    output.number(order?.receiveTime ?? book.updateTime)
    for side in Side.allCases {
      output.key(side == .buy ? "bids" : "asks")
      output.raw("[")
      if feed.kind.isOrderByOrder { printOrderLevels(side) } else { printLevels(side) }
      output.raw("]")
    }
    output.key("synced")
    output.boolean(book.isSynced)
    output.key("crossed")
    output.boolean(isCrossed)
    output.raw("}")
    output.end()
  }

  private var isCrossed: Bool {
    feed.kind.isOrderByOrder ? feed.withOrderBook { $0.isCrossed } : book.isCrossed
  }

  private mutating func printLevels(_ side: Side) {
    var left = options.levels
    var level = left > 0 ? book.best(side) : nil
    while let current = level {
      printLevel(current, orderCount: nil, isFirst: left == options.levels)
      left -= 1
      level = left > 0 ? book.next(after: current.price, side) : nil
    }
  }

  private mutating func printOrderLevels(_ side: Side) {
    var left = options.levels
    var price = left > 0 ? feed.withOrderBook { $0.bestPrice(side) } : nil
    while let current = price {
      let level = feed.withOrderBook { $0.level(at: current, side) }
      printLevel(
        BookLevel(price: current, quantity: level?.quantity ?? 0),
        orderCount: options.showsOrders ? level?.orderCount : nil, isFirst: left == options.levels)
      left -= 1
      price = left > 0 ? feed.withOrderBook { $0.nextPrice(after: current, side) } : nil
    }
  }

  private mutating func printLevel(_ level: BookLevel, orderCount: Int32?, isFirst: Bool) {
    output.raw(isFirst ? "[" : ",[")
    output.decimal(Int128(level.price), Int(listing.priceDecimals))
    output.raw(",")
    output.decimal(Int128(level.quantity), Int(listing.quantityDecimals))
    if let orderCount {
      output.raw(",")
      output.number(orderCount)
    }
    output.raw("]")
  }
}

// MARK: - Totals

extension BookRun {
  private mutating func printTotals() {
    output.raw("{\"totals\":{")
    output.key("feed", isFirst: true)
    output.text(feed.kind.name)
    output.key("symbol")
    output.text(symbolName)
    printMessages()
    output.key("applied")
    output.number(updateCount)
    output.key("dropped")
    output.number(feed.counts.dropped)
    output.key("discarded")
    output.number(feed.counts.discarded)
    output.key("held")
    output.number(feed.heldUpdateCount)
    printGaps()
    printTruncations()
    printBook()
    output.key("trades")
    output.number(tradeCount)
    output.key("traded_quantity")
    output.decimal(tradedQuantity, Int(listing.quantityDecimals))
    output.key("traded_notional")
    output.decimal(
      tradedNotional, Int(listing.priceDecimals) + Int(listing.quantityDecimals))
    output.raw("}}")
    output.end()
  }

  private mutating func printMessages() {
    output.key("lines")
    output.number(feed.counts.lines)
    output.key("messages")
    output.raw("{")
    var isFirst = true
    for kind in MessageKind.allCases where feed.counts.messageCount(kind) > 0 {
      if !isFirst { output.raw(",") }
      isFirst = false
      output.text(kind.name)
      output.raw(":")
      output.number(feed.counts.messageCount(kind))
    }
    output.raw("}")
  }

  private mutating func printGaps() {
    output.key("gaps")
    output.number(feed.counts.gaps.count)
    output.key("gap_list")
    output.raw("[")
    for (index, gap) in feed.counts.gaps.enumerated() {
      output.raw(index == 0 ? "{" : ",{")
      output.key("last", isFirst: true)
      output.number(gap.last)
      output.key("found_first")
      output.number(gap.foundFirst)
      output.key("found_last")
      output.number(gap.foundLast)
      output.raw("}")
    }
    output.raw("]")
  }

  private mutating func printTruncations() {
    output.key("truncated")
    output.raw("[")
    for (index, truncation) in truncations.enumerated() {
      output.raw(index == 0 ? "{" : ",{")
      output.key("file", isFirst: true)
      output.text(truncation.file)
      output.key("line")
      output.number(truncation.line)
      output.raw("}")
    }
    output.raw("]")
  }

  private mutating func printBook() {
    let isOrders = feed.kind.isOrderByOrder
    for side in Side.allCases {
      output.key(side == .buy ? "bid_levels" : "ask_levels")
      output.number(
        isOrders ? feed.withOrderBook { $0.levelCount(side) } : book.levelCount(side))
    }
    output.key("synced")
    output.boolean(book.isSynced)
    output.key("crossed")
    output.number(isOrders ? UInt64(feed.counts.crossedEventEnds) : book.counts.crossed)
    output.key("removals_of_absent_levels")
    output.number(book.counts.removalsOfAbsentLevels)
    output.key("level_changes")
    output.number(book.counts.levelChanges)
    output.key("off_tick")
    output.number(book.counts.offTick)
    output.key("off_lot")
    output.number(book.counts.offLot)
    if isOrders { printOrderCounts() }
  }

  private mutating func printOrderCounts() {
    let (live, counts) = feed.withOrderBook { ($0.orderCount, $0.counts) }
    output.key("live_orders")
    output.number(live)
    output.key("book_updates")
    output.number(feed.counts.applied)
    output.key("events")
    output.number(feed.counts.orderEvents)
    output.key("modifies_kept_priority")
    output.number(counts.modifiesKeptPriority)
    output.key("modifies_lost_priority")
    output.number(counts.modifiesLostPriority)
    output.key("cancels_of_absent_orders")
    output.number(counts.cancelsOfAbsentOrders)
    output.key("refused_orders")
    output.number(feed.counts.refusedOrders)
    output.key("filled_quantity")
    output.decimal(feed.counts.filledQuantity, Int(listing.quantityDecimals))
  }
}
