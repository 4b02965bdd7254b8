import Exchange

/// The checksum of a book: CRC-32 of the best 25 levels as one text, bid and ask by turns, each
/// `price:size`, joined by colons; when a side is shorter the rest of the other follows. Read as a
/// signed number of 32 bits
/// (https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel).
enum OKXChecksum {
  static let levelsMax = 25

  /// Of levels as they are printed.
  static func of(
    bids: ArraySlice<(price: String, size: String)>, asks: ArraySlice<(price: String, size: String)>
  ) -> Int32 {
    let (bids, asks) = (Array(bids.prefix(levelsMax)), Array(asks.prefix(levelsMax)))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * levelsMax * 24)
    func append(_ level: (price: String, size: String)) {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: ":")) }
      bytes += level.price.utf8
      bytes.append(UInt8(ascii: ":"))
      bytes += level.size.utf8
    }
    for place in 0..<max(bids.count, asks.count) {
      if place < bids.count { append(bids[place]) }
      if place < asks.count { append(asks[place]) }
    }
    return Int32(bitPattern: crc32(bytes))
  }

  /// CRC-32 of IEEE 802.3, reflected, as in RFC 1952 section 8.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = .max
    for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
    return ~value
  }

  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    return value
  }
}
