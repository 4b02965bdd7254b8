/// What can happen to an order: the columns of the transition table. Venue reports keep their own
/// numbers (1 to 21); what the engine itself does stands above.
public enum OrderInput: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case accepted = 1
  case rejected = 2
  case fill = 3
  case canceled = 4
  case expired = 5
  case triggered = 6
  case suspended = 7
  case resumed = 8
  case replaced = 9
  case cancelRejected = 10
  case replaceRejected = 11
  case statusOpen = 12
  case statusCanceled = 13
  case statusFilled = 14
  case statusExpired = 15
  case statusRejected = 16
  case notFound = 17
  case tradeBusted = 18
  case tradeCorrected = 19
  case notSent = 20
  case answerLost = 21
  /// The order connection went down.
  case connectionLost = 22
  /// Two full answers taken after the last send did not have it.
  case absenceProven = 23
  /// Our own risk checks refused it.
  case denied = 24
  case requestNew = 25
  case requestReplace = 26
  case requestCancel = 27
  case requestQuery = 28

  public init(_ kind: VenueReportKind) {
    precondition(kind.isAboutOrder, "a report about an order")
    self = OrderInput(rawValue: kind.rawValue)!
  }
}

/// What is done about an input in a state. There is no fifth: nothing is dropped in silence.
public enum Disposition: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case apply = 0
  /// Applied, and somebody is told.
  case applyWithAlert = 1
  /// Says what is known already.
  case ignoreDuplicate = 2
  /// Cannot be: the state stays, the order becomes uncertain (contradiction), somebody is told.
  case quarantine = 3
}

/// One cell of the table: what is done, and the row afterwards. Quantities may then still show it as
/// `filled` (see `Order.row`).
public struct Transition: Equatable, Sendable, BitwiseCopyable {
  public var disposition: Disposition
  public var next: OrderRow

  @inlinable public init(disposition: Disposition, next: OrderRow) {
    self.disposition = disposition
    self.next = next
  }
}

/// The transition table: total over rows and inputs. `docs/order-model.md` is generated from it.
public enum OrderTransitions {
  /// The cell for an order in `row` that meets `input`.
  public static func cell(_ row: OrderRow, _ input: OrderInput) -> Transition {
    let entry = entries(for: input)[Int(row.rawValue)]
    switch entry {
    case .to(let next): return Transition(disposition: .apply, next: next)
    case .alert(let next): return Transition(disposition: .applyWithAlert, next: next)
    case .keep: return Transition(disposition: .apply, next: row)
    case .tell: return Transition(disposition: .applyWithAlert, next: row)
    case .known: return Transition(disposition: .ignoreDuplicate, next: row)
    case .never: return Transition(disposition: .quarantine, next: row)
    }
  }

  enum Entry {
    /// Apply, and go to that row.
    case to(OrderRow)
    /// Apply with an alert, and go to that row.
    case alert(OrderRow)
    /// Apply; the row stays.
    case keep
    /// Apply with an alert; the row stays.
    case tell
    /// Nothing new.
    case known
    /// Quarantine.
    case never
  }

  // Columns: new, sent, working, filled, canceled, expired, rejected, notSent, denied.
  // A fill is always booked. Rows that the venue reports only rise in rank: sent, notSent, working,
  // rejected, expired, canceled, filled. So a done order is never reopened by a late report, except
  // that a sign of life proves `notSent` wrong.
  static func entries(for input: OrderInput) -> InlineArray<9, Entry> {
    switch input {
    case .accepted:
      [
        .alert(.working), .to(.working), .known, .known, .known, .known, .tell, .alert(.working),
        .never,
      ]
    case .rejected:
      [
        .never, .to(.rejected), .alert(.rejected), .tell, .tell, .tell, .known, .alert(.rejected),
        .never,
      ]
    case .fill:
      [
        .alert(.working), .to(.working), .keep, .tell, .tell, .tell, .tell, .alert(.working),
        .tell,
      ]
    case .canceled, .statusCanceled:
      [
        .never, .to(.canceled), .to(.canceled), .known, .known, .alert(.canceled),
        .alert(.canceled), .alert(.canceled), .never,
      ]
    case .expired, .statusExpired:
      [
        .never, .to(.expired), .to(.expired), .known, .known, .known, .alert(.expired),
        .alert(.expired), .never,
      ]
    case .triggered, .suspended, .resumed:
      [
        .never, .to(.working), .keep, .known, .known, .known, .tell, .alert(.working), .never,
      ]
    case .replaced:
      [
        .never, .to(.working), .keep, .tell, .keep, .keep, .tell, .alert(.working), .never,
      ]
    case .cancelRejected, .replaceRejected:
      [.never, .keep, .keep, .known, .known, .known, .known, .known, .never]
    case .statusOpen:
      [
        .alert(.working), .to(.working), .keep, .known, .known, .known, .tell, .alert(.working),
        .never,
      ]
    case .statusFilled:
      [
        .never, .to(.filled), .to(.filled), .known, .alert(.filled), .alert(.filled),
        .alert(.filled), .alert(.filled), .never,
      ]
    case .statusRejected:
      [
        .never, .to(.rejected), .alert(.rejected), .tell, .tell, .tell, .known, .alert(.rejected),
        .never,
      ]
    case .notFound:
      [.known, .keep, .tell, .known, .known, .known, .known, .known, .known]
    case .tradeBusted, .tradeCorrected:
      [.tell, .alert(.working), .tell, .tell, .tell, .tell, .tell, .alert(.working), .tell]
    case .notSent:
      [.never, .to(.notSent), .keep, .known, .known, .known, .known, .known, .never]
    case .answerLost, .connectionLost:
      [.known, .keep, .keep, .known, .known, .known, .known, .known, .known]
    case .absenceProven:
      [
        .never, .alert(.rejected), .alert(.canceled), .known, .known, .known, .known, .known,
        .never,
      ]
    case .denied: [.to(.denied), .never, .never, .never, .never, .never, .never, .never, .known]
    case .requestNew: [.to(.sent), .never, .never, .never, .never, .never, .never, .never, .never]
    case .requestReplace, .requestCancel, .requestQuery:
      [.never, .keep, .keep, .known, .known, .known, .known, .known, .known]
    }
  }

  /// All cells, input by input, each over the rows in order; for a table copied to hot memory.
  public static func allCells() -> [[Transition]] {
    OrderInput.allCases.map { input in OrderRow.allCases.map { cell($0, input) } }
  }
}
