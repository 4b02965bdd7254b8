import Foundation
import Synchronization
import VenueServer
import VenueSimulation

/// A simulated venue, Binance spot unless another is named, served over TLS by a thread of this process until
/// `stop`.
final class SimulatedServer: Sendable {
  struct Ready: Sendable {
    var rest: String
    var webSocket: String
    var authorityPath: String
    var apiKey: String
    var secret: String
    /// Empty where the venue has none.
    var passphrase: String
  }

  private struct State {
    var ready: Result<Ready, SimulationFailure>?
    var isStopping = false
    var hasEnded = false
  }

  struct SimulationFailure: Error, CustomStringConvertible {
    var description: String
  }

  private let kind: any VenueSimulation.Type
  private let state = Mutex(State())

  init(
    _ kind: any VenueSimulation.Type = BinanceSpotSimulation.self, seed: UInt64,
    eventsPerSecond: Double
  ) {
    self.kind = kind
    Thread.detachNewThread { [self] in
      do {
        try serve(seed, eventsPerSecond)
      } catch {
        let failure = SimulationFailure(description: "\(error)")
        state.withLock { $0.ready = $0.ready ?? .failure(failure) }
      }
      state.withLock { $0.hasEnded = true }
    }
  }

  private func serve(_ seed: UInt64, _ eventsPerSecond: Double) throws {
    let simulation = try kind.init(
      VenueSimulationSettings(
        seed: seed, startTime: Int64(Date().timeIntervalSince1970 * 1e9),
        eventsPerSecond: eventsPerSecond))
    defer { simulation.end() }
    let authority = try TestAuthority(hosts: kind.hosts)
    defer { authority.remove() }
    let server = try VenueServer(
      [
        ServedProduct(name: kind.name, port: 0, front: simulation.front, seed: seed)
      ], authority: authority)
    defer { server.close() }
    let endpoint = server.endpoints[0]
    let description = simulation.description(at: endpoint)
    let key = description["accounts"]?.elements?.first?["keys"]?.elements?.first
    let ready = Ready(
      rest: endpoint.httpURL, webSocket: endpoint.webSocketURL,
      authorityPath: authority.certificatePath, apiKey: key?["apiKey"]?.string ?? "",
      secret: key?["secret"]?.string ?? "", passphrase: key?["passphrase"]?.string ?? "")
    state.withLock { $0.ready = .success(ready) }
    server.serve(until: { state.withLock { $0.isStopping } })
  }

  /// Waits until it serves.
  func ready() throws -> Ready {
    while true {
      if let ready = state.withLock({ $0.ready }) { return try ready.get() }
      usleep(2_000)
    }
  }

  /// Ends it, and waits for that: its connections are cut.
  func stop() {
    state.withLock { $0.isStopping = true }
    while !state.withLock({ $0.hasEnded }) { usleep(2_000) }
  }
}
