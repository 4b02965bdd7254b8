/// How a venue wants its messages signed.
public enum SignatureAlgorithm: UInt8, CaseIterable, Sendable {
  /// HMAC (RFC 2104) with SHA-256, SHA-384 or SHA-512.
  case hmacSHA256, hmacSHA384, hmacSHA512
  /// Ed25519 (RFC 8032): the same key and message always give the same signature.
  case ed25519
  /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).
  case rsaSHA256
  /// ECDSA over P-256 with SHA-256 as JSON Web Tokens carry it, `ES256` (RFC 7518, section 3.4):
  /// the two numbers of the signature, 32 bytes each, big-endian. Every signature differs.
  case ecdsaP256

  /// Whether it takes a shared secret rather than a private key.
  public var isHMAC: Bool { rawValue <= SignatureAlgorithm.hmacSHA512.rawValue }
}

/// Why a key cannot sign. What the key holds is never part of it.
public enum SigningKeyError: Error, Equatable, Sendable {
  case empty
  /// No `-----BEGIN ... PRIVATE KEY-----` block, or one that does not decode.
  case notPEM
  /// The PEM block asks for a pass phrase of its own.
  case encryptedPEM
  /// A private key, but for another algorithm than asked for.
  case otherAlgorithm(expected: SignatureAlgorithm, found: SignatureAlgorithm)
  /// A private key of a kind or curve that no algorithm here takes.
  case unsupportedKey
  /// An RSA key of fewer bits than are safe.
  case shortRSAKey(bits: Int, minimum: Int)
  /// An Ed25519 seed has 32 bytes.
  case seedLength(Int)
  case notBase64
  /// The parts of a private key do not belong together: it does not verify what it signs.
  case inconsistentKey
}

extension SigningKeyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "the key is empty"
    case .notPEM:
      "the key was expected to be a private key in PEM, from -----BEGIN PRIVATE KEY----- to "
        + "-----END PRIVATE KEY-----"
    case .encryptedPEM:
      "the PEM key is locked with a pass phrase of its own; unlock it first, e.g. with "
        + "'openssl pkey', and keep it in the secrets file"
    case .otherAlgorithm(let expected, let found):
      "the key is for \(found), \(expected) was expected"
    case .unsupportedKey: "the key was expected to be Ed25519, RSA, or ECDSA over P-256"
    case .shortRSAKey(let bits, let minimum):
      "the RSA key has \(bits) bits, at least \(minimum) were expected"
    case .seedLength(let count): "an Ed25519 seed of 32 bytes was expected, not of \(count)"
    case .notBase64: "the secret was expected to be base64 text"
    case .inconsistentKey: "the parts of the private key do not belong together"
    }
  }
}
