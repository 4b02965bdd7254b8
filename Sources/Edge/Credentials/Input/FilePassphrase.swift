/// The pass phrase of the secrets file: from a descriptor, else from the environment, else asked for
/// at the terminal.
public enum FilePassphrase {
  /// The variable of the environment that may hold it.
  public static let variable = "NEEDLETAIL_PASSPHRASE"
  private static let what = "pass phrase of the secrets file"

  /// - Parameters:
  ///   - input: its first line is the pass phrase; nil to go on to the environment.
  ///   - variable: looks up a variable; empty values count as not set.
  ///   - isNew: whether a file is made with it: at a terminal it is then asked for twice.
  public static func read(
    from input: SecretInput?, variable lookUp: (String) -> String?, isNew: Bool
  ) throws(SecretInputError) -> SecretBytes {
    if let input { return try notEmpty(input.line("the " + what)) }
    if let text = lookUp(variable), !text.isEmpty { return SecretBytes(text) }
    let terminal = try SecretTerminal(what: "the " + what)
    let phrase = try notEmpty(terminal.line(isNew ? "New " + what : "Pass phrase"))
    if isNew {
      guard try terminal.line("The same again").isEqual(to: phrase) else { throw .different }
    }
    return phrase
  }

  private static func notEmpty(_ phrase: SecretBytes) throws(SecretInputError) -> SecretBytes {
    guard phrase.count > 0 else { throw .empty(what: "the " + what) }
    return phrase
  }
}
