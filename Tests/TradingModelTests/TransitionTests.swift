import Testing

@testable import TradingModel

/// The transition table, written out from the rules a second time.
///
/// A letter names the row afterwards: N new, S sent, W working, F filled, C canceled, E expired,
/// R rejected, U not sent, D denied. After it: nothing for apply, `!` for apply with an alert, `=` for
/// a duplicate. `x` is quarantine.
@Suite struct TransitionTests {
  static let table = """
    input            new  sent  working  filled  canceled  expired  rejected  notSent  denied
    accepted         W!   W     W=       F=      C=        E=       R!        W!       x
    rejected         x    R     R!       F!      C!        E!       R=        R!       x
    fill             W!   W     W        F!      C!        E!       R!        W!       D!
    canceled         x    C     C        F=      C=        C!       C!        C!       x
    expired          x    E     E        F=      C=        E=       E!        E!       x
    triggered        x    W     W        F=      C=        E=       R!        W!       x
    suspended        x    W     W        F=      C=        E=       R!        W!       x
    resumed          x    W     W        F=      C=        E=       R!        W!       x
    replaced         x    W     W        F!      C         E        R!        W!       x
    cancelRejected   x    S     W        F=      C=        E=       R=        U=       x
    replaceRejected  x    S     W        F=      C=        E=       R=        U=       x
    statusOpen       W!   W     W        F=      C=        E=       R!        W!       x
    statusCanceled   x    C     C        F=      C=        C!       C!        C!       x
    statusFilled     x    F     F        F=      F!        F!       F!        F!       x
    statusExpired    x    E     E        F=      C=        E=       E!        E!       x
    statusRejected   x    R     R!       F!      C!        E!       R=        R!       x
    notFound         N=   S     W!       F=      C=        E=       R=        U=       D=
    tradeBusted      N!   W!    W!       F!      C!        E!       R!        W!       D!
    tradeCorrected   N!   W!    W!       F!      C!        E!       R!        W!       D!
    notSent          x    U     W        F=      C=        E=       R=        U=       x
    answerLost       N=   S     W        F=      C=        E=       R=        U=       D=
    connectionLost   N=   S     W        F=      C=        E=       R=        U=       D=
    absenceProven    x    R!    C!       F=      C=        E=       R=        U=       x
    denied           D    x     x        x       x         x        x         x        D=
    requestNew       S    x     x        x       x         x        x         x        x
    requestReplace   x    S     W        F=      C=        E=       R=        U=       D=
    requestCancel    x    S     W        F=      C=        E=       R=        U=       D=
    requestQuery     x    S     W        F=      C=        E=       R=        U=       D=
    """

  static func expected(_ cell: Substring, in row: OrderRow) -> Transition {
    let rows: [Character: OrderRow] = [
      "N": .new, "S": .sent, "W": .working, "F": .filled, "C": .canceled, "E": .expired,
      "R": .rejected, "U": .notSent, "D": .denied,
    ]
    guard let next = rows[cell.first!] else {
      return Transition(disposition: .quarantine, next: row)
    }
    let disposition: Disposition =
      switch cell.last! {
      case "!": .applyWithAlert
      case "=": .ignoreDuplicate
      default: .apply
      }
    return Transition(disposition: disposition, next: next)
  }

  @Test func everyCellIsAsWritten() {
    let lines = Self.table.split(separator: "\n")
    #expect(
      lines[0].split(separator: " ").dropFirst().map(String.init)
        == OrderRow.allCases.map { "\($0)" })
    #expect(
      lines.dropFirst().map { String($0.prefix { $0 != " " }) }
        == OrderInput.allCases.map { "\($0)" })
    for (input, line) in zip(OrderInput.allCases, lines.dropFirst()) {
      let cells = line.split(separator: " ").dropFirst()
      #expect(cells.count == OrderRow.allCases.count, "\(input)")
      for (row, cell) in zip(OrderRow.allCases, cells) {
        #expect(
          OrderTransitions.cell(row, input) == Self.expected(cell, in: row), "\(row) x \(input)")
      }
    }
    #expect(OrderTransitions.allCells().map(\.count) == Array(repeating: 9, count: 28))
  }

  static func rank(_ row: OrderRow) -> Int {
    [.new, .sent, .notSent, .working, .rejected, .expired, .canceled, .filled, .denied]
      .firstIndex(of: row)!
  }

  @Test func rowsOnlyRise() {
    for row in OrderRow.allCases {
      for input in OrderInput.allCases {
        let cell = OrderTransitions.cell(row, input)
        #expect(Self.rank(cell.next) >= Self.rank(row), "\(row) x \(input)")
        if row.isDone, !cell.next.isDone { #expect(row == .notSent && cell.next == .working) }
        if cell.next != row {
          #expect(cell.disposition == .apply || cell.disposition == .applyWithAlert)
        }
        if row.isDone, cell.next != row {
          #expect(cell.disposition == .applyWithAlert, "a changed end is told: \(row) x \(input)")
        }
      }
    }
  }

  /// What makes arrival order harmless: over orders that left this machine, every two venue inputs
  /// commute and each is idempotent. An absence is our conclusion from what has arrived, no report.
  @Test func venueReportsCommute() {
    let reports = OrderInput.allCases.filter { $0.rawValue <= OrderInput.notSent.rawValue }
    func step(_ row: OrderRow, _ input: OrderInput) -> OrderRow {
      OrderTransitions.cell(row, input).next
    }
    for row in OrderRow.allCases where row != .new && row != .denied {
      for a in reports {
        #expect(step(step(row, a), a) == step(row, a), "\(row) x \(a)")
        for b in reports {
          #expect(step(step(row, a), b) == step(step(row, b), a), "\(row) x \(a) x \(b)")
        }
      }
    }
  }

  @Test func fillsAreNeverRefused() {
    for row in OrderRow.allCases {
      let cell = OrderTransitions.cell(row, .fill)
      #expect(cell.disposition == .apply || cell.disposition == .applyWithAlert)
      if row.isDone { #expect(cell.disposition == .applyWithAlert) }
      if row.isDone, row != .notSent { #expect(cell.next == row) }
    }
  }

  @Test func noTransportEventEndsAnOrder() {
    for row in OrderRow.allCases {
      for input: OrderInput in [.answerLost, .connectionLost, .notFound] {
        #expect(OrderTransitions.cell(row, input).next == row)
      }
    }
  }

  @Test func reportKindsAreInputs() {
    for kind in VenueReportKind.allCases where kind.isAboutOrder {
      #expect("\(OrderInput(kind))" == "\(kind)" && OrderInput(kind).rawValue == kind.rawValue)
    }
  }

  @Test func rowsSplitIntoStateAndReason() {
    let expected: [(OrderRow, ExecutionState, DoneReason)] = [
      (.new, .new, .none), (.sent, .sent, .none), (.working, .working, .none),
      (.filled, .done, .filled), (.canceled, .done, .canceled), (.expired, .done, .expired),
      (.rejected, .done, .rejected), (.notSent, .done, .notSent), (.denied, .done, .denied),
    ]
    #expect(expected.map(\.0) == OrderRow.allCases)
    for (row, state, reason) in expected {
      #expect(row.executionState == state && row.doneReason == reason)
      #expect(row.isDone == (state == .done))
    }
  }
}
