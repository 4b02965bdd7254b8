import MarketData
import Testing
import TradingModel

@testable import NeedletailCommands
@testable import Venues

extension String {
  /// The number without trailing zeros.
  func decimalDescription() throws -> String { try Decimal(self).description }
}

/// Calls `body` with each record of `buffer`.
func forEachRecord(
  _ buffer: borrowing RecordBuffer, _ body: (RecordKind, RecordHeader, UnsafeRawPointer) -> Void
) {
  var offset = 0
  while offset < buffer.byteCount {
    let record = UnsafeRawPointer(buffer.base + offset)
    let header = RecordHeader(at: record)
    body(RecordKind(rawValue: header.kind)!, header, record)
    offset += Int(header.byteCount)
  }
}

/// A best bid and ask under a venue's number.
struct NumberedQuote: Equatable {
  var sequence: UInt64
  var values: [Int64]
}

@Suite(.enabled(if: Recordings.areThere, "no ../shared/data")) struct FeedTruthTests {
  /// The venue's own best bid and ask against the rebuilt book at every applied update, and the
  /// trades in detail.
  @Test(arguments: BookTruthTests.cases.prefix(3))
  func agreesWithBookTicker(_ item: BookTruthTests.Case) throws {
    let truth = try Recordings.truth(item.truth)
    let survey = try CaptureSurvey(
      kind: VenueRegistry.feedKind(item.kind)!, files: item.files.map { Recordings.feed($0) })
    let scale = try survey.scale(symbol: nil)
    var feed = try CaptureFeed(survey: survey, following: [scale])
    var book = FollowedBook(listing: plainListing(scale))
    var buffer = RecordBuffer(capacity: CaptureFeed.recordCapacity)
    var tickers: [NumberedQuote] = []
    var states: [NumberedQuote] = []
    var trades: [Trade] = []
    var snapshots = 0
    while try feed.next(into: &buffer) {
      forEachRecord(buffer) { kind, _, record in
        switch kind {
        case .bookUpdate:
          book.apply(update: record)
          if BookUpdate(at: record).isSnapshot {
            snapshots += 1
            return
          }
          states.append(top(of: book))
        case .bestQuote: tickers.append(quote(BestQuote(at: record)))
        case .trade: trades.append(Trade(at: record))
        default: break
        }
      }
      buffer.removeAll()
    }
    #expect(snapshots == 1)
    let check = truth["check_against_bookTicker"]
    let (points, equal) = agreement(states, tickers)
    #expect(points == check?["points"]?.int)
    #expect(equal == check?["prices_and_quantities_equal"]?.int)
    expectTrades(trades, truth["trades"], scale)
    #expect(survey.firstReceiveTime == truth["first_local_ts_ns"]?.int.map { Int64($0) })
    #expect(survey.lastReceiveTime == truth["last_local_ts_ns"]?.int.map { Int64($0) })
    #expect(survey.lineCount == truth["lines"]?.int)
  }

  private func plainListing(_ scale: SymbolScale) -> Listing {
    Listing(
      index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .spot,
      priceDecimals: scale.priceDecimals, quantityDecimals: scale.quantityDecimals)
  }

  private func top(of book: borrowing FollowedBook) -> NumberedQuote {
    let (bid, ask) = (book.bestBid, book.bestAsk)
    return NumberedQuote(
      sequence: book.venueSequence,
      values: [
        bid?.price ?? 0, bid?.quantity ?? 0, ask?.price ?? 0, ask?.quantity ?? 0,
      ])
  }

  private func quote(_ quote: BestQuote) -> NumberedQuote {
    NumberedQuote(
      sequence: quote.venueSequence,
      values: [quote.bidPrice, quote.bidQuantity, quote.askPrice, quote.askQuantity])
  }

  /// For each state, the last ticker whose number is not above the state's.
  private func agreement(
    _ states: [NumberedQuote], _ tickers: [NumberedQuote]
  ) -> (points: Int, equal: Int) {
    let sorted = tickers.sorted { $0.sequence < $1.sequence }
    var (next, points, equal) = (0, 0, 0)
    for state in states {
      while next < sorted.count, sorted[next].sequence <= state.sequence { next += 1 }
      guard next > 0 else { continue }
      points += 1
      if sorted[next - 1].values == state.values { equal += 1 }
    }
    return (points, equal)
  }

  private func expectTrades(_ trades: [Trade], _ truth: JSONNode?, _ scale: SymbolScale) {
    func price(_ units: Int64?) -> String? {
      units.map { DecimalText.string(Int128($0), decimals: scale.priceDecimals) }
    }
    #expect(trades.count == truth?["count"]?.int)
    #expect(trades.first.map { Int($0.tradeID) } == truth?["first_id"]?.int)
    #expect(trades.last.map { Int($0.tradeID) } == truth?["last_id"]?.int)
    #expect(trades.count { $0.aggressor == .sell } == truth?["buyer_is_maker"]?.int)
    #expect(price(trades.map(\.price).min()) == truth?["min_price"]?.text)
    #expect(price(trades.map(\.price).max()) == truth?["max_price"]?.text)
    let bars = minuteBars(trades).map { bar in
      [
        "\(bar.minute)", price(bar.open), price(bar.high), price(bar.low), price(bar.close),
        DecimalText.string(Int128(bar.quantity), decimals: scale.quantityDecimals),
        "\(bar.count)",
      ]
    }
    #expect(bars == truth?["bars_1m"]?.items.map { $0.items.map(\.text) })
  }

  private struct Bar {
    var minute: Int64
    var open, high, low, close: Int64
    var quantity: Int64 = 0
    var count = 0
  }

  private func minuteBars(_ trades: [Trade]) -> [Bar] {
    var bars: [Bar] = []
    for trade in trades {
      let minute = trade.venueTime / 60_000_000_000 * 60_000
      let price = trade.price
      var bar = Bar(minute: minute, open: price, high: price, low: price, close: price)
      if bars.last?.minute == minute { bar = bars.removeLast() }
      bar.high = max(bar.high, price)
      bar.low = min(bar.low, price)
      bar.close = price
      bar.quantity += trade.quantity
      bar.count += 1
      bars.append(bar)
    }
    return bars
  }

  /// The levels that the core follows equal the sums over single orders, event by event.
  @Test func orderByOrderLevelsEqualTheOrders() throws {
    let item = BookTruthTests.cases[5]
    let truth = try Recordings.truth(item.truth)
    let survey = try CaptureSurvey(kind: .cmeMBO, files: item.files.map { Recordings.feed($0) })
    let scale = try survey.scale(symbol: "ESH4")
    var feed = try CaptureFeed(survey: survey, following: [scale])
    var book = FollowedBook(listing: plainListing(scale))
    var buffer = RecordBuffer(capacity: CaptureFeed.recordCapacity)
    var (events, differences) = (0, 0)
    while try feed.next(into: &buffer) {
      forEachRecord(buffer) { kind, _, record in
        if kind == .bookUpdate { book.apply(update: record) }
      }
      buffer.removeAll()
      guard feed.orderRecord?.isEventEnd == true else { continue }
      events += 1
      for side in Side.allCases {
        let level = feed.withOrderBook { orders in
          orders.bestPrice(side).map {
            BookLevel(price: $0, quantity: orders.level(at: $0, side)?.quantity ?? 0)
          }
        }
        if book.best(side) != level { differences += 1 }
      }
    }
    #expect(events == truth["events"]?.int)
    #expect(differences == 0)
    for (side, key) in [(Side.buy, "best_bid_queue"), (.sell, "best_ask_queue")] {
      let count = feed.withOrderBook { $0.levelCount(side) }
      #expect(book.levelCount(side) == count)
      #expect(queue(of: feed, side) == truth[key]?.rows)
    }
    let absent = book.counts.removalsOfAbsentLevels
    #expect(absent == 0)
  }

  private func queue(of feed: borrowing CaptureFeed, _ side: Side) -> [[String]] {
    feed.withOrderBook { orders in
      var rows: [[String]] = []
      orders.forEachOrder(at: orders.bestPrice(side) ?? 0, side) { order in
        rows.append(["\(order.orderID)", "\(order.quantity)"])
        return true
      }
      return rows
    }
  }
}
