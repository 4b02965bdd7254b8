import CAllocationCount
import CPlatform
import Glibc
import Synchronization
import Testing

@testable import Runtime

private final class CountingAgent: Agent, @unchecked Sendable {
  let name: String
  let turns = Atomic<Int>(0)
  let thread = Atomic<UInt>(0)
  let begins = Atomic<Int>(0)
  let ends = Atomic<Int>(0)
  init(_ name: String) { self.name = name }
  func begin() { begins.add(1, ordering: .relaxed) }
  func doWork() -> Int {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    turns.add(1, ordering: .relaxed)
    return 0
  }
  func end() { ends.add(1, ordering: .relaxed) }
}

@Suite struct AgentTests {
  @Test(
    arguments: ThreadShape.allCases, [WaitPolicy.spin, .yield, .block(nanoseconds: 1000)])
  func agentsTurnOnTheirThreads(shape: ThreadShape, wait: WaitPolicy) throws {
    let agents = [CountingAgent("one"), CountingAgent("two")]
    let runner = AgentRunner(agents, shape: shape, wait: wait, processors: [])
    try runner.start()
    while agents.contains(where: { $0.turns.load(ordering: .relaxed) < 10 }) { sched_yield() }
    runner.stop()
    let threads = Set(agents.map { $0.thread.load(ordering: .relaxed) })
    #expect(threads.count == (shape == .fused ? 1 : 2))
    for agent in agents {
      #expect(agent.begins.load(ordering: .relaxed) == 1)
      #expect(agent.ends.load(ordering: .relaxed) == 1)
    }
  }

  @Test func runsOnTheCallingThread() throws {
    final class Stopper: Agent {
      let name = "stopper"
      var runner: AgentRunner?
      var turns = 0
      func doWork() -> Int {
        turns += 1
        if turns == 5 { runner?.requestStop() }
        return 1
      }
    }
    let agent = Stopper()
    let runner = AgentRunner([agent], shape: .fused, wait: .spin)
    agent.runner = runner
    try runner.runHere()
    agent.runner = nil
    #expect(agent.turns == 5)
  }

  @Test func unknownProcessorIsNamed() {
    let runner = AgentRunner(
      [CountingAgent("lost")], shape: .split, wait: .yield, processors: [1000])
    #expect {
      try runner.start()
    } throws: {
      "\($0)".contains("lost to processor 1000")
    }
    #expect(AgentRunner.processorCount >= 1)
  }
}

@Suite struct ClockTests {
  @Test func wallTimeIsNotSetBack() {
    let clock = ForwardClock()
    #expect(clock.time(real: 1_000, monotonic: 50) == 1_000)
    #expect(clock.time(real: 1_010, monotonic: 60) == 1_010)
    // Set back by 500: time goes on as the other clock does.
    #expect(clock.time(real: 520, monotonic: 70) == 1_020)
    #expect(clock.time(real: 900, monotonic: 450) == 1_400)
    // Set ahead: followed, and from there on again.
    #expect(clock.time(real: 5_000, monotonic: 500) == 5_000)
    #expect(clock.time(real: 2_000, monotonic: 501) == 5_001)
  }

  @Test func clocksGoOn() {
    #expect(Clock.realtime > 1_700_000_000_000_000_000)
    #expect(Clock.wall >= Clock.realtime - 1_000_000)
    let before = Clock.monotonic
    #expect(Clock.monotonic >= before)
  }

  /// The counter's idea of an interval agrees with the clock's.
  @Test func counterAgreesWithClock() {
    let counter = TimestampCounter()
    let ticks = TimestampCounter.ticks
    let time = Clock.monotonic
    usleep(20_000)
    let byCounter = counter.nanoseconds(ticks: TimestampCounter.ticks &- ticks)
    let byClock = Clock.monotonic - time
    // Other tests may take the core between two readings: the bound is wide.
    #expect(abs(byCounter - byClock) < 20_000_000, "\(byCounter) \(byClock)")
    #expect(counter.nanoseconds(ticks: UInt64(counter.ticksPerSecond * 3600)) / 1000 > 3_599_999)
  }
}

@Suite struct InterruptionTests {
  @Test func firstSignalIsAFlag() async {
    await #expect(processExitsWith: .exitCode(7)) {
      Interruption.handle()
      kill(getpid(), SIGPIPE)
      if Interruption.isRequested { exit(1) }
      kill(getpid(), SIGTERM)
      while !Interruption.isRequested { usleep(100) }
      exit(7)
    }
  }

  @Test func secondSignalLeaves() async {
    await #expect(processExitsWith: .exitCode(Interruption.exitStatus)) {
      Interruption.handle()
      kill(getpid(), SIGINT)
      while !Interruption.isRequested { usleep(100) }
      kill(getpid(), SIGINT)
      usleep(5_000_000)
    }
  }
}

@Suite struct AllocationCounterTests {
  private final class Thing {
    var a = 0
    var b = 0
  }

  @inline(never) private func makeThings(_ count: Int) -> [Thing] {
    (0..<count).map { _ in Thing() }
  }

  @Test func countsWhatSwiftAndCTake() {
    #expect(AllocationCounter.isAvailable)
    AllocationCounter.start()
    let things = makeThings(10)
    let room = malloc(1000)
    let page = mmap(nil, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    var aligned: UnsafeMutableRawPointer?
    posix_memalign(&aligned, 64, 128)
    let count = AllocationCounter.stop()
    munmap(page, 4096)
    free(room)
    free(aligned)
    // Ten objects of 32 bytes, their array, and the three C calls.
    #expect(count.calls >= 14 && count.calls < 30, "\(count)")
    #expect(count.bytes >= 320 + 1000 + 4096 + 128, "\(count)")
    #expect(things.count == 10)
  }

  @Test func countsNothingWhereNothingIsTaken() {
    var sum: UInt64 = 0
    AllocationCounter.start()
    for turn in 0..<1000 { sum = sum &* 31 &+ UInt64(turn) }
    let count = AllocationCounter.stop()
    #expect(count == AllocationCounter.Count(calls: 0, bytes: 0))
    #expect(sum != 0)
  }
}

@Suite struct FileTests {
  @Test func mapsAFile() throws {
    let file = try MappedFile("/proc/self/exe")
    let magic = Array(file.bytes.prefix(4))
    #expect(magic == [0x7F, 0x45, 0x4C, 0x46])
  }

  @Test func namesWhatIsWrong() {
    #expect(throws: FileError.missing(path: "/none/such")) { _ = try MappedFile("/none/such") }
    #expect(throws: FileError.isDirectory(path: "/tmp")) { _ = try MappedFile("/tmp") }
  }

  @Test func withoutATerminalThereIsNoColour() {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    let terminal = Terminal(descriptor: ends[1])
    #expect(!terminal.isTerminal && !terminal.hasColour && !terminal.hasScreen)
    #expect(terminal.size.columns == 80 && terminal.size.rows == 24)
    #expect(writeText("äö", to: ends[1]))
    close(ends[0])
    close(ends[1])
  }
}
