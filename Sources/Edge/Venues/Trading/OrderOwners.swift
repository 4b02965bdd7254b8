import TradingModel

/// The venue's number of an order; some venues number the orders of each symbol apart.
struct OrderNumber: Hashable {
  var listing: ListingIndex
  var id: VenueOrderID
}

/// Numbers of the venue that are not ours, as far as it was asked: the last `countMax`, so that nobody's
/// order is asked about with every full look at the account.
struct ForeignOrders {
  static var countMax: Int { 1 << 14 }
  private var numbers: Set<OrderNumber> = []
  private var oldest: [OrderNumber] = []
  private var next = 0

  var count: Int { numbers.count }

  func contains(_ number: OrderNumber) -> Bool { numbers.contains(number) }

  mutating func insert(_ number: OrderNumber) {
    guard numbers.insert(number).inserted else { return }
    if oldest.count < Self.countMax {
      oldest.append(number)
      return
    }
    numbers.remove(oldest[next])
    oldest[next] = number
    next = (next + 1) % Self.countMax
  }
}

/// Which of our orders a number of the venue is. Open orders are all here; of those that ended, the last
/// `endedMax`, because a fill may come late and name its order by the venue's number alone.
struct OrderOwners {
  private typealias Key = OrderNumber
  private static var endedMax: Int { 1 << 16 }
  private struct Owner {
    var order: OrderID
    var isEnded: Bool
  }

  private var owners: [Key: Owner] = [:]
  private var ended: [Key] = []
  private var next = 0

  init() {
    owners.reserveCapacity(1 << 12)
    ended.reserveCapacity(Self.endedMax)
  }

  /// Our order under the venue's number that a report carries; nil for one that is not known.
  subscript(report: VenueReport) -> OrderID? {
    owners[Key(listing: report.listing, id: report.venueOrderID)]?.order
  }

  /// Numbers of orders that have not ended.
  var openCount: Int { owners.count - ended.count }

  /// Whether the order under the number that a report carries has ended.
  func isEnded(_ report: VenueReport) -> Bool {
    owners[Key(listing: report.listing, id: report.venueOrderID)]?.isEnded == true
  }

  mutating func note(_ report: VenueReport, of order: OrderID) {
    note(report.listing, report.venueOrderID, of: order)
  }

  mutating func note(_ listing: ListingIndex, _ id: VenueOrderID, of order: OrderID) {
    if id == 0 { return }
    owners[Key(listing: listing, id: id), default: Owner(order: order, isEnded: false)].order =
      order
  }

  /// An order is over: it is remembered for a while.
  mutating func end(_ report: VenueReport) {
    let key = Key(listing: report.listing, id: report.venueOrderID)
    guard key.id != 0, owners[key]?.isEnded == false else { return }
    owners[key]?.isEnded = true
    if ended.count < Self.endedMax {
      ended.append(key)
      return
    }
    owners[ended[next]] = nil
    ended[next] = key
    next = (next + 1) % Self.endedMax
  }
}
