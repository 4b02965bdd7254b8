import Glibc
import Runtime
import Strategies
import TradingModel
import VenueServer
import VenueSimulation
import Venues

/// `needletail simulate`: venues on loopback, in their own protocols.
enum SimulateCommand {
  static let usage = CommandUsage(
    name: "simulate", summary: "serve simulated venues on loopback, in the venues' own protocols",
    arguments: "PRODUCT[,PRODUCT...]", argumentCount: 0...1,
    options: [
      .value(
        "port", "P",
        "the first product's port; the next ones, and behind them the admin endpoint, on the next ports; "
          + "0 takes free ones (0)"),
      .flag(
        "tls", "speak TLS under an authority made for this run; valid for the venues' host names"),
      .value("seed", "S", "what all chance is drawn from (1)"),
      .value(
        "rate", "N", "orders, cancels and trades of the generated market a second (100); 0 for none"
      ),
      .value(
        "feed", "KIND:FILE[,FILE]",
        "a recorded feed of one symbol that is played in place of its generated market",
        isRepeatable: true),
      .flag("list", "print the names of the products that can be simulated, and end"),
      .value(
        "state", "DIR",
        "keep orders, balances, keys, ports and the authority there; the same command goes on from it"
      ),
      .flag("no-limits", "leave the venues' limits on requests out"),
    ],
    notes: """
      Prints one line of JSON when ready: for each product its addresses (endpoints), the host names
      of the venue that it answers for (hosts) and test accounts with their keys; the address of the
      admin endpoint for faults (admin) and the path of the authority's certificate (ca).
      Private keys are files in a private temporary directory, or with --state in that one, which
      outlives even a kill: everything that clients were told is written there first. Serves until SIGINT or SIGTERM.
      Products: \(productList).
      A venue's name stands for its product; two venues of one product are served by one.
      """,
    examples: ["needletail simulate \(VenueRegistry.exampleProduct) --tls --seed 7"])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    if options.has("list") {
      let names = VenueRegistry.simulations.map { quoted($0.name) }
      writeText("[\(names.joined(separator: ", "))]\n", to: STDOUT_FILENO)
      return ExitStatus.done
    }
    guard let list = options.arguments.first else { throw UsageError("PRODUCT is missing") }
    let kinds = try products(list)
    let seed: UInt64 = try options.integer("seed", in: 0...UInt64.max) ?? 1
    let port: UInt16 = try options.integer("port", in: 0...UInt16.max) ?? 0
    let rate: Int = try options.integer("rate", in: 0...1000) ?? 100
    guard port == 0 || Int(port) + kinds.count <= Int(UInt16.max) else {
      throw UsageError(
        "--port: \(kinds.count) products and the admin endpoint do not fit above port \(port)")
    }
    let settings = VenueSimulationSettings(
      seed: seed, startTime: Clock.realtime, eventsPerSecond: Double(rate),
      limitsRates: !options.has("no-limits"), markets: try markets(options.texts("feed")))
    Interruption.handle()
    let state = try options.text("state").map {
      try SimulationState($0, feeds: options.texts("feed"))
    }
    let server = try SimulationServer(
      kinds, settings, port: port, isSecure: options.has("tls"), state: state)
    defer { server.close() }
    writeText(server.ready.text + "\n", to: STDOUT_FILENO)
    try server.serve(until: { Interruption.isRequested })
    return ExitStatus.done
  }

  private static func markets(_ feeds: [String]) throws -> [any RecordedMarket] {
    try feeds.map { text in
      let market = try market(try FeedArgument(text))
      for truncation in market.truncations {
        writeText("needletail simulate: warning: \(truncation)\n", to: STDERR_FILENO)
      }
      return market
    }
  }

  private static func market(_ feed: FeedArgument) throws(UsageError) -> CapturedMarket {
    do throws(FeedError) {
      return try CapturedMarket(feed)
    } catch {
      throw UsageError("--feed: \(error)")
    }
  }

  /// The products, and of those that stand in for venues of other names, which.
  private static var productList: String {
    VenueRegistry.simulations.map { kind in
      let venues = VenueRegistry.all.filter { $0.simulation == kind }.map(\.name)
      return venues == [kind.name]
        ? kind.name : "\(kind.name) (\(venues.joined(separator: " and ")))"
    }.joined(separator: ", ")
  }

  /// The products that names stand for, each once.
  static func products(_ text: String) throws(UsageError) -> [any VenueSimulation.Type] {
    var kinds: [any VenueSimulation.Type] = []
    var names: Set<String> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let kind = VenueRegistry.simulation(name) else {
        let known = VenueRegistry.simulationNames
        let hint = Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
        throw UsageError(
          "unknown product '\(name)'\(hint); known: \(known.joined(separator: ", "))")
      }
      guard names.insert(name).inserted else { throw UsageError("product '\(name)' stands twice") }
      if !kinds.contains(where: { $0 == kind }) { kinds.append(kind) }
    }
    return kinds
  }
}
