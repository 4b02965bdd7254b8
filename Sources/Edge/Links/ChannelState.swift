import Transport
import Venues

/// What both kinds of channel know of themselves, connected or not.
struct ChannelState {
  let index: Int
  let channel: SessionChannel
  let options: LinkOptions
  var reconnecting: Reconnecting
  var isWanted = false
  let health: LinkHealth

  init(_ channel: SessionChannel, index: Int, _ endpoint: Endpoint, _ options: LinkOptions) {
    self.index = index
    self.channel = channel
    self.options = options
    reconnecting = Reconnecting(endpoint, options.backoff, seed: options.seed &+ UInt64(index))
    health = LinkHealth(channel, endpoint, silenceMax: options.silenceMax)
  }

  /// Who we are, and the fields that the session wants on the channel.
  var fields: [HTTPField] {
    [HTTPField("User-Agent", options.userAgent)]
      + channel.headers.map { HTTPField($0.name, $0.value) }
  }

  var connectionOptions: ConnectionOptions { options.connection(resuming: reconnecting.session) }

  /// The address to connect to now; nil while nobody wants to, or it is too early. It counts as an
  /// attempt.
  ///
  /// - Parameter budget: what the venue allows of new connections.
  mutating func attempt(at now: SessionTime, within budget: SharedBudget? = nil) -> SocketAddress? {
    guard isWanted, let address = reconnecting.address(at: now.monotonic) else { return nil }
    if let budget {
      do throws(RateRefusal) {
        try budget.budget.takeConnection(at: now)
      } catch {
        let pause = error.retryAt - budget.budget.venueTime(at: now)
        reconnecting.wait(until: now.monotonic + max(1_000_000, pause))
        return nil
      }
    }
    health.connection.began()
    return address
  }

  mutating func opened(_ traffic: ConnectionTraffic, at now: SessionTime) {
    reconnecting.opened(at: now.monotonic)
    health.connection.observe(.open, traffic, at: now.monotonic)
  }

  /// What went over the connection so far, while it is open; its end is told by itself.
  func carried(_ traffic: ConnectionTraffic, at now: SessionTime) {
    if health.isOpen { health.connection.observe(.open, traffic, at: now.monotonic) }
  }

  /// The connection is over, or could not be begun.
  ///
  /// - Parameters:
  ///   - error: why it could not be begun.
  ///   - session: what it left for the next one.
  mutating func ended(
    _ reason: CloseReason?, _ traffic: ConnectionTraffic = ConnectionTraffic(),
    because error: String? = nil, _ session: TLSSession? = nil, at now: SessionTime
  ) {
    health.ended(reason, traffic, at: now.monotonic, because: error)
    reconnecting.session = session ?? reconnecting.session
    reconnecting.closed(at: now.monotonic)
  }
}
