import Links
import TradingModel
import Transport
import Venues

/// A venue of a run, as it was configured.
public struct LiveVenue: Sendable {
  /// What the run calls it.
  public var name: String
  public var adapter: any VenueAdapter.Type
  public var environment: VenueEnvironment
  /// The venue's own names.
  public var symbols: [String]
  /// Nil where no orders are entered.
  public var credential: VenueCredential?
  /// What the account is taken to hold where there is no credential to ask with; a currency that is not
  /// named holds nothing. Nil where nothing is known, so that nothing is held to it.
  public var assumedBalances: [(currency: String, total: Money)]?
  /// Whether a key that may withdraw is taken all the same.
  public var allowsWithdrawalKey = false
  /// Whether the account's open orders in these symbols are canceled before a new journal begins;
  /// otherwise those that are not ours are left alone.
  public var cancelsForeignOrders = false
  /// Whether contracts' positions that the journal's fills do not explain become the run's when it starts;
  /// otherwise they are left alone.
  public var adoptsForeignPositions = false
  /// When the venue cancels by itself what stands there; nil for never.
  public var deadMan: DeadManSetting?
  /// Nanoseconds without an update after which a book is stale. Quiet markets may need more.
  public var staleAfter: Int64 = 30_000_000_000
  /// Whom to trust; nil only where every address is plain text on this machine.
  public var tls: TLSContext?
  /// What requests say of the program that sends them.
  public var userAgent = "needletail"
  /// In place of what the venue's instruments say, which often say nothing.
  public var makerFee: Rate?
  public var takerFee: Rate?

  public init(
    name: String, adapter: any VenueAdapter.Type, environment: VenueEnvironment, symbols: [String]
  ) {
    self.name = name
    self.adapter = adapter
    self.environment = environment
    self.symbols = symbols
    deadMan = .usual(adapter.description)
  }
}

/// Why a venue cannot be traded at.
public enum LiveError: Error, CustomStringConvertible {
  case link(venue: String, LinkError)
  /// A question has no answer that can be used.
  case unanswered(venue: String, question: String, reason: String)
  /// The venue lists no such symbol.
  case unknownSymbol(venue: String, symbol: String)
  /// The key may withdraw.
  case withdrawalKey(venue: String)
  /// The key may not enter orders.
  case noPermission(venue: String)
  case key(venue: String, reason: String)
  /// Orders that are not ours stand all the same, which was to be ended.
  case foreignOrders(venue: String, symbol: String, count: Int, reason: String?)
  case listing(venue: String, symbol: String, reason: String)

  public var description: String {
    switch self {
    case .link(let venue, let error): "\(venue): \(error)"
    case .unanswered(let venue, let question, let reason):
      "\(venue): asking for \(question): \(reason)"
    case .unknownSymbol(let venue, let symbol): "\(venue): no symbol '\(symbol)' is traded there"
    case .withdrawalKey(let venue):
      "\(venue): this key may withdraw, and a stolen key would empty the account; use a key without "
        + "that right, or say allow_withdrawal_key = true"
    case .noPermission(let venue): "\(venue): this key may not enter orders"
    case .key(let venue, let reason): "\(venue): \(reason)"
    case .foreignOrders(let venue, let symbol, let count, let reason):
      "\(venue): \(count) open order\(count == 1 ? "" : "s") in \(symbol) could not be canceled "
        + "(foreign_orders = \"cancel\")" + (reason.map { ": \($0)" } ?? "")
    case .listing(let venue, let symbol, let reason): "\(venue): \(symbol): \(reason)"
    }
  }
}

/// What a venue said when a run began.
public struct OpenedVenue: Sendable {
  public var venue: LiveVenue
  /// One for each of the venue's symbols, in their order.
  public var definitions: [InstrumentDefinition]
  public var balances: [VenueBalance]
  public var positions: [AccountPosition]
  /// Things that somebody should know.
  public var warnings: [String]
  /// What the venue's clock shows more than ours, nanoseconds.
  public var clockOffset: Int64
  /// When the account was asked for, by our clock: what is booked later is not in its balances.
  public var accountAskedAt: Timestamp
}
