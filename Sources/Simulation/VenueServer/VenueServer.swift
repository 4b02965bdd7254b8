/// One product of a venue to be served: a front on a port.
public struct ServedProduct {
  /// As the command line names it: `binance-spot`. Letters, digits and dashes.
  public var name: String
  /// 0 chooses a free one.
  public var port: UInt16
  public var front: any VenueFront
  /// For the faults.
  public var seed: UInt64
  public var faults: ServerFaults

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
  /// Always on loopback, 127.0.0.1.
  public var port: UInt16
  public var isTLS: Bool

  /// `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`.
  public var httpURL: String { "\(isTLS ? "https" : "http")://127.0.0.1:\(port)" }
  /// `ws://127.0.0.1:PORT` or `wss://127.0.0.1:PORT`.
  public var webSocketURL: String { "\(isTLS ? "wss" : "ws")://127.0.0.1:\(port)" }
}

/// Why a server could not start.
public enum VenueServerError: Error, Equatable, CustomStringConvertible {
  case cannotListen(product: String, port: UInt16)
  case cannotStart(reason: String)

  public var description: String {
    switch self {
    case .cannotListen(let product, let port):
      "\(product): cannot listen on 127.0.0.1:\(port); is the port free?"
    case .cannotStart(let reason): "venue server: \(reason)"
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
  /// `/admin/faults`, `/admin/disconnect`, `/admin/state`, `/admin/quit`; always plain HTTP.
  public let adminEndpoint: ServerEndpoint

  private let loop: ServerLoop
  private let products: [ProductServer]
  private let admin: ProductServer
  private let adminFront: AdminFront

  /// Binds every port. With an authority all products speak TLS only.
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
      guard let port = loop.listen(index, port: product.port, trusted) else {
        loop.close()
        throw .cannotListen(product: product.name, port: product.port)
      }
      endpoints.append(ServerEndpoint(name: product.name, port: port, isTLS: trusted != nil))
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
  }

  deinit { close() }

  /// Serves on this thread until `/admin/quit`, or until `isStopped`, asked about every millisecond,
  /// says so.
  public func serve(until isStopped: () -> Bool = { false }) {
    while !isStopped(), !adminFront.isQuitting, loop.turn() {}
  }

  /// Changes a product's faults; false where none has that name. On the server's thread only.
  @discardableResult
  public func setFaults(_ faults: ServerFaults, of product: String) -> Bool {
    guard let found = products.first(where: { $0.name == product }) else { return false }
    found.setFaults(faults)
    return true
  }

  /// Cuts every connection and frees every port. Idempotent.
  public func close() { loop.close() }
}
