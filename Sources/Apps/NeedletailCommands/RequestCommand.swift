import Credentials
import Glibc
import Runtime
import Strategies
import TradingModel
import Venues

/// `needletail request VENUE ACTION`: shows the signed request that would be sent.
enum RequestCommand {
  static let usage = CommandUsage(
    name: "request", summary: "show the signed request that a venue would be sent",
    arguments: "VENUE ACTION", argumentCount: 2...2,
    options: [
      .flag("dry-run", "print the request and send nothing; the only thing this command does"),
      .value("symbol", "TEXT", "as the venue spells it"),
      .value("side", "SIDE", "which way the order goes", choices: ["buy", "sell"]),
      .value(
        "type", "TYPE", "limit if not given", choices: ["limit", "market", "stop", "stop-limit"]),
      .value("quantity", "N", "of the order; the new total where one is modified"),
      .value("price", "P", "limit price"),
      .value("stop-price", "P", "what triggers a stop"),
      .value(
        "time-in-force", "TIF", "good-till-cancel if not given; or by its short name",
        choices: ["good-till-cancel", "immediate-or-cancel", "fill-or-kill", "gtc", "ioc", "fok"]),
      .flag("post-only", "refuse the order rather than let it take"),
      .flag("reduce-only", "let it only make a position smaller"),
      .value("client-order-id", "TEXT", "our id of the order; made from the time if not given"),
      .value("order-id", "N", "the venue's id of the order"),
      .value("client-order-ids", "TEXT,TEXT...", "our ids of the orders of a batch"),
      .value("order-ids", "N,N...", "the venue's ids of the orders of a batch to be canceled"),
      .value(
        "instrument-code", "N",
        "the venue's number of the instrument, where its connections want that"),
      .value("limit", "N", "rows, or levels of a book"),
      .value("start-time", "MS", "the first time asked for, milliseconds since the epoch"),
      .value("timeout", "SECONDS", "of the dead-man switch"),
      .value(
        "channel", "CHANNEL", "rest if not given", choices: VenueChannel.allCases.map(\.rawValue)),
      .value("environment", "NAME", "live if not given; see needletail venues"),
      .value("key", "K", "the API key"),
      .value("secret", "S", "its secret"),
      .value("key-file", "FILE", "a private key in PEM instead of a secret", takesPath: true),
      .value(
        "key-kind", "KIND", "of the private key in --key-file; ed25519 if not given",
        choices: ["ed25519", "rsa"]),
      .value("passphrase", "P", "of venues that give one with the key"),
      .value("timestamp", "MS", "of the request, milliseconds since the epoch; now if not given"),
      .value(
        "receive-window", "MS", "how long after that the venue still takes it; 5000 if not given"),
    ],
    notes: """
      Actions: \(VenueAction.allCases.map(\.rawValue).joined(separator: ", ")).
      Prints one JSON object: method, url, headers, body; an array of them where the venue needs more
      than one request. Over WebSocket the method is empty and the body is the message.
      """,
    examples: [
      "needletail request \(VenueRegistry.exampleName) place --symbol BTCUSDT --side buy "
        + "--quantity 0.001 --price 60000 --key K --secret S --timestamp 1700000000000 --dry-run"
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    guard options.has("dry-run") else {
      throw UsageError("--dry-run is missing: requests are shown, never sent, by this command")
    }
    let name = options.arguments[0]
    guard let venue = VenueRegistry.find(name)?.adapter else {
      throw UsageError.unknown("venue", name, among: VenueRegistry.names)
    }
    guard let action = VenueAction(rawValue: options.arguments[1]) else {
      throw UsageError.unknown(
        "action", options.arguments[1], among: VenueAction.allCases.map(\.rawValue))
    }
    let environments = venue.description.environments.map(\.name)
    guard let environment = venue.description.environment(options.text("environment")) else {
      throw UsageError.unknown(
        "environment", options.text("environment") ?? "", among: environments)
    }
    let timestamp =
      try options.integer("timestamp", in: 0...UInt64(9_000_000_000_000))
      ?? UInt64(Clock.realtime / 1_000_000)
    do {
      let requests = try venue.requests(
        action, try input(options), try credential(options, action), environment,
        timestamp: timestamp)
      let texts = requests.map(\.json)
      writeText(
        (texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ",\n") + "]") + "\n",
        to: STDOUT_FILENO)
      return ExitStatus.done
    } catch let error as RequestError {
      throw UsageError("\(name) \(action.rawValue): \(error)")
    } catch let error as SigningKeyError {
      throw UsageError("\(error)")
    }
  }

