import Exchange
import VenueServer

/// What one session listens to.
final class OKXSubscription {
  unowned let session: OKXSession
  let channel: String
  /// As the client named it.
  let argument: JSONValue
  /// As messages carry it, with the user's number where it is private.
  let text: String
  let topic: String
  /// Of private channels.
  let account: AccountIndex
  let instrumentType: String?
  let family: String?
  let instrumentID: String?
  let currency: String?

  init(
    _ session: OKXSession, _ argument: JSONValue, topic: String, account: AccountIndex, uid: String?
  ) {
    self.session = session
    self.argument = argument
    self.topic = topic
    self.account = account
    channel = argument["channel"]?.string ?? ""
    instrumentType = argument["instType"]?.string
    family = argument["instFamily"]?.string ?? argument["uly"]?.string
    instrumentID = argument["instId"]?.string
    currency = argument["ccy"]?.string
    var members = argument.members ?? []
    if let uid { members.append(("uid", .string(uid))) }
    text = JSONValue.object(members).text
  }

  /// Whether what concerns an instrument is wanted.
  func wants(_ instrument: OKXInstrument) -> Bool {
    (instrumentType == nil || instrumentType == "ANY"
      || instrumentType == instrument.type.rawValue)
      && (family == nil || (instrument.isSwap && family == instrument.family))
      && (instrumentID == nil || instrumentID == instrument.id)
  }

  /// Sends data, which is the text of a JSON list.
  func push(_ data: String, action: String? = nil) {
    session.push(
      #"{"arg":\#(text),"# + (action.map { #""action":"\#($0)","# } ?? "") + #""data":\#(data)}"#)
  }
}

/// Who listens to what. Public topics are `channel:instrument` (or `channel` alone), private ones
/// `channel#account`.
final class OKXChannels {
  private var topics: [String: [OKXSubscription]] = [:]

  func add(_ subscription: OKXSubscription) {
    topics[subscription.topic, default: []].append(subscription)
  }

  func remove(_ subscription: OKXSubscription) {
    topics[subscription.topic]?.removeAll { $0 === subscription }
    if topics[subscription.topic]?.isEmpty == true { topics[subscription.topic] = nil }
  }

  /// In order of subscription.
  func listeners(_ topic: String) -> [OKXSubscription] { topics[topic] ?? [] }

  func hasListeners(_ topic: String) -> Bool { topics[topic] != nil }

  /// Sends the same to all who listen; `make` is asked only if somebody does.
  func publish(_ topic: String, action: String? = nil, _ make: () -> String) {
    guard let listeners = topics[topic] else { return }
    let data = make()
    for listener in listeners { listener.push(data, action: action) }
  }
}
