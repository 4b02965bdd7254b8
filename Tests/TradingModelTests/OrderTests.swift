import Testing
import TradingModel

@Suite struct OrderTests {
  static func order(_ row: OrderRow = .sent, quantity: Int64 = 10, price: Int64 = 100) -> Order {
    var order = Order(
      id: 1, listing: 0, strategy: 0, venue: 0, side: .buy, type: .limit,
      timeInForce: .goodTillCancel, instructions: [], price: price, quantity: quantity, createdAt: 1
    )
    order.row = row
    return order
  }

  func take(
    _ order: inout Order, _ input: OrderInput, version: RequestVersion = 0
  ) -> Transition {
    order.take(input, version: version)
  }

  static func request(
    _ kind: PendingKind, _ version: RequestVersion, price: Int64 = 100, quantity: Int64 = 10
  ) -> PendingRequest {
    PendingRequest(kind: kind, version: version, sentAt: 5, price: price, quantity: quantity)
  }

  /// FIX precedence, for every row and every set of requests under way.
  @Test func statusFollowsFIX() {
    let plain: [OrderRow: OrderStatus] = [
      .new: .pendingNew, .sent: .pendingNew, .working: .new, .filled: .filled,
      .canceled: .canceled, .expired: .expired, .rejected: .rejected, .notSent: .rejected,
      .denied: .rejected,
    ]
    let open: Set<OrderRow> = [.new, .sent, .working]
    for row in OrderRow.allCases {
      for mask in 0..<16 {
        for (filled, suspended) in [(false, false), (true, false), (false, true), (true, true)] {
          var order = Self.order(row)
          for (bit, kind) in [PendingKind.newOrder, .replace, .cancel, .query].enumerated()
          where mask >> bit & 1 == 1 {
            _ = order.addPending(Self.request(kind, RequestVersion(bit) + 1))
          }
          if filled { order.addFill(price: 100, quantity: 4) }
          order.isSuspended = suspended
          var expected = plain[row]!
          if row == .working, filled { expected = .partiallyFilled }
          if row == .working, suspended { expected = .suspended }
          if open.contains(row), mask & 2 != 0 { expected = .pendingReplace }
          if open.contains(row), mask & 4 != 0 { expected = .pendingCancel }
          #expect(order.status == expected, "\(row) \(mask) \(filled) \(suspended)")
        }
      }
    }
    let codes = OrderStatus.allCases.map { String($0.fixCode) }.joined()
    #expect(codes == "0124689ACE")
  }

  @Test func instructionsAreNamed() {
    #expect("\([.reduceOnly, .postOnly] as OrderInstructions)" == "post-only, reduce-only")
    #expect("\(OrderInstructions())" == "none")
    #expect("\(OrderInstructions(rawValue: 0xc8))" == "all-or-none, 192")
  }

  @Test func requestsComeAndGo() {
    var order = Self.order()
    for version in 1...4 as ClosedRange<RequestVersion> {
      _ = order.addPending(Self.request(version == 4 ? .query : .replace, version))
    }
    let fifth = order.addPending(Self.request(.cancel, 5))
    #expect(!fifth && order.lastVersion == 4)
    order.clearPending(version: 0)
    #expect(order.hasPending(.replace) && order.hasPending(.query))
    order.markLost(version: 0)
    #expect(!order.hasPending(.query) && order.pending[0].isLost && order.pending[2].isLost)
    order.settleRow(now: 7)
    #expect(order.uncertainty == .answerLost && order.unknownSince == 7)
    order.clearLostPending(upTo: 2)
    #expect(order.pending[0].kind == .none && order.pending[2].kind == .replace)
    order.settleRow(now: 8)
    #expect(order.unknownSince == 7)
    order.clearPending(version: 3)
    order.settleRow(now: 9)
    #expect(order.uncertainty.isEmpty && order.unknownSince == 0 && !order.hasPending(.replace))
  }

  @Test func newerTermsStand() {
    var a = Self.order(.working)
    var b = a
    a.confirmTerms(price: 101, quantity: 20, version: 2)
    a.confirmTerms(price: 102, quantity: 30, version: 3)
    b.confirmTerms(price: 102, quantity: 30, version: 3)
    b.confirmTerms(price: 101, quantity: 20, version: 2)
    #expect(a.price == 102 && a.quantity == 30 && b.price == 102 && b.quantity == 30)
  }

  @Test func statusTermsConfirmOnlyAReplaceUnderWay() {
    var order = Self.order(.working)
    _ = order.addPending(Self.request(.replace, 2, price: 101, quantity: 20))
    order.markLost(version: 2)
    let before = order.confirmTerms(ofStatus: 100, quantity: 10)
    #expect(before && order.hasPending(.replace))
    let after = order.confirmTerms(ofStatus: 101, quantity: 20)
    #expect(after && !order.hasPending(.replace))
    #expect(order.quantity == 20 && order.termsVersion == 2)
    // The answer to an older query, overtaken by the replace.
    let overtaken = order.confirmTerms(ofStatus: 100, quantity: 10)
    #expect(!overtaken && order.quantity == 20)
  }

