import TradingModel

/// What an account holds of each contract, whoever trades for it.
///
/// A venue nets everything that is traded on an account into one position for each contract, and
/// realises profit by that position's average price. Strategies that stand on opposite sides, or opened
/// at different prices, realise otherwise, each for itself: what moves the account's balance is the
/// profit of the positions here. Once every strategy is flat, the two add up to the same.
///
/// Memory is taken once, in `init`; no call allocates.
public struct NetPositionTable: ~Copyable {
  /// Listings there is room for; their indices are below it.
  public let listingCapacity: Int
  private let positions: UnsafeMutablePointer<NetPosition>

  /// Takes and clears the memory: 48 bytes a listing.
  public init(listingCapacity: Int) {
    precondition(listingCapacity > 0, "a position table has room for something")
    self.listingCapacity = listingCapacity
    positions = .allocate(capacity: listingCapacity)
    positions.initialize(repeating: NetPosition(), count: listingCapacity)
  }

  deinit { positions.deallocate() }

  /// The account's position; nothing for an index beyond capacity, where none can be set.
  public subscript(listing: ListingIndex) -> NetPosition {
    get { Int(listing) < listingCapacity ? positions[Int(listing)] : NetPosition() }
    set {
      precondition(Int(listing) < listingCapacity, "Invariant: listings are within their capacity")
      positions[Int(listing)] = newValue
    }
  }

  /// Takes every position that ever traded in, in index order.
  /// - Complexity: O(capacity).
  public func hash(into hash: inout RecordHash) {
    for listing in 0..<listingCapacity where positions[listing] != NetPosition() {
      hash.combine(UInt64(listing))
      hash.combine(positions[listing].quantity)
      hash.combine(positions[listing].openCost.amount)
      hash.combine(positions[listing].realised.amount)
    }
  }
}
