import Configuration
import Foundation
import Testing
import TradingModel

private func read(_ text: String, flags: [String] = []) throws -> RunConfigurationFile {
  try RunConfigurationFile(
    bytes: Array(text.utf8), file: "run.toml", overlay: try ConfigurationOverlay(flags: flags))
}

private func project(_ path: String) -> URL {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(path)
}

@Suite struct RunConfigurationTests {
  private static let venue = "[[venue]]\nname = \"v\"\nsymbols = [\"BTCUSDT\"]\n"

  /// The message that a document leads to; nil when it is taken.
  private func message(_ text: String, flags: [String] = []) -> String? {
    do {
      _ = try read(text, flags: flags)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func theLeastThereCanBe() throws {
    let run = try read(Self.venue).configuration
    #expect(run.journal == nil && run.durability == .process && run.wait == .block)
    #expect(run.seed == nil && !run.allowWithdrawalKeys && run.cancelOnExit)
    #expect(run.strategies.isEmpty)
    let venue = run.venues[0]
    #expect(venue.name == "v" && venue.adapter == "v" && venue.environment == nil)
    #expect(venue.symbols == ["BTCUSDT"] && venue.key == nil && !venue.allowWithdrawalKey)
    #expect(venue.foreignOrders == .leave && venue.rest == nil && venue.makerFee == nil)
    #expect(run.risk.orderNotionalMax == nil && run.risk.openOrdersMax == nil)
  }

  @Test func everythingThereCanBe() throws {
    let run = try read(
      """
      [run]
      journal = "j"
      durability = "disk"
      wait = "spin"
      seed = 9223372036854775807
      allow_withdrawal_keys = true
      cancel_on_exit = false
      [[venue]]
      name = "v"
      adapter = "a"
      environment = "demo"
      symbols = ["X", "Y"]
      key = "k"
      allow_withdrawal_key = false
      foreign_orders = "cancel"
      foreign_positions = "adopt"
      balances = { USDT = "100000.5", BTC = 1 }
      redundant_feed = true
      stale_seconds = 3600
      rest = "https://127.0.0.1:8443"
      public_stream = "wss://host/stream?a=b"
      user_stream = "ws://127.0.0.1:80/ws"
      order_entry = "wss://[::1]:9443"
      ca = "ca.pem"
      maker_fee = -0.0001
      taker_fee = "0.0005"
      [[venue]]
      name = "w"
      symbols = ["Z"]
      [[strategy]]
      name = "maker-two"
      kind = "maker"
      venues = ["w"]
      symbols = ["Z"]
      [strategy.settings]
      half_spread_bps = "0.4"
      size = 0.10
      ticks = 2
      post_only = true
      [[strategy]]
      name = "signals"
      [risk]
      order_notional_max = 50000
      open_notional_max = "1000000"
      position_notional_max = 200000.5
      price_collar = 0.05
      open_orders_max = 500
      orders_per_second = 100
      """
    ).configuration
    #expect(run.journal == "j" && run.durability == .disk && run.wait == .spin)
    #expect(run.seed == UInt64(Int64.max) && run.allowWithdrawalKeys && !run.cancelOnExit)
    let venue = run.venues[0]
    #expect(venue.adapter == "a" && venue.environment == "demo" && venue.key == "k")
    #expect(!venue.allowWithdrawalKey && venue.foreignOrders == .cancel)
    #expect(venue.foreignPositions == .adopt && run.venues[1].foreignPositions == .leave)
    #expect(
      venue.balances == [
        HeldAmount(currency: "USDT", amount: Decimal(units: 1_000_005, decimals: 1)),
        HeldAmount(currency: "BTC", amount: Decimal(units: 1)),
      ])
    #expect(run.venues[1].balances == nil)
    #expect(venue.staleSeconds == 3600 && run.venues[1].staleSeconds == 30)
    #expect(venue.redundantFeed && !run.venues[1].redundantFeed)
    #expect(venue.rest == "https://127.0.0.1:8443")
    #expect(venue.publicStream == "wss://host/stream?a=b")
    #expect(venue.userStream == "ws://127.0.0.1:80/ws" && venue.orderEntry == "wss://[::1]:9443")
    #expect(venue.certificateAuthority == "ca.pem")
    #expect(venue.makerFee == Decimal(units: -1, decimals: 4))
    #expect(venue.takerFee == Decimal(units: 5, decimals: 4))
    #expect(run.venues[1].allowWithdrawalKey)
    let strategy = run.strategies[0]
    #expect(strategy.name == "maker-two" && strategy.kind == "maker")
    #expect(strategy.venues == ["w"] && strategy.symbols == ["Z"])
    #expect(strategy.settings.map(\.name) == ["half_spread_bps", "size", "ticks", "post_only"])
    #expect(strategy.settings.map(\.text) == ["0.4", "0.10", "2", "1"])
    #expect(run.strategies[1].kind == "signals" && run.strategies[1].venues == nil)
    #expect(run.risk.orderNotionalMax == Decimal(units: 50000))
    #expect(run.risk.openNotionalMax == Decimal(units: 1_000_000))
    #expect(run.risk.positionNotionalMax == Decimal(units: 2_000_005, decimals: 1))
    #expect(run.risk.priceCollar == Decimal(units: 5, decimals: 2))
    #expect(run.risk.openOrdersMax == 500 && run.risk.ordersPerSecond == 100)
  }

  @Test func aBookIsStaleWithinAnHourAndNeverAtOnce() throws {
    for value in ["0", "-1", "3601", "2.5", "\"30\"", "true"] {
      let found = message(Self.venue + "stale_seconds = \(value)")
      #expect(found?.hasPrefix("run.toml:4:17: 'stale_seconds' is ") == true, "\(found ?? "taken")")
      #expect(found?.contains("a whole number from 1 to 3600") == true)
    }
    let run = try read(Self.venue, flags: ["venue.v.stale_seconds=90"]).configuration
    #expect(run.venues[0].staleSeconds == 90)
  }

  @Test func balancesAreExactAmountsOfDifferentCurrencies() throws {
    let wrong = [
      "{}", "{ USDT = -1 }", "{ USDT = \"much\" }", "{ USDT = true }", "[\"USDT\"]", "\"USDT=1\"",
      "{ \"US DT\" = 1 }", "{ USDT = { a = 1 } }",
    ]
    for value in wrong {
      let found = message(Self.venue + "balances = \(value)")
      #expect(found?.hasPrefix("run.toml:4:12: 'balances' is ") == true, "\(found ?? "taken")")
      #expect(found?.contains("a table of currencies") == true)
    }
    for text in ["USDT", "USDT=1,USDT=2", "USDT=1,", "=1", ""] {
      #expect(message(Self.venue, flags: ["venue.v.balances=\(text)"]) != nil, "\(text)")
    }
    let file = try read(Self.venue, flags: ["venue.v.balances=USDT=0.1,BTC=2"])
    let entry = try #require(file.entries.first { $0.path == "venue.v.balances" })
    #expect(entry.text == "{ USDT = \"0.1\", BTC = \"2\" }")
    let table = try read(Self.venue + "[venue.balances]\nUSDT = 5\n").configuration
    #expect(table.venues[0].balances?.map(\.amount) == [Decimal(units: 5)])
  }

  @Test(arguments: [
    ("", "run.toml: there is no [[venue]]; expected at least one"),
    (
      "[[venues]]\nname='v'",
      "run.toml:1:3: the document has no key 'venues'; did you mean 'venue'?"
    ),
    ("seed = 1\n" + venue, "run.toml:1:1: the document has no key 'seed'; it belongs to [run]"),
    (
      "[[venue]]\nname='v'\nsymbols=[]",
      "run.toml:3:9: 'symbols' is []; expected a list of different symbols, at least 1"
    ),
    (venue + "wiat = 1", "run.toml:4:1: [[venue]] has no key 'wiat'"),
    (
      venue + "[[strategy]]\nname='s'\nvenues=['b','v']",
      "run.toml:6:8: 'b' is no venue; did you mean 'v'?"
    ),
    (
      venue + "[[strategy]]\nname='s'\nvenues=['other']",
      "run.toml:6:8: 'other' is no venue; known are v"
    ),
    (
      venue + "[[strategy]]\nname='s'\nsymbols=['BTCUSD']",
      "run.toml:6:9: 'BTCUSD' is no symbol of its venues; did you mean 'BTCUSDT'?"
    ),
    (
      venue + "[run]\nseed = -1",
      "run.toml:5:8: 'seed' is -1; expected a whole number from 0 to 9223372036854775807"
    ),
    (
      venue + "[run]\nwait = \"sleep\"",
      "run.toml:5:8: 'wait' is \"sleep\"; expected one of \"spin\", \"yield\", \"block\""
    ),
    (
      venue + "maker_fee = 2",
      "run.toml:4:13: 'maker_fee' is 2; expected a decimal number from -0.1 to 0.1 with at most 8 "
        + "decimals"
    ),
    (
      venue + "[risk]\nprice_collar = 5",
      "run.toml:5:16: 'price_collar' is 5; expected a decimal number from 0 to 1 with at most 8 "
        + "decimals"
    ),
    (
      "[[venue]]\nname='risk-one'\nsymbols=['X']",
      "run.toml:2:6: a venue's name cannot begin with 'risk'"
    ),
    ("a = 1\na = 2", "run.toml:2:1: the key 'a' stands already at 1:1"),
  ])
  func mistakes(document: String, message: String) {
    let found = self.message(document)
    #expect(found?.hasPrefix(message) == true, "\(found ?? "was taken")")
  }

  @Test(arguments: [
    "", "https://", "https://host/", "https://host/path", "http://host", "http://10.0.0.1",
    "wss://host", "host", "https://host:0", "https://host:99999", "https://host:", "https://a b",
    "https://user@host", "http://127.0.0.1.evil.com", "http://1270.0.0.1", "https://:443",
    "https://[]", "https://[::1", "http://[::2]", "http://localhost.evil.com",
  ])
  func addressesThatAreNone(text: String) {
    #expect(message(Self.venue, flags: ["venue.v.rest=\(text)"]) != nil)
  }

  @Test(arguments: [
    "https://host", "https://host:8443", "http://127.0.0.1:80", "http://localhost",
    "http://[::1]:8080", "https://[2001:db8::1]:443", "http://127.1.2.3",
  ])
  func addressesOfServers(text: String) {
    #expect(message(Self.venue, flags: ["venue.v.rest=\(text)"]) == nil)
  }

  @Test func originsAreRemembered() throws {
    let file = try read(Self.venue, flags: ["risk.open_orders_max=3"])
    #expect("\(file.origin(of: "venue.v.symbols"))" == "run.toml:3:11")
    #expect("\(file.origin(of: "risk.open_orders_max"))" == "--set risk.open_orders_max")
    #expect("\(file.origin(of: "run.seed"))" == "run.toml")
    #expect(file.configuration.risk.openOrdersMax == 3)
  }

  @Test func filesThatCannotBeRead() {
    #expect(throws: ConfigurationError.self) { try RunConfigurationFile(path: "/nowhere/at/all") }
    #expect(throws: ConfigurationError.self) { try RunConfigurationFile(path: "/dev/zero") }
    #expect(throws: ConfigurationError.self) { try RunConfigurationFile(path: "/") }
  }

  @Test func theExampleIsTaken() throws {
    let path = project("config/example.toml").path(percentEncoded: false)
    let run = try RunConfigurationFile(path: path).configuration
    #expect(run.venues.count == 2 && run.strategies.count == 1)
    #expect(run.risk.ordersPerSecond == 100)
  }

  @Test(arguments: UInt64(0)..<20)
  func changedExamplesAreTakenOrRefused(seed: UInt64) throws {
    var random = SeededRandom(state: seed)
    let original = Array(try Data(contentsOf: project("config/example.toml")))
    for _ in 0..<20 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] =
          UInt8.random(in: 0...127, using: &random)
      }
      do throws(ConfigurationError) {
        _ = try RunConfigurationFile(bytes: bytes, file: "x")
      } catch {
        #expect("\(error)".hasPrefix("x"))
      }
    }
  }
}

