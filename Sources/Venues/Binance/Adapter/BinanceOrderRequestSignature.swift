import COpenSSL

/// HMAC-SHA256 (RFC 2104) under one key. The two hashes are carried past the key once, at the start;
/// a signature copies those states and allocates nothing.
struct MessageSigner {
  static let byteCount = 32
  private let inner: SHA256_CTX
  private let outer: SHA256_CTX

  init(key: [UInt8]) {
    var block = [UInt8](repeating: 0, count: 64)
    if key.count > block.count {
      var digest = [UInt8](repeating: 0, count: Self.byteCount)
      SHA256(key, key.count, &digest)
      block.replaceSubrange(0..<digest.count, with: digest)
    } else {
      block.replaceSubrange(0..<key.count, with: key)
    }
    inner = Self.state(after: block.map { $0 ^ 0x36 })
    outer = Self.state(after: block.map { $0 ^ 0x5C })
  }

  private static func state(after block: [UInt8]) -> SHA256_CTX {
    var state = SHA256_CTX()
    SHA256_Init(&state)
    SHA256_Update(&state, block, block.count)
    return state
  }

  /// Writes the signature of `message`, 32 bytes, to `signature`.
  func sign(_ message: UnsafeRawBufferPointer, into signature: UnsafeMutableRawPointer) {
    let digest = signature.assumingMemoryBound(to: UInt8.self)
    var state = inner
    SHA256_Update(&state, message.baseAddress, message.count)
    SHA256_Final(digest, &state)
    state = outer
    SHA256_Update(&state, signature, Self.byteCount)
    SHA256_Final(digest, &state)
  }
}
