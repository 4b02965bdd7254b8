import CPlatform
import Engine
import Glibc
import Live
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel
import Venues

/// `needletail bench venues`: the whole way from the wire to the wire, against simulated venues in this
/// process: the engine spins on one core, the venue has another.
enum VenueBench {
  static let usage = CommandUsage(
    name: "bench venues", summary: "measure the way from a venue's message to the order it caused",
    options: [
      .value("venue", "NAME", "only this one; repeatable", isRepeatable: true),
      .value("orders", "N", "orders measured for each venue and kind of connection (200)"),
      .value("rate", "R", "events of generated traders a second in each market (400)"),
      .flag("json", "print one JSON document"),
    ],
    notes: """
      Reaction: from the kernel's receive time of a market-data message to the return of send() of the
      order it caused: TLS, WebSocket, decoding, book, strategy, risk, journal, encoding, signing and TLS
      again, on one spinning thread over loopback. Recovery: from the loss of a connection, or a gap, to a
      book that is in sequence again, and to an order connection that is compared with the venue.
      """, examples: ["needletail bench venues --json"])

  /// One figure.
  struct Result {
    var name: String
    var unit: String
    var p50: UInt64
    var p99: UInt64
    var p999: UInt64
    var max: UInt64
    var count: UInt64
    var note: String

    init(_ name: String, _ histogram: borrowing Histogram, unit: String = "ns/op", note: String) {
      self.name = name
      self.unit = unit
      p50 = histogram.percentile(50)
      p99 = histogram.percentile(99)
      p999 = histogram.percentile(99.9)
      max = histogram.max
      count = histogram.count
      self.note = note
    }
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
      let count: Int = try options.integer("orders", in: 10...1_000_000) ?? 200
      let rate: Int = try options.integer("rate", in: 1...10_000) ?? 400
      Interruption.handle()
      var results: [Result] = []
      for known in VenueRegistry.all
      where known.simulation != nil && (names.isEmpty || names.contains(known.name)) {
        for isSecure in [false, true] {
          writeText("needletail bench: \(known.name), \(way(isSecure))\n", to: STDERR_FILENO)
          let bed = try VenueBenchBed(known, isSecure: isSecure, rate: rate)
          defer { bed.close() }
          results += try bed.measure(orders: count)
        }
      }
      writeText(options.has("json") ? json(results) : table(results), to: STDOUT_FILENO)
      return ExitStatus.done
    } catch let error as UsageError {
      return fail("bench venues", "\(error); see needletail bench venues --help", ExitStatus.usage)
    } catch {
      return fail("bench venues", "\(error)", ExitStatus.failed)
    }
  }

  static func way(_ isSecure: Bool) -> String { isSecure ? "TLS" : "plain" }

  private static func json(_ results: [Result]) -> String {
    let lines = results.map { result in
      "{\"name\": \(quoted(result.name)), \"unit\": \(quoted(result.unit)), "
        + "\"p50\": \(result.p50), \"p99\": \(result.p99), \"p99_9\": \(result.p999), "
        + "\"max\": \(result.max), \"median\": \(result.p50), \"runs\": 1, "
        + "\"operations\": \(result.count), \"target\": null, \"met\": true, "
        + "\"note\": \(quoted(result.note))}"
    }
    return "{\"suite\": \"venues\", \"cores\": \(AgentRunner.processorCount), \"results\": [\n"
      + lines.joined(separator: ",\n") + "], \"advice\": []}\n"
  }

  private static func table(_ results: [Result]) -> String {
    var text = ""
    for result in results {
      text += result.name.padded(to: 44)
      for (name, value) in [
        ("p50", result.p50), ("p99", result.p99), ("p99.9", result.p999), ("max", result.max),
      ] {
        text += " \(name) \(SessionView.right(SessionView.duration(value), 10))"
      }
      text += "  \(result.count) x, \(result.note)\n"
    }
    return text
  }
}

/// Sends an order that expires at once on every message that changes a book.
struct Striker: Strategy {
  static let name = "bench-striker"
  private var listing: Listing
  private var sent: UInt64 = 0

  init(_ setup: StrategySetup) throws(SettingError) {
    guard let first = setup.listings.first else { throw .noListings(strategy: Self.name) }
    listing = first
  }

  mutating func bookChanged(_ changed: ListingIndex, _ context: borrowing StrategyContext) {
    guard changed == listing.index, context.isSynced(changed), context.isTradable(changed),
      let bid = context.bestBid(changed), context.firstOrder(changed) == nil
    else { return }
    // Far enough below to take nothing, near enough for every venue's price limits.
    let price = listing.passivePrice(bid.price - bid.price / 100, .buy)
    context.submit(
      .buy, quantity: quantity(at: price), price: price, timeInForce: .immediateOrCancel,
      listing: changed)
    sent += 1
  }

  /// The smallest that is worth more than any venue's minimum: about fifty of the quote currency.
  private func quantity(at price: Int64) -> Int64 {
    var quantity = max(listing.quantityMin, listing.lot)
    while let value = listing.value(price: price, quantity: quantity),
      value < Money(Decimal(units: 50))
    {
      quantity *= 2
    }
    return quantity
  }

  func hash(into hash: inout RecordHash) { hash.combine(sent) }
}
