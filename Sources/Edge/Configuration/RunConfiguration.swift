import TradingModel

/// What a run with venues is told: how it keeps its journal, whom it trades with, what decides, and
/// within which limits. docs/configuration.md describes the file.
public struct RunConfiguration: Equatable, Sendable {
  /// What the journal survives.
  public enum Durability: String, CaseIterable, Sendable {
    /// The death of the process.
    case process
    /// The death of the machine: synced before anything is sent.
    case disk
  }

  /// What the engine's thread does while nothing is due.
  public enum Wait: String, CaseIterable, Sendable {
    case spin
    case yield
    case block
  }

  /// The journal's directory, from the working directory where it is not absolute; nil for
  /// a fresh one.
  public var journal: String?
  public var durability: Durability
  public var wait: Wait
  /// Where all chance comes from; nil for 1, or what the journal
  /// began with.
  public var seed: UInt64?
  /// Whether keys that may withdraw are taken, where a venue does not say for itself.
  public var allowWithdrawalKeys: Bool
  /// Whether an orderly end cancels the run's open orders.
  public var cancelOnExit: Bool
  /// At least one; in the order of the file.
  public var venues: [VenueConfiguration]
  /// In the order of the file; none for a run that only follows markets.
  public var strategies: [StrategyConfiguration]
  public var risk: RiskConfiguration
}

/// One venue of a run, or one account there.
public struct VenueConfiguration: Equatable, Sendable {
  /// What to do with open orders at the venue that are not the run's when it starts.
  public enum ForeignOrders: String, CaseIterable, Sendable {
    case leave
    case cancel
  }

  /// What to do with positions at the venue that the journal's fills do not explain.
  public enum ForeignPositions: String, CaseIterable, Sendable {
    case leave
    case adopt
  }

  /// What the run calls it; no other venue of the run has the name.
  public var name: String
  /// The adapter that speaks to it, as `needletail venues` names it.
  public var adapter: String
  /// One of the environments of the adapter's description; nil for the mode's own.
  public var environment: String?
  /// The venue's own symbols, at least one, each once.
  public var symbols: [String]
  /// The name of the credential to trade with; nil for the usual one of the venue.
  public var key: String?
  /// Whether a key that may withdraw is taken: the venue's own word, or the run's.
  public var allowWithdrawalKey: Bool
  public var foreignOrders: ForeignOrders
  public var foreignPositions: ForeignPositions
  /// What the account is taken to hold where the mode uses none (`paper` and `shadow`), in the order of
  /// the file; nil where orders are then held to no balance.
  public var balances: [HeldAmount]?
  /// Seconds without a word from us after which the venue cancels by itself what stands there: 0 for never,
  /// nil for what is usual with it.
  public var deadManSeconds: Int?
  /// Seconds without an update after which a book is stale, so that nothing is entered there. Above 0.
  public var staleSeconds: Int
  /// Whether the connections for market data are opened twice.
  public var redundantFeed: Bool
  /// Addresses instead of the environment's: `https://HOST[:PORT]` without a path, and WebSocket
  /// addresses. Plain text (`http`, `ws`) is only for this machine.
  public var rest: String?
  public var publicStream: String?
  public var userStream: String?
  public var orderEntry: String?
  /// The path of a PEM file with the authorities to trust, and no others; nil for the system's.
  public var certificateAuthority: String?
  /// Shares of a trade's value, for venues that do not tell; negative is a rebate.
  public var makerFee: Decimal?
  public var takerFee: Decimal?
}

/// What an account holds of one currency.
public struct HeldAmount: Equatable, Sendable {
  /// As the venue spells it.
  public var currency: String
  /// At least 0.
  public var amount: Decimal

  public init(currency: String, amount: Decimal) {
    self.currency = currency
    self.amount = amount
  }
}

/// One strategy of a run.
public struct StrategyConfiguration: Equatable, Sendable {
  /// A setting, as text for the strategy to read.
  public struct Setting: Equatable, Sendable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// What the run calls it; no other strategy of the run has the name.
  public var name: String
  /// Which strategy it is, as the program registers it; several of one kind may run.
  public var kind: String
  /// Names of the run's venues; nil for all.
  public var venues: [String]?
  /// Symbols, each of which one of its venues has; nil for all.
  public var symbols: [String]?
  /// In the order of the file; what is missing has the strategy's default.
  public var settings: [Setting]
}

/// Limits of the whole run; nil where there is none. Money is in each listing's quote currency.
public struct RiskConfiguration: Equatable, Sendable {
  /// Largest value of one order.
  public var orderNotionalMax: Decimal?
  /// Largest sum of the values of open orders.
  public var openNotionalMax: Decimal?
  /// Largest value of a position in one listing, open orders counted as filled.
  public var positionNotionalMax: Decimal?
  /// Largest distance of a price from the reference price, as a share of it: 0 to 1.
  public var priceCollar: Decimal?
  public var openOrdersMax: Int64?
  public var ordersPerSecond: Int64?
}
