/// How far one of several lines with the same updates has come with a book.
///
/// Updates of one line come in their order, so that a lower number on the same line is a new beginning
/// of the venue's numbers, and not a late update.
public struct LinePosition: Equatable, Sendable, BitwiseCopyable {
  /// Whether it brought something of the book since it was opened.
  public private(set) var hasBegun = false
  /// The number it brought last.
  public private(set) var last: UInt64 = 0
  /// How often the venue's numbers began anew on it, counted as the book's are.
  public private(set) var restarts: UInt32 = 0

  public init() {}

  /// Whether the line carries the book that `book` follows, so that it can be the only one.
  public func isInSequence(with book: DepthSynchronizer) -> Bool {
    hasBegun && restarts == book.restarts
  }

  /// Whether the line is still to bring the new beginning of numbers that the book has seen.
  public func isBehindRestart(of book: DepthSynchronizer) -> Bool {
    hasBegun && restarts < book.restarts
  }

  mutating func take(final: UInt64, previous: UInt64, of book: DepthSynchronizer) {
    if !hasBegun {
      begin(book)
      // Its first is the one with which the numbers begin anew.
      if book.rule.mayRestart, final < book.last, previous == book.last { restarts &+= 1 }
    } else if book.rule.mayRestart, final < last, previous == last {
      restarts &+= 1
    }
    last = final
  }

  /// A snapshot that nobody asked for and that is older than what the line brought before begins the
  /// numbers anew.
  mutating func take(snapshot id: UInt64, of book: DepthSynchronizer) {
    if !hasBegun {
      begin(book)
    } else if id < last {
      restarts &+= 1
    }
    last = id
  }

  private mutating func begin(_ book: DepthSynchronizer) {
    hasBegun = true
    restarts = book.restarts
  }
}
