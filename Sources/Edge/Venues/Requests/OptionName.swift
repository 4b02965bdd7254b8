/// The names of cases as options and tables spell them.
public enum OptionName {
  /// `stopLimit` as `stop-limit`.
  public static func of(_ value: some Any) -> String {
    "\(value)".reduce(into: "") { text, character in
      text += character.isUppercase ? "-" + character.lowercased() : String(character)
    }
  }
}
