/// A moment in nanoseconds since the Unix epoch (UTC). Always an input, never read from a clock here.
public typealias Timestamp = Int64

/// The place of a venue in this run's definitions.
public typealias VenueIndex = UInt16
/// The place of a currency in this run's definitions.
public typealias CurrencyIndex = UInt16
/// The place of an instrument (a thing traded, whatever the venue) in this run's definitions.
public typealias InstrumentIndex = UInt16
/// The place of a listing (an instrument at a venue) in this run's definitions.
public typealias ListingIndex = UInt16
/// The place of a strategy in this run's definitions.
public typealias StrategyIndex = UInt16

/// The engine's own number of an order, for life: 1, 2, 3... over all runs of one journal.
/// Zero is no order. The venue sees it inside the client order id.
public typealias OrderID = UInt64
/// Counts the requests (new, modify, cancel) made for one order; 1 is the new order itself.
public typealias RequestVersion = UInt32
/// A venue's order id: the number itself where it is one, else the id of interned text. 0: unknown.
public typealias VenueOrderID = UInt64
/// A venue's trade id, unique within a venue and listing. 0: unknown.
public typealias TradeID = UInt64

/// The side of an order, a level or a trade's aggressor (FIX Side 54).
public enum Side: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case buy = 0
  case sell = 1

  /// The other side.
  @inlinable public var opposite: Side { self == .buy ? .sell : .buy }
  /// +1 for buy, -1 for sell.
  @inlinable public var sign: Int64 { self == .buy ? 1 : -1 }
}

/// FIX OrdType (40), as far as a venue executes it.
public enum OrderType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case market = 1
  case limit = 2
  case stop = 3
  case stopLimit = 4
  case trailingStop = 5
  case pegged = 6
}

/// FIX TimeInForce (59).
public enum TimeInForce: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case day = 0
  case goodTillCancel = 1
  case immediateOrCancel = 3
  case fillOrKill = 4
  case goodTillDate = 6
}

/// Instructions that stand beside type and time in force (FIX ExecInst 18).
public struct OrderInstructions: OptionSet, Sendable, BitwiseCopyable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Never takes liquidity: refused or canceled by the venue if it would (FIX ExecInst 6).
  public static let postOnly = OrderInstructions(rawValue: 1)
  /// May only make the position smaller.
  public static let reduceOnly = OrderInstructions(rawValue: 2)
  /// Not displayed.
  public static let hidden = OrderInstructions(rawValue: 4)
  /// Fills whole when it is entered, or is refused (FIX ExecInst G, on entry only).
  public static let allOrNone = OrderInstructions(rawValue: 8)
  /// With post-only: takes the nearest price that does not cross instead of being refused.
  public static let slide = OrderInstructions(rawValue: 16)
}

extension OrderInstructions: CustomStringConvertible {
  /// `post-only, reduce-only`; bits without a name as their number, no instructions as `none`.
  public var description: String {
    let named: [(OrderInstructions, String)] = [
      (.postOnly, "post-only"), (.reduceOnly, "reduce-only"), (.hidden, "hidden"),
      (.allOrNone, "all-or-none"), (.slide, "slide"),
    ]
    var names: [String] = []
    var rest = self
    for (instruction, name) in named where rest.contains(instruction) {
      names.append(name)
      rest.remove(instruction)
    }
    if !rest.isEmpty { names.append("\(rest.rawValue)") }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}

/// Whether a fill made or took liquidity (FIX LastLiquidityInd 851).
public enum Liquidity: UInt8, Sendable, BitwiseCopyable {
  case unknown = 0
  case maker = 1
  case taker = 2
}

/// What a run is: the same core behind every one of them. Part of every run's header, so that a
/// result always tells whether it was simulated.
public enum RunMode: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case sandbox = 1
  case backtest = 2
  case paper = 3
  case demo = 4
  case live = 5
  case shadow = 6
  case benchmark = 7
}
