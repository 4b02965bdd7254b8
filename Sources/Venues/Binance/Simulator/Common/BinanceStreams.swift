import Exchange
import TradingModel
import VenueServer

/// A connection that sends an account's events to its subscriptions.
protocol BinanceUserListener: AnyObject {
  func send(of account: AccountIndex, _ make: (TimeUnit) -> JSONValue)
}

/// Who listens to what: streams by name, and the users' events.
final class BinanceStreams {
  /// Connections of market streams, by stream name, in order of subscription.
  private var listeners: [String: [BinanceStreamSession]] = [:]
  /// Connections that subscribed to an account's events over the WebSocket API.
  private(set) var requestSessions: [any BinanceUserListener] = []
  private var keys: [String: ListenKey] = [:]

  /// A key of a user stream.
  private struct ListenKey {
    var account: AccountIndex
    var validUntil: Int64
  }

  /// How long a listen key is good for after it was made or kept alive, in nanoseconds.
  var keyLifetime: Int64 = 3_600_000_000_000

  // MARK: Subscriptions

  func add(_ session: BinanceStreamSession, to stream: String) {
    if listeners[stream, default: []].contains(where: { $0 === session }) { return }
    listeners[stream, default: []].append(session)
  }

  func remove(_ session: BinanceStreamSession, from stream: String) {
    listeners[stream]?.removeAll { $0 === session }
    if listeners[stream]?.isEmpty == true { listeners[stream] = nil }
  }

  func add(_ session: any BinanceUserListener) { requestSessions.append(session) }
  func remove(_ session: any BinanceUserListener) { requestSessions.removeAll { $0 === session } }

  func hasListeners(_ stream: String) -> Bool { listeners[stream] != nil }

  /// Sends a message to all who listen to `stream`; it is made once for each time unit.
  func publish(_ stream: String, _ make: (TimeUnit) -> String) {
    guard let sessions = listeners[stream] else { return }
    var texts: [TimeUnit: String] = [:]
    for session in sessions {
      let text = texts[session.unit] ?? make(session.unit)
      texts[session.unit] = text
      session.send(text, of: stream)
    }
  }

  /// Closes the connections of all who listen to `stream`.
  func cut(_ stream: String) {
    for session in listeners[stream] ?? [] {
      session.connection.close(code: 1012, reason: "Service restart")
    }
  }

  // MARK: Users' events

  /// Sends an event to all who listen to an account.
  func publish(of account: AccountIndex, _ make: (TimeUnit) -> JSONValue) {
    for (key, state) in keys where state.account == account {
      publish(key) { make($0).text }
    }
    for session in requestSessions { session.send(of: account, make) }
  }

  func hasListeners(of account: AccountIndex) -> Bool {
    keys.contains { $0.value.account == account } || !requestSessions.isEmpty
  }

  /// The account's listen key, a new one or the one that it has, good for an hour from now.
  func startKey(of account: AccountIndex, at now: ServerTime, _ makeKey: () -> String) -> String {
    let validUntil = now.monotonic + keyLifetime
    if let key = keys.first(where: { $0.value.account == account })?.key {
      keys[key]?.validUntil = validUntil
      return key
    }
    let key = makeKey()
    keys[key] = ListenKey(account: account, validUntil: validUntil)
    return key
  }

  /// The account's listen key; nil where it has none.
  func key(of account: AccountIndex) -> String? {
    keys.first { $0.value.account == account }?.key
  }

  func keepKey(_ key: String, of account: AccountIndex, at now: ServerTime) -> Bool {
    guard keys[key]?.account == account else { return false }
    keys[key]?.validUntil = now.monotonic + keyLifetime
    return true
  }

  func closeKey(_ key: String, of account: AccountIndex) -> Bool {
    guard keys[key]?.account == account else { return false }
    keys[key] = nil
    return true
  }

  func isKey(_ text: String) -> Bool { keys[text] != nil }

  /// Ends the keys whose hour is over, and tells their listeners.
  func expireKeys(at now: ServerTime) {
    for (key, state) in keys where state.validUntil <= now.monotonic {
      publish(key) {
        #"{"e":"listenKeyExpired","E":\#($0.count(now.wall)),"listenKey":"\#(key)"}"#
      }
      keys[key] = nil
    }
  }
}
