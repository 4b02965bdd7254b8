import Testing

/// `#expect` for conditions over values that cannot be copied, which the macro would copy.
func check(
  _ condition: Bool, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(condition, comment, sourceLocation: sourceLocation)
}
