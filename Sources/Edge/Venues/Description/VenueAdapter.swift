import Credentials
import TradingModel

/// What a trading session needs to know of the run: names, units, and which orders are its own.
public struct AccountNames: Sendable {
  public var venue: VenueIndex
  /// The listings traded, with the venue's symbols for them.
  public var listings: [(listing: Listing, symbol: String)]
  /// The run's currencies, by the venue's names of assets.
  public var currencies: [(name: String, currency: CurrencyIndex)]
  /// What our client order ids begin with.
  public var clientOrderIDPrefix: String
  /// What those of the journal's earlier runs began with.
  public var formerPrefixes: [String]
  /// Fills from then on may be unknown here, ns since the epoch: where the journal's last run ended, or
  /// where a new one begins.
  public var fillsSince: Timestamp
  /// Funding payments from then on may be unknown here, ns since the epoch: as `fillsSince`, and never
  /// before the balances were taken from the account with which the journal began.
  public var paymentsSince: Timestamp
  /// The venue's dead-man switch as it is to be set; nil for no such thing.
  public var deadMan: DeadManSetting?

  public init(
    venue: VenueIndex, listings: [(listing: Listing, symbol: String)],
    currencies: [(name: String, currency: CurrencyIndex)], clientOrderIDPrefix: String,
    formerPrefixes: [String] = [], fillsSince: Timestamp = 0, paymentsSince: Timestamp? = nil,
    deadMan: DeadManSetting? = nil
  ) {
    self.venue = venue
    self.listings = listings
    self.currencies = currencies
    self.clientOrderIDPrefix = clientOrderIDPrefix
    self.formerPrefixes = formerPrefixes
    self.fillsSince = fillsSince
    self.paymentsSince = paymentsSince ?? fillsSince
    self.deadMan = deadMan
  }

  /// The listings as decoders know them.
  var symbolScales: [SymbolScale] {
    listings.map { entry in
      SymbolScale(
        symbol: entry.symbol, listing: entry.listing.index,
        priceDecimals: Int(entry.listing.priceDecimals),
        quantityDecimals: Int(entry.listing.quantityDecimals))
    }
  }
}

/// A venue whose captures can be read.
public protocol CapturedVenue: Sendable {
  /// What its captures may be; the first is what recordings of its public frames are read as.
  static var feedKinds: [FeedKind] { get }
}

/// A venue's folder as the rest of the program sees it.
public protocol VenueAdapter: CapturedVenue {
  static var description: VenueDescription { get }

  /// The requests that carry out an action, in the order in which they would be sent: one, or more
  /// where the venue cannot do it in one.
  ///
  /// - Parameter timestamp: milliseconds since the epoch, as the venue's clock is believed to be.
  static func requests(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws -> [WireRequest]

  /// What an answer over REST refuses, by the venue's error codes; nil where it is good.
  static func refusal(in answer: UnsafeRawBufferPointer, status: Int) -> VenueErrorMeaning?

  /// The venue's time, ns since the epoch, in an answer to `.serverTime`; nil where that is not read.
  static func serverTime(in answer: UnsafeRawBufferPointer) throws -> Timestamp?

  /// What an answer to `.instruments` says of `symbols`; of those that it does not name, nothing.
  static func definitions(
    in answer: UnsafeRawBufferPointer, of symbols: [String]
  ) throws -> [InstrumentDefinition]

  /// What an answer to `.keyPermissions` says, of venues that tell it.
  static func keyPermissions(in answer: UnsafeRawBufferPointer) throws -> KeyPermissions

  /// What answers to `.balances` say.
  static func balances(in answer: UnsafeRawBufferPointer) throws -> [VenueBalance]

  /// What an answer to `.positions` says; nothing of venues without positions.
  static func positions(
    in answer: UnsafeRawBufferPointer, _ symbols: [SymbolScale]
  ) throws -> [AccountPosition]

  /// What an answer to `.openOrders` says: orders of the account, whoever sent them.
  static func openOrders(in answer: UnsafeRawBufferPointer) throws -> OpenOrderPage

  /// A session that follows the public markets of `symbols`.
  ///
  /// - Parameters:
  ///   - budget: of the address, shared by all its sessions.
  ///   - silenceMax: nanoseconds without an update after which a book counts as stale.
  ///   - recorder: gets every frame; nil for none.
  static func marketSession(
    _ environment: VenueEnvironment, following symbols: [SymbolScale], budget: SharedBudget,
    silenceMax: Int64, recorder: (any FrameRecorder)?
  ) -> any VenueSession

  /// A session that enters the orders of one account, and tells what becomes of them.
  ///
  /// - Throws: for a key that cannot sign.
  static func tradingSession(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) -> any OrderSession

  /// Its encoder of order requests, for benchmarks; nil where it is not measured.
  ///
  /// - Parameter listingCapacity: listing indices are below it.
  /// - Throws: for a key that cannot sign.
  static func orderWriter(
    _ credential: VenueCredential, clientOrderIDPrefix: String, listingCapacity: Int
  ) throws(SigningKeyError) -> OrderWriter?

  /// Messages of every kind of `SampleKind` with their decoders, for benchmarks.
  ///
  /// - Throws: nothing that a sample's key brings about.
  static func decodingSamples() throws -> [DecodingSample]
}

extension VenueAdapter {
  public static func serverTime(in answer: UnsafeRawBufferPointer) throws -> Timestamp? { nil }

  public static func positions(
    in answer: UnsafeRawBufferPointer, _ symbols: [SymbolScale]
  ) throws -> [AccountPosition] { [] }

  public static func orderWriter(
    _ credential: VenueCredential, clientOrderIDPrefix: String, listingCapacity: Int
  ) throws(SigningKeyError) -> OrderWriter? { nil }
}

/// What a key may do, as far as its venue tells.
public struct KeyPermissions: Equatable, Sendable, BitwiseCopyable {
  public var mayRead: Bool
  public var mayTrade: Bool
  /// Such a key is refused unless the configuration says otherwise.
  public var mayWithdraw: Bool
  /// Whether only listed addresses may use it.
  public var isAddressBound: Bool

  public init(mayRead: Bool, mayTrade: Bool, mayWithdraw: Bool, isAddressBound: Bool) {
    self.mayRead = mayRead
    self.mayTrade = mayTrade
    self.mayWithdraw = mayWithdraw
    self.isAddressBound = isAddressBound
  }
}
