/// What became of a signal.
public enum SignalOutcome: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case ordered = 0
  /// Nothing to do: a close without a position.
  case nothingToDo = 1
  case duplicate = 2
  case tooOld = 3
  case confidenceTooLow = 4
  case stopOnWrongSide = 5
  case takeProfitOnWrongSide = 6
  case quantityInvalid = 7
  case unknownListing = 8
  case noMarket = 9
  case refused = 10
  case unknownStrategy = 11
  case fromTheFuture = 12
  case positionOpen = 13
  case priceInvalid = 14
}

/// The answer to a signal: an output, 64 bytes.
///
/// ```
/// 40  u64 signalID
/// 48  u64 orderID    0 where none was placed
/// 56  u8  outcome (SignalOutcome)
/// 57  u8  refusal    of the risk check, where it refused
/// 58  u16 strategy
/// ```
public struct SignalAnswer: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 64
  public var signalID: UInt64
  public var orderID: OrderID
  public var outcome: SignalOutcome
  public var refusal: UInt8
  public var strategy: StrategyIndex

  public init(
    signalID: UInt64, orderID: OrderID, outcome: SignalOutcome, refusal: UInt8 = 0,
    strategy: StrategyIndex
  ) {
    self.signalID = signalID
    self.orderID = orderID
    self.outcome = outcome
    self.refusal = refusal
    self.strategy = strategy
  }

  /// Nil for a code this version does not know.
  public init?(at base: UnsafeRawPointer) {
    guard let outcome = SignalOutcome(rawValue: base.load8(56)) else { return nil }
    self.outcome = outcome
    signalID = base.load64(40)
    orderID = base.load64(48)
    refusal = base.load8(57)
    strategy = base.load16(58)
  }

  public func store(at base: UnsafeMutableRawPointer) {
    base.store64(signalID, 40)
    base.store64(orderID, 48)
    base.store64(0, 56)
    base.store8(outcome.rawValue, 56)
    base.store8(refusal, 57)
    base.store16(strategy, 58)
  }
}
