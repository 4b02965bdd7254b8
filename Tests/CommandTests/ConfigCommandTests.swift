import Configuration
import Foundation
import Strategies
import Testing

@testable import NeedletailCommands

@Suite struct ConfigCommandTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let example =
    root.appendingPathComponent("config/example.toml").path(percentEncoded: false)
  private static let venue = "[[venue]]\nname = \"binance-spot\"\nsymbols = [\"BTCUSDT\"]\n"

  private func file(
    _ text: String, flags: [String] = []
  ) throws -> RunConfigurationFile {
    try RunConfigurationFile(
      bytes: Array(text.utf8), file: "run.toml", overlay: try ConfigurationOverlay(flags: flags))
  }

  /// The message that names lead to; nil when all are known.
  private func message(_ text: String, flags: [String] = []) throws -> String? {
    let file = try file(text, flags: flags)
    do {
      try file.checkNames(StrategyRegistry())
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func statusTellsWhatHappened() {
    let check = ["config", "check"]
    #expect(needletailMain(arguments: check + [Self.example]) == ExitStatus.done)
    #expect(needletailMain(arguments: check + [Self.example, "--json"]) == ExitStatus.done)
    #expect(
      needletailMain(arguments: check + [Self.example, "--set", "run.seed=7"]) == ExitStatus.done)
    for words in [
      ["--set", "run.seed=x"], ["--set", "run.sede=1"], ["--set", "run.seed"],
      ["--set", "venue.binance-spot.adapter=binance-spt"],
    ] {
      #expect(needletailMain(arguments: check + [Self.example] + words) == ExitStatus.usage)
    }
    #expect(needletailMain(arguments: check + ["/nowhere/at/all"]) == ExitStatus.usage)
    #expect(needletailMain(arguments: ["config", "chek", Self.example]) == ExitStatus.usage)
    #expect(needletailMain(arguments: check) == ExitStatus.usage)
    #expect(needletailMain(arguments: ["config", "--help"]) == ExitStatus.done)
  }

  @Test func everyNameOfTheExampleIsKnown() throws {
    let file = try RunConfigurationFile(path: Self.example)
    try file.checkNames(StrategyRegistry())
    #expect(file.configuration.strategies[0].settings.map(\.text) == ["0.4"])
  }

  @Test func unknownNamesAreRefusedWhereTheyStand() throws {
    #expect(try message(Self.venue) == nil)
    #expect(
      try message(Self.venue + "adapter = \"binance-spt\"")
        == "run.toml:4:11: 'binance-spt' is no adapter; did you mean 'binance-spot'?")
    #expect(
      try message("[[venue]]\nname = \"binance-spo\"\nsymbols = [\"X\"]")
        == "run.toml:2:8: 'binance-spo' is no adapter; did you mean 'binance-spot'?")
    #expect(
      try message(Self.venue + "environment = \"lve\"")
        == "run.toml:4:15: 'lve' is no environment of binance-spot; did you mean 'live'?")
    #expect(
      try message(Self.venue + "[[strategy]]\nname = \"makr\"")
        == "run.toml:5:8: 'makr' is no strategy; did you mean 'maker'?")
    #expect(
      try message(Self.venue + "[[strategy]]\nname = \"maker\"\n[strategy.settings]\nsiz = 1")
        == "run.toml:7:7: 'siz' is no setting of maker; did you mean 'size'?")
    #expect(
      try message(
        Self.venue + "[[strategy]]\nname = \"maker\"", flags: ["strategy.maker.settings.siz=1"])
        == "--set strategy.maker.settings.siz: 'siz' is no setting of maker; did you mean 'size'?")
  }

  @Test func printsEveryValueAndItsOrigin() throws {
    let file = try file(Self.venue + "[run]\nwait = \"spin\"", flags: ["run.seed=7"])
    let lines = ConfigCommand.table(file).split(separator: "\n").map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    #expect(lines.count == file.entries.count)
    for line in [
      "run.journal not given", "run.durability = \"process\" default",
      "run.wait = \"spin\" run.toml:5:8", "run.seed = 7 --set run.seed",
      "venue.binance-spot.adapter = \"binance-spot\" default",
      "venue.binance-spot.symbols = [\"BTCUSDT\"] run.toml:3:11",
      "risk.open_orders_max not given",
    ] {
      #expect(lines.contains(line))
    }
  }

  @Test func jsonIsOneDocument() throws {
    let file = try file(Self.venue, flags: ["run.seed=7"])
    let object = try JSONSerialization.jsonObject(with: Data(ConfigCommand.json(file).utf8))
    let document = try #require(object as? [String: Any])
    let values = try #require(document["values"] as? [[String: Any]])
    #expect(values.count == file.entries.count)
    let symbols = try #require(
      values.first { $0["path"] as? String == "venue.binance-spot.symbols" })
    #expect(symbols["source"] as? String == "file" && symbols["line"] as? Int == 3)
    #expect(symbols["value"] as? String == "[\"BTCUSDT\"]")
    let seed = try #require(values.first { $0["path"] as? String == "run.seed" })
    #expect(seed["source"] as? String == "flag" && seed["flag"] as? String == "--set run.seed")
  }
}
