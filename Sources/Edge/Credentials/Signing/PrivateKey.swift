import COpenSSL

/// An asymmetric private key as OpenSSL holds it; OpenSSL wipes it when it is freed.
struct PrivateKey: ~Copyable {
  /// Below this an RSA modulus is not safe (NIST SP 800-131A).
  static let rsaBitsMin = 2048

  let handle: OpaquePointer
  let algorithm: SignatureAlgorithm

  /// Reads the first private key of PEM text: PKCS#8 of any kind, PKCS#1 (`RSA PRIVATE KEY`) and
  /// SEC 1 (`EC PRIVATE KEY`).
  init(pem: UnsafeRawBufferPointer) throws(SigningKeyError) {
    // OpenSSL leaves what it thought of the text behind, for whoever asks next.
    defer { ERR_clear_error() }
    guard pem.count > 0 else { throw .empty }
    guard let length = Int32(exactly: pem.count),
      let source = BIO_new_mem_buf(pem.baseAddress, length)
    else { throw .notPEM }
    defer { BIO_free(source) }
    var wasAsked = false
    // Without an answer of ours OpenSSL would ask at the terminal.
    let parsed = PEM_read_bio_PrivateKey(
      source, nil,
      { _, _, _, wasAsked in
        wasAsked?.storeBytes(of: true, as: Bool.self)
        return -1
      }, &wasAsked)
    guard let parsed else { throw wasAsked ? .encryptedPEM : .notPEM }
    do throws(SigningKeyError) {
      algorithm = try Self.algorithm(of: parsed)
    } catch {
      EVP_PKEY_free(parsed)
      throw error
    }
    handle = parsed
  }

  deinit { EVP_PKEY_free(handle) }

  private static func algorithm(
    of key: OpaquePointer
  ) throws(SigningKeyError) -> SignatureAlgorithm {
    if EVP_PKEY_is_a(key, "ED25519") == 1 { return .ed25519 }
    if EVP_PKEY_is_a(key, "RSA") == 1 {
      let bits = Int(EVP_PKEY_get_bits(key))
      guard bits >= rsaBitsMin else { throw .shortRSAKey(bits: bits, minimum: rsaBitsMin) }
      return .rsaSHA256
    }
    guard EVP_PKEY_is_a(key, "EC") == 1 else { throw .unsupportedKey }
    var name = [CChar](repeating: 0, count: 64)
    var length = 0
    EVP_PKEY_get_group_name(key, &name, name.count, &length)
    guard strcmp(name, "prime256v1") == 0 else { throw .unsupportedKey }
    return .ecdsaP256
  }

  /// The 32 bytes that an Ed25519 key comes from.
  func seed() throws(SigningKeyError) -> SecretBytes {
    var count = 32
    return try SecretBytes(count: count) { (room) throws(SigningKeyError) in
      guard
        EVP_PKEY_get_raw_private_key(
          handle, room.baseAddress!.assumingMemoryBound(to: UInt8.self), &count) == 1, count == 32
      else { throw .inconsistentKey }
    }
  }

  /// What signs SHA-256 digests with this key; nil when OpenSSL has no memory left.
  func signingContext() -> OpaquePointer? {
    guard let context = EVP_PKEY_CTX_new(handle, nil) else { return nil }
    if EVP_PKEY_sign_init(context) == 1, choose(context) { return context }
    EVP_PKEY_CTX_free(context)
    return nil
  }

  /// Whether the public half takes `signature`, in OpenSSL's own form, for `digest`.
  func verifies(_ signature: UnsafeRawBufferPointer, of digest: UnsafeRawBufferPointer) -> Bool {
    guard let context = EVP_PKEY_CTX_new(handle, nil) else { return false }
    defer { EVP_PKEY_CTX_free(context) }
    return EVP_PKEY_verify_init(context) == 1 && choose(context)
      && EVP_PKEY_verify(
        context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
        digest.baseAddress?.assumingMemoryBound(to: UInt8.self), digest.count) == 1
  }

  private func choose(_ context: OpaquePointer) -> Bool {
    if algorithm == .rsaSHA256,
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1
    {
      return false
    }
    return EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1
  }
}