  @Test func venueIDsAndSuspensionsDoNotDependOnArrival() {
    let ids: [(VenueOrderID, RequestVersion)] = [(7, 1), (9, 2), (7, 0), (8, 2), (0, 3)]
    let times: [(Bool, Timestamp)] = [(true, 5), (false, 9), (true, 9), (false, 7)]
    for seed in UInt64(0)..<50 {
      var random = TestRandom(seed: seed)
      var order = Self.order(.working)
      for (id, version) in ids.shuffled(using: &random) {
        order.noteVenueOrderID(id, version: version)
      }
      for (suspended, time) in times.shuffled(using: &random) {
        order.noteSuspension(suspended, at: time)
      }
      #expect(order.venueOrderID == 9 && order.isSuspended)
    }
  }

  @Test func exposureCountsWhatMayStillFill() {
    var order = Self.order(.working)
    order.addFill(price: 100, quantity: 4)
    #expect(order.leavesQuantity == 6 && order.worstCaseOpenQuantity == 6)
    _ = order.addPending(Self.request(.replace, 2, price: 90, quantity: 25))
    #expect(order.worstCaseOpenQuantity == 21)
    #expect(order.worstCasePrice == 100 && order.worstCasePrice(.linear) == 100)
    #expect(order.worstCasePrice(.inverse) == 90)
    order.row = .canceled
    order.noteVenueCumulative(7)
    order.settleRow(now: 1)
    #expect(order.uncertainty == .fillsMissing && order.missingQuantity == 3)
    #expect(order.leavesQuantity == 0 && order.worstCaseOpenQuantity == 3 && !order.isSettled)
    order.addFill(price: 100, quantity: 3)
    order.settleRow(now: 2)
    #expect(order.isSettled && order.worstCaseOpenQuantity == 0)
    order.uncertainty.insert(.contradiction)
    #expect(order.worstCaseOpenQuantity == 3)
  }

  @Test func aFullOrderWithALargerReplaceUnderWayIsNotSettled() {
    var order = Self.order(.working)
    _ = order.addPending(Self.request(.replace, 2, quantity: 25))
    _ = order.addPending(Self.request(.cancel, 3))
    order.addFill(price: 100, quantity: 10)
    order.settleRow(now: 1)
    #expect(order.row == .filled && order.mayReopen && !order.isSettled)
    #expect(order.worstCaseOpenQuantity == 15 && order.status == .filled)
    var refused = order
    refused.clearPending(version: 2)
    refused.settleRow(now: 2)
    #expect(refused.isSettled && !refused.hasPending(.cancel))
    order.confirmTerms(price: 100, quantity: 25, version: 2)
    order.clearPending(version: 2)
    order.settleRow(now: 2)
    #expect(order.row == .working && order.hasPending(.cancel) && order.leavesQuantity == 15)
  }

  @Test func aCancelationBeneathAFullOrderStands() {
    var order = Self.order(.working)
    order.addFill(price: 100, quantity: 10)
    #expect(take(&order, .canceled).disposition == .ignoreDuplicate)
    #expect(order.row == .filled)
    order.confirmTerms(price: 100, quantity: 25, version: 2)
    order.settleRow(now: 1)
    #expect(order.row == .canceled)
  }

  @Test func aBustLeavesADoneOrderDone() {
    var order = Self.order(.working)
    order.addFill(price: 100, quantity: 6)
    order.addFill(price: 101, quantity: 4)
    order.bustFill(price: 100, quantity: 6)
    order.settleRow(now: 1)
    #expect(order.row == .filled && order.cumulativeQuantity == 4 && order.grossQuantity == 10)
    #expect(order.cumulativeValue == 404)
  }

  @Test func quarantineMarksAndKeeps() {
    var order = Self.order(.denied)
    #expect(take(&order, .accepted).disposition == .quarantine)
    order.settleRow(now: 3)
    #expect(order.row == .denied && order.uncertainty == .contradiction && order.unknownSince == 3)
  }

  @Test func onlyTheNewOrderCanBeNotSent() {
    var order = Self.order(.sent)
    #expect(take(&order, .notSent, version: 2).next == .sent && order.row == .sent)
    #expect(take(&order, .notSent, version: 1).next == .notSent && order.row == .notSent)
  }

  @Test func noneIsEmpty() {
    #expect(Order.none.id == 0 && Order.none.row == .new && Order.none.next == .max)
    #expect(MemoryLayout<PendingRequest>.stride == 32)
  }
}
