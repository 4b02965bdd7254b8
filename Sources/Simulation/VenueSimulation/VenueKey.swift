import COpenSSL
import Exchange

/// How requests of a key are signed.
enum KeyScheme: String {
  case hmac = "HMAC"
  case ed25519 = "Ed25519"
  case rsa = "RSA"
}

/// An API key as the venue knows it.
struct VenueKey {
  var id: String
  var scheme: KeyScheme
  var account: AccountIndex
  var permissions: Permissions
  /// The secret's text of HMAC.
  var secret = ""
  /// What some venues ask beside.
  var passphrase = ""
  /// Verifies the others.
  var publicKey: PublicKey?
}

/// A public key in OpenSSL's hands.
final class PublicKey {
  let key: OpaquePointer
  /// Takes over `key`.
  init(_ key: OpaquePointer) { self.key = key }
  deinit { EVP_PKEY_free(key) }

  /// Whether `signature` is of `payload`: Ed25519 as it is, RSA with PKCS#1 v1.5 over SHA-256.
  func verifies(_ signature: [UInt8], of payload: [UInt8], _ scheme: KeyScheme) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    let digest = scheme == .rsa ? EVP_sha256() : nil
    guard EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, payload, payload.count) == 1
  }
}

extension VenueKey {
  /// Whether `signature`, as it stood in the request, is of `payload`: HMAC in hexadecimal digits of
  /// either case, the others in base64.
  func signed(_ payload: String, _ signature: String) -> Bool {
    let bytes = Array(payload.utf8)
    switch scheme {
    case .hmac: return Hexadecimal.text(hmac(bytes)) == signature.lowercased()
    case .ed25519, .rsa:
      guard let raw = Base64.decode(signature), let publicKey else { return false }
      return publicKey.verifies(raw, of: bytes, scheme)
    }
  }

  /// HMAC-SHA256 of `payload` under the secret's text.
  func hmac(_ payload: [UInt8]) -> [UInt8] { Self.hmac(payload, Array(secret.utf8)) }

  /// HMAC-SHA256, 32 bytes.
  static func hmac(_ payload: [UInt8], _ secret: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    _ = HMAC(EVP_sha256(), secret, Int32(secret.count), payload, payload.count, &digest, &count)
    return digest
  }
}
