import CPlatform
import Glibc

/// What a thread does when a turn of its agents found no work.
public enum WaitPolicy: Equatable, Sendable, CustomStringConvertible {
  /// Tries again at once: a hand-off of about 100 ns, and a core of its own.
  case spin
  /// Lets another thread of the same core run first.
  case yield
  /// Sleeps this many nanoseconds; the kernel adds about 50,000.
  case block(nanoseconds: Int)

  /// Waits once.
  @inlinable public func wait() {
    switch self {
    case .spin: cplatform_spin_hint()
    case .yield: sched_yield()
    case .block(let nanoseconds):
      var time = timespec(
        tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
      nanosleep(&time, nil)
    }
  }

  public var description: String {
    switch self {
    case .spin: "spin"
    case .yield: "yield"
    case .block(let nanoseconds): "block \(nanoseconds) ns"
    }
  }
}
