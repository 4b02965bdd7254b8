import MarketData
import TradingModel
import VenueSimulator

/// One listing of a recorded venue: the followed book, our orders' places in its queues, and what we
/// took out of it.
final class RecordedVenueMarket {
  let listing: Listing
  let model: QueueModel
  var book: FollowedBook
  var buys = RestingOrders(side: .buy)
  var sells = RestingOrders(side: .sell)
  var consumedBids = ConsumedDepth()
  var consumedAsks = ConsumedDepth()
  /// What our fills have come to, of a contract: in quantity units, positive is long.
  private(set) var position: Int64
  private var funding: RecordedFunding
  /// Whether level updates were seen: then the venue's best quotes add nothing.
  private var hasDepth = false
  private var quote: BestQuote?

  /// - Parameter position: what is held at the start, in quantity units.
  init(listing: Listing, model: QueueModel, pageCapacity: Int, position: Int64 = 0) {
    self.listing = listing
    self.position = position
    funding = RecordedFunding(listing)
    self.model = model
    book = FollowedBook(listing: listing, pageCapacity: pageCapacity)
  }

  // MARK: What is displayed

  /// What a price shows: 0 where the feed shows that there is nothing, nil where it does not reach.
  func displayed(_ price: Int64, _ side: Side) -> Int64? {
    guard book.isSynced else { return nil }
    let quantity = book.quantity(at: price, side)
    if quantity > 0 || book.levelCount(side) == 0 { return quantity }
    // Behind the last level that is shown there may be more.
    return book.next(after: price, side) == nil ? nil : 0
  }

  /// What is left for us of a displayed level.
  func available(_ level: BookLevel, _ side: Side) -> Int64 {
    level.quantity - (side == .buy ? consumedBids : consumedAsks).taken(at: level.price)
  }

  func take(_ quantity: Int64, of level: BookLevel, _ side: Side) {
    if side == .buy {
      consumedBids.take(quantity, at: level.price, displayed: level.quantity)
    } else {
      consumedAsks.take(quantity, at: level.price, displayed: level.quantity)
    }
  }

  /// Fills an order of ours.
  func fill(
    _ order: UInt32, price: Int64, quantity: Int64, liquidity: Liquidity, _ turn: VenueTurn
  ) {
    // The core refuses what leaves 64 bits; a venue counts on.
    position &+= turn.gateway.order(at: order).side.sign &* quantity
    turn.gateway.fill(
      order, price: price, quantity: quantity, liquidity: liquidity,
      tradeID: turn.gateway.takeTradeID(), in: listing, turn)
  }

  // MARK: Funding

  /// When funding is exchanged next; `Timestamp.max` when that is not known.
  var fundingTime: Timestamp { funding.due }

  /// Exchanges the funding that is due: of what was held before anything else happens.
  func exchangeFunding(in turn: VenueTurn, answer: Int64, _ update: ContractUpdate? = nil) {
    guard listing.contractKind != .spot, funding.isDue(by: turn.time, update),
      let payment = funding.exchange(position)
    else { return }
    payment.store(
      at: turn.deliveries.push(
        kind: .fundingPayment, byteCount: FundingPayment.byteCount, arrival: turn.time + answer))
  }

  // MARK: Records

  /// Applies a recorded market record to the book, then to our orders.
  func follow(_ record: UnsafeRawPointer, in turn: VenueTurn) {
    switch RecordKind(rawValue: RecordHeader(at: record).kind) {
    case .bookUpdate: follow(update: record, turn)
    case .trade:
      book.apply(trade: record)
      follow(Trade(at: record), turn)
    case .bestQuote:
      if !hasDepth { follow(BestQuote(at: record), turn) }
    case .feedStatus:
      if let status = FeedStatus(at: record) { book.apply(status) }
    // Nothing fills by a mark price.
    case .contractUpdate:
      if let update = ContractUpdate(at: record) { funding.take(update, at: turn.time) }
    default: preconditionFailure("a venue follows market records and feed states")
    }
  }

  private func follow(update record: UnsafeRawPointer, _ turn: VenueTurn) {
    hasDepth = true
    book.apply(update: record)
    let update = BookUpdate(at: record)
    if update.isSnapshot {
      resync()
    } else if hasOwn {
      var level = record + BookUpdate.levelsOffset
      for _ in 0..<update.levelCount {
        noteLevel(LevelChange(at: level), at: update.venueTime)
        level += LevelChange.byteCount
      }
      buys.discover { displayed($0, .buy) }
      sells.discover { displayed($0, .sell) }
    }
    settleCrossing(in: turn)
  }

  /// Whether anything of ours depends on the book.
  private var hasOwn: Bool {
    !buys.isEmpty || !sells.isEmpty || !consumedBids.isEmpty || !consumedAsks.isEmpty
  }

  private func noteLevel(_ change: LevelChange, at time: Timestamp) {
    if change.side == .buy {
      buys.update(price: change.price, to: change.quantity, at: time, by: model)
      consumedBids.update(price: change.price, to: change.quantity)
    } else {
      sells.update(price: change.price, to: change.quantity, at: time, by: model)
      consumedAsks.update(price: change.price, to: change.quantity)
    }
  }

  private func resync() {
    buys.resync { displayed($0, .buy) }
    sells.resync { displayed($0, .sell) }
    consumedBids.resync { book.quantity(at: $0, .buy) }
    consumedAsks.resync { book.quantity(at: $0, .sell) }
  }

  /// A feed of best quotes only: the book is one level a side, and what lies behind is unknown.
  private func follow(_ new: BestQuote, _ turn: VenueTurn) {
    setBest(.buy, old: quote?.bidPrice, price: new.bidPrice, quantity: new.bidQuantity)
    setBest(.sell, old: quote?.askPrice, price: new.askPrice, quantity: new.askQuantity)
    quote = new
    if !book.isSynced {
      book.apply(
        FeedStatus(
          listing: listing.index, state: .synced, venueSequence: new.venueSequence,
          venueTime: new.venueTime))
    }
    let bid = new.bidQuantity > 0 ? new.bidPrice : nil
    let ask = new.askQuantity > 0 ? new.askPrice : nil
    if let bid {
      noteLevel(LevelChange(side: .buy, price: bid, quantity: new.bidQuantity), at: bookTime)
    }
    if let ask {
      noteLevel(LevelChange(side: .sell, price: ask, quantity: new.askQuantity), at: bookTime)
    }
    // Prices better than the best show nothing. Prices behind it are hidden: a place there stays.
    buys.clear(betterThan: bid, at: bookTime, by: model)
    sells.clear(betterThan: ask, at: bookTime, by: model)
    consumedBids.forget { price in bid.map { price > $0 } ?? true }
    consumedAsks.forget { price in ask.map { price < $0 } ?? true }
    settleCrossing(in: turn)
  }

  private func setBest(_ side: Side, old: Int64?, price: Int64, quantity: Int64) {
    if let old, old != price, book.quantity(at: old, side) > 0 {
      book.apply(LevelChange(side: side, price: old, quantity: 0))
    }
    if quantity > 0 || book.quantity(at: price, side) > 0 {
      book.apply(LevelChange(side: side, price: price, quantity: quantity))
    }
  }

  /// The venue time of the last update of the book.
  var bookTime: Timestamp { hasDepth ? book.venueTime : quote?.venueTime ?? .min }
}
