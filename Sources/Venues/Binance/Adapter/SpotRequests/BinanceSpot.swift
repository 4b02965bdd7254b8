import Credentials
import TradingModel

/// Binance spot: what it offers, and its requests by hand.
public enum BinanceSpot: VenueAdapter {
  private static let documentation = "https://developers.binance.com/docs/binance-spot-api-docs"
  private static let second: Timestamp = 1_000_000_000

  public static let description = VenueDescription(
    name: "binance-spot", title: "Binance spot", contractKinds: [.spot],
    environments: [
      VenueEnvironment(
        name: "live", isReal: true, rest: "https://api.binance.com",
        publicStream: "wss://stream.binance.com:9443/stream",
        userStream: "wss://ws-api.binance.com:443/ws-api/v3",
        orderEntry: "wss://ws-api.binance.com:443/ws-api/v3"),
      VenueEnvironment(
        name: "demo", isReal: false, rest: "https://demo-api.binance.com",
        publicStream: "wss://demo-stream.binance.com:9443/stream",
        userStream: "wss://demo-ws-api.binance.com:443/ws-api/v3",
        orderEntry: "wss://demo-ws-api.binance.com:443/ws-api/v3"),
      VenueEnvironment(
        name: "test", isReal: false, rest: "https://testnet.binance.vision",
        publicStream: "wss://stream.testnet.binance.vision/stream",
        userStream: "wss://ws-api.testnet.binance.vision/ws-api/v3",
        orderEntry: "wss://ws-api.testnet.binance.vision/ws-api/v3"),
    ],
    actions: [
      .place: .native([.webSocket, .rest]),
      .modify: .restricted(
        [.webSocket, .rest],
        "in place to a lower quantity at the same price, which keeps its place; else by cancel and "
          + "replace, in two requests"),
      .cancel: .native([.webSocket, .rest]),
      .cancelAll: .native([.webSocket, .rest]),
      .placeBatch: .none("the venue enters orders one by one"),
      .cancelBatch: .none("the venue cancels one order, or all of a symbol"),
      .deadManSwitch: .none("the venue has none for spot"),
      .query: .native([.webSocket, .rest]),
      .openOrders: .native([.webSocket, .rest]),
      .fills: .native([.webSocket, .rest]),
      .balances: .native([.webSocket, .rest]),
      .positions: .none("spot has balances, not positions"),
      .keyPermissions: .native([.rest]),
      .userStream: .native([.webSocket]),
      .keepUserStream: .none("the stream lives as long as its connection"),
      .closeUserStream: .none("the stream lives as long as its connection"),
      .logOn: .restricted([.webSocket], "with an Ed25519 key"),
      .serverTime: .native([.webSocket, .rest]),
      .instruments: .native([.webSocket, .rest]),
      .depth: .native([.webSocket, .rest]),
    ],
    orderTypes: [.limit, .market, .stop, .stopLimit],
    timesInForce: [.goodTillCancel, .immediateOrCancel, .fillOrKill], instructions: [.postOnly],
    keyKinds: [.ed25519, .hmac, .rsa],
    keyPermissionsEndpoint: "GET /sapi/v1/account/apiRestrictions",
    bookRule:
      "keep updates, take a snapshot, drop u <= lastUpdateId, first U <= lastUpdateId + 1 <= u, "
      + "then U = previous u + 1 (\(documentation)/web-socket-streams)",
    rateLimits: [
      RateLimit(.weight, 6_000, per: 60 * second, isAligned: true, scope: .address),
      RateLimit(.orders, 100, per: 10 * second, isAligned: true),
      RateLimit(.orders, 200_000, per: 86_400 * second, isAligned: true),
      RateLimit(.requests, 61_000, per: 300 * second, isAligned: true, scope: .address),
      RateLimit(.connections, 300, per: 300 * second, isAligned: false, scope: .address),
    ], feeCurrencies: ["BNB"], marketSymbolCountMax: BinanceSpotMarket.symbolCountMax,
    documentation: documentation)

  public static var feedKinds: [FeedKind] { [.binanceSpot] }

