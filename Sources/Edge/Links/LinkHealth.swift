import Transport
import Venues

/// How well one channel does, over all its connections, for screens and gates.
public final class LinkHealth {
  public let purpose: String
  public let address: String
  public internal(set) var connection: ConnectionHealth
  /// Whether the kernel said when the last message came; otherwise that is when it was read.
  public internal(set) var hasKernelTime = false
  /// Why a connection could not even be begun, where that was so last.
  private var requestError: String?

  init(_ channel: SessionChannel, _ endpoint: Endpoint, silenceMax: Int64) {
    purpose = channel.purpose
    address = endpoint.description
    connection = ConnectionHealth(silenceMax: silenceMax > 0 ? silenceMax : .max)
  }

  public var isOpen: Bool { connection.state == .open }
  /// Connections that were open and ended.
  public var lossCount: UInt64 { connection.openCount - (isOpen ? 1 : 0) }
  /// Why the last connection ended, or could not be made.
  public var lastReason: String? { requestError ?? connection.lastReason.map { "\($0)" } }

  func ended(
    _ reason: CloseReason?, _ traffic: ConnectionTraffic, at now: Int64,
    because error: String? = nil
  ) {
    requestError = error
    connection.ended(reason, traffic, at: now)
  }
}
