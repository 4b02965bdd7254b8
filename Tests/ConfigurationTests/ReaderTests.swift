import Configuration
import Testing
import TradingModel

private enum Speed: String, CaseIterable {
  case slow
  case fast
}

private func reader(
  _ text: String, flags: [String] = [], environment: [(name: String, text: String)] = []
) throws -> ConfigurationReader {
  let overlay = try ConfigurationOverlay(flags: flags, environment: environment)
  return ConfigurationReader(try parse(text), file: "try.toml", overlay: overlay)
}

/// The message that `body` ends with; nil when it ends well.
private func refusal(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}

@Suite struct ReaderTests {
  @Test func readsEveryShape() throws {
    let reader = try reader(
      """
      name = "x"
      port = 0x50
      size = 0.10
      other = "1e-5"
      whole = 7
      on = true
      list = ["a", "b"]
      speed = "fast"
      """)
    #expect(try reader.required("name", .text) == "x")
    #expect(try reader.required("port", .integer(in: UInt16(1)...UInt16.max)) == 80)
    let size = try reader.required("size", .decimal(atLeast: Decimal(units: 0)))
    #expect(size == Decimal(units: 1, decimals: 1))
    let other = try reader.optional("other", .decimal(in: Decimal(units: 0)...Decimal(units: 1)))
    #expect(other == Decimal(units: 1, decimals: 5))
    #expect(
      try reader.optional("whole", .decimal(atLeast: Decimal(units: 7))) == Decimal(units: 7))
    #expect(try reader.value("on", .boolean, default: false))
    #expect(try reader.required("list", .texts(countMin: 2)) == ["a", "b"])
    #expect(try reader.value("speed", .choice, default: Speed.slow) == .fast)
    #expect(try reader.optional("nothing", .text) == nil)
    #expect(try reader.value("absent", .choice, default: Speed.slow) == .slow)
    try reader.finish()
    let last = try #require(reader.entries.last)
    #expect(last.text == "\"slow\"" && last.origin == .standard)
    #expect(reader.entries[1].text == "80")
    #expect(reader.entries[1].origin == .file("try.toml", TOMLPlace(line: 2, column: 8)))
  }

  @Test(arguments: [
    ("a = \"\"", "try.toml:1:5: 'a' is \"\"; expected text that is not empty"),
    ("a = 5", "try.toml:1:5: 'a' is 5; expected text that is not empty"),
    (
      "a = [1, [2], \"x\"]",
      "try.toml:1:5: 'a' is [1, [...], \"x\"]; expected text that is not empty"
    ),
    ("\n[longer]\n", "try.toml: the document needs the key 'a', text that is not empty"),
  ])
  func textMistakes(document: String, message: String) throws {
    let reader = try reader(document)
    #expect(refusal { _ = try reader.required("a", .text) } == message)
  }

  @Test(arguments: ["0", "11", "1.0", "\"1\"", "true", "[1]", "{}", "1979-05-27"])
  func integersOutOfRange(value: String) throws {
    let reader = try reader("a = \(value)")
    let message = refusal { _ = try reader.optional("a", .integer(in: Int32(1)...10)) }
    #expect(try #require(message).hasSuffix("expected a whole number from 1 to 10"))
  }

  @Test(arguments: [
    "-0.1", "1.1", "\"1,0\"", "\"\"", "inf", "nan", "0.123", "1e-30", "true", "[]",
    "\"0.5 \"", "99999999999999999999.0",
  ])
  func decimalsOutOfRange(value: String) throws {
    let reader = try reader("a = \(value)")
    let message = refusal {
      _ = try reader.optional(
        "a", .decimal(in: Decimal(units: 0)...Decimal(units: 1), decimals: 2))
    }
    #expect(
      try #require(message).hasSuffix(
        "expected a decimal number from 0 to 1 with at most 2 decimals"))
  }

  @Test(arguments: ["[\"a\", \"a\"]", "[\"\"]", "[]", "[1]", "\"a\""])
  func listsThatAreNone(value: String) throws {
    let reader = try reader("a = \(value)")
    let message = refusal { _ = try reader.required("a", .texts("names", countMin: 1)) }
    #expect(try #require(message).hasSuffix("expected a list of different names, at least 1"))
  }

  @Test func choicesAreNamed() throws {
    let reader = try reader("a = \"fats\"")
    let message = refusal { _ = try reader.value("a", .choice, default: Speed.slow) }
    #expect(message == "try.toml:1:5: 'a' is \"fats\"; expected one of \"slow\", \"fast\"")
  }

  // MARK: What nobody asked for

  @Test func unknownKeysAreRefusedWithTheNearest() throws {
    func message(_ document: String) throws -> String? {
      let reader = try reader(document)
      let run = try reader.table("run")
      _ = try run.optional("seed", .integer(in: 0...9))
      _ = try run.optional("journal", .text)
      _ = try reader.table("risk").optional("limit", .integer(in: 0...9))
      return refusal { try reader.finish() }
    }
    #expect(try message("[run]\nseed = 1\n[risk]\nlimit=2") == nil)
    #expect(
      try message("[run]\nsede = 1")
        == "try.toml:2:1: [run] has no key 'sede'; did you mean 'seed'?")
    #expect(
      try message("[run]\n  limit = 1")
        == "try.toml:2:3: [run] has no key 'limit'; it belongs to [risk]")
    #expect(
      try message("[run]\nx.y = 1")
        == "try.toml:2:1: [run] has no key 'x'; known are seed, journal")
    #expect(
      try message("[rum]\n")
        == "try.toml:1:2: the document has no key 'rum'; did you mean 'run'?")
    #expect(
      try message("[risk]\nb=1\n[run]\na=1")?.hasPrefix("try.toml:2:1: [risk] has no key 'b'")
        == true)
  }

  @Test func missingKeysSayWhereTheyBelong() throws {
    let reader = try reader("x = 1\n[[venue]]\nname = \"a\"\nsymbol = [\"B\"]")
    let (name, venue) = try #require(try reader.tables("venue", namedBy: "name").first)
    #expect(name == "a")
    let message = refusal { _ = try venue.required("symbols", .texts("symbols")) }
    #expect(
      message
        == "try.toml:2:1: [[venue]] needs the key 'symbols', a list of different symbols; "
        + "is it 'symbol' at 4:1?")
  }

  @Test(arguments: [
    ("venue = 1", "try.toml:1:9: 'venue' is 1; expected an array of tables, [[venue]]"),
    ("venue = [1]", "try.toml:1:10: 'venue' is 1; expected [[venue]]"),
    (
      "[venue]\nname='a'",
      "try.toml:1:1: 'venue' is a table; expected an array of tables, [[venue]]"
    ),
    (
      "[[venue]]\n",
      "try.toml:1:1: [[venue]] needs the key 'name', a name of lower-case letters, "
        + "digits and dashes"
    ),
    (
      "[[venue]]\nname = 'A b'",
      "try.toml:2:8: 'name' is \"A b\"; expected a name of lower-case "
        + "letters, digits and dashes"
    ),
    (
      "[[venue]]\nname='a'\n[[venue]]\nname='a'",
      "try.toml:4:6: there is a [[venue]] with the name 'a' before this"
    ),
  ])
  func arraysOfTables(document: String, message: String) throws {
    let reader = try reader(document)
    #expect(refusal { _ = try reader.tables("venue", namedBy: "name") } == message)
  }

  @Test func aTableHasToBeOne() throws {
    let reader = try reader("run = [1]")
    #expect(
      refusal { _ = try reader.table("run") }
        == "try.toml:1:7: 'run' is [1]; expected a table, [run]")
  }
}

