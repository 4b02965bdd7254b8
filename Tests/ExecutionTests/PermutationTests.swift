import Execution
import Testing
import TradingModel

/// What a venue may say about one order, and that it does not matter when it arrives.
@Suite struct PermutationTests {
  struct History {
    var requests: [(kind: PendingKind, price: Int64, quantity: Int64)] = []
    var reports: [VenueReport] = []
  }

  /// A venue that executes one order and says so. Reports carry what real ones carry.
  static func history(_ dice: inout Dice, length: Int) -> History {
    var history = History()
    var (price, quantity, filled) = (Int64(100), Int64(10), Int64(0))
    var time: Timestamp = 10
    var trades: [(id: TradeID, price: Int64, quantity: Int64, fee: Int128)] = []
    var isOpen = true
    var version: RequestVersion = 1
    let namesTrades = !dice.once(in: 5)
    func say(
      _ kind: VenueReportKind, version: RequestVersion = 0, trade: Int? = nil,
      reason: VenueReason = .none
    ) {
      time += 1
      var report = VenueReport(
        kind: kind, venue: 0, reason: reason, orderID: 7, venueOrderID: 50 + UInt64(version),
        version: version, cumulativeQuantity: filled, price: price, quantity: quantity,
        venueTime: time)
      if let trade {
        report.tradeID = namesTrades ? trades[trade].id : 0
        report.lastPrice = trades[trade].price
        report.lastQuantity = trades[trade].quantity
        report.fee = Money(amount: trades[trade].fee)
      }
      history.reports.append(report)
    }
    if dice.once(in: 10) {
      say(.rejected, version: 1)
      return history
    }
    say(.accepted, version: 1)
    while history.reports.count < length {
      switch dice.below(11) {
      case 0, 1,
        2 where isOpen:
        let part = dice.in_(1...(quantity - filled))
        filled += part
        trades.append(
          (TradeID(100 + trades.count), price - Int64(dice.below(2)), part, Int128(dice.below(9))))
        say(.fill, trade: trades.count - 1)
        if filled == quantity { isOpen = false }
      case 3:
        // A replace: taken while open, refused when not, its answer in between other things.
        if version > 6 { continue }
        version += 1
        let wanted = filled + dice.in_(1...8)
        history.requests.append((.replace, price + 1, wanted))
        if isOpen {
          (price, quantity) = (price + 1, wanted)
          say(.replaced, version: version)
        } else {
          say(.replaceRejected, version: version, reason: .tooLate)
        }
      case 4:
        if version > 6 { continue }
        version += 1
        history.requests.append((.cancel, 0, 0))
        if isOpen {
          isOpen = false
          say(.canceled, version: version)
        } else {
          say(.cancelRejected, version: version, reason: .tooLate)
        }
      case 5 where isOpen: say([.triggered, .suspended, .resumed][dice.below(3)])
      case 6 where isOpen && dice.once(in: 4):
        isOpen = false
        say(.expired)
      case 7 where namesTrades && !trades.isEmpty && dice.once(in: 2):
        say(.tradeBusted, trade: dice.below(trades.count))
      case 8 where namesTrades && !trades.isEmpty && dice.once(in: 2):
        let index = dice.below(trades.count)
        trades[index].price += 1
        trades[index].fee += 1
        say(.tradeCorrected, trade: index)
      case 9:
        if isOpen {
          say(.statusOpen)
        } else if filled == quantity {
          say(.statusFilled)
        } else {
          say(history.reports.contains { $0.kind == .expired } ? .statusExpired : .statusCanceled)
        }
      default: if !isOpen && dice.once(in: 3) { return history }
      }
    }
    return history
  }

  /// Everything that must not depend on arrival, in words.
  static func outcome(_ history: History, _ reports: [VenueReport]) -> String {
    let bench = Bench()
    // Requests beyond what may be under way at once were answered before others left; here all stand
    // from the start, so that each answer meets its request wherever it comes.
    for request in history.requests.prefix(3) {
      bench.ask(request.kind, price: request.price, quantity: request.quantity)
    }
    bench.order.pointee.lastVersion = RequestVersion(1 + history.requests.count)
    for report in reports { bench.tell(report) }
    let order = bench.order.pointee
    let pending = (0..<Order.pendingCountMax).map { order.pending[$0].version }.sorted()
    let booked = bench.booked.map { "\($0.quantity)@\($0.price) fee \($0.fee.amount)" }.sorted()
    return """
      \(order.row) \(order.reportedRow) \(order.status) \(order.quantity)@\(order.price) \
      v\(order.termsVersion) id \(order.venueOrderID) filled \(order.cumulativeQuantity) \
      gross \(order.grossQuantity) venue \(order.venueCumulativeQuantity) \
      value \(order.cumulativeValue) doubts \(order.uncertainty.rawValue) pending \(pending) \
      open \(order.worstCaseOpenQuantity) alive \(order.wasAlive) \
      flags \(order.isTriggered) \(order.isSuspended) \(order.isConfirmedDone) booked \(booked)
      """
  }

  /// Small sets: every permutation.
  @Test(arguments: UInt64(0)..<40)
  func everyPermutationEndsAlike(seed: UInt64) {
    var dice = Dice(seed)
    let history = Self.history(&dice, length: 5)
    let expected = Self.outcome(history, history.reports)
    for reports in permutations(history.reports) {
      let found = Self.outcome(history, reports)
      #expect(
        found == expected, "seed \(seed): \(history.reports.map(\.kind)) as \(reports.map(\.kind))")
      if found != expected { return }
    }
  }

  /// Large sets: random permutations with random repetitions.
  @Test(arguments: UInt64(1000)..<1200)
  func anyArrivalEndsAlike(seed: UInt64) {
    var dice = Dice(seed)
    let history = Self.history(&dice, length: 6 + dice.below(12))
    let expected = Self.outcome(history, history.reports)
    for _ in 0..<25 {
      var reports = history.reports
      for report in history.reports where dice.once(in: 3) { reports.append(report) }
      reports.shuffle(using: &dice)
      let found = Self.outcome(history, reports)
      #expect(
        found == expected, "seed \(seed): \(history.reports.map(\.kind)) as \(reports.map(\.kind))")
      if found != expected { return }
    }
  }

  /// The hot copy of the table says what the table says.
  @Test func theTableIsFollowed() {
    for row in OrderRow.allCases {
      for input in OrderInput.allCases {
        for version in [0, 1, 2] as [RequestVersion] {
          let bench = Bench(isSent: false)
          bench.order.pointee.row = row
          bench.order.pointee.lastVersion = 2
          var model = bench.order.pointee
          let transition = model.take(input, version: version)
          bench.do_(input, version: version)
          #expect(bench.effects[0].disposition == transition.disposition, "\(row) \(input)")
          #expect(bench.order.pointee.reportedRow == model.reportedRow, "\(row) \(input)")
        }
      }
    }
  }
}
