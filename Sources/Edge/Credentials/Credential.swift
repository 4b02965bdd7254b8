/// What sort of key a venue gave out.
public enum CredentialKind: UInt8, CaseIterable, Sendable {
  /// A shared secret, for HMAC.
  case hmac = 1
  /// Private keys in PEM; the venue holds the public half.
  case ed25519 = 2
  case rsa = 3
  case ecdsa = 4

  /// As options and lists spell it.
  public var text: String { "\(self)" }

  /// The kind with that name; nil where there is none.
  public init?(text: String) {
    guard let kind = CredentialKind.allCases.first(where: { $0.text == text }) else { return nil }
    self = kind
  }

  init(_ algorithm: SignatureAlgorithm) {
    self =
      switch algorithm {
      case .hmacSHA256, .hmacSHA384, .hmacSHA512: .hmac
      case .ed25519: .ed25519
      case .rsaSHA256: .rsa
      case .ecdsaP256: .ecdsa
      }
  }
}

/// An account's key at a venue, with what signs for it.
///
/// The secret and the pass phrase lie in guarded memory that is wiped when the last copy goes; no
/// description, debugger or mirror shows them, and there is no coding by which they could get into
/// a journal or a log. Of the API key only both ends are shown.
public struct Credential: Sendable {
  /// The name under which it is kept when none is given.
  public static let usualName = "default"

  /// Tells several credentials of one venue apart.
  public let name: String
  /// The venue's name: lower-case letters, digits and `-`.
  public let venue: String
  public let kind: CredentialKind
  /// What the venue calls the key, sent in the clear with each request.
  public let apiKey: String
  /// The shared secret as the venue gave it out, or the private key in PEM.
  public let secret: SecretBytes
  /// The pass phrase that some venues want beside the secret.
  public let passphrase: SecretBytes?
  /// The sub-account to trade on, where one key serves several.
  public let subAccount: String?

  /// A credential whose every field was looked at.
  ///
  /// - Parameter secret: a shared secret, or PEM text from `-----BEGIN` on: the kind follows from it.
  /// - Throws: `CredentialError` for a field that could not be sent, or a key that cannot sign.
  public init(
    name: String = Credential.usualName, venue: String, apiKey: String, secret: SecretBytes,
    passphrase: SecretBytes? = nil, subAccount: String? = nil
  ) throws(CredentialError) {
    guard Self.isVenueName(venue) else { throw .venueName(venue) }
    guard Self.isName(name) else { throw .name(name) }
    guard (1...512).contains(apiKey.utf8.count),
      apiKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .apiKey }
    if let subAccount {
      guard (1...128).contains(subAccount.utf8.count),
        subAccount.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else { throw .subAccount }
    }
    if let passphrase, !Self.isLine(passphrase) { throw .passphrase }
    self.kind = try Self.kind(of: secret)
    self.name = name
    self.venue = venue
    self.apiKey = apiKey
    self.secret = secret
    self.passphrase = passphrase
    self.subAccount = subAccount
  }

  /// A signer for this credential.
  ///
  /// - Parameters:
  ///   - hmac: which HMAC a shared secret is for; private keys know their algorithm.
  ///   - decodesBase64: whether the venue gave its shared secret out as base64 of the real one.
  public func signer(
    hmac: SignatureAlgorithm = .hmacSHA256, decodesBase64: Bool = false
  ) throws(SigningKeyError) -> MessageSigner {
    if kind != .hmac { return try MessageSigner(pem: secret) }
    if decodesBase64 { return try MessageSigner(hmac, secret: secret.decodedBase64()) }
    return try MessageSigner(hmac, secret: secret)
  }

  /// The first and the last three characters of the API key; nothing of a short one.
  public var shortenedKey: String {
    apiKey.utf8.count < 12 ? "..." : "\(apiKey.prefix(3))...\(apiKey.suffix(3))"
  }

  // MARK: Fields

  /// Whether a text may name a venue.
  public static func isVenueName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
      }
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isLine(_ secret: SecretBytes) -> Bool {
    secret.withBytes { bytes in
      (1...4096).contains(bytes.count) && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
  }

  private static func kind(of secret: SecretBytes) throws(CredentialError) -> CredentialKind {
    let isPEM = secret.withBytes { $0.starts(with: "-----BEGIN".utf8) }
    if isPEM {
      do throws(SigningKeyError) {
        return CredentialKind(try MessageSigner(pem: secret).algorithm)
      } catch {
        throw .key(error)
      }
    }
    guard isLine(secret) else { throw .secret }
    return .hmac
  }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    let account = subAccount.map { ", sub-account \($0)" } ?? ""
    return "\(name) for \(venue): \(kind) key \(shortenedKey)\(account)"
  }

  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a credential cannot be used. Nothing secret is ever part of it.
public enum CredentialError: Error, Equatable, Sendable {
  case venueName(String)
  case name(String)
  case apiKey
  case secret
  case passphrase
  case subAccount
  case key(SigningKeyError)
  /// One variable of the environment is set and another that belongs to it is not.
  case missingVariable(String, besides: String)
  /// Two variables are set of which only one may be.
  case conflictingVariables(String, String)
  case variable(String, reason: String)
  /// Neither the environment nor the file has one.
  case notFound(venue: String, name: String, variable: String, file: String)
  case file(SecretsFileError)
}

extension CredentialError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .venueName(let text):
      "'\(text)' was expected to be a venue: 1 to 64 lower-case letters, digits and '-'"
    case .name(let text):
      "'\(text)' was expected to be a name: 1 to 64 printable characters without spaces"
    case .apiKey:
      "the API key was expected to be 1 to 512 printable ASCII characters without spaces"
    case .secret: "the secret was expected to be one line of 1 to 4096 bytes, or a PEM key"
    case .passphrase: "the API pass phrase was expected to be one line of 1 to 4096 bytes"
    case .subAccount: "the sub-account was expected to be one line of 1 to 128 bytes"
    case .key(let error): "\(error)"
    case .missingVariable(let missing, let present):
      "\(present) is set, so \(missing) was expected to be set too"
    case .conflictingVariables(let one, let other):
      "\(one) and \(other) are both set; only one of them may be"
    case .variable(let name, let reason): "\(name): \(reason)"
    case .notFound(let venue, let name, let variable, let file):
      "no key for \(venue) (name '\(name)'): \(variable) is not set, and \(file) has none; "
        + "store one with: needletail secrets set \(venue)"
    case .file(let error): "\(error)"
    }
  }
}
