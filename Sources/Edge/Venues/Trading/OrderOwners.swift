import TradingModel

/// Which of our orders a number of the venue is; some venues number the orders of each symbol apart. Open
/// orders are all here; of those that ended, the last `endedMax`, because a fill may come late and name
/// its order by the venue's number alone.
struct OrderOwners {
  private struct Key: Hashable {
    var listing: ListingIndex
    var id: VenueOrderID
  }

  private static var endedMax: Int { 1 << 16 }
  private var owners: [Key: OrderID] = [:]
  private var ended: [Key] = []
  private var next = 0

  init() {
    owners.reserveCapacity(1 << 12)
    ended.reserveCapacity(Self.endedMax)
  }

  /// Our order under the venue's number that a report carries; nil for one that is not known.
  subscript(report: VenueReport) -> OrderID? {
    owners[Key(listing: report.listing, id: report.venueOrderID)]
  }

  mutating func note(_ report: VenueReport, of order: OrderID) {
    note(report.listing, report.venueOrderID, of: order)
  }

  mutating func note(_ listing: ListingIndex, _ id: VenueOrderID, of order: OrderID) {
    if id != 0 { owners[Key(listing: listing, id: id)] = order }
  }

  /// An order is over: it is remembered for a while.
  mutating func end(_ report: VenueReport) {
    let key = Key(listing: report.listing, id: report.venueOrderID)
    guard key.id != 0, owners[key] != nil else { return }
    if ended.count < Self.endedMax {
      ended.append(key)
      return
    }
    owners[ended[next]] = nil
    ended[next] = key
    next = (next + 1) % Self.endedMax
  }
}
