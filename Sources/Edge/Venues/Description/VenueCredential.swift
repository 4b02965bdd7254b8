import Credentials

/// A key as requests carry and sign with it.
public struct VenueCredential: Sendable {
  public var apiKey: String
  public var kind: VenueKeyKind
  /// The shared secret of an HMAC key, the PEM text of a private one.
  public var secret: SecretBytes
  /// Of venues that give one with the key.
  public var passphrase: SecretBytes?

  public init(
    apiKey: String, kind: VenueKeyKind, secret: SecretBytes, passphrase: SecretBytes? = nil
  ) {
    self.apiKey = apiKey
    self.kind = kind
    self.secret = secret
    self.passphrase = passphrase
  }

  /// For requests that nobody signs.
  public static var nobody: VenueCredential {
    VenueCredential(apiKey: "", kind: .hmac, secret: SecretBytes("-"))
  }

  /// What signs with this key.
  func signer() throws(SigningKeyError) -> MessageSigner {
    switch kind {
    case .hmac: try MessageSigner(.hmacSHA256, secret: secret)
    case .ed25519: try MessageSigner(pem: secret, expected: .ed25519)
    case .rsa: try MessageSigner(pem: secret, expected: .rsaSHA256)
    }
  }
}
