import VenueServer

/// One connection of public streams: what it listens to, and its requests
/// (https://bybit-exchange.github.io/docs/v5/ws/connect).
final class BybitPublicSession {
  let connection: any ClientConnection
  let category: BybitCategory
  private let core: BybitCore
  private let id: String
  private var topics: [String] = []
  private(set) var lastRequestTime: Int64

  /// Topics of one request of spot; contracts may name as many as fit into 21,000 characters.
  static let spotTopicsMax = 10
  static let topicCharactersMax = 21_000

  init(
    _ connection: any ClientConnection, _ core: BybitCore, _ category: BybitCategory,
    at now: ServerTime
  ) {
    self.connection = connection
    self.core = core
    self.category = category
    id = core.makeUUID()
    lastRequestTime = now.monotonic
  }

  /// Ends all subscriptions.
  func end() {
    for topic in topics { core.streams.remove(self, from: topic) }
    topics = []
  }

  func received(_ text: String, at now: ServerTime) {
    lastRequestTime = now.monotonic
    guard let request = try? JSONValue.parse(text), let op = request["op"]?.string else {
      return reply("", "error:invalid request", isDone: false, nil)
    }
    switch op {
    case "ping": reply("ping", "pong", isDone: true, request)
    case "subscribe", "unsubscribe": change(request, adds: op == "subscribe")
    default: reply(op, "error:invalid op", isDone: false, request)
    }
  }

  private func reply(_ op: String, _ message: String, isDone: Bool, _ request: JSONValue?) {
    connection.send(
      BybitReply.json(op, message, isDone: isDone, connection: id, request: request), .reply)
  }

  /// All topics of a request are taken, or none.
  private func change(_ request: JSONValue, adds: Bool) {
    let op = adds ? "subscribe" : "unsubscribe"
    let names = request["args"]?.elements?.compactMap(\.string) ?? []
    if let problem = problem(names, adds: adds) {
      return reply(op, problem, isDone: false, request)
    }
    reply(op, category == .spot && adds ? "subscribe" : "", isDone: true, request)
    for name in names {
      if adds {
        topics.append(name)
        // Those who listen already are told what changed before this one is told all of it.
        begin(name)
        core.streams.add(self, to: name)
      } else {
        topics.removeAll { $0 == name }
        core.streams.remove(self, from: name)
      }
    }
  }

  private func problem(_ names: [String], adds: Bool) -> String? {
    if names.isEmpty { return "error:args is empty" }
    if category == .spot, names.count > Self.spotTopicsMax { return "args size >10" }
    if names.reduce(0, { $0 + $1.utf8.count }) > Self.topicCharactersMax {
      return "error:args is too long"
    }
    for name in names {
      if BybitTopic(name, category, core) == nil { return "error:handler not found,topic:\(name)" }
      if adds, topics.contains(name) { return "error:already subscribed,topic:\(name)" }
    }
    return nil
  }

  /// Sends what a new listener must know first.
  private func begin(_ name: String) {
    switch BybitTopic(name, category, core) {
    case .book(let instrument, let depth)?: core.sendSnapshot(instrument, depth: depth, to: self)
    case .ticker(let instrument)?: core.sendTicker(instrument, to: self)
    case .other?, nil: break
    }
  }
}
