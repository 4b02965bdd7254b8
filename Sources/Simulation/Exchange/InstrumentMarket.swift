import MatchingEngine
import TradingModel
import VenueSimulator

/// One instrument's book, and all that happens around it. In the book prices are ticks.
final class InstrumentMarket {
  static let tradesKept = 10_000

  let index: InstrumentIndex
  let instrument: ExchangeInstrument
  var listing: Listing { instrument.listing }
  var book: MatchingBook
  var reports = ReportBuffer(capacity: 256)
  var status: InstrumentStatus
  var traders: GeneratedTraders?
  var isPaused = false
  /// Whether the generated traders have begun.
  var isOpened = false
  /// Whether the generated traders act.
  var isActive: Bool { isOpened && isTraded && !isPaused }
  /// Whether orders of the book must be looked at one by one to know what a market order finds.
  var hasIcebergs = false
  var lastPrice: Int64
  var markPrice: Int64
  var indexPrice: Int64
  var fundingRate = Rate(parts: 10_000)
  /// Between two funding times; 0 for none.
  private(set) var fundingInterval: Int64 = 0
  var nextFundingTime: Timestamp = .max
  var nextMarkTime: Timestamp = .max
  var updateID: UInt64 = 0
  var nextTradeID: TradeID
  var bestBid: LevelView?
  var bestAsk: LevelView?
  var trades: [TradePrint] = []
  /// Slots of orders that wait for a price, in order of entry.
  var waiting: [Int] = []
  /// Slots of orders that were triggered and did not act yet, first come first.
  var fired: [Int] = []
  /// Slots of orders in the book that have to end with others of their lists, and why.
  var doomed: [(slot: Int, reason: OrderEnd)] = []
  /// Places of lists whose pending orders are to be entered.
  var activating: [Int] = []
  /// The internal account's order at each mirrored price, bids, then asks.
  var mirrored: [[Int64: OrderID]] = [[:], [:]]

  var isContract: Bool { listing.contractKind != .spot }
  var isTraded: Bool { status == .trading }

  init(
    _ instrument: ExchangeInstrument, index: InstrumentIndex, settings: ExchangeSettings,
    seed: UInt64
  ) {
    precondition(
      Int(instrument.listing.priceDecimals) + Int(instrument.listing.quantityDecimals)
        + Int(instrument.listing.contractSize.decimals) <= Money.decimals,
      "the decimals of price, quantity and contract size of \(instrument.symbol) are 18 at most together"
    )
    precondition(
      instrument.startPrice > 0 && instrument.listing.isOnTick(instrument.startPrice),
      "the start price of \(instrument.symbol) is above zero and on the tick grid")
    self.instrument = instrument
    self.index = index
    status = instrument.status
    lastPrice = instrument.startPrice
    markPrice = instrument.startPrice
    indexPrice = instrument.startPrice
    nextTradeID = settings.firstTradeID
    book = MatchingBook(
      orderCapacity: instrument.orderCapacity, levelPages: 16, changeCapacity: 1 << 14,
      orderChangeCapacity: settings.tellsOrderChanges ? 1 << 16 : 0,
      reservedOrders: min(4096, instrument.orderCapacity), seed: seed)
    if isContract {
      setFundingInterval(instrument.fundingInterval, at: settings.startTime)
      let marks = instrument.markInterval
      if marks > 0 { nextMarkTime = (settings.startTime / marks + 1) * marks }
    }
    if status != .trading {
      book.setPhase(phase(status), referencePrice: lastPrice / listing.tick, into: &reports)
      reports.removeAll()
    }
  }

  /// The next funding time is the next whole multiple of the interval since the epoch.
  func setFundingInterval(_ interval: Int64, at time: Timestamp) {
    fundingInterval = interval
    nextFundingTime = interval > 0 ? (time / interval + 1) * interval : .max
  }

  func phase(_ status: InstrumentStatus) -> TradingPhase {
    switch status {
    case .trading: return .continuous
    case .preOpen: return .auction
    case .cancelOnly: return .cancelOnly
    case .halted: return .halted
    }
  }

  /// The largest order the book takes.
  var quantityMax: Int64 { min(listing.quantityMax, book.quantityMax) }

  /// The largest market order.
  var marketQuantityMax: Int64 { min(quantityMax, instrument.marketQuantityMax ?? .max) }

  func level(_ view: LevelView, _ side: Side) -> ExchangeLevel {
    ExchangeLevel(
      side: side, price: view.price * listing.tick, quantity: view.quantity,
      orderCount: view.orderCount)
  }

  /// The value of `quantity` at `price`; nil where it is so large that fees, margins and sums of it might
  /// not fit.
  func value(price: Int64, quantity: Int64) -> Money? {
    guard let value = listing.value(price: price, quantity: quantity),
      value.amount < Int128.max / 1_000_000
    else { return nil }
    return value
  }

  /// The best level of a side.
  func best(_ side: Side) -> LevelView? { side == .buy ? book.bestBid : book.bestAsk }

  /// The best `limit` levels of a side. O(levels).
  func levels(_ side: Side, limit: Int) -> [LevelView] {
    let room = max(1, min(limit, book.orderCount))
    return Array(unsafeUninitializedCapacity: room) { buffer, count in
      buffer.initialize(repeating: LevelView(price: 0, quantity: 0, orderCount: 0))
      count = book.depth(side, into: buffer)
    }
  }

  /// The displayed orders at a price, first first.
  func orders(at price: Int64, _ side: Side, count: Int) -> [OrderView] {
    let none = OrderView(
      orderID: 0, price: 0, leaves: 0, filled: 0, displayed: 0, stopPrice: nil, owner: 0, side: .buy
    )
    return Array(unsafeUninitializedCapacity: max(1, count)) { buffer, filled in
      buffer.initialize(repeating: none)
      filled = book.orders(at: price, side, into: buffer)
    }
  }
}
