import Transport
import Venues

/// One WebSocket channel of a session: connects, and connects again.
final class WebSocketLink {
  /// A tagged message whose bytes may still wait here.
  private struct Sent {
    var tag: UInt64
    var mark: SendMark
  }

  let index: Int
  private let channel: SessionChannel
  private let options: LinkOptions
  private var reconnecting: Reconnecting
  private var connection: WebSocketConnection?
  private var sent: [Sent] = []
  private var isWanted = false
  private(set) var health: LinkHealth

  init(
    _ channel: SessionChannel, index: Int, _ endpoint: Endpoint, _ options: LinkOptions
  ) {
    self.index = index
    self.channel = channel
    self.options = options
    reconnecting = Reconnecting(endpoint, options.backoff, seed: options.seed &+ UInt64(index))
    health = LinkHealth(channel, endpoint)
    sent.reserveCapacity(256)
  }

  func open() { isWanted = true }

  func close(at now: SessionTime) {
    isWanted = false
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
    while let event = connection?.next(now: now.monotonic) {
      count += 1
      switch event {
      case .opened:
        reconnecting.opened(at: now.monotonic)
        health.opened(at: now.monotonic)
        owner.opened(index, at: now)
      case .text(let bytes), .binary(let bytes):
        health.lastMessageTime = now.monotonic
        owner.received(index, bytes, connection?.receiveTime ?? now.wall, at: now)
      case .pong(let roundTrip): health.record(roundTrip: roundTrip)
      case .closed: ended(owner, now)
      }
    }
    return work + count
  }

  private func connect(_ now: SessionTime) -> Int {
    guard isWanted, let address = reconnecting.address(at: now.monotonic) else { return 0 }
    let endpoint = reconnecting.endpoint
    let request = WebSocketRequest(
      host: endpoint.authority, target: endpoint.target,
      offersCompression: options.offersCompression,
      fields: channel.headers.map { HTTPField($0.name, $0.value) })
    health.attempted()
    do throws(WebSocketError) {
      connection = try WebSocketConnection(
        endpoint, at: address, request: request,
        options: options.connection(resuming: reconnecting.session), now: now.monotonic)
    } catch {
      health.ended("\(error)")
      reconnecting.closed(at: now.monotonic)
    }
    return 1
  }

  private func ended(_ owner: SessionLink, _ now: SessionTime) {
    let wasOpen = health.isOpen
    health.ended(connection?.closeReason.map { "\($0)" } ?? "ended")
    for message in sent where connection?.delivery(of: message.mark) == .notSent {
      owner.unsent(index, tag: message.tag, at: now)
    }
    sent.removeAll(keepingCapacity: true)
    reconnecting.session = connection?.session ?? reconnecting.session
    connection = nil
    reconnecting.closed(at: now.monotonic)
    if wasOpen { owner.closed(index, at: now) }
  }
}