@Suite struct EntryTests {
  @Test func sectionsStandTogether() throws {
    let reader = try reader("[[v]]\nname='a'\n[v.t]\nx=1\n[[v]]\nname='b'\n[v.t]\ny=2\n")
    for (_, table) in try reader.tables("v", namedBy: "name") {
      _ = try table.optional("k", .text)
      _ = try table.table("t").allTexts()
    }
    _ = try reader.table("end").optional("z", .text)
    try reader.finish()
    #expect(
      reader.entries.map(\.path)
        == ["v.a.name", "v.a.k", "v.a.t.x", "v.b.name", "v.b.k", "v.b.t.y", "end.z"])
  }
}

@Suite struct OverlayTests {
  private let document = "[run]\nseed = 1\n[[venue]]\nname = \"a-b\"\nsymbols = [\"X\"]\n"

  private func read(
    _ flags: [String], _ environment: [(name: String, text: String)] = []
  ) throws -> [ConfigurationEntry] {
    let reader = try reader(document, flags: flags, environment: environment)
    let run = try reader.table("run")
    _ = try run.value("seed", .integer(in: 0...9), default: 5)
    _ = try run.optional("journal", .text)
    for (_, venue) in try reader.tables("venue", namedBy: "name") {
      _ = try venue.required("symbols", .texts("symbols"))
      _ = try venue.table("settings").allTexts()
    }
    try reader.finish()
    return reader.entries
  }

