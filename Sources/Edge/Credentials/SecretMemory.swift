import CSodium

/// Memory for secrets: between guard pages, locked where the process may lock memory, left out of
/// core dumps, and wiped when it is given back.
///
/// libsodium's guarded heap, https://doc.libsodium.org/memory_management.
enum SecretMemory {
  private static let isReady = sodium_init() >= 0

  /// Makes sure that libsodium is set up; to be called before any of its functions.
  static func prepare() {
    precondition(isReady, "libsodium finds no source of randomness")
  }

  /// At least one byte of guarded memory, aligned for any state that is kept in it.
  static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    prepare()
    // The end lies against a guard page, so the start is aligned only when the length is.
    let rounded = (max(1, byteCount) + 63) & ~63
    guard let memory = sodium_malloc(rounded) else {
      preconditionFailure("no memory is left for a secret")
    }
    return memory
  }

  /// Wipes and gives back what `allocate` gave.
  static func deallocate(_ memory: UnsafeMutableRawPointer) {
    sodium_free(memory)
  }
}

/// Bytes nobody else should see. They are wiped when the last owner lets go, and no description
/// or reflection shows them.
public final class SecretBytes: @unchecked Sendable {
  /// How many there are.
  public let count: Int
  private let base: UnsafeMutableRawPointer

  /// Bytes that `fill` writes; they are zero before.
  public init<E: Error>(
    count: Int, fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    precondition(count >= 0, "a count is not negative")
    self.count = count
    base = SecretMemory.allocate(count)
    let bytes = UnsafeMutableRawBufferPointer(start: base, count: count)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    try fill(bytes)
  }

  /// A copy of `bytes`. Wiping the original is the caller's care.
  public convenience init(copying bytes: UnsafeRawBufferPointer) {
    self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
  }

  /// The UTF-8 of `text`. The text itself cannot be wiped.
  public convenience init(_ text: String) {
    var text = text
    let count = text.utf8.count
    self.init(count: count) { room in
      text.withUTF8 { room.copyBytes(from: $0) }
    }
  }

  deinit { SecretMemory.deallocate(base) }

  /// Lends the bytes for the time of `body`.
  public func withBytes<R: ~Copyable, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Whether both hold the same bytes; takes as long for any bytes of the same length.
  public func isEqual(to other: SecretBytes) -> Bool {
    count == other.count && sodium_memcmp(base, other.base, count) == 0
  }

  /// The bytes that base64 text stands for (RFC 4648, section 4, with padding).
  ///
  /// - Throws: `.notBase64` for any other text.
  public func decodedBase64() throws(SigningKeyError) -> SecretBytes {
    let room = SecretMemory.allocate(count)
    defer { SecretMemory.deallocate(room) }
    var byteCount = 0
    var end: UnsafePointer<CChar>?
    let text = base.assumingMemoryBound(to: CChar.self)
    let result = sodium_base642bin(
      room.assumingMemoryBound(to: UInt8.self), count, text, count, nil, &byteCount, &end,
      sodium_base64_VARIANT_ORIGINAL)
    guard result == 0, let end, end == text + count, byteCount > 0 else { throw .notBase64 }
    return SecretBytes(copying: UnsafeRawBufferPointer(start: room, count: byteCount))
  }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
