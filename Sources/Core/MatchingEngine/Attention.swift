/// What in a book makes plain orders need more than the plain code: while nothing does, none of it
/// is asked for.
@usableFromInline
struct Attention: OptionSet, BitwiseCopyable, Sendable {
  @usableFromInline let rawValue: UInt8
  @inlinable init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Changes of levels or orders are kept for readers.
  @inlinable static var feeds: Attention { Attention(rawValue: 1) }
  /// The phase is not continuous.
  @inlinable static var phase: Attention { Attention(rawValue: 2) }
  /// Pegged orders rest: they follow every best price.
  @inlinable static var pegs: Attention { Attention(rawValue: 4) }
  /// Stops wait for trades.
  static var stops: Attention { Attention(rawValue: 8) }
  /// Positions are known: trades change them.
  @inlinable static var positions: Attention { Attention(rawValue: 16) }

  /// The id of a resting order stands in the overflow table.
  @inlinable static var overflow: Attention { Attention(rawValue: 32) }

  /// What the plain code cannot enter an order under; under the rest there are consequences.
  @inlinable static var ofEntries: UInt8 { feeds.rawValue | phase.rawValue | positions.rawValue }
  /// What the plain code cannot do a cancel under.
  @inlinable static var ofCancels: UInt8 { feeds.rawValue | phase.rawValue | pegs.rawValue }
}
