import Credentials
import TradingModel

/// Binance USD-M futures: what it offers, and its requests by hand.
///
/// Conditional orders (stops, take-profits, trailing stops) are since 2025-12-09 orders of the venue's algo
/// service, with other numbers, other events and a regular order made of them when they trigger
/// (https://developers.binance.com/docs/derivatives/change-log, 2025-11-06): they are not offered here.
public enum BinanceUSDM: VenueAdapter {
  private static let documentation =
    "https://developers.binance.com/docs/derivatives/usds-margined-futures"
  private static let second: Timestamp = 1_000_000_000

  public static let description = VenueDescription(
    name: "binance-usdm", title: "Binance USD-M futures", contractKinds: [.linear],
    environments: [
      // Books and best quotes come from /public, trades and mark prices from /market, own events from
      // /private (websocket-market-streams/Important-WebSocket-Change-Notice).
      VenueEnvironment(
        name: "live", isReal: true, rest: "https://fapi.binance.com",
        publicStream: "wss://fstream.binance.com/public/stream",
        userStream: "wss://fstream.binance.com/private/ws",
        orderEntry: "wss://ws-fapi.binance.com/ws-fapi/v1"),
      VenueEnvironment(
        name: "demo", isReal: false, rest: "https://demo-fapi.binance.com",
        publicStream: "wss://demo-fstream.binance.com/public/stream",
        userStream: "wss://demo-fstream.binance.com/private/ws",
        orderEntry: "wss://testnet.binancefuture.com/ws-fapi/v1"),
    ],
    actions: [
      .place: .native([.webSocket, .rest]),
      .modify: .restricted(
        [.webSocket, .rest], "limit orders only, which go behind the others at their price"),
      .cancel: .native([.webSocket, .rest]),
      .cancelAll: .restricted([.rest], "of one symbol"),
      .placeBatch: .restricted([.rest], "at most 5 orders"),
      .cancelBatch: .restricted([.rest], "at most 10 orders of one symbol"),
      .deadManSwitch: .restricted([.rest], "a countdown of one symbol's orders"),
      .query: .native([.webSocket, .rest]),
      .openOrders: .native([.rest]),
      .fills: .native([.rest]),
      .balances: .native([.webSocket, .rest]),
      .positions: .restricted(
        [.webSocket, .rest], "in one-way position mode; an account in hedge mode is not traded"),
      .keyPermissions: .native([.rest]),
      .userStream: .native([.rest, .webSocket]),
      .keepUserStream: .native([.rest, .webSocket]),
      .closeUserStream: .native([.rest, .webSocket]),
      .logOn: .restricted([.webSocket], "with an Ed25519 key"),
      .serverTime: .native([.rest]),
      .instruments: .native([.rest]),
      .depth: .native([.webSocket, .rest]),
    ],
    orderTypes: [.limit, .market],
    timesInForce: [.goodTillCancel, .immediateOrCancel, .fillOrKill],
    instructions: [.postOnly, .reduceOnly],
    keyKinds: [.ed25519, .hmac, .rsa],
    keyPermissionsEndpoint: "GET https://api.binance.com/sapi/v1/account/apiRestrictions",
    bookRule:
      "keep updates, take a snapshot, drop u < lastUpdateId, first U <= lastUpdateId <= u, then "
      + "pu = previous u (\(documentation)/websocket-market-streams/"
      + "How-to-manage-a-local-order-book-correctly)",
    rateLimits: [
      RateLimit(.weight, 2_400, per: 60 * second, isAligned: true, scope: .address),
      RateLimit(.orders, 300, per: 10 * second, isAligned: true),
      RateLimit(.orders, 1_200, per: 60 * second, isAligned: true),
    ],
    // Where the account burns BNB for fees.
    feeCurrencies: ["BNB"],
    // The venue names no bounds, and advises against short countdowns; a day is more than anybody needs.
    deadManSeconds: 10...86_400, marketSymbolCountMax: BinanceUSDMMarket.symbolCountMax,
    documentation: documentation)

  public static var feedKinds: [FeedKind] { [.binanceUSDM] }

  public static func marketSession(
    _ environment: VenueEnvironment, following symbols: [SymbolScale], budget: SharedBudget,
    silenceMax: Int64, recorder: (any FrameRecorder)?
  ) -> any VenueSession {
    BinanceUSDMMarketSession(
      common: MarketSession(
        BinanceUSDMMarket(environment), following: symbols,
        budget: budget, silenceMax: silenceMax, recorder: recorder))
  }

  public static func tradingSession(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) -> any OrderSession {
    BinanceUSDMTradingSession(
      common: TradingSession(
        try BinanceUSDMTrading(environment, credential, account), budget: budget))
  }

  static func reason(notOffering action: VenueAction) -> String {
    switch description.support(of: action) {
    case .none(let reason), .emulated(let reason), .restricted(_, let reason): reason
    case .native: "not over this channel"
    }
  }

  public static func requests(
    _ action: VenueAction, _ input: RequestInput, _ credential: borrowing VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws -> [WireRequest] {
    let clientOrderID =
      input.clientOrderID ?? "n" + String(timestamp, radix: 36) + "-1"
    try input.check(action, of: description, with: credential)
    try BinanceRequestForm.check(clientOrderID: clientOrderID)
    let origin = origin(of: action, environment)
    var encoder = BinanceUSDMEncoder(
      apiKey: credential.apiKey, signer: try credential.signer(),
      clientOrderIDPrefix: clientOrderID, receiveWindow: input.receiveWindow,
      host: VenueEnvironment.host(of: origin), listingCapacity: 1)
    if action == .logOn, credential.kind != .ed25519 {
      throw RequestError.notOffered(.logOn, reason: "session.logon takes Ed25519 keys only")
    }
    let route: BinanceRoute
    switch action {
    case .place, .modify, .cancel, .query:
      route = try fillOrder(action, input, &encoder, timestamp)
    default: route = try encoder.fill(action, input, timestamp: timestamp)
    }
    switch input.channel {
    case .rest: return [WireRequest(http: try encoder.form.http(route), origin: origin)]
    case .webSocket:
      let bytes = try encoder.form.message(route, id: 1, isSigned: true)
      return [
        WireRequest(
          method: "", url: environment.orderEntry, headers: [],
          body: String(decoding: bytes, as: UTF8.self))
      ]
    }
  }

  /// A request about one order, through the same code that trades.
  private static func fillOrder(
    _ action: VenueAction, _ input: RequestInput, _ encoder: inout BinanceUSDMEncoder,
    _ timestamp: UInt64
  ) throws(RequestError) -> BinanceRoute {
    var (listing, request) = try input.orderRequest(action)
    if action == .modify {
      // Both are asked for again, and the price too.
      request.side = try BinanceUSDMEncoder.needed(input.side, "side")
      _ = try BinanceUSDMEncoder.needed(input.price, "price")
    }
    encoder.add(listing, symbol: try BinanceUSDMEncoder.needed(input.symbol, "symbol"))
    return try encoder.fill(
      request, OrderName(orderID: 0), timestamp: timestamp, hasKey: input.channel == .webSocket)
  }

  /// Key permissions are told by the wallet's interface, at a host of its own.
  private static func origin(
    of action: VenueAction, _ environment: VenueEnvironment
  ) -> String {
    action == .keyPermissions && environment.rest == "https://fapi.binance.com"
      ? "https://api.binance.com" : environment.rest
  }
}
