/// One option that a command understands.
struct CommandOption: Sendable {
  /// Without its dashes.
  var name: String
  /// What stands for its value in help texts; nil for a switch.
  var placeholder: String?
  var meaning: String
  /// The only values it takes; empty for any.
  var choices: [String] = []
  var isRepeatable = false
  /// Whether its value is a path, for completion.
  var takesPath = false

  /// An option with a value.
  static func value(
    _ name: String, _ placeholder: String, _ meaning: String, choices: [String] = [],
    isRepeatable: Bool = false, takesPath: Bool = false
  ) -> CommandOption {
    CommandOption(
      name: name, placeholder: placeholder, meaning: meaning, choices: choices,
      isRepeatable: isRepeatable, takesPath: takesPath)
  }

  /// An option that is there or not.
  static func flag(_ name: String, _ meaning: String) -> CommandOption {
    CommandOption(name: name, meaning: meaning)
  }

  /// The environment variable whose value is the option's default. A repeatable option has none: a
  /// list in one variable would need rules of its own.
  var variable: String? {
    guard !isRepeatable, name != "help" else { return nil }
    return "NEEDLETAIL_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }
}

/// What a command is called with: the source of its help, of parsing and of completion.
struct CommandUsage: Sendable {
  var name: String
  var summary: String
  /// What stands behind the command besides options, e.g. `DIR`; empty for nothing.
  var arguments = ""
  var argumentCount = 0...0
  /// The words that the first argument may be, for completion; empty for any.
  var argumentChoices: [String] = []
  var options: [CommandOption]
  /// Paragraphs behind the options.
  var notes = ""
  /// Command lines that work as they stand.
  var examples: [String]

  /// The text of `--help`.
  var help: String {
    var text = "needletail \(name): \(summary)\n\nusage: needletail \(name)"
    text += (arguments.isEmpty ? "" : " " + arguments) + " [options]\n\n"
    let all = options + [Self.helpOption, Self.noColourOption]
    let forms = all.map { "--" + $0.name + ($0.placeholder.map { " " + $0 } ?? "") }
    let width = forms.map(\.count).max() ?? 0
    for (form, option) in zip(forms, all) {
      let indent = String(repeating: " ", count: width + 4)
      let meaning = option.meaning.wrapped(width: 98 - indent.count)
      text += "  " + form + String(repeating: " ", count: width - form.count + 2)
      text += meaning.joined(separator: "\n" + indent) + "\n"
    }
    text += "\nThe environment variable NEEDLETAIL_NAME is the default of an option --name.\n"
    if !notes.isEmpty { text += "\n" + notes + "\n" }
    text += "\nexample\(examples.count == 1 ? "" : "s"):\n"
    for example in examples { text += "  " + example + "\n" }
    return text
  }

  static let helpOption = CommandOption.flag("help", "this text")
  static let noColourOption = CommandOption.flag("no-colour", "no colours, as with NO_COLOR set")

}

extension String {
  /// Its words in lines of at most `width` characters, where words are no longer.
  func wrapped(width: Int) -> [String] {
    var lines = [""]
    for word in split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
