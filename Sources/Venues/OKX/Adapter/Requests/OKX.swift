import Credentials
import TradingModel

/// OKX v5, spot and USDT-margined swaps: what it offers, and its requests by hand.
///
/// https://www.okx.com/docs-v5/en/
public enum OKX: VenueAdapter {
  private static let documentation = "https://www.okx.com/docs-v5/en/"
  private static let second: Timestamp = 1_000_000_000

  public static let description = VenueDescription(
    name: "okx", title: "OKX v5", contractKinds: [.spot, .linear],
    environments: [
      VenueEnvironment(
        name: "live", isReal: true, rest: "https://www.okx.com",
        publicStream: "wss://ws.okx.com:8443/ws/v5/public",
        userStream: "wss://ws.okx.com:8443/ws/v5/private",
        orderEntry: "wss://ws.okx.com:8443/ws/v5/private"),
      VenueEnvironment(
        name: "demo", isReal: false, rest: "https://www.okx.com",
        publicStream: "wss://wspap.okx.com:8443/ws/v5/public",
        userStream: "wss://wspap.okx.com:8443/ws/v5/private",
        orderEntry: "wss://wspap.okx.com:8443/ws/v5/private"),
    ], actions: actions, orderTypes: [.limit, .market],
    timesInForce: [.goodTillCancel, .immediateOrCancel, .fillOrKill],
    instructions: [.postOnly, .reduceOnly], keyKinds: [.hmac], hasPassphrase: true,
    keyPermissionsEndpoint: "GET /api/v5/account/config",
    bookRule:
      "a snapshot through the stream, then prevSeqId = previous seqId; numbers may begin anew after "
      + "maintenance; the checksum is compared where it is not 0 "
      + "(\(documentation)#order-book-trading-market-data-ws-order-book-channel)",
    rateLimits: rateLimits, deadManSeconds: 10...120, documentation: documentation)

  private static let actions: [VenueAction: ActionSupport] = [
    .place: .native([.webSocket, .rest]),
    .modify: .native([.webSocket, .rest]),
    .cancel: .native([.webSocket, .rest]),
    .cancelAll: .emulated(
      "the open orders are asked for by pages of 100 (open-orders) and canceled by their ids in batches "
        + "of 20 (cancel-batch); orders that wait for a trigger are left"),
    .placeBatch: .restricted([.webSocket, .rest], "up to 20 orders"),
    .cancelBatch: .restricted([.webSocket, .rest], "up to 20 orders"),
    .deadManSwitch: .restricted(
      [.rest], "a countdown of 10 to 120 seconds, of all the account's orders"),
    .query: .native([.rest]),
    .openOrders: .native([.rest]),
    .fills: .restricted([.rest], "of the last three days; three months at a tenth of the rate"),
    .balances: .native([.rest]),
    .positions: .native([.rest]),
    .keyPermissions: .native([.rest]),
    .userStream: .native([.webSocket]),
    .keepUserStream: .none("the stream lives as long as its connection"),
    .closeUserStream: .none("the stream lives as long as its connection"),
    .logOn: .native([.webSocket]),
    .serverTime: .native([.rest]),
    .instruments: .native([.rest]),
    .depth: .native([.rest]),
  ]

  /// Every endpoint has its own, by user and instrument or by user; `OKXRoute` counts as if all were one,
  /// so none is exceeded. https://www.okx.com/docs-v5/en/#overview-rate-limits
  static let rateLimits = [
    RateLimit(.orders, 60, per: 2 * second, isAligned: false),
    RateLimit(.weight, 60, per: 2 * second, isAligned: false),
    RateLimit(.connections, 3, per: second, isAligned: false, scope: .address),
  ]

  public static var feedKinds: [FeedKind] { [.okx] }

  /// Whether an instrument id is a swap's.
  static func isSwap(_ symbol: String) -> Bool { symbol.hasSuffix("-SWAP") }

  /// What a swap's name has behind that of its index.
  static let swapEnding: StaticString = "-SWAP"

  /// The index that a swap follows: `BTC-USDT` of `BTC-USDT-SWAP`; nil of others.
  static func index(of symbol: String) -> String? {
    isSwap(symbol) ? String(symbol.dropLast(swapEnding.utf8CodeUnitCount)) : nil
  }

  /// The beginning of client order ids as the venue takes it: letters and digits alone. Whatever else
  /// stands in it becomes `X`, which no number in base 36 and small letters has.
  static func clientOrderIDPrefix(_ prefix: String) -> String {
    String(
      decoding: prefix.utf8.map { byte in
        let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
        return isPlain ? byte : UInt8(ascii: "X")
      }, as: UTF8.self)
  }

  static func reason(notOffering action: VenueAction) -> String {
    switch description.support(of: action) {
    case .none(let reason), .emulated(let reason), .restricted(_, let reason): reason
    case .native: "not over this channel"
    }
  }

  public static func marketSession(
    _ environment: VenueEnvironment, following symbols: [SymbolScale], budget: SharedBudget,
    silenceMax: Int64, recorder: (any FrameRecorder)?
  ) -> any VenueSession {
    MarketSession(
      OKXMarket(environment), following: symbols, budget: budget, silenceMax: silenceMax,
      recorder: recorder)
  }

  public static func tradingSession(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) -> any OrderSession {
    TradingSession(try OKXTrading(environment, credential, account), budget: budget)
  }
}
