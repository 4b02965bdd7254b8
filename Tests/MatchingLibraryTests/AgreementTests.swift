import CMatching
import LowLatency
import MatchingEngine
import MatchingLibrary
import Testing
import TradingModel

/// Random requests through the C functions and straight to a book: the same reports, figures and
/// hashes. So every field and argument goes where it belongs.
@Suite struct AgreementTests {
  @Test(arguments: UInt64(1)...12) func requestsAgree(seed: UInt64) throws {
    let fixture = try LibraryFixture { $0.seed = seed }
    var book = MatchingBook(
      orderCapacity: 64, levelPages: 2, changeCapacity: 8, orderChangeCapacity: 8, seed: seed)
    var sink = ReportBuffer(capacity: 8)
    var random = SeededRandom(seed: seed)
    for _ in 0..<1_500 {
      sink.removeAll()
      request(&random, fixture, &book, &sink)
      let direct = (0..<sink.count).map { sink[$0] }
      #expect(fixture.reports.map(MatchReport.init) == direct)
      compareChanges(fixture, &book)
      var hash: UInt64 = 0
      #expect(ntm_state_hash(fixture.library, fixture.book, &hash) == NTM_OK)
      #expect(hash == book.stateHash())
    }
    compareFigures(fixture, book)
    fixture.check()
  }

  private func request(
    _ random: inout SeededRandom, _ fixture: LibraryFixture, _ book: inout MatchingBook,
    _ sink: inout ReportBuffer
  ) {
    let (library, handle) = (fixture.library, fixture.book)
    let id = UInt64(random.integer(in: 0...40))
    let (price, quantity) = (random.integer(in: 90...110), random.integer(in: 0...20))
    var status = ntm_status(NTM_OK)
    switch random.next(below: 20) {
    case 0..<10:
      let order = Self.order(&random, id, price, quantity)
      status = fixture.submit(order.c)
      book.submit(order.entry, order.terms, into: &sink)
    case 10:
      status = ntm_modify(library, handle, id, price, quantity)
      book.modify(id, price: price, quantity: quantity, into: &sink)
    case 11:
      status = ntm_modify_stop(library, handle, id, price, quantity, price - 3)
      book.modify(id, price: price, quantity: quantity, stopPrice: price - 3, into: &sink)
    case 12:
      status = ntm_cancel_replace(library, handle, id, price, quantity)
      book.cancelReplace(id, price: price, leaves: quantity, into: &sink)
    case 13:
      status = ntm_cancel(library, handle, id)
      book.cancel(id, into: &sink)
    default: status = rarer(&random, fixture, &book, &sink)
    }
    #expect(status == NTM_OK)
  }

  private func rarer(
    _ random: inout SeededRandom, _ fixture: LibraryFixture, _ book: inout MatchingBook,
    _ sink: inout ReportBuffer
  ) -> ntm_status {
    let (library, handle) = (fixture.library, fixture.book)
    let number = random.integer(in: -10...120)
    let owner = UInt32(random.integer(in: 1...3))
    switch random.next(below: 12) {
    case 0:
      let side = UInt8(random.next(below: 3))
      let anyOwner = number < 0
      var count: UInt64 = 0
      let status = ntm_cancel_all(library, handle, anyOwner ? -1 : Int64(owner), side, &count)
      let direct = book.cancelAll(
        owner: anyOwner ? nil : owner, side: Side(rawValue: side), into: &sink)
      #expect(count == UInt64(direct))
      return status
    case 1...2:
      book.advance(to: number, into: &sink)
      return ntm_advance(library, handle, number)
    case 3:
      book.endDay(into: &sink)
      return ntm_end_day(library, handle)
    case 4...6:
      book.setPosition(number - 50, of: owner, into: &sink)
      return ntm_set_position(library, handle, owner, number - 50)
    case 7:
      book.setPosition(nil, of: owner, into: &sink)
      return ntm_forget_position(library, handle, owner)
    case 8...10:
      let phase = TradingPhase(rawValue: UInt8([0, 0, 1, 2, 3][Int(random.next(below: 5))]))!
      book.setPhase(phase, referencePrice: number, into: &sink)
      return ntm_set_phase(library, handle, phase.rawValue, number)
    default:
      book.uncross(referencePrice: number, into: &sink)
      return ntm_uncross(library, handle, number)
    }
  }

  /// One order, as each side takes it.
  private static func order(
    _ random: inout SeededRandom, _ id: UInt64, _ price: Int64, _ quantity: Int64
  ) -> (c: ntm_order, entry: OrderEntry, terms: OrderTerms) {
    func pick<Value>(_ values: [Value]) -> Value {
      values[Int(random.next(below: UInt64(values.count)))]
    }
    var entry = OrderEntry(
      orderID: id, price: price, quantity: quantity, owner: UInt32(random.next(below: 4)),
      side: pick(Side.allCases), type: pick([.limit, .limit] + OrderType.allCases),
      timeInForce: pick([.goodTillCancel] + TimeInForce.allCases), instructions: [],
      selfTradePrevention: pick(SelfTradePrevention.allCases))
    if random.chance(0.3) {
      entry.instructions = pick([.postOnly, .reduceOnly, .hidden, .allOrNone])
    }
    if random.chance(0.1) { entry.instructions = [.postOnly, .slide] }
    var terms = OrderTerms()
    if entry.type == .stop || entry.type == .stopLimit { terms.stopPrice = price + 2 }
    if entry.type == .trailingStop { terms.trailingOffset = random.integer(in: 0...5) }
    if entry.type == .pegged {
      terms.peg = pick(PegReference.allCases)
      terms.pegOffset = random.integer(in: -3...3)
    }
    if random.chance(0.2) {
      terms.displayQuantity = random.integer(in: 1...6)
      terms.displayRange = random.integer(in: 0...3)
    }
    if random.chance(0.1) { terms.minQuantity = random.integer(in: 1...6) }
    if entry.timeInForce == .goodTillDate { terms.expireTime = random.integer(in: 0...120) }
    return (order(entry, terms), entry, terms)
  }

  private static func order(_ entry: OrderEntry, _ terms: OrderTerms) -> ntm_order {
    ntm_order(
      struct_size: UInt32(MemoryLayout<ntm_order>.size), side: entry.side.rawValue,
      type: entry.type.rawValue, time_in_force: entry.timeInForce.rawValue,
      instructions: entry.instructions.rawValue,
      self_trade_prevention: entry.selfTradePrevention.rawValue, peg: terms.peg.rawValue,
      reserved: (0, 0), owner: entry.owner, order_id: entry.orderID, price: entry.price,
      quantity: entry.quantity, stop_price: terms.stopPrice,
      trailing_offset: terms.trailingOffset, peg_offset: terms.pegOffset,
      display_quantity: terms.displayQuantity, display_range: terms.displayRange,
      min_quantity: terms.minQuantity, expire_time: terms.expireTime)
  }
}

extension MatchReport {
  /// A report of the C interface.
  init(_ report: ntm_report) {
    self.init(
      ReportKind(rawValue: report.kind)!, reason: MatchReason(rawValue: report.reason)!,
      orderID: report.order_id, owner: report.owner, side: Side(rawValue: report.side)!,
      price: report.price, quantity: report.quantity, leaves: report.leaves)
    tradeNumber = report.trade_number
    makerOwner = report.maker_owner
    makerOrderID = report.maker_order_id
    makerLeaves = report.maker_leaves
  }
}
