import Testing

@testable import Credentials

/// What stands for secrets in these tests: nothing that is printed may contain it.
let plainSecret = "swtest-dev-secret-fedcba9876543210"
let plainPhrase = "swtest-dev-api-phrase"
let plainKey = "swtest-dev-apikey-0123456789abcdef"

func sample(
  name: String = Credential.usualName, venue: String = "some-venue", secret: String = plainSecret,
  subAccount: String? = nil
) throws -> Credential {
  try Credential(
    name: name, venue: venue, apiKey: plainKey, secret: SecretBytes(secret),
    passphrase: SecretBytes(plainPhrase), subAccount: subAccount)
}

/// Everything that Swift can print of a value.
func said(_ value: some Any) -> String {
  var text = "\(value) \(String(reflecting: value)) "
  dump(value, to: &text)
  return text
}

@Suite struct CredentialTests {
  @Test func isPrintedWithoutSecrets() throws {
    let credential = try sample(subAccount: "desk 2")
    #expect(
      credential.description == "default for some-venue: hmac key swt...def, sub-account desk 2")
    let text =
      said(credential) + said([credential]) + said(credential.secret)
      + said(Optional(credential)) + said((credential, 1))
    for secret in [plainSecret, plainPhrase, plainKey] { #expect(!text.contains(secret)) }
    #expect(Mirror(reflecting: credential).children.isEmpty)
    #expect(Mirror(reflecting: credential.secret).children.isEmpty)
  }

  @Test func shortKeysAreNotShownAtAll() throws {
    let credential = try Credential(venue: "v", apiKey: "0123456789a", secret: SecretBytes("s"))
    #expect(credential.shortenedKey == "...")
  }

  @Test func kindFollowsFromTheSecret() throws {
    #expect(try sample().kind == .hmac)
    #expect(try sample(secret: GeneratedKey("ED25519").pem).kind == .ed25519)
    #expect(try sample(secret: GeneratedKey("RSA", bits: 2048).pem).kind == .rsa)
    #expect(try sample(secret: GeneratedKey("EC", curve: "P-256").pem).kind == .ecdsa)
    for kind in CredentialKind.allCases { #expect(CredentialKind(text: kind.text) == kind) }
    #expect(CredentialKind(text: "dsa") == nil)
  }

  @Test func signs() throws {
    #expect(try sample().signer().algorithm == .hmacSHA256)
    #expect(try sample().signer(hmac: .hmacSHA512).byteCount == 64)
    #expect(try sample(secret: GeneratedKey("ED25519").pem).signer().algorithm == .ed25519)
    let decoded = try sample(secret: "SmVmZQ==").signer(decodesBase64: true)
    #expect(
      decoded.text("what do ya want for nothing?")
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(throws: SigningKeyError.notBase64) {
      _ = try sample(secret: "not base64").signer(decodesBase64: true)
    }
  }

  private func refusal(
    name: String = "n", venue: String = "v", key: String = "k", secret: String = plainSecret,
    phrase: String? = nil, account: String? = nil
  ) -> CredentialError? {
    do throws(CredentialError) {
      _ = try Credential(
        name: name, venue: venue, apiKey: key, secret: SecretBytes(secret),
        passphrase: phrase.map { SecretBytes($0) }, subAccount: account)
      return nil
    } catch {
      return error
    }
  }

  @Test func refusesFieldsThatCannotBeSent() {
    #expect(refusal() == nil)
    for venue in ["", "Venue", "-v", "a b", "v/..", String(repeating: "v", count: 65)] {
      #expect(refusal(venue: venue) == .venueName(venue))
    }
    #expect(refusal(name: "a b") == .name("a b"))
    for key in ["", "a b", "a\r\nX-Other: 1", "ä"] { #expect(refusal(key: key) == .apiKey) }
    for secret in ["", "two\nlines", String(repeating: "s", count: 4097)] {
      #expect(refusal(secret: secret) == .secret)
    }
    #expect(refusal(phrase: "") == .passphrase)
    #expect(refusal(phrase: "a\r\nb") == .passphrase)
    #expect(refusal(account: "a\nb") == .subAccount)
    #expect(refusal(secret: "-----BEGIN PRIVATE KEY-----\n\(plainSecret)") == .key(.notPEM))
  }

  @Test func refusalsAreSilentAboutSecrets() {
    let broken = "-----BEGIN PRIVATE KEY-----\n\(plainSecret)"
    for error in [
      refusal(key: plainKey + "\n"), refusal(secret: plainSecret + "\n"), refusal(secret: broken),
      refusal(phrase: plainPhrase + "\n"),
    ] {
      let text = said(error as Any)
      for secret in [plainSecret, plainPhrase, plainKey] { #expect(!text.contains(secret)) }
    }
  }

  @Test func wipesAndCompares() {
    let one = SecretBytes(plainSecret)
    #expect(one.isEqual(to: SecretBytes(plainSecret)))
    #expect(!one.isEqual(to: SecretBytes(plainSecret + "x")))
    #expect(!one.isEqual(to: SecretBytes(String(plainSecret.dropLast()) + "x")))
    #expect(SecretBytes("").count == 0)
  }
}
