import Glibc
import Synchronization

/// A `VenueServer` on a thread of its own, for programs that do something else meanwhile.
public final class BackgroundVenueServer: Sendable {
  /// In the order of the products.
  public let endpoints: [ServerEndpoint]
  public let adminEndpoint: ServerEndpoint

  private let lane: Lane
  private let thread: Mutex<pthread_t?>

  /// Starts a server; `makeProducts` is called on its thread, where the fronts then live.
  public init(
    authority: TestAuthority? = nil, adminPort: UInt16 = 0,
    makeProducts: @escaping @Sendable () -> [ServedProduct]
  ) throws(VenueServerError) {
    let lane = Lane(authority, adminPort, makeProducts)
    let started = try Self.startThread(lane)
    while lane.started.withLock({ $0 == nil }) { usleep(200) }
    switch lane.started.withLock({ $0 }) {
    case .listening(let endpoints, let admin):
      self.endpoints = endpoints
      adminEndpoint = admin
    case .failed(let error):
      pthread_join(started, nil)
      throw error
    case nil: preconditionFailure("Invariant: a started server is not forgotten")
    }
    thread = Mutex(started)
    self.lane = lane
  }

  deinit { stop() }

  /// The server still serves: neither `stop` nor `/admin/quit` has ended it.
  public var isServing: Bool { !lane.hasEnded.load(ordering: .acquiring) }

  /// Ends the server, frees its ports and waits for its thread. Idempotent.
  public func stop() {
    lane.isStopping.store(true, ordering: .releasing)
    thread.withLock { thread in
      if let running = thread { pthread_join(running, nil) }
      thread = nil
    }
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

  /// Signals stay with the thread that starts this one.
  private static func startThread(_ lane: Lane) throws(VenueServerError) -> pthread_t {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(lane)
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Lane>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw .cannotStart(reason: "no thread: \(String(cString: strerror(code)))")
    }
    return thread
  }
}
