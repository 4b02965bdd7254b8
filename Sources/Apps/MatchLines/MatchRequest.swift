import MatchingEngine
import TradingModel

/// What the first line may say of the book; nil: as the program was told.
public struct MatchSetup: Equatable, Sendable {
  /// The step of prices, above 0; nil: prices are ticks.
  public var tick: Decimal?
  /// The step of quantities, above 0; nil: quantities are units.
  public var lot: Decimal?
  /// How many orders can rest; see `MatchingBook.orderCapacities`.
  public var capacity: Int?
  /// What the parts that icebergs show are drawn from.
  public var seed: UInt64?

  public init(
    tick: Decimal? = nil, lot: Decimal? = nil, capacity: Int? = nil, seed: UInt64? = nil
  ) {
    self.tick = tick
    self.lot = lot
    self.capacity = capacity
    self.seed = seed
  }

  /// These values, and `defaults` where there are none.
  public func over(_ defaults: MatchSetup) -> MatchSetup {
    MatchSetup(
      tick: tick ?? defaults.tick, lot: lot ?? defaults.lot,
      capacity: capacity ?? defaults.capacity,
      seed: seed ?? defaults.seed)
  }
}

/// What a line asks for, in ticks and whole quantity units.
public enum MatchRequest: Equatable, Sendable {
  case instrument(MatchSetup)
  case new(OrderEntry, OrderTerms)
  /// A price of nil is none: the far end of the order's side.
  case modify(OrderID, price: Int64?, quantity: Int64, stopPrice: Int64?)
  case cancelReplace(OrderID, price: Int64?, leaves: Int64)
  case cancel(OrderID)
  case cancelAll(owner: OwnerID?, side: Side?)
  case advance(to: Timestamp)
  case endDay
  /// A position of nil is not known.
  case position(Int64?, of: OwnerID)
  case phase(TradingPhase, referencePrice: Int64)
  case uncross(referencePrice: Int64)
  case book(depth: Int?)
  case orders(side: Side?, price: Int64?)
  case order(OrderID)
  case indication(referencePrice: Int64)
  case showPosition(of: OwnerID)
  case statistics(memory: Bool)
  case check
  case hash

  /// The `op` of its line.
  public var operation: MatchOperation {
    switch self {
    case .instrument: .instrument
    case .new: .new
    case .modify: .modify
    case .cancelReplace: .cancelReplace
    case .cancel: .cancel
    case .cancelAll: .cancelAll
    case .advance: .advance
    case .endDay: .endDay
    case .position: .position
    case .phase: .phase
    case .uncross: .uncross
    case .book: .book
    case .orders: .orders
    case .order: .order
    case .indication: .indication
    case .showPosition: .showPosition
    case .statistics: .statistics
    case .check: .check
    case .hash: .hash
    }
  }
}

/// Why a line is no request.
public struct MatchLineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of mistake it is.
  public enum Fault: Equatable, Sendable, CaseIterable {
    /// Not a flat JSON object.
    case syntax
    case unknownOperation, unknownField, missingField
    /// A text where a number belongs, or the like; or a name that is none.
    case wrongValue
    /// A number that does not fit.
    case outOfRange
    /// Not a multiple of the tick, or of the lot.
    case offGrid
    /// An `instrument` that is not the first object.
    case misplaced
    case lineTooLong
  }

  public var fault: Fault
  /// In bytes, from 1.
  public var column: Int
  /// The key; nil where no single one is at fault.
  public var field: String?
  public var expected: String

  public init(_ fault: Fault, column: Int, field: String? = nil, expected: String) {
    self.fault = fault
    self.column = column
    self.field = field
    self.expected = expected
  }

  public var description: String {
    "\(column): \(field.map { $0 + ": " } ?? "")expected \(expected)"
  }
}
