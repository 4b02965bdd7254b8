import VenueServer

/// Simulated products, served together: what `simulate` and `sandbox` start.
public final class SimulationServer {
  private let kinds: [any VenueSimulation.Type]
  private let simulations: [any VenueSimulation]
  private let authority: TestAuthority?
  private let server: VenueServer

  /// - Parameters:
  ///   - port: of the first product, the others above it; 0 for any.
  ///   - isSecure: whether they speak TLS, under an authority made for this run alone.
  public init(
    _ kinds: [any VenueSimulation.Type], _ settings: VenueSimulationSettings, port: UInt16 = 0,
    isSecure: Bool
  ) throws {
    self.kinds = kinds
    var made: [any VenueSimulation] = []
    var authority: TestAuthority?
    do {
      for kind in kinds { made.append(try kind.init(settings)) }
      authority = isSecure ? try TestAuthority(hosts: kinds.flatMap { $0.hosts }) : nil
      let products = zip(kinds, made).enumerated().map { index, pair in
        ServedProduct(
          name: pair.0.name, port: port == 0 ? 0 : port + UInt16(index), front: pair.1.front,
          seed: settings.seed)
      }
      server = try VenueServer(products, authority: authority)
    } catch {
      for simulation in made { simulation.end() }
      authority?.remove()
      throw error
    }
    simulations = made
    self.authority = authority
  }

  /// What clients must know: for each product its addresses, host names, accounts and keys; the address
  /// for faults, and the authority's certificate.
  public var ready: JSONValue {
    var products: [(key: String, value: JSONValue)] = []
    for (index, kind) in kinds.enumerated() {
      let description = simulations[index].description(at: server.endpoints[index])
      let hosts = JSONValue.array(kind.hosts.map { .string($0) })
      products.append((kind.name, .object([("hosts", hosts)] + (description.members ?? []))))
    }
    return [
      "ready": true, "admin": .string(server.adminEndpoint.httpURL),
      "ca": authority.map { .string($0.certificatePath) } ?? .null,
      "products": .object(products),
    ]
  }

  /// Serves until `isEnough` says so, or the admin endpoint is asked to.
  public func serve(until isEnough: () -> Bool) { server.serve(until: isEnough) }

  /// Ends connections and removes what was made for clients.
  public func close() {
    server.close()
    for simulation in simulations { simulation.end() }
    authority?.remove()
  }
}
