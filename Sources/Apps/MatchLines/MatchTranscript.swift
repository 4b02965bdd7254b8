/// Lines of input on their way through a session, with what a scenario asks beyond it: the input
/// printed beside its output, and output compared with what was expected.
public struct MatchTranscript: ~Copyable {
  /// The difference between what a scenario expects and what came.
  public struct Difference: Equatable, Sendable, CustomStringConvertible {
    /// In the scenario, from 1: of the expected line, or of the operation with output too much.
    public var line: Int
    /// nil: nothing more was expected, or came.
    public var expected: String?
    public var found: String?

    public var description: String {
      "\(line): expected \(expected ?? "nothing more")\n      found \(found ?? "nothing more")"
    }
  }

  public var session: MatchSession
  public private(set) var differences: [Difference] = []
  /// How many expected lines were compared.
  public private(set) var comparedCount = 0
  /// The line that was read last, from 1.
  public private(set) var lineNumber = 0

  private let echoes: Bool
  /// Whether output is compared with what is expected.
  public let verifies: Bool
  /// Output of the last request that no expected line was compared with yet.
  private var waiting: [String] = []
  private var requestLine = 0

  public init(_ session: consuming MatchSession, echoes: Bool = false, verifies: Bool = false) {
    self.session = session
    self.echoes = echoes
    self.verifies = verifies
  }

  /// Takes the next line of input, without its end. What is to be printed is then in
  /// `session.output`.
  public mutating func take(_ line: [UInt8]) throws(MatchLineError) {
    lineNumber += 1
    let start = session.output.bytes.count
    if echoes {
      // An expected line is not echoed: what came stands there already.
      session.output.bytes += line + [0x0A]
    }
    let outputStart = session.output.bytes.count
    do throws(MatchLineError) {
      let kind = try session.take(line)
      if kind == .expectation {
        session.output.bytes.removeSubrange(start...)
        if verifies { compare(line) }
      } else if verifies, case .request = kind {
        finishRequest()
        keepOutput(from: outputStart)
      }
    } catch {
      session.output.bytes.removeSubrange(start...)
      throw error
    }
  }

  /// Ends the comparison: output of the last request that was not expected is a difference.
  public mutating func finish() { if verifies { finishRequest() } }

  private mutating func finishRequest() {
    for line in waiting {
      differences.append(Difference(line: requestLine, expected: nil, found: line))
    }
    waiting = []
  }

  private mutating func keepOutput(from start: Int) {
    requestLine = lineNumber
    waiting = session.output.bytes[start...].split(separator: 0x0A).map {
      String(decoding: $0, as: UTF8.self)
    }
    if !echoes { session.output.bytes.removeSubrange(start...) }
  }

  private mutating func compare(_ line: [UInt8]) {
    let expected = String(decoding: line, as: UTF8.self)
    let found = waiting.isEmpty ? nil : waiting.removeFirst()
    comparedCount += 1
    if found == expected { return }
    differences.append(Difference(line: lineNumber, expected: expected, found: found))
  }
}
