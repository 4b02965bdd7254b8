import Credentials
import Glibc
import Runtime
import Strategies
import TradingModel
import Venues

/// `needletail secrets set|list|remove`: the encrypted file of venue keys.
enum SecretsCommand {
  static let usage = CommandUsage(
    name: "secrets", summary: "keep venue keys in an encrypted file",
    arguments: "set VENUE|list|remove VENUE", argumentCount: 1...2,
    argumentChoices: ["set", "list", "remove"],
    options: [
      .value("name", "N", "set, remove: tells several keys of one venue apart (default)"),
      .value("key", "K", "set: the API key; asked for without it"),
      .value(
        "kind", "KIND", "set: what the secret has to be; anything that can sign without it",
        choices: CredentialKind.allCases.map(\.text)),
      .value(
        "pem-file", "FILE", "set: the private key, of mode 600; asked for without it",
        takesPath: true),
      .flag(
        "with-passphrase",
        "set: an API pass phrase is the next line of standard input; needed where the venue gives one "
          + "with each key"),
      .value("sub-account", "S", "set: the sub-account to trade on, where requests name one"),
      .value(
        "file", "FILE", "the secrets file (~/.config/needletail/secrets, or in $XDG_CONFIG_HOME)",
        takesPath: true),
      .flag("passphrase-stdin", "the file's pass phrase is the first line of standard input"),
      .value("passphrase-fd", "N", "the file's pass phrase is the first line of descriptor N"),
      .flag("json", "print one JSON document"),
    ],
    notes: """
      Secrets are never given on the command line: at a terminal they are asked for and not shown,
      otherwise they are lines of standard input, in this order: with --passphrase-stdin the file's
      pass phrase; without --key the API key; without --pem-file the secret, one line or a PEM block;
      with --with-passphrase the API pass phrase. The file's pass phrase may also stand in
      NEEDLETAIL_PASSPHRASE. A key in the environment (NEEDLETAIL_<VENUE>_KEY and _SECRET, the venue
      in capitals with - as _) goes before the file. docs/secrets.md describes both.
      """,
    examples: [
      "needletail secrets set \(VenueRegistry.exampleName) --key 0123456789abcdef",
      "printf '%s\\n' PASS-PHRASE API-KEY SECRET | needletail secrets set "
        + "\(VenueRegistry.exampleName) --passphrase-stdin",
      "needletail secrets list --json",
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    do {
      return try run(options)
    } catch let error as SecretsFileError {
      return fail("secrets", "\(error)", status(of: error))
    } catch let error as SecretInputError {
      return failed(error)
    }
  }

  private static func run(_ options: CommandOptions) throws -> Int32 {
    let action = options.arguments[0]
    guard usage.argumentChoices.contains(action) else {
      let hint = Spelling.nearest(to: action, among: usage.argumentChoices)
      throw UsageError(
        "'\(action)' was expected to be set, list or remove"
          + (hint.map { "; did you mean \($0)?" } ?? ""))
    }
    if action != "set" {
      let ofSet = ["key", "kind", "pem-file", "with-passphrase", "sub-account"]
      if let name = ofSet.first(where: options.has) {
        throw UsageError("--\(name) is for set, not for \(action)")
      }
    }
    if options.has("passphrase-stdin"), options.has("passphrase-fd") {
      throw UsageError("--passphrase-stdin and --passphrase-fd exclude each other")
    }
    let file = try secretsFile(options)
    switch action {
    case "set":
      let venue = try knownVenue(options, isAsked: isatty(STDIN_FILENO) == 1)
      return try set(venue, file, options)
    case "remove": return try remove(try venue(options), file, options)
    default:
      if options.arguments.count > 1 {
        throw UsageError("unexpected argument '\(options.arguments[1])'")
      }
      return try list(file, options)
    }
  }

  private static func venue(_ options: CommandOptions) throws(UsageError) -> String {
    guard options.arguments.count > 1 else { throw UsageError("VENUE is missing") }
    let venue = options.arguments[1]
    guard Credential.isVenueName(venue) else {
      throw UsageError("\(CredentialError.venueName(venue))")
    }
    return venue
  }

  /// A venue that keys can be stored for. What was stored for others can still be removed.
  ///
  /// - Parameter isAsked: whether somebody at a terminal is asked for what is missing.
  static func knownVenue(
    _ options: CommandOptions, isAsked: Bool
  ) throws(UsageError) -> VenueDescription {
    let name = try venue(options)
    guard let venue = VenueRegistry.find(name)?.adapter.description else {
      throw UsageError.unknown("venue", name, among: VenueRegistry.names)
    }
    if let reason = venue.refusal(ofSubAccount: options.text("sub-account")) {
      throw UsageError("--sub-account: \(reason)")
    }
    if venue.hasPassphrase, !options.has("with-passphrase"), !isAsked {
      throw UsageError(
        "--with-passphrase is missing: \(name) gives a pass phrase with each key, which is the next "
          + "line of standard input")
    }
    return venue
  }

  private static func secretsFile(_ options: CommandOptions) throws(UsageError) -> SecretsFile {
    guard let path = options.text("file") ?? SecretsFile.usualPath(variable: Terminal.environment)
    else { throw UsageError("neither HOME nor XDG_CONFIG_HOME is set; --file FILE says where") }
    return SecretsFile(path: path)
  }

  // MARK: What is done

  private static func set(
    _ venue: VenueDescription, _ file: SecretsFile, _ options: CommandOptions
  ) throws -> Int32 {
    let passphrase = try passphrase(options, isNew: !file.exists)
    if file.exists { _ = try file.read(passphrase: passphrase) }
    let credential: Credential
    do {
      credential = try SecretAnswers(options).credential(venue: venue)
    } catch let error as CredentialError {
      return fail("secrets", "\(error)", ExitStatus.usage)
    }
    if let wanted = options.text("kind"), wanted != credential.kind.text {
      throw UsageError("--kind: the secret is \(credential.kind), \(wanted) was expected")
    }
    let hadOne = try file.set(credential, passphrase: passphrase)
    if options.has("json") {
      writeText("{\"set\": \(object(credential)), \"replaced\": \(hadOne)}\n", to: STDOUT_FILENO)
    }
    writeText(
      "needletail secrets: \(hadOne ? "replaced" : "stored") \(credential) in \(file.path)\n",
      to: STDERR_FILENO)
    return ExitStatus.done
  }

  private static func remove(
    _ venue: String, _ file: SecretsFile, _ options: CommandOptions
  ) throws -> Int32 {
    let name = options.text("name") ?? Credential.usualName
    guard file.exists else { throw SecretsFileError.notFound(path: file.path) }
    let passphrase = try passphrase(options, isNew: false)
    guard try file.remove(venue: venue, name: name, passphrase: passphrase) else {
      return fail("secrets", "\(file.path): has no '\(name)' for \(venue)", ExitStatus.failed)
    }
    if options.has("json") {
      writeText(
        "{\"removed\": {\"name\": \(quoted(name)), \"venue\": \(quoted(venue))}}\n",
        to: STDOUT_FILENO)
    }
    writeText(
      "needletail secrets: removed \(name) for \(venue) from \(file.path)\n", to: STDERR_FILENO)
    return ExitStatus.done
  }

  private static func list(_ file: SecretsFile, _ options: CommandOptions) throws -> Int32 {
    // The usual file is made by the first set; one that somebody names is there.
    if options.has("file"), !file.exists { throw SecretsFileError.notFound(path: file.path) }
    let all =
      file.exists ? try file.read(passphrase: passphrase(options, isNew: false)) : []
    if options.has("json") {
      let objects = all.map(object).joined(separator: ", ")
      writeText(
        "{\"file\": \(quoted(file.path)), \"secrets\": [\(objects)]}\n", to: STDOUT_FILENO)
      return ExitStatus.done
    }
    if all.isEmpty {
      writeText("needletail secrets: \(file.path) holds none\n", to: STDERR_FILENO)
      return ExitStatus.done
    }
    writeText(table(all), to: STDOUT_FILENO)
    return ExitStatus.done
  }

  // MARK: What is told

  static func object(_ credential: Credential) -> String {
    let account = credential.subAccount.map(quoted) ?? "null"
    return "{\"name\": \(quoted(credential.name)), \"venue\": \(quoted(credential.venue)), "
      + "\"kind\": \(quoted(credential.kind.text)), \"key\": \(quoted(credential.shortenedKey)), "
      + "\"has_passphrase\": \(credential.passphrase != nil), \"sub_account\": \(account)}"
  }

  static func table(_ all: [Credential]) -> String {
    var rows = [["venue", "name", "kind", "key", "sub-account"]]
    for credential in all {
      rows.append([
        credential.venue, credential.name, credential.kind.text, credential.shortenedKey,
        credential.subAccount ?? "",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for row in rows {
      var line = ""
      for (cell, width) in zip(row, widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }

  private static func status(of error: SecretsFileError) -> Int32 {
    switch error {
    case .notSecretsFile, .unknownVersion, .damagedHeader, .wrongLength, .damagedBody,
      .malformedBody, .tooLarge, .notRegularFile:
      ExitStatus.usage
    default: ExitStatus.failed
    }
  }

  private static func failed(_ error: SecretInputError) -> Int32 {
    switch error {
    case .interrupted: ExitStatus.interrupted
    case .noTerminal:
      fail(
        "secrets",
        "\(error); give it by --passphrase-stdin, --passphrase-fd or \(FilePassphrase.variable)",
        ExitStatus.usage)
    case .ended, .tooLong, .empty: fail("secrets", "\(error)", ExitStatus.usage)
    case .system, .different: fail("secrets", "\(error)", ExitStatus.failed)
    }
  }

  /// The pass phrase of the file.
  private static func passphrase(_ options: CommandOptions, isNew: Bool) throws -> SecretBytes {
    let descriptor = try options.integer("passphrase-fd", in: Int32(0)...Int32.max)
    let input =
      options.has("passphrase-stdin")
      ? SecretInput(descriptor: STDIN_FILENO) : descriptor.map { SecretInput(descriptor: $0) }
    return try FilePassphrase.read(from: input, variable: Terminal.environment, isNew: isNew)
  }
}

/// What `secrets set` asks for: at the terminal, or as lines of standard input when that is none.
private struct SecretAnswers: ~Copyable {
  private let options: CommandOptions
  private let terminal: SecretTerminal?
  private let input = SecretInput(descriptor: STDIN_FILENO)

  init(_ options: CommandOptions) throws(SecretInputError) {
    self.options = options
    terminal = isatty(STDIN_FILENO) == 1 ? try SecretTerminal(what: "the secret") : nil
  }

  func credential(venue: VenueDescription) throws -> Credential {
    let apiKey = try options.text("key") ?? text(line("API key", isHidden: false))
    let secret: SecretBytes
    if let path = options.text("pem-file") {
      secret = try privateFile(path)
    } else {
      secret = try secretOrPEM("Secret, or PEM key") {
        (what: String) throws(SecretInputError) -> SecretBytes in
        try line(what, isHidden: true)
      }
    }
    var passphrase: SecretBytes?
    if options.has("with-passphrase") || venue.hasPassphrase {
      passphrase = try line("API pass phrase", isHidden: true)
    } else if terminal != nil {
      let answer = try line("API pass phrase (empty for none)", isHidden: true)
      passphrase = answer.count > 0 ? answer : nil
    }
    if venue.hasPassphrase, passphrase.map({ $0.count == 0 }) ?? true {
      throw UsageError("the API pass phrase is empty; \(venue.name) gives one with each key")
    }
    return try Credential(
      name: options.text("name") ?? Credential.usualName, venue: venue.name, apiKey: apiKey,
      secret: secret, passphrase: passphrase, subAccount: options.text("sub-account"))
  }

  private func line(
    _ what: String, isHidden: Bool
  ) throws(SecretInputError) -> SecretBytes {
    if let answer = try terminal?.line(what, isHidden: isHidden) { return answer }
    return try input.line(what)
  }

  private func text(_ bytes: SecretBytes) -> String {
    bytes.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  private func privateFile(_ path: String) throws -> SecretBytes {
    do throws(SecretsFileError) {
      return try SecretsFile.privateKey(path: path)
    } catch {
      throw UsageError("--pem-file: \(error)")
    }
  }
}
