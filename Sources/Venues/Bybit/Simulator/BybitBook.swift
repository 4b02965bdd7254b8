import Exchange
import TradingModel
import VenueServer

/// How much of a book the streams of one depth were told last.
struct BybitBookTopic {
  /// Levels on each side.
  let depth: Int
  /// Counts the messages of this depth.
  var updateID: UInt64 = 18_521_288
  var sequence: UInt64 = 0
  var bids: [ExchangeLevel] = []
  var asks: [ExchangeLevel] = []
  /// Whether the book changed since they were looked at.
  var isStale = true
  /// When the last message was sent, monotonic; for depth 1.
  var sentTime: Int64 = 0
}

/// What is told of one instrument's book
/// (https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook).
///
/// Each depth has update ids of its own, one after the other; a message tells the levels among the best
/// `depth` that changed since the message before, with quantity 0 for those that are no longer there. A
/// snapshot with update id 1 begins anew.
struct BybitBook {
  let instrument: InstrumentIndex
  var topics = BybitBook.depths.map { BybitBookTopic(depth: $0) }
  /// Of the last change in the matching engine.
  private(set) var changeTime: Timestamp = 0

  static let depths = [1, 50, 200, 1_000]

  init(_ instrument: InstrumentIndex) { self.instrument = instrument }

  mutating func change(at time: Timestamp) {
    changeTime = time
    for place in topics.indices { topics[place].isStale = true }
  }

  /// Looks at the book anew: the levels that changed, gone ones with quantity 0; nil where none did.
  mutating func refresh(_ place: Int, _ exchange: SimulatedExchange)
    -> (bids: [ExchangeLevel], asks: [ExchangeLevel])?
  {
    guard topics[place].isStale else { return nil }
    topics[place].isStale = false
    let snapshot = exchange.snapshot(of: instrument, limit: topics[place].depth)
    let bids = Self.difference(topics[place].bids, snapshot.bids) { $0 > $1 }
    let asks = Self.difference(topics[place].asks, snapshot.asks) { $0 < $1 }
    guard !bids.isEmpty || !asks.isEmpty else { return nil }
    topics[place].bids = snapshot.bids
    topics[place].asks = snapshot.asks
    topics[place].updateID += 1
    topics[place].sequence = 7_961_638_724 + snapshot.lastUpdateID
    return (bids, asks)
  }

  /// Both lists are best first; `isBetter` compares prices.
  private static func difference(
    _ old: [ExchangeLevel], _ new: [ExchangeLevel], _ isBetter: (Int64, Int64) -> Bool
  ) -> [ExchangeLevel] {
    var changes: [ExchangeLevel] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i].price == new[j].price {
        if old[i].quantity != new[j].quantity { changes.append(new[j]) }
        i += 1
        j += 1
      } else if j == new.count || (i < old.count && isBetter(old[i].price, new[j].price)) {
        var gone = old[i]
        gone.quantity = 0
        changes.append(gone)
        i += 1
      } else {
        changes.append(new[j])
        j += 1
      }
    }
    return changes
  }
}

extension BybitCore {
  /// `[["price","quantity"],...]`; a level that is gone has the quantity "0".
  func levels(_ levels: some Collection<ExchangeLevel>, _ instrument: InstrumentIndex) -> String {
    let symbol = symbol(instrument)
    var text = "["
    for level in levels {
      if text.utf8.count > 1 { text += "," }
      let quantity = level.quantity == 0 ? "0" : symbol.quantity(level.quantity)
      text += #"["\#(symbol.price(level.price))","\#(quantity)"]"#
    }
    return text + "]"
  }

  private func bookText(
    _ instrument: InstrumentIndex, _ place: Int, isSnapshot: Bool, bids: [ExchangeLevel],
    asks: [ExchangeLevel]
  ) -> String {
    let topic = books[Int(instrument)].topics[place]
    let name = symbol(instrument).name
    return #"{"topic":"orderbook.\#(topic.depth).\#(name)","#
      + #""type":"\#(isSnapshot ? "snapshot" : "delta")","ts":\#(now.milliseconds),"#
      + #""data":{"s":"\#(name)","b":\#(levels(bids, instrument)),"#
      + #""a":\#(levels(asks, instrument)),"u":\#(topic.updateID),"seq":\#(topic.sequence)},"#
      + #""cts":\#(books[Int(instrument)].changeTime / 1_000_000)}"#
  }

