import TradingModel

/// Which of our orders a number of the venue is. Open orders are all here; of those that ended, the last
/// `endedMax`, because a fill may come late and name its order by the venue's number alone.
struct OrderOwners {
  private static var endedMax: Int { 1 << 16 }
  private var owners: [VenueOrderID: OrderID] = [:]
  private var ended: [VenueOrderID] = []
  private var next = 0

  init() {
    owners.reserveCapacity(1 << 12)
    ended.reserveCapacity(Self.endedMax)
  }

  subscript(id: VenueOrderID) -> OrderID? { owners[id] }

  mutating func note(_ id: VenueOrderID, of order: OrderID) {
    if id != 0 { owners[id] = order }
  }

  /// An order is over: it is remembered for a while.
  mutating func end(_ id: VenueOrderID) {
    guard id != 0, owners[id] != nil else { return }
    if ended.count < Self.endedMax {
      ended.append(id)
      return
    }
    owners[ended[next]] = nil
    ended[next] = id
    next = (next + 1) % Self.endedMax
  }
}
