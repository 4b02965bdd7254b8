import CZlib
import TradingModel

/// Keeps one book in the venue's own words, to compare its checksum: the CRC-32 of the best 25 levels of
/// each side, `price:quantity` of bid and ask in turns with colons between, as a signed number.
///
/// https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel, "Checksum". In
/// 2026 the venue sends 0 in its place, and then nothing is kept or compared; a number brings it back
/// with the next snapshot. Memory is taken once, at the first snapshot with a checksum.
final class OKXBookCheck {
  private struct Level: BitwiseCopyable {
    var price: Int64
    /// `price:quantity`.
    var text: InlineText<6>
  }

  /// One side, the best level last: most changes are there, and move little.
  private struct Ladder {
    let base: UnsafeMutablePointer<Level>
    let isBid: Bool
    var count = 0

    init(isBid: Bool) {
      base = .allocate(capacity: OKXBookCheck.levelCountMax)
      self.isBid = isBid
    }

    /// The place of a price, or where it belongs.
    func place(_ price: Int64) -> Int {
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        let isBefore = isBid ? base[middle].price < price : base[middle].price > price
        if isBefore { low = middle + 1 } else { high = middle }
      }
      return low
    }

    mutating func remove(_ price: Int64) {
      let place = place(price)
      guard place < count, base[place].price == price else { return }
      (base + place).update(from: base + place + 1, count: count - place - 1)
      count -= 1
    }

    mutating func set(_ level: Level) {
      var place = place(level.price)
      if place < count, base[place].price == level.price {
        base[place] = level
        return
      }
      if count == OKXBookCheck.levelCountMax {
        // The venue tells of 400; the worst of far more is never looked at.
        if place == 0 { return }
        base.update(from: base + 1, count: place - 1)
        place -= 1
      } else {
        (base + place + 1).update(from: base + place, count: count - place)
        count += 1
      }
      base[place] = level
    }
  }

  static let levelCountMax = 1_024
  static let checkedLevelCount = 25
  private var bids = Ladder(isBid: true)
  private var asks = Ladder(isBid: false)
  private let text: UnsafeMutableRawPointer
  /// Whether it holds a whole book: from a snapshot on, until words were too long or a checksum missing.
  private(set) var isWhole = false
  /// The number of the message that was taken last.
  private(set) var sequence: UInt64 = 0

  init() {
    text = .allocate(
      byteCount: Self.checkedLevelCount * 2 * (InlineText<6>.byteCountMax + 1), alignment: 8)
  }

  deinit {
    bids.base.deallocate()
    asks.base.deallocate()
    text.deallocate()
  }

  /// Nothing can be compared before the next snapshot.
  func lose() { isWhole = false }

  /// A snapshot of number `sequence` follows.
  func start(at sequence: UInt64) {
    bids.count = 0
    asks.count = 0
    isWhole = true
    self.sequence = sequence
  }

  /// An update follows. Where it is neither the one after what was taken nor that one again, what is held is
  /// not the venue's book.
  func goOn(to sequence: UInt64, after previous: UInt64) {
    if previous != self.sequence, sequence != self.sequence { isWhole = false }
    self.sequence = sequence
  }

  /// Takes over the levels of one side, whose array stands at the scanner's place.
  func take(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ symbol: Int, _ side: Side
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while let words = try OKXLevels.nextText(&scanner, &isFirst) {
      let end = scanner.offset
      OKXText.go(to: words.price, &scanner)
      let price = try scales.price(&scanner, symbol)
      OKXText.go(to: words.quantity, &scanner)
      let quantity = try scales.quantity(&scanner, symbol)
      scanner.offset = end
      if quantity == 0 {
        if side == .buy { bids.remove(price) } else { asks.remove(price) }
        continue
      }
      var text = InlineText<6>(scanner.bytes(words.price))
      text.append(UInt8(ascii: ":"))
      for byte in scanner.bytes(words.quantity) { text.append(byte) }
      if text.isCut { isWhole = false }
      let level = Level(price: price, text: text)
      if side == .buy { bids.set(level) } else { asks.set(level) }
    }
  }

  /// The checksum of what it holds. Allocates nothing.
  func checksum() -> Int32 {
    var end = 0
    for depth in 0..<Self.checkedLevelCount {
      if depth < bids.count { append(bids.base[bids.count - 1 - depth].text, &end) }
      if depth < asks.count { append(asks.base[asks.count - 1 - depth].text, &end) }
    }
    let sum = crc32(0, text.assumingMemoryBound(to: UInt8.self), UInt32(end))
    return Int32(bitPattern: UInt32(truncatingIfNeeded: sum))
  }

  private func append(_ words: InlineText<6>, _ end: inout Int) {
    if end > 0 {
      text.storeBytes(of: UInt8(ascii: ":"), toByteOffset: end, as: UInt8.self)
      end += 1
    }
    for index in 0..<words.byteCount {
      text.storeBytes(of: words[index], toByteOffset: end, as: UInt8.self)
      end += 1
    }
  }
}
