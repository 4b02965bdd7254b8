import Exchange
import TradingModel
import VenueServer

/// What sessions of all kinds answer with.
enum BybitReply {
  typealias Members = [(key: String, value: JSONValue)]

  /// `{"success":...,"ret_msg":...,"conn_id":...,"req_id":...,"op":...}`, as recorded.
  static func json(
    _ op: String, _ message: String, isDone: Bool, connection: String, request: JSONValue?,
    alwaysNamesRequest: Bool = true
  ) -> JSONValue {
    var members: Members = [
      ("success", .boolean(isDone)), ("ret_msg", .string(message)),
      ("conn_id", .string(connection)),
    ]
    let id = request?["req_id"]?.scalarText
    if id != nil || alwaysNamesRequest { members.append(("req_id", .string(id ?? ""))) }
    members.append(("op", .string(op)))
    return .object(members)
  }
}

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

/// A topic of public streams.
enum BybitTopic {
  case book(InstrumentIndex, depth: Int)
  case ticker(InstrumentIndex)
  /// One that begins without a snapshot, or about which nothing ever happens here.
  case other

  /// Nil for a name that is none in the category.
  init?(_ name: String, _ category: BybitCategory, _ core: BybitCore) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let last = parts.last, let instrument = core.instrument(last, category) else {
      return nil
    }
    switch (parts[0], parts.count) {
    case ("orderbook", 3):
      guard let depth = Int(parts[1]), BybitBook.depths.contains(depth) else { return nil }
      self = .book(instrument, depth: depth)
    case ("tickers", 2): self = .ticker(instrument)
    case ("publicTrade", 2): self = .other
    case ("kline", 3):
      guard CandleInterval(bybit: parts[1]) != nil else { return nil }
      self = .other
    case ("allLiquidation", 2), ("liquidation", 2), ("priceLimit", 2):
      guard category == .linear || parts[0] == "priceLimit" else { return nil }
      self = .other
    default: return nil
    }
  }
}

/// One connection of private streams.
final class BybitPrivateSession {
  let connection: any ClientConnection
  private let core: BybitCore
  private let id: String
  /// Of the key that logged in.
  private(set) var account: AccountIndex?
  private(set) var topics: [String] = []
  private(set) var lastRequestTime: Int64

  init(_ connection: any ClientConnection, _ core: BybitCore, at now: ServerTime) {
    self.connection = connection
    self.core = core
    id = core.makeID(20, of: "abcdefghijklmnopqrstuvwxyz0123456789") + "-2xh"
    lastRequestTime = now.monotonic
  }

  static let topicNames: Set<String> = {
    var names: Set<String> = ["execution.fast", "wallet", "greeks"]
    for topic in ["order", "execution", "execution.fast", "position"] {
      names.insert(topic)
      for category in ["spot", "linear", "inverse", "option"] {
        if topic == "position", category == "spot" { continue }
        names.insert("\(topic).\(category)")
      }
    }
    return names.union(["dcp.spot", "dcp.future", "dcp.option"])
  }()

  func received(_ text: String, at now: ServerTime) {
    lastRequestTime = now.monotonic
    guard let request = try? JSONValue.parse(text), let op = request["op"]?.string else {
      return reply("", "error:invalid request", isDone: false, nil)
    }
    switch op {
    case "ping": pong(request, at: now)
    case "auth": logIn(request, at: now)
    case "subscribe", "unsubscribe": change(request, adds: op == "subscribe")
    default: reply(op, "error:invalid op", isDone: false, request)
    }
  }

  private func reply(_ op: String, _ message: String, isDone: Bool, _ request: JSONValue?) {
    connection.send(
      BybitReply.json(
        op, message, isDone: isDone, connection: id, request: request, alwaysNamesRequest: false),
      .reply)
  }

  private func pong(_ request: JSONValue, at now: ServerTime) {
    var members: BybitReply.Members = []
    if let name = request["req_id"]?.scalarText { members.append(("req_id", .string(name))) }
    members += [
      ("op", "pong"), ("args", [.string("\(now.milliseconds)")]), ("conn_id", .string(id)),
    ]
    connection.send(JSONValue.object(members), .reply)
  }

  private func logIn(_ request: JSONValue, at now: ServerTime) {
    do throws(BybitError) {
      let key = try BybitAuthentication.check(
        logIn: request["args"]?.elements ?? [], core.keys, at: now)
      guard key.permissions.contains(.read) else { throw .permissionDenied }
      if account == nil { core.streams.add(self) }
      account = key.account
      reply("auth", "", isDone: true, request)
    } catch {
      reply("auth", error.message, isDone: false, request)
    }
  }

  private func change(_ request: JSONValue, adds: Bool) {
    let op = adds ? "subscribe" : "unsubscribe"
    guard let account else {
      return reply(op, "Request not authorized", isDone: false, request)
    }
    let names = request["args"]?.elements?.compactMap(\.string) ?? []
    for name in names where !Self.topicNames.contains(name) {
      return reply(op, "error:handler not found,topic:\(name)", isDone: false, request)
    }
    for name in names {
      topics.removeAll { $0 == name }
      if adds { topics.append(name) }
    }
    if keepsOrders { core.disconnections[account]?.since = nil }
    reply(op, "", isDone: true, request)
  }

  /// Whether its end starts the dead-man switch.
  var keepsOrders: Bool { topics.contains { $0.hasPrefix("dcp.") } }

  func end(at now: ServerTime) {
    core.streams.remove(self)
    guard keepsOrders, let account else { return }
    let isLast = !core.streams.privateSessions.contains {
      $0.account == account && $0.keepsOrders
    }
    if isLast { core.disconnections[account]?.since = now.monotonic }
  }
}
