import COpenSSL

/// The client's end of one TLS connection, without a socket: encrypted bytes in, plain bytes out,
/// and the other way round (RFC 8446; RFC 5246 for 1.2).
///
/// The owner carries bytes: what the peer sent goes to `receive`, what is in `encrypted` goes to the
/// peer, after each other call. The certificate is checked against the context's trust and the host
/// name (RFC 6125; an address against the certificate's addresses), and no setting changes that.
/// In steady state nothing is allocated (see `OpenSSLMemory`). For one thread at a time.
public struct TLSChannel: ~Copyable {
  /// Where the connection stands.
  public enum State: Hashable, Sendable {
    /// Greetings are exchanged; nothing can be sent or read yet.
    case handshaking
    /// Plain bytes go both ways.
    case open
    /// The peer has sent close_notify: nothing more is to be read.
    case ended
    /// An error was thrown.
    case failed
  }

  /// What came of a read.
  public enum Read: Hashable, Sendable {
    /// This many plain bytes, 1 at least.
    case bytes(Int)
    /// No whole record is there; more encrypted bytes are needed.
    case nothing
    /// The peer has closed in order; nothing comes after this.
    case end
  }

  private let ssl: OpaquePointer
  // Owned by `ssl`.
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  private let context: TLSContext
  /// Whom the certificate must name.
  public let host: String
  /// Where the connection stands.
  public private(set) var state = State.handshaking
  /// Encrypted bytes received so far.
  public private(set) var receivedByteCount = 0
  private var hasSentClose = false

  /// A connection whose first greeting is already in `encrypted`.
  ///
  /// - Parameters:
  ///   - host: a name or a numeric address, without brackets; names go to the peer as SNI
  ///     (RFC 6066, section 3).
  ///   - session: of an earlier connection; one of another host or context is not used.
  /// - Throws: `.setUp`.
  public init(_ context: TLSContext, host: String, resuming session: TLSSession? = nil)
    throws(TLSError)
  {
    ERR_clear_error()
    ssl = try Self.make(context, host: host)
    incoming = SSL_get_rbio(ssl)
    outgoing = SSL_get_wbio(ssl)
    self.context = context
    self.host = host
    if let session, session.host == host, session.context === context {
      SSL_set_session(ssl, session.handle)
    }
    // Writes the greeting; that it waits for the answer then is no error, and no other can be.
    _ = SSL_do_handshake(ssl)
  }

  deinit { SSL_free(ssl) }

  /// Whether this connection was made from an earlier session.
  public var isResumed: Bool { SSL_session_reused(ssl) == 1 }

  /// The version agreed on, such as "TLSv1.3".
  public var version: String { String(cString: SSL_get_version(ssl)) }

  /// What to resume from later; nil before the peer has offered it. With TLS 1.3 that comes after
  /// the handshake, with the first bytes read.
  public var session: TLSSession? {
    guard state == .open || state == .ended, let handle = SSL_get1_session(ssl) else { return nil }
    let session = TLSSession(taking: handle, host: host, context: context)
    return SSL_SESSION_is_resumable(handle) == 1 ? session : nil
  }

  /// How many encrypted bytes wait to go to the peer.
  public var encryptedByteCount: Int { copenssl_pending(outgoing) }

  /// Moves encrypted bytes for the peer to the end of `queue`, as many as it has room for.
  public mutating func takeEncrypted(into queue: inout ByteQueue) {
    let wanted = min(encryptedByteCount, queue.limit - queue.count)
    guard wanted > 0, let place = queue.reserve(wanted) else { return }
    queue.commit(Int(max(0, BIO_read(outgoing, place.baseAddress!, Int32(wanted)))))
  }

