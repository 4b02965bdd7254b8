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
  /// Always loopback, 127.0.0.1.
  public var port: UInt16
  public var isTLS: Bool

  /// `http://127.0.0.1:PORT` or `https://localhost:PORT`.
  public var httpURL: String { "\(isTLS ? "https" : "http")://127.0.0.1:\(port)" }
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
/// Made, served and closed on one thread. Prints nothing.
public final class VenueServer {
  public let endpoints: [ServerEndpoint]
  /// `/admin/faults`, `/admin/disconnect`, `/admin/state`, `/admin/quit`; always plain HTTP.
  public let adminEndpoint: ServerEndpoint

  /// Binds every port. With an authority all products speak TLS only.
  public init(_ products: [ServedProduct], authority: TestAuthority? = nil, adminPort: UInt16 = 0)
    throws(VenueServerError)
  {
    throw .cannotStart(reason: "not yet")
  }

  /// Serves on this thread until `/admin/quit` or until `isStopped` (asked every millisecond) says so.
  public func serve(until isStopped: () -> Bool = { false }) {}

  /// The product's faults, by name; on the server's thread only.
  public func setFaults(_ faults: ServerFaults, of product: String) {}

  /// Cuts every connection and frees every port. Idempotent.
  public func close() {}
}
