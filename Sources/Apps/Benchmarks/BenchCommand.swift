import CPlatform
import Runtime
public func runBenchCommand(arguments: [String]) -> Int32 {
  do {
    let counter = TimestampCounter()
    let engine = try BenchEngine.start(makers: false, segmentByteCount: 256 << 20)
    var lives = OrderLives(bench: engine, seed: 1)
    _ = cplatform_pin_thread(1)
    var probe = Probe(kinds: OrderLives.Kind.allCases.count, overhead: Probe.measureOverhead())
    try lives.run(10000, &probe)
    probe.mode = .time
    try lives.run(arguments.isEmpty ? 50000: Int(arguments[0])!, &probe)
    probe.mode = .allocations
    try lives.run(2000, &probe)
    print("overhead", Double(probe.overhead) / counter.ticksPerSecond * 1e9)
    for kind in OrderLives.Kind.allCases {
      let s = probe.sample(kind.rawValue, counter, batch: 1)
      print(kind, s.operations, tenths(s.p50), tenths(s.p99), tenths(s.p99_9), tenths(s.max), tenths(s.median), probe.allocatedBytesPerOperation(kind.rawValue))
    }
    try lives.finish()
  } catch { print("failed: \(error)"); return 1 }
  return 0
}
