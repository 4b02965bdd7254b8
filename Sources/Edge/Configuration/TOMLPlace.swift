/// Where something stands in a document: line and column from 1, columns counted in Unicode scalars.
public struct TOMLPlace: Hashable, Comparable, Sendable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (a: TOMLPlace, b: TOMLPlace) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }
}

extension TOMLPlace: CustomStringConvertible {
  /// `12:3`.
  public var description: String { "\(line):\(column)" }
}
