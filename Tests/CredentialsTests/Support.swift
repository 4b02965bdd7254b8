import CAllocationCount
import COpenSSL
import Foundation

@testable import Credentials

/// Bytes of hexadecimal text.
func bytes(hex: String) -> [UInt8] {
  let digits = Array(hex.utf8)
  return stride(from: 0, to: digits.count, by: 2).map { index in
    UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)!
  }
}

extension MessageSigner {
  /// A signer for a secret as it stands.
  init(_ algorithm: SignatureAlgorithm, key: [UInt8]) throws(SigningKeyError) {
    try self.init(algorithm, secret: SecretBytes(array: key))
  }

  func text(_ message: [UInt8], as text: SignatureText = .hex) -> String {
    var room = [UInt8](repeating: 0, count: text.byteCountMax(of: byteCount))
    let count = message.withUnsafeBytes { message in
      room.withUnsafeMutableBytes { sign(message, as: text, into: $0.baseAddress!) }
    }
    return String(decoding: room[..<count], as: UTF8.self)
  }

  func text(_ message: String, as text: SignatureText = .hex) -> String {
    self.text(Array(message.utf8), as: text)
  }

  func signature(_ message: [UInt8]) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: byteCount)
    message.withUnsafeBytes { message in
      room.withUnsafeMutableBytes { sign(message, into: $0.baseAddress!) }
    }
    return room
  }
}

extension SecretBytes {
  convenience init(array: [UInt8]) {
    self.init(count: array.count) { $0.copyBytes(from: array) }
  }

  var array: [UInt8] { withBytes { Array($0) } }
}

func sha256(_ message: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: MessageDigest.sha256ByteCount)
  message.withUnsafeBytes { message in
    digest.withUnsafeMutableBytes { MessageDigest.sha256(of: message, into: $0.baseAddress!) }
  }
  return digest
}

func sha512(_ message: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: MessageDigest.sha512ByteCount)
  message.withUnsafeBytes { message in
    digest.withUnsafeMutableBytes { MessageDigest.sha512(of: message, into: $0.baseAddress!) }
  }
  return digest
}

func hex(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

/// A new private key in PEM, made by OpenSSL.
struct GeneratedKey {
  var pem: String

  /// - Parameter format: of the PEM: PKCS#8, or the kind's own older form.
  init(_ kind: String, bits: Int = 0, curve: String = "", isTraditional: Bool = false) {
    let key: OpaquePointer?
    if kind == "RSA" {
      let context = EVP_PKEY_CTX_new_from_name(nil, kind, nil)
      EVP_PKEY_keygen_init(context)
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits))
      var made: OpaquePointer?
      EVP_PKEY_generate(context, &made)
      EVP_PKEY_CTX_free(context)
      key = made
    } else {
      let context = EVP_PKEY_CTX_new_from_name(nil, kind, nil)
      EVP_PKEY_keygen_init(context)
      if !curve.isEmpty { EVP_PKEY_CTX_set_group_name(context, curve) }
      var made: OpaquePointer?
      EVP_PKEY_generate(context, &made)
      EVP_PKEY_CTX_free(context)
      key = made
    }
    defer { EVP_PKEY_free(key) }
    let output = BIO_new(BIO_s_mem())
    defer { BIO_free(output) }
    if isTraditional {
      PEM_write_bio_PrivateKey_traditional(output, key, nil, nil, 0, nil, nil)
    } else {
      PEM_write_bio_PKCS8PrivateKey(output, key, nil, nil, 0, nil, nil)
    }
    var room = [UInt8](repeating: 0, count: 16_384)
    let count = BIO_read(output, &room, Int32(room.count))
    pem = String(decoding: room[..<Int(max(0, count))], as: UTF8.self)
  }

  /// The same key under a pass phrase of its own.
  func locked() -> String {
    let key = Self.parse(pem)
    defer { EVP_PKEY_free(key) }
    let output = BIO_new(BIO_s_mem())
    defer { BIO_free(output) }
    let phrase = Array("locked".utf8CString)
    _ = phrase.withUnsafeBufferPointer { phrase in
      PEM_write_bio_PKCS8PrivateKey(
        output, key, EVP_aes_256_cbc(), phrase.baseAddress, Int32(phrase.count - 1), nil, nil)
    }
    var room = [UInt8](repeating: 0, count: 16_384)
    let count = BIO_read(output, &room, Int32(room.count))
    return String(decoding: room[..<Int(max(0, count))], as: UTF8.self)
  }

  static func parse(_ pem: String) -> OpaquePointer? {
    let text = Array(pem.utf8)
    let source = BIO_new_mem_buf(text, Int32(text.count))
    defer { BIO_free(source) }
    return PEM_read_bio_PrivateKey(source, nil, nil, nil)
  }

  /// Whether the key's public half takes a signature in OpenSSL's form.
  func verifies(_ signature: [UInt8], of message: [UInt8], hashes: Bool = true) -> Bool {
    let key = Self.parse(pem)
    defer { EVP_PKEY_free(key) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    EVP_DigestVerifyInit(context, nil, hashes ? EVP_sha256() : nil, nil, key)
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}
