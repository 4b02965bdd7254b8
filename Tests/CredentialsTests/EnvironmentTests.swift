import Foundation
import Testing

@testable import Credentials

@Suite struct EnvironmentTests {
  private func find(
    _ venue: String, _ variables: [String: String]
  ) throws(CredentialError) -> Credential? {
    try CredentialEnvironment.credential(venue: venue) { variables[$0] }
  }

  private func mistake(_ venue: String, _ variables: [String: String]) -> CredentialError? {
    do throws(CredentialError) {
      _ = try find(venue, variables)
      return nil
    } catch {
      return error
    }
  }

  @Test func readsItsOwnNames() throws {
    let found = try #require(
      try find(
        "some-venue",
        [
          "NEEDLETAIL_SOME_VENUE_KEY": plainKey, "NEEDLETAIL_SOME_VENUE_SECRET": plainSecret,
          "NEEDLETAIL_SOME_VENUE_PASSPHRASE": plainPhrase,
          "NEEDLETAIL_SOME_VENUE_SUB_ACCOUNT": "two", "SOME_API_KEY": "other",
        ]))
    #expect(found.apiKey == plainKey)
    #expect(found.venue == "some-venue")
    #expect(found.secret.array == Array(plainSecret.utf8))
    #expect(found.passphrase?.array == Array(plainPhrase.utf8))
    #expect(found.subAccount == "two")
  }

  @Test func readsTheNamesOfOthers() throws {
    let short = ["SOME_API_KEY": "short", "SOME_API_SECRET": "s"]
    #expect(try find("some-venue", short)?.apiKey == "short")
    let long = short.merging(["SOME_VENUE_API_KEY": "long", "SOME_VENUE_API_SECRET": "s"]) { $1 }
    #expect(try find("some-venue", long)?.apiKey == "long")
    #expect(try find("other-venue", long) == nil)
    #expect(try find("some-venue", ["NEEDLETAIL_SOME_VENUE_KEY": ""]) == nil)
  }

  @Test func saysWhatIsMissing() {
    #expect(
      mistake("v", ["NEEDLETAIL_V_KEY": "k"])
        == .missingVariable("NEEDLETAIL_V_SECRET", besides: "NEEDLETAIL_V_KEY"))
    #expect(
      mistake("v", ["NEEDLETAIL_V_SECRET": plainSecret])
        == .missingVariable("NEEDLETAIL_V_KEY", besides: "NEEDLETAIL_V_SECRET"))
    #expect(
      mistake(
        "v",
        [
          "NEEDLETAIL_V_KEY": "k", "NEEDLETAIL_V_SECRET": plainSecret,
          "NEEDLETAIL_V_PEM_FILE": "/nowhere",
        ]) == .conflictingVariables("NEEDLETAIL_V_SECRET", "NEEDLETAIL_V_PEM_FILE"))
    #expect(
      mistake("v", ["NEEDLETAIL_V_KEY": "k", "NEEDLETAIL_V_PEM_FILE": "/nowhere/at/all"])
        == .variable("NEEDLETAIL_V_PEM_FILE", reason: "/nowhere/at/all: no such file"))
    #expect(mistake("V", [:]) == .venueName("V"))
    let bad = mistake("v", ["NEEDLETAIL_V_KEY": "k", "NEEDLETAIL_V_SECRET": plainSecret + "\n"])
    #expect("\(bad as Any)".contains("NEEDLETAIL_V_KEY"))
    #expect(!said(bad as Any).contains(plainSecret))
  }

  @Test func readsPrivateKeysFromTheirFiles() throws {
    let scratch = Scratch()
    let key = GeneratedKey("ED25519")
    let path = scratch.path("key.pem")
    try Data(key.pem.utf8).write(to: URL(filePath: path))
    chmod(path, 0o600)
    let variables = ["NEEDLETAIL_V_KEY": "k", "NEEDLETAIL_V_PEM_FILE": path]
    #expect(try find("v", variables)?.kind == .ed25519)
    chmod(path, 0o640)
    #expect("\(mistake("v", variables) as Any)".contains("chmod 600"))
  }

  /// The environment first, then the file; the pass phrase is asked for only when it is needed.
  @Test func looksInOrder() throws {
    let scratch = Scratch()
    let file = SecretsFile(path: scratch.path("secrets"))
    let phrase = SecretBytes("open")
    func find(
      _ variables: [String: String], name: String? = nil, asked: inout Int
    ) throws(CredentialError) -> Credential {
      var count = 0
      defer { asked += count }
      return try CredentialSearch.credential(
        venue: "some-venue", name: name, file: file, variable: { variables[$0] },
        passphrase: { () throws(CredentialError) -> SecretBytes in
          count += 1
          return phrase
        })
    }
    let variables = [
      "NEEDLETAIL_SOME_VENUE_KEY": "environment", "NEEDLETAIL_SOME_VENUE_SECRET": "s",
    ]
    var asked = 0
    #expect(throws: CredentialError.self) { try find([:], asked: &asked) }
    try file.set(sample(), passphrase: phrase, cost: .small)
    try file.set(sample(name: "second"), passphrase: phrase, cost: .small)
    #expect(try find(variables, asked: &asked).apiKey == "environment")
    #expect(asked == 0)
    #expect(try find([:], asked: &asked).apiKey == plainKey)
    #expect(try find(variables, name: "second", asked: &asked).name == "second")
    #expect(asked == 2)
    #expect {
      _ = try find([:], name: "third", asked: &asked)
    } throws: {
      "\($0)".contains("NEEDLETAIL_SOME_VENUE_KEY is not set, and \(file.path) has none")
    }
  }
}
