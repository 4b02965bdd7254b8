import CPlatform
import Credentials
import Live
import Runtime
import Strategies
import TradingModel
import Transport
import VenueServer
import VenueSimulation
import Venues

/// The simulated venues of `sandbox`: on a thread of this process, behind TLS on loopback, with accounts
/// of their own. The run speaks to them as it would to the real ones.
final class SandboxVenues {
  /// Symbols of each venue that are traded.
  private static let symbolCount = 2
  let simulation: BackgroundSimulation

  /// - Parameters:
  ///   - eventsPerSecond: of generated traders, in each market.
  ///   - processor: to which the venues' thread is bound, and where it spins; nil for none.
  init(
    seed: UInt64, eventsPerSecond: Double = 60,
    kinds: [any VenueSimulation.Type] = VenueRegistry.simulations, isSecure: Bool = true,
    limitsRates: Bool = true, processor: Int32? = nil
  ) throws {
    let startTime = Clock.realtime
    simulation = try BackgroundSimulation(spins: processor != nil) {
      if let processor { _ = cplatform_pin_thread(processor) }
      return try SimulationServer(
        kinds,
        VenueSimulationSettings(
          seed: seed, startTime: startTime, eventsPerSecond: eventsPerSecond,
          limitsRates: limitsRates), isSecure: isSecure)
    }
  }

  func stop() { simulation.stop() }

  /// Cuts every connection to the venues.
  func cut() { simulation.perform { $0.cut() } }

  /// Throws away what the venues push in the next nanoseconds over connections opened at `path`; the
  /// connections stay.
  func losePushes(for nanoseconds: Int64, at path: String) {
    simulation.perform { $0.losePushes(for: nanoseconds, at: path) }
  }

  /// Every venue that is simulated, ready to be traded at.
  func venues() throws -> [LiveVenue] {
    let authority = simulation.ready["ca"]?.string
    let tls = try authority.map { try TLSContext(trust: .file($0)) }
    var found: [LiveVenue] = []
    for (_, product) in simulation.ready["products"]?.members ?? [] {
      for (name, addresses) in product["venues"]?.members ?? [] {
        guard let adapter = VenueRegistry.find(name)?.adapter else { continue }
        var venue = LiveVenue(
          name: name, adapter: adapter, environment: try environment(name, addresses),
          symbols: symbols(product["symbols"], name))
        venue.tls = tls
        venue.userAgent = RunIdentity.userAgent
        venue.credential = try credential(product, name)
        found.append(venue)
      }
    }
    return found
  }

  private func environment(_ name: String, _ addresses: JSONValue) throws -> VenueEnvironment {
    func address(_ kind: String) throws(UsageError) -> String {
      guard let text = addresses[kind]?.string else {
        throw UsageError("the simulated \(name) does not tell its address for \(kind)")
      }
      return text
    }
    return VenueEnvironment(
      name: "simulated", isReal: false, rest: try address("rest"),
      publicStream: try address("public_stream"), userStream: try address("user_stream"),
      orderEntry: try address("order_entry"))
  }

  private func symbols(_ told: JSONValue?, _ venue: String) -> [String] {
    let list = told?.elements ?? told?[venue]?.elements ?? []
    return list.prefix(Self.symbolCount).compactMap(\.string)
  }

  /// The first account's key that may trade.
  private func credential(_ product: JSONValue, _ name: String) throws -> VenueCredential {
    guard let key = product["accounts"]?.elements?.first?["keys"]?.elements?.first,
      let id = key["apiKey"]?.string, let secret = key["secret"]?.string
    else { throw UsageError("the simulated \(name) tells no key") }
    return VenueCredential(
      apiKey: id, kind: .hmac, secret: SecretBytes(secret),
      passphrase: key["passphrase"]?.string.map { SecretBytes($0) })
  }
}

extension LivePlan {
  /// `sandbox`: a maker at every simulated venue.
  static func sandbox(
    _ settings: SessionSettings, _ registry: StrategyRegistry
  ) throws -> LivePlan {
    let simulated = try SandboxVenues(seed: settings.seed ?? 1)
    let maker = [
      ("half_spread_bps", "2"), ("size", "0.05"), ("max_position", "0.4"), ("skew_bps", "0.4"),
      ("requote_bps", "0.5"),
    ]
    return LivePlan(
      mode: .sandbox, venues: try simulated.venues(),
      strategies: { definitions in
        try SandboxStrategies.definitions(
          chosen: settings.strategies.isEmpty ? ["maker"] : settings.strategies,
          sets: settings.sets, definitions: definitions, registry: registry, usual: ["maker": maker]
        )
      }, limits: SandboxStrategies.limits, whenClosed: { simulated.stop() })
  }
}
