import LowLatency
import MatchingEngine
import TradingModel

/// What one listing of a generated venue is made of.
public struct GeneratedMarketSettings: Sendable {
  public var listing: Listing
  /// Equal settings make venues follow one price.
  public var price: LatentPriceSettings
  public var flow = OrderFlowSettings()
  /// How long after the latent price this market's traders act: the lead and lag between venues.
  public var lag: Int64 = 0
  /// By how much this market stands above the latent price, in basis points.
  public var basis = 0.0
  /// Between two publications of the book, in nanoseconds; 0 publishes every change at once.
  public var feedInterval: Int64 = 20_000_000
  /// Resting orders the book has room for, our own among them.
  public var orderCapacity = 8192

  public init(listing: Listing, price: LatentPriceSettings) {
    self.listing = listing
    self.price = price
  }
}

/// One listing of a generated venue: a matching book, the generated traders who use it, and its feed.
///
/// In the book prices are ticks; generated orders have even ids, ours odd ones.
final class GeneratedMarket {
  let settings: GeneratedMarketSettings
  let listing: Listing
  var book: MatchingBook
  var reports: ReportBuffer
  var feed: MarketFeed
  let traders: GeneratedTraders
  private var nextFlowID: UInt64 = 1
  var isOpen = false
  let levels: UnsafeMutableBufferPointer<LevelView>

  /// Our orders' owner in the book; generated orders have none.
  static let ownOwner: OwnerID = 1

  init(
    _ settings: GeneratedMarketSettings, latency: VenueLatency, faults: VenueFaults, seed: UInt64,
    startTime: Timestamp
  ) {
    self.settings = settings
    listing = settings.listing
    var seeds = SeededRandom(seed: seed)
    let capacity = settings.orderCapacity
    book = MatchingBook(orderCapacity: capacity, levelPages: 256, changeCapacity: 4096)
    reports = ReportBuffer(capacity: 256)
    feed = MarketFeed(
      listing: settings.listing.index, interval: settings.feedInterval, latency: latency,
      faults: faults, seed: seeds.next(), startTime: startTime)
    traders = GeneratedTraders(
      listing: settings.listing, price: settings.price, flow: settings.flow, lag: settings.lag,
      basis: settings.basis, capacity: capacity, quantityMax: book.quantityMax, seed: seeds.next(),
      startTime: startTime)
    levels = .allocate(capacity: capacity)
    levels.initialize(repeating: LevelView(price: 0, quantity: 0, orderCount: 0))
  }

  deinit { levels.deallocate() }

  /// When the generated traders act next.
  var nextFlowTime: Timestamp {
    get { traders.nextTime }
    set { traders.nextTime = newValue }
  }

  func takeFlowID() -> OrderID {
    defer { nextFlowID += 1 }
    return nextFlowID << 1
  }

  // MARK: Time

  /// The earliest time at which something happens here.
  var nextTime: Timestamp { isOpen ? min(nextFlowTime, feed.nextTime) : .max }

  /// Fills the book with the orders that would rest in it by now, and starts the traders.
  func open(in turn: VenueTurn) {
    guard !isOpen else { return }
    isOpen = true
    traders.open(TradersTurn(market: self, turn: turn), at: turn.time)
  }

  /// Does what happens at `turn.time`, which is `nextTime`: the traders first, then the feed.
  func work(in turn: VenueTurn) {
    traders.act(TradersTurn(market: self, turn: turn), until: turn.time)
    if feed.nextTime <= turn.time { feed.publish(&book, levels, settings.listing, turn) }
  }

  // MARK: What the book did

  /// Takes the book's reports of one operation: printed trades, our fills, orders that left.
  ///
  /// - Returns: why the incoming order was refused or canceled, and nil when it was not.
  func takeReports(in turn: VenueTurn) -> MatchReason? {
    var ending: MatchReason?
    for place in 0..<reports.count {
      let report = reports[place]
      switch report.kind {
      case .trade: takeTrade(report, turn)
      case .canceled, .rejected, .expired: ending = report.reason
      case .accepted, .replaced, .reduced, .triggered, .cancelRejected, .replaceRejected: break
      }
    }
    reports.removeAll()
    feed.noteChange(at: turn.time)
    return ending
  }

  private func takeTrade(_ report: MatchReport, _ turn: VenueTurn) {
    let tradeID = turn.gateway.takeTradeID()
    let price = report.price * listing.tick
    feed.print(
      Trade(
        listing: listing.index, aggressor: report.side, tradeID: tradeID, venueTime: turn.time,
        price: price, quantity: report.quantity), in: turn)
    if report.makerOwner == Self.ownOwner {
      fillOwn(report.makerOrderID, price, report.quantity, .maker, tradeID, turn)
    } else if report.makerLeaves == 0 {
      traders.removeLive(report.makerOrderID)
    }
    if report.owner == Self.ownOwner {
      fillOwn(report.orderID, price, report.quantity, .taker, tradeID, turn)
    }
  }

  private func fillOwn(
    _ bookID: UInt64, _ price: Int64, _ quantity: Int64, _ liquidity: Liquidity,
    _ tradeID: TradeID, _ turn: VenueTurn
  ) {
    guard let index = turn.gateway.index(of: bookID >> 1) else {
      preconditionFailure("Invariant: the gateway knows every order of ours in the book")
    }
    turn.gateway.fill(
      index, price: price, quantity: quantity, liquidity: liquidity, tradeID: tradeID,
      in: listing, turn)
  }
}
