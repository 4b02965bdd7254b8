import Glibc
import Synchronization
import VenueServer

/// Simulated products on a thread of their own, in a program that trades them.
public final class BackgroundSimulation: Sendable {
  /// Why it does not serve.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// What clients must know (`SimulationServer.ready`).
  public let ready: JSONValue
  private let lane: Lane
  private let thread: ServerThread

  private final class Lane: Sendable {
    let ready = Mutex<Result<JSONValue, Failure>?>(nil)
    let isStopping = Atomic<Bool>(false)
    let wishes = Mutex<[@Sendable (SimulationServer) -> Void]>([])

    /// What was asked for since the last call.
    func takeWishes() -> [@Sendable (SimulationServer) -> Void] {
      wishes.withLock { wishes in
        if wishes.isEmpty { return [] }
        defer { wishes = [] }
        return wishes
      }
    }
  }

  /// Starts them; `make` is called on their thread, where they then live.
  ///
  /// - Parameter spins: whether that thread never sleeps: it then needs a processor of its own.
  public init(spins: Bool = false, _ make: @escaping @Sendable () throws -> SimulationServer) throws
  {
    let lane = Lane()
    let thread = try ServerThread {
      do {
        let server = try make()
        lane.ready.withLock { $0 = .success(server.ready) }
        try? server.serve(spins: spins) {
          for wish in lane.takeWishes() { wish(server) }
          return lane.isStopping.load(ordering: .acquiring)
        }
        server.close()
      } catch {
        let failure = Failure(description: "\(error)")
        lane.ready.withLock { $0 = .failure(failure) }
      }
    }
    while lane.ready.withLock({ $0 == nil }) { usleep(500) }
    self.lane = lane
    self.thread = thread
    guard let ready = try lane.ready.withLock({ $0 })?.get() else {
      preconditionFailure("Invariant: a simulation that started is not forgotten")
    }
    self.ready = ready
  }

  deinit { stop() }

  /// Lets something be done to the server, as soon as its thread comes to it.
  public func perform(_ wish: @escaping @Sendable (SimulationServer) -> Void) {
    lane.wishes.withLock { $0.append(wish) }
  }

  /// Ends them, and waits for that. Idempotent.
  public func stop() {
    lane.isStopping.store(true, ordering: .releasing)
    thread.join()
  }
}
