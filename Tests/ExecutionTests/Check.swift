import Testing

/// `#expect` for what the macro cannot take: calls on values that cannot be copied.
func check(
  _ condition: Bool, _ comment: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if !condition { Issue.record(Comment(rawValue: comment()), sourceLocation: sourceLocation) }
}

func must<T>(_ value: T?) -> T {
  guard let value else { preconditionFailure("there should be one") }
  return value
}
