import TradingModel

@testable import Venues

/// A venue without a protocol of its own: questions are words, and so are answers.
struct PlayedTrading: ~Copyable, TradingDialect {
  static let orders = 0
  static let rest = 1

  let deadMan: DeadManSwitch?

  var name: String { "played orders" }
  var venue: VenueIndex { 2 }
  var channels: [SessionChannel] {
    [
      SessionChannel(.webSocket, address: "wss://played", purpose: "orders"),
      SessionChannel(.http, address: "https://played", purpose: "questions"),
    ]
  }
  var logOn: [LogOnStep] {
    let isConnection = deadMan.map { $0.kind == .connection } ?? false
    return [LogOnStep(.ask, channel: Self.orders, bringsEvents: true, purpose: "log-on")]
      + (isConnection
        ? [
          LogOnStep(
            .ask, channel: Self.orders, via: Self.rest, isProtection: true, purpose: "switch")
        ] : [])
  }
  var snapshotPartCount: Int { 1 }

  func cost(of request: VenueRequest) -> RequestCost { RequestCost(weight: 1) }

  mutating func write(
    _ question: TradingQuestion, _ name: OrderName, tag: UInt64, at time: Timestamp,
    into outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    switch question {
    case .request(let request): say("\(request.kind) \(request.orderID)", tag, &outbox)
    case .logOn(0): say("log-on", tag, &outbox)
    case .logOn: ask("protect", tag, &outbox)
    case .deadMan(let part, let isOn): ask("\(isOn ? "arm" : "disarm") \(part)", tag, &outbox)
    case .snapshot: ask("snapshot", tag, &outbox)
    case .repeated, .fills, .order, .payments: break
    }
    return RequestCost(weight: 1)
  }

  private func say(_ text: String, _ tag: UInt64, _ outbox: inout SessionOutbox) {
    var text = text
    text.withUTF8 { outbox.text(Self.orders, tag: tag, UnsafeRawBufferPointer($0)) }
  }

  private func ask(_ target: String, _ tag: UInt64, _ outbox: inout SessionOutbox) {
    var target = target
    target.withUTF8 {
      outbox.request(Self.rest, tag: tag, .post, target: UnsafeRawBufferPointer($0))
    }
  }

  /// A message is the number of the question that it answers with yes.
  mutating func read(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> TradingMessage {
    UInt64(String(decoding: bytes, as: UTF8.self)).map { .answer($0) } ?? .other
  }

  mutating func readAnswer(
    _ answer: SessionAnswer, to question: TradingQuestion, _ budget: inout RateBudget,
    at time: Timestamp, into news: inout TradingNews
  ) throws(ScanError) {
    news.text = String(decoding: answer.body, as: UTF8.self)
    switch news.text {
    case "busy": news.outcome = .failed(.retry, as: nil)
    case "no": news.outcome = .failed(.reject(.other), as: nil)
    case "slower":
      news.outcome = .failed(.rateLimited(until: time + 4_000_000_000, by: .key), as: nil)
    case "all slower":
      news.outcome = .failed(.rateLimited(until: time + 4_000_000_000, by: .address), as: nil)
    case "clock": news.outcome = .failed(.resynchronize, as: nil)
    case "garbled": throw ScanError(0, "a word")
    default: news.outcome = .done
    }
  }
}