  /// Takes encrypted bytes from the peer and goes on with the handshake, if that is not over.
  ///
  /// - Throws: `.certificate`, `.handshake`. An alert for the peer is then in `encrypted`.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
    guard state != .failed, !bytes.isEmpty else { return }
    ERR_clear_error()
    let taken = BIO_write(incoming, bytes.baseAddress!, Int32(bytes.count))
    precondition(taken == Int32(bytes.count), "Invariant: a memory BIO takes all bytes")
    receivedByteCount += bytes.count
    if state == .handshaking { try shakeHands() }
  }

  /// Reads plain bytes into `room`, at most one record (16 KiB) of them.
  ///
  /// - Throws: `.broken` for records that are wrong.
  public mutating func read(into room: UnsafeMutableRawBufferPointer) throws(TLSError) -> Read {
    if state == .ended { return .end }
    guard state == .open, !room.isEmpty else { return .nothing }
    ERR_clear_error()
    let count = SSL_read(ssl, room.baseAddress!, Int32(clamping: room.count))
    if count > 0 { return .bytes(Int(count)) }
    switch SSL_get_error(ssl, count) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .nothing
    case SSL_ERROR_ZERO_RETURN:
      state = .ended
      return .end
    default: throw broken()
    }
  }

  /// Encrypts `bytes` for the peer.
  ///
  /// - Throws: `.notOpen`; `.broken`.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
    // After its close_notify the peer may still read (RFC 8446, section 6.1).
    guard state == .open || state == .ended, !hasSentClose else { throw .notOpen(host: host) }
    var written = 0
    while written < bytes.count {
      ERR_clear_error()
      let count = SSL_write(
        ssl, bytes.baseAddress! + written, Int32(clamping: bytes.count - written))
      guard count > 0 else { throw broken() }
      written += Int(count)
    }
  }

  /// Puts close_notify behind what was written; nothing can be written after it. Reading goes on.
  public mutating func close() {
    guard state == .open || state == .ended, !hasSentClose else { return }
    hasSentClose = true
    ERR_clear_error()
    _ = SSL_shutdown(ssl)
  }

  /// Tells that the peer's bytes have ended, after everything received was read.
  ///
  /// - Throws: `.truncated` where close_notify was missing; `.handshake` during the handshake.
  public mutating func peerEnded() throws(TLSError) {
    switch state {
    case .ended, .failed: return
    case .handshaking:
      state = .failed
      throw .handshake(
        host: host, reason: "the peer closed the connection", byteOffset: receivedByteCount)
    case .open:
      state = .failed
      throw .truncated(host: host, byteOffset: receivedByteCount)
    }
  }

  /// A connection between two empty memory BIOs, which it owns.
  private static func make(_ context: TLSContext, host: String) throws(TLSError) -> OpaquePointer {
    guard let ssl = SSL_new(context.handle) else {
      throw .setUp(reason: OpenSSLFailure.takeReason())
    }
    do throws(TLSError) {
      guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
        throw .setUp(reason: OpenSSLFailure.takeReason())
      }
      SSL_set_bio(ssl, incoming, outgoing)
      SSL_set_connect_state(ssl)
      try expect(host, of: ssl)
    } catch {
      SSL_free(ssl)
      throw error
    }
    return ssl
  }

  /// Sets the name or address that the certificate must hold, and SNI for a name.
  private static func expect(_ host: String, of ssl: OpaquePointer) throws(TLSError) {
    let parameters = SSL_get0_param(ssl)
    if NumericAddress.isAddress(host) {
      guard X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 else {
        throw .setUp(reason: OpenSSLFailure.takeReason())
      }
      return
    }
    X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    // An empty name would switch the check off.
    guard !host.isEmpty, X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1,
      copenssl_set_server_name(ssl, host) == 1
    else { throw .setUp(reason: "'\(host)' is no host name") }
  }

  private mutating func shakeHands() throws(TLSError) {
    let result = SSL_do_handshake(ssl)
    if result == 1 {
      state = .open
      return
    }
    let code = SSL_get_error(ssl, result)
    if code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE { return }
    state = .failed
    let verdict = SSL_get_verify_result(ssl)
    let reason = OpenSSLFailure.takeReason()
    if verdict != Int(X509_V_OK) {
      throw .certificate(
        host: host, reason: String(cString: X509_verify_cert_error_string(verdict)), code: verdict)
    }
    throw .handshake(host: host, reason: reason, byteOffset: receivedByteCount)
  }

  private mutating func broken() -> TLSError {
    state = .failed
    return .broken(
      host: host, reason: OpenSSLFailure.takeReason(), byteOffset: receivedByteCount)
  }
}
