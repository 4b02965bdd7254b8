import TradingModel

/// A trading strategy: fixed-size state, changed only by what it is told.
///
/// A strategy is a struct. The core calls it for the listings it was given, in the order of the
/// inputs, and takes its wishes through the context; risk checks, routing and order keeping come
/// after it. It must reach no clock, file or source of chance: the same inputs must lead to the same
/// wishes on every machine, in every mode. See `examples/MyStrategy`.
public protocol Strategy {
  /// The name in commands and configuration.
  static var name: String { get }
  /// Raised whenever the meaning of its state changes.
  static var stateVersion: UInt32 { get }
  /// What can be set, with defaults: text that `--set key=value` replaces.
  static var settings: [StrategySetting] { get }

  /// Reads its settings, in the units of its listings.
  init(_ setup: StrategySetup) throws(SettingError)

  /// Called once, when all definitions are in.
  mutating func start(_ context: borrowing StrategyContext)
  /// A followed book changed, or became usable or unusable.
  mutating func bookChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext)
  /// The venue printed a trade.
  mutating func traded(_ trade: Trade, _ context: borrowing StrategyContext)
  /// Mark price, index price or funding of a followed contract changed; `context.contract(listing)` has
  /// them.
  mutating func contractChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext)
  /// Funding was paid or received on its position, and is booked there.
  mutating func funded(_ funding: FundingEvent, _ context: borrowing StrategyContext)
  /// One of its orders was filled; position and P&L are already up to date.
  mutating func filled(_ fill: FillEvent, _ context: borrowing StrategyContext)
  /// A venue or time changed one of its orders. It is not called for what the strategy itself asked
  /// for: a request that left, or was refused, shows in the orders and in the record.
  mutating func orderChanged(_ event: OrderEvent, _ context: borrowing StrategyContext)
  /// Time went by.
  mutating func timerTicked(_ context: borrowing StrategyContext)
  /// A signal came for it. `.ordered` only if an order was placed by `context`.
  mutating func signaled(
    _ signal: Signal, _ context: borrowing StrategyContext
  ) -> SignalOutcome

  /// Takes every field of its state into the hash.
  func hash(into hash: inout RecordHash)
}

extension Strategy {
  public static var stateVersion: UInt32 { 1 }
  public static var settings: [StrategySetting] { [] }
  public mutating func start(_ context: borrowing StrategyContext) {}
  public mutating func bookChanged(
    _ listing: ListingIndex, _ context: borrowing StrategyContext
  ) {}
  public mutating func traded(_ trade: Trade, _ context: borrowing StrategyContext) {}
  public mutating func contractChanged(
    _ listing: ListingIndex, _ context: borrowing StrategyContext
  ) {}
  public mutating func funded(_ funding: FundingEvent, _ context: borrowing StrategyContext) {}
  public mutating func filled(_ fill: FillEvent, _ context: borrowing StrategyContext) {}
  public mutating func orderChanged(_ event: OrderEvent, _ context: borrowing StrategyContext) {}
  public mutating func timerTicked(_ context: borrowing StrategyContext) {}
  public mutating func signaled(
    _ signal: Signal, _ context: borrowing StrategyContext
  ) -> SignalOutcome { .refused }
}
