import Exchange
import VenueServer

/// Who listens to what.
final class BybitStreams {
  /// Sessions by category and topic, in order of subscription.
  private var listeners: [String: [BybitPublicSession]] = [:]
  /// Sessions that are logged in, in order.
  private(set) var privateSessions: [BybitPrivateSession] = []

  // MARK: Public topics

  private func key(_ topic: String, _ category: BybitCategory) -> String {
    "\(category.rawValue)/\(topic)"
  }

  func add(_ session: BybitPublicSession, to topic: String) {
    listeners[key(topic, session.category), default: []].append(session)
  }

  func remove(_ session: BybitPublicSession, from topic: String) {
    let key = key(topic, session.category)
    listeners[key]?.removeAll { $0 === session }
    if listeners[key]?.isEmpty == true { listeners[key] = nil }
  }

  func hasListeners(_ topic: String, _ category: BybitCategory) -> Bool {
    listeners[key(topic, category)] != nil
  }

  /// Sends a message to all who listen to a topic; it is made once, if anybody does.
  func publish(_ topic: String, _ category: BybitCategory, _ make: () -> String) {
    guard let sessions = listeners[key(topic, category)] else { return }
    let text = make()
    for session in sessions { session.connection.send(text, .push) }
  }

  // MARK: Private topics

  /// Messages that wait until the answer to the request that caused them is on its way: a request is
  /// acknowledged first, and what became of it is told behind that.
  private var outbox: [(session: BybitPrivateSession, text: String)] = []

  func post(_ message: JSONValue, to session: BybitPrivateSession) {
    outbox.append((session, message.text))
  }

  /// Sends what waits, in order, to those who are still there.
  func flush() {
    if outbox.isEmpty { return }
    let waiting = outbox
    outbox = []
    for (session, text) in waiting where privateSessions.contains(where: { $0 === session }) {
      session.connection.send(text, .push)
    }
  }

  var hasPrivateListeners: Bool { !privateSessions.isEmpty }

  func add(_ session: BybitPrivateSession) { privateSessions.append(session) }
  func remove(_ session: BybitPrivateSession) { privateSessions.removeAll { $0 === session } }

  /// The sessions of an account that listen to a topic, by which of its names.
  func listeners(of account: AccountIndex, _ topic: String, _ categorised: String?)
    -> [(session: BybitPrivateSession, name: String)]
  {
    privateSessions.compactMap { session in
      guard session.account == account else { return nil }
      if session.topics.contains(topic) { return (session, topic) }
      if let categorised, session.topics.contains(categorised) { return (session, categorised) }
      return nil
    }
  }
}
