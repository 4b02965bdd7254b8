import Transport

/// When and where to connect next: looks the name up off the thread, goes through its addresses, and
/// waits longer after each failure. A connection that was open is made again to the same address first, which
/// costs no look-up.
struct Reconnecting {
  let endpoint: Endpoint
  private var backoff: Backoff
  private var resolution: Resolution?
  private var addresses: [SocketAddress] = []
  private var nextAddress = 0
  private var notBefore: Int64 = .min
  private var isOpen = false
  /// What the last connection left for the next one.
  var session: TLSSession?
  /// Why the name has no address, while it has none.
  private(set) var resolverError: ResolverError?

  init(_ endpoint: Endpoint, _ policy: Backoff.Policy, seed: UInt64) {
    self.endpoint = endpoint
    backoff = Backoff(policy: policy, seed: seed)
  }

  /// The address to connect to now; nil while it is too early or the name is being looked up.
  mutating func address(at now: Int64) -> SocketAddress? {
    if now < notBefore { return nil }
    if nextAddress < addresses.count { return addresses[nextAddress] }
    guard let resolution else {
      resolution = Resolution(of: endpoint)
      return nil
    }
    switch resolution.outcome {
    case nil: return nil
    case .success(let found):
      self.resolution = nil
      resolverError = nil
      addresses = found
      nextAddress = 0
      return found.first
    case .failure(let error):
      self.resolution = nil
      resolverError = error
      notBefore = now + backoff.closed(at: now)
      return nil
    }
  }

  /// It is too early until then.
  mutating func wait(until time: Int64) { notBefore = max(notBefore, time) }

  mutating func opened(at now: Int64) {
    isOpen = true
    backoff.opened(at: now)
  }

  /// The connection ended, or could not be made. Where it could not, the next address is tried, and after
  /// the last one the name is looked up again, because it may have moved.
  mutating func closed(at now: Int64) {
    if !isOpen {
      nextAddress += 1
      if nextAddress >= addresses.count { addresses = [] }
    }
    isOpen = false
    notBefore = now + backoff.closed(at: now)
  }
}
