import Transport
import Venues

/// One WebSocket channel of a session: connects, and connects again.
final class WebSocketLink {
  /// A tagged message whose bytes may still wait here.
  private struct Sent {
    var tag: UInt64
    var mark: SendMark
  }

  private var state: ChannelState
  private var connection: WebSocketConnection?
  private var sent: [Sent] = []
  private var target: String?
  private let budget: SharedBudget?
  /// Messages of one turn that are carried one by one; the session is behind with more.
  private static let promptCount = 8
  /// Messages after which a session that is behind tells what it has, though more wait.
  private static let behindCount = 512

  init(
    _ channel: SessionChannel, index: Int, _ endpoint: Endpoint, _ options: LinkOptions,
    budget: SharedBudget?
  ) {
    self.budget = budget
    state = ChannelState(channel, index: index, endpoint, options)
    sent.reserveCapacity(256)
  }

  var index: Int { state.index }
  var health: LinkHealth { state.health }

  /// - Parameter target: in place of the one of the channel's address; empty for that.
  func open(at target: UnsafeRawBufferPointer) {
    state.isWanted = true
    self.target = target.isEmpty ? nil : String(decoding: target, as: UTF8.self)
  }

  func close(at now: SessionTime) {
    state.isWanted = false
    connection?.close(now: now.monotonic)
  }

  /// Sends a text message; false when it certainly does not leave.
  func send(_ text: UnsafeRawBufferPointer, tag: UInt64) -> Bool {
    guard let result = connection?.send(text: text) else { return false }
    guard case .accepted(let mark) = result else { return false }
    if tag > 0 {
      if sent.count == sent.capacity { forgetLeft() }
      sent.append(Sent(tag: tag, mark: mark))
    }
    return true
  }

  private func forgetLeft() {
    sent.removeAll { connection?.delivery(of: $0.mark) == .mayHaveLeft }
  }

  /// Does what there is to do, and tells `owner` of it.
  func turn(_ owner: SessionLink, _ now: SessionTime) -> Int {
    if connection == nil { return connect(now) }
    let work = connection?.doWork(now: now.monotonic) ?? 0
    var count = 0
    var messageCount = 0
    while let event = connection?.next(now: now.monotonic) {
      count += 1
      switch event {
      case .opened:
        state.opened(connection?.traffic ?? ConnectionTraffic(), at: now)
        owner.opened(index, at: now)
      case .text(let bytes), .binary(let bytes):
        state.health.hasKernelTime = connection?.hasKernelTime ?? false
        messageCount += 1
        pace(messageCount, owner, now)
        owner.received(index, bytes, connection?.receiveTime ?? now.wall, at: now)
      case .pong(let roundTrip): state.health.connection.recordRoundTrip(roundTrip)
      case .closed: ended(owner, now)
      }
    }
    if messageCount > Self.promptCount { owner.caughtUp(at: now) }
    if work + count > 0, let traffic = connection?.traffic { state.carried(traffic, at: now) }
    return work + count
  }

  /// Tells the session that it is behind when many messages came at once, and lets it tell what it has
  /// now and then.
  private func pace(_ messageCount: Int, _ owner: SessionLink, _ now: SessionTime) {
    guard messageCount > Self.promptCount else { return }
    if messageCount % Self.behindCount == 0 { owner.caughtUp(at: now) }
    owner.fellBehind(at: now)
  }

  private func connect(_ now: SessionTime) -> Int {
    guard let address = state.attempt(at: now, within: budget) else { return 0 }
    let endpoint = state.reconnecting.endpoint
    let request = WebSocketRequest(
      host: endpoint.authority, target: target ?? endpoint.target,
      offersCompression: state.options.offersCompression,
      fields: state.fields)
    do throws(WebSocketError) {
      connection = try WebSocketConnection(
        endpoint, at: address, request: request,
        options: state.connectionOptions, now: now.monotonic)
    } catch {
      state.ended(nil, because: "\(error)", at: now)
    }
    return 1
  }

  private func ended(_ owner: SessionLink, _ now: SessionTime) {
    let wasOpen = state.health.isOpen
    state.ended(
      connection?.closeReason, connection?.traffic ?? ConnectionTraffic(), connection?.session,
      at: now)
    for message in sent where connection?.delivery(of: message.mark) == .notSent {
      owner.unsent(index, tag: message.tag, at: now)
    }
    sent.removeAll(keepingCapacity: true)
    connection = nil
    if wasOpen { owner.closed(index, at: now) }
  }
}
