import Glibc

/// One product of a venue to be served: a front on a port.
public struct ServedProduct {
  /// As the command line names it. Letters, digits and dashes.
  public var name: String
  /// 0 chooses a free one.
  public var port: UInt16
  /// Where else it listens, beside `port`: clients whose ports are fixed come to more than one.
  public var otherPorts: [UInt16] = []
  /// An IPv4 loopback address, 127.0.0.0/8: products that clients seek on one port need one each.
  public var address: String = "127.0.0.1"
  public var front: any VenueFront
  /// For the faults.
  public var seed: UInt64
  public var faults: ServerFaults
  /// The file of everything that the front is told, made where there is none. A server that finds one
  /// hands its inputs to the front first, which must be made as the one was that they were told: it then
  /// stands where that one stood. Ports other than 0 are waited for a while: they may be those of a
  /// process that has just ended.
  public var inputLog: String?

  public init(
    name: String, port: UInt16 = 0, front: any VenueFront, seed: UInt64 = 0,
    faults: ServerFaults = .none
  ) {
    self.name = name
    self.port = port
    self.front = front
    self.seed = seed
    self.faults = faults
  }
}

/// Where a product listens.
public struct ServerEndpoint: Equatable, Sendable {
  public var name: String
  /// On loopback.
  public var address: String
  public var port: UInt16
  public var isTLS: Bool

  /// `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`.
  public var httpURL: String { "\(isTLS ? "https" : "http")://\(address):\(port)" }
  /// `ws://127.0.0.1:PORT` or `wss://127.0.0.1:PORT`.
  public var webSocketURL: String { "\(isTLS ? "wss" : "ws")://\(address):\(port)" }
}

/// Why a server could not start.
public enum VenueServerError: Error, Equatable, CustomStringConvertible {
  case cannotListen(product: String, address: String, port: UInt16)
  case cannotStart(reason: String)
  /// A log of inputs cannot be replayed or written.
  case badLog(product: String, InputLogError)

  public var description: String {
    switch self {
    case .cannotListen(let product, let address, let port):
      "\(product): cannot listen on \(address):\(port); is it a free port of a loopback address?"
    case .cannotStart(let reason): "venue server: \(reason)"
    case .badLog(let product, let error): "\(product): \(error)"
    }
  }
}

/// Fronts of simulated venues on loopback, all on one thread, by libwebsockets.
///
/// Made, served and closed on one thread. Prints nothing. A write to a peer that is gone is no
/// signal: SIGPIPE is ignored from the first server on, unless the process handles it.
public final class VenueServer {
  /// In the order of the products.
  public let endpoints: [ServerEndpoint]
  /// `/admin/faults`, `/admin/disconnect`, `/admin/lose`, `/admin/state`, `/admin/quit`; always plain HTTP.
  public let adminEndpoint: ServerEndpoint

  private let loop: ServerLoop
  private let products: [ProductServer]
  private let admin: ProductServer
  private let adminFront: AdminFront

  /// Binds every port and replays logs. With an authority all products speak TLS only.
  public init(_ served: [ServedProduct], authority: TestAuthority? = nil, adminPort: UInt16 = 0)
    throws(VenueServerError)
  {
    let adminFront = AdminFront()
    let administration = ServedProduct(name: "admin", port: adminPort, front: adminFront)
    guard let loop = ServerLoop() else { throw .cannotStart(reason: "no event loop") }
    let products = served.map { ProductServer($0, loop) }
    let admin = ProductServer(administration, loop)
    adminFront.products = products

    var endpoints: [ServerEndpoint] = []
    for (index, product) in (served + [administration]).enumerated() {
      let trusted = index < served.count ? authority : nil
      do throws(VenueServerError) {
        endpoints.append(try Self.listen(loop, index, product, trusted))
        try Self.restore(product, index < products.count ? products[index] : admin)
      } catch {
        loop.close()
        throw error
      }
    }
    adminEndpoint = endpoints.removeLast()
    self.endpoints = endpoints
    self.loop = loop
    self.products = products
    self.admin = admin
    self.adminFront = adminFront

    loop.accept = { listener, stream, number in
      let product = listener < products.count ? products[listener] : admin
      let client = ClientStream(stream, number, product)
      product.streamStarted(client)
      return client
    }
    loop.tick = {
      for product in products { product.tick() }
      admin.tick()
    }
    loop.beforeWriting = {
      for product in products { product.log?.flush() }
      return products.allSatisfy { $0.log?.failure == nil }
    }
  }

  /// Brings a product to where its log ends.
  private static func restore(_ served: ServedProduct, _ product: ProductServer)
    throws(VenueServerError)
  {
    guard let path = served.inputLog else { return }
    do throws(InputLogError) {
      try product.restore(from: path)
    } catch {
      throw .badLog(product: served.name, error)
    }
  }

  /// Why the server ended by itself: a log that cannot be written.
  public var failure: VenueServerError? {
    for product in products {
      if let error = product.log?.failure { return .badLog(product: product.name, error) }
    }
    return nil
  }

  /// Binds the ports of one product; the endpoint of the first.
  private static func listen(
    _ loop: ServerLoop, _ index: Int, _ product: ServedProduct, _ authority: TestAuthority?
  ) throws(VenueServerError) -> ServerEndpoint {
    var bound: [UInt16] = []
    for port in [product.port] + product.otherPorts {
      guard product.address.hasPrefix("127."),
        let taken = Self.listen(loop, index, product, port, authority)
      else {
        throw .cannotListen(product: product.name, address: product.address, port: port)
      }
      bound.append(taken)
    }
    return ServerEndpoint(
      name: product.name, address: product.address, port: bound[0], isTLS: authority != nil)
  }

  /// The bound port; nil where it cannot be had.
  private static func listen(
    _ loop: ServerLoop, _ index: Int, _ product: ServedProduct, _ port: UInt16,
    _ authority: TestAuthority?
  ) -> UInt16? {
    let isAwaited = product.inputLog != nil && port != 0
    for _ in 0..<(isAwaited ? 50 : 1) {
      if let taken = loop.listen(index, product.address, port: port, authority) { return taken }
      if isAwaited { usleep(100_000) }
    }
    return nil
  }

  deinit { close() }

  /// Serves on this thread until `/admin/quit`, or until `isStopped`, asked about every millisecond,
  /// says so.
  ///
  /// - Parameter spins: whether the thread never sleeps, so that clients need not wake it.
  public func serve(spins: Bool = false, until isStopped: () -> Bool = { false }) {
    while !isStopped(), !adminFront.isQuitting, failure == nil, loop.turn(waits: !spins) {}
  }

  /// Changes a product's faults; false where none has that name. On the server's thread only.
  @discardableResult
  public func setFaults(_ faults: ServerFaults, of product: String) -> Bool {
    guard let found = products.first(where: { $0.name == product }) else { return false }
    found.setFaults(faults)
    return true
  }

  /// Cuts every connection; the ports stay open. On the server's thread only.
  public func disconnectAll() { for product in products { product.disconnectAll() } }

  /// Throws away what is pushed in the next nanoseconds over WebSocket connections opened at `path` (without
  /// a query); the connections stay. On the server's thread only.
  public func losePushes(for nanoseconds: Int64, at path: String) {
    for product in products { product.losePushes(for: nanoseconds, at: path) }
  }

  /// Cuts every connection and frees every port. Idempotent.
  public func close() {
    loop.close()
    for product in products { product.log?.flush() }
  }
}
