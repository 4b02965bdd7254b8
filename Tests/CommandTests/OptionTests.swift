import Testing

@testable import NeedletailCommands

private let usage = CommandUsage(
  name: "try", summary: "tries", arguments: "DIR", argumentCount: 0...1,
  options: [
    .value("seed", "S", "a seed"), .value("seconds", "N", "a time"),
    .value("pace", "PACE", "a pace", choices: ["real", "simulated"]),
    .value("set", "KEY=VALUE", "a setting", isRepeatable: true), .flag("json", "as JSON"),
  ], examples: ["needletail try"])

private func options(
  _ words: [String], _ environment: [String: String] = [:]
) throws -> CommandOptions {
  try CommandOptions(words, usage: usage, environment: { environment[$0] })
}

/// The message that `words` lead to; nil when they are understood.
private func mistake(
  _ words: [String], _ environment: [String: String] = [:]
) -> String? {
  do {
    let options = try options(words, environment)
    _ = try options.integer("seed", in: UInt64(1)...UInt64.max)
    _ = try options.seconds("seconds")
    return nil
  } catch {
    return "\(error)"
  }
}

@Suite struct OptionTests {
  @Test func readsValuesInBothSpellings() throws {
    let options = try options([
      "--seed", "7", "--seconds=1.5", "place", "--json", "--set", "a=1", "--set=b=2",
    ])
    #expect(try options.integer("seed", in: UInt64(0)...UInt64.max) == 7)
    #expect(try options.seconds("seconds") == 1_500_000_000)
    #expect(options.arguments == ["place"])
    #expect(options.has("json"))
    #expect(options.text("pace") == nil)
    #expect(options.texts("set") == ["a=1", "b=2"])
  }

  @Test func wordsBehindTwoDashesAreArguments() throws {
    #expect(try options(["--", "--json"]).arguments == ["--json"])
  }

  @Test func helpNeedsNothingElse() throws {
    #expect(try options(["--help", "--nonsense"]).wantsHelp)
    for option in usage.options { #expect(usage.help.contains("--" + option.name)) }
  }

  @Test(arguments: [
    (["--sed", "1"], "unknown option '--sed'; did you mean --seed?"),
    (["--seed"], "--seed is missing its value: S, a seed"),
    (
      ["--seed", "-1"], "--seed: '-1' was expected to be a whole number from 1 up"
    ),
    (["--seed", "1", "--seed", "2"], "--seed stands twice"),
    (
      ["--pace", "simulatd"],
      "--pace: 'simulatd' is unknown; did you mean simulated?; expected one of real, simulated"
    ),
    (
      ["--seconds", "soon"],
      "--seconds: 'soon' was expected to be a number of seconds above 0, such as 5 or 0.5"
    ),
    (
      ["--seconds", "0"],
      "--seconds: '0' was expected to be a number of seconds above 0, such as 5 or 0.5"
    ),
    (["--json=1"], "--json takes no value, got '1'"),
    (["a", "b"], "unexpected argument 'b'"),
  ])
  func mistakesSayWhatWasExpected(words: [String], message: String) {
    #expect(mistake(words) == message)
  }

  @Test func aBoundIsToldWhereItIsTheNumbersOwn() throws {
    let port = try options(["--seed", "70000"])
    let error = #expect(throws: UsageError.self) { try port.integer("seed", in: 0...UInt16.max) }
    #expect(
      "\(try #require(error))"
        == "--seed: '70000' was expected to be a whole number from 0 to 65535")
  }

  @Test func environmentGivesDefaults() throws {
    let environment = ["NEEDLETAIL_SEED": "5", "NEEDLETAIL_JSON": "1", "NEEDLETAIL_PACE": ""]
    let defaulted = try options([], environment)
    #expect(try defaulted.integer("seed", in: 0...UInt64.max) == 5)
    #expect(defaulted.has("json"))
    #expect(!defaulted.has("pace"))
    let given = try options(["--seed", "6"], environment)
    #expect(try given.integer("seed", in: 0...UInt64.max) == 6)
    #expect(try !options([], ["NEEDLETAIL_JSON": "0"]).has("json"))
  }

  @Test func environmentMistakesNameTheVariable() {
    #expect(
      mistake([], ["NEEDLETAIL_SEED": "x"])
        == "NEEDLETAIL_SEED: 'x' was expected to be a whole number from 1 up")
    #expect(
      mistake([], ["NEEDLETAIL_JSON": "maybe"])
        == "NEEDLETAIL_JSON: 'maybe' was expected to be 1 or 0")
  }

  @Test func exitStatuses() {
    #expect(needletailMain(arguments: ["--version"]) == 0)
    #expect(needletailMain(arguments: ["sandbx"]) == 2)
    #expect(needletailMain(arguments: []) == 2)
    #expect(needletailMain(arguments: ["sandbox", "--sed", "1"]) == 2)
    #expect(needletailMain(arguments: ["recover", "/nowhere/at/all"]) == 2)
    #expect(needletailMain(arguments: ["audit"]) == 2)
    let product = VenueRegistry.exampleProduct
    #expect(needletailMain(arguments: ["simulate", product, "--feed", "csv:/nofile"]) == 2)
    #expect(needletailMain(arguments: ["simulate", product, "--port", "70000"]) == 2)
  }

  /// Every venue of the capability table can be simulated by its own name; of two that one product stands in
  /// for there is one.
  @Test func productsMayBeNamedAfterVenues() throws {
    for venue in VenueRegistry.all {
      let kinds = try SimulateCommand.products(venue.name)
      #expect(kinds.map { $0.name } == [try #require(venue.simulation).name])
    }
    let all = try SimulateCommand.products(VenueRegistry.simulationNames.joined(separator: ","))
    #expect(all.map { $0.name } == VenueRegistry.simulations.map { $0.name })
    #expect(VenueRegistry.simulationNames.count > VenueRegistry.simulations.count)
    let name = VenueRegistry.names[0]
    for (text, start) in [
      ("\(name),\(name)", "product '\(name)' stands twice"), ("nosuch", "unknown product 'nosuch'"),
      ("\(name),", "unknown product ''"),
    ] {
      let error = #expect(throws: UsageError.self) { try SimulateCommand.products(text) }
      #expect("\(try #require(error))".hasPrefix(start))
    }
    let unknown = #expect(throws: UsageError.self) { try SimulateCommand.products("nosuch") }
    for venue in VenueRegistry.names { #expect("\(try #require(unknown))".contains(venue)) }
  }

  @Test func completionKnowsEveryCommand() throws {
    for command in ToolCommand.all {
      for shell in ["bash", "zsh", "fish"] {
        #expect(try #require(CompletionCommand.script(shell)).contains(command.name))
      }
    }
  }
}