/// docs/configuration.md has a row for every key, with what it has to be and its default.
@Suite struct ConfigurationDocumentTests {
  private struct Row: Hashable, CustomStringConvertible {
    var section: String
    var cells: [String]
    var description: String { "\(section) " + cells.joined(separator: " | ") }
  }

  private static func expected() throws -> [Row] {
    let text = "[[venue]]\nname = \"v\"\nsymbols = [\"S\"]\n[[strategy]]\nname = \"s\"\n"
    return try read(text).entries.map { entry in
      let standard: String
      switch entry.need {
      case .required: standard = "required"
      case .optional: standard = ""
      case .standard(let text): standard = "`\(text)`"
      }
      let byName = ["`\"v\"`", "`\"s\"`"].contains(standard)
      return Row(
        section: entry.section,
        cells: ["`\(entry.key)`", entry.expected, byName ? "`name`" : standard])
    }
  }

  @Test func namesEveryKey() throws {
    let text = try String(contentsOf: project("docs/configuration.md"), encoding: .utf8)
    var section = ""
    var rows: [Row] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## `[") { section = String(line.dropFirst(4).dropLast()) }
      guard line.hasPrefix("| `") else { continue }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(cells.count == 4 && !cells[3].isEmpty, "\(line)")
      rows.append(Row(section: section, cells: Array(cells.prefix(3))))
    }
    let expected = try Self.expected()
    for row in expected where !rows.contains(row) { Issue.record("missing: \(row)") }
    for row in rows where !expected.contains(row) { Issue.record("not so: \(row)") }
    #expect(rows == expected)
  }

  @Test func theExampleOfThePageIsTaken() throws {
    let text = try String(contentsOf: project("docs/configuration.md"), encoding: .utf8)
    let begin = try #require(text.range(of: "```toml\n"))
    let end = try #require(text.range(of: "```", range: begin.upperBound..<text.endIndex))
    _ = try read(String(text[begin.upperBound..<end.lowerBound]))
  }
}
