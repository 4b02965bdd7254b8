import Glibc
import Synchronization

/// Why a name has no address.
public struct ResolverError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name that was looked up.
  public let host: String
  /// The system's text.
  public let reason: String
  /// Whether another attempt may go better (EAI_AGAIN).
  public let isTemporary: Bool

  /// What and why, in one line.
  public var description: String { "cannot resolve '\(host)': \(reason)" }
}

/// Looks names up, as the system is set up to. It waits for the network, seconds at worst: for
/// start-up, or on a thread of its own by `Resolution`.
public enum Resolver {
  /// The addresses of `endpoint`, in the order to try them (RFC 6724); numeric ones as they are.
  ///
  /// - Throws: `ResolverError`. Never gives an empty list.
  public static func addresses(of endpoint: Endpoint) throws(ResolverError) -> [SocketAddress] {
    try addresses(of: endpoint.host, port: endpoint.port)
  }

  /// The addresses of `host`, in the order to try them (RFC 6724); a numeric one as it is.
  ///
  /// - Throws: `ResolverError`. Never gives an empty list.
  public static func addresses(of host: String, port: UInt16) throws(ResolverError)
    -> [SocketAddress]
  {
    if let address = SocketAddress(host, port: port) { return [address] }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    var code = getaddrinfo(host, nil, &hints, &list)
    if code != 0, code != EAI_AGAIN {
      // A machine with nothing but its loopback device has no configured family to look for.
      hints.ai_flags = 0
      code = getaddrinfo(host, nil, &hints, &list)
    }
    guard code == 0 else {
      throw ResolverError(
        host: host, reason: String(cString: gai_strerror(code)), isTemporary: code == EAI_AGAIN)
    }
    defer { freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var entry = list
    while let current = entry {
      if let system = current.pointee.ai_addr, let address = SocketAddress(system),
        !found.contains(address.with(port: port))
      {
        found.append(address.with(port: port))
      }
      entry = current.pointee.ai_next
    }
    guard !found.isEmpty else {
      throw ResolverError(host: host, reason: "it has no IP address", isTemporary: false)
    }
    return found
  }
}

/// One look-up on a thread of its own, which ends with it. Dropping the value does not wait.
public final class Resolution: Sendable {
  /// What came of it.
  public typealias Outcome = Result<[SocketAddress], ResolverError>

  /// What is looked up.
  public let host: String
  private let port: UInt16
  private let result = Mutex<Outcome?>(nil)

  /// Starts looking up. Where the system has no thread to give, the outcome says so.
  public init(of host: String, port: UInt16) {
    self.host = host
    self.port = port
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { context in
        let resolution = Unmanaged<Resolution>.fromOpaque(context!).takeRetainedValue()
        resolution.look()
        return nil
      }, context.toOpaque())
    if code == 0 {
      pthread_detach(thread)
    } else {
      context.release()
      let error = ResolverError(
        host: host, reason: String(cString: strerror(code)), isTemporary: true)
      result.withLock { $0 = .failure(error) }
    }
  }

  /// Starts looking up the host of `endpoint`.
  public convenience init(of endpoint: Endpoint) {
    self.init(of: endpoint.host, port: endpoint.port)
  }

  /// What came of it; nil while it goes on. From any thread.
  public var outcome: Outcome? { result.withLock { $0 } }

  private func look() {
    var found: Outcome
    do throws(ResolverError) {
      found = .success(try Resolver.addresses(of: host, port: port))
    } catch {
      found = .failure(error)
    }
    result.withLock { $0 = found }
  }
}
