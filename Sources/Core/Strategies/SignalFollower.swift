import TradingModel

/// Places what signals ask for, and guards each position by the signal's stop-loss and take-profit.
///
/// A signal is refused when it is too old, from the future, a repetition, not confident enough, or
/// its stops are on the wrong side of the market; each refusal is answered. The stops guard the
/// position from the first fill of the signal's order on. A position closes, by an
/// immediate-or-cancel market order, when the price it could be closed at reaches the stop-loss or
/// take-profit; while that order is unanswered nothing else is sent.
public struct SignalFollower: Strategy {
  public static let name = "signals"
  public static let settings = [
    StrategySetting("max_age_ms", default: "5000", "older signals are refused"),
    StrategySetting("min_confidence", default: "0.5", "less confident signals are refused, 0 to 1"),
    StrategySetting("max_position", default: "0.1", "largest position, long or short"),
  ]
  /// Listings one follower can trade.
  public static let listingCountMax = 32
  /// Signal ids remembered, to refuse repetitions.
  public static let rememberedCount = 256

  private struct Guarded: BitwiseCopyable {
    var listing: ListingIndex = 0
    var positionMax: Int64 = 0
    /// Prices, 0 for none.
    var stopLoss: Int64 = 0
    var takeProfit: Int64 = 0
    /// Of the last signal that was ordered: they guard the position once its order fills.
    var asked = Asked()
  }

  private struct Asked: BitwiseCopyable {
    var signalID: UInt64 = 0
    var stopLoss: Int64 = 0
    var takeProfit: Int64 = 0
    var side = Side.buy
  }

  private let ageMax: Int64
  private let confidenceMin: UInt32
  private var guarded = InlineArray<32, Guarded>(repeating: Guarded())
  private var guardedCount = 0
  private var remembered = InlineArray<256, UInt64>(repeating: 0)
  private var rememberedNext = 0

  public init(_ setup: StrategySetup) throws(SettingError) {
    guard setup.listings.count <= Self.listingCountMax else {
      throw .tooManyListings(strategy: Self.name, max: Self.listingCountMax)
    }
    ageMax = try setup.integer("max_age_ms", in: 1...86_400_000) * 1_000_000
    let confidence = try setup.decimal("min_confidence")
    guard let parts = try? confidence.units(decimals: 6), parts <= 1_000_000 else {
      throw .invalid(
        setting: "min_confidence", text: setup.text("min_confidence"),
        expected: "a number from 0 to 1 with at most 6 decimals")
    }
    confidenceMin = UInt32(parts)
    for listing in setup.listings {
      guarded[guardedCount] = Guarded(
        listing: listing.index, positionMax: try setup.quantity("max_position", listing))
      guardedCount += 1
    }
  }

  public mutating func signaled(
    _ signal: Signal, _ context: borrowing StrategyContext
  ) -> SignalOutcome {
    guard let index = place(of: signal.listing) else { return .unknownListing }
    if let refusal = judge(signal, index, context) { return refusal }
    remember(signal.signalID)
    if signal.action == .close { return close(index, context) ? .ordered : .nothingToDo }
    let side: Side = signal.action == .buy ? .buy : .sell
    guarded[index].asked = Asked(
      signalID: signal.signalID, stopLoss: signal.stopLoss, takeProfit: signal.takeProfit,
      side: side)
    let placed: Bool
    if signal.price > 0 {
      placed = context.submit(
        side, quantity: signal.quantity, price: signal.price, listing: signal.listing,
        token: signal.signalID)
    } else {
      placed = context.submit(
        side, quantity: signal.quantity, type: .market, timeInForce: .immediateOrCancel,
        listing: signal.listing, token: signal.signalID)
    }
    return placed ? .ordered : .refused
  }

