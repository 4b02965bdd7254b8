import VenueServer

/// One connection of market streams: what it listens to, and its requests
/// (https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams).
final class BinanceStreamSession {
  let connection: any ClientConnection
  let unit: TimeUnit
  private let streams: BinanceStreams
  private let isStream: (String) -> Bool
  private let isPushed: (String) -> Bool
  /// Whether messages are wrapped with the name of their stream.
  private var isCombined: Bool
  private(set) var names: [String] = []
  private var messages: MessageRate
  let openedAt: Int64

  static let namesMax = 1024

  /// - Parameters:
  ///   - names: what the address asked for; streams that are no streams are let be.
  ///   - isPushed: whether a stream is served at this address; others may be asked for, and stay silent.
  init(
    _ connection: any ClientConnection, _ streams: BinanceStreams, unit: TimeUnit, isCombined: Bool,
    names: [String], messagesInSecond: Int, at now: ServerTime,
    isPushed: @escaping (String) -> Bool = { _ in true }, isStream: @escaping (String) -> Bool
  ) {
    self.connection = connection
    self.streams = streams
    self.isStream = isStream
    self.isPushed = isPushed
    self.unit = unit
    self.isCombined = isCombined
    messages = MessageRate(perSecond: messagesInSecond)
    openedAt = now.monotonic
    for name in names { subscribe(name) }
  }

  /// The users' events that the address asked for; nil for all.
  var wantedEvents: Set<String>?

  func send(_ text: String, of stream: String) {
    if let wantedEvents, !text.hasPrefix(#"{"e":"listenKeyExpired""#),
      !wantedEvents.contains(where: { text.hasPrefix(#"{"e":"\#($0)""#) })
    {
      return
    }
    connection.send(isCombined ? #"{"stream":"\#(stream)","data":\#(text)}"# : text, .push)
  }

  /// Ends all subscriptions.
  func end() {
    for name in names { streams.remove(self, from: name) }
    names = []
  }

  private func subscribe(_ name: String) {
    if names.contains(name) { return }
    names.append(name)
    if isPushed(name) { streams.add(self, to: name) }
  }

  // MARK: Requests

  /// Takes a message of the client.
  func received(_ text: String, at now: ServerTime) {
    guard messages.take(at: now) else {
      connection.close(code: 1008, reason: "Too many requests")
      return
    }
    guard let request = try? JSONValue.parse(text), request.members != nil else {
      refuse(3, "Invalid JSON: expected value at line 1 column 1", id: nil)
      return
    }
    let id = request["id"]
    guard id == nil || id?.isNull == true || id?.integer != nil || Self.isName(id?.string) else {
      refuse(2, "Invalid request: request ID must be an unsigned integer", id: nil)
      return
    }
    guard let method = request["method"]?.string else {
      refuse(
        2, "Invalid request: missing field `method` at line 1 column \(text.utf8.count)", id: id)
      return
    }
    carryOut(method, request["params"], id, columns: text.utf8.count)
  }

  private static func isName(_ text: String?) -> Bool {
    guard let text else { return false }
    return text.utf8.count <= 36
  }

  private func carryOut(_ method: String, _ params: JSONValue?, _ id: JSONValue?, columns: Int) {
    switch method {
    case "SUBSCRIBE", "UNSUBSCRIBE":
      guard let names = params?.elements?.map(\.string), names.allSatisfy({ $0 != nil }) else {
        refuse(2, "Invalid request: params must be an array of stream names", id: id)
        return
      }
      change(names.compactMap { $0 }, adds: method == "SUBSCRIBE", id)
    case "LIST_SUBSCRIPTIONS": answer(.array(names.map { .string($0) }), id)
    case "SET_PROPERTY": setProperty(params?.elements ?? [], id)
    case "GET_PROPERTY":
      guard params?.elements?.first?.string == "combined" else {
        refuse(0, "Unknown property", id: id)
        return
      }
      answer(.boolean(isCombined), id)
    default:
      refuse(
        2,
        "Invalid request: unknown variant `\(method)`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
          + "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column \(columns)",
        id: id)
    }
  }

  private func change(_ changed: [String], adds: Bool, _ id: JSONValue?) {
    guard changed.allSatisfy({ isStream($0) || streams.isKey($0) }) else {
      refuse(2, "Invalid request: invalid stream", id: id)
      return
    }
    if adds, names.count + changed.count > Self.namesMax {
      refuse(2, "Invalid request: too many streams", id: id)
      return
    }
    for name in changed {
      if adds {
        subscribe(name)
      } else {
        names.removeAll { $0 == name }
        streams.remove(self, from: name)
      }
    }
    answer(.null, id)
  }

  private func setProperty(_ params: [JSONValue], _ id: JSONValue?) {
    guard params.count <= 2 else {
      return refuse(2, "Invalid request: too many parameters", id: id)
    }
    guard let name = params.first?.string else {
      return refuse(2, "Invalid request: property name must be a string", id: id)
    }
    guard name == "combined" else { return refuse(0, "Unknown property", id: id) }
    guard let value = params.last?.boolean else {
      return refuse(1, "Invalid value type: expected Boolean", id: id)
    }
    isCombined = value
    answer(.null, id)
  }

  private func answer(_ result: JSONValue, _ id: JSONValue?) {
    connection.send(["result": result, "id": id ?? .null], .reply)
  }

  /// As recorded: `{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":1}`.
  private func refuse(_ code: Int, _ message: String, id: JSONValue?) {
    var members: [(key: String, value: JSONValue)] = [
      ("error", ["code": .integer(code), "msg": .string(message)])
    ]
    if let id { members.append(("id", id)) }
    connection.send(JSONValue.object(members).text, .reply)
  }
}
