import Glibc
import LowLatency
import Testing

@testable import VenueServer

@Suite struct ServerTests {
  @Test func delayedActionsComeInOrder() {
    for seed in UInt64(0)..<50 {
      var random = SeededRandom(seed: seed)
      var actions = DelayedActions()
      var done: [(due: Int64, number: Int)] = []
      for number in 0..<200 {
        let due = random.integer(in: 0...50)
        actions.add(due: due) { done.append((due, number)) }
      }
      for now in Int64(0)...50 {
        while let action = actions.next(at: now) { action() }
        #expect(done.last.map { $0.due <= now } ?? true)
      }
      #expect(done.count == 200)
      #expect(zip(done, done.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test func queuesGiveBytesInOrder() {
    var queue = ByteQueue()
    var random = SeededRandom(seed: 1)
    var written: [UInt8] = []
    var expected: [UInt8] = []
    for _ in 0..<2000 {
      let bytes = (0..<Int(random.next(below: 50))).map { _ in UInt8(random.next(below: 256)) }
      expected += bytes
      queue.append(bytes)
      _ = queue.take(upTo: Int(random.next(below: 60))) {
        written += $0
        return 0
      }
      #expect(queue.count == expected.count - written.count)
    }
    while !queue.isEmpty {
      _ = queue.take(upTo: 7) {
        written += $0
        return 0
      }
    }
    #expect(written == expected)
  }

  @Test func faultsSurviveJSON() throws {
    var faults = ServerFaults()
    faults.latency = 5
    faults.cutReplies = 1_000_000
    faults.isInMaintenance = true
    faults.clockOffset = -7
    faults.serverErrorStatus = 599
    var read = ServerFaults()
    try read.apply(try JSONValue.parse(faults.json.text))
    #expect(read == faults)
    #expect(throws: ServerFaultsError.self) {
      try read.apply(["latency": 9, "clock_offset": "x"])
    }
    #expect(read == faults)
  }

  @Test(arguments: [
    ("permessage-deflate; client_max_window_bits", true), ("permessage-deflate", true),
    ("x-other, permessage-deflate;client_no_context_takeover", true), ("", false),
    ("permessage-deflate; server_no_context_takeover", false),
    ("permessage-deflate; server_max_window_bits=10", false), ("x-webkit-deflate-frame", false),
    ("permessage-deflate; server_max_window_bits=10, permessage-deflate", true),
  ])
  func compressionIsAgreedToWithoutParameters(offer: String, isAccepted: Bool) {
    var headers = HTTPHeaders()
    headers.add("Sec-WebSocket-Extensions", offer)
    #expect(SocketBridge.offersPlainDeflate(headers) == isAccepted)
  }

  @Test func aPortInUseIsSaid() throws {
    let first = try BackgroundVenueServer { [ServedProduct(name: "one", front: EchoFront())] }
    let port = first.endpoints[0].port
    let refusal = VenueServerError.cannotListen(product: "two", address: "127.0.0.1", port: port)
    #expect(throws: refusal) {
      try BackgroundVenueServer {
        [
          ServedProduct(name: "one", front: EchoFront()),
          ServedProduct(name: "two", port: port, front: EchoFront()),
        ]
      }
    }
    first.stop()
    let second = try BackgroundVenueServer {
      [ServedProduct(name: "two", port: port, front: EchoFront())]
    }
    #expect(second.endpoints[0].port == port)
  }

  @Test func productsMayShareAPortOnOtherAddresses() throws {
    let first = try BackgroundVenueServer { [ServedProduct(name: "one", front: EchoFront())] }
    let port = first.endpoints[0].port
    var authority: TestAuthority? = try TestAuthority(hosts: [])
    defer { authority?.remove() }
    for _ in 0..<2 {
      let second = try BackgroundVenueServer(authority: authority) {
        var one = ServedProduct(name: "one", port: port, front: EchoFront())
        one.address = "127.0.0.2"
        one.otherPorts = [0, 0]
        var two = ServedProduct(name: "two", port: port, front: EchoFront())
        two.address = "127.1.2.3"
        return [one, two]
      }
      #expect(second.endpoints.map(\.port) == [port, port])
      #expect(second.endpoints[1].httpURL.hasSuffix("://127.1.2.3:\(port)"))
      second.stop()
      authority?.remove()
      authority = nil
    }
    #expect(throws: VenueServerError.self) {
      try BackgroundVenueServer {
        var product = ServedProduct(name: "one", front: EchoFront())
        product.address = "0.0.0.0"
        return [product]
      }
    }
  }

  @Test func certificatesLeaveNothingBehind() throws {
    let authority = try TestAuthority(hosts: ["api.venue.test"])
    var status = stat()
    #expect(stat(authority.directory, &status) == 0 && status.st_mode & 0o777 == 0o700)
    authority.remove()
    #expect(stat(authority.directory, &status) != 0)
    #expect(throws: TestAuthorityError.self) { try TestAuthority(hosts: ["a,IP:8.8.8.8"]) }
  }

  /// In a process of its own: other tests open files too.
  @Test func startsAndStopsLeaveNothingOpen() async {
    await #expect(processExitsWith: .success) {
      func count(_ directory: String) -> Int {
        guard let entries = opendir(directory) else { return -1 }
        defer { closedir(entries) }
        var count = 0
        while readdir(entries) != nil { count += 1 }
        return count
      }
      func startAndStop() throws {
        let authority = try TestAuthority(hosts: ["api.venue.test"])
        defer { authority.remove() }
        let server = try BackgroundVenueServer(authority: authority) {
          [ServedProduct(name: "one", front: EchoFront())]
        }
        server.stop()
        server.stop()
      }
      try startAndStop()
      let before = (count("/proc/self/fd"), count("/proc/self/task"))
      for _ in 0..<20 { try startAndStop() }
      precondition(
        before == (count("/proc/self/fd"), count("/proc/self/task")), "something is left")
    }
  }

  /// In a process of its own: signals are the whole process's.
  @Test func signalsDoNotEndServing() async {
    await #expect(processExitsWith: .success) {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      sigaction(SIGALRM, &action, nil)
      let often = timeval(tv_sec: 0, tv_usec: 700)
      var timer = itimerval(it_interval: often, it_value: often)
      setitimer(Int32(ITIMER_REAL.rawValue), &timer, nil)
      let server = try VenueServer([ServedProduct(name: "one", front: EchoFront())])
      var turns = 0
      server.serve {
        turns += 1
        return turns > 300
      }
      precondition(turns > 300, "ended after \(turns) turns")
    }
  }
}
