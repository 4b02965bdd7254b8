/// A part of the engine that is turned by a loop: it does what there is to do and returns.
///
/// An agent is turned by one thread at a time and never waits. What it shares with other agents
/// goes through single-producer rings or published snapshots.
public protocol Agent: AnyObject {
  /// For thread names and messages; a thread shows its first 15 bytes.
  var name: String { get }
  /// Does a bounded amount of work. Returns how much there was; 0 lets the thread wait.
  func doWork() -> Int
  /// Called once on the agent's thread, before its first turn.
  func begin()
  /// Called once on the agent's thread, after its last turn.
  func end()
}

extension Agent {
  /// Does nothing.
  public func begin() {}
  /// Does nothing.
  public func end() {}
}

/// How agents are spread over threads.
public enum ThreadShape: String, Sendable, CaseIterable {
  /// All on one thread, turned one after the other.
  case fused
  /// Each on a thread of its own.
  case split
}
