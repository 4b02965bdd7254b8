import COpenSSL
import Exchange
import VenueServer

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
  /// Verifies the others.
  var publicKey: PublicKey?
}

/// A public key in OpenSSL's hands.
final class PublicKey {
  let key: OpaquePointer
  /// Takes over `key`.
  init(_ key: OpaquePointer) { self.key = key }
  deinit { EVP_PKEY_free(key) }

  /// Whether `signature` is of `payload`: Ed25519 as it is, RSA with PKCS#1 v1.5 over SHA-256
  /// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security).
  func verifies(_ signature: [UInt8], of payload: [UInt8], _ scheme: KeyScheme) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    let digest = scheme == .rsa ? EVP_sha256() : nil
    guard EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, payload, payload.count) == 1
  }
}

/// The keys of all accounts.
struct KeyRing {
  private(set) var keys: [String: VenueKey] = [:]

  mutating func add(_ key: VenueKey) { keys[key.id] = key }

  /// The key with an id.
  ///
  /// - Throws: -2014 where the id has no key's form, -2015 where nobody has it or it may not do that.
  func key(_ id: String?, for permissions: Permissions) throws(SpotError) -> VenueKey {
    guard let id, id.utf8.count == 64,
      id.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte)
      })
    else { throw .badKeyFormat }
    guard let key = keys[id], key.permissions.isSuperset(of: permissions) else {
      throw .rejectedKey
    }
    return key
  }
}

extension VenueKey {
  /// Whether `signature`, as it stood in the request, is of one of `payloads`.
  func signed(_ payload: String, _ signature: String) -> Bool {
    let bytes = Array(payload.utf8)
    switch scheme {
    case .hmac: return Self.hmac(bytes, Array(secret.utf8)) == signature.lowercased()
    case .ed25519, .rsa:
      guard let raw = Base64.decode(signature), let publicKey else { return false }
      return publicKey.verifies(raw, of: bytes, scheme)
    }
  }

  /// HMAC-SHA256 in lower-case hexadecimal.
  static func hmac(_ payload: [UInt8], _ secret: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    _ = HMAC(EVP_sha256(), secret, Int32(secret.count), payload, payload.count, &digest, &count)
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// Base64 with padding, RFC 4648 section 4.
enum Base64 {
  /// The bytes; nil where the text is no whole base64.
  static func decode(_ text: String) -> [UInt8]? {
    let input = Array(text.utf8)
    guard !input.isEmpty, input.count % 4 == 0 else { return nil }
    let padding = input.suffix(2).count { $0 == UInt8(ascii: "=") }
    var output: [UInt8] = []
    output.reserveCapacity(input.count / 4 * 3)
    var bits: UInt32 = 0
    for (index, byte) in input.enumerated() {
      guard let value = value(byte, isPadding: index >= input.count - padding) else { return nil }
      bits = bits << 6 | value
      if index % 4 == 3 {
        output += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        bits = 0
      }
    }
    output.removeLast(padding)
    return output
  }

  private static func value(_ byte: UInt8, isPadding: Bool) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    case UInt8(ascii: "="): isPadding ? 0 : nil
    default: nil
    }
  }
}