  static func input(_ options: CommandOptions) throws -> RequestInput {
    var input = RequestInput()
    input.symbol = try options.text("symbol").map(symbol)
    input.side = options.text("side").map { $0 == "buy" ? .buy : .sell }
    switch options.text("type") {
    case "market": input.type = .market
    case "stop": input.type = .stop
    case "stop-limit": input.type = .stopLimit
    default: input.type = .limit
    }
    switch options.text("time-in-force") {
    case "immediate-or-cancel", "ioc": input.timeInForce = .immediateOrCancel
    case "fill-or-kill", "fok": input.timeInForce = .fillOrKill
    default: input.timeInForce = .goodTillCancel
    }
    if options.has("post-only") { input.instructions.insert(.postOnly) }
    if options.has("reduce-only") { input.instructions.insert(.reduceOnly) }
    input.quantity = try decimal("quantity", options)
    input.price = try decimal("price", options)
    input.stopPrice = try decimal("stop-price", options)
    input.clientOrderID = options.text("client-order-id")
    input.venueOrderID = try options.integer("order-id", in: 1...UInt64.max)
    input.clientOrderIDs = list("client-order-ids", options)
    input.venueOrderIDs = try list("order-ids", options).map { text in
      guard let id = UInt64(text), id > 0 else {
        throw UsageError("--order-ids: '\(text)' was expected to be a whole number from 1 up")
      }
      return id
    }
    input.instrumentCode = try options.integer("instrument-code", in: 1...UInt64.max)
    input.limit = try options.integer("limit", in: 1...UInt64(5_000))
    input.startTime = try options.integer("start-time", in: 0...UInt64(9_000_000_000_000))
    input.timeout = try options.integer("timeout", in: 0...UInt64(86_400))
    input.channel = options.text("channel").flatMap { VenueChannel(rawValue: $0) } ?? .rest
    input.receiveWindow =
      try options.integer("receive-window", in: 1...UInt64(60_000)) ?? input.receiveWindow
    let places: [VenueAction] = [.place, .placeBatch]
    if places.map(\.rawValue).contains(options.arguments[1]) { try refuseContradictions(input) }
    return input
  }

  /// A symbol as some venue may spell it: letters and digits of any alphabet, and marks in between.
  private static func symbol(_ text: String) throws(UsageError) -> String {
    let isPossible = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "-_./:@".unicodeScalars.contains(scalar)
    }
    guard isPossible else {
      throw UsageError(
        "--symbol: '\(text)' was expected to be letters, digits and any of -_./:@, as the venue spells it"
      )
    }
    return text
  }

  /// What an order of its type has no place for is refused, not left out: whoever gave it meant another.
  private static func refuseContradictions(_ input: RequestInput) throws(UsageError) {
    let isLimit = input.type == .limit || input.type == .stopLimit
    if !isLimit, input.price != nil {
      throw UsageError(
        "--price: an order of --type \(OptionName.of(input.type)) has none; limit and stop-limit have"
      )
    }
    if input.type == .limit || input.type == .market, input.stopPrice != nil {
      throw UsageError(
        "--stop-price: an order of --type \(OptionName.of(input.type)) has none; stop and stop-limit "
          + "have")
    }
    guard input.instructions.contains(.postOnly) else { return }
    if !isLimit {
      throw UsageError(
        "--post-only: an order of --type \(OptionName.of(input.type)) always takes; limit orders may "
          + "wait")
    }
    if input.timeInForce != .goodTillCancel {
      throw UsageError(
        "--post-only: an order of --time-in-force \(OptionName.of(input.timeInForce)) never waits")
    }
  }

  /// What stands between the commas; an empty part is left to be refused.
  private static func list(_ name: String, _ options: CommandOptions) -> [String] {
    options.text(name)?.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0) } ?? []
  }

  private static func decimal(_ name: String, _ options: CommandOptions) throws -> Decimal? {
    guard let text = options.text(name) else { return nil }
    guard let value = try? Decimal(text), value.units >= 0 else {
      throw UsageError("--\(name): '\(text)' was expected to be a decimal number, zero or more")
    }
    return value
  }

  static func credential(
    _ options: CommandOptions, _ action: VenueAction
  ) throws -> VenueCredential {
    if action.isPublic { return .nobody }
    let passphrase = options.text("passphrase").map { SecretBytes($0) }
    let key = options.text("key") ?? ""
    if let path = options.text("key-file") {
      guard let file = try? MappedFile(path) else {
        throw UsageError("--key-file: '\(path)' cannot be read")
      }
      return VenueCredential(
        apiKey: key, kind: options.text("key-kind") == "rsa" ? .rsa : .ed25519,
        secret: SecretBytes(copying: file.bytes), passphrase: passphrase)
    }
    guard let secret = options.text("secret"), !secret.isEmpty else {
      throw UsageError("--secret (or --key-file) is missing: requests are signed")
    }
    return VenueCredential(
      apiKey: key, kind: .hmac, secret: SecretBytes(secret), passphrase: passphrase)
  }
}

extension UsageError {
  /// A name that is none of the known ones.
  static func unknown(_ what: String, _ name: String, among names: [String]) -> UsageError {
    let hint = Spelling.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    return UsageError(
      "unknown \(what) '\(name)'\(hint); expected one of " + names.joined(separator: ", "))
  }
}

extension WireRequest {
  /// One JSON object.
  fileprivate var json: String {
    let sender = method.isEmpty ? [] : [(name: "User-Agent", value: RunIdentity.userAgent)]
    let fields = (headers + sender).map { "\(quoted($0.name)): \(quoted($0.value))" }
    return "{\"method\": \(quoted(method)), \"url\": \(quoted(url)), "
      + "\"headers\": {\(fields.joined(separator: ", "))}, \"body\": \(quoted(body))}"
  }
}
