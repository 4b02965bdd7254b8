import TradingModel

/// The venue's symbol and the decimals of each listing, found by its index without a hash. Allocates
/// at `init` only.
struct ListingNames: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var byteCount: UInt8 = 0
    var priceDecimals: UInt8 = 0
    var quantityDecimals: UInt8 = 0
  }

  /// The longest symbol, in bytes.
  static let byteCountMax = 64
  let capacity: Int
  private let entries: UnsafeMutablePointer<Entry>
  private let texts: UnsafeMutableRawPointer

  /// - Parameter capacity: listing indices are below it.
  init(capacity: Int) {
    self.capacity = capacity
    entries = .allocate(capacity: max(1, capacity))
    entries.initialize(repeating: Entry(), count: max(1, capacity))
    texts = .allocate(byteCount: max(1, capacity) * Self.byteCountMax, alignment: 64)
  }

  deinit {
    entries.deallocate()
    texts.deallocate()
  }

  /// Makes a listing known under the venue's symbol for it.
  mutating func add(_ listing: Listing, symbol: String) {
    precondition(Int(listing.index) < capacity, "listing indices are below the capacity")
    let bytes = Array(symbol.utf8)
    precondition((1...Self.byteCountMax).contains(bytes.count), "a symbol has 1 to 64 bytes")
    entries[Int(listing.index)] = Entry(
      byteCount: UInt8(bytes.count), priceDecimals: listing.priceDecimals,
      quantityDecimals: listing.quantityDecimals)
    (texts + Int(listing.index) * Self.byteCountMax)
      .copyMemory(from: bytes, byteCount: bytes.count)
  }

  @inline(__always)
  func isKnown(_ listing: ListingIndex) -> Bool {
    Int(listing) < capacity && entries[Int(listing)].byteCount > 0
  }

  /// The symbol of a listing that is known.
  @inline(__always)
  func symbol(_ listing: ListingIndex) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: texts + Int(listing) * Self.byteCountMax, count: Int(entries[Int(listing)].byteCount))
  }

  @inline(__always)
  func priceDecimals(_ listing: ListingIndex) -> Int { Int(entries[Int(listing)].priceDecimals) }

  @inline(__always)
  func quantityDecimals(_ listing: ListingIndex) -> Int {
    Int(entries[Int(listing)].quantityDecimals)
  }
}
