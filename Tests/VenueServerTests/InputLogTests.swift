import Foundation
import LowLatency
import Testing

@testable import VenueServer

@Suite struct InputLogTests {
  /// A private folder that the body works in.
  private func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "needletail-inputs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  static let request = HTTPRequest(
    method: "POST", path: "/order", query: "a=%20&b", headers: ["X-Key": "ü", "x-key": ""],
    body: [0, 255, 10], connection: 300)

  /// One of each kind, and extremes.
  static let inputs: [FrontInput] = [
    .tick, .handle(request), .upgrade(HTTPRequest(method: "GET", path: "/")),
    .opened(connection: .max, request), .received(connection: 1, .text("{\"a\":1}")),
    .received(connection: 1, .binary([1, 2])), .ponged(connection: 0),
    .closed(connection: 9, WebSocketClosure(code: nil, reason: "cut", isByPeer: false)),
    .closed(connection: 9, WebSocketClosure(code: .max, reason: "", isByPeer: true)),
    .response(.serverError(status: 599, isCarriedOut: true), request),
    .response(.banned(secondsLeft: -1), request), .response(.maintenance, request),
    .state(FormFields("a=1&a=2")), .draw(nil), .draw(.serverError(status: 1, isCarriedOut: false)),
    .fundingInterval(10_000_000_000), .tick,
  ]

  private static func bytes(_ input: FrontInput) -> [UInt8] {
    var writer = InputWriter()
    input.write(to: &writer)
    return writer.bytes
  }

  private static func time(_ index: Int) -> ServerTime {
    // Steps of both clocks, backwards too.
    let times: [ServerTime] = [
      ServerTime(wall: .max, monotonic: .min), ServerTime(wall: .min, monotonic: .max),
      ServerTime(wall: 5, monotonic: 7), ServerTime(wall: 1_000_005, monotonic: 1_000_007),
    ]
    return times[index % times.count]
  }

  /// Writes all inputs to a new log, a frame every `group`.
  private func write(_ path: String, group: Int) throws {
    let log = try InputLog(continuing: InputReplay(path))
    for (index, input) in Self.inputs.enumerated() {
      log.append(input, at: Self.time(index))
      if index % group == group - 1 { log.flush() }
    }
    log.flush()
    #expect(log.failure == nil)
  }

  /// Reads to the end; how many inputs there were.
  private func read(_ path: String) throws -> Int {
    let replay = try InputReplay(path)
    var count = 0
    while let (input, time) = try replay.next() {
      #expect(Self.bytes(input) == Self.bytes(Self.inputs[count]))
      #expect(time == Self.time(count))
      count += 1
    }
    return count
  }

  @Test(arguments: [1, 3, 100]) func everyInputIsReadAsItWasWritten(group: Int) throws {
    try inFolder { folder in
      try write(folder + "/log", group: group)
      #expect(try read(folder + "/log") == Self.inputs.count)
    }
  }

  /// A process that dies while it writes leaves the beginning of a frame.
  @Test func aTornTailIsCut() throws {
    try inFolder { folder in
      try write(folder + "/whole", group: 2)
      let whole = try Data(contentsOf: URL(filePath: folder + "/whole"))
      var last = 0
      for length in 0...whole.count {
        let path = folder + "/torn"
        try whole.prefix(length).write(to: URL(filePath: path))
        let count = try read(path)
        #expect(count >= last)
        last = count
        // What is written next stands behind the last whole frame.
        let replay = try InputReplay(path)
        while try replay.next() != nil {}
        let log = try InputLog(continuing: replay)
        log.append(.ponged(connection: 77), at: ServerTime(wall: 1, monotonic: 1))
        log.flush()
        let again = try InputReplay(path)
        var inputs: [FrontInput] = []
        while let (input, _) = try again.next() { inputs.append(input) }
        #expect(inputs.count == count + 1)
        #expect(inputs.last.map(Self.bytes) == Self.bytes(.ponged(connection: 77)))
      }
      #expect(last == Self.inputs.count)
    }
  }

  /// Any changed byte before the tail is refused where it stands.
  @Test func damageIsRefusedWithItsPlace() throws {
    try inFolder { folder in
      let path = folder + "/log"
      try write(path, group: 4)
      let whole = try Data(contentsOf: URL(filePath: path))
      for place in whole.indices {
        var bytes = whole
        bytes[place] ^= 0x10
        try bytes.write(to: URL(filePath: path))
        let error = #expect(throws: InputLogError.self) { try read(path) }
        let offset = try #require(error?.offset)
        #expect(
          offset <= place && error?.path == path, "byte \(place): \(String(describing: error))")
      }
    }
  }

  @Test func randomInputsAreRefusedAndDoNotTrap() {
    var random = SeededRandom(seed: 4)
    for _ in 0..<20_000 {
      let bytes = (0..<Int(random.next(below: 40))).map { _ in
        UInt8(random.next(below: random.next(below: 2) == 0 ? 14 : 256))
      }
      var reader = InputReader(bytes)
      do throws(InputReader.Malformed) {
        let input = try FrontInput(from: &reader)
        #expect(!Self.bytes(input).isEmpty)
      } catch {
        #expect(!error.expected.isEmpty)
      }
    }
  }

  @Test func otherAnswersThanClientsHadAreRefused() throws {
    try inFolder { folder in
      let path = folder + "/log"
      let log = try InputLog(continuing: InputReplay(path))
      log.append(.tick, at: ServerTime(wall: 1, monotonic: 1))
      log.answered(HTTPResponse(status: 200, body: [1]))
      log.flush()
      let replay = try InputReplay(path)
      #expect(try replay.next() != nil)
      replay.digest.add(HTTPResponse(status: 200, body: [2]))
      let error = #expect(throws: InputLogError.self) { try replay.next() }
      #expect(error?.reason.contains("answers otherwise") == true)
    }
  }
}
