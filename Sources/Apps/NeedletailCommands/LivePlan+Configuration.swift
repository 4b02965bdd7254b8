import Configuration
import Credentials
import Engine
import Live
import Runtime
import Strategies
import TradingModel
import Transport
import Venues

extension LivePlan {
  /// The plan that a configuration is.
  init(
    _ mode: RunMode, _ configuration: RunConfiguration, _ registry: StrategyRegistry
  ) throws {
    let entersOrders = mode == .live || mode == .demo
    self.init(
      mode: mode,
      venues: try configuration.venues.map {
        try LiveVenue($0, mode, needsKey: entersOrders)
      },
      strategies: { definitions in
        try Self.strategies(configuration.strategies, definitions, registry)
      },
      limits: { Self.limits(configuration.risk, $0, entersOrders: entersOrders) })
  }

  private static func strategies(
    _ strategies: [StrategyConfiguration], _ definitions: RunDefinitions,
    _ registry: StrategyRegistry
  ) throws -> [StrategyDefinition] {
    let made = try strategies.enumerated().map { index, strategy in
      let entry = try registry.entry(strategy.kind)
      let listings = definitions.listings.filter { listing in
        let venue = definitions.venues[Int(listing.listing.venue)]
        return strategy.venues?.contains(venue) ?? true
          && strategy.symbols?.contains(listing.symbol) ?? true
      }
      return StrategyDefinition(
        index: StrategyIndex(index + 1), stateVersion: entry.stateVersion, name: strategy.kind,
        settings: strategy.settings.map { "\($0.name)=\($0.text)" }.joined(separator: "\n"),
        listings: listings.map(\.listing.index))
    }
    // Checks every setting by making each strategy once.
    return try SandboxStrategies.applying([], to: made, definitions, registry)
  }

  /// Feeds are always checked; balances where orders are entered, and where they are known; the rest is
  /// what the configuration limits.
  private static func limits(
    _ risk: RiskConfiguration, _ definitions: RunDefinitions, entersOrders: Bool
  ) -> [RiskLimitsDefinition] {
    var limits = RiskLimitsDefinition(
      scope: .firm, index: 0, checks: RiskLimitsDefinition.feedCheck)
    if let value = risk.openOrdersMax { limits.openOrdersMax = value }
    if let value = risk.ordersPerSecond { limits.ordersPerWindow = value }
    if let value = risk.orderNotionalMax { limits.orderNotionalMax = Money(value) }
    if let value = risk.openNotionalMax { limits.openNotionalMax = Money(value) }
    if let value = risk.positionNotionalMax { limits.positionNotionalMax = Money(value) }
    if let parts = try? risk.priceCollar?.units(decimals: Rate.decimals) {
      limits.priceCollar = Rate(parts: parts)
    }
    // Every scope must have limits; those of the configuration are the whole run's.
    return [limits]
      + definitions.strategies.map { RiskLimitsDefinition(scope: .strategy, index: $0.index) }
      + definitions.listings.map { entry in
        let venue = entry.listing.venue
        let isCovered = entersOrders || definitions.balances.contains { $0.venue == venue }
        return RiskLimitsDefinition(
          scope: .listing, index: entry.listing.index,
          checks: isCovered ? RiskLimitsDefinition.balanceCheck : 0)
      }
  }
}

extension LiveVenue {
  fileprivate init(
    _ configuration: VenueConfiguration, _ mode: RunMode, needsKey: Bool
  ) throws {
    guard let adapter = VenueRegistry.find(configuration.adapter)?.adapter else {
      throw UsageError.unknown("venue", configuration.adapter, among: VenueRegistry.names)
    }
    if let reason = adapter.description.refusal(following: configuration.symbols.count) {
      throw UsageError(
        "[[venue]] \(configuration.name): \(reason); give the others to another [[venue]]")
    }
    self.init(
      name: configuration.name, adapter: adapter,
      environment: try Self.environment(configuration, adapter.description, mode),
      symbols: configuration.symbols)
    allowsWithdrawalKey = configuration.allowWithdrawalKey
    cancelsForeignOrders = configuration.foreignOrders == .cancel
    adoptsForeignPositions = configuration.foreignPositions == .adopt
    if let seconds = configuration.deadManSeconds {
      deadMan = seconds == 0 ? nil : DeadManSetting(seconds: seconds, isRequired: true)
    }
    staleAfter = Int64(configuration.staleSeconds) * 1_000_000_000
    tls = try TLSContext(trust: configuration.certificateAuthority.map { .file($0) } ?? .system)
    userAgent = RunIdentity.userAgent
    makerFee = try configuration.makerFee.map { try $0.rate }
    takerFee = try configuration.takerFee.map { try $0.rate }
    if needsKey {
      let found = try Self.credential(configuration, of: adapter.description)
      try Self.check(found, of: adapter.description, configuration)
      credential = found
    } else {
      assumedBalances = configuration.balances?.map { ($0.currency, Money($0.amount)) }
    }
  }

