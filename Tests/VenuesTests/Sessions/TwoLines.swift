import LowLatency
import TradingModel

@testable import Venues

/// A book as its records make it: quantities by price, bids above 0, asks below.
struct RecordBook: Equatable {
  var levels: [Int64: Int64] = [:]
  var sequence: UInt64 = 0

  mutating func set(_ change: LevelChange) {
    let key = change.side == .buy ? change.price : -change.price
    levels[key] = change.quantity == 0 ? nil : change.quantity
  }

  /// Takes a whole `BookUpdate` record.
  mutating func apply(_ record: UnsafeRawPointer) {
    let update = BookUpdate(at: record)
    if update.isSnapshot { levels = [:] }
    for index in 0..<update.levelCount {
      set(LevelChange(at: record + BookUpdate.levelsOffset + index * LevelChange.byteCount))
    }
    sequence = update.venueSequence
  }
}

/// How a made-up venue numbers its updates, in the words of a real one.
enum LineStyle: CaseIterable {
  case binance, futures, okx, bybit

  var isAsked: Bool { self == .binance || self == .futures }
  var symbol: String { self == .okx ? "BTC-USDT" : "BTCUSDT" }
  var channels: [Int] {
    switch self {
    case .binance: [0, 2]
    case .futures: [0, 3]
    case .okx, .bybit: [0, 1]
    }
  }

  func session() -> any VenueSession {
    let scales = [
      SymbolScale(symbol: symbol, listing: 3, priceDecimals: 0, quantityDecimals: 0)
    ]
    switch self {
    case .binance: return make(BinanceSpotMarket(BinanceSpot.description.environments[0]), scales)
    case .futures:
      return make(
        BinanceUSDMMarket(BinanceUSDM.description.environments[0]), scales)
    case .okx: return make(OKXMarket(OKX.description.environments[0]), scales)
    case .bybit:
      return make(
        BybitMarket(.linear, BybitDescription.of(.linear).environments[0]), scales)
    }
  }

  private func make<Dialect: MarketDialect>(
    _ dialect: Dialect, _ scales: [SymbolScale]
  ) -> any VenueSession {
    MarketSession(
      dialect, following: scales,
      budget: SharedBudget([
        RateLimit(.weight, 1_000_000, per: 60_000_000_000, isAligned: true)
      ]),
      silenceMax: 1_000_000_000_000, isRedundant: true, recordCapacity: 1 << 16)
  }
}

/// A venue with one book, two lines to it that lag, break and lose messages by chance, and the session
/// that follows it; with the true book at every number.
final class TwoLines {
  struct Change {
    var number: UInt64
    var previous: UInt64
    var levels: [LevelChange]
    /// The venue began anew, and says so by a whole book (Bybit).
    var isReset = false
  }

  let style: LineStyle
  let carrier: SessionCarrier
  var random: SeededRandom
  var changes: [Change] = []
  var truth: [UInt64: RecordBook] = [:]
  var now = RecordBook()
  /// Of each line: whether it is up, the change it brings next, and whether a whole book comes first.
  var isOpen = [false, false]
  var next = [0, 0]
  var needsBook = [false, false]
  /// What the core has.
  var book = RecordBook()
  var states: [FeedState] = []
  var sequences: [UInt64] = []

  init(_ style: LineStyle, seed: UInt64) {
    self.style = style
    random = SeededRandom(seed: seed)
    carrier = SessionCarrier(style.session())
    now.sequence = 1_000_000
    truth[now.sequence] = now
    for _ in 0..<20 { make() }
    carrier.start()
    if style.isAsked { carrier.open(1) }
  }

  var line: [Int] { style.channels }
  var state: FeedState { states.last ?? .waiting }

  private func chance(_ bound: UInt64) -> UInt64 { random.next(below: bound) }

  // MARK: The venue

  /// The book changes once.
  func make(restarting: Bool = false) {
    var number = now.sequence + 1
    if style == .okx || style == .futures { number += chance(4) }
    if restarting { number = style == .bybit ? 1 : now.sequence - 100_000 }
    var change = Change(number: number, previous: now.sequence, levels: [])
    change.isReset = restarting && style == .bybit
    for _ in 0...chance(3) {
      change.levels.append(
        LevelChange(
          side: chance(2) == 0 ? .buy : .sell, price: Int64(100 + chance(20)),
          quantity: Int64(chance(3) * chance(50))))
    }
    for level in change.levels { now.set(level) }
    now.sequence = number
    truth[number] = now
    changes.append(change)
  }

  // MARK: The lines

  func open(_ index: Int) {
    guard !isOpen[index] else { return }
    isOpen[index] = true
    next[index] = changes.count
    needsBook[index] = !style.isAsked
    carrier.open(line[index])
    listen()
  }

