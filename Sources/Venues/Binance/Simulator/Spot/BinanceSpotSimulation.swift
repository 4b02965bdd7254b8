import Exchange
import TradingModel
import VenueServer

/// The simulated Binance spot with two accounts, their keys and generated markets.
public final class BinanceSpotSimulation: VenueSimulation {
  public static let name = "binance-spot"
  public static let hosts = [
    "api.binance.com", "api1.binance.com", "api2.binance.com", "api3.binance.com",
    "api4.binance.com", "api-gcp.binance.com", "data-api.binance.vision",
    "stream.binance.com", "data-stream.binance.vision", "ws-api.binance.com",
  ]

  let spot: BinanceSpotFront
  private let files: KeyFiles
  private let schemes: [KeyScheme]
  private var accounts: [JSONValue] = []

  public var front: any VenueFront { spot }

  public convenience init(_ settings: VenueSimulationSettings) throws {
    var spot = BinanceSpotSettings()
    if !settings.limitsRates {
      spot.limits.requestWeight = .max / 2
      spot.limits.rawRequests = .max / 2
      spot.limits.ordersInTenSeconds = .max / 2
      spot.limits.ordersInDay = .max / 2
      spot.connectionsInFiveMinutes = .max / 2
    }
    try self.init(settings, spot)
  }

  /// The same with other limits and fewer keys, for tests: RSA keys take long to make.
  init(
    _ settings: VenueSimulationSettings, _ spotSettings: BinanceSpotSettings,
    schemes: [KeyScheme] = [.ed25519, .rsa]
  ) throws {
    self.schemes = schemes
    let core = BinanceSpotCore(
      symbols: BinanceSpotSymbol.all, seed: settings.seed, settings: spotSettings.limits,
      startTime: settings.startTime)
    spot = BinanceSpotFront(core, spotSettings)
    for market in settings.markets {
      guard let instrument = core.exchange.instrument(market.symbol) else {
        throw RecordedMarketError(
          product: Self.name, symbol: market.symbol, known: core.symbols.map(\.name))
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

  private func startMarkets(_ settings: VenueSimulationSettings) {
    for index in spot.core.symbols.indices
    where !spot.core.recorded.contains(where: { Int($0.instrument) == index }) {
      let instrument = spot.core.exchange.settings.instruments[index]
      // Values are in the quote asset, of which a bitcoin is worth much more than a dollar.
      let isDollar = spot.core.symbols[index].quote == "USDT"
      spot.core.exchange.startMarket(
        .around(
          instrument, eventsPerSecond: settings.eventsPerSecond,
          orderValue: isDollar ? 2_000 : 0.05, seed: settings.seed &+ UInt64(index),
          startTime: settings.startTime), in: InstrumentIndex(index))
    }
  }

  // MARK: Accounts

  /// "main" pays its fees in what it receives, "second" in BNB. Each has a key of every scheme; main
  /// has one more that may only read, and second one that may withdraw.
  private func addAccounts() throws {
    let rates = FeeSchedule(maker: Rate(parts: 100_000), taker: Rate(parts: 100_000))
    var discounted = rates
    discounted.asset = .token
    try add(
      "main", [("BTC", 10), ("ETH", 100), ("BNB", 50), ("USDT", 1_000_000)], rates,
      extra: [.read])
    try add(
      "second", [("BTC", 10), ("ETH", 100), ("BNB", 50), ("USDT", 1_000_000)], discounted,
      extra: [.read, .trade, .withdraw])
  }

  private func add(
    _ name: String, _ balances: [(asset: String, amount: Int64)], _ fees: FeeSchedule,
    extra: Permissions
  ) throws {
    let core = spot.core
    let account = core.addAccount(
      balances.map { ($0.asset, Decimal(units: $0.amount)) }, fees)
    let keys = try core.keys.makeKeys(
      of: account, named: name, extra: extra, schemes, files, makeID: { core.makeID(64) })
    accounts.append([
      "name": .string(name), "account": .integer(account), "keys": .array(keys),
    ])
  }

  public func description(at endpoint: ServerEndpoint) -> JSONValue {
    [
      "endpoints": [
        "rest": .string(endpoint.httpURL),
        "streams": .string(endpoint.webSocketURL),
        "wsApi": .string(endpoint.webSocketURL + "/ws-api/v3"),
      ],
      "venues": [
        "binance-spot": [
          "rest": .string(endpoint.httpURL),
          "public_stream": .string(endpoint.webSocketURL + "/stream"),
          "user_stream": .string(endpoint.webSocketURL + "/ws-api/v3"),
          "order_entry": .string(endpoint.webSocketURL + "/ws-api/v3"),
        ]
      ],
      "accounts": .array(accounts),
      "symbols": .array(spot.core.symbols.map { .string($0.name) }),
    ]
  }

  public func end() { files.remove() }
}
