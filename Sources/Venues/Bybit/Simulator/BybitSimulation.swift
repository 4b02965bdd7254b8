import Exchange
import TradingModel
import VenueServer

/// The simulated Bybit (API v5, spot and linear perpetuals of one unified account) with two accounts,
/// their keys and generated markets.
///
/// What the venue has and this has not: inverse contracts and options, margin trading on spot, tolerated
/// slippage, liquidation, several collateral coins of one contract (margin is in USDT alone), position modes and leverages of single coins.
public final class BybitSimulation: VenueSimulation {
  public static let name = "bybit"
  public static let hosts = [
    "api.bybit.com", "api.bytick.com", "stream.bybit.com", "stream.bytick.com",
  ]

  let venue: BybitFront
  private let files: KeyFiles
  private let schemes: [KeyScheme]
  private var accounts: [JSONValue] = []

  public var front: any VenueFront { venue }

  public convenience init(_ settings: VenueSimulationSettings) throws {
    var venue = BybitSettings()
    if !settings.limitsRates {
      venue.limits.requestsInFiveSeconds = .max / 2
      venue.limits.countsAccounts = false
      venue.connectionsInFiveMinutes = .max / 2
    }
    try self.init(settings, venue)
  }

  /// The same with other limits and fewer keys, for tests: RSA keys take long to make.
  ///
  /// - Throws: `RecordedMarketError` for a recorded symbol that is not listed. A recorded market is
  ///   played in the perpetual of its name.
  init(
    _ settings: VenueSimulationSettings, _ venueSettings: BybitSettings,
    schemes: [KeyScheme] = [.rsa]
  ) throws {
    self.schemes = schemes
    let core = BybitCore(
      symbols: BybitSymbol.all, seed: settings.seed, startTime: settings.startTime)
    venue = BybitFront(core, venueSettings)
    for market in settings.markets {
      guard let instrument = core.instrument(market.symbol, .linear) else {
        throw RecordedMarketError(
          product: Self.name, symbol: market.symbol,
          known: core.instruments(of: .linear).map { core.symbol($0).name })
      }
      core.recorded.append(
        PlayedMarket(market, in: core.exchange.settings.instruments[Int(instrument)].listing))
    }
    files = try KeyFiles(settings.keyDirectory)
    do {
      try addAccounts()
    } catch {
      files.remove()
      throw error
    }
    if settings.eventsPerSecond > 0 { startMarkets(settings) }
  }

  /// Spot and perpetual of one coin follow one price.
  private func startMarkets(_ settings: VenueSimulationSettings) {
    let core = venue.core
    for (place, symbol) in core.symbols.enumerated()
    where !core.recorded.contains(where: { Int($0.instrument) == place }) {
      let coin = BybitSymbol.assets.firstIndex(of: symbol.base) ?? 0
      var market = MarketSettings.around(
        core.exchange.settings.instruments[place], eventsPerSecond: settings.eventsPerSecond,
        orderValue: 2_000, seed: settings.seed &+ UInt64(coin), startTime: settings.startTime)
      market.basis = symbol.category == .linear ? 0.5 : 0
      core.exchange.startMarket(market, in: InstrumentIndex(place))
    }
  }

  // MARK: Accounts

  /// Both pay the fees of accounts without a level: spot 0.1 %, perpetuals 0.02 % and 0.055 %
  /// (https://www.bybit.com/en/help-center/article/Trading-Fee-Structure). Each has a key of every scheme; main has one more that
  /// may only read, and the dead-man switch; second has a key that may withdraw.
  private func addAccounts() throws {
    try add("main", extra: [.read])
    try add("second", extra: [.read, .trade, .withdraw])
  }

  private func add(_ name: String, extra: Permissions) throws {
    let core = venue.core
    let account = core.addAccount(
      [("BTC", 10), ("ETH", 100), ("USDT", 1_000_000)],
      spot: FeeSchedule(maker: Rate(parts: 100_000), taker: Rate(parts: 100_000)),
      linear: FeeSchedule(maker: Rate(parts: 20_000), taker: Rate(parts: 55_000)))
    if name == "main" { core.protect(account) }
    var keys: [JSONValue] = []
    for permissions in [Permissions([.read, .trade]), extra] {
      let key = VenueKey(
        id: core.makeID(18), scheme: .hmac, account: account, permissions: permissions,
        secret: core.makeID(36))
      core.keys[key.id] = key
      keys.append(Self.json(key, [("secret", .string(key.secret))]))
    }
    for scheme in schemes {
      let (path, publicKey) = try files.make(scheme, named: "\(name)-\(scheme.rawValue)")
      let key = VenueKey(
        id: core.makeID(18), scheme: scheme, account: account, permissions: [.read, .trade],
        publicKey: publicKey)
      core.keys[key.id] = key
      keys.append(Self.json(key, [("privateKeyPath", .string(path))]))
    }
    accounts.append([
      "name": .string(name), "account": .integer(account), "keys": .array(keys),
    ])
  }

  private static func json(
    _ key: VenueKey, _ secret: [(key: String, value: JSONValue)]
  ) -> JSONValue {
    var permissions: [JSONValue] = []
    if key.permissions.contains(.read) { permissions.append("read") }
    if key.permissions.contains(.trade) { permissions.append("trade") }
    if key.permissions.contains(.withdraw) { permissions.append("withdraw") }
    return .object(
      [("type", .string(key.scheme.rawValue)), ("apiKey", .string(key.id))] + secret
        + [("permissions", .array(permissions))])
  }

  /// Each product line is a venue of its own to adapters; they share accounts and private addresses.
  public func description(at endpoint: ServerEndpoint) -> JSONValue {
    let streams = endpoint.webSocketURL
    var venues: [(key: String, value: JSONValue)] = []
    var symbols: [(key: String, value: JSONValue)] = []
    for category in BybitCategory.allCases {
      let core = venue.core
      let names = core.instruments(of: category).map { core.symbol($0).name }
      symbols.append(("bybit-\(category.rawValue)", .array(names.map { .string($0) })))
      venues.append(
        (
          "bybit-\(category.rawValue)",
          [
            "rest": .string(endpoint.httpURL),
            "public_stream": .string(streams + "/v5/public/\(category.rawValue)"),
            "user_stream": .string(streams + "/v5/private"),
            "order_entry": .string(streams + "/v5/trade"),
          ]
        ))
    }
    return [
      "endpoints": [
        "rest": .string(endpoint.httpURL), "streams": .string(streams),
        "publicSpot": .string(streams + "/v5/public/spot"),
        "publicLinear": .string(streams + "/v5/public/linear"),
        "private": .string(streams + "/v5/private"), "trade": .string(streams + "/v5/trade"),
      ],
      "venues": .object(venues), "accounts": .array(accounts), "symbols": .object(symbols),
    ]
  }

  public func end() { files.remove() }
}
