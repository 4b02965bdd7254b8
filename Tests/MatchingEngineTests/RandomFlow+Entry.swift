import LowLatency
import MatchingEngine
import TradingModel

// New orders: a type, what can stand beside it, and sometimes what cannot.
extension RandomFlow {
  mutating func entry(_ book: NaiveBook) -> (OrderEntry, OrderTerms) {
    if random.chance(mix.wild) { return wildEntry(book) }
    var entry = OrderEntry(
      orderID: random.chance(0.02) ? id(book) : newID(), price: price(book), quantity: quantity(),
      owner: owner(), side: side(), type: type(),
      timeInForce: .goodTillCancel, instructions: [], selfTradePrevention: .allow)
    var terms = OrderTerms()
    if random.chance(mix.prevention) {
      entry.selfTradePrevention = SelfTradePrevention(rawValue: UInt8(random.next(below: 5)))!
    }
    setTimeInForce(&entry, &terms, book)
    setTypeTerms(&entry, &terms, book)
    setQueueTerms(&entry, &terms)
    setNeeds(&entry, &terms)
    setFillable(&entry, terms, book)
    if entry.owner != 0 && random.chance(mix.reduceOnly) {
      entry.instructions.insert(.reduceOnly)
      // Where it can reduce, mostly.
      if let position = book.position(of: entry.owner), position != 0, random.chance(0.9) {
        entry.side = position > 0 ? .sell : .buy
      }
    }
    return (entry, terms)
  }

  private mutating func type() -> OrderType {
    let choice = random.uniform()
    if choice < mix.stops || (beginsWithStops && lastID < 10) {
      return [.stop, .stopLimit, .trailingStop][Int(random.next(below: 3))]
    }
    if choice < mix.stops + mix.pegged { return .pegged }
    return choice < mix.stops + mix.pegged + mix.market ? .market : .limit
  }

  private mutating func setTimeInForce(
    _ entry: inout OrderEntry, _ terms: inout OrderTerms, _ book: NaiveBook
  ) {
    if entry.type == .market { entry.timeInForce = .immediateOrCancel }
    if !random.chance(mix.times) { return }
    let isAtOnce = entry.type != .pegged
    switch random.next(below: 10) {
    case 0..<3: if isAtOnce { entry.timeInForce = .immediateOrCancel }
    case 3..<6: if isAtOnce { entry.timeInForce = .fillOrKill }
    case 6, 7: entry.timeInForce = .day
    default:
      if entry.type == .market || mix.clock == 0 { return }
      entry.timeInForce = .goodTillDate
      terms.expireTime = book.time + random.integer(in: random.chance(0.05) ? -2...0 : 1...60)
    }
  }

  private mutating func setTypeTerms(
    _ entry: inout OrderEntry, _ terms: inout OrderTerms, _ book: NaiveBook
  ) {
    let isOpen = random.chance(0.5)
    let end: Int64 = entry.side == .buy ? .max : .min
    switch entry.type {
    case .limit: break
    case .market: if isOpen { entry.price = end }
    case .stop:
      terms.stopPrice = stopPrice(entry.side, book)
      if isOpen { entry.price = end }
    case .stopLimit: terms.stopPrice = stopPrice(entry.side, book)
    case .trailingStop:
      terms.trailingOffset = random.chance(0.02) ? .max : random.integer(in: 1...6)
      if isOpen { entry.price = end }
    case .pegged:
      terms.peg = PegReference(rawValue: UInt8(random.integer(in: 1...3)))!
      terms.pegOffset = random.chance(0.02) ? .min : random.integer(in: -4...4)
      if isOpen { entry.price = end }
    }
  }

