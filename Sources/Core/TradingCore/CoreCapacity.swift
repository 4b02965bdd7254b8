import TradingModel

/// How much the core can hold: declared at start, allocated and touched then, never grown. What does
/// not fit is refused with a typed reason and an alert.
public struct CoreCapacity: Equatable, Sendable {
  /// Instruments times venues this run may trade or follow.
  public var listings: Int
  public var strategies: Int
  public var venues: Int
  public var currencies: Int
  /// Orders remembered, a power of two; half of them may be open at once.
  public var orders: Int
  /// Trades remembered to tell repetitions, a power of two.
  public var trades: Int
  /// Funding payments remembered to tell repetitions, above zero: at 64 contracts funded three times a
  /// day, those of 85 days, about as far back as a venue's list goes.
  public var payments: Int
  /// Wishes of all strategies in answer to one input.
  public var intentsPerInput: Int

  public init(
    listings: Int = 64, strategies: Int = 16, venues: Int = 32, currencies: Int = 64,
    orders: Int = 1 << 16, trades: Int = 1 << 16, payments: Int = 1 << 14,
    intentsPerInput: Int = 256
  ) {
    self.listings = listings
    self.strategies = strategies
    self.venues = venues
    self.currencies = currencies
    self.orders = orders
    self.trades = trades
    self.payments = payments
    self.intentsPerInput = intentsPerInput
  }

  /// Bytes of outputs that one input may lead to: an event, an alert and a question for every order
  /// that may be open (a connection may be lost for all of them at once), what each intent may lead
  /// to, a sweep of cancels, and something for feeds and answers.
  public var outputByteCount: Int {
    orders / 2 * 384 + listings * 128 + strategies * 128 + intentsPerInput * Self.intentByteCount
      + sweepPerInput * 256 + 65_536
  }

  /// The most that one intent leads to: sixteen routed legs with an event, a request and an alert.
  static var intentByteCount: Int { 16 * 288 }

  /// Cancels that a cancel-all sends per input; the rest follows with the next inputs.
  public var sweepPerInput: Int { 256 }
}

/// Times that the core waits. Part of the core, so that every mode and every replay waits alike.
public enum CoreTimes {
  /// A request without an answer for this long makes its order unknown. ns.
  public static let answerTimeout: Int64 = 5_000_000_000
  /// The first question about an unknown order is asked again after this long, then twice as long
  /// each time. ns.
  public static let queryBackoff: Int64 = 1_000_000_000
  /// The longest such wait. ns.
  public static let queryBackoffMax: Int64 = 32_000_000_000
  /// How long after the last full look at a venue's open orders and fills the next is taken, though nothing
  /// was lost: so that a message that went astray is found, and what a venue tells after a loss stays
  /// within what is remembered of trades. ns.
  public static let lookInterval: Int64 = 900_000_000_000
  /// A feed that says nothing for this long is stale, and gates trading. ns.
  public static let feedStaleAfter: Int64 = 30_000_000_000
}

/// What a run has counted. Part of the state, and so of its hash.
public struct CoreCounts: Equatable, BitwiseCopyable, Sendable {
  public var inputs: UInt64 = 0
  public var outputs: UInt64 = 0
  public var submitted: UInt64 = 0
  public var accepted: UInt64 = 0
  public var filled: UInt64 = 0
  public var partiallyFilled: UInt64 = 0
  public var canceled: UInt64 = 0
  public var expired: UInt64 = 0
  public var rejected: UInt64 = 0
  public var denied: UInt64 = 0
  public var modifies: UInt64 = 0
  public var cancels: UInt64 = 0
  public var fills: UInt64 = 0
  /// Funding payments booked, repetitions not counted.
  public var fundingPayments: UInt64 = 0
  public var alerts: UInt64 = 0
  public var signals: UInt64 = 0
  public var refusedIntents: UInt64 = 0

  public init() {}

  /// An order's row changed: takes it out of one count of ends and into the other.
  mutating func moveEnd(from before: OrderRow, to after: OrderRow) {
    add(-1, to: before)
    add(1, to: after)
  }

  private mutating func add(_ change: Int64, to row: OrderRow) {
    let change = UInt64(bitPattern: change)
    switch row {
    case .filled: filled &+= change
    case .canceled: canceled &+= change
    case .expired: expired &+= change
    case .rejected, .notSent: rejected &+= change
    case .denied, .new, .sent, .working: break
    }
  }

  func hash(into hash: inout RecordHash) {
    for value in [
      inputs, outputs, submitted, accepted, filled, partiallyFilled, canceled, expired, rejected,
      denied, modifies, cancels, fills, fundingPayments, alerts, signals, refusedIntents,
    ] {
      hash.combine(value)
    }
  }
}
