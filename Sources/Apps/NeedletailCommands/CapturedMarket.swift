import TradingModel
import VenueSimulation
import Venues

/// A capture's only symbol as a market that a simulated venue plays.
final class CapturedMarket: RecordedMarket {
  let symbol: String
  let priceDecimals: Int
  let quantityDecimals: Int
  /// Its files that are cut off: the market stands still where they end.
  let truncations: [CaptureTruncation]
  private var feed: CaptureFeed
  private var buffer = RecordBuffer(capacity: CaptureFeed.recordCapacity)
  private var offset = 0
  private var isEnded = false
  private let firstTime: Timestamp
  /// Prices of levels that stand, by side: a snapshot takes away what it does not have.
  private var prices: [Set<Int64>] = [[], []]
  /// The snapshot's own prices, while it is read.
  private var kept: [Set<Int64>] = [[], []]

  /// Opens a capture of one symbol.
  init(_ argument: FeedArgument) throws(FeedError) {
    let survey = try CaptureSurvey(kind: argument.kind, files: argument.files)
    let scale = try survey.scale(symbol: nil)
    truncations = survey.truncations
    symbol = scale.symbol
    priceDecimals = scale.priceDecimals
    quantityDecimals = scale.quantityDecimals
    firstTime = survey.firstReceiveTime
    feed = try CaptureFeed(survey: survey, following: [scale])
  }

  func take(until elapsed: Int64, _ body: (RecordedChange) -> Void) {
    while fill() {
      let record = UnsafeRawPointer(buffer.base + offset)
      let header = RecordHeader(at: record)
      if header.time - firstTime > elapsed { return }
      switch RecordKind(rawValue: header.kind) {
      case .bookUpdate: takeUpdate(record, body)
      case .trade:
        let trade = Trade(at: record)
        if let side = trade.aggressor {
          body(.trade(side, price: trade.price, quantity: trade.quantity))
        }
      default: break
      }
      offset += Int(header.byteCount)
    }
  }

  /// Whether there is a record to read. A capture that breaks off ends there.
  private func fill() -> Bool {
    while offset == buffer.byteCount {
      if isEnded { return false }
      buffer.removeAll()
      offset = 0
      do throws(FeedError) { isEnded = try !feed.next(into: &buffer) } catch { isEnded = true }
    }
    return true
  }

  private func takeUpdate(_ record: UnsafeRawPointer, _ body: (RecordedChange) -> Void) {
    let update = BookUpdate(at: record)
    let levels = (0..<update.levelCount).map { index in
      LevelChange(at: record + BookUpdate.levelsOffset + index * LevelChange.byteCount)
    }
    if update.isSnapshot {
      kept = [[], []]
      for level in levels { kept[Int(level.side.rawValue)].insert(level.price) }
      for side in Side.allCases {
        let place = Int(side.rawValue)
        for price in prices[place].subtracting(kept[place]).sorted() {
          body(.level(side, price: price, quantity: 0))
        }
        prices[place] = []
      }
    }
    // What leaves goes before what comes, so that a book that moved does not cross itself.
    for level in levels where level.quantity == 0 { take(level, body) }
    for level in levels where level.quantity != 0 { take(level, body) }
  }

  private func take(_ level: LevelChange, _ body: (RecordedChange) -> Void) {
    let place = Int(level.side.rawValue)
    if level.quantity == 0 {
      prices[place].remove(level.price)
    } else {
      prices[place].insert(level.price)
    }
    body(.level(level.side, price: level.price, quantity: level.quantity))
  }
}
