import TradingModel

extension RiskEngine {
  /// Takes limits, switches and what is reserved and spent in, in index order; entries that were
  /// never touched are passed over.
  /// - Complexity: O(capacity).
  public func hash(into hash: inout RecordHash) {
    let slotCount = 1 + strategyCapacity + listingCapacity + strategyCapacity * listingCapacity
    for index in 0..<slotCount where !slots[index].isEmpty {
      let (kind, strategy, listing) = place(of: index)
      hash.combine(kind << 32 | strategy << 16 | listing)
      slots[index].hash(into: &hash)
    }
    for index in 0..<((1 + strategyCapacity) * currencyCapacity)
    where openNotional[index] != .zero {
      hash.combine(UInt64(index / currencyCapacity) << 32 | UInt64(index % currencyCapacity))
      hash.combine(openNotional[index].amount)
    }
    for index in 0..<venueCapacity where venueStates[index] != .active {
      hash.combine(UInt64(index) << 8 | UInt64(venueStates[index].rawValue))
    }
  }

  /// What a slot is for, independent of capacities: 0 firm, 1 strategy, 2 listing, 3 pair.
  private func place(of index: Int) -> (kind: UInt64, strategy: UInt64, listing: UInt64) {
    if index == 0 { return (0, 0, 0) }
    let strategy = index - 1
    if strategy < strategyCapacity { return (1, UInt64(strategy), 0) }
    let listing = strategy - strategyCapacity
    if listing < listingCapacity { return (2, 0, UInt64(listing)) }
    let (first, second) = (listing - listingCapacity).quotientAndRemainder(
      dividingBy: listingCapacity)
    return (3, UInt64(first), UInt64(second))
  }
}
