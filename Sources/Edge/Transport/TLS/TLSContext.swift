import COpenSSL

/// Whose certificates are believed.
public enum TLSTrust: Hashable, Sendable {
  /// The operating system's certificate authorities, or what SSL_CERT_FILE and SSL_CERT_DIR name.
  case system
  /// Only the certificate authorities in this PEM file.
  case file(String)
  /// The operating system's, and those in this PEM file.
  case systemAnd(file: String)
}

/// What TLS connections share: whom to trust, and rules that nothing can switch off. At least
/// TLS 1.2, certificates checked, no renegotiation, ALPN http/1.1.
///
/// Made once and used by any thread: nothing of it changes after `init`, hence the unchecked
/// `Sendable`; OpenSSL counts references to it atomically.
public final class TLSContext: @unchecked Sendable {
  let handle: OpaquePointer
  /// Whose certificates are believed.
  public let trust: TLSTrust

  /// - Throws: `.setUp`; `.trust` for a file that is missing or holds no certificate.
  /// - Complexity: O(certificates trusted); some milliseconds for a system's.
  public init(trust: TLSTrust = .system) throws(TLSError) {
    self.trust = trust
    ERR_clear_error()
    guard let handle = SSL_CTX_new(TLS_client_method()) else {
      throw .setUp(reason: OpenSSLFailure.takeReason())
    }
    self.handle = handle
    // OpenSSL ignores a wrong length of the list; here 8 and "http/1.1" (RFC 7301, section 3.1).
    let protocols: [UInt8] = [8] + Array("http/1.1".utf8)
    guard copenssl_set_minimum_version(handle, TLS1_2_VERSION) == 1,
      SSL_CTX_set_alpn_protos(handle, protocols, UInt32(protocols.count)) == 0
    else { throw .setUp(reason: OpenSSLFailure.takeReason()) }
    SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
    copenssl_refuse_renegotiation(handle)
    try load(trust)
  }

  deinit { SSL_CTX_free(handle) }

  private func load(_ trust: TLSTrust) throws(TLSError) {
    switch trust {
    case .system: try loadSystem()
    case .file(let path): try load(path)
    case .systemAnd(let path):
      try loadSystem()
      try load(path)
    }
  }

  private func loadSystem() throws(TLSError) {
    guard SSL_CTX_set_default_verify_paths(handle) == 1 else {
      throw .setUp(reason: OpenSSLFailure.takeReason())
    }
  }

  private func load(_ path: String) throws(TLSError) {
    guard SSL_CTX_load_verify_locations(handle, path, nil) == 1 else {
      throw .trust(file: path, reason: OpenSSLFailure.takeReason())
    }
  }
}

/// OpenSSL's queue of errors of the calling thread.
enum OpenSSLFailure {
  /// The text of the oldest error; the queue is empty after that.
  static func takeReason() -> String {
    let code = ERR_get_error()
    ERR_clear_error()
    if code == 0 { return "no reason given" }
    if let text = ERR_reason_error_string(code) { return String(cString: text) }
    // A code of the operating system, such as a missing file.
    var buffer = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
