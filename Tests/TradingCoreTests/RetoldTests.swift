import Testing
import TradingCore
import TradingModel

/// What venues tell once more: after a loss, everything since the last look.
@Suite struct RetoldTests {
  /// Room for eight trades: the ninth makes the first forgotten.
  private static func desk() throws -> Desk {
    var capacity = Market.capacity
    capacity.trades = 8
    let desk = Desk(capacity: capacity)
    for record in Market.definitions() { try desk.apply(record) }
    for venue in 0..<2 as Range<VenueIndex> { try desk.open(venue) }
    for listing in 0..<2 as Range<ListingIndex> { try desk.quote(listing, 9_999, 10_001) }
    return desk
  }

  /// A fill as venues list it: without a count.
  private static func fill(_ desk: Desk, _ order: OrderID, _ trade: TradeID) -> VenueReport {
    var fill = desk.report(.fill, order, trade: trade, price: 10_000, quantity: 10)
    fill.venueTime = Timestamp(trade) * 1_000_000
    return fill
  }

  @Test func aFillThatWasForgottenIsNotBookedTwice() throws {
    let desk = try Self.desk()
    let order = try desk.submit(.buy, 1_000, at: 10_000)
    try desk.tell(desk.report(.accepted, order, version: 1))
    let fills = (1...20).map { Self.fill(desk, order, TradeID($0)) }
    for fill in fills { check(try desk.tell(fill).fills.count == 1) }
    let hash = desk.core.position(listing: 0)
    check(hash.quantity == 200)
    for fill in fills { check(try desk.tell(fill).fills.isEmpty, "trade \(fill.tradeID)") }
    check(desk.core.position(listing: 0) == hash)
    check(desk.core.order(order)?.cumulativeQuantity == 200)
    // One that is later than all is news, also in the millisecond of one that is remembered.
    check(try desk.tell(Self.fill(desk, order, 21)).fills.count == 1)
    var sibling = Self.fill(desk, order, 22)
    sibling.venueTime = 21_000_000
    check(try desk.tell(sibling).fills.count == 1)
  }

  /// What the venue counts and is not booked is missing, however old.
  @Test func anOldFillThatIsMissingIsBooked() throws {
    let desk = try Self.desk()
    let order = try desk.submit(.buy, 1_000, at: 10_000)
    try desk.tell(desk.report(.accepted, order, version: 1))
    for trade in [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] {
      try desk.tell(Self.fill(desk, order, TradeID(trade)))
    }
    check(try desk.tell(Self.fill(desk, order, 3)).fills.isEmpty, "nothing says so yet")
    try desk.tell(desk.report(.statusOpen, order, quantity: 1_000, cumulative: 140))
    check(try desk.tell(Self.fill(desk, order, 3)).fills.count == 1)
    check(desk.core.position(listing: 0).quantity == 140)
  }

  @Test func aForgottenFillOfAnOrderThatIsNotKnownIsNotBooked() throws {
    let desk = try Self.desk()
    func stray(_ trade: TradeID) -> VenueReport {
      VenueReport(
        kind: .fill, listing: 0, venue: 0, side: .buy, feeCurrency: 1, orderID: 77_777,
        tradeID: trade, lastPrice: 10_000, lastQuantity: 10, cumulativeQuantity: -1,
        venueTime: Timestamp(trade) * 1_000_000)
    }
    for trade in 1...12 { check(try desk.tell(stray(TradeID(trade))).fills.count == 1) }
    for trade in 1...12 {
      let led = try desk.tell(stray(TradeID(trade)))
      check(led.fills.isEmpty && led.news(.unknownOrder) == 1, "trade \(trade)")
    }
    check(desk.core.position(listing: 0).quantity == 120)
  }

  /// Though nothing was lost, a venue is asked for everything now and then, and stays open meanwhile.
  @Test func aFullLookIsTakenNowAndThen() throws {
    let desk = try Self.desk()
    check(try desk.wait(CoreTimes.lookInterval - 1_000_000_000).requests.isEmpty)
    let led = try desk.wait(1_000_000_000)
    check(led.requests.map(\.kind) == [.querySnapshot, .querySnapshot])
    check(desk.core.isOpen(venue: 0) && desk.core.isOpen(venue: 1))
    check(try desk.wait(CoreTimes.answerTimeout * 2).requests.isEmpty)
    let number = led.requests[0].version
    let order = try desk.submit(.buy, 1_000, at: 9_000)
    try desk.tell(desk.report(.accepted, order, version: 1))
    try desk.tell(
      VenueReport(kind: .snapshotBegin, venue: 0, version: number, venueTime: desk.now))
    let end = try desk.tell(
      VenueReport(kind: .snapshotEnd, venue: 0, version: number, venueTime: desk.now))
    check(end.events.isEmpty, "sent after the question: rightly missing in the list")
    check(desk.core.isOpen(venue: 0))
  }

  @Test func theLastFillOfAVenueIsKnown() throws {
    let desk = try Self.desk()
    let order = try desk.submit(.buy, 1_000, at: 10_000)
    try desk.tell(desk.report(.accepted, order, version: 1))
    check(desk.core.lastFillTime(venue: 0) == 0)
    check(desk.core.hasOpenOrders(venue: 0) && !desk.core.hasOpenOrders(venue: 1))
    for trade in [3, 5, 4] { try desk.tell(Self.fill(desk, order, TradeID(trade))) }
    check(desk.core.lastFillTime(venue: 0) == 5_000_000)
    check(desk.core.lastFillTime(venue: 1) == 0)
    try desk.tell(desk.report(.canceled, order))
    check(!desk.core.hasOpenOrders(venue: 0))
  }
}
