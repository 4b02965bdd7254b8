import MatchingEngine
import TradingModel

// Why a new order is refused. The checks run in the order written here.
extension SimulatedExchange {
  /// Why a new order would be refused now, without entering it (test orders); nil when it would not.
  public func refusal(of request: OrderRequest, by account: AccountIndex) -> Refusal? {
    if !knows(account) { return .unknownAccount }
    if Int(request.instrument) >= markets.count { return .unknownSymbol }
    return refusalOfLive(request, account, market(request.instrument), after: (0, 0))
      ?? refusalByBalance([request], account)
  }

  /// Why an order that is to work at once is refused, but for balances; `counts` are orders of its list that
  /// come before it.
  func refusalOfLive(
    _ request: OrderRequest, _ account: AccountIndex, _ market: InstrumentMarket,
    after counts: (orders: Int, waiting: Int)
  ) -> Refusal? {
    refusalByStatus(request, market) ?? refusalOfTerms(request, market)
      ?? refusalByPosition(request, account, market)
      ?? refusalOfNumbers(request, market, hasQuantity: true)
      ?? refusalByAccount(request, account, market, after: counts)
      ?? refusalByPrice(request, market)
  }

  /// Why an order that was pending cannot be entered now, but for balances.
  func refusalAtActivation(
    _ request: OrderRequest, _ account: AccountIndex, _ market: InstrumentMarket
  ) -> Refusal? {
    if let refusal = refusalByPosition(request, account, market)
      ?? refusalOfNumbers(request, market, hasQuantity: true) ?? refusalByPrice(request, market)
    {
      return refusal
    }
    return market.book.orderCount >= market.book.orderCapacity ? .venueCapacity : nil
  }

  private func refusalByStatus(_ request: OrderRequest, _ market: InstrumentMarket) -> Refusal? {
    switch market.status {
    case .trading: return nil
    case .preOpen:
      let canRest =
        request.kind == .limit && request.timeInForce != .immediateOrCancel
        && request.timeInForce != .fillOrKill
      return canRest ? nil : .marketClosed
    case .cancelOnly, .halted: return .marketClosed
    }
  }

  func refusalOfTerms(_ request: OrderRequest, _ market: InstrumentMarket) -> Refusal? {
    let kind = request.kind
    if request.timeInForce == .day { return .invalidCombination }
    let canRest =
      kind.hasLimit && request.timeInForce != .immediateOrCancel
      && request.timeInForce != .fillOrKill
    if request.isPostOnly && !canRest { return .invalidCombination }
    if request.displayQuantity != 0 && !canRest { return .invalidCombination }
    if !kind.hasLimit && request.price != 0 { return .invalidCombination }
    if (request.timeInForce == .goodTillDate) != (request.expireTime != 0) {
      return .invalidCombination
    }
    if request.timeInForce == .goodTillDate {
      if kind == .market { return .invalidCombination }
      if request.expireTime <= time { return .expireTimePassed }
    }
    if !kind.isConditional && request.triggerPrice != 0 { return .invalidCombination }
    if kind.isConditional && kind != .trailingStop && request.triggerPrice == 0 {
      return .invalidCombination
    }
    if (kind == .trailingStop) != (request.callbackRate != .zero) { return .invalidCombination }
    // Above all there is, a price could not come back so far.
    if kind == .trailingStop && !(1..<100_000_000).contains(request.callbackRate.parts) {
      return .invalidCombination
    }
    if let amount = request.quoteQuantity {
      if kind != .market || market.isContract || request.quantity != 0 {
        return .invalidCombination
      }
      if amount <= .zero { return .quantityBelowMin }
      if amount.amount > Int128(1) << 120 { return .quantityAboveMax }
    }
    if !market.isContract && (request.isReduceOnly || request.triggerSource == .mark) {
      return .invalidCombination
    }
    return request.closesPosition ? refusalOfClosing(request, market) : nil
  }

  private func refusalOfClosing(_ request: OrderRequest, _ market: InstrumentMarket) -> Refusal? {
    let isWhole = market.isContract && request.kind.isConditional && !request.kind.hasLimit
    let isClosingSide =
      request.positionSide == .net || (request.positionSide == .long) == (request.side == .sell)
    return isWhole && isClosingSide && request.quantity == 0 ? nil : .invalidCombination
  }

  /// Why a position side does not fit the account.
  func refusalByPositionMode(
    _ request: OrderRequest, _ account: AccountIndex, _ market: InstrumentMarket
  ) -> Refusal? {
    let isHedged = market.isContract && accounts[account].positionMode == .hedge
    return isHedged == (request.positionSide != .net) ? nil : .positionSideMismatch
  }

