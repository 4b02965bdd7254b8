import CSodium

/// What deriving the file's key from its pass phrase costs, for us and for whoever guesses.
public struct KeyDerivationCost: Equatable, Sendable {
  /// Passes over the memory.
  public var operations: UInt64
  public var memoryByteCount: UInt64

  /// libsodium's MODERATE: 256 MiB, three passes, about a second.
  public static let moderate = KeyDerivationCost(
    operations: UInt64(crypto_pwhash_OPSLIMIT_MODERATE),
    memoryByteCount: UInt64(crypto_pwhash_MEMLIMIT_MODERATE))
  /// libsodium's INTERACTIVE: 64 MiB, two passes. For tests.
  public static let interactive = KeyDerivationCost(
    operations: UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE),
    memoryByteCount: UInt64(crypto_pwhash_MEMLIMIT_INTERACTIVE))

  /// What a header may ask for: anything that Argon2id can do, in at most 4 GiB.
  var isAcceptable: Bool {
    (UInt64(crypto_pwhash_OPSLIMIT_MIN)...64).contains(operations)
      && (UInt64(crypto_pwhash_MEMLIMIT_MIN)...(4 << 30)).contains(memoryByteCount)
  }
}

/// The bytes of the secrets file, as `docs/secrets.md` draws them: a header in the clear, and a body
/// encrypted by XChaCha20-Poly1305 under a key that Argon2id makes of the pass phrase.
///
/// https://doc.libsodium.org/password_hashing/default_phf,
/// https://doc.libsodium.org/secret-key_cryptography/aead/chacha20-poly1305/xchacha20-poly1305_construction
enum SecretsFormat {
  static let version: UInt32 = 1
  static let headerByteCount = 128
  private static let magic: [UInt8] = Array("NTSECRET".utf8)
  /// Argon2id version 1.3, libsodium's number for it.
  private static let argon2id = UInt32(crypto_pwhash_ALG_ARGON2ID13)
  private static let tagByteCount = 16

  private enum Place {
    static let version = 8
    static let algorithm = 12
    static let operations = 16
    static let memory = 24
    static let salt = 32..<48
    static let nonce = 48..<72
    static let bodyByteCount = 72
    /// BLAKE2b of what stands before it, keyed by the pass phrase: tells a wrong pass phrase.
    static let proof = 80..<112
    /// BLAKE2b of what stands before it, without a key: tells a damaged header.
    static let sum = 112..<128
  }

  // MARK: Sealing

