import TradingModel

/// Asks a few things over REST, one after the other, and keeps the answers: what start-up needs to know.
public final class InquirySession: VenueSession {
  /// How one question ended.
  public enum Answer: Sendable {
    case waiting
    case answered(status: Int, body: [UInt8])
    /// Nothing came, or nothing left.
    case lost
  }

  public let name: String
  public let channels: [SessionChannel]
  public var outbox = SessionOutbox()
  public var records = RecordBuffer(capacity: 64)
  public let nextTime = Int64.max
  public private(set) var answers: [Answer]
  private let requests: [WireRequest]
  private var next = 0

  /// - Parameters:
  ///   - origin: where nothing is asked.
  ///   - requests: as a venue's `requests(...)` wrote them, all to one origin, which need not be that of
  ///     its other requests.
  public init(_ name: String, origin: String, _ requests: [WireRequest]) {
    self.name = name
    self.requests = requests
    let address = requests.first.map { String($0.url.dropLast(Self.target(of: $0.url).count)) }
    channels = [
      SessionChannel(.http, address: address ?? origin, purpose: "questions at the start")
    ]
    answers = requests.map { _ in .waiting }
  }

  /// Whether every question ended.
  public var isDone: Bool { next >= requests.count }

  public func start(at now: SessionTime) {
    outbox.open(0)
    ask()
  }

  public func opened(_ channel: Int, at now: SessionTime) {}
  public func closed(_ channel: Int, at now: SessionTime) {}
  public func received(
    _ channel: Int, _ message: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {}
  public func advance(to now: SessionTime) {}

  private func ask() {
    guard next < requests.count else { return }
    let request = requests[next]
    let path = Self.target(of: request.url)
    let target = Array((path.isEmpty ? "/" : path).utf8)
    var lines = ""
    for header in request.headers where !Self.isOfConnection(header.name) {
      lines += "\(header.name): \(header.value)\r\n"
    }
    let headers = Array(lines.utf8)
    let body = Array(request.body.utf8)
    target.withUnsafeBytes { target in
      headers.withUnsafeBytes { headers in
        body.withUnsafeBytes { body in
          outbox.request(
            0, tag: UInt64(next), RequestMethod(request.method), target: target, headers: headers,
            body: body)
        }
      }
    }
  }

  private static func target(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    guard let slash = rest.firstIndex(of: "/") else { return "" }
    return String(rest[slash...])
  }

  /// The connection writes these itself.
  private static func isOfConnection(_ name: String) -> Bool {
    ["host", "content-length", "connection"].contains(name.lowercased())
  }

  public func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, received: Timestamp, at now: SessionTime
  ) {
    end(tag, .answered(status: answer.status, body: Array(answer.body)))
  }

  public func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) { end(tag, .lost) }

  public func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) { end(tag, .lost) }

  private func end(_ tag: UInt64, _ answer: Answer) {
    guard Int(tag) == next else { return }
    answers[next] = answer
    next += 1
    ask()
  }
}

extension RequestMethod {
  fileprivate init(_ name: String) {
    self = Self.allCases.first { "\($0.text)" == name } ?? .get
  }
}
