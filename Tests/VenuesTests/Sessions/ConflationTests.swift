import CAllocationCount
import LowLatency
import Testing
import TradingModel

@testable import Venues

/// While a session is behind, updates of a book become one; the book is the same wherever records are taken.
@Suite struct ConflationTests {
  private static let symbols = ["AUSDT", "BUSDT", "CUSDT"]

  private func session() -> MarketSession<BinanceSpotMarket> {
    let scales = Self.symbols.enumerated().map {
      SymbolScale(
        symbol: $1, listing: ListingIndex($0), priceDecimals: 0, quantityDecimals: 0)
    }
    let session = MarketSession(
      BinanceSpotMarket(BinanceSpot.description.environments[0]), following: scales,
      budget: SharedBudget(BinanceSpot.description.rateLimits), silenceMax: .max / 4)
    let now = SessionTime(wall: 1, monotonic: 1)
    session.start(at: now)
    session.opened(1, at: now)
    session.opened(0, at: now)
    return session
  }

  /// What the core makes of the records of one session.
  private struct Core: Equatable {
    var books = Array(repeating: RecordBook(), count: ConflationTests.symbols.count)
    var states = Array(repeating: [FeedState](), count: ConflationTests.symbols.count)
    var quotes: [ListingIndex: BestQuote] = [:]
    var trades: [Trade] = []
    var recordCount = 0

    mutating func take(_ session: MarketSession<BinanceSpotMarket>) {
      var offset = 0
      while offset < session.records.byteCount {
        let record = UnsafeRawPointer(session.records.base + offset)
        offset += Int(record.load(as: UInt32.self))
        recordCount += 1
        switch RecordKind(rawValue: record.load(fromByteOffset: 4, as: UInt16.self)) {
        case .bookUpdate: books[Int(BookUpdate(at: record).listing)].apply(record)
        case .feedStatus:
          guard let status = FeedStatus(at: record) else { continue }
          states[Int(status.listing)].append(status.state)
        case .trade: trades.append(Trade(at: record))
        case .bestQuote:
          let quote = BestQuote(at: record)
          quotes[quote.listing] = quote
        default: Issue.record("another kind of record")
        }
      }
      session.records.removeAll()
      session.outbox.removeAll()
    }

    static func == (a: Core, b: Core) -> Bool {
      a.books == b.books && a.states == b.states && a.quotes == b.quotes && a.trades == b.trades
    }
  }

  /// The messages of a made-up venue.
  private struct Messages {
    var random: SeededRandom
    var numbers = Array(repeating: 100, count: ConflationTests.symbols.count)
    var count = 0

    mutating func next() -> String {
      count += 1
      let index = Int(random.next(below: UInt64(ConflationTests.symbols.count)))
      let name = ConflationTests.symbols[index]
      switch random.next(below: 20) {
      case 0..<2:
        return """
          {"stream":"x@trade","data":{"e":"trade","E":1,"s":"\(name)","t":\(count),"p":"100",\
          "q":"5","T":1,"m":true,"M":true}}
          """
      case 2..<6:
        return """
          {"stream":"x@bookTicker","data":{"u":\(count),"s":"\(name)","b":"\(count)","B":"2",\
          "a":"3","A":"3"}}
          """
      case 6:
        // One is missing.
        numbers[index] += 1
        return update(index)
      default: return update(index)
      }
    }

    mutating func update(_ index: Int) -> String {
      let first = numbers[index] + 1
      numbers[index] += 1 + Int(random.next(below: 3))
      var sides = ["", ""]
      for _ in 0...random.next(below: 6) {
        let level = "[\"\(100 + random.next(below: 30))\",\"\(random.next(below: 3))\"]"
        let side = Int(random.next(below: 2))
        sides[side] += (sides[side].isEmpty ? "" : ",") + level
      }
      return """
        {"stream":"x@depth@100ms","data":{"e":"depthUpdate","E":\(count),\
        "s":"\(ConflationTests.symbols[index])","U":\(first),"u":\(numbers[index]),\
        "b":[\(sides[0])],"a":[\(sides[1])]}}
        """
    }
  }

  private func give(
    _ text: String, to session: MarketSession<BinanceSpotMarket>, at now: SessionTime
  ) {
    Array(text.utf8).withUnsafeBytes {
      session.received(0, $0, received: now.wall, at: now)
    }
  }

  private func answer(
    _ symbol: Int, _ number: Int, to session: MarketSession<BinanceSpotMarket>, at now: SessionTime
  ) {
    let text = "{\"lastUpdateId\":\(number),\"bids\":[[\"99\",\"1\"]],\"asks\":[[\"131\",\"2\"]]}"
    Array(text.utf8).withUnsafeBytes {
      session.answered(
        1, tag: UInt64(symbol), SessionAnswer(status: 200, body: $0), received: now.wall, at: now)
    }
  }

