import TradingModel

/// A mistake in what the user asked for, in words for the user; exit status 2.
struct UsageError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// The options and arguments of one call of a command, checked against its usage.
struct CommandOptions {
  /// A value, and where it came from.
  private struct Given {
    var text: String
    /// `--seed` or `NEEDLETAIL_SEED`.
    var source: String
  }

  private let usage: CommandUsage
  private var values: [String: [Given]] = [:]
  /// What stands beside the options.
  private(set) var arguments: [String] = []
  private(set) var wantsHelp = false

  /// Reads the words behind the command's name.
  ///
  /// - Parameter environment: looks up a variable.
  init(
    _ words: [String], usage: CommandUsage, environment: (String) -> String?
  ) throws(UsageError) {
    self.usage = usage
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        arguments += rest
        break
      }
      if word == "--help" || word == "-h" {
        wantsHelp = true
        return
      }
      if word.hasPrefix("-"), word != "-" {
        try take(word, &rest)
      } else {
        arguments.append(word)
      }
    }
    try takeEnvironment(environment)
    try checkArguments()
  }

  private mutating func take(
    _ word: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    var flag = word
    var attached: String?
    if let equals = word.firstIndex(of: "=") {
      flag = String(word[..<equals])
      attached = String(word[word.index(after: equals)...])
    }
    guard let option = usage.options.first(where: { "--" + $0.name == flag }) else {
      throw unknown(flag)
    }
    if option.placeholder == nil {
      if let attached { throw UsageError("\(flag) takes no value, got '\(attached)'") }
      try store("1", flag, option)
      return
    }
    guard let value = attached ?? rest.popFirst() else {
      throw UsageError("\(flag) is missing its value: \(expected(option))")
    }
    try store(value, flag, option)
  }

  private func unknown(_ flag: String) -> UsageError {
    let known = (usage.options + [CommandUsage.helpOption, CommandUsage.noColourOption])
      .map { "--" + $0.name }
    let hint = Spelling.nearest(to: flag, among: known).map { "; did you mean \($0)?" } ?? ""
    return UsageError("unknown option '\(flag)'\(hint)")
  }

  private func expected(_ option: CommandOption) -> String {
    option.choices.isEmpty
      ? "\(option.placeholder ?? ""), \(option.meaning)"
      : "one of " + option.choices.joined(separator: ", ")
  }

  private mutating func store(
    _ text: String, _ source: String, _ option: CommandOption
  ) throws(UsageError) {
    if !option.choices.isEmpty, !option.choices.contains(text) {
      let hint = Spelling.nearest(to: text, among: option.choices)
      throw UsageError(
        "\(source): '\(text)' is unknown\(hint.map { "; did you mean \($0)?" } ?? ""); expected "
          + expected(option))
    }
    if values[option.name] != nil, !option.isRepeatable {
      throw UsageError("\(source) stands twice")
    }
    values[option.name, default: []].append(Given(text: text, source: source))
  }

  private mutating func takeEnvironment(
    _ environment: (String) -> String?
  ) throws(UsageError) {
    for option in usage.options where values[option.name] == nil {
      guard let variable = option.variable, let text = environment(variable), !text.isEmpty
      else { continue }
      if option.placeholder != nil {
        try store(text, variable, option)
      } else if ["1", "true", "yes"].contains(text) {
        try store("1", variable, option)
      } else if !["0", "false", "no"].contains(text) {
        throw UsageError("\(variable): '\(text)' was expected to be 1 or 0")
      }
    }
  }

  private func checkArguments() throws(UsageError) {
    if arguments.count < usage.argumentCount.lowerBound {
      throw UsageError("\(usage.arguments) is missing")
    }
    if arguments.count > usage.argumentCount.upperBound {
      throw UsageError("unexpected argument '\(arguments[usage.argumentCount.upperBound])'")
    }
  }

  // MARK: Values

  /// Whether a switch is set, or a value given.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// The value as it stands; nil when there is none.
  func text(_ name: String) -> String? { values[name]?.last?.text }

  /// All values of a repeatable option, in their order.
  func texts(_ name: String) -> [String] { values[name]?.map(\.text) ?? [] }

  /// A whole number in `range`; nil when there is none.
  func integer<T: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<T>
  ) throws(UsageError) -> T? {
    guard let given = values[name]?.last else { return nil }
    guard let value = T(given.text), range.contains(value) else {
      // A bound of 64 bits is nobody's: it is told as none.
      let isOpen = range.upperBound == .max && T.bitWidth >= 64
      let upper = isOpen ? "up" : "to \(range.upperBound)"
      throw UsageError(
        "\(given.source): '\(given.text)' was expected to be a whole number from "
          + "\(range.lowerBound) \(upper)")
    }
    return value
  }

  /// Seconds, with decimals, in nanoseconds; nil when there are none.
  func seconds(_ name: String) throws(UsageError) -> Int64? {
    guard let given = values[name]?.last else { return nil }
    guard let decimal = try? Decimal(given.text), let value = try? decimal.units(decimals: 9),
      value > 0, value <= 1_000_000_000 * 1_000_000_000
    else {
      throw UsageError(
        "\(given.source): '\(given.text)' was expected to be a number of seconds above 0, "
          + "such as 5 or 0.5")
    }
    return value
  }
}
