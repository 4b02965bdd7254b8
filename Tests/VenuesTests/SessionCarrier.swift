import Testing
import TradingModel

@testable import Venues

/// Carries a session by hand: keeps what it asks for, and the records it gives.
final class SessionCarrier {
  struct Asked: Equatable {
    var channel: Int
    var tag: UInt64
    var text: String
  }

  let session: any VenueSession
  var opened: [Int] = []
  /// Where each of the channels was opened; empty for its own address.
  var targets: [String] = []
  var texts: [Asked] = []
  var requests: [Asked] = []
  var kinds: [RecordKind] = []
  /// Each record without its header.
  var bodies: [[UInt8]] = []
  var now = SessionTime(wall: 1_700_000_000_000_000_000, monotonic: 1_000)

  init(_ session: any VenueSession) { self.session = session }

  /// What is the same for all venues, behind a venue's own class.
  var common: any VenueSession {
    guard let own = session as? any DialectSession else { return session }
    return own.common
  }

  func start() {
    session.start(at: now)
    collect()
  }

  func open(_ channel: Int) {
    session.opened(channel, at: now)
    collect()
  }

  func close(_ channel: Int) {
    session.closed(channel, at: now)
    collect()
  }

  func receive(_ text: String, on channel: Int = 0) { receive(Array(text.utf8), on: channel) }

  func receive(_ bytes: [UInt8], on channel: Int = 0) {
    bytes.withUnsafeBytes { session.received(channel, $0, received: now.wall, at: now) }
    collect()
  }

  func answer(
    _ tag: UInt64, status: Int = 200, _ body: String, headers: [String: String] = [:],
    on channel: Int = 1
  ) {
    answer(tag, status: status, Array(body.utf8), headers: headers, on: channel)
  }

  func answer(
    _ tag: UInt64, status: Int = 200, _ body: [UInt8], headers: [String: String] = [:],
    on channel: Int = 1
  ) {
    // Kept for as long as the session may look.
    var kept: [[UInt8]] = []
    for value in headers.values { kept.append(Array(value.utf8)) }
    let names = Array(headers.keys)
    body.withUnsafeBytes { bytes in
      let answer = SessionAnswer(
        status: status, body: bytes,
        header: { name in
          guard let index = names.firstIndex(of: name.description) else { return nil }
          return kept[index].withUnsafeBytes { UnsafeRawBufferPointer($0) }
        })
      session.answered(channel, tag: tag, answer, received: now.wall, at: now)
    }
    collect()
  }

  func send(_ request: VenueRequest) {
    (session as? any OrderSession)?.send(request, at: now)
    collect()
  }

  /// Requests that were decided together.
  func send(_ requests: [VenueRequest]) {
    var run = PlainRun<VenueRequest>()
    for request in requests { run.append(request) }
    (session as? any OrderSession)?.send(run, at: now)
    collect()
  }

  func disarm() {
    (session as? any OrderSession)?.disarm(at: now)
    collect()
  }

  func unsent(_ tag: UInt64, on channel: Int = 0) {
    session.unsent(channel, tag: tag, at: now)
    collect()
  }

  func unanswered(_ tag: UInt64, on channel: Int = 1) {
    session.unanswered(channel, tag: tag, at: now)
    collect()
  }

  /// Lets time pass, and the session act as often as it wants to.
  func pass(seconds: Double) {
    let end = now.monotonic + Int64(seconds * 1e9)
    while session.nextTime <= end {
      let step = max(0, session.nextTime - now.monotonic)
      now.monotonic += step
      now.wall += step
      let before = session.nextTime
      session.advance(to: now)
      collect()
      if session.nextTime <= before && step == 0 { break }
    }
    now.wall += end - now.monotonic
    now.monotonic = end
  }

  /// What was sent since the last call.
  func takeTexts() -> [Asked] {
    defer { texts = [] }
    return texts
  }

  func takeRequests() -> [Asked] {
    defer { requests = [] }
    return requests
  }

  func takeKinds() -> [RecordKind] {
    defer {
      kinds = []
      bodies = []
    }
    return kinds
  }

  /// Every record of one kind, read by `read`.
  func records<Value>(_ kind: RecordKind, _ read: (UnsafeRawPointer) -> Value?) -> [Value] {
    zip(kinds, bodies).compactMap { found, body in
      guard found == kind else { return nil }
      let whole = [UInt8](repeating: 0, count: RecordHeader.byteCount) + body
      return whole.withUnsafeBytes { read($0.baseAddress!) }
    }
  }

  private func collect() {
    while let command = session.outbox.next() {
      switch command {
      case .open(let channel, let target):
        opened.append(channel)
        targets.append(String(decoding: target, as: UTF8.self))
      case .close(let channel): opened.removeAll { $0 == channel }
      case .text(let channel, let tag, let bytes):
        texts.append(
          Asked(channel: channel, tag: tag, text: String(decoding: bytes, as: UTF8.self)))
      case .request(let channel, let tag, let method, let target, _, let body):
        let text =
          "\(method.text) \(String(decoding: target, as: UTF8.self))"
          + (body.isEmpty ? "" : " \(String(decoding: body, as: UTF8.self))")
        requests.append(Asked(channel: channel, tag: tag, text: text))
      }
    }
    var offset = 0
    while offset < session.records.byteCount {
      let record = UnsafeRawPointer(session.records.base + offset)
      let count = Int(record.load(as: UInt32.self))
      kinds.append(RecordKind(rawValue: record.load(fromByteOffset: 4, as: UInt16.self))!)
      bodies.append(
        Array(
          UnsafeRawBufferPointer(
            start: record + RecordHeader.byteCount, count: count - RecordHeader.byteCount)))
      offset += count
    }
    session.records.removeAll()
  }
}
