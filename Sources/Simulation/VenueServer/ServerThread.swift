import Glibc
import Synchronization

/// A thread that serves while the program does something else. Signals stay with the thread that
/// starts it.
public final class ServerThread: Sendable {
  private let thread: Mutex<pthread_t?>

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts it.
  public init(_ run: @escaping @Sendable () -> Void) throws(VenueServerError) {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var started = pthread_t()
    let context = Unmanaged.passRetained(Body(run))
    let code = pthread_create(
      &started, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw .cannotStart(reason: "no thread: \(String(cString: strerror(code)))")
    }
    thread = Mutex(started)
  }

  /// Waits until it has ended. Idempotent.
  public func join() {
    thread.withLock { thread in
      if let running = thread { pthread_join(running, nil) }
      thread = nil
    }
  }
}
