import COpenSSL
import CSodium

/// Signs messages under one key, which is prepared once and wiped when the signer goes.
///
/// HMAC and Ed25519 signatures allocate nothing; RSA and ECDSA ones take OpenSSL's own memory. Any
/// number of threads may sign with one signer at a time.
public struct MessageSigner: ~Copyable, @unchecked Sendable {
  /// The longest signature: RSA with a modulus of 16,384 bits, as long as OpenSSL takes one.
  public static let byteCountMax = 2048

  public let algorithm: SignatureAlgorithm
  /// Bytes of each signature: 32, 48, 64 for HMAC, 64 for Ed25519 and ECDSA, the modulus for RSA.
  public let byteCount: Int
  /// `HMACStates`, or libsodium's secret key of Ed25519; a single unused line otherwise.
  private let key: UnsafeMutableRawPointer
  /// What signs with RSA and ECDSA; copied for each signature, never changed.
  private let context: OpaquePointer?

  // MARK: Keys

  /// A signer with a shared secret.
  ///
  /// - Parameter algorithm: one of the HMACs.
  /// - Throws: `.empty`.
  public init(
    _ algorithm: SignatureAlgorithm = .hmacSHA256, secret: UnsafeRawBufferPointer
  ) throws(SigningKeyError) {
    precondition(algorithm.isHMAC, "shared secrets are for HMAC, private keys for the rest")
    guard secret.count > 0 else { throw .empty }
    self.algorithm = algorithm
    context = nil
    if algorithm == .hmacSHA256 {
      byteCount = 32
      key = HMACStates<SHA256_CTX>.kept(secret: secret, from: .started())
    } else {
      let is384 = algorithm == .hmacSHA384
      byteCount = is384 ? 48 : 64
      key = HMACStates<SHA512_CTX>.kept(secret: secret, from: .started(is384: is384))
    }
  }

  /// The same, with kept bytes.
  public init(
    _ algorithm: SignatureAlgorithm = .hmacSHA256, secret: SecretBytes
  ) throws(SigningKeyError) {
    self = try secret.withBytes { (bytes) throws(SigningKeyError) in
      try MessageSigner(algorithm, secret: bytes)
    }
  }

