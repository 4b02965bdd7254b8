import Runtime
import TradingModel
import Transport
import Venues

/// Puts single questions to a venue over REST, one after the other, by its clock. Blocks.
struct VenueInquiry {
  /// Nanoseconds for which one question is asked again, if nothing else is said.
  static var patience: Int64 { 20_000_000_000 }
  /// Milliseconds for one answer.
  private static var answerTimeout: Int { 5_000 }
  private let venue: LiveVenue
  private let http: ColdHTTP
  private let mayStop: () -> Bool
  private let patience: Int64
  /// What the venue's clock shows more than ours, nanoseconds, as far as it is known.
  private(set) var clockOffset: Int64 = 0

  /// - Parameters:
  ///   - patience: nanoseconds for which one question is asked again.
  ///   - mayStop: whether somebody no longer wants to wait.
  init(
    _ venue: LiveVenue, patience: Int64 = VenueInquiry.patience, mayStop: @escaping () -> Bool
  ) {
    self.venue = venue
    self.patience = patience
    self.mayStop = mayStop
    http = ColdHTTP(
      trust: venue.tls?.trust, timeout: Self.answerTimeout, userAgent: venue.userAgent)
  }

  /// Whether an action can be asked for over REST.
  func offers(_ action: VenueAction) -> Bool {
    switch venue.adapter.description.support(of: action) {
    case .native(let channels), .restricted(let channels, _): channels.contains(.rest)
    case .emulated: true
    case .none: false
    }
  }

  /// Takes over what the venue's clock shows more than ours, where the venue tells.
  mutating func takeTime() throws {
    guard offers(.serverTime) else { return }
    let asked = SessionTime.now
    let body = try ask(.serverTime, RequestInput(), nil)[0]
    let now = SessionTime.now
    guard let time = try read("time", body, { try venue.adapter.serverTime(in: $0) }) else {
      return
    }
    clockOffset = time - (asked.wall + (now.monotonic - asked.monotonic) / 2)
  }

  /// The bodies of good answers to an action's requests. What fails for a reason that passes (no
  /// connection, an error of the server, a limit, a clock that was set) is asked again, for a while:
  /// nothing is changed by asking, and to cancel twice is to cancel.
  ///
  /// - Parameter accepts: which refusals are good answers.
  mutating func ask(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential?,
    accepting accepts: (VenueErrorMeaning) -> Bool = { _ in false }
  ) throws -> [[UInt8]] {
    let end = Clock.monotonic + patience
    var pause: Int = 500_000_000
    while true {
      do {
        return try askOnce(action, input, credential, accepts)
      } catch let failure as PassingFailure {
        let rest = max(Int64(pause), failure.notBefore - Clock.monotonic)
        guard Clock.monotonic + rest < end, !mayStop() else {
          throw unanswered(action, failure.reason)
        }
        wait(rest)
        pause = min(pause * 2, 5_000_000_000)
        if failure.isClock { try takeTime() }
      }
    }
  }

  /// Lets so many nanoseconds pass, unless nobody wants to wait.
  func wait(_ time: Int64) {
    let end = Clock.monotonic + time
    while Clock.monotonic < end, !mayStop() {
      WaitPolicy.block(nanoseconds: Int(min(50_000_000, max(0, end - Clock.monotonic)))).wait()
    }
  }

  /// It may go well when it is asked again.
  private struct PassingFailure: Error {
    var reason: String
    /// Our clock is not what we took it for.
    var isClock = false
    /// Asking earlier, on the monotonic clock, makes it worse.
    var notBefore: Int64 = 0
  }

  private func askOnce(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential?,
    _ accepts: (VenueErrorMeaning) -> Bool
  ) throws -> [[UInt8]] {
    let time = max(0, SessionTime.now.wall + clockOffset)
    let requests = try venue.adapter.requests(
      action, input, credential ?? .nobody, venue.environment,
      timestamp: UInt64(time / 1_000_000))
    return try requests.map { try askOnce(action, $0, accepts) }
  }

  private func askOnce(
    _ action: VenueAction, _ request: WireRequest, _ accepts: (VenueErrorMeaning) -> Bool
  ) throws -> [UInt8] {
    let answer: ColdHTTPAnswer
    do throws(ColdHTTPError) {
      answer = try http.ask(
        request.method, request.url,
        fields: request.headers.filter { !Self.isOfConnection($0.name) }
          .map { HTTPField($0.name, $0.value) }, body: Array(request.body.utf8), mayStop: mayStop)
    } catch .untrusted(let address, let reason) {
      throw unanswered(
        action,
        "\(address) is not believed: \(reason) (the `ca` of its [[venue]] names whom to trust)")
    } catch .failed(let address, let reason) {
      throw PassingFailure(reason: "\(address): \(reason)")
    } catch {
      throw unanswered(action, "\(error)")
    }
    let refusal = answer.body.withUnsafeBytes {
      venue.adapter.refusal(in: $0, status: answer.status)
    }
    guard let refusal, !accepts(refusal) else { return answer.body }
    let reason =
      "answered with \(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))"
    switch refusal {
    case .retry: throw PassingFailure(reason: reason)
    case .rateLimited(let until, _), .endpointLimited(let until):
      let told = until - (SessionTime.now.wall + clockOffset)
      let pause = max(told, Int64(answer.retryAfter) * 1_000_000_000)
      throw PassingFailure(reason: reason, notBefore: Clock.monotonic + pause)
    case .resynchronize: throw PassingFailure(reason: reason, isClock: true)
    case .askFirst where answer.status >= 500: throw PassingFailure(reason: reason)
    case .askFirst, .reject, .stop: throw unanswered(action, reason)
    }
  }

  /// libcurl writes these itself.
  private static func isOfConnection(_ name: String) -> Bool {
    ["host", "content-length", "connection"].contains(name.lowercased())
  }

  private func unanswered(_ action: VenueAction, _ reason: String) -> LiveError {
    .unanswered(venue: venue.name, question: action.rawValue, reason: reason)
  }

  /// Decodes an answer; says where one cannot be read.
  ///
  /// - Parameter what: it is about.
  func read<Value>(
    _ what: String, _ body: [UInt8], _ decode: (UnsafeRawBufferPointer) throws -> Value
  ) throws -> Value {
    do {
      return try body.withUnsafeBytes { try decode($0) }
    } catch let error as ScanError {
      throw LiveError.unanswered(
        venue: venue.name, question: what,
        reason: "at byte \(error.offset) \(error.expected) was expected: "
          + String(decoding: body.prefix(200), as: UTF8.self))
    }
  }
}