  private func message(
    _ flags: [String], _ environment: [(name: String, text: String)] = []
  ) -> String? {
    refusal { _ = try read(flags, environment) }
  }

  @Test func flagsGoBeforeVariablesBeforeTheFile() throws {
    var seed = try read([])[0]
    #expect(seed.path == "run.seed" && seed.text == "1")
    #expect("\(seed.origin)" == "try.toml:2:8")
    seed = try read([], [("NEEDLETAIL_RUN_SEED", "2")])[0]
    #expect(seed.text == "2" && seed.origin == .variable("NEEDLETAIL_RUN_SEED"))
    seed = try read(["run.seed=3"], [("NEEDLETAIL_RUN_SEED", "2")])[0]
    #expect(seed.text == "3" && seed.origin == .flag("run.seed"))
    seed = try read([], [("NEEDLETAIL_RUN_SEED", ""), ("RUN_SEED", "4")])[0]
    #expect(seed.text == "1")
  }

  @Test func elementsAreFoundByTheirNames() throws {
    for (flags, environment) in [
      (["venue.a-b.symbols=Y,Z"], []), ([], [("NEEDLETAIL_VENUE_A_B_SYMBOLS", "Y,Z")]),
    ] as [([String], [(name: String, text: String)])] {
      let entry = try #require(
        try read(flags, environment).first { $0.path == "venue.a-b.symbols" })
      #expect(entry.text == "[\"Y\", \"Z\"]" && entry.section == "[[venue]]")
    }
  }

  @Test func openTablesTakeNewKeys() throws {
    let entries = try read(
      ["venue.a-b.settings.Size=1=2"], [("NEEDLETAIL_VENUE_A_B_SETTINGS_HALF_SPREAD", "0.5")])
    let last = entries.suffix(2)
    #expect(last.map(\.path) == ["venue.a-b.settings.Size", "venue.a-b.settings.half_spread"])
    #expect(last.map(\.text) == ["\"1=2\"", "\"0.5\""])
    #expect(last.map(\.section) == ["[venue.settings]", "[venue.settings]"])
  }

  @Test func mistakesNameTheirSource() {
    #expect(
      message(["run.seed=10"])
        == "--set run.seed: 'seed' is \"10\"; expected a whole number from 0 to 9")
    #expect(
      message([], [("NEEDLETAIL_RUN_SEED", "x")])
        == "NEEDLETAIL_RUN_SEED: 'seed' is \"x\"; expected a whole number from 0 to 9")
    #expect(message(["run.sede=1"]) == "--set run.sede: no such value; did you mean run.seed?")
    #expect(
      message([], [("NEEDLETAIL_RUN_SEDE", "1")])
        == "NEEDLETAIL_RUN_SEDE: no such value; did you mean NEEDLETAIL_RUN_SEED?")
    #expect(
      message(["venue.ab.symbols=Q"])
        == "--set venue.ab.symbols: no such value; did you mean venue.a-b.symbols?")
    #expect(
      message(["venue.a-b.name=c"])
        == "--set venue.a-b.name: a name is given in the file alone")
    #expect(message(["seed"]) == "--set seed: expected SECTION.KEY=VALUE, such as run.seed=7")
    #expect(message(["=1"]) == "--set =1: expected SECTION.KEY=VALUE, such as run.seed=7")
    #expect(message(["run.seed=1", "run.seed=2"]) == "--set run.seed: stands twice")
  }

  @Test func otherVariablesOfOursAreLeftAlone() {
    #expect(
      message(
        [], [("NEEDLETAIL_SEED", "1"), ("NEEDLETAIL_PASSPHRASE", "x"), ("NEEDLETAIL_RUN", "y")])
        == nil)
  }

  @Test func aVariableOfTwoMeaningsIsRefused() throws {
    let reader = try reader(
      "[[v]]\nname='a'\n[[v]]\nname='a-b'\n", environment: [("NEEDLETAIL_V_A_B_C", "1")])
    let message = refusal {
      for (_, table) in try reader.tables("v", namedBy: "name") {
        _ = try table.optional("c", .anyText)
        _ = try table.optional("b_c", .anyText)
      }
    }
    #expect(message == "NEEDLETAIL_V_A_B_C: may mean v.a.b_c and v.a-b.c; set it by --set")
  }
}
