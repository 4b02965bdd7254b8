import LowLatency
import MatchingEngine
import TradingModel

/// One request to a book.
enum BookRequest {
  case submit(OrderEntry)
  case modify(OrderID, price: Int64, quantity: Int64)
  case cancel(OrderID)
  case cancelAll(OwnerID)
}

/// Requests from a seed, in one of several regimes of prices and sizes, with mistakes among them.
struct RandomFlow {
  var random: SeededRandom
  let regime: Regime
  var lastID: OrderID = 0

  enum Regime: Int, CaseIterable {
    /// Few prices, deep queues.
    case crowded
    /// A middle that wanders.
    case wandering
    /// Prices anywhere in 64 bits, the ends included.
    case scattered
    /// Around zero, with page and tree borders.
    case spread
  }

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    regime = Regime(rawValue: Int(seed % UInt64(Regime.allCases.count)))!
  }

  mutating func next() -> BookRequest {
    switch random.next(below: 100) {
    case 0..<55: .submit(entry())
    case 55..<75: .modify(id(), price: price(), quantity: quantity())
    case 75..<99: .cancel(id())
    default: .cancelAll(OwnerID(random.next(below: 4)))
    }
  }

  private mutating func entry() -> OrderEntry {
    let choice = random.next(below: 40)
    let isMarket = choice < 3
    var type = isMarket ? OrderType.market : .limit
    if choice == 3 && random.chance(0.2) { type = .stop }
    var timeInForce = TimeInForce.goodTillCancel
    var instructions: OrderInstructions = []
    switch random.next(below: 20) {
    case 0, 1: timeInForce = .immediateOrCancel
    case 2, 3: timeInForce = .fillOrKill
    case 4: timeInForce = .day
    case 5: if random.chance(0.1) { timeInForce = .goodTillDate }
    case 6, 7, 8: instructions = .postOnly
    case 9: if random.chance(0.1) { instructions = .hidden }
    default: break
    }
    let side: Side = random.chance(0.5) ? .buy : .sell
    let isOpen = isMarket && random.chance(0.5)
    return OrderEntry(
      orderID: random.chance(0.03) ? id() : newID(),
      price: isOpen ? (side == .buy ? .max : .min) : price(), quantity: quantity(),
      owner: OwnerID(random.next(below: 4)), side: side, type: type, timeInForce: timeInForce,
      instructions: instructions,
      selfTradePrevention: SelfTradePrevention(rawValue: UInt8(random.next(below: 5)))!)
  }

  private mutating func newID() -> OrderID {
    lastID += 1
    return lastID
  }

  /// A recent id, mostly resting; seldom 0 or one never given.
  private mutating func id() -> OrderID {
    let id = Int64(lastID) + 1 - random.integer(in: 0...50)
    return id < 0 ? 0 : OrderID(id)
  }

  private mutating func quantity() -> Int64 {
    switch random.next(below: 200) {
    case 0: random.integer(in: -2...0)
    case 1: .max - random.integer(in: 0...1)
    case 2..<20: random.integer(in: 1...500)
    default: random.integer(in: 1...20)
    }
  }

  private mutating func price() -> Int64 {
    switch regime {
    case .crowded: return 100 + random.integer(in: -4...4)
    case .wandering: return 33_500 + Int64(lastID) / 4 + random.integer(in: -30...30)
    case .scattered:
      let price = random.integer(in: .min ... .max) >> random.integer(in: 0...63)
      return random.chance(0.02) ? (price < 0 ? .min : .max) : price
    case .spread: return random.integer(in: -3...3) * 32 + random.integer(in: -2...2)
    }
  }
}