  private func refusalByPosition(
    _ request: OrderRequest, _ account: AccountIndex, _ market: InstrumentMarket
  ) -> Refusal? {
    if let refusal = refusalByPositionMode(request, account, market) { return refusal }
    guard market.isContract else { return nil }
    let state = accounts[account]
    if request.closesPosition && settings.rules.closingOrdersEndWithPosition {
      return closableQuantity(draft(request, by: account)) > 0 ? nil : .noPosition
    }
    // What waits may find a position when it is triggered.
    guard isReducing(request), !request.kind.isConditional else { return nil }
    let held = state.positions[state.place(market.index, request.positionSide)].quantity
    return request.side == .sell
      ? (held > 0 ? nil : .reduceOnlyRejected)
      : (held < 0 ? nil : .reduceOnlyRejected)
  }

  /// Whether an order can only make a position smaller.
  func isReducing(_ request: OrderRequest) -> Bool {
    switch request.positionSide {
    case .net: return request.isReduceOnly || request.closesPosition
    case .long: return request.side == .sell
    case .short: return request.side == .buy
    }
  }

  func refusalOfNumbers(
    _ request: OrderRequest, _ market: InstrumentMarket, hasQuantity: Bool
  ) -> Refusal? {
    if request.kind.hasLimit {
      if let refusal = refusal(ofPrice: request.price, market) { return refusal }
      if let refusal = refusalByBand(request.price, request.side, market) { return refusal }
    }
    if request.triggerPrice != 0, let refusal = refusal(ofPrice: request.triggerPrice, market) {
      return refusal
    }
    if request.closesPosition || !hasQuantity { return nil }
    if request.quoteQuantity == nil {
      if let refusal = refusal(ofQuantity: request.quantity, request.kind, market) {
        return refusal
      }
      if let refusal = refusalByNotional(request, market) { return refusal }
    } else if let amount = request.quoteQuantity, market.instrument.notionalAppliesToMarket {
      if amount < market.listing.notionalMin { return .notionalBelowMin }
      if let most = market.instrument.notionalMax, amount > most { return .notionalAboveMax }
    }
    return refusalOfIceberg(request.displayQuantity, request.quantity, market)
  }

  /// Why a price is no price of the instrument.
  func refusal(ofPrice price: Int64, _ market: InstrumentMarket) -> Refusal? {
    let instrument = market.instrument
    if price <= 0 || price < instrument.priceMin { return .priceRange }
    if instrument.priceMax != 0 && price > instrument.priceMax { return .priceRange }
    return market.listing.isOnTick(price) ? nil : .priceTick
  }

  /// Why a limit price is too far from the reference: the mark of contracts, the last price of spot.
  func refusalByBand(_ price: Int64, _ side: Side, _ market: InstrumentMarket) -> Refusal? {
    guard let band = market.instrument.priceBand else { return nil }
    let (up, down) = side == .buy ? (band.buyUp, band.buyDown) : (band.sellUp, band.sellDown)
    let reference = Int128(market.isContract ? market.markPrice : market.lastPrice)
    let scaled = Int128(price) * 100_000_000
    let isInside =
      scaled <= reference * Int128(up.parts) && scaled >= reference * Int128(down.parts)
    return isInside ? nil : .priceBand
  }

  /// Why a quantity is no quantity of the instrument.
  func refusal(ofQuantity quantity: Int64, _ kind: OrderKind, _ market: InstrumentMarket)
    -> Refusal?
  {
    if quantity <= 0 || quantity < market.listing.quantityMin { return .quantityBelowMin }
    let most = kind.hasLimit ? market.quantityMax : market.marketQuantityMax
    if quantity > most { return .quantityAboveMax }
    return market.listing.isOnLot(quantity) ? nil : .lotStep
  }

  private func refusalByNotional(_ request: OrderRequest, _ market: InstrumentMarket) -> Refusal? {
    if !request.kind.hasLimit && !market.instrument.notionalAppliesToMarket { return nil }
    // Closing what is left of a position may be less than an order's least.
    let price = request.kind.hasLimit ? request.price : market.lastPrice
    return refusalByNotional(
      price, request.quantity, market, hasMin: !(market.isContract && isReducing(request)))
  }

