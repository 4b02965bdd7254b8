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
    let isCutWanted = Atomic<Bool>(false)
  }

  /// Starts them; `make` is called on their thread, where they then live.
  public init(_ make: @escaping @Sendable () throws -> SimulationServer) throws {
    let lane = Lane()
    let thread = try ServerThread {
      do {
        let server = try make()
        lane.ready.withLock { $0 = .success(server.ready) }
        try? server.serve(until: {
          if lane.isCutWanted.exchange(false, ordering: .acquiringAndReleasing) { server.cut() }
          return lane.isStopping.load(ordering: .acquiring)
        })
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

  /// Cuts every connection, as soon as its thread comes to it.
  public func cut() { lane.isCutWanted.store(true, ordering: .releasing) }

  /// Ends them, and waits for that. Idempotent.
  public func stop() {
    lane.isStopping.store(true, ordering: .releasing)
    thread.join()
  }
}
