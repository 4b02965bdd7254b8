/// First fact about an order: how far it came. Fills are counted beside it, not in it.
public enum ExecutionState: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Created, nothing sent.
  case new = 0
  /// The new-order request left; nothing heard.
  case sent = 1
  /// The venue has (or had, last we know) it.
  case working = 2
  /// Ended; `DoneReason` says how.
  case done = 3
}

/// How a done order ended. Where reports disagree the higher rank stands, so that the order in which
/// they arrive does not matter: filled, canceled, expired, rejected, notSent.
public enum DoneReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case none = 0
  case filled = 1
  case canceled = 2
  case expired = 3
  /// Refused by the venue.
  case rejected = 4
  /// The new-order request is known never to have left this machine.
  case notSent = 5
  /// Refused by our own risk checks; never sent.
  case denied = 6
}

/// Execution state and done reason in one: the rows of the transition table.
public enum OrderRow: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case new = 0
  case sent = 1
  case working = 2
  case filled = 3
  case canceled = 4
  case expired = 5
  case rejected = 6
  case notSent = 7
  case denied = 8

  @inlinable public var executionState: ExecutionState {
    switch self {
    case .new: .new
    case .sent: .sent
    case .working: .working
    default: .done
    }
  }

  @inlinable public var doneReason: DoneReason {
    rawValue < 3 ? .none : DoneReason(rawValue: rawValue - 2)!
  }

  @inlinable public var isDone: Bool { rawValue >= 3 }
}

/// Second fact: what was asked for and not yet answered.
public enum PendingKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// No request in this place.
  case none = 0
  case newOrder = 1
  case replace = 2
  case cancel = 3
  case query = 4
}

/// One request under way: 32 bytes in memory.
public struct PendingRequest: BitwiseCopyable, Sendable, Equatable {
  public var kind: PendingKind
  /// Its answer is overdue or its connection was lost: the outcome is unknown.
  public var isLost: Bool
  public var version: RequestVersion
  public var sentAt: Timestamp
  /// The terms asked for, of a new order or replace.
  public var price: Int64
  public var quantity: Int64

  @inlinable public static var none: PendingRequest {
    PendingRequest(kind: .none, version: 0, sentAt: 0)
  }

  @inlinable
  public init(
    kind: PendingKind, version: RequestVersion, sentAt: Timestamp, price: Int64 = 0,
    quantity: Int64 = 0
  ) {
    self.kind = kind
    self.isLost = false
    self.version = version
    self.sentAt = sentAt
    self.price = price
    self.quantity = quantity
  }
}

/// Third fact: whether what we hold is what the venue holds. Several causes may hold at once; the
/// order is *known* when none does.
public struct Uncertainty: OptionSet, Sendable, BitwiseCopyable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// A request's answer is overdue or its connection was lost.
  public static let answerLost = Uncertainty(rawValue: 1)
  /// The venue counts more as filled than the fills we have booked.
  public static let fillsMissing = Uncertainty(rawValue: 2)
  /// Reports contradict each other.
  public static let contradiction = Uncertainty(rawValue: 4)
  /// The connection was lost while it was open: anything may have happened since.
  public static let disconnected = Uncertainty(rawValue: 8)
}

/// FIX OrdStatus (39), derived; never stored.
public enum OrderStatus: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case new = 0
  case partiallyFilled = 1
  case filled = 2
  case canceled = 4
  case pendingCancel = 6
  case rejected = 8
  case suspended = 9
  case pendingNew = 10
  case expired = 12
  case pendingReplace = 14

  /// The character that FIX writes.
  public var fixCode: Character {
    switch self {
    case .new: "0"
    case .partiallyFilled: "1"
    case .filled: "2"
    case .canceled: "4"
    case .pendingCancel: "6"
    case .rejected: "8"
    case .suspended: "9"
    case .pendingNew: "A"
    case .expired: "C"
    case .pendingReplace: "E"
    }
  }
}
