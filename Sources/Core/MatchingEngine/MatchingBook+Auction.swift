import TradingModel

// Phases, and auctions: docs/matching-rules.md has the rule of the price.
extension MatchingBook {
  /// What the book does with requests now.
  public var phase: TradingPhase { special.pointee.phase }

  /// Begins a phase; nothing happens when it is the present one. On `continuous` a crossed book is
  /// uncrossed at a price chosen as in an auction, and market orders that still rest are canceled.
  /// Then the consequences. `referencePrice`, in ticks, is what equally good auction prices are
  /// compared with: the last close, say. O(1), to `continuous` as `uncross`.
  @inlinable
  public mutating func setPhase<Sink: ReportSink & ~Copyable>(
    _ phase: TradingPhase, referencePrice: Int64, into sink: inout Sink
  ) {
    begin(phase, referencePrice)
    handOn(to: &sink)
  }

  /// Executes the auction, when the phase is one; the phase stays. Trades at one price, `canceled` for
  /// what market orders have left, the consequences. `referencePrice` as for `setPhase`. O(levels of
  /// the book + n log n in crossed prices + crossed orders), once for each price that reduce-only
  /// orders make necessary.
  @inlinable
  public mutating func uncross<Sink: ReportSink & ~Copyable>(
    referencePrice: Int64, into sink: inout Sink
  ) {
    executeAuction(referencePrice)
    handOn(to: &sink)
  }

  /// What an auction would do now; nil when nothing would trade. Takes memory for the crossed prices.
  /// As `uncross` in cost.
  public func indication(referencePrice: Int64) -> AuctionIndication? {
    let (bids, asks) = (bestLevel(.buy), bestLevel(.sell))
    if bids == BookCell.nobody || asks == BookCell.nobody { return nil }
    let (bid, ask) = (cells[Int(bids)].price, cells[Int(asks)].price)
    if bid < ask { return nil }
    return AuctionPrice(
      bids: openLevels(.buy, downTo: ask), asks: openLevels(.sell, downTo: bid),
      reference: isReferenceUsable(referencePrice) ? referencePrice : nil,
      nearest: referencePrice
    ).best
  }

  @usableFromInline
  mutating func begin(_ phase: TradingPhase, _ reference: Int64) {
    if special.pointee.phase == phase { return }
    special.pointee.phase = phase
    updateAttention()
    if phase == .continuous { uncrossAll(reference) }
    settle()
  }

  @usableFromInline
  mutating func executeAuction(_ reference: Int64) {
    if special.pointee.phase != .auction { return }
    uncrossAll(reference)
    settle()
  }

  /// Uncrosses until nothing is crossed, ends market orders, triggers stops.
  private mutating func uncrossAll(_ reference: Int64) {
    var prices: [Int64] = []
    while let found = indication(referencePrice: reference) {
      let before = trades
      execute(at: found.price)
      if trades != before { prices.append(found.price) }
    }
    if special.pointee.marketCount > 0 {
      for side in [Side.buy, .sell] {
        let state = special
        let details = details
        _ = endAll(in: BookQueue.book(side), .noLiquidity) { order, index in
          order.isSpecial
            && state.pointee.orders[Int(details[Int(index)].special)].type == .market
        }
      }
    }
    if special.pointee.stopCount > 0 { for price in prices { trigger(byTradeAt: price) } }
  }

  /// Trades what buys at or above `price` with what sells at or below it, by priority.
  private mutating func execute(at price: Int64) {
    while true {
      let (bids, asks) = (bestLevel(.buy), bestLevel(.sell))
      if bids == BookCell.nobody || asks == BookCell.nobody { return }
      if cells[Int(bids)].price < price || cells[Int(asks)].price > price { return }
      let (buyer, seller) = (cells[Int(bids)].links.next, cells[Int(asks)].links.next)
      if !cutReduceOnly(buyer) || !cutReduceOnly(seller) { continue }
      let quantity = min(cells[Int(buyer)].quantity, cells[Int(seller)].quantity)
      let order = cells[Int(buyer)]
      var report = MatchReport(
        .trade, reason: .auction, orderID: order.orderID, owner: order.owner, side: .buy,
        price: price, quantity: quantity, leaves: openQuantity(buyer) - quantity)
      report.makerOrderID = cells[Int(seller)].orderID
      report.makerOwner = cells[Int(seller)].owner
      report.makerLeaves = openQuantity(seller) - quantity
      execute(report)
      for index in [buyer, seller] {
        noteFill(of: index, quantity)
        take(quantity, from: index)
      }
    }
  }

  // MARK: What there is to trade

  /// The levels of `side`, best first, that are not worse than `end`, with all that is open there.
  private func openLevels(_ side: Side, downTo end: Int64) -> [AuctionPrice.Level] {
    let queue = BookQueue.book(side)
    var levels: [AuctionPrice.Level] = []
    var level = bests[queue].level
    let last = Self.rank(end, side)
    while level != BookCell.nobody && Self.rank(cells[Int(level)].price, side) >= last {
      var open: Int64 = 0
      var index = cells[Int(level)].links.next
      while index != level {
        open += openQuantity(index)
        index = cells[Int(index)].links.next
      }
      levels.append(AuctionPrice.Level(price: cells[Int(level)].price, quantity: open))
      level = levelBehind(level, in: queue)
    }
    return levels
  }

  /// Whether the reference price lies between the lowest and the highest limit in the book, or there
  /// is no limit but open ones.
  private func isReferenceUsable(_ reference: Int64) -> Bool {
    var low = Int64.max
    var high = Int64.min
    var isEmpty = true
    for side in [Side.buy, .sell] {
      let open: Int64 = side == .buy ? .max : .min
      var level = bestLevel(side)
      while level != BookCell.nobody {
        let price = cells[Int(level)].price
        level = levelBehind(level, in: BookQueue.book(side))
        if price == open { continue }
        (low, high, isEmpty) = (min(low, price), max(high, price), false)
      }
    }
    return isEmpty || (low <= reference && reference <= high)
  }
}
