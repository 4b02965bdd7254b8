import Transport
import Venues

/// What both kinds of channel know of themselves, connected or not.
struct ChannelState {
  let index: Int
  let channel: SessionChannel
  let options: LinkOptions
  var reconnecting: Reconnecting
  var isWanted = false
  private(set) var health: LinkHealth

  init(_ channel: SessionChannel, index: Int, _ endpoint: Endpoint, _ options: LinkOptions) {
    self.index = index
    self.channel = channel
    self.options = options
    reconnecting = Reconnecting(endpoint, options.backoff, seed: options.seed &+ UInt64(index))
    health = LinkHealth(channel, endpoint)
  }

  /// The fields that the session wants on the channel.
  var fields: [HTTPField] { channel.headers.map { HTTPField($0.name, $0.value) } }

  var connectionOptions: ConnectionOptions { options.connection(resuming: reconnecting.session) }

  /// The address to connect to now; nil while nobody wants to, or it is too early. It counts as an
  /// attempt.
  mutating func attempt(at now: SessionTime) -> SocketAddress? {
    guard isWanted, let address = reconnecting.address(at: now.monotonic) else { return nil }
    health.attempted()
    return address
  }

  mutating func opened(at now: SessionTime) {
    reconnecting.opened(at: now.monotonic)
    health.opened(at: now.monotonic)
  }

  mutating func received(roundTrip: Int64? = nil, isKernelTime: Bool, at now: SessionTime) {
    health.lastMessageTime = now.monotonic
    health.hasKernelTime = isKernelTime
    if let roundTrip { health.record(roundTrip: roundTrip) }
  }

  mutating func ponged(roundTrip: Int64) { health.record(roundTrip: roundTrip) }

  /// The connection is over, or could not be made.
  ///
  /// - Parameter session: what it left for the next one.
  mutating func ended(_ reason: String, _ session: TLSSession? = nil, at now: SessionTime) {
    health.ended(reason)
    reconnecting.session = session ?? reconnecting.session
    reconnecting.closed(at: now.monotonic)
  }
}
