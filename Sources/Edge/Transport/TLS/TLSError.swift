/// Why a TLS connection could not be made or went wrong. After any of them the channel is dead.
public enum TLSError: Error, Equatable, Sendable {
  /// OpenSSL could not be set up.
  case setUp(reason: String)
  /// The file of trusted certificates cannot be used.
  case trust(file: String, reason: String)
  /// The peer's certificate does not prove that it is `host`; `reason` is OpenSSL's, `code` its
  /// X509_V_ERR number.
  case certificate(host: String, reason: String, code: Int)
  /// The handshake failed otherwise: no common version or cipher, an alert, bytes that are no TLS.
  case handshake(host: String, reason: String, byteOffset: Int)
  /// A record after the handshake is not what TLS allows; `byteOffset` counts received encrypted
  /// bytes.
  case broken(host: String, reason: String, byteOffset: Int)
  /// The connection ended without the peer's close_notify (RFC 8446, section 6.1): what was
  /// received may lack its end. `byteOffset` counts received encrypted bytes.
  case truncated(host: String, byteOffset: Int)
  /// Something was to be sent before the handshake was over, or after the channel was closed.
  case notOpen(host: String)
}

extension TLSError: CustomStringConvertible {
  /// What, where, what was expected, in one line.
  public var description: String {
    switch self {
    case .setUp(let reason): "TLS cannot be set up: \(reason)"
    case .trust(let file, let reason):
      "\(file): cannot be used as trusted certificates: \(reason); a PEM file was expected"
    case .certificate(let host, let reason, let code):
      "the certificate of the peer is not proof of being \(host): \(reason) (\(code))"
    case .handshake(let host, let reason, let offset):
      "TLS handshake with \(host) failed after \(offset) bytes: \(reason)"
    case .broken(let host, let reason, let offset):
      "TLS connection to \(host) broke within the first \(offset) bytes: \(reason)"
    case .truncated(let host, let offset):
      "TLS connection to \(host) ended after \(offset) bytes without close_notify; what was "
        + "received may be incomplete"
    case .notOpen(let host): "TLS connection to \(host) is not open: nothing can be sent"
    }
  }
}
