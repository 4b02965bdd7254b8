import CPlatform
import Glibc
import Runtime
import Synchronization

/// How long a cache line takes to the other core and back.
enum CoreRoundTrip {
  /// The median round trip in nanoseconds, from `processors.matcher`, the calling thread's, to the
  /// reader's.
  static func nanoseconds(
    processors: (matcher: Int32, reader: Int32), counter: TimestampCounter, trips: UInt64 = 20_000
  ) -> Int64 {
    let there = UnsafeMutableRawPointer.allocate(byteCount: 512, alignment: 128)
    defer { there.deallocate() }
    let ping = there.bindMemory(to: Atomic<UInt64>.self, capacity: 1)
    let pong = (there + 256).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
    ping.initialize(to: Atomic(0))
    pong.initialize(to: Atomic(0))
    let echo = Echo(ping: ping, pong: pong, trips: trips, processor: processors.reader)
    echo.start()
    var times: [UInt64] = []
    times.reserveCapacity(Int(trips))
    for trip in 1...trips {
      let begin = TimestampCounter.ticks
      ping.pointee.store(trip, ordering: .releasing)
      while pong.pointee.load(ordering: .acquiring) != trip {}
      times.append(TimestampCounter.ticks &- begin)
    }
    echo.join()
    return counter.nanoseconds(ticks: times.sorted()[Int(trips) / 2])
  }

  /// The thread that answers.
  private final class Echo: @unchecked Sendable {
    let ping: UnsafeMutablePointer<Atomic<UInt64>>
    let pong: UnsafeMutablePointer<Atomic<UInt64>>
    let trips: UInt64
    let processor: Int32
    var thread = pthread_t()

    init(
      ping: UnsafeMutablePointer<Atomic<UInt64>>, pong: UnsafeMutablePointer<Atomic<UInt64>>,
      trips: UInt64, processor: Int32
    ) {
      self.ping = ping
      self.pong = pong
      self.trips = trips
      self.processor = processor
    }

    func start() {
      pthread_create(
        &thread, nil,
        { context in
          Unmanaged<Echo>.fromOpaque(context!).takeRetainedValue().answer()
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
    }

    func join() { pthread_join(thread, nil) }

    private func answer() {
      if processor >= 0 { _ = cplatform_pin_thread(processor) }
      for trip in 1...trips {
        while ping.pointee.load(ordering: .acquiring) != trip {}
        pong.pointee.store(trip, ordering: .releasing)
      }
    }
  }
}