  @Test(arguments: Array(UInt64(0)..<24))
  func theBookIsTheSameWhereverRecordsAreTaken(seed: UInt64) {
    var random = SeededRandom(seed: seed &+ 1_000)
    var messages = Messages(random: SeededRandom(seed: seed))
    let (plain, merged) = (session(), session())
    var (expected, found) = (Core(), Core())
    var now = SessionTime(wall: 1, monotonic: 1)
    var messageCount = 0
    for _ in 0..<150 {
      let isBehind = random.next(below: 4) > 0
      if isBehind { merged.fallBehind(at: now) }
      for _ in 0...random.next(below: 40) {
        messageCount += 1
        now.wall += 1_000
        now.monotonic += 1_000
        if random.next(below: 30) == 0 {
          let symbol = Int(random.next(below: 3))
          for session in [plain, merged] {
            answer(symbol, messages.numbers[symbol], to: session, at: now)
          }
        }
        if random.next(below: 400) == 0 {
          for session in [plain, merged] {
            session.closed(0, at: now)
            session.opened(0, at: now)
          }
        }
        let text = messages.next()
        for session in [plain, merged] { give(text, to: session, at: now) }
        expected.take(plain)
        // Taken in the middle, too: what is there is taken, the rest waits.
        if random.next(below: 10) == 0 { found.take(merged) }
      }
      merged.catchUp(at: now)
      found.take(merged)
      #expect(found == expected)
    }
    #expect(merged.counts.conflated > messageCount / 10)
    #expect(found.recordCount < expected.recordCount)
    #expect(found.states.joined().contains(.synced) && found.states.joined().contains(.gap))
  }

  @Test func mergesLevelsToTheirLast() {
    let session = session()
    let now = SessionTime(wall: 1, monotonic: 1)
    func update(_ first: Int, _ last: Int, _ bids: String) {
      give(
        """
        {"stream":"x@depth@100ms","data":{"e":"depthUpdate","E":\(last),"s":"AUSDT",\
        "U":\(first),"u":\(last),"b":[\(bids)],"a":[]}}
        """, to: session, at: now)
    }
    update(1, 100, "")
    answer(0, 100, to: session, at: now)
    session.records.removeAll()
    session.fallBehind(at: now)
    update(101, 101, "[\"50\",\"1\"],[\"51\",\"7\"]")
    update(102, 104, "[\"50\",\"0\"]")
    update(105, 105, "[\"52\",\"3\"],[\"50\",\"9\"]")
    #expect(session.records.recordCount == 0)
    session.catchUp(at: now)
    #expect(session.records.recordCount == 1)
    let record = UnsafeRawPointer(session.records.base)
    let merged = BookUpdate(at: record)
    #expect(merged.venueSequence == 105 && merged.venueTime == 105_000_000 && !merged.isSnapshot)
    let levels = (0..<merged.levelCount).map {
      LevelChange(at: record + BookUpdate.levelsOffset + $0 * LevelChange.byteCount)
    }
    #expect(
      levels == [
        LevelChange(side: .buy, price: 50, quantity: 9),
        LevelChange(side: .buy, price: 51, quantity: 7),
        LevelChange(side: .buy, price: 52, quantity: 3),
      ])
    #expect(session.counts.conflated == 2)
  }

  @Test func whatHasNoRoomStartsTheBookOver() {
    let scale = [
      SymbolScale(symbol: "AUSDT", listing: 0, priceDecimals: 0, quantityDecimals: 0)
    ]
    let session = MarketSession(
      BinanceSpotMarket(BinanceSpot.description.environments[0]), following: scale,
      budget: SharedBudget(BinanceSpot.description.rateLimits), silenceMax: .max / 4,
      recordCapacity: 256)
    let now = SessionTime(wall: 1, monotonic: 1)
    session.start(at: now)
    session.opened(1, at: now)
    session.opened(0, at: now)
    func update(_ first: Int, _ last: Int, levels: Int) {
      let bids = (0..<levels).map { "[\"\($0 + 1)\",\"1\"]" }.joined(separator: ",")
      give(
        """
        {"stream":"x@depth@100ms","data":{"e":"depthUpdate","E":1,"s":"AUSDT","U":\(first),\
        "u":\(last),"b":[\(bids)],"a":[]}}
        """, to: session, at: now)
    }
    update(1, 100, levels: 0)
    answer(0, 100, to: session, at: now)
    session.records.removeAll()
    for behind in [false, true] {
      if behind { session.fallBehind(at: now) }
      update(behind ? 105 : 101, behind ? 105 : 101, levels: 20)
      if behind { session.catchUp(at: now) }
      #expect(session.state(of: 0) == .gap)
      session.records.removeAll()
      answer(0, 104, to: session, at: now)
      #expect(session.state(of: 0) == .synced)
      session.records.removeAll()
    }
    #expect(session.counts.malformed == 2)
  }

  private static var isOptimized: Bool {
    var isOptimized = true
    assert(
      {
        isOptimized = false
        return true
      }())
    return isOptimized
  }

  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func allocatesNothingOnceItIsSettled() {
    let session = session()
    var messages = Messages(random: SeededRandom(seed: 9))
    let now = SessionTime(wall: 1, monotonic: 1)
    for index in Self.symbols.indices {
      give(messages.update(index), to: session, at: now)
      answer(index, messages.numbers[index], to: session, at: now)
    }
    func round() -> [[UInt8]] {
      (0..<400).map { _ in
        Array(messages.update(Int(messages.random.next(below: 3))).utf8)
      }
    }
    let rounds = [round(), round(), round()]
    var (calls, bytes) = (UInt64(0), UInt64(0))
    for (index, texts) in rounds.enumerated() {
      if index == 2 { callocation_count_start() }
      session.fallBehind(at: now)
      for text in texts {
        text.withUnsafeBytes { session.received(0, $0, received: 1, at: now) }
      }
      session.catchUp(at: now)
      session.records.removeAll()
      session.outbox.removeAll()
    }
    callocation_count_stop(&calls, &bytes)
    #expect(session.counts.conflated >= 1_190 && session.gapCount == 0)
    #expect(calls == 0)
  }
}