  /// The addresses that a mode may use.
  static func environment(
    _ configuration: VenueConfiguration, _ venue: VenueDescription, _ mode: RunMode
  ) throws(UsageError) -> VenueEnvironment {
    let place = "[[venue]] \(configuration.name)"
    let isOwn =
      configuration.rest != nil && configuration.publicStream != nil
      && (mode == .paper || mode == .shadow
        || configuration.userStream != nil && configuration.orderEntry != nil)
    var environment: VenueEnvironment?
    if let name = configuration.environment {
      guard let found = venue.environment(name) else {
        throw UsageError.unknown("environment", name, among: venue.environments.map(\.name))
      }
      environment = found
    } else if mode == .demo {
      environment = venue.environments.first { !$0.isReal }
      if environment == nil, isOwn { environment = venue.environments.first }
    } else {
      environment = venue.environments.first { $0.isReal }
    }
    guard var environment else {
      throw UsageError(
        "\(place): \(venue.name) has no test network; give the addresses of one (rest, "
          + "public_stream, user_stream, order_entry)")
    }
    if mode == .demo, environment.isReal, !isOwn {
      throw UsageError("\(place): environment '\(environment.name)' is real; demo trades elsewhere")
    }
    if mode == .live, !environment.isReal {
      throw UsageError(
        "\(place): environment '\(environment.name)' is not real; see needletail demo")
    }
    let base = environment
    if isOwn { environment.isReal = mode == .live }
    environment.hasRedundantFeed = configuration.redundantFeed
    environment.rest = configuration.rest ?? environment.rest
    environment.publicStream = configuration.publicStream ?? environment.publicStream
    environment.userStream = configuration.userStream ?? environment.userStream
    environment.orderEntry = configuration.orderEntry ?? environment.orderEntry
    if mode == .demo, let address = venue.addressOfRealMarket(in: environment, basedOn: base) {
      throw UsageError(
        "\(place): \(address.rawValue) = '\(environment.text(of: address))' leads to the real market; "
          + "demo trades elsewhere")
    }
    return environment
  }

  /// Refuses a key without the pass phrase that its venue gives with each.
  static func check(
    _ credential: VenueCredential, of venue: VenueDescription, _ configuration: VenueConfiguration
  ) throws(UsageError) {
    guard venue.hasPassphrase, credential.passphrase.map({ $0.count == 0 }) ?? true else { return }
    let variable =
      "NEEDLETAIL_"
      + configuration.name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
      + "_PASSPHRASE"
    throw UsageError(
      "[[venue]] \(configuration.name): its key has no pass phrase, and \(venue.name) gives one with "
        + "each: store both by needletail secrets set \(venue.name) --with-passphrase, or set "
        + "\(variable) beside the key's variables")
  }

  /// A credential as requests to a venue carry it.
  ///
  /// - Throws: where it names a sub-account, which would be traded past.
  static func taken(
    _ found: Credential, of venue: VenueDescription, _ configuration: VenueConfiguration
  ) throws(UsageError) -> VenueCredential {
    if let reason = venue.refusal(ofSubAccount: found.subAccount) {
      throw UsageError("[[venue]] \(configuration.name): \(reason)")
    }
    return try VenueCredential(found)
  }

  /// Of the environment's variables, else out of the encrypted file.
  private static func credential(
    _ configuration: VenueConfiguration, of venue: VenueDescription
  ) throws -> VenueCredential {
    if let found = try CredentialEnvironment.credential(
      venue: configuration.name, variable: Terminal.environment)
    {
      return try taken(found, of: venue, configuration)
    }
    guard let path = SecretsFile.usualPath(variable: Terminal.environment) else {
      throw UsageError("neither HOME nor XDG_CONFIG_HOME is set: there is no file of secrets")
    }
    let found = try CredentialSearch.credential(
      venue: configuration.adapter, name: configuration.key, file: SecretsFile(path: path),
      variable: Terminal.environment,
      passphrase: { () throws(CredentialError) in try Self.passphrase() })
    return try taken(found, of: venue, configuration)
  }

  private static func passphrase() throws(CredentialError) -> SecretBytes {
    do throws(SecretInputError) {
      return try FilePassphrase.read(from: nil, variable: Terminal.environment, isNew: false)
    } catch {
      throw .variable(FilePassphrase.variable, reason: "\(error)")
    }
  }
}

extension Decimal {
  /// A share, exactly.
  fileprivate var rate: Rate {
    get throws(DecimalError) { Rate(parts: try units(decimals: Rate.decimals)) }
  }
}

extension VenueCredential {
  /// A credential as requests carry it.
  init(_ credential: Credential) throws(UsageError) {
    let kind: VenueKeyKind
    switch credential.kind {
    case .hmac: kind = .hmac
    case .ed25519: kind = .ed25519
    case .rsa: kind = .rsa
    case .ecdsa:
      throw UsageError("\(credential.venue): ECDSA keys are of no use there")
    }
    self.init(
      apiKey: credential.apiKey, kind: kind, secret: credential.secret,
      passphrase: credential.passphrase)
  }
}
