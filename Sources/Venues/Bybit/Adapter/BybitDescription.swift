import TradingModel

/// What Bybit v5 offers in each category.
enum BybitDescription {
  private static let documentation = "https://bybit-exchange.github.io/docs/v5"
  private static let second: Timestamp = 1_000_000_000

  static func of(_ category: BybitCategory) -> VenueDescription {
    category == .spot ? spot : linear
  }

  private static let spot = make(.spot)
  private static let linear = make(.linear)

  private static func make(_ category: BybitCategory) -> VenueDescription {
    VenueDescription(
      name: category.venueName,
      title: category == .spot ? "Bybit spot" : "Bybit USDT and USDC contracts",
      contractKinds: [category == .spot ? .spot : .linear],
      environments: environments(category), actions: actions(category),
      // Spot's conditional orders are canceled only by requests that name them so (`orderFilter`), until
      // they trigger: what stands at the venue would have to be known first.
      orderTypes: category == .spot ? [.limit, .market] : [.limit, .market, .stop, .stopLimit],
      timesInForce: [.goodTillCancel, .immediateOrCancel, .fillOrKill],
      instructions: category == .spot ? [.postOnly] : [.postOnly, .reduceOnly],
      keyKinds: [.hmac, .rsa], keyPermissionsEndpoint: "GET /v5/user/query-api",
      bookRule:
        "a snapshot comes first through the stream, then u = previous u + 1; a new snapshot replaces "
        + "the book, and a gap is mended by subscribing anew "
        + "(\(documentation)/websocket/public/orderbook)",
      rateLimits: [
        // Of an account without a rank; each endpoint by itself.
        RateLimit(.orders, category == .spot ? 20 : 10, per: second, isAligned: false),
        RateLimit(.weight, category == .spot ? 20 : 10, per: second, isAligned: false),
        RateLimit(.requests, 600, per: 5 * second, isAligned: false, scope: .address),
        RateLimit(.connections, 500, per: 300 * second, isAligned: false, scope: .address),
      ], deadManSeconds: 3...300,
      untoldBanSeconds: Int(BybitErrors.banTime / second), documentation: documentation)
  }

  private static func environments(_ category: BybitCategory) -> [VenueEnvironment] {
    let path = "/v5/public/\(category.text)"
    return [
      VenueEnvironment(
        name: "live", isReal: true, rest: "https://api.bybit.com",
        publicStream: "wss://stream.bybit.com" + path,
        userStream: "wss://stream.bybit.com/v5/private",
        orderEntry: "wss://stream.bybit.com/v5/trade"),
      // Public data is the real market's; the trade stream does not serve demo accounts, so orders go
      // over REST (https://bybit-exchange.github.io/docs/v5/demo).
      VenueEnvironment(
        name: "demo", isReal: false, rest: "https://api-demo.bybit.com",
        publicStream: "wss://stream.bybit.com" + path,
        userStream: "wss://stream-demo.bybit.com/v5/private",
        orderEntry: "https://api-demo.bybit.com"),
      VenueEnvironment(
        name: "test", isReal: false, rest: "https://api-testnet.bybit.com",
        publicStream: "wss://stream-testnet.bybit.com" + path,
        userStream: "wss://stream-testnet.bybit.com/v5/private",
        orderEntry: "wss://stream-testnet.bybit.com/v5/trade"),
    ]
  }

  private static func actions(_ category: BybitCategory) -> [VenueAction: ActionSupport] {
    let isSpot = category == .spot
    return [
      .place: .native([.webSocket, .rest]),
      .modify: .native([.webSocket, .rest]),
      .cancel: .native([.webSocket, .rest]),
      .cancelAll: .native([.rest]),
      .placeBatch: .restricted(
        [.webSocket, .rest],
        "at most \(BybitEncoder.batchCountMax(category)) orders, each by itself"),
      .cancelBatch: .restricted(
        [.webSocket, .rest],
        "at most \(BybitEncoder.batchCountMax(category)) orders, each by itself"),
      .deadManSwitch: .restricted(
        [.rest],
        "cancels 3 to 300 s after every private connection that subscribed to the topic dcp is lost; "
          + "the venue enables it on application"),
      .query: .native([.rest]),
      .openOrders: .native([.rest]),
      .fills: .native([.rest]),
      .balances: .native([.rest]),
      .positions: isSpot ? .none("spot has balances, not positions") : .native([.rest]),
      .keyPermissions: .native([.rest]),
      .userStream: .native([.webSocket]),
      .keepUserStream: .none("the stream lives as long as its connection"),
      .closeUserStream: .none("the stream lives as long as its connection"),
      .logOn: .native([.webSocket]),
      .serverTime: .native([.rest]),
      .instruments: .native([.rest]),
      .depth: .native([.rest]),
    ]
  }
}