  private func snapshotText(_ instrument: InstrumentIndex, _ place: Int) -> String {
    let topic = books[Int(instrument)].topics[place]
    return bookText(instrument, place, isSnapshot: true, bids: topic.bids, asks: topic.asks)
  }

  private func bookTopic(_ instrument: InstrumentIndex, _ place: Int) -> String {
    "orderbook.\(BybitBook.depths[place]).\(symbol(instrument).name)"
  }

  /// Tells what changed in a book since the last message of a depth.
  func publishBook(_ instrument: InstrumentIndex, _ place: Int) {
    let category = symbol(instrument).category
    let changes = books[Int(instrument)].refresh(place, exchange)
    if BybitBook.depths[place] == 1 {
      // Depth 1 is told as snapshots, and again after three seconds without a change.
      let isOld = now.monotonic - books[Int(instrument)].topics[place].sentTime >= 3_000_000_000
      guard changes != nil || isOld else { return }
      books[Int(instrument)].topics[place].sentTime = now.monotonic
      streams.publish(bookTopic(instrument, place), category) { snapshotText(instrument, place) }
    } else if let changes {
      streams.publish(bookTopic(instrument, place), category) {
        bookText(instrument, place, isSnapshot: false, bids: changes.bids, asks: changes.asks)
      }
    }
  }

  /// Publishes the depths that are due, where somebody listens.
  func publishBooks(_ place: Int, _ category: BybitCategory) {
    for instrument in instruments(of: category)
    where streams.hasListeners(bookTopic(instrument, place), category) {
      publishBook(instrument, place)
    }
  }

  /// Sends a new listener what the others know.
  func sendSnapshot(_ instrument: InstrumentIndex, depth: Int, to session: BybitPublicSession) {
    guard let place = BybitBook.depths.firstIndex(of: depth) else { return }
    publishBook(instrument, place)
    session.connection.send(snapshotText(instrument, place), .push)
  }

  /// Begins a book's messages anew, as the venue does when its service restarts: a snapshot with update
  /// id 1.
  func restartBook(of instrument: InstrumentIndex) {
    for place in BybitBook.depths.indices {
      _ = books[Int(instrument)].refresh(place, exchange)
      books[Int(instrument)].topics[place].updateID = 1
      streams.publish(bookTopic(instrument, place), symbol(instrument).category) {
        snapshotText(instrument, place)
      }
    }
  }

  /// The book of `GET /v5/market/orderbook`. Its update id is that of depth 1000 of contracts and 200 of
  /// spot (https://bybit-exchange.github.io/docs/v5/market/orderbook).
  func depth(_ parameters: BybitParameters) throws(BybitError) -> JSONValue {
    let category = try parameters.category()
    guard let instrument = instrument(parameters["symbol"] ?? "", category) else {
      throw .unsupportedSymbol
    }
    let limit = try parameters.limit(
      category == .spot ? 1 : 25, max: category == .spot ? 200 : 500)
    let place = category == .spot ? 2 : 3
    publishBook(instrument, place)
    let topic = books[Int(instrument)].topics[place]
    func list(_ levels: [ExchangeLevel]) -> JSONValue {
      let symbol = symbol(instrument)
      return .array(
        levels.prefix(limit).map {
          [.string(symbol.price($0.price)), .string(symbol.quantity($0.quantity))]
        })
    }
    return [
      "s": .string(symbol(instrument).name), "b": list(topic.bids), "a": list(topic.asks),
      "ts": .integer(now.milliseconds), "u": .integer(topic.updateID),
      "seq": .integer(topic.sequence),
      "cts": .integer(books[Int(instrument)].changeTime / 1_000_000),
    ]
  }
}
