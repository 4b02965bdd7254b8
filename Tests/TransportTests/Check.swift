import Testing

/// `#expect` for expressions over types that cannot be copied, which the macro cannot take apart.
func check(
  _ condition: Bool, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(condition, comment, sourceLocation: sourceLocation)
}