  /// How it stands in its queue: post-only, hidden, iceberg.
  private mutating func setQueueTerms(_ entry: inout OrderEntry, _ terms: inout OrderTerms) {
    let isAtOnce =
      entry.timeInForce == .immediateOrCancel || entry.timeInForce == .fillOrKill
    if isAtOnce || entry.type == .market { return }
    if entry.type == .limit && random.chance(mix.postOnly) {
      entry.instructions.insert(.postOnly)
      if mix.wild > 0 && random.chance(0.5) { entry.instructions.insert(.slide) }
    }
    if entry.type != .limit && entry.type != .stopLimit && entry.type != .pegged { return }
    if random.chance(mix.hidden) {
      entry.instructions.insert(.hidden)
    } else if random.chance(mix.icebergs) {
      if sizes == .small { entry.quantity = entry.quantity &* 3 }
      terms.displayQuantity = max(1, entry.quantity / random.integer(in: 1...8))
      if random.chance(0.4) {
        terms.displayRange = random.integer(in: 0...(terms.displayQuantity - 1))
      }
      if random.chance(0.01) {
        // About as many parts as the book takes.
        terms.displayQuantity = random.integer(in: 2...4)
        terms.displayRange = random.integer(in: 0...(terms.displayQuantity - 1))
        let least = terms.displayQuantity - terms.displayRange
        entry.quantity = 10_000 * least + random.integer(in: -1...1)
      }
    }
  }

  /// What it must have at once: all, or a minimum.
  private mutating func setNeeds(_ entry: inout OrderEntry, _ terms: inout OrderTerms) {
    if entry.type == .pegged || entry.instructions.contains(.postOnly) { return }
    if random.chance(mix.whole) { entry.instructions.insert(.allOrNone) }
    if random.chance(mix.whole) && entry.quantity > 0 {
      terms.minQuantity = random.integer(in: 1...min(entry.quantity, 12))
    }
  }

  /// What must fill whole is mostly about as much as could be filled.
  private mutating func setFillable(
    _ entry: inout OrderEntry, _ terms: OrderTerms, _ book: NaiveBook
  ) {
    let isWhole =
      entry.timeInForce == .fillOrKill || entry.instructions.contains(.allOrNone)
    if !isWhole || entry.type == .pegged || terms.displayQuantity > 0 { return }
    if random.chance(0.4) { return }
    let order = NaiveBook.Order(
      entry: entry, terms: terms, price: entry.price, leaves: entry.quantity, entered: 0)
    let most = NaiveBook.saturated(book.fillableNow(order))
    if most <= 0 || most > shape.quantityMax - 2 { return }
    entry.quantity = max(1, terms.minQuantity, most + random.integer(in: -2...2))
  }

  /// Anything with anything, each term with a good chance of its default.
  private mutating func wildEntry(_ book: NaiveBook) -> (OrderEntry, OrderTerms) {
    let types = OrderType.allCases
    let times = TimeInForce.allCases
    var instructions: OrderInstructions = []
    for bit in UInt8(0)..<5 where random.chance(0.15) {
      instructions.insert(OrderInstructions(rawValue: 1 << bit))
    }
    var entry = OrderEntry(
      orderID: random.chance(0.05) ? id(book) : newID(), price: price(book), quantity: quantity(),
      owner: owner(), side: side(),
      type: types[Int(random.next(below: UInt64(types.count)))],
      timeInForce: times[Int(random.next(below: UInt64(times.count)))],
      instructions: instructions,
      selfTradePrevention: SelfTradePrevention(rawValue: UInt8(random.next(below: 5)))!)
    var terms = OrderTerms()
    let hasStopPrice = entry.type == .stop || entry.type == .stopLimit
    if random.chance(hasStopPrice ? 0.95 : 0.04) { terms.stopPrice = price(book) }
    if random.chance(entry.type == .trailingStop ? 0.95 : 0.04) {
      terms.trailingOffset = random.integer(in: -1...5)
    }
    if random.chance(entry.type == .pegged ? 0.95 : 0.04) {
      terms.peg = PegReference(rawValue: UInt8(random.next(below: 4)))!
    }
    if random.chance(entry.type == .pegged ? 0.5 : 0.04) {
      terms.pegOffset = random.integer(in: -3...3)
    }
    if random.chance(0.15) {
      terms.displayQuantity = random.integer(in: -1...9)
      let most = Self.partsMax * max(1, terms.displayQuantity)
      entry.quantity = random.chance(0.05) ? 1 << 32 : min(entry.quantity, most)
    }
    if random.chance(0.08) { terms.displayRange = random.integer(in: -1...6) }
    if random.chance(0.1) { terms.minQuantity = random.integer(in: -1...9) }
    if random.chance(entry.timeInForce == .goodTillDate ? 0.95 : 0.04) {
      terms.expireTime = book.time + random.integer(in: -1...30)
    }
    return (entry, terms)
  }
}
