import Exchange
import VenueServer

/// One connection of order entry (https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline).
final class BybitTradeSession {
  let connection: any ClientConnection
  private let front: BybitFront
  private let id: String
  private var key: VenueKey?
  /// Request ids must not come twice; the newest are remembered.
  private var requestIDs: Set<String> = []
  private(set) var lastRequestTime: Int64

  init(_ connection: any ClientConnection, _ front: BybitFront, at now: ServerTime) {
    self.connection = connection
    self.front = front
    id = front.core.makeID(20, of: "abcdefghijklmnopqrstuvwxyz0123456789") + "-40e"
    lastRequestTime = now.monotonic
  }

  private static let actions: [String: (action: BybitAction, group: BybitLimitGroup)] = [
    "order.create": (.create, .create), "order.amend": (.amend, .amend),
    "order.cancel": (.cancel, .cancel), "order.create-batch": (.createBatch, .createBatch),
    "order.amend-batch": (.amendBatch, .amendBatch),
    "order.cancel-batch": (.cancelBatch, .cancelBatch),
  ]

  func received(_ text: String, at now: ServerTime) {
    lastRequestTime = now.monotonic
    guard let request = try? JSONValue.parse(text), let op = request["op"]?.string else {
      return reply(nil, "", BybitError(10001, "Request parameter error."))
    }
    switch op {
    case "ping":
      reply(request, "pong", nil, [("data", [.string("\(now.milliseconds)")])])
    case "auth": logIn(request, at: now)
    default:
      guard let entry = Self.actions[op] else {
        return reply(request, op, BybitError(10404, "op type is not found"))
      }
      carryOut(request, op, entry.action, entry.group, at: now)
    }
  }

  private func reply(
    _ request: JSONValue?, _ op: String, _ error: BybitError?,
    _ more: BybitReply.Members = []
  ) {
    var members: BybitReply.Members = []
    if let name = request?["reqId"]?.scalarText { members.append(("reqId", .string(name))) }
    members += [
      ("retCode", .integer(error?.code ?? 0)), ("retMsg", .string(error?.message ?? "OK")),
      ("op", .string(op)),
    ]
    members += more
    members.append(("connId", .string(id)))
    connection.send(JSONValue.object(members), .reply)
  }

  private func logIn(_ request: JSONValue, at now: ServerTime) {
    do throws(BybitError) {
      if key != nil { throw BybitError(20001, "Repeat auth") }
      key = try BybitAuthentication.check(
        logIn: request["args"]?.elements ?? [], front.core.keys, at: now)
      reply(request, "auth", nil)
    } catch {
      reply(request, "auth", error)
    }
  }

  // MARK: Orders

  private func carryOut(
    _ request: JSONValue, _ op: String, _ action: BybitAction, _ group: BybitLimitGroup,
    at now: ServerTime
  ) {
    var headers: BybitReply.Members = []
    let failure = connection.drawFailure(at: now)
    var answer = BybitAnswer()
    var problem: BybitError?
    do throws(BybitError) {
      if let failure, !failure.isCarriedOut { throw BybitError(failure) }
      answer = try perform(request, action, group, &headers, at: now)
      if let failure { throw BybitError(failure) }
    } catch {
      problem = error
      answer = BybitAnswer()
    }
    headers += [
      ("Traceid", .string(front.core.makeID(32, of: "0123456789abcdef"))),
      ("Timenow", .string("\(now.milliseconds)")),
    ]
    var more: BybitReply.Members = [("data", answer.result)]
    if case .object(let members) = answer.extra, !members.isEmpty {
      more.append(("retExtInfo", answer.extra))
    }
    more.append(("header", .object(headers)))
    reply(request, op, problem, more)
  }

  private func perform(
    _ request: JSONValue, _ action: BybitAction, _ group: BybitLimitGroup,
    _ headers: inout BybitReply.Members, at now: ServerTime
  ) throws(BybitError) -> BybitAnswer {
    guard let key else { throw BybitError(10003, "Invalid apikey") }
    if let name = request["reqId"]?.scalarText {
      guard name.utf8.count <= 36 else { throw .invalid("reqId") }
      if requestIDs.count > 10_000 { requestIDs.removeAll() }
      guard requestIDs.insert(name).inserted else {
        throw BybitError(20006, "reqId is duplicated")
      }
    }
    let header = request["header"]
    try BybitAuthentication.checkTime(
      header?["X-BAPI-TIMESTAMP"]?.scalarText ?? "",
      header?["X-BAPI-RECV-WINDOW"]?.scalarText ?? "", at: now)
    guard key.permissions.contains(.trade) else { throw .permissionDenied }
    guard let arguments = request["args"]?.elements, arguments.count == 1 else {
      throw BybitError(10001, "Request parameter error.")
    }
    let call = BybitCall(
      parameters: try BybitParameters(arguments[0]), account: key.account, key: key)
    var state: BybitLimitState?
    defer {
      headers += (state?.headers.fields ?? []).map { (key: $0.name, value: .string($0.value)) }
    }
    try front.take(group, call, &state, at: now)
    return try front.core.perform(action, call)
  }
}
