import TradingModel

/// `GET /api/v3/account`: what the account holds and may do.
///
/// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints
public struct BinanceSpotAccount: ~Copyable {
  public internal(set) var canTrade = false
  /// Of the account, not of the key: `BinanceKeyPermissions` tells that.
  public internal(set) var canWithdraw = false
  public internal(set) var canDeposit = false
  /// When a balance last changed; 0 where the answer does not say.
  public internal(set) var updateTime: Timestamp = 0
  /// `SPOT`.
  public internal(set) var accountType = VenueText()
  /// Which of the permissions of `exchangeInfo`'s symbols the account has.
  public internal(set) var permissions: [String] = []
  public internal(set) var makerFee = Rate.zero
  public internal(set) var takerFee = Rate.zero
  public internal(set) var balances = PlainRun<VenueBalance>(capacity: 64)

  public init() {}
}

/// `GET /sapi/v1/account/apiRestrictions`: what the key may do.
///
/// https://developers.binance.com/docs/wallet/account/api-key-permission
public struct BinanceKeyPermissions: Equatable, BitwiseCopyable, Sendable {
  public var mayRead = false
  public var maySpotTrade = false
  public var mayFuturesTrade = false
  /// To any address: such a key is refused unless the configuration says otherwise.
  public var mayWithdraw = false
  /// To other accounts of Binance.
  public var mayTransferInternally = false
  /// Between the wallets of the same owner.
  public var mayTransferUniversally = false
  /// Whether only listed addresses may use it.
  public var isAddressBound = false
  /// When the permission to trade ends; 0 for never.
  public var tradingEnds: Timestamp = 0

  public init() {}
}

/// `GET /sapi/v1/system/status`. https://developers.binance.com/docs/wallet/others/system-status
public enum BinanceSystemStatus: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case normal = 0
  case maintenance = 1
  /// A number that is not documented.
  case other = 2
}

/// A symbol's commission for the account (`GET /sapi/v1/asset/tradeFee`).
public struct BinanceSymbolFee: Equatable, BitwiseCopyable, Sendable {
  public var symbol = VenueText()
  public var makerFee = Rate.zero
  public var takerFee = Rate.zero
}