  /// Why the signal is refused; nil when it is not.
  private func judge(
    _ signal: Signal, _ index: Int, _ context: borrowing StrategyContext
  ) -> SignalOutcome? {
    for id in 0..<Self.rememberedCount where remembered[id] == signal.signalID {
      return .duplicate
    }
    // A little lead is a clock difference between machines, not a signal from the future.
    let age = Int128(context.now) - Int128(signal.createdAt)
    if age < -1_000_000_000 { return .fromTheFuture }
    if age > Int128(ageMax) { return .tooOld }
    if signal.confidence < confidenceMin { return .confidenceTooLow }
    if signal.action == .close { return nil }
    guard context.isSynced(signal.listing), let bid = context.bestBid(signal.listing),
      let ask = context.bestAsk(signal.listing)
    else { return .noMarket }
    let listing = context.listing(signal.listing)
    if signal.quantity <= 0 || !listing.isOnLot(signal.quantity) { return .quantityInvalid }
    if signal.price < 0 || !listing.isOnTick(signal.price) { return .priceInvalid }
    let isBuy = signal.action == .buy
    let entry = signal.price > 0 ? signal.price : (isBuy ? ask.price : bid.price)
    if signal.stopLoss > 0, isBuy ? signal.stopLoss >= entry : signal.stopLoss <= entry {
      return .stopOnWrongSide
    }
    if signal.takeProfit > 0, isBuy ? signal.takeProfit <= entry : signal.takeProfit >= entry {
      return .takeProfitOnWrongSide
    }
    let signed = Int128(isBuy ? signal.quantity : -signal.quantity)
    let after = Int128(context.position(signal.listing).quantity) + signed
    if after.magnitude > guarded[index].positionMax { return .positionOpen }
    return nil
  }

  public mutating func bookChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext) {
    guard let index = place(of: listing) else { return }
    let levels = guarded[index]
    if levels.stopLoss == 0 && levels.takeProfit == 0 { return }
    let position = context.position(listing).quantity
    guard position != 0, context.isSynced(listing), context.isTradable(listing) else { return }
    // A long position closes at the bid, a short one at the ask.
    if position > 0, let bid = context.bestBid(listing) {
      if (levels.stopLoss > 0 && bid.price <= levels.stopLoss)
        || (levels.takeProfit > 0 && bid.price >= levels.takeProfit)
      {
        _ = close(index, context)
      }
    } else if position < 0, let ask = context.bestAsk(listing) {
      if (levels.stopLoss > 0 && ask.price >= levels.stopLoss)
        || (levels.takeProfit > 0 && ask.price <= levels.takeProfit)
      {
        _ = close(index, context)
      }
    }
  }

  /// Cancels what is open and sends the closing order; false when there is nothing to close, or a
  /// closing order is already out.
  private mutating func close(_ index: Int, _ context: borrowing StrategyContext) -> Bool {
    let listing = guarded[index].listing
    let position = context.position(listing).quantity
    var cursor = context.firstOrder(listing)
    var isClosing = false
    while let order = cursor {
      cursor = context.order(after: order)
      if order.instructions.contains(.reduceOnly) {
        isClosing = true
      } else if !order.row.isDone, !order.hasPending(.cancel) {
        context.cancel(order)
      }
    }
    if position == 0 || isClosing { return false }
    let side: Side = position > 0 ? .sell : .buy
    return context.submit(
      side, quantity: Int64(clamping: position.magnitude), type: .market,
      timeInForce: .immediateOrCancel, instructions: .reduceOnly, listing: listing)
  }

  public mutating func filled(_ fill: FillEvent, _ context: borrowing StrategyContext) {
    guard let index = place(of: fill.listing) else { return }
    if fill.positionAfter == 0 {
      guarded[index].stopLoss = 0
      guarded[index].takeProfit = 0
      return
    }
    // A signal's stops guard the position it made or enlarged; those of an order that only made a
    // position smaller stand on the wrong side of the market for what is left.
    let asked = guarded[index].asked
    guard asked.signalID != 0, context.order(fill.orderID)?.token == asked.signalID,
      (fill.positionAfter > 0) == (asked.side == .buy)
    else { return }
    guarded[index].stopLoss = asked.stopLoss
    guarded[index].takeProfit = asked.takeProfit
  }

  private func place(of listing: ListingIndex) -> Int? {
    for index in 0..<guardedCount where guarded[index].listing == listing { return index }
    return nil
  }

  private mutating func remember(_ id: UInt64) {
    remembered[rememberedNext] = id
    rememberedNext = (rememberedNext + 1) % Self.rememberedCount
  }

  public func hash(into hash: inout RecordHash) {
    hash.combine(ageMax)
    hash.combine(UInt64(confidenceMin))
    for index in 0..<guardedCount {
      hash.combine(UInt64(guarded[index].listing))
      hash.combine(guarded[index].positionMax)
      hash.combine(guarded[index].stopLoss)
      hash.combine(guarded[index].takeProfit)
      hash.combine(guarded[index].asked.signalID)
      hash.combine(guarded[index].asked.stopLoss)
      hash.combine(guarded[index].asked.takeProfit)
      hash.combine(UInt64(guarded[index].asked.side.rawValue))
    }
    hash.combine(UInt64(rememberedNext))
    for index in 0..<Self.rememberedCount { hash.combine(remembered[index]) }
  }
}