  /// The whole file for `body`, with a fresh salt and nonce.
  static func sealed(
    _ body: SecretBytes, passphrase: SecretBytes, cost: KeyDerivationCost
  ) throws(SecretsFileError) -> [UInt8] {
    SecretMemory.prepare()
    var file = [UInt8](repeating: 0, count: headerByteCount + body.count + tagByteCount)
    file.replaceSubrange(0..<8, with: magic)
    put(version, at: Place.version, in: &file)
    put(argon2id, at: Place.algorithm, in: &file)
    put(cost.operations, at: Place.operations, in: &file)
    put(cost.memoryByteCount, at: Place.memory, in: &file)
    put(UInt64(body.count + tagByteCount), at: Place.bodyByteCount, in: &file)
    file.withUnsafeMutableBytes { bytes in
      randombytes_buf(bytes.baseAddress! + Place.salt.lowerBound, Place.salt.count)
      randombytes_buf(bytes.baseAddress! + Place.nonce.lowerBound, Place.nonce.count)
    }
    let keys = try keys(passphrase, cost, salt: Array(file[Place.salt]))
    file.replaceSubrange(Place.proof, with: proof(file, keys))
    file.replaceSubrange(Place.sum, with: sum(file))
    let header = Array(file[..<headerByteCount])
    let nonce = Array(file[Place.nonce])
    file.withUnsafeMutableBufferPointer { file in
      let place = file.baseAddress! + headerByteCount
      body.withBytes { body in
        keys.withBytes { keys in
          _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
            place, nil, body.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(body.count), header, UInt64(header.count), nil, nonce,
            keys.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
      }
    }
    return file
  }

  // MARK: Opening

  /// The body of a whole file.
  ///
  /// - Parameter path: for errors.
  static func opened(
    _ file: [UInt8], passphrase: SecretBytes, path: String
  ) throws(SecretsFileError) -> SecretBytes {
    SecretMemory.prepare()
    let cost = try checkedHeader(file, path)
    let keys = try keys(passphrase, cost, salt: Array(file[Place.salt]))
    let isRight = proof(file, keys).withUnsafeBufferPointer { expected in
      file.withUnsafeBufferPointer { file in
        sodium_memcmp(
          expected.baseAddress!, file.baseAddress! + Place.proof.lowerBound, Place.proof.count) == 0
      }
    }
    guard isRight else { throw .wrongPassphrase(path: path) }
    let header = Array(file[..<headerByteCount])
    let nonce = Array(file[Place.nonce])
    return try SecretBytes(count: file.count - headerByteCount - tagByteCount) {
      (room) throws(SecretsFileError) in
      let result = file.withUnsafeBufferPointer { file in
        keys.withBytes { keys in
          crypto_aead_xchacha20poly1305_ietf_decrypt(
            room.baseAddress!.assumingMemoryBound(to: UInt8.self), nil, nil,
            file.baseAddress! + headerByteCount, UInt64(file.count - headerByteCount), header,
            UInt64(header.count), nonce, keys.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
      }
      guard result == 0 else { throw .damagedBody(path: path) }
    }
  }

  /// Everything that can be known without the pass phrase.
  private static func checkedHeader(
    _ file: [UInt8], _ path: String
  ) throws(SecretsFileError) -> KeyDerivationCost {
    guard file.starts(with: magic) else { throw .notSecretsFile(path: path) }
    guard file.count >= headerByteCount + tagByteCount else {
      throw .wrongLength(
        path: path, byteCount: file.count, expected: headerByteCount + tagByteCount)
    }
    let found = read(UInt32.self, at: Place.version, of: file)
    guard found == version else { throw .unknownVersion(path: path, version: found) }
    guard Array(file[Place.sum]) == sum(file) else { throw .damagedHeader(path: path) }
    let cost = KeyDerivationCost(
      operations: read(UInt64.self, at: Place.operations, of: file),
      memoryByteCount: read(UInt64.self, at: Place.memory, of: file))
    guard read(UInt32.self, at: Place.algorithm, of: file) == argon2id, cost.isAcceptable else {
      throw .damagedHeader(path: path)
    }
    let length = read(UInt64.self, at: Place.bodyByteCount, of: file)
    guard length <= UInt64(SecretsFile.byteCountMax) else { throw .damagedHeader(path: path) }
    guard Int(length) == file.count - headerByteCount else {
      throw .wrongLength(
        path: path, byteCount: file.count, expected: headerByteCount + Int(length))
    }
    return cost
  }

  // MARK: Keys and sums

  /// 64 bytes: the key of the body, then the key of the proof.
  private static func keys(
    _ passphrase: SecretBytes, _ cost: KeyDerivationCost, salt: [UInt8]
  ) throws(SecretsFileError) -> SecretBytes {
    guard passphrase.count > 0 else { throw .emptyPassphrase }
    return try SecretBytes(count: 64) { (room) throws(SecretsFileError) in
      let result = passphrase.withBytes { phrase in
        crypto_pwhash(
          room.baseAddress!.assumingMemoryBound(to: UInt8.self), 64,
          phrase.baseAddress!.assumingMemoryBound(to: CChar.self), UInt64(phrase.count), salt,
          cost.operations, Int(cost.memoryByteCount), Int32(argon2id))
      }
      guard result == 0 else { throw .notEnoughMemory(byteCount: cost.memoryByteCount) }
    }
  }

  private static func proof(_ file: [UInt8], _ keys: SecretBytes) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: Place.proof.count)
    keys.withBytes { keys in
      _ = crypto_generichash(
        &result, result.count, file, UInt64(Place.proof.lowerBound),
        keys.baseAddress!.assumingMemoryBound(to: UInt8.self) + 32, 32)
    }
    return result
  }

  private static func sum(_ file: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: Place.sum.count)
    crypto_generichash(&result, result.count, file, UInt64(Place.sum.lowerBound), nil, 0)
    return result
  }

  /// Sets the sum of a header right again, for tests that alter one.
  static func resum(_ file: inout [UInt8]) { file.replaceSubrange(Place.sum, with: sum(file)) }

  // MARK: Numbers

  private static func put<T: FixedWidthInteger>(_ value: T, at place: Int, in file: inout [UInt8]) {
    file.withUnsafeMutableBytes {
      $0.storeBytes(of: value.littleEndian, toByteOffset: place, as: T.self)
    }
  }

  private static func read<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type, at place: Int, of file: [UInt8]
  ) -> T {
    file.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
  }
}
