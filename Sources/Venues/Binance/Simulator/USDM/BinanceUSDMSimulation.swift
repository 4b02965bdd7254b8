import Exchange
import TradingModel
import VenueServer

/// The simulated Binance USD-M futures with two accounts, their keys and generated markets.
public final class BinanceUSDMSimulation: VenueSimulation {
  public static let name = "binance-usdm"
  public static let hosts = ["fapi.binance.com", "fstream.binance.com", "ws-fapi.binance.com"]

  let usdm: BinanceUSDMFront
  private let files: KeyFiles
  private let schemes: [KeyScheme]
  private var accounts: [JSONValue] = []

  public var front: any VenueFront { usdm }

  public convenience init(_ settings: VenueSimulationSettings) throws {
    var own = Self.venueSettings
    if !settings.limitsRates {
      own.limits.requestWeight = .max / 2
      own.limits.rawRequests = .max / 2
      own.limits.ordersInTenSeconds = .max / 2
      own.limits.ordersInMinute = .max / 2
      own.connectionsInFiveMinutes = .max / 2
    }
    try self.init(settings, own)
  }

  /// The venue's limits of 2026
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info).
  static var venueSettings: BinanceSettings {
    var settings = BinanceSettings()
    settings.limits.requestWeight = 2_400
    settings.limits.ordersInTenSeconds = 300
    settings.limits.ordersInMinute = 1_200
    settings.limits.ordersInDay = nil
    settings.limits.rawRequests = .max / 2
    settings.limits.hasWordsOfFutures = true
    settings.messagesInSecond = 10
    settings.pingInterval = 180_000_000_000
    settings.pongTimeout = 600_000_000_000
    return settings
  }

  /// The same with other limits and fewer keys, for tests: RSA keys take long to make.
  init(
    _ settings: VenueSimulationSettings, _ own: BinanceSettings,
    schemes: [KeyScheme] = [.ed25519, .rsa]
  ) throws {
    self.schemes = schemes
    let core = BinanceUSDMCore(
      symbols: BinanceUSDMSymbol.all, seed: settings.seed, settings: own.limits,
      startTime: settings.startTime)
    usdm = BinanceUSDMFront(core, own)
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
    let core = usdm.core
    for index in core.symbols.indices
    where !core.recorded.contains(where: { Int($0.instrument) == index }) {
      core.exchange.startMarket(
        .around(
          core.exchange.settings.instruments[index], eventsPerSecond: settings.eventsPerSecond,
          orderValue: 5_000, seed: settings.seed &+ UInt64(index), startTime: settings.startTime),
        in: InstrumentIndex(index))
    }
  }

  // MARK: Accounts

  /// Both pay the fees of regular users: 0.02 % and 0.05 % (https://www.binance.com/en/fee/futureFee).
  /// "main" has one more key that may only read, and "second" one that may withdraw.
  private func addAccounts() throws {
    try add("main", extra: [.read])
    try add("second", extra: [.read, .trade, .withdraw])
  }

  private func add(_ name: String, extra: Permissions) throws {
    let core = usdm.core
    let account = core.addAccount(
      Decimal(units: 1_000_000),
      FeeSchedule(maker: Rate(parts: 20_000), taker: Rate(parts: 50_000)))
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
        "wsApi": .string(endpoint.webSocketURL + "/ws-fapi/v1"),
      ],
      "venues": [
        "binance-usdm": [
          "rest": .string(endpoint.httpURL),
          "public_stream": .string(endpoint.webSocketURL + "/public/stream"),
          "user_stream": .string(endpoint.webSocketURL + "/private/ws"),
          "order_entry": .string(endpoint.webSocketURL + "/ws-fapi/v1"),
        ]
      ],
      "accounts": .array(accounts),
      "symbols": .array(usdm.core.symbols.map { .string($0.name) }),
    ]
  }

  public func end() { files.remove() }
}
