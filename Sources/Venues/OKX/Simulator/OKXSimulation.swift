import Exchange
import TradingModel
import VenueServer

/// The simulated OKX: spot and swaps of one account each, with two accounts, their keys and generated
/// markets.
public final class OKXSimulation: VenueSimulation {
  public static let name = "okx"
  public static let hosts = [
    "www.okx.com", "aws.okx.com", "ws.okx.com", "wsaws.okx.com", "wspap.okx.com", "okx.com",
  ]

  let okx: OKXFront
  /// By account, the first of each trades.
  private(set) var keys: [AccountIndex: [APIKey]] = [:]
  private var accounts: [JSONValue] = []

  public var front: any VenueFront { okx }

  public convenience init(_ settings: VenueSimulationSettings) throws {
    try self.init(settings, OKXSettings(limitsRates: settings.limitsRates))
  }

  /// The same with other settings of the front, for tests.
  init(_ settings: VenueSimulationSettings, _ okxSettings: OKXSettings) throws {
    let core = OKXCore(
      instruments: OKXInstrument.all, seed: settings.seed, startTime: settings.startTime,
      limits: OKXLimits(isEnforced: okxSettings.limitsRates),
      sendsChecksums: okxSettings.sendsChecksums)
    okx = OKXFront(core, okxSettings)
    for market in settings.markets {
      guard let instrument = core.exchange.instrument(market.symbol) else {
        throw RecordedMarketError(
          product: Self.name, symbol: market.symbol, known: core.instruments.map(\.id))
      }
      core.recorded.append(
        PlayedMarket(
          market, in: core.exchange.settings.instruments[Int(instrument)].listing))
    }
    addAccounts()
    if settings.eventsPerSecond > 0 { startMarkets(settings) }
  }

  /// Spot and swap of one coin follow one price.
  private func startMarkets(_ settings: VenueSimulationSettings) {
    let core = okx.core
    for (place, instrument) in core.instruments.enumerated()
    where !core.recorded.contains(where: { Int($0.instrument) == place }) {
      let coin = OKXInstrument.assets.firstIndex(of: instrument.base) ?? 0
      core.exchange.startMarket(
        .around(
          core.exchange.settings.instruments[place], eventsPerSecond: settings.eventsPerSecond,
          orderValue: 2_000, seed: settings.seed &+ UInt64(coin),
          startTime: settings.startTime), in: InstrumentIndex(place))
    }
  }

  // MARK: Accounts

  /// Both have a key that may trade; main has one more that may only read, second one that may withdraw.
  private func addAccounts() {
    add("main", extra: [.read])
    add("second", extra: [.read, .trade, .withdraw])
  }

  /// An account with the fees of regular users, Lv1: spot 0.08 % and 0.1 %, swaps 0.02 % and 0.05 %
  /// (https://www.okx.com/fees).
  private func add(_ name: String, extra: Permissions) {
    let core = okx.core
    let keys = [Permissions([.read, .trade]), extra].map { permissions in
      APIKey(
        id: Self.keyName(&core.texts), secret: core.texts.next(32),
        passphrase: core.texts.next(12), permissions: permissions)
    }
    let account = core.addAccount(
      keys: keys, [("BTC", 10), ("ETH", 100), ("USDT", 1_000_000)],
      spot: FeeSchedule(maker: Rate(parts: 80_000), taker: Rate(parts: 100_000)),
      swap: FeeSchedule(maker: Rate(parts: 20_000), taker: Rate(parts: 50_000)), leverage: 3)
    self.keys[account] = keys
    accounts.append([
      "name": .string(name), "account": .integer(account),
      "keys": .array(keys.map { Self.json($0) }),
    ])
  }

  /// As the venue's are: a UUID.
  private static func keyName(_ texts: inout RandomTexts) -> String {
    let numbers = [texts.nextNumber(), texts.nextNumber()]
    let bytes = numbers.flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    let text = Array(Hexadecimal.text(bytes))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }
      .joined(separator: "-")
  }

  private static func json(_ key: APIKey) -> JSONValue {
    var permissions: [JSONValue] = []
    if key.permissions.contains(.read) { permissions.append("read") }
    if key.permissions.contains(.trade) { permissions.append("trade") }
    if key.permissions.contains(.withdraw) { permissions.append("withdraw") }
    return [
      "type": "HMAC", "apiKey": .string(key.id), "secret": .string(key.secret),
      "passphrase": .string(key.passphrase), "permissions": .array(permissions),
    ]
  }

  public func description(at endpoint: ServerEndpoint) -> JSONValue {
    let streams = endpoint.webSocketURL + "/ws/v5/"
    return [
      "endpoints": [
        "rest": .string(endpoint.httpURL),
        "public": .string(streams + "public"),
        "private": .string(streams + "private"),
        "business": .string(streams + "business"),
      ],
      "venues": [
        "okx": [
          "rest": .string(endpoint.httpURL), "public_stream": .string(streams + "public"),
          "user_stream": .string(streams + "private"),
          "order_entry": .string(streams + "private"),
          "business_stream": .string(streams + "business"),
        ]
      ],
      "accounts": .array(accounts),
      "symbols": .array(okx.core.instruments.map { .string($0.id) }),
    ]
  }

  public func end() {}
}