  public static func marketSession(
    _ environment: VenueEnvironment, following symbols: [SymbolScale], budget: SharedBudget,
    silenceMax: Int64, recorder: (any FrameRecorder)?
  ) -> any VenueSession {
    MarketSession(
      BinanceSpotMarket(environment), following: symbols, budget: budget, silenceMax: silenceMax,
      recorder: recorder)
  }

  public static func tradingSession(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) -> any OrderSession {
    TradingSession(
      try BinanceSpotTrading(environment, credential, account), budget: budget)
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
    try input.check(action, of: description, with: credential)
    let clientOrderID =
      input.clientOrderID ?? "n" + String(timestamp, radix: 36) + "-1"
    var encoder = try encoder(clientOrderID, input, credential, environment)
    if action == .logOn, credential.kind != .ed25519 {
      throw RequestError.notOffered(.logOn, reason: "session.logon takes Ed25519 keys only")
    }
    switch action {
    case .place, .cancel, .query:
      return [try order(action, input, &encoder, environment, timestamp)]
    case .modify where input.price != nil || input.stopPrice != nil:
      return try replacement(clientOrderID, input, credential, environment, timestamp)
    case .modify: return [try order(.modify, input, &encoder, environment, timestamp)]
    default:
      let route = try encoder.fill(action, input, timestamp: timestamp)
      return [try wire(route, input, &encoder, environment)]
    }
  }

  /// Writes under a whole client order id.
  private static func encoder(
    _ clientOrderID: String, _ input: RequestInput, _ credential: borrowing VenueCredential,
    _ environment: VenueEnvironment
  ) throws -> BinanceSpotEncoder {
    try BinanceRequestForm.check(clientOrderID: clientOrderID)
    return BinanceSpotEncoder(
      apiKey: credential.apiKey, signer: try credential.signer(),
      clientOrderIDPrefix: clientOrderID, receiveWindow: input.receiveWindow,
      host: VenueEnvironment.host(of: environment.rest), listingCapacity: 1)
  }

  /// The venue changes no price in place: a cancel, then the order anew under a later name, as sessions
  /// do it. They take what was filled off the quantity between the two; here nothing is known of it.
  private static func replacement(
    _ clientOrderID: String, _ input: RequestInput, _ credential: borrowing VenueCredential,
    _ environment: VenueEnvironment, _ timestamp: UInt64
  ) throws -> [WireRequest] {
    var former = try encoder(clientOrderID, input, credential, environment)
    let cancel = try order(.cancel, input, &former, environment, timestamp)
    var later = input
    later.clientOrderID = clientOrderID + "_1_0"
    var encoder = try encoder(clientOrderID + "_1_0", later, credential, environment)
    return [cancel, try order(.place, later, &encoder, environment, timestamp, id: 2)]
  }

  /// A request about one order, through the same code that trades.
  private static func order(
    _ action: VenueAction, _ input: RequestInput, _ encoder: inout BinanceSpotEncoder,
    _ environment: VenueEnvironment, _ timestamp: UInt64, id: UInt64 = 1
  ) throws -> WireRequest {
    let (listing, request) = try input.orderRequest(action)
    encoder.add(listing, symbol: try BinanceSpotEncoder.needed(input.symbol, "symbol"))
    switch input.channel {
    case .rest:
      let bytes = try encoder.rest(request, timestamp: timestamp)
      return WireRequest(http: bytes, origin: environment.rest)
    case .webSocket:
      let bytes = try encoder.webSocket(
        request, timestamp: timestamp, id: id, isLoggedOn: false)
      return message(bytes, environment)
    }
  }

  private static func wire(
    _ route: BinanceRoute, _ input: RequestInput, _ encoder: inout BinanceSpotEncoder,
    _ environment: VenueEnvironment
  ) throws -> WireRequest {
    switch input.channel {
    case .rest: WireRequest(http: try encoder.form.http(route), origin: environment.rest)
    case .webSocket: message(try encoder.form.message(route, id: 1, isSigned: true), environment)
    }
  }

  private static func message(
    _ bytes: UnsafeRawBufferPointer, _ environment: VenueEnvironment
  ) -> WireRequest {
    WireRequest(
      method: "", url: environment.orderEntry, headers: [],
      body: String(decoding: bytes, as: UTF8.self))
  }
}
