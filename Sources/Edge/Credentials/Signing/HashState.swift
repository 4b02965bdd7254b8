import COpenSSL

/// A hash that goes on over messages of any length, as plain data on the stack. OpenSSL's one-call
/// and EVP functions allocate.
protocol HashState {
  static var blockByteCount: Int { get }
  mutating func take(_ bytes: UnsafeRawBufferPointer)
  /// Writes the digest; the state is of no more use.
  mutating func finish(into digest: UnsafeMutableRawPointer)
}

extension SHA256_CTX: HashState {
  static let blockByteCount = 64

  static func started() -> SHA256_CTX {
    var state = SHA256_CTX()
    SHA256_Init(&state)
    return state
  }

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&self, bytes.baseAddress, bytes.count)
  }

  mutating func finish(into digest: UnsafeMutableRawPointer) {
    SHA256_Final(digest.assumingMemoryBound(to: UInt8.self), &self)
  }
}

/// SHA-512, and SHA-384, which is the same from another start and cut shorter.
extension SHA512_CTX: HashState {
  static let blockByteCount = 128

  static func started(is384: Bool = false) -> SHA512_CTX {
    var state = SHA512_CTX()
    if is384 { SHA384_Init(&state) } else { SHA512_Init(&state) }
    return state
  }

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    SHA512_Update(&self, bytes.baseAddress, bytes.count)
  }

  mutating func finish(into digest: UnsafeMutableRawPointer) {
    SHA512_Final(digest.assumingMemoryBound(to: UInt8.self), &self)
  }
}

/// The two hashes of an HMAC (RFC 2104) carried past their key: what a signature copies instead of
/// hashing the key again.
struct HMACStates<State: HashState> {
  private var inner: State
  private var outer: State

  /// States in memory of their own, for `SecretMemory.deallocate`. They are made where they stay,
  /// so that the stack keeps nothing of them.
  ///
  /// - Parameter start: a hash that has taken nothing yet.
  static func kept(secret: UnsafeRawBufferPointer, from start: State) -> UnsafeMutableRawPointer {
    let block = SecretMemory.allocate(State.blockByteCount)
    defer { SecretMemory.deallocate(block) }
    let bytes = UnsafeMutableRawBufferPointer(start: block, count: State.blockByteCount)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    if secret.count > bytes.count {
      var state = start
      state.take(secret)
      state.finish(into: block)
    } else {
      bytes.copyMemory(from: secret)
    }
    let memory = SecretMemory.allocate(MemoryLayout<Self>.size)
    let states = memory.initializeMemory(as: Self.self, to: Self(inner: start, outer: start))
    for index in bytes.indices { bytes[index] ^= 0x36 }
    states.pointee.inner.take(UnsafeRawBufferPointer(bytes))
    for index in bytes.indices { bytes[index] ^= 0x36 ^ 0x5C }
    states.pointee.outer.take(UnsafeRawBufferPointer(bytes))
    return memory
  }

  /// Writes the signature of `message`. What stays on the stack is its two digests; from them no
  /// key can be found.
  @inline(__always)
  func sign(
    _ message: UnsafeRawBufferPointer, byteCount: Int, into signature: UnsafeMutableRawPointer
  ) {
    var state = inner
    state.take(message)
    state.finish(into: signature)
    state = outer
    state.take(UnsafeRawBufferPointer(start: signature, count: byteCount))
    state.finish(into: signature)
  }
}

/// Digests of whole messages, written into the caller's memory. They allocate nothing.
public enum MessageDigest {
  /// Bytes of a SHA-256 and of a SHA-512.
  public static let sha256ByteCount = 32
  public static let sha512ByteCount = 64

  /// Writes 32 bytes to `digest`.
  public static func sha256(
    of message: UnsafeRawBufferPointer, into digest: UnsafeMutableRawPointer
  ) {
    var state = SHA256_CTX.started()
    state.take(message)
    state.finish(into: digest)
  }

  /// Writes 64 bytes to `digest`.
  public static func sha512(
    of message: UnsafeRawBufferPointer, into digest: UnsafeMutableRawPointer
  ) {
    var state = SHA512_CTX.started()
    state.take(message)
    state.finish(into: digest)
  }
}
