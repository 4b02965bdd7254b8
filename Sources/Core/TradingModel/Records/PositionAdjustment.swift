/// A position that the venue says the account holds and that the run's own fills do not explain: it stood
/// before the journal began, or somebody traded by hand. An input, 80 bytes, with its evidence.
///
/// ```
/// 40  u16 listing
/// 42  u8  policy          1 left alone, 2 adopted
/// 48  i64 quantityBefore  what the books held, in quantity units
/// 56  i64 quantity        what the venue said it is
/// 64  i64 entryPrice      the venue's, in price units; 0: not told
/// 72  i64 venueTime       when the venue was asked, by its clock
/// ```
public struct PositionAdjustment: Equatable, BitwiseCopyable, Sendable {
  /// What is done about it.
  public enum Policy: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// The books stay as they are; whoever compares them leaves the difference out.
    case left = 1
    /// The account's position becomes the venue's; the difference is the house account's.
    case adopted = 2
  }

  public static let byteCount = 80
  public var listing: ListingIndex
  public var policy: Policy
  /// Positive is long.
  public var quantityBefore: Int64
  public var quantity: Int64
  /// At which the venue values the position; 0 where it does not say.
  public var entryPrice: Int64
  /// Nanoseconds since the epoch.
  public var venueTime: Timestamp

  @inlinable
  public init(
    listing: ListingIndex, policy: Policy, quantityBefore: Int64, quantity: Int64,
    entryPrice: Int64, venueTime: Timestamp
  ) {
    self.listing = listing
    self.policy = policy
    self.quantityBefore = quantityBefore
    self.quantity = quantity
    self.entryPrice = entryPrice
    self.venueTime = venueTime
  }

  /// Nil for a policy that is none.
  @inlinable public init?(at base: UnsafeRawPointer) {
    guard let policy = Policy(rawValue: base.load8(42)) else { return nil }
    self.policy = policy
    listing = base.load16(40)
    quantityBefore = base.loadSigned64(48)
    quantity = base.loadSigned64(56)
    entryPrice = base.loadSigned64(64)
    venueTime = base.loadSigned64(72)
  }

  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store16(listing, 40)
    base.store8(policy.rawValue, 42)
    base.storeSigned64(quantityBefore, 48)
    base.storeSigned64(quantity, 56)
    base.storeSigned64(entryPrice, 64)
    base.storeSigned64(venueTime, 72)
  }

  /// The whole record.
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(
      kind: .positionAdjustment, fixedByteCount: Self.byteCount, time: time)
    record.fields { store(at: $0) }
    return record.bytes
  }
}
