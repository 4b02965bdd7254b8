import Runtime
import Testing

@testable import Transport

/// What a test says when nothing came of waiting.
struct Stalled: Error {}

/// Calls `step` until it gives something, for at most 20 s.
func turning<Value>(_ step: () throws -> Value?) throws -> Value {
  let end = Clock.monotonic + 20_000_000_000
  while Clock.monotonic < end {
    if let value = try step() { return value }
    WaitPolicy.block(nanoseconds: 50_000).wait()
  }
  throw Stalled()
}

extension WebSocketConnection {
  /// Turns until the next event and tells it in words; pongs are left out.
  mutating func words() throws -> String {
    try turning { () -> String? in
      let now = Clock.monotonic
      _ = doWork(now: now)
      switch next(now: now) {
      case .none, .pong: return nil
      case .opened: return "opened"
      case .text(let bytes): return "text " + String(decoding: bytes, as: UTF8.self)
      case .binary(let bytes): return "binary \(Array(bytes))"
      case .closed: return "closed"
      }
    }
  }
}

extension HTTPConnection {
  /// Turns until the next event and tells it in words.
  mutating func words() throws -> String {
    try turning { () -> String? in
      let now = Clock.monotonic
      _ = doWork(now: now)
      switch next(now: now) {
      case .none: return nil
      case .opened: return "opened"
      case .response(let response, _):
        return "\(response.request) \(response.status) "
          + String(decoding: response.body, as: UTF8.self)
      case .closed: return "closed"
      }
    }
  }

  /// Sends a request of nothing but a target and perhaps a body.
  mutating func ask(_ method: HTTPMethod, _ target: String, _ body: String = "")
    -> RequestResult
  {
    beginRequest(method, target: target)
    return Array(body.utf8).withUnsafeBytes { endRequest(body: $0, now: Clock.monotonic) }
  }
}

extension Connection {
  /// Turns until it is open, or gives why it is over.
  mutating func opening() throws -> CloseReason? {
    try turning { () -> CloseReason?? in
      _ = doWork(now: Clock.monotonic)
      if state == .open { return .some(nil) }
      return closeReason.map { .some($0) }
    }
  }

  /// Turns until the end and gives the reason.
  mutating func ending() throws -> CloseReason {
    try turning { () -> CloseReason? in
      _ = doWork(now: Clock.monotonic)
      return closeReason
    }
  }

  /// Turns until a line has come, and takes it.
  mutating func line() throws -> String {
    try turning { () -> String? in
      _ = doWork(now: Clock.monotonic)
      guard let end = received.firstIndex(of: 10) else { return nil }
      let text = String(decoding: received.prefix(end + 1), as: UTF8.self)
      consume(end + 1)
      return text
    }
  }

  mutating func send(_ text: String) -> SendResult {
    Array(text.utf8).withUnsafeBytes { send($0) }
  }
}

extension SendResult {
  /// The mark of an accepted message.
  var mark: SendMark? {
    if case .accepted(let mark) = self { return mark }
    return nil
  }
}
