import TradingModel

/// The type-erased home of one strategy: one virtual call an event, so that the core need not be
/// specialised over strategies.
public class StrategyHost {
  init() {}
  public var stateVersion: UInt32 { 0 }
  public func start(_ context: borrowing StrategyContext) {}
  public func bookChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext) {}
  public func traded(_ trade: Trade, _ context: borrowing StrategyContext) {}
  public func contractChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext) {}
  public func funded(_ funding: FundingEvent, _ context: borrowing StrategyContext) {}
  public func filled(_ fill: FillEvent, _ context: borrowing StrategyContext) {}
  public func orderChanged(_ event: OrderEvent, _ context: borrowing StrategyContext) {}
  public func timerTicked(_ context: borrowing StrategyContext) {}
  public func signaled(
    _ signal: Signal, _ context: borrowing StrategyContext
  ) -> SignalOutcome { .unknownStrategy }
  public func hash(into hash: inout RecordHash) {}
}

final class HostedStrategy<S: Strategy>: StrategyHost {
  // Behind a pointer, because each access to a class's own property is checked for exclusivity.
  private let strategy: UnsafeMutablePointer<S>

  init(_ strategy: S) {
    self.strategy = .allocate(capacity: 1)
    self.strategy.initialize(to: strategy)
  }

  deinit {
    strategy.deinitialize(count: 1)
    strategy.deallocate()
  }

  override var stateVersion: UInt32 { S.stateVersion }
  override func start(_ context: borrowing StrategyContext) { strategy.pointee.start(context) }
  override func bookChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext) {
    strategy.pointee.bookChanged(listing, context)
  }
  override func traded(_ trade: Trade, _ context: borrowing StrategyContext) {
    strategy.pointee.traded(trade, context)
  }
  override func contractChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext) {
    strategy.pointee.contractChanged(listing, context)
  }
  override func funded(_ funding: FundingEvent, _ context: borrowing StrategyContext) {
    strategy.pointee.funded(funding, context)
  }
  override func filled(_ fill: FillEvent, _ context: borrowing StrategyContext) {
    strategy.pointee.filled(fill, context)
  }
  override func orderChanged(_ event: OrderEvent, _ context: borrowing StrategyContext) {
    strategy.pointee.orderChanged(event, context)
  }
  override func timerTicked(_ context: borrowing StrategyContext) {
    strategy.pointee.timerTicked(context)
  }
  override func signaled(
    _ signal: Signal, _ context: borrowing StrategyContext
  ) -> SignalOutcome { strategy.pointee.signaled(signal, context) }
  override func hash(into hash: inout RecordHash) { strategy.pointee.hash(into: &hash) }
}

/// The strategies a program knows, by name.
public struct StrategyRegistry {
  /// What is known of one kind of strategy without making one.
  public struct Entry {
    public let name: String
    public let stateVersion: UInt32
    public let settings: [StrategySetting]
    let make: (StrategySetup) throws(SettingError) -> StrategyHost
  }

  /// In the order of registration.
  public private(set) var entries: [Entry] = []

  /// The strategies that come with Needletail.
  public init() {
    register(Maker.self)
    register(SignalFollower.self)
  }

  /// Adds a strategy, replacing one of the same name.
  public mutating func register<S: Strategy>(_ type: S.Type) {
    entries.removeAll { $0.name == S.name }
    entries.append(
      Entry(
        name: S.name, stateVersion: S.stateVersion, settings: S.settings,
        make: { (setup) throws(SettingError) -> StrategyHost in HostedStrategy(try S(setup)) }))
  }

  /// What is known of the strategy of that name.
  public func entry(_ name: String) throws(SettingError) -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw .unknownStrategy(name, known: entries.map(\.name))
    }
    return entry
  }

  /// Makes a strategy from its settings text and listings.
  public func make(
    _ name: String, settings text: String, listings: [Listing]
  ) throws(SettingError) -> StrategyHost {
    let entry = try entry(name)
    let setup = try StrategySetup(
      strategyName: name, settings: entry.settings, text: text, listings: listings)
    if listings.isEmpty { throw .noListings(strategy: name) }
    return try entry.make(setup)
  }
}
