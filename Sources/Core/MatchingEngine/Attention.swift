/// What in a book makes plain orders need more than the plain code: while nothing does, none of it
/// is asked for.
@usableFromInline
struct Attention: OptionSet, BitwiseCopyable, Sendable {
  @usableFromInline let rawValue: UInt8
  @inlinable init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Changes of levels or orders are kept for readers.
  @usableFromInline static let feeds = Attention(rawValue: 1)
  /// The phase is not continuous.
  static let phase = Attention(rawValue: 2)
  /// Pegged orders rest: they follow every best price.
  @usableFromInline static let pegs = Attention(rawValue: 4)
  /// Stops wait for trades.
  static let stops = Attention(rawValue: 8)
  /// Positions are known: trades change them.
  static let positions = Attention(rawValue: 16)

  /// What the plain code cannot enter an order under; under the rest there are consequences.
  @usableFromInline static var ofEntries: UInt8 { 1 + 2 + 16 }
  /// What the plain code cannot do a cancel under.
  @usableFromInline static var ofCancels: UInt8 { 1 + 2 + 4 }
}
