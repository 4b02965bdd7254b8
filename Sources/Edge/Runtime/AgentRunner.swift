import CPlatform
import Glibc
import Synchronization

/// Why agents could not be given their threads.
public enum AgentRunnerError: Error, Equatable, CustomStringConvertible {
  /// The operating system made no thread for the agent; its text.
  case noThread(agent: String, reason: String)
  /// The thread could not be bound to the processor; its text.
  case noProcessor(Int, agent: String, reason: String)

  public var description: String {
    switch self {
    case .noThread(let agent, let reason): "cannot start a thread for \(agent): \(reason)"
    case .noProcessor(let processor, let agent, let reason):
      "cannot bind the thread of \(agent) to processor \(processor): \(reason)"
    }
  }
}

/// Turns agents: all of them on one thread, or each on its own, until told to stop.
///
/// The runner's methods are for the thread that made it; `isStopping` and `requestStop` are for
/// any: hence the unchecked `Sendable`.
public final class AgentRunner: @unchecked Sendable {
  /// One thread's share. Written before the thread starts, read by it alone after that.
  private final class Lane {
    let agents: [any Agent]
    let wait: WaitPolicy
    let processor: Int?
    let isStopping: StopFlag
    /// An errno from binding to the processor; read after the thread has ended or has begun.
    let pinFailure = Atomic<Int32>(0)
    let hasBegun = Atomic<Bool>(false)

    init(_ agents: [any Agent], wait: WaitPolicy, processor: Int?, isStopping: StopFlag) {
      self.agents = agents
      self.wait = wait
      self.processor = processor
      self.isStopping = isStopping
    }

    func turn() {
      if let processor {
        pinFailure.store(cplatform_pin_thread(Int32(processor)), ordering: .relaxed)
      }
      hasBegun.store(true, ordering: .releasing)
      for agent in agents { agent.begin() }
      while !isStopping.isSet {
        var work = 0
        for agent in agents { work &+= agent.doWork() }
        if work == 0 { wait.wait() }
      }
      for agent in agents { agent.end() }
    }
  }

  private let lanes: [Lane]
  private var threads: [pthread_t] = []
  private let stopFlag = StopFlag()
  /// How the agents are spread, for reports: every latency figure names it.
  public let shape: ThreadShape
  /// What idle threads do, for reports.
  public let wait: WaitPolicy

  /// - Parameter processors: where the threads are bound, in the order of the agents; threads
  ///   beyond its end go where the kernel likes.
  public init(
    _ agents: [any Agent], shape: ThreadShape, wait: WaitPolicy, processors: [Int] = []
  ) {
    self.shape = shape
    self.wait = wait
    let groups = shape == .fused ? [agents] : agents.map { [$0] }
    let flag = stopFlag
    lanes = groups.enumerated().map { index, group in
      Lane(
        group, wait: wait, processor: index < processors.count ? processors[index] : nil,
        isStopping: flag)
    }
  }

  deinit { stop() }

  /// Whether the threads have been told to stop. From any thread.
  public var isStopping: Bool { stopFlag.isSet }

  /// Tells the threads to stop after their current turn, without waiting. From any thread, also
  /// from an agent.
  public func requestStop() { stopFlag.set() }

  /// Starts the threads. Signals stay with the threads that were there before.
  ///
  /// - Throws: `AgentRunnerError`; the threads already started have then ended.
  public func start() throws(AgentRunnerError) {
    precondition(threads.isEmpty, "Invariant: a runner starts once")
    for lane in lanes {
      do throws(AgentRunnerError) {
        threads.append(try Self.startThread(lane))
      } catch {
        stop()
        throw error
      }
    }
  }

  /// Tells the threads to stop and waits until the agents have ended.
  public func stop() {
    requestStop()
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }

  /// Turns the agents on the calling thread until `requestStop`. Only for `.fused`.
  public func runHere() throws(AgentRunnerError) {
    precondition(shape == .fused && threads.isEmpty, "Invariant: only a fused runner runs here")
    lanes[0].turn()
    try Self.check(lanes[0])
  }

  private static func startThread(_ lane: Lane) throws(AgentRunnerError) -> pthread_t {
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
        let lane = Unmanaged<Lane>.fromOpaque(context!).takeRetainedValue()
        cplatform_name_thread(lane.agents.first?.name ?? "agents")
        lane.turn()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw .noThread(agent: lane.agents.first?.name ?? "", reason: errnoText(code))
    }
    while !lane.hasBegun.load(ordering: .acquiring) { sched_yield() }
    do throws(AgentRunnerError) {
      try check(lane)
    } catch {
      lane.isStopping.set()
      pthread_join(thread, nil)
      throw error
    }
    return thread
  }

  private static func check(_ lane: Lane) throws(AgentRunnerError) {
    let code = lane.pinFailure.load(ordering: .relaxed)
    if code != 0, let processor = lane.processor {
      throw .noProcessor(
        processor, agent: lane.agents.first?.name ?? "", reason: errnoText(code))
    }
  }

  /// How many processors this process may use.
  public static var processorCount: Int { Int(cplatform_processor_count()) }
}

/// Set once, seen by every thread.
final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}

/// The operating system's text for an errno.
func errnoText(_ code: Int32) -> String { String(cString: strerror(code)) }
