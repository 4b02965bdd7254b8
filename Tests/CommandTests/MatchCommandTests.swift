import Glibc
import MatchLines
import Testing

@testable import NeedletailCommands

/// What a run prints for `text`, and its status.
private func play(
  _ text: String, keepsGoing: Bool = false, printsBook: Bool = false
) -> (status: Int32, lines: [String]) {
  let input = TextFile(text)
  let output = TextFile("")
  let source = open(input.path, O_RDONLY)
  let target = open(output.path, O_RDWR)
  defer {
    close(source)
    close(target)
  }
  var run = MatchRun(
    MatchTranscript(MatchSession()), keepsGoing: keepsGoing, printsBook: printsBook, output: target)
  let status = run.read(source, name: "input")
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = bytes.withUnsafeMutableBytes { pread(target, $0.baseAddress, $0.count, 0) }
  let lines = bytes[..<max(0, count)].split(separator: 0x0A).map {
    String(decoding: $0, as: UTF8.self)
  }
  return (status, lines)
}

@Suite struct MatchCommandTests {
  private let order = #"{"op":"new","order_id":1,"side":"buy","price":100,"quantity":5}"#
  private let accepted =
    #"{"kind":"accepted","order_id":1,"side":"buy","price":100,"quantity":5,"leaves":5}"#
  private let book = #"{"kind":"book","bids":[[100,5,1]],"asks":[]}"#

  @Test func reportsAndBook() {
    let played = play("# one order\r\n\(order)\r\n", printsBook: true)
    #expect(played.status == ExitStatus.done)
    #expect(played.lines == [accepted, book])
  }

  @Test func theLastLineNeedsNoEnd() {
    #expect(play(order).lines == [accepted])
  }

  @Test func aBadLineEndsTheInput() {
    let played = play("\(order)\n{\"op\":\"nothing\"}\n{\"op\":\"check\"}\n", printsBook: true)
    #expect(played.status == ExitStatus.usage)
    #expect(played.lines == [accepted, book])
  }

  @Test func keepGoingPassesOverBadLines() {
    let long = String(repeating: "x", count: 3 << 16)
    let played = play(
      "\(long)\n\(order)\n{\"op\":\"nothing\"}\n{\"op\":\"check\"}", keepsGoing: true)
    #expect(played.status == ExitStatus.usage)
    #expect(played.lines == [accepted, #"{"kind":"check","ok":true}"#])
  }

  /// Each line's reports are there before the next line is.
  @Test func aConversationIsAnswered() throws {
    var toRun: [Int32] = [0, 0]
    var fromRun: [Int32] = [0, 0]
    try #require(pipe(&toRun) == 0 && pipe(&fromRun) == 0)
    let (input, output) = (toRun[0], fromRun[1])
    var thread = pthread_t()
    let ends = UnsafeMutablePointer<Int32>.allocate(capacity: 2)
    defer { ends.deallocate() }
    ends[0] = input
    ends[1] = output
    let entrance: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { raw in
      let ends = raw!.assumingMemoryBound(to: Int32.self)
      var run = MatchRun(
        MatchTranscript(MatchSession()), keepsGoing: false, printsBook: false, output: ends[1])
      _ = run.read(ends[0], name: "pipe")
      return nil
    }
    try #require(pthread_create(&thread, nil, entrance, ends) == 0)
    var answer = [UInt8](repeating: 0, count: 1024)
    for (line, expected) in [(order, accepted), (#"{"op":"book"}"#, book)] {
      let text = Array((line + "\n").utf8)
      #expect(text.withUnsafeBytes { write(toRun[1], $0.baseAddress, $0.count) } == text.count)
      let count = answer.withUnsafeMutableBytes { read(fromRun[0], $0.baseAddress, $0.count) }
      #expect(String(decoding: answer[..<max(0, count)], as: UTF8.self) == expected + "\n")
    }
    close(toRun[1])
    pthread_join(thread, nil)
    for descriptor in [input, output, fromRun[0]] { close(descriptor) }
  }

  @Test func statuses() {
    let good = TextFile("\(order)\n\(accepted)\n")
    let different = TextFile(
      "\(order)\n\(accepted.dropLast())}\n{\"kind\":\"check\",\"ok\":true}\n")
    let bad = TextFile("{}\n")
    #expect(needletailMain(arguments: ["match", "--verify", good.path]) == 0)
    #expect(needletailMain(arguments: ["match", "--verify", different.path]) == 3)
    #expect(needletailMain(arguments: ["match", bad.path]) == 2)
    #expect(needletailMain(arguments: ["match", "/nowhere/at/all"]) == 2)
    #expect(needletailMain(arguments: ["match", "--tick", "0", good.path]) == 2)
    #expect(needletailMain(arguments: ["match", "--capacity", "0", good.path]) == 2)
  }
}
