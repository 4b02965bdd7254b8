/// The start of a run: the first record of every run in a journal. Variable length.
///
/// ```
/// 40  u32 formatVersion
/// 44  u8  mode (RunMode)
/// 48  u64 runID
/// 56  u64 seed
/// 64  u64 orderIDBase   the first order id this run gives is one above
/// 72  u64 stateVersion  of the core's own state
/// 80  text buildID
/// ```
/// A text is a u32 byte count, the UTF-8 bytes, and zeros up to a multiple of 8.
public struct RunStart: Equatable, Sendable {
  /// The version of the record layouts in this file set. Raised by any change to them.
  public static let formatVersion: UInt32 = 3
  public var mode: RunMode
  public var runID: UInt64
  public var seed: UInt64
  public var orderIDBase: UInt64
  public var stateVersion: UInt64
  public var buildID: String

  public init(
    mode: RunMode, runID: UInt64, seed: UInt64, orderIDBase: UInt64 = 0, stateVersion: UInt64 = 1,
    buildID: String
  ) {
    self.mode = mode
    self.runID = runID
    self.seed = seed
    self.orderIDBase = orderIDBase
    self.stateVersion = stateVersion
    self.buildID = buildID
  }
}

/// A venue and its name. `40 u16 index, 48 text name`.
public struct VenueDefinition: Equatable, Sendable {
  public var index: VenueIndex
  public var name: String
  public init(index: VenueIndex, name: String) {
    self.index = index
    self.name = name
  }
}

/// A currency and its code. `40 u16 index, 48 text code`.
public struct CurrencyDefinition: Equatable, Sendable {
  public var index: CurrencyIndex
  public var code: String
  public init(index: CurrencyIndex, code: String) {
    self.index = index
    self.code = code
  }
}

/// A listing and the venue's symbol for it; a later one with the same index changes it.
///
/// ```
///  40  u16 index, venue, instrument, base, quote, settlement
///  52  u8  contractKind, priceDecimals, quantityDecimals, contractSize decimals
///  56  i64 contractSize units
///  64  i64 tick
///  72  i64 lot
///  80  i64 quantityMin
///  88  i64 quantityMax
///  96  i128 notionalMin
/// 112  i64 makerFee
/// 120  i64 takerFee
/// 128  text symbol
/// ```
public struct ListingDefinition: Equatable, Sendable {
  public var listing: Listing
  public var symbol: String
  public init(listing: Listing, symbol: String) {
    self.listing = listing
    self.symbol = symbol
  }
}

/// A strategy, by name, with its settings as text ("key=value" lines), on some listings.
///
/// ```
/// 40  u16 index
/// 42  u16 listingCount
/// 44  u32 stateVersion
/// 48  text name, text settings
///  .. u16 listings, zeros up to a multiple of 8
/// ```
public struct StrategyDefinition: Equatable, Sendable {
  public var index: StrategyIndex
  public var stateVersion: UInt32
  public var name: String
  public var settings: String
  public var listings: [ListingIndex]
  public init(
    index: StrategyIndex, stateVersion: UInt32, name: String, settings: String,
    listings: [ListingIndex]
  ) {
    self.index = index
    self.stateVersion = stateVersion
    self.name = name
    self.settings = settings
    self.listings = listings
  }
}

/// An amount held at a venue. `40 u16 venue, 42 u16 currency, 48 i128 total`.
public struct AccountBalance: Equatable, Sendable {
  public var venue: VenueIndex
  public var currency: CurrencyIndex
  public var total: Money
  public init(venue: VenueIndex, currency: CurrencyIndex, total: Money) {
    self.venue = venue
    self.currency = currency
    self.total = total
  }
}

/// A recorded file whose market data a run takes instead of journalling it.
///
/// ```
/// 40  u64 byteSize
/// 48  32 bytes SHA-256
/// 80  u16 listing
/// 88  text kind, text path
/// ```
public struct FeedFile: Equatable, Sendable {
  public var listing: ListingIndex
  public var byteSize: UInt64
  public var sha256: [UInt8]
  public var kind: String
  public var path: String
  public init(listing: ListingIndex, byteSize: UInt64, sha256: [UInt8], kind: String, path: String)
  {
    self.listing = listing
    self.byteSize = byteSize
    self.sha256 = sha256
    self.kind = kind
    self.path = path
  }
}

