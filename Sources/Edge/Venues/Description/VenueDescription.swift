import TradingModel

/// What a venue is, what it offers, and where it is: the published capability table has nothing that
/// does not stand here.
public struct VenueDescription: Sendable {
  /// On the command line and in configuration: small letters, digits and `-`.
  public var name: String
  /// For people.
  public var title: String
  public var contractKinds: [ContractKind]
  public var environments: [VenueEnvironment]
  /// For every action; one that is missing counts as `.none`.
  public var actions: [VenueAction: ActionSupport]
  public var orderTypes: [OrderType]
  public var timesInForce: [TimeInForce]
  public var instructions: OrderInstructions
  /// The kinds of key it takes, the one we would choose first.
  public var keyKinds: [VenueKeyKind]
  /// Whether a pass phrase comes with each key.
  public var hasPassphrase: Bool
  /// The method and the path that tell what a key may do; nil where the venue does not, and start-up warns.
  public var keyPermissionsEndpoint: String?
  /// How the public book is joined, in words with a source.
  public var bookRule: String
  public var rateLimits: [RateLimit]
  /// Currencies in which fees may be charged, whatever is traded: every run has them.
  public var feeCurrencies: [String]
  /// After how many seconds without a word from us the venue may be told to cancel our orders; nil where it
  /// has no such switch.
  public var deadManSeconds: ClosedRange<Int>?
  /// How many seconds the venue is left alone behind a ban whose end it does not tell; 0 where it tells.
  public var untoldBanSeconds: Int
  /// How many symbols one market session can follow: what the streams of a connection take. Nil where
  /// the venue sets no such limit.
  public var marketSymbolCountMax: Int?
  /// Where the venue documents its interface.
  public var documentation: String

  public init(
    name: String, title: String, contractKinds: [ContractKind], environments: [VenueEnvironment],
    actions: [VenueAction: ActionSupport], orderTypes: [OrderType],
    timesInForce: [TimeInForce], instructions: OrderInstructions, keyKinds: [VenueKeyKind],
    hasPassphrase: Bool = false, keyPermissionsEndpoint: String?, bookRule: String,
    rateLimits: [RateLimit], feeCurrencies: [String] = [],
    deadManSeconds: ClosedRange<Int>? = nil,
    untoldBanSeconds: Int = 0, marketSymbolCountMax: Int? = nil, documentation: String
  ) {
    self.name = name
    self.title = title
    self.contractKinds = contractKinds
    self.environments = environments
    self.actions = actions
    self.orderTypes = orderTypes
    self.timesInForce = timesInForce
    self.instructions = instructions
    self.keyKinds = keyKinds
    self.hasPassphrase = hasPassphrase
    self.keyPermissionsEndpoint = keyPermissionsEndpoint
    self.bookRule = bookRule
    self.rateLimits = rateLimits
    self.feeCurrencies = feeCurrencies
    self.deadManSeconds = deadManSeconds
    self.untoldBanSeconds = untoldBanSeconds
    self.marketSymbolCountMax = marketSymbolCountMax
    self.documentation = documentation
  }

  /// Why a key cannot be used with the name of a sub-account; nil where requests name one. None of the venues
  /// here does: a key belongs to the account, or sub-account, that made it.
  public func refusal(ofSubAccount name: String?) -> String? {
    guard let name else { return nil }
    return
      "requests to \(self.name) name no sub-account, so '\(name)' would be passed over: use a key that "
      + "the sub-account itself has made"
  }

  /// Whether the venue tells what a key may do.
  public var tellsKeyPermissions: Bool { keyPermissionsEndpoint != nil }

  /// Why a market session cannot follow so many symbols; nil where it can.
  public func refusal(following symbolCount: Int) -> String? {
    guard let most = marketSymbolCountMax, symbolCount > most else { return nil }
    return "\(symbolCount) symbols are more than one connection to \(name) takes: at most \(most)"
  }

  /// How the venue offers `action`.
  public func support(of action: VenueAction) -> ActionSupport {
    actions[action] ?? .none("not offered")
  }

  /// The environment called `name`; the first one for nil.
  public func environment(_ name: String?) -> VenueEnvironment? {
    guard let name else { return environments.first }
    return environments.first { $0.name == name }
  }
}

/// A set of a venue's addresses: its real market, its test network...
public struct VenueEnvironment: Equatable, Sendable {
  /// `live`, `demo`, `test`.
  public var name: String
  public var isReal: Bool
  /// `https://host[:port]`, no path.
  public var rest: String
  /// WebSocket addresses with their paths: public data, own events, orders. Where two are the same
  /// connection they are equal.
  public var publicStream: String
  public var userStream: String
  public var orderEntry: String
  /// Whether sessions that follow markets open every stream twice, so that the loss of one connection
  /// misses nothing.
  public var hasRedundantFeed: Bool

  public init(
    name: String, isReal: Bool, rest: String, publicStream: String, userStream: String,
    orderEntry: String, hasRedundantFeed: Bool = false
  ) {
    self.name = name
    self.isReal = isReal
    self.rest = rest
    self.publicStream = publicStream
    self.userStream = userStream
    self.orderEntry = orderEntry
    self.hasRedundantFeed = hasRedundantFeed
  }

  /// The host (with its port, if any) of an address.
  public static func host(of address: String) -> String {
    let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
    return String(rest.prefix { $0 != "/" && $0 != "?" })
  }
}

/// How a key signs.
public enum VenueKeyKind: String, CaseIterable, Sendable {
  case hmac
  case ed25519
  case rsa
}
