import Glibc
import Synchronization

/// A `VenueServer` on a thread of its own, for programs that do something else meanwhile.
public final class BackgroundVenueServer: Sendable {
  /// In the order of the products.
  public let endpoints: [ServerEndpoint]
  public let adminEndpoint: ServerEndpoint

  private let lane: Lane
  private let thread: ServerThread

  /// Starts a server; `makeProducts` is called on its thread, where the fronts then live.
  public init(
    authority: TestAuthority? = nil, adminPort: UInt16 = 0,
    makeProducts: @escaping @Sendable () -> [ServedProduct]
  ) throws(VenueServerError) {
    let lane = Lane(authority, adminPort, makeProducts)
    let started = try ServerThread { lane.run() }
    while lane.started.withLock({ $0 == nil }) { usleep(200) }
    switch lane.started.withLock({ $0 }) {
    case .listening(let endpoints, let admin):
      self.endpoints = endpoints
      adminEndpoint = admin
    case .failed(let error):
      started.join()
      throw error
    case nil: preconditionFailure("Invariant: a started server is not forgotten")
    }
    thread = started
    self.lane = lane
  }

  deinit { stop() }

  /// The server still serves: neither `stop` nor `/admin/quit` has ended it.
  public var isServing: Bool { !lane.hasEnded.load(ordering: .acquiring) }

  /// Ends the server, frees its ports and waits for its thread. Idempotent.
  public func stop() {
    lane.isStopping.store(true, ordering: .releasing)
    thread.join()
  }

  /// What the thread and its starter share.
  private final class Lane: Sendable {
    enum Start {
      case listening([ServerEndpoint], admin: ServerEndpoint)
      case failed(VenueServerError)
    }

    let authority: TestAuthority?
    let adminPort: UInt16
    let makeProducts: @Sendable () -> [ServedProduct]
    let started = Mutex<Start?>(nil)
    let isStopping = Atomic<Bool>(false)
    let hasEnded = Atomic<Bool>(false)

    init(
      _ authority: TestAuthority?, _ adminPort: UInt16,
      _ makeProducts: @escaping @Sendable () -> [ServedProduct]
    ) {
      self.authority = authority
      self.adminPort = adminPort
      self.makeProducts = makeProducts
    }

    func run() {
      do throws(VenueServerError) {
        let server = try VenueServer(makeProducts(), authority: authority, adminPort: adminPort)
        let start = Start.listening(server.endpoints, admin: server.adminEndpoint)
        started.withLock { $0 = start }
        server.serve { isStopping.load(ordering: .acquiring) }
        server.close()
      } catch {
        started.withLock { $0 = .failed(error) }
      }
      hasEnded.store(true, ordering: .releasing)
    }
  }
}
