import LowLatency
import Runtime
import TradingModel
import Transport
import Venues

/// How connections of sessions are made.
public struct LinkOptions: Sendable {
  /// Whom to trust; needed unless every address is plain text on this machine.
  public var tls: TLSContext?
  /// The local address to connect from.
  public var source: SocketAddress?
  public var backoff = Backoff.Policy()
  /// Of the pauses between attempts.
  public var seed: UInt64 = 1
  /// Whether compression is offered to WebSocket servers.
  public var offersCompression = false
  /// What requests say of the program that sends them: `needletail/0.1.0` (RFC 9110, section 10.1.5).
  public var userAgent = "needletail"
  /// Nanoseconds between pings, and of silence after which a connection is given up.
  public var pingInterval: Int64 = 2_000_000_000
  public var silenceMax: Int64 = 6_000_000_000
  /// Nanoseconds an answer over HTTP may take.
  public var responseTimeout: Int64 = 10_000_000_000

  public init(tls: TLSContext? = nil) { self.tls = tls }

  func connection(resuming session: TLSSession?) -> ConnectionOptions {
    var options = ConnectionOptions(tls: tls)
    options.session = session
    options.source = source
    options.pingInterval = pingInterval
    options.silenceMax = silenceMax
    options.responseTimeout = responseTimeout
    return options
  }
}

/// Why a session cannot be carried at all.
public enum LinkError: Error, Equatable, Sendable, CustomStringConvertible {
  case endpoint(EndpointError)
  /// A secure address, and nobody to trust.
  case noTrust(address: String)
  /// The certificates to trust cannot be read.
  case trust(String)
  /// The channel is for WebSocket and the address for HTTP, or the other way round.
  case scheme(address: String, expected: String)

  public var description: String {
    switch self {
    case .endpoint(let error): "\(error)"
    case .noTrust(let address): "'\(address)' is encrypted, and no certificates to trust are given"
    case .trust(let reason): reason
    case .scheme(let address, let expected): "'\(address)' was expected to begin with \(expected)"
    }
  }
}
