/// A line of secret text while it comes in, in guarded memory of one size.
struct SecretLine: ~Copyable {
  /// Room for the longest private key that anyone uses, 16,384 bits of RSA in PEM.
  static let byteCountMax = 16_384

  private let base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  init() {
    base = SecretMemory.allocate(Self.byteCountMax)
      .bindMemory(to: UInt8.self, capacity: Self.byteCountMax)
  }

  deinit { SecretMemory.deallocate(base) }

  /// Appends a byte; false, and nothing changed, when there is no room.
  mutating func append(_ byte: UInt8) -> Bool {
    if count == Self.byteCountMax { return false }
    base[count] = byte
    count += 1
    return true
  }

  /// Takes the last character away, all its bytes of UTF-8.
  mutating func removeLast() {
    while count > 0 {
      count -= 1
      if base[count] & 0xC0 != 0x80 { return }
    }
  }

  mutating func removeAll() { count = 0 }

  /// Appends another line and a line feed; false when there is no room.
  mutating func append(line: SecretBytes) -> Bool {
    guard count + line.count < Self.byteCountMax else { return false }
    line.withBytes { bytes in
      UnsafeMutableRawBufferPointer(start: base + count, count: bytes.count).copyMemory(from: bytes)
    }
    count += line.count
    return append(0x0A)
  }

  /// What came in so far.
  var bytes: SecretBytes { SecretBytes(copying: UnsafeRawBufferPointer(start: base, count: count)) }
}