/// Which part of the limits tree a `RiskLimitsDefinition` sets.
public enum RiskLimitsScope: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case firm = 0
  case strategy = 1
  case listing = 2
}

/// The limits of one scope. `Int64.max`, or money of `Int128.max`, is "no limit", said on purpose;
/// a scope without a definition refuses everything.
///
/// ```
///  40  u8  scope (RiskLimitsScope)
///  42  u16 index            of the strategy or listing
///  48  i64 orderQuantityMax
///  56  i64 positionMax      open orders included
///  64  i64 openOrdersMax
///  72  i64 ordersPerWindow
///  80  i64 windowNanoseconds
///  88  i64 priceCollar      parts of 10^-8 of the reference price
///  96  i128 orderNotionalMax
/// 112  i128 openNotionalMax
/// 128  i128 positionNotionalMax
/// 144  i64 marginRate       parts of 10^-8 of an order's notional that must be available
/// 152  u8  checks           bit 0: balance, bit 1: feed
/// ```
public struct RiskLimitsDefinition: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 160
  public static let balanceCheck: UInt8 = 1
  public static let feedCheck: UInt8 = 2
  public var scope: RiskLimitsScope
  public var index: UInt16
  public var orderQuantityMax: Int64
  public var positionMax: Int64
  public var openOrdersMax: Int64
  public var ordersPerWindow: Int64
  public var windowNanoseconds: Int64
  public var priceCollar: Rate
  public var orderNotionalMax: Money
  public var openNotionalMax: Money
  public var positionNotionalMax: Money
  public var marginRate: Rate
  public var checks: UInt8

  public init(
    scope: RiskLimitsScope, index: UInt16, orderQuantityMax: Int64 = .max,
    positionMax: Int64 = .max,
    openOrdersMax: Int64 = .max, ordersPerWindow: Int64 = .max,
    windowNanoseconds: Int64 = 1_000_000_000, priceCollar: Rate = Rate(parts: .max),
    orderNotionalMax: Money = Money(amount: .max), openNotionalMax: Money = Money(amount: .max),
    positionNotionalMax: Money = Money(amount: .max), marginRate: Rate = .zero, checks: UInt8 = 0
  ) {
    self.scope = scope
    self.index = index
    self.orderQuantityMax = orderQuantityMax
    self.positionMax = positionMax
    self.openOrdersMax = openOrdersMax
    self.ordersPerWindow = ordersPerWindow
    self.windowNanoseconds = windowNanoseconds
    self.priceCollar = priceCollar
    self.orderNotionalMax = orderNotionalMax
    self.openNotionalMax = openNotionalMax
    self.positionNotionalMax = positionNotionalMax
    self.marginRate = marginRate
    self.checks = checks
  }
}

/// The rolling hash over outputs so far. `40 u64 hash, 48 u64 outputs, 56 u64 inputs`.
public struct OutputHash: Equatable, Sendable {
  public static let byteCount = 64
  public var hash: UInt64
  public var outputs: UInt64
  public var inputs: UInt64
  public init(hash: UInt64, outputs: UInt64, inputs: UInt64) {
    self.hash = hash
    self.outputs = outputs
    self.inputs = inputs
  }
}

/// The orderly end of a run. `40 u64 stateHash, 48 u64 outputHash, 56 u64 inputs, 64 u64 outputs`.
public struct RunEnd: Equatable, Sendable {
  public static let byteCount = 72
  public var stateHash: UInt64
  public var outputHash: UInt64
  public var inputs: UInt64
  public var outputs: UInt64
  public init(stateHash: UInt64, outputHash: UInt64, inputs: UInt64, outputs: UInt64) {
    self.stateHash = stateHash
    self.outputHash = outputHash
    self.inputs = inputs
    self.outputs = outputs
  }
}
