import Benchmarks
import CPlatform
import Glibc
import Runtime
import TradingModel
import Venues

/// `needletail bench venues`: how fast venues' messages are decoded, and the whole way from the wire to the
/// wire against simulated venues in this process: the engine spins on one core, the venue has another.
enum VenueBench {
  static let usage = CommandUsage(
    name: "bench venues", summary: "measure the way from a venue's message to the order it caused",
    options: [
      .value("venue", "NAME", "only this one; repeatable", isRepeatable: true),
      .value("orders", "N", "orders measured for each venue and kind of connection (1000)"),
      .value(
        "rate", "R", "orders, cancels and trades a second in each simulated market (600)"),
      .value("losses", "N", "connections cut, and as often messages lost (5)"),
      .flag("quick", "some seconds, to see that everything works; the figures mean little"),
      .flag("json", "print one JSON document"),
    ],
    notes: """
      Decoding: a message that stands in memory, as a session decodes it, and simdjson's parse of the same
      bytes. Reaction: from the kernel's receive time of a market-data message to the return of send() of
      the order it caused: TLS, WebSocket, decoding, book, strategy, risk, journal, encoding, signing and
      TLS again, on one spinning thread over loopback; its floor: the same with nothing in between. Cut:
      from the loss of all connections to a book that is in sequence again, and to an order connection that
      is compared with the venue. Gap: from a missing message's discovery, over a connection that stays, to
      a book that is in sequence again.
      """, examples: ["needletail bench venues --json"])

  /// How much is measured.
  struct Scale {
    var orders = 1_000
    /// Orders before those that count.
    var warmUp = 200
    /// Events a second of the generated traders in each market.
    var rate = 600
    /// Connections cut, and messages lost.
    var losses = 5
    var isQuick = false

    static let quick = Scale(orders: 100, warmUp: 20, losses: 2, isQuick: true)
  }

  static func run(arguments: [String]) -> Int32 {
    do {
      let options = try CommandOptions(
        arguments, usage: usage, environment: Terminal.environment)
      if options.wantsHelp {
        writeText(usage.help, to: STDOUT_FILENO)
        return ExitStatus.done
      }
      let names = options.texts("venue")
      for name in names where VenueRegistry.find(name)?.simulation == nil {
        throw UsageError.unknown("venue", name, among: VenueRegistry.names)
      }
      var scale: Scale = options.has("quick") ? .quick : Scale()
      scale.orders = try options.integer("orders", in: 10...1_000_000) ?? scale.orders
      scale.rate = try options.integer("rate", in: 10...1_000) ?? scale.rate
      scale.losses = try options.integer("losses", in: 1...1_000) ?? scale.losses
      Interruption.handle()
      let venues = VenueRegistry.all.filter {
        $0.simulation != nil && (names.isEmpty || names.contains($0.name))
      }
      let report = VenueBenchReport(figures: try measure(venues, scale))
      writeText(options.has("json") ? report.json : report.table, to: STDOUT_FILENO)
      return ExitStatus.done
    } catch let error as UsageError {
      return fail("bench venues", "\(error); see needletail bench venues --help", ExitStatus.usage)
    } catch {
      return fail("bench venues", "\(error)", ExitStatus.failed)
    }
  }

  private static func measure(_ venues: [KnownVenue], _ scale: Scale) throws -> [VenueFigure] {
    var figures: [VenueFigure] = []
    for known in venues { figures += try decoding(known, scale) }
    figures.append(try floor(scale))
    for known in venues {
      for isSecure in [false, true] {
        writeText("needletail bench: \(known.name), \(way(isSecure))\n", to: STDERR_FILENO)
        let bed = try VenueBenchBed(known, isSecure: isSecure, rate: scale.rate)
        defer { bed.close() }
        figures += try bed.measure(scale)
      }
    }
    return figures
  }

  /// The reaction's schedule with nothing to do: what is the machine's of all reactions below.
  private static func floor(_ scale: Scale) throws -> VenueFigure {
    _ = cplatform_pin_thread(0)
    defer { _ = cplatform_unpin_thread() }
    let rate = 200
    let floor = LoopbackFloor(count: scale.orders, rate: rate, processor: 1)
    return VenueFigure(
      "reaction's floor", "no venue", try floor.measure(),
      note: "\(rate) messages/s, each answered at once by 400 bytes; plain TCP, no work in between")
  }

  static func way(_ isSecure: Bool) -> String { isSecure ? "TLS" : "plain" }

  private static func decoding(_ known: KnownVenue, _ scale: Scale) throws -> [VenueFigure] {
    writeText("needletail bench: \(known.name), decoding\n", to: STDERR_FILENO)
    _ = cplatform_pin_thread(0)
    defer { _ = cplatform_unpin_thread() }
    let suite = DecodingSuite(isQuick: scale.isQuick)
    return try known.adapter.decodingSamples().map { sample in
      VenueFigure(known.name, try suite.measure(sample))
    }
  }
}
