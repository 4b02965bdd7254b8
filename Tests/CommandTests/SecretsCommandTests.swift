import Configuration
import Credentials
import Foundation
import Live
import Testing
import Venues

@testable import NeedletailCommands

@Suite struct SecretsCommandTests {
  private static let apiKey = "swtest-dev-apikey-0123456789abcdef"
  private static let secret = "swtest-dev-secret-fedcba9876543210"

  private func credential(_ venue: String) throws -> Credential {
    try Credential(
      venue: venue, apiKey: Self.apiKey, secret: SecretBytes(Self.secret),
      passphrase: SecretBytes("phrase"), subAccount: "desk \"2\"")
  }

  /// The exit status of `needletail secrets` with the file's pass phrase on a descriptor.
  private func status(_ words: [String], _ file: String, _ phrase: String) -> Int32 {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    defer { for end in ends { close(end) } }
    let line = phrase + "\n"
    _ = line.withCString { write(ends[1], $0, strlen($0)) }
    return needletailMain(
      arguments: ["secrets"] + words + ["--file", file, "--passphrase-fd", "\(ends[0])"])
  }

  @Test func statusTellsWhatHappened() throws {
    let file = NSTemporaryDirectory() + "/secrets-\(UInt64.random(in: 0...UInt64.max))"
    defer { unlink(file) }
    #expect(status(["list"], file, "open") == ExitStatus.failed)
    #expect(status(["remove", "venue"], file, "open") == ExitStatus.failed)
    try SecretsFile(path: file).write(
      [credential("venue"), credential("another")], passphrase: SecretBytes("open"),
      cost: .interactive)
    #expect(status(["list", "--json"], file, "open") == ExitStatus.done)
    #expect(status(["list"], file, "shut") == ExitStatus.failed)
    #expect(status(["remove", "nobody"], file, "open") == ExitStatus.failed)
    #expect(status(["remove", "venue"], file, "open") == ExitStatus.done)
    let left = try SecretsFile(path: file).read(passphrase: SecretBytes("open"))
    #expect(left.map(\.venue) == ["another"])
    chmod(file, 0o644)
    #expect(status(["list"], file, "open") == ExitStatus.failed)
    try Data("NTSECRET".utf8).write(to: URL(filePath: file))
    chmod(file, 0o600)
    #expect(status(["list"], file, "open") == ExitStatus.usage)
  }

  @Test(arguments: [
    ["lst"], ["set"], ["remove"], ["set", "Venue"], ["list", "venue"], ["list", "--key", "k"],
    ["list", "--passphrase-stdin"], ["set", "binance-spot", "--kind", "dsa"],
    ["set", "binance-spot", "--secret", "s"], ["set", "nosuch", "--key", "k"],
    ["set", "okx", "--key", "k"],
  ])
  func mistakesOfUseAreTold(words: [String]) {
    #expect(status(words, "/nowhere/at/all", "open") == ExitStatus.usage)
  }

  @Test func keysAreStoredForVenuesThatThereAreAndWhole() throws {
    func venue(_ words: [String], isAsked: Bool = false) throws -> String {
      let options = try CommandOptions(
        ["set"] + words, usage: SecretsCommand.usage, environment: { _ in nil })
      return try SecretsCommand.knownVenue(options, isAsked: isAsked).name
    }
    func mistake(_ words: [String]) -> String? {
      do {
        _ = try venue(words)
        return nil
      } catch {
        return "\(error)"
      }
    }
    for known in VenueRegistry.all {
      let needsPhrase = known.adapter.description.hasPassphrase
      #expect(try venue([known.name], isAsked: true) == known.name)
      #expect(try venue([known.name, "--with-passphrase"]) == known.name)
      let told = mistake([known.name])
      #expect((told != nil) == needsPhrase)
      #expect(told?.hasPrefix("--with-passphrase is missing: \(known.name) ") ?? !needsPhrase)
    }
    #expect(VenueRegistry.all.contains { $0.adapter.description.hasPassphrase })
    #expect(mistake(["nosuch"])?.hasPrefix("unknown venue 'nosuch'") == true)
    #expect(mistake(["binance-sport"])?.contains("did you mean 'binance-spot'?") == true)
  }

  @Test func aRunTellsHowAPassPhraseIsGiven() throws {
    let text = "[[venue]]\nname = \"my-okx\"\nadapter = \"okx\"\nsymbols = [\"X\"]\n"
    let venue = try RunConfigurationFile(bytes: Array(text.utf8), file: "t").configuration.venues[0]
    for known in VenueRegistry.all.map({ known in known.adapter.description }) {
      var credential = VenueCredential(apiKey: "k", kind: .hmac, secret: SecretBytes("s"))
      if known.hasPassphrase {
        let error = #expect(throws: UsageError.self) {
          try LiveVenue.check(credential, of: known, venue)
        }
        let told = "\(try #require(error))"
        #expect(told.contains("secrets set \(known.name) --with-passphrase"))
        #expect(told.contains("NEEDLETAIL_MY_OKX_PASSPHRASE"))
      } else {
        try LiveVenue.check(credential, of: known, venue)
      }
      credential.passphrase = SecretBytes("phrase")
      try LiveVenue.check(credential, of: known, venue)
    }
  }

  /// Requests of no venue name a sub-account: what would be passed over is refused.
  @Test func aSubAccountIsRefusedWhereRequestsNameNone() throws {
    let text = "[[venue]]\nname = \"mine\"\nadapter = \"any\"\nsymbols = [\"X\"]\n"
    let venue = try RunConfigurationFile(bytes: Array(text.utf8), file: "t").configuration.venues[0]
    let plain = try Credential(venue: "any", apiKey: "k", secret: SecretBytes("s"))
    let named = try Credential(
      venue: "any", apiKey: "k", secret: SecretBytes("s"), subAccount: "desk")
    for known in VenueRegistry.all.map({ known in known.adapter.description }) {
      #expect(try LiveVenue.taken(plain, of: known, venue).apiKey == "k")
      let error = #expect(throws: UsageError.self) {
        try LiveVenue.taken(named, of: known, venue)
      }
      let told = "\(try #require(error))"
      #expect(told.hasPrefix("[[venue]] mine: requests to \(known.name) name no sub-account"))
      #expect(told.contains("'desk'"))
      let options = try CommandOptions(
        ["set", known.name, "--sub-account", "desk"], usage: SecretsCommand.usage,
        environment: { _ in nil })
      let refusal = #expect(throws: UsageError.self) {
        try SecretsCommand.knownVenue(options, isAsked: true)
      }
      let words = "\(try #require(refusal))"
      #expect(words.hasPrefix("--sub-account: requests to \(known.name) name no sub-account"))
    }
  }

  @Test func listsShowNoSecrets() throws {
    let all = [try credential("venue"), try credential("another")]
    let object = SecretsCommand.object(all[0])
    #expect(
      object == #"{"name": "default", "venue": "venue", "kind": "hmac", "key": "swt...def", "#
        + #""has_passphrase": true, "sub_account": "desk \"2\""}"#)
    let table = SecretsCommand.table(all)
    #expect(table.split(separator: "\n").count == 3)
    for text in [object, table] {
      #expect(!text.contains(Self.secret) && !text.contains(Self.apiKey))
      #expect(!text.contains("phrase\":\"") && !text.contains("phrase "))
    }
  }
}