  func close(_ index: Int) {
    guard isOpen[index] else { return }
    isOpen[index] = false
    needsBook[index] = false
    carrier.close(line[index])
    listen()
  }

  /// The line brings its next message, if there is one.
  @discardableResult
  func bring(_ index: Int) -> Bool {
    guard isOpen[index] else { return false }
    if needsBook[index] {
      needsBook[index] = false
      next[index] = changes.count
      receive(wholeBook(now), index)
      return true
    }
    guard next[index] < changes.count else { return false }
    let change = changes[next[index]]
    if change.isReset {
      next[index] += 1
      receive(wholeBook(truth[change.number]!), index)
      return true
    }
    let count = min(style.isAsked ? Int(1 + chance(3)) : 1, changes.count - next[index])
    let part = changes[next[index]..<next[index] + count]
    next[index] += count
    receive(update(Array(part)), index)
    return true
  }

  /// The line's next message is lost.
  func lose(_ index: Int) {
    if isOpen[index], !needsBook[index], next[index] < changes.count { next[index] += 1 }
  }

  func receive(_ text: String, _ index: Int) {
    carrier.receive(text, on: line[index])
    listen()
  }

  func pass(milliseconds: Int) {
    carrier.pass(seconds: Double(milliseconds) / 1_000)
    listen()
  }

  /// Answers what the session asked for, and takes its records.
  func listen() {
    for text in carrier.takeTexts()
    where text.text.contains("\"unsubscribe\"") && text.text.contains("book") {
      if let index = line.firstIndex(of: text.channel), isOpen[index] { needsBook[index] = true }
    }
    takeRecords()
  }

  func answerRequests() {
    for request in carrier.takeRequests() { carrier.answer(request.tag, snapshotAnswer()) }
    takeRecords()
  }

  private func takeRecords() {
    for (kind, body) in zip(carrier.kinds, carrier.bodies) {
      let whole = [UInt8](repeating: 0, count: RecordHeader.byteCount) + body
      whole.withUnsafeBytes { record in
        let record = record.baseAddress!
        if kind == .bookUpdate {
          book.apply(record)
          sequences.append(book.sequence)
        }
        if kind == .feedStatus, let status = FeedStatus(at: record) { states.append(status.state) }
      }
    }
    _ = carrier.takeKinds()
  }

  // MARK: Words

  private func side(_ levels: [LevelChange], _ side: Side) -> String {
    let rest = style == .okx ? ",\"0\",\"1\"" : ""
    return levels.filter { $0.side == side }.map { "[\"\($0.price)\",\"\($0.quantity)\"\(rest)]" }
      .joined(separator: ",")
  }

  private func levels(_ book: RecordBook) -> [LevelChange] {
    book.levels.map {
      LevelChange(side: $0.key > 0 ? .buy : .sell, price: abs($0.key), quantity: $0.value)
    }
  }

  private func update(_ part: [Change]) -> String {
    let levels = part.flatMap(\.levels)
    let (bids, asks) = (side(levels, .buy), side(levels, .sell))
    let (first, last) = (part[0], part[part.count - 1])
    switch style {
    case .binance, .futures:
      return """
        {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000123,\
        "s":"BTCUSDT","U":\(first.previous + 1),"u":\(last.number),"pu":\(first.previous),\
        "b":[\(bids)],"a":[\(asks)]}}
        """
    case .okx: return okx("update", bids, asks, last.number, Int(first.previous))
    case .bybit: return bybit("delta", bids, asks, last.number)
    }
  }

  func wholeBook(_ book: RecordBook) -> String {
    let levels = levels(book)
    let (bids, asks) = (side(levels, .buy), side(levels, .sell))
    return style == .okx
      ? okx("snapshot", bids, asks, book.sequence, -1)
      : bybit("snapshot", bids, asks, book.sequence)
  }

  private func snapshotAnswer() -> String {
    let levels = levels(now)
    return
      "{\"lastUpdateId\":\(now.sequence),\"bids\":[\(side(levels, .buy))],"
      + "\"asks\":[\(side(levels, .sell))]}"
  }

  private func okx(
    _ action: String, _ bids: String, _ asks: String, _ number: UInt64, _ previous: Int
  ) -> String {
    """
    {"arg":{"channel":"books","instId":"BTC-USDT"},"action":"\(action)","data":[{"asks":[\(asks)],\
    "bids":[\(bids)],"ts":"1700000000123","checksum":0,"seqId":\(number),"prevSeqId":\(previous)}]}
    """
  }

  private func bybit(_ type: String, _ bids: String, _ asks: String, _ number: UInt64) -> String {
    """
    {"topic":"orderbook.50.BTCUSDT","type":"\(type)","ts":1700000000123,"data":{"s":"BTCUSDT",\
    "b":[\(bids)],"a":[\(asks)],"u":\(number),"seq":\(number)},"cts":1700000000120}
    """
  }
}
