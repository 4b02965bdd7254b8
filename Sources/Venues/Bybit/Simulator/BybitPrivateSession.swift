import Exchange
import VenueServer

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
    for topic in topics where topic.hasPrefix("dcp.") {
      core.setProtection(topic, of: account, since: nil)
    }
    reply(op, "", isDone: true, request)
  }

  func end(at now: ServerTime) {
    core.streams.remove(self)
    guard let account else { return }
    for topic in topics where topic.hasPrefix("dcp.") {
      let isLast = !core.streams.privateSessions.contains {
        $0.account == account && $0.topics.contains(topic)
      }
      if isLast { core.setProtection(topic, of: account, since: now.monotonic) }
    }
  }
}

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
