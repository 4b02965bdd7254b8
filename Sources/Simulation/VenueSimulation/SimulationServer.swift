import VenueServer

/// Simulated products, served together: what `simulate` and `sandbox` start.
public final class SimulationServer {
  private let kinds: [any VenueSimulation.Type]
  private let simulations: [any VenueSimulation]
  private let authority: TestAuthority?
  private let server: VenueServer
  private let state: SimulationState?

  /// - Parameters:
  ///   - port: of the first product; the others above it, and behind them the admin endpoint; 0 for any.
  ///   - isSecure: whether they speak TLS, under an authority made for this run alone, or kept in `state`.
  ///   - state: what an earlier process left; the products go on where it ended. They start at
  ///     `settings.startTime` only where there was none.
  /// - Throws: `SimulationStateError` where the earlier process served something else, and the errors of
  ///   the parts; a damaged log is `VenueServerError.badLog`.
  public init(
    _ kinds: [any VenueSimulation.Type], _ settings: VenueSimulationSettings, port: UInt16 = 0,
    isSecure: Bool, state: SimulationState? = nil
  ) throws {
    self.kinds = kinds
    self.state = state
    var made: [any VenueSimulation] = []
    var authority: TestAuthority?
    do {
      var settings = settings
      let names = kinds.map { $0.name }
      let kept = try state?.begin(names, &settings, port: port, isSecure: isSecure)
      for kind in kinds {
        settings.keyDirectory = state?.keyDirectory(of: kind.name)
        made.append(try kind.init(settings))
      }
      authority = isSecure ? try Self.authority(kinds.flatMap { $0.hosts }, state) : nil
      var products: [ServedProduct] = []
      for (index, name) in names.enumerated() {
        let chosen = kept?.ports[index] ?? (port == 0 ? 0 : port + UInt16(index))
        var product = ServedProduct(
          name: name, port: chosen, front: made[index].front, seed: settings.seed)
        product.inputLog = state?.logPath(of: name)
        products.append(product)
      }
      let adminPort = kept?.adminPort ?? (port == 0 ? 0 : port + UInt16(kinds.count))
      server = try VenueServer(products, authority: authority, adminPort: adminPort)
      if kept == nil {
        try state?.keep(
          ports: server.endpoints.map { $0.port }, adminPort: server.adminEndpoint.port)
      }
    } catch {
      for simulation in made { simulation.end() }
      authority?.remove()
      throw error
    }
    simulations = made
    self.authority = authority
  }

  private static func authority(_ hosts: [String], _ state: SimulationState?) throws
    -> TestAuthority
  {
    guard let state else { return try TestAuthority(hosts: hosts) }
    return try TestAuthority(hosts: hosts, keptIn: state.authorityDirectory)
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
  ///
  /// - Throws: `VenueServerError.badLog` where the state can no longer be written: clients are then told
  ///   nothing more.
  public func serve(until isEnough: () -> Bool) throws(VenueServerError) {
    server.serve(until: isEnough)
    if let failure = server.failure { throw failure }
  }

  /// Cuts every connection, as a network does.
  public func cut() { server.disconnectAll() }

  /// Throws away what is pushed in the next nanoseconds over connections opened at `path`; they stay.
  public func losePushes(for nanoseconds: Int64, at path: String) {
    server.losePushes(for: nanoseconds, at: path)
  }

  /// Ends connections and removes what was made for clients; what `state` keeps stays.
  public func close() {
    server.close()
    for simulation in simulations { simulation.end() }
    authority?.remove()
  }
}