  /// A signer with an Ed25519 key's seed, the 32 bytes that RFC 8032 calls the private key.
  ///
  /// - Throws: `.seedLength`.
  public init(ed25519Seed seed: UnsafeRawBufferPointer) throws(SigningKeyError) {
    guard seed.count == 32 else { throw .seedLength(seed.count) }
    algorithm = .ed25519
    byteCount = 64
    context = nil
    key = SecretMemory.allocate(64)
    var publicKey = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    withUnsafeMutableBytes(of: &publicKey) { room in
      _ = crypto_sign_seed_keypair(
        room.baseAddress!.assumingMemoryBound(to: UInt8.self),
        key.assumingMemoryBound(to: UInt8.self),
        seed.baseAddress!.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// The same, with kept bytes.
  public init(ed25519Seed seed: SecretBytes) throws(SigningKeyError) {
    self = try seed.withBytes { (bytes) throws(SigningKeyError) in
      try MessageSigner(ed25519Seed: bytes)
    }
  }

  /// A signer with the first private key of PEM text; the key says which algorithm.
  ///
  /// - Parameter expected: the only algorithm that will do; nil for any.
  /// - Throws: `SigningKeyError` for text without a key, and for keys that cannot or should not sign.
  public init(
    pem: UnsafeRawBufferPointer, expected: SignatureAlgorithm? = nil
  ) throws(SigningKeyError) {
    let privateKey = try PrivateKey(pem: pem)
    if let expected, expected != privateKey.algorithm {
      throw .otherAlgorithm(expected: expected, found: privateKey.algorithm)
    }
    if privateKey.algorithm == .ed25519 {
      self = try MessageSigner(ed25519Seed: privateKey.seed())
      return
    }
    guard Self.signsConsistently(privateKey), let context = privateKey.signingContext() else {
      ERR_clear_error()
      throw .inconsistentKey
    }
    algorithm = privateKey.algorithm
    byteCount = algorithm == .ecdsaP256 ? 64 : Int(EVP_PKEY_get_size(privateKey.handle))
    key = SecretMemory.allocate(1)
    self.context = context
  }

  /// The same, with kept bytes.
  public init(pem: SecretBytes, expected: SignatureAlgorithm? = nil) throws(SigningKeyError) {
    self = try pem.withBytes { (bytes) throws(SigningKeyError) in
      try MessageSigner(pem: bytes, expected: expected)
    }
  }

  deinit {
    SecretMemory.deallocate(key)
    if let context { EVP_PKEY_CTX_free(context) }
  }

  // MARK: Signatures

  /// Writes the signature of `message`, `byteCount` bytes, to `signature`.
  ///
  /// - Complexity: O(message).
  public func sign(_ message: UnsafeRawBufferPointer, into signature: UnsafeMutableRawPointer) {
    switch algorithm {
    case .hmacSHA256:
      key.assumingMemoryBound(to: HMACStates<SHA256_CTX>.self).pointee
        .sign(message, byteCount: 32, into: signature)
    case .hmacSHA384, .hmacSHA512:
      key.assumingMemoryBound(to: HMACStates<SHA512_CTX>.self).pointee
        .sign(message, byteCount: byteCount, into: signature)
    case .ed25519:
      crypto_sign_detached(
        signature.assumingMemoryBound(to: UInt8.self), nil,
        message.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(message.count),
        key.assumingMemoryBound(to: UInt8.self))
    case .rsaSHA256, .ecdsaP256: signDigest(of: message, into: signature)
    }
  }

  /// Writes the signature of `message` to `place` as text. `place` has room for
  /// `text.byteCountMax(of: byteCount)` bytes, and all of it may be written to.
  ///
  /// - Returns: how many bytes the text has.
  @discardableResult
  public func sign(
    _ message: UnsafeRawBufferPointer, as text: SignatureText, into place: UnsafeMutableRawPointer
  ) -> Int {
    // The signature itself is made at the end of the room and spelled towards itself.
    let signature = place + (text.byteCountMax(of: byteCount) - byteCount)
    sign(message, into: signature)
    return text.write(UnsafeRawBufferPointer(start: signature, count: byteCount), to: place)
  }

  // MARK: RSA and ECDSA

  private func signDigest(
    of message: UnsafeRawBufferPointer, into signature: UnsafeMutableRawPointer
  ) {
    guard let copy = EVP_PKEY_CTX_dup(context) else {
      preconditionFailure("no memory is left to sign with")
    }
    defer { EVP_PKEY_CTX_free(copy) }
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
      MessageDigest.sha256(of: message, into: digest.baseAddress!)
      guard algorithm == .ecdsaP256 else {
        let count = Self.sign(digest, with: copy, into: signature, room: byteCount)
        precondition(count == byteCount, "Invariant: a key that signed once signs again")
        return
      }
      // A sequence of two numbers of up to 33 bytes (RFC 3279, section 2.2.3), 72 bytes in all.
      withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { sequence in
        let count = Self.sign(digest, with: copy, into: sequence.baseAddress!, room: 128)
        let isWritten = Self.writeNumbers(
          of: UnsafeRawBufferPointer(rebasing: sequence[..<count]), to: signature)
        precondition(isWritten, "Invariant: a key that signed once signs again")
      }
    }
  }

  /// OpenSSL's signature of a digest; returns its length, 0 when there is none.
  private static func sign(
    _ digest: UnsafeMutableRawBufferPointer, with context: OpaquePointer,
    into signature: UnsafeMutableRawPointer, room: Int
  ) -> Int {
    var count = room
    let result = EVP_PKEY_sign(
      context, signature.assumingMemoryBound(to: UInt8.self), &count,
      digest.baseAddress!.assumingMemoryBound(to: UInt8.self), digest.count)
    return result == 1 ? count : 0
  }

  private static func writeNumbers(
    of sequence: UnsafeRawBufferPointer, to signature: UnsafeMutableRawPointer
  ) -> Bool {
    var start = sequence.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let numbers = d2i_ECDSA_SIG(nil, &start, sequence.count) else { return false }
    defer { ECDSA_SIG_free(numbers) }
    let bytes = signature.assumingMemoryBound(to: UInt8.self)
    return BN_bn2binpad(ECDSA_SIG_get0_r(numbers), bytes, 32) == 32
      && BN_bn2binpad(ECDSA_SIG_get0_s(numbers), bytes + 32, 32) == 32
  }

  /// Signs once and looks whether the public half agrees: a key put together from parts of two
  /// would otherwise be found out by the venue.
  private static func signsConsistently(_ key: borrowing PrivateKey) -> Bool {
    guard let context = key.signingContext() else { return false }
    defer { EVP_PKEY_CTX_free(context) }
    var digest = [UInt8](repeating: 0x5A, count: 32)
    var signature = [UInt8](repeating: 0, count: byteCountMax)
    return digest.withUnsafeMutableBytes { digest in
      signature.withUnsafeMutableBytes { room in
        let count = sign(digest, with: context, into: room.baseAddress!, room: room.count)
        let written = UnsafeRawBufferPointer(rebasing: room[..<count])
        return count > 0 && key.verifies(written, of: UnsafeRawBufferPointer(digest))
      }
    }
  }
}