  /// Why a value is no value of an order.
  func refusalByNotional(
    _ price: Int64, _ quantity: Int64, _ market: InstrumentMarket, hasMin: Bool
  ) -> Refusal? {
    // Inverse contracts are bounded by what they are worth in the quote.
    let value =
      market.listing.contractKind == .inverse
      ? market.listing.size(quantity: quantity)
      : market.listing.value(price: price, quantity: quantity)
    // Room for fees, leverage and sums behind it.
    guard let value, market.value(price: price, quantity: quantity) != nil else {
      return .notionalAboveMax
    }
    if hasMin && value < market.listing.notionalMin { return .notionalBelowMin }
    if let most = market.instrument.notionalMax, value > most { return .notionalAboveMax }
    return nil
  }

  /// Why an iceberg is none.
  func refusalOfIceberg(_ display: Int64, _ quantity: Int64, _ market: InstrumentMarket) -> Refusal?
  {
    if display == 0 { return nil }
    if display < 0 || display > quantity || !market.listing.isOnLot(display) {
      return .icebergParts
    }
    return Int128(quantity) > Int128(OrderTerms.partCountMax) * Int128(display)
      ? .icebergParts : nil
  }

  func refusalByAccount(
    _ request: OrderRequest, _ account: AccountIndex, _ market: InstrumentMarket,
    after counts: (orders: Int, waiting: Int)
  ) -> Refusal? {
    let state = accounts[account]
    if !request.clientOrderID.isEmpty, let slot = state.clientOrderIDs[request.clientOrderID],
      orders[slot].state.isOpen || !settings.rules.clientOrderIDsMayRecur
    {
      return .duplicateClientOrderID
    }
    var (count, waiting) = counts
    for slot in state.open where orders[slot].instrument == market.index {
      count += 1
      if orders[slot].state == .waiting { waiting += 1 }
    }
    if count >= market.instrument.openOrdersMax { return .tooManyOrders }
    if request.kind.isConditional && waiting >= market.instrument.waitingOrdersMax {
      return .tooManyWaitingOrders
    }
    return market.book.orderCount >= market.book.orderCapacity ? .venueCapacity : nil
  }

  private func refusalByPrice(_ request: OrderRequest, _ market: InstrumentMarket) -> Refusal? {
    let rules = settings.rules
    if request.kind.isConditional && request.kind != .trailingStop && rules.passedTriggerIsRefused
      && isTriggered(request, at: price(request.triggerSource, market))
    {
      return .wouldTrigger
    }
    if request.kind == .limit && request.isPostOnly && rules.postOnlyThatTakes == .refuse
      && wouldTake(request.side, request.price, market)
    {
      return .wouldTake
    }
    if request.kind == .market && rules.marketWithoutLiquidity == .refuse
      && market.best(request.side.opposite) == nil
    {
      return .noLiquidity
    }
    return nil
  }

  /// Whether a limit order would meet something. No order of these books is hidden.
  func wouldTake(_ side: Side, _ price: Int64, _ market: InstrumentMarket) -> Bool {
    guard market.isTraded, let best = market.best(side.opposite) else { return false }
    let ticks = price / market.listing.tick
    return side == .buy ? best.price <= ticks : best.price >= ticks
  }

  /// Why an order, or two that cancel each other, are too dear: of two the dearer has to be there.
  func refusalByBalance(_ requests: [OrderRequest], _ account: AccountIndex) -> Refusal? {
    var needed = Money.zero
    for request in requests {
      guard let lock = neededLock(request, account) else { return .notionalAboveMax }
      needed = max(needed, lock)
    }
    let free = balance(of: account, lockAsset(requests[0])).free
    return needed > .zero && free < needed ? .insufficientBalance : nil
  }

  /// What a new order has to lock; nil where values do not fit.
  private func neededLock(_ request: OrderRequest, _ account: AccountIndex) -> Money? {
    guard request.kind == .market else { return requiredLock(draft(request, by: account)) }
    let plan = plan(
      request, quantity: request.quantity, by: account, isReducing: isReducing(request))
    guard let plan else { return nil }
    // Of a buy by amount the amount has to be there, whatever it finds.
    if let amount = request.quoteQuantity, request.side == .buy { return max(plan.lock, amount) }
    return plan.lock
  }

  /// The order that a request would make.
  func draft(_ request: OrderRequest, by account: AccountIndex) -> ExchangeOrder {
    let market = market(request.instrument)
    var order = ExchangeOrder(id: 0, account: account, request: request, time: time)
    order.state = request.kind.isConditional ? .waiting : .open
    order.isReducing = market.isContract && isReducing(request)
    order.lockAsset = lockAsset(request)
    order.lockFee = lockFee(request, of: account)
    if request.kind.hasLimit {
      order.lockPrice = request.price
    } else if request.triggerPrice != 0 {
      order.lockPrice = request.triggerPrice
    } else {
      order.lockPrice = price(request.triggerSource, market)
    }
    return order
  }
}
