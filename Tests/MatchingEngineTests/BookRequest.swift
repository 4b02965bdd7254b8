import MatchingEngine
import TradingModel

/// One request to a book: everything that changes one.
enum BookRequest: Equatable {
  /// Without terms by the call that takes none.
  case submit(OrderEntry, OrderTerms?)
  case modify(OrderID, price: Int64, quantity: Int64, stopPrice: Int64?)
  case cancelReplace(OrderID, price: Int64, leaves: Int64)
  case cancel(OrderID)
  /// Of nobody in particular: everybody's; of no side: both.
  case cancelAll(OwnerID?, Side?)
  case advance(Timestamp)
  case endDay
  case setPosition(Int64?, OwnerID)
  case setPhase(TradingPhase, referencePrice: Int64)
  case uncross(referencePrice: Int64)
}

/// What both books are made with.
struct BookShape: Equatable {
  var orderCapacity: Int
  var seed: UInt64 = 0
  /// How many changes of levels and of orders the book keeps: without, plain orders go a faster way.
  var levelChanges = 64
  var orderChanges = 256
}

extension NaiveBook {
  init(_ shape: BookShape) { self.init(orderCapacity: shape.orderCapacity, seed: shape.seed) }

  /// Gives how many orders a mass cancel canceled.
  @discardableResult mutating func apply(_ request: BookRequest) -> Int {
    switch request {
    case .submit(let entry, let terms): submit(entry, terms ?? OrderTerms())
    case .modify(let id, let price, let quantity, let stopPrice):
      modify(id, price: price, quantity: quantity, stopPrice: stopPrice)
    case .cancelReplace(let id, let price, let leaves):
      cancelReplace(id, price: price, leaves: leaves)
    case .cancel(let id): cancel(id)
    case .cancelAll(let owner, let side): return cancelAll(owner: owner, side: side)
    case .advance(let time): advance(to: time)
    case .endDay: endDay()
    case .setPosition(let position, let owner): setPosition(position, of: owner)
    case .setPhase(let phase, let price): setPhase(phase, referencePrice: price)
    case .uncross(let price): uncross(referencePrice: price)
    }
    return 0
  }
}

extension MatchingBook {
  init(_ shape: BookShape) {
    // With some seeds little is reserved and few ids have a place of their own, so that both must
    // grow; with the others nearly all plain orders go the shortest way.
    let choice = Int(shape.seed >> 32 % 6)
    self.init(
      orderCapacity: shape.orderCapacity, levelPages: [1, 2, 40][choice % 3],
      changeCapacity: shape.levelChanges, orderChangeCapacity: shape.orderChanges,
      reservedOrders: [1, 8, shape.orderCapacity][choice % 3],
      reservedSpecialOrders: [1, 16][choice % 2], identifierSpan: [64, 4096][choice % 2],
      seed: shape.seed)
  }

  /// Gives how many orders a mass cancel canceled.
  @discardableResult
  mutating func apply(_ request: BookRequest, into sink: inout ReportBuffer) -> Int {
    switch request {
    case .submit(let entry, nil): submit(entry, into: &sink)
    case .submit(let entry, let terms?): submit(entry, terms, into: &sink)
    case .modify(let id, let price, let quantity, nil):
      modify(id, price: price, quantity: quantity, into: &sink)
    case .modify(let id, let price, let quantity, let stopPrice?):
      modify(id, price: price, quantity: quantity, stopPrice: stopPrice, into: &sink)
    case .cancelReplace(let id, let price, let leaves):
      cancelReplace(id, price: price, leaves: leaves, into: &sink)
    case .cancel(let id): cancel(id, into: &sink)
    case .cancelAll(let owner, let side):
      return cancelAll(owner: owner, side: side, into: &sink)
    case .advance(let time): advance(to: time, into: &sink)
    case .endDay: endDay(into: &sink)
    case .setPosition(let position, let owner): setPosition(position, of: owner, into: &sink)
    case .setPhase(let phase, let price): setPhase(phase, referencePrice: price, into: &sink)
    case .uncross(let price): uncross(referencePrice: price, into: &sink)
    }
    return 0
  }
}
